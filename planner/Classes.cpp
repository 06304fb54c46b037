//===- Classes.cpp - Request kinds that always move together --------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/Planning.h"

#include <algorithm>
#include <fmt/format.h>
#include <regex>
#include <set>

namespace ripple::planner {

/// Regular expressions that ECMAScript (cpp-httplib) and PCRE2 (HAProxy) read alike: literal
/// characters, groups, classes, `\d \w`, the usual repetitions. `\s`, `\b`, look-around, back
/// references and the like are not among them.
static bool meansTheSame(const std::string &pattern) {
  static const std::regex safe(
      R"(\^?(?:[A-Za-z0-9_/~!@=,;:&%. -]|\\[.dw/\-+*?()\[\]{}|$^]|\((?!\?)|\((?=\?:)\?:|\)|\||[*+?]|\{\d+(?:,\d*)?\}|\[\^?(?:[A-Za-z0-9_/.~ -]|\\[dw.\-\]])+\])*\$?)");
  return std::regex_match(pattern, safe);
}

/// "a|b" outside of groups: whether `^a|b$` means `^(a|b)$` is said nowhere.
static bool hasOpenAlternative(const std::string &pattern) {
  int depth = 0;
  bool inClass = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\')
      ++i;
    else if (inClass)
      inClass = pattern[i] != ']';
    else if (pattern[i] == '[')
      inClass = true;
    else if (pattern[i] == '(' || pattern[i] == ')')
      depth += pattern[i] == '(' ? 1 : -1;
    else if (pattern[i] == '|' && depth == 0)
      return true;
  }
  return false;
}

bool isRoutable(const model::RequestKind &kind, std::string &why) {
  if (kind.protocol != "http") {
    why = "not HTTP";
  } else if (kind.path.empty() || kind.path.rfind("<dynamic", 0) == 0) {
    why = "its path is not constant";
  } else if (kind.method != "*" &&
             kind.method.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != std::string::npos) {
    why = "its method is none of HTTP's";
  } else if (kind.path.rfind("~ ", 0) == 0) {
    if (!meansTheSame(kind.path.substr(2)))
      why = "its regular expression may mean something else to the router";
    else if (hasOpenAlternative(kind.path))
      why = "its regular expression has alternatives outside of parentheses";
  } else if (kind.path.find_first_of("\"'\\ \t#") != std::string::npos) {
    why = "its path has characters that need encoding";
  } else if (kind.path.find('{') != std::string::npos) {
    static const std::regex named(R"((/([A-Za-z0-9._~-]+|\{[A-Za-z0-9_]+\}))+/?)");
    if (!std::regex_match(kind.path, named))
      why = "its pattern is not one of whole path segments";
  }
  return why.empty();
}

/// What every path that KIND matches begins with.
static std::string prefixOf(const model::RequestKind &kind) {
  if (kind.path.rfind("~ ^", 0) != 0)
    return kind.path.substr(0, kind.path.find_first_of("{*<"));
  if (kind.path.find('|') != std::string::npos)
    return "";
  std::string text = kind.path.substr(3);
  std::size_t end = std::min(text.find_first_of("^$.*+?()[]{}|\\"), text.size());
  // A repetition takes back the character before it.
  if (end < text.size() && end > 0 && std::string_view("*?{").find(text[end]) != std::string::npos)
    --end;
  return text.substr(0, end);
}

namespace {

bool isRegex(const std::string &path) { return path.starts_with("~ "); }

/// A pattern of which only the framework knows what it takes: `{1}` may be a number, and of
/// `/static/**` and `/static/logo` some frameworks try the longer one first.
bool isOpen(const model::RequestKind &kind) {
  return !isRegex(kind.path) && kind.path.find_first_of("{*") != std::string::npos;
}

/// Takes the first segment off PATH.
std::string_view takeSegment(std::string_view &path) {
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(segment.size() + 1, path.size()));
  return segment;
}

/// May one path match both, which are no regular expressions?
bool segmentsMayOverlap(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const std::string_view one = takeSegment(a), other = takeSegment(b);
    if (one == "**" || other == "**")
      return true;
    const bool open =
        one.find('{') != std::string_view::npos || other.find('{') != std::string_view::npos;
    if (!open && one != other)
      return false;
  }
  return a.empty() && b.empty();
}

/// May one request match both? Unless that can be excluded, yes.
bool mayOverlap(const model::RequestKind &first, const model::RequestKind &second) {
  if (first.method != second.method && first.method != "*" && second.method != "*")
    return false;
  auto literal = [](const model::RequestKind &kind) {
    return kind.path.find_first_of("{*<") == std::string::npos && kind.path.rfind("~ ", 0) != 0;
  };
  if (literal(first) && literal(second))
    return first.path == second.path;
  const bool dynamic = first.path.starts_with("<dynamic") || second.path.starts_with("<dynamic");
  if (!dynamic && !isRegex(first.path) && !isRegex(second.path))
    return segmentsMayOverlap(first.path, second.path);
  if (first.path.rfind("<dynamic", 0) != 0 && second.path.rfind("<dynamic", 0) != 0) {
    std::string a = prefixOf(first), b = prefixOf(second);
    std::size_t shorter = std::min(a.size(), b.size());
    if (a.compare(0, shorter, b, 0, shorter) != 0)
      return false;
  }
  if (literal(second) && first.path.rfind("~ ", 0) == 0) {
    try {
      return std::regex_match(second.path, std::regex(first.path.substr(2)));
    } catch (const std::regex_error &) {
      return true;
    }
  }
  return true;
}

