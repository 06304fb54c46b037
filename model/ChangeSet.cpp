//===- ChangeSet.cpp - `ripple.change`: reader ----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/ChangeSet.h"
#include "model/Nearest.h"
#include "model/Records.h"

#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace ripple::model {
namespace {

template <typename... Functions> struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <typename... Functions> Overloaded(Functions...) -> Overloaded<Functions...>;

} // namespace

std::string describe(const Action &action) {
  return std::visit(
      Overloaded{
          [](const RunAction &run) { return fmt::format("run {}", fmt::join(run.argv, " ")); },
          [](const SymlinkAction &link) {
            return fmt::format("switch {} to {}", link.symlink, link.target);
          },
          [](const PluginAction &plugin) {
            return fmt::format("load {} as plug-in {}", plugin.path, plugin.plugin);
          },
          [](const PackageAction &package) {
            return fmt::format("install package {} {}", package.package, package.version);
          },
      },
      action);
}

const Upgrade *ChangeSet::upgrade(std::string_view component) const {
  auto found = std::ranges::find(upgrades, component, &Upgrade::component);
  return found != upgrades.end() ? &*found : nullptr;
}

namespace {

/// An argument vector: the program is named, arguments may be empty texts.
void readArguments(const Value &value, std::vector<std::string> &out) {
  read(value, out, Text::Any);
  if (value.node().kind() != Node::Kind::Array)
    return;
  if (out.empty())
    value.mistake("must not be empty", "name the program to run, then its arguments");
  else if (out.front().empty() && value.node().elements()[0].kind() == Node::Kind::String)
    value.mistake({std::size_t{0}}, "must not be empty", "name the program to run");
}

} // namespace

static void read(const Value &value, Action &out) {
  ObjectReader object(value);
  if (!object.isObject())
    return;
  if (value.node().find("symlink")) {
    SymlinkAction action;
    object.required("symlink", action.symlink);
    object.required("target", action.target);
    out = action;
  } else if (value.node().find("plugin")) {
    PluginAction action;
    object.required("plugin", action.plugin);
    object.required("path", action.path);
    out = action;
  } else if (value.node().find("package")) {
    PackageAction action;
    object.required("package", action.package);
    object.required("version", action.version);
    out = action;
  } else if (const Node *run = object.take("run")) {
    RunAction action;
    readArguments(Value(*run, value, "run"), action.argv);
    out = action;
  } else {
    object.takeAll();
    value.mistake(
        "is no action that is known",
        "write {run: [PROGRAM, ARGUMENT…]}, {symlink: PATH, target: PATH}, {plugin: NAME, "
        "path: PATH} or {package: NAME, version: V}");
  }
}

namespace {

/// One argument vector, one action, or a list of actions.
void readActions(const Value &value, std::vector<Action> &out) {
  const Node &node = value.node();
  if (node.kind() == Node::Kind::Object) {
    read(value, out.emplace_back());
  } else if (node.kind() == Node::Kind::Array && !node.elements().empty() &&
             node.elements()[0].kind() == Node::Kind::Object) {
    read(value, out);
  } else if (node.kind() == Node::Kind::String) {
    value.mistake("is one text, and commands are never given to a shell",
                  "write a list: [PROGRAM, ARGUMENT…]");
  } else if (value.is(Node::Kind::Array, "a list of arguments or an action")) {
    RunAction run;
    readArguments(value, run.argv);
    out.emplace_back(std::move(run));
  }
}

bool takeActions(ObjectReader &object, std::string_view key, std::vector<Action> &out) {
  const Node *node = object.take(key);
  if (node)
    readActions(Value(*node, object.value(), key), out);
  return node;
}

} // namespace

static void read(const Value &value, RestartWith &out) {
  ObjectReader object(value);
  bool unit = object.optional("unit", out.unit);
  bool process = object.optional("process", out.process);
  if (object.isObject() && unit == process)
    value.mistake(unit ? "has both 'unit' and 'process'" : "has neither 'unit' nor 'process'",
                  "write {unit: NAME} for a systemd unit, or {process: NAME} for a process of the "
                  "agent's own");
}

std::vector<std::string> filesOf(const Action &action) {
  if (const auto *run = std::get_if<RunAction>(&action))
    return run->argv;
  if (const auto *link = std::get_if<SymlinkAction>(&action))
    return {link->target};
  if (const auto *plugin = std::get_if<PluginAction>(&action))
    return {plugin->path};
  return {}; // apt verifies packages.
}

