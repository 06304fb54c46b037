//===- Classes.cpp - Request kinds that always move together --------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/Overlap.h"
#include "planner/Planning.h"

#include <algorithm>
#include <fmt/format.h>
#include <regex>
#include <set>
#include <unordered_map>

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

/// Segments of plain characters, or of one parameter `{name}`; there is one at least.
static bool isWholeSegments(std::string_view path) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.~-";
  const std::string_view named = letters.substr(0, letters.find('.'));
  if (path.size() > 1 && path.ends_with('/'))
    path.remove_suffix(1);
  if (!path.starts_with('/'))
    return false;
  while (!path.empty()) {
    path.remove_prefix(1); // The slash.
    std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    const bool isParameter = segment.starts_with('{') && segment.ends_with('}');
    if (isParameter)
      segment = segment.substr(1, segment.size() - 2);
    const std::string_view allowed = isParameter ? named : letters;
    if (segment.empty() || segment.find_first_not_of(allowed) != std::string_view::npos)
      return false;
  }
  return true;
}

bool isRoutable(const model::RequestKind &kind, std::string &why) {
  if (kind.protocol != "http") {
    why = "not HTTP";
  } else if (kind.path.empty() || kind.path.rfind("<dynamic", 0) == 0) {
    why = "its path is not constant";
  } else if (kind.path.size() > pathCharactersMax) {
    why = fmt::format("its path is longer than {} characters", pathCharactersMax);
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
    if (!isWholeSegments(kind.path))
      why = "its pattern is not one of whole path segments";
  }
  return why.empty();
}

namespace {

/// An open pattern can have a rule only if what comes after it, and might be meant instead, can be
/// told apart from it.
void leaveOpenOnes(std::vector<RoutedKind> &kinds, const std::vector<PathPattern> &patterns) {
  OverlapIndex notRoutable;
  for (std::size_t i = 0; i < kinds.size(); ++i)
    if (!kinds[i].notRoutable.empty() && kinds[i].kind->protocol == "http")
      notRoutable.add(patterns[i], i);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (!kinds[i].notRoutable.empty() || !isOpen(*kinds[i].kind))
      continue;
    const std::vector<std::size_t> meant = notRoutable.overlapping(patterns[i], true);
    if (auto first = std::upper_bound(meant.begin(), meant.end(), i); first != meant.end())
      kinds[i].notRoutable = fmt::format("'{}' may be meant instead", kinds[*first].kind->id);
  }
}

/// What stands behind one that is no rule, or that only the framework can tell, is none either.
void leaveWhatComesBehind(std::vector<RoutedKind> &kinds,
                          const std::vector<PathPattern> &patterns) {
  OverlapIndex earlier; // Those that may take what a later one is for.
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    RoutedKind &one = kinds[i];
    if (one.notRoutable.empty())
      for (std::size_t before : earlier.overlapping(patterns[i])) {
        one.notRoutable = fmt::format("'{}' may come before it", kinds[before].kind->id);
        one.isToldApart |= kinds[before].notRoutable.empty();
      }
    if (one.kind->protocol == "http" && (!one.notRoutable.empty() || isOpen(*one.kind)))
      earlier.add(patterns[i], i);
  }
}

} // namespace