/// An open pattern can have a rule only if what comes after it, and might be meant instead, can be
/// told apart from it.
void leaveOpenOnes(std::vector<RoutedKind> &kinds) {
  for (std::size_t i = 0; i < kinds.size(); ++i)
    for (std::size_t j = i + 1;
         j < kinds.size() && kinds[i].notRoutable.empty() && isOpen(*kinds[i].kind); ++j)
      if (!kinds[j].notRoutable.empty() && kinds[j].kind->protocol == "http" &&
          mayOverlap(*kinds[i].kind, *kinds[j].kind))
        kinds[i].notRoutable = fmt::format("'{}' may be meant instead", kinds[j].kind->id);
}

} // namespace

std::vector<RoutedKind> routedKinds(const model::Application &application) {
  std::vector<RoutedKind> kinds;
  for (const model::RequestKind &kind : application.requests) {
    std::string why;
    isRoutable(kind, why);
    kinds.push_back({&kind, why});
  }
  auto order = [](const RoutedKind &routed) {
    return std::tuple(routed.kind->matchOrder.value_or(0), std::string_view(routed.kind->id));
  };
  std::sort(kinds.begin(), kinds.end(),
            [&](const auto &a, const auto &b) { return order(a) < order(b); });
  leaveOpenOnes(kinds);
  std::vector<const RoutedKind *> earlier; // Those that may take what a later one is for.
  for (RoutedKind &one : kinds) {
    const bool isRule = one.notRoutable.empty();
    for (const RoutedKind *other : earlier) {
      if (!isRule || !mayOverlap(*other->kind, *one.kind))
        continue;
      one.notRoutable = fmt::format("'{}' may come before it", other->kind->id);
      one.isToldApart |= other->notRoutable.empty();
    }
    if (one.kind->protocol == "http" && (!one.notRoutable.empty() || isOpen(*one.kind)))
      earlier.push_back(&one);
  }
  return kinds;
}

namespace {

/// Numbers of what a class waits for, one bit each.
using Bits = std::vector<bool>;

/// Request kinds that move together.
struct Group {
  std::vector<std::string> ids; ///< Sorted. None: *other*.
  Bits waitsFor;
  bool isOther = false;
};

/// By request kind: what it waits for. One that may wait for anything has "*".
using Waits = std::map<std::string, std::set<std::string>, std::less<>>;

/// By everything that a request kind may touch.
Waits waitsByComponent(const model::Application &application) {
  Waits waits;
  for (const model::RequestKind &kind : application.requests) {
    std::set<std::string> &names = waits[kind.id];
    for (const model::ComponentUse &use : application.usesOf(kind))
      names.insert(use.component);
    for (const model::Unresolved &unresolved : kind.unresolved)
      names.insert(unresolved.couldReach.begin(), unresolved.couldReach.end());
    if (!kind.complete || names.count("*"))
      names = {"*"};
  }
  return waits;
}

/// By application: by the tasks of a change that keep a request kind away.
std::map<std::string, Waits> waitsByTask(const Inputs &inputs, const model::ChangeSet &change) {
  std::map<std::string, std::set<std::vector<std::string>>> sets;
  for (const Task &task : tasksBeforeClasses(inputs, change))
    for (const model::QuiesceSet &set : task.quiesce)
      sets[set.application].insert(set.requests);
  std::map<std::string, Waits> waits;
  for (const auto &[application, distinct] : sets) {
    unsigned number = 0;
    for (const std::vector<std::string> &ids : distinct) {
      const std::string name = std::to_string(number++);
      for (const std::string &id : ids)
        waits[application][id].insert(name);
    }
  }
  return waits;
}

/// One group for all request kinds that wait for the same, in the order of their ids, *other* last.
std::vector<Group> groupsBy(const Waits &waits, const model::Application &application) {
  std::map<std::string, std::size_t> numbers;
  for (const auto &[id, names] : waits)
    for (const std::string &name : names)
      if (name != "*")
        numbers.try_emplace(name, numbers.size());
  std::map<Bits, std::vector<std::string>> byBits;
  for (const RoutedKind &routed : routedKinds(application)) {
    if (!routed.notRoutable.empty())
      continue;
    Bits bits(numbers.size() + 1);
    if (auto found = waits.find(routed.kind->id); found != waits.end()) {
      if (found->second.count("*"))
        bits.assign(bits.size(), true);
      else
        for (const std::string &name : found->second)
          bits[numbers.at(name)] = true;
    }
    byBits[bits].push_back(routed.kind->id);
  }
  std::vector<Group> groups;
  for (auto &[bits, ids] : byBits) {
    std::sort(ids.begin(), ids.end());
    groups.push_back({std::move(ids), bits});
  }
  std::sort(groups.begin(), groups.end(),
            [](const Group &a, const Group &b) { return a.ids < b.ids; });
  groups.push_back({{}, Bits(numbers.size() + 1, true), true});
  return groups;
}

/// Joins groups until there are at most MOST, always the two whose joining makes the fewest
/// (request kind, reason to wait) pairs that were none before. Greedy, as hierarchical clustering
/// is (Ward 1963); each group remembers the best of those behind it, so that a joining looks again
/// only at what it has changed.
class Joining {
public:
  explicit Joining(std::vector<Group> all) : groups(std::move(all)), best(groups.size()) {}