std::map<std::string, std::string> digestsFor(const Upgrade &upgrade, const Action &action) {
  std::map<std::string, std::string> digests;
  for (const std::string &file : filesOf(action))
    if (auto at = upgrade.digests.find(file); at != upgrade.digests.end())
      digests.insert(*at);
  return digests;
}

static void readDigests(ObjectReader &object, Upgrade &out) {
  if (!object.optional("digests", out.digests))
    return;
  std::set<std::string> named(out.check.begin(), out.check.end());
  for (const auto *actions : {&out.install, &out.rollback})
    for (const Action &action : *actions)
      for (const std::string &file : filesOf(action))
        named.insert(file);
  for (const auto &[file, digest] : out.digests) {
    if (!isDigest(digest))
      object.value().mistake({"digests", std::string_view(file)}, "is no digest",
                             "write sha256: and the 64 digits that `sha256sum` prints");
    if (!named.count(file))
      object.value().mistake(
          {"digests"},
          fmt::format("no action names the file '{}', so nothing would look at it", file),
          "write it as install, rollback or check has it");
  }
}

void read(const Value &value, Upgrade &out) {
  ObjectReader object(value);
  object.required("component", out.component);
  bool from = object.required("from", out.from);
  bool to = object.required("to", out.to);
  if (from && to && !out.to.empty() && out.from == out.to)
    value.mistake({"to"}, fmt::format("is '{}' as 'from' is: there is nothing to upgrade", out.to));
  bool restart = object.optional("restart", out.restart);
  if (!takeActions(object, "install", out.install))
    object.missing("install");
  object.optional("restartWith", out.restartWith);
  if (const Node *check = object.take("check"))
    readArguments(Value(*check, value, "check"), out.check);
  takeActions(object, "rollback", out.rollback);
  readDigests(object, out);
  object.optional("phaseIn", out.phaseIn);
  if (out.phaseIn && restart && out.restart != RestartDomain::Plugin)
    value.mistake({"phaseIn"}, "is for plug-ins, and 'restart' is not plugin",
                  "write 'restart: plugin', or remove 'phaseIn'");
  if (object.optional("quiesceTimeout", out.quiesceTimeout) && out.quiesceTimeout.count() == 0)
    value.mistake({"quiesceTimeout"}, "must be longer than nothing");
  if (object.optionalSet("servers", out.servers) &&
      object.value().node().find("servers")->elements().empty())
    value.mistake({"servers"}, "must not be empty", "name servers, or leave it out for all");
  if (const Node *elsewhere = object.take("elsewhere")) {
    const Value word(*elsewhere, value, "elsewhere");
    if (auto index = readWord(word, {"from", "to"}))
      out.elsewhereNew = *index == 1;
    if (out.servers.empty())
      word.mistake("says what other servers have, and there are no 'servers'",
                   "add 'servers', or leave it out");
  }
}

void read(const Value &value, ComponentVersion &out) {
  std::string text;
  read(value, text);
  if (value.node().kind() != Node::Kind::String || text.empty())
    return;
  std::size_t at = text.rfind('@');
  if (at == std::string::npos || at == 0 || at + 1 == text.size())
    return value.mistake(fmt::format("'{}' is not COMPONENT@VERSION", text),
                         "write it like pricing@1.1.0");
  out = {text.substr(0, at), text.substr(at + 1)};
}

void read(const Value &value, OrderRule &out) {
  ObjectReader object(value);
  object.required("before", out.before);
  object.required("after", out.after);
  object.optional("reason", out.reason, Text::Any);
}

std::string_view toString(DistanceRule::Unit unit) {
  return unit == DistanceRule::Unit::Major ? "major" : "minor";
}

static void read(const Value &value, DistanceRule &out) {
  ObjectReader object(value);
  object.required("component", out.component);
  object.required("of", out.of);
  const bool newer = object.optional("newerMost", out.newerMost);
  const bool older = object.optional("olderMost", out.olderMost);
  if (const Node *unit = object.take("unit"))
    readEnum(Value(*unit, value, "unit"), out.unit, {"major", "minor"});
  object.optional("reason", out.reason, Text::Any);
  if (object.isObject() && !newer && !older)
    value.mistake("forbids nothing", "add 'newerMost: NUMBER', 'olderMost: NUMBER', or both");
}

namespace {

bool isGatePlace(std::string_view after) {
  if (after == "first-server")
    return true;
  constexpr std::string_view wave = "wave:", component = "component:";
  constexpr std::size_t waveDigitsMax = 6;
  if (after.starts_with(component))
    return after.size() > component.size();
  std::string_view number = after.starts_with(wave) ? after.substr(wave.size()) : "";
  return !number.empty() && number.size() <= waveDigitsMax && number[0] != '0' &&
         number.find_first_not_of("0123456789") == std::string_view::npos;
}

} // namespace