std::vector<RoutedKind> routedKinds(const model::Application &application) {
  std::vector<RoutedKind> kinds;
  kinds.reserve(application.requests.size());
  for (const model::RequestKind &kind : application.requests) {
    std::string why;
    isRoutable(kind, why);
    kinds.push_back({&kind, std::move(why)});
  }
  auto order = [](const RoutedKind &routed) {
    return std::tuple(routed.kind->matchOrder.value_or(0), std::string_view(routed.kind->id));
  };
  std::sort(kinds.begin(), kinds.end(),
            [&](const auto &a, const auto &b) { return order(a) < order(b); });
  std::vector<PathPattern> patterns;
  patterns.reserve(kinds.size());
  for (const RoutedKind &routed : kinds)
    patterns.emplace_back(*routed.kind);
  leaveOpenOnes(kinds, patterns);
  leaveWhatComesBehind(kinds, patterns);
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

/// What the request kinds of one application wait for, by number: few wait for anything that no
/// other one waits for.
struct Waits {
  using Reasons = std::vector<std::uint32_t>; ///< Sorted.
  static constexpr std::uint32_t Anything = UINT32_MAX;

  std::uint32_t reasons = 0;         ///< So many reasons are there, numbered from 0.
  std::vector<Reasons> distinct;     ///< Each once; {Anything} for what may wait for anything.
  std::vector<std::uint32_t> ofKind; ///< By place in `requests`: which of them it has.
};

/// Numbers what comes, in the order in which it comes.
template <typename T> class Numbers {
public:
  std::uint32_t operator()(T one) {
    return numbers.try_emplace(std::move(one), static_cast<std::uint32_t>(numbers.size()))
        .first->second;
  }
  const std::map<T, std::uint32_t> &all() const { return numbers; }

private:
  std::map<T, std::uint32_t> numbers;
};

/// By everything that a request kind may touch.
class ByComponent {
public:
  explicit ByComponent(const model::Application &application) : application(application) {}

  Waits run() {
    Waits waits;
    std::vector<std::optional<std::uint32_t>> bySet(application.componentSets.size());
    for (const model::RequestKind &kind : application.requests) {
      const bool isOnlyASet = kind.componentSet && kind.complete && kind.unresolved.empty();
      if (!isOnlyASet) {
        waits.ofKind.push_back(number(reasonsOf(kind)));
        continue;
      }
      auto &known = bySet[*kind.componentSet];
      if (!known)
        known = number(reasonsOf(kind));
      waits.ofKind.push_back(*known);
    }
    waits.reasons = static_cast<std::uint32_t>(names.all().size());
    waits.distinct.resize(number.all().size());
    for (const auto &[reasons, place] : number.all())
      waits.distinct[place] = reasons;
    return waits;
  }

private:
  Waits::Reasons reasonsOf(const model::RequestKind &kind) {
    std::vector<std::string_view> all;
    for (const model::ComponentUse &use : application.usesOf(kind))
      all.push_back(use.component);
    for (const model::Unresolved &unresolved : kind.unresolved)
      all.insert(all.end(), unresolved.couldReach.begin(), unresolved.couldReach.end());
    if (!kind.complete || std::find(all.begin(), all.end(), "*") != all.end())
      return {Waits::Anything};
    Waits::Reasons reasons;
    for (std::string_view name : all)
      reasons.push_back(names(name));
    std::sort(reasons.begin(), reasons.end());
    reasons.erase(std::unique(reasons.begin(), reasons.end()), reasons.end());
    return reasons;
  }

  const model::Application &application;
  Numbers<std::string_view> names;
  Numbers<Waits::Reasons> number;
};

/// By application: the distinct sets of request kinds that a task of a change keeps away.
using KeptAway = std::map<std::string, std::set<std::vector<std::string>>, std::less<>>;

KeptAway keptAway(const Inputs &inputs, const model::ChangeSet &change) {
  KeptAway sets;
  for (const Task &task : tasksBeforeClasses(inputs, change))
    for (const model::QuiesceSet &set : task.quiesce)
      sets[set.application].insert(set.requests);
  return sets;
}

/// By the tasks of a change that keep a request kind away.
Waits waitsByTask(const model::Application &application, const KeptAway &sets) {
  std::unordered_map<std::string_view, std::size_t> placeOf;
  for (const model::RequestKind &kind : application.requests)
    placeOf.emplace(kind.id, placeOf.size());
  Waits waits;
  std::vector<Waits::Reasons> ofKind(application.requests.size());
  if (auto found = sets.find(application.name); found != sets.end())
    for (const std::vector<std::string> &ids : found->second) {
      for (const std::string &id : ids)
        if (auto place = placeOf.find(id); place != placeOf.end())
          ofKind[place->second].push_back(waits.reasons);
      ++waits.reasons;
    }
  Numbers<Waits::Reasons> number;
  for (const Waits::Reasons &reasons : ofKind) {
    waits.ofKind.push_back(number(reasons));
    if (waits.ofKind.back() == waits.distinct.size())
      waits.distinct.push_back(reasons);
  }
  return waits;
}

/// One bit for each reason, and one for what may wait for anything, which has them all.
Bits bitsOf(const Waits &waits, const Waits::Reasons &reasons) {
  const bool isAnything = !reasons.empty() && reasons.back() == Waits::Anything;
  Bits bits(waits.reasons + 1, isAnything);
  if (!isAnything)
    for (std::uint32_t reason : reasons)
      bits[reason] = true;
  return bits;
}

/// One group for all request kinds that wait for the same, in the order of their ids, *other* last.
std::vector<Group> groupsBy(const Waits &waits, const std::vector<RoutedKind> &kinds,
                            const model::Application &application) {
  std::vector<std::vector<std::string>> ids(waits.distinct.size());
  for (const RoutedKind &routed : kinds)
    if (routed.notRoutable.empty()) {
      const auto place = static_cast<std::size_t>(routed.kind - application.requests.data());
      ids[waits.ofKind[place]].push_back(routed.kind->id);
    }
  std::vector<Group> groups;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i].empty())
      continue;
    std::sort(ids[i].begin(), ids[i].end());
    groups.push_back({std::move(ids[i]), bitsOf(waits, waits.distinct[i])});
  }
  std::sort(groups.begin(), groups.end(),
            [](const Group &a, const Group &b) { return a.ids < b.ids; });
  groups.push_back({{}, Bits(waits.reasons + 1, true), true});
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
  KeptAway sets;
  if (inputs.classesFor)
    sets = keptAway(inputs, *inputs.classesFor);
  for (const model::ApplicationPolicy &policy : inputs.servers.applications) {
    const model::Application *application = inputs.components.application(policy.name);
    if (!application)
      continue;
    const std::vector<RoutedKind> kinds = routedKinds(*application);
    const std::vector<Group> all = groupsBy(ByComponent(*application).run(), kinds, *application);
    std::vector<Group> groups = all;
    if (inputs.classesFor)
      groups = groupsBy(waitsByTask(*application, sets), kinds, *application);
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