  std::vector<Group> downTo(std::size_t most) {
    for (std::size_t i = 0; i < groups.size(); ++i)
      lookAgain(i);
    while (groups.size() > most)
      join();
    return std::move(groups);
  }

private:
  struct Choice {
    std::size_t cost = SIZE_MAX, with = 0;
  };

  static std::size_t count(const Bits &bits) {
    return static_cast<std::size_t>(std::count(bits.begin(), bits.end(), true));
  }
  /// *other* counts as one request kind.
  static std::size_t weight(const Group &group) { return group.ids.size() + group.isOther; }

  static std::size_t costOf(const Group &a, const Group &b) {
    std::size_t both = 0;
    for (std::size_t i = 0; i < a.waitsFor.size(); ++i)
      both += a.waitsFor[i] || b.waitsFor[i];
    return weight(a) * (both - count(a.waitsFor)) + weight(b) * (both - count(b.waitsFor));
  }

  void lookAgain(std::size_t i) {
    best[i] = {};
    for (std::size_t j = i + 1; j < groups.size(); ++j)
      if (std::size_t cost = costOf(groups[i], groups[j]); cost < best[i].cost)
        best[i] = {cost, j};
  }

  void join() {
    std::size_t one = 0;
    for (std::size_t i = 1; i < groups.size(); ++i)
      if (best[i].cost < best[one].cost)
        one = i;
    const std::size_t two = best[one].with;
    Group &into = groups[one];
    into.ids.insert(into.ids.end(), groups[two].ids.begin(), groups[two].ids.end());
    std::sort(into.ids.begin(), into.ids.end());
    into.isOther |= groups[two].isOther;
    for (std::size_t i = 0; i < into.waitsFor.size(); ++i)
      into.waitsFor[i] = into.waitsFor[i] || groups[two].waitsFor[i];
    groups.erase(groups.begin() + static_cast<long>(two));
    best.erase(best.begin() + static_cast<long>(two));
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const bool lost = best[i].with == one || best[i].with == two;
      if (best[i].with > two)
        --best[i].with;
      if (i == one || lost)
        lookAgain(i);
      else if (i < one)
        if (std::size_t cost = costOf(groups[i], groups[one]); cost < best[i].cost)
          best[i] = {cost, one};
    }
  }

  std::vector<Group> groups;
  std::vector<Choice> best;
};

/// The same request kinds together; what they wait for does not matter.
bool sameClasses(const std::vector<Group> &a, const std::vector<Group> &b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Group &x, const Group &y) { return x.ids == y.ids; });
}

/// What a name says of how GROUPS divide the request kinds: "-" and eight hexadecimal digits.
std::string tagOf(const std::vector<Group> &groups) {
  std::string text;
  for (const Group &group : groups) {
    for (const std::string &id : group.ids)
      text += id + "\n";
    text += "\n";
  }
  return "-" + model::sha256(text).substr(0, 8);
}

/// *other* has no list of its own: whatever is in no class belongs to it.
void nameOther(std::vector<Group> &groups) {
  std::stable_partition(groups.begin(), groups.end(),
                        [](const Group &group) { return !group.isOther; });
  groups.back().ids.clear();
}

} // namespace

std::vector<model::RoutingClass> routingClasses(const Inputs &inputs) {
  std::vector<model::RoutingClass> classes;
  std::map<std::string, Waits> byTask;
  if (inputs.classesFor)
    byTask = waitsByTask(inputs, *inputs.classesFor);
  for (const model::ApplicationPolicy &policy : inputs.servers.applications) {
    const model::Application *application = inputs.components.application(policy.name);
    if (!application)
      continue;
    const std::vector<Group> all = groupsBy(waitsByComponent(*application), *application);
    std::vector<Group> groups = all;
    if (inputs.classesFor)
      groups = groupsBy(byTask[policy.name], *application);
    if (inputs.maxClasses && groups.size() > inputs.maxClasses)
      groups = Joining(std::move(groups)).downTo(inputs.maxClasses);
    nameOther(groups);
    const std::string tag = sameClasses(groups, all) ? "" : tagOf(groups);
    for (std::size_t i = 0; i < groups.size(); ++i) {
      std::string id = fmt::format("{}.{}{}", policy.name,
                                   groups[i].isOther ? "other" : std::to_string(i + 1), tag);
      classes.push_back({id, policy.name, std::move(groups[i].ids), id});
    }
  }
  return classes;
}

} // namespace ripple::planner