static void read(const Value &value, Gate &out) {
  ObjectReader object(value);
  if (object.required("after", out.after) && !out.after.empty() && !isGatePlace(out.after))
    value.mistake({"after"}, fmt::format("'{}' is no place for a gate", out.after),
                  "write first-server, wave:NUMBER (from 1) or component:NAME");
  bool wait = object.optional("wait", out.wait);
  object.optional("approve", out.approve);
  if (object.isObject() && !wait && !value.node().find("approve"))
    value.mistake("waits for nothing", "add 'wait: DURATION', 'approve: true', or both");
  else if (object.isObject() && !wait && !out.approve &&
           value.node().find("approve")->kind() == Node::Kind::Boolean)
    value.mistake({"approve"}, "is false, so the gate waits for nothing",
                  "add 'wait: DURATION', 'approve: true', or both");
}

namespace {

/// Reads digits and fixed characters: PATTERN's '0' stands for a digit.
bool looksLike(std::string_view text, std::string_view pattern) {
  return text.size() == pattern.size() &&
         std::ranges::equal(text, pattern, [](char character, char wanted) {
           return wanted == '0' ? character >= '0' && character <= '9' : character == wanted;
         });
}

/// RFC 3339 in UTC and whole seconds, which sorts as text.
bool isTime(std::string_view text) {
  if (!looksLike(text, "0000-00-00T00:00:00Z"))
    return false;
  auto number = [&](std::size_t start, std::size_t length) {
    unsigned value = 0;
    std::from_chars(text.data() + start, text.data() + start + length, value);
    return value;
  };
  std::chrono::year_month_day day(std::chrono::year(static_cast<int>(number(0, 4))),
                                  std::chrono::month(number(5, 2)), std::chrono::day(number(8, 2)));
  return day.ok() && number(11, 2) < 24 && number(14, 2) < 60 && number(17, 2) < 60;
}

} // namespace

bool takeTime(ObjectReader &object, std::string_view key, std::string &out) {
  if (!object.required(key, out) || out.empty())
    return false;
  if (isTime(out))
    return true;
  object.value().mistake({key}, fmt::format("'{}' is not a time in UTC", out),
                         "write it like 2026-12-01T22:00:00Z");
  return false;
}

void read(const Value &value, Window &out) {
  ObjectReader object(value);
  bool from = takeTime(object, "from", out.from);
  bool to = takeTime(object, "to", out.to);
  if (from && to && out.to <= out.from)
    value.mistake({"to"}, fmt::format("the window ends at {}, not after it begins", out.to),
                  "write a time after 'from'");
}

namespace {

void readPairs(ObjectReader &object, ChangeSet &out) {
  const Node *node = object.take("forbidTogether");
  if (!node)
    return;
  Value list(*node, object.value(), "forbidTogether");
  std::vector<std::vector<ComponentVersion>> pairs;
  read(list, pairs);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    auto &pair = pairs[i];
    if (pair.size() != 2) {
      if (node->elements()[i].kind() == Node::Kind::Array)
        list.mistake({i}, fmt::format("must be a pair, and has {} elements", pair.size()),
                     "write [COMPONENT@VERSION, COMPONENT@VERSION]");
      pair.resize(2);
    } else if (pair[0] == pair[1] && !pair[0].component.empty()) {
      list.mistake({i}, "names the same version twice");
    }
    out.forbidTogether.emplace_back(pair[0], pair[1]);
  }
}

void readZones(ObjectReader &object, ChangeSet &out) {
  const Node *node = object.take("zones");
  if (!node)
    return;
  Value value(*node, object.value(), "zones");
  ObjectReader zones(value);
  zones.required("oneAtATime", out.zonesOneAtATime);
}

/// What a rule may name: the components of the change set, in the versions that it knows.
class VersionCheck {
public:
  VersionCheck(const Value &root, const ChangeSet &change) : root_(root), change_(change) {
    for (const Upgrade &upgrade : change.upgrades)
      names_.push_back(upgrade.component);
  }

  void component(std::initializer_list<PathStep> path, const std::string &name) const {
    if (name.empty() || change_.upgrade(name))
      return;
    std::string near = nearest(name, std::span(names_));
    root_.mistake(path, fmt::format("the component '{}' is not in this change set", name),
                  near.empty() ? "name one of 'upgrades'"
                               : fmt::format("did you mean '{}'?", near));
  }

  void upgraded(std::initializer_list<PathStep> path, const ComponentVersion &version) const {
    const Upgrade *upgrade = readable(version.component);
    if (upgrade && version.version != upgrade->to)
      root_.mistake(
          path,
          fmt::format("'{}' is not upgraded to '{}' here", version.component, version.version),
          fmt::format("did you mean '{}@{}'?", version.component, upgrade->to));
  }

  void either(std::initializer_list<PathStep> path, const ComponentVersion &version) const {
    const Upgrade *upgrade = readable(version.component);
    if (upgrade && version.version != upgrade->to && version.version != upgrade->from)
      root_.mistake(
          path, fmt::format("'{}' has no version '{}' here", version.component, version.version),
          fmt::format("it goes from {} to {}", upgrade->from, upgrade->to));
  }

private:
  /// The one upgrade of NAME, if its versions could be read: else a rule cannot be judged.
  const Upgrade *readable(const std::string &name) const {
    const Upgrade *upgrade = change_.upgrade(name);
    bool clear = upgrade && !upgrade->from.empty() && !upgrade->to.empty() &&
                 std::ranges::count(names_, name) == 1;
    return clear ? upgrade : nullptr;
  }

  const Value &root_;
  const ChangeSet &change_;
  std::vector<std::string> names_;
};

void checkRules(const Value &root, const ChangeSet &change) {
  VersionCheck check(root, change);
  for (std::size_t i = 0; i < change.order.size(); ++i) {
    const OrderRule &rule = change.order[i];
    check.upgraded({"order", i, "before"}, rule.before);
    check.upgraded({"order", i, "after"}, rule.after);
    if (rule.before == rule.after && !rule.before.component.empty())
      root.mistake({"order", i}, "puts a component before itself");
  }
  for (std::size_t i = 0; i < change.forbidTogether.size(); ++i) {
    check.either({"forbidTogether", i, std::size_t{0}}, change.forbidTogether[i].first);
    check.either({"forbidTogether", i, std::size_t{1}}, change.forbidTogether[i].second);
  }
  constexpr std::string_view prefix = "component:";
  for (std::size_t i = 0; i < change.gates.size(); ++i)
    if (change.gates[i].after.starts_with(prefix))
      check.component({"gates", i, "after"}, change.gates[i].after.substr(prefix.size()));
}

/// Lists that are sets: in whatever order they are written, the same comes of them.
void sortRest(ChangeSet &change) {
  sortBy(change.order,
         [](const OrderRule &rule) { return std::tie(rule.before, rule.after, rule.reason); });
  sortBy(change.versionDistance, [](const DistanceRule &rule) {
    return std::tie(rule.component, rule.of, rule.unit, rule.newerMost, rule.olderMost,
                    rule.reason);
  });
  sortBy(change.gates, &Gate::after);
  sortBy(change.windows, [](const Window &window) { return std::tie(window.from, window.to); });
  for (auto &[one, two] : change.forbidTogether)
    if (two < one)
      std::swap(one, two);
  std::sort(change.forbidTogether.begin(), change.forbidTogether.end());
}

void readBody(ObjectReader &object, ChangeSet &out) {
  const Value &root = object.value();
  object.nonEmpty("upgrades", out.upgrades);
  if (const Node *upgrades = root.node().find("upgrades"))
    refuseDuplicates(
        Value(*upgrades, root, "upgrades"), out.upgrades, "component",
        [](const Upgrade &upgrade) { return upgrade.component; },
        "a change set upgrades a component once");
  object.optional("order", out.order);
  readPairs(object, out);
  object.optional("versionDistance", out.versionDistance);
  object.optional("gates", out.gates);
  if (const Node *gates = root.node().find("gates"))
    refuseDuplicates(
        Value(*gates, root, "gates"), out.gates, "after",
        [](const Gate &gate) { return gate.after; }, "join the two gates");
  readZones(object, out);
  object.optional("windows", out.windows);
  object.optional("abortBudget", out.abortBudget, 1U);
  checkRules(root, out);
  sortBy(out.upgrades, &Upgrade::component);
  sortRest(out);
}

} // namespace

Result<ChangeSet> parseChangeSet(std::string_view text, const std::string &file) {
  return parseDocument<ChangeSet>(text, file, "ripple.change", readBody);
}

Result<ChangeSet> readChangeSet(const std::string &file) {
  return readDocument(file, parseChangeSet);
}

} // namespace ripple::model
