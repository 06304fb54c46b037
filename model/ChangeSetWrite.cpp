//===- ChangeSetWrite.cpp - `ripple.change`: writer and digest ------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Records.h"

#include <fmt/format.h>
#include <tuple>

namespace ripple::model {
namespace {

class ActionWriter {
public:
  explicit ActionWriter(JsonWriter &writer) : object_(writer) {}
  void operator()(const RunAction &run) { object_.field("run", run.argv); }
  void operator()(const SymlinkAction &link) {
    object_.field("symlink", link.symlink);
    object_.field("target", link.target);
  }
  void operator()(const PluginAction &plugin) {
    object_.field("plugin", plugin.plugin);
    object_.field("path", plugin.path);
  }
  void operator()(const PackageAction &package) {
    object_.field("package", package.package);
    object_.field("version", package.version);
  }

private:
  ObjectWriter object_;
};

} // namespace

static void write(JsonWriter &writer, const Action &action) {
  std::visit(ActionWriter(writer), action);
}

namespace {

/// As people write it: one argument vector as a list, one action by itself, several as a list. In
/// digests always as a list of actions.
void writeActions(JsonWriter &writer, const std::vector<Action> &actions) {
  if (writer.isCanonical() || actions.size() != 1)
    return write(writer, actions);
  if (const auto *run = std::get_if<RunAction>(&actions.front()))
    return write(writer, run->argv);
  write(writer, actions.front());
}

} // namespace

static void write(JsonWriter &writer, const RestartWith &restart) {
  ObjectWriter object(writer);
  object.optional("unit", restart.unit);
  object.optional("process", restart.process);
}

void write(JsonWriter &writer, const Upgrade &upgrade) {
  ObjectWriter object(writer);
  object.field("component", upgrade.component);
  object.field("from", upgrade.from);
  object.field("to", upgrade.to);
  object.optional("restart", upgrade.restart);
  writeActions(object.key("install"), upgrade.install);
  object.optional("restartWith", upgrade.restartWith);
  object.optional("check", upgrade.check);
  if (writer.isCanonical() || !upgrade.rollback.empty())
    writeActions(object.key("rollback"), upgrade.rollback);
  if (!upgrade.digests.empty()) {
    object.key("digests");
    ObjectWriter digests(writer);
    for (const auto &[file, digest] : upgrade.digests)
      digests.field(file, digest);
  }
  object.optional("phaseIn", upgrade.phaseIn);
  object.field("quiesceTimeout", upgrade.quiesceTimeout);
  object.optionalSet("servers", upgrade.servers);
  if (upgrade.elsewhereNew)
    object.field("elsewhere", std::string("to"));
}

void write(JsonWriter &writer, const ComponentVersion &version) {
  writer.string(fmt::format("{}@{}", version.component, version.version));
}

void write(JsonWriter &writer, const OrderRule &rule) {
  ObjectWriter object(writer);
  object.field("before", rule.before);
  object.field("after", rule.after);
  object.optional("reason", rule.reason);
}

static void write(JsonWriter &writer, const std::pair<ComponentVersion, ComponentVersion> &pair) {
  auto [first, second] = std::minmax(pair.first, pair.second);
  writer.beginArray();
  write(writer, first);
  write(writer, second);
  writer.endArray();
}

static void write(JsonWriter &writer, const DistanceRule &rule) {
  ObjectWriter object(writer);
  object.field("component", rule.component);
  object.field("of", rule.of);
  if (rule.newerMost)
    object.field("newerMost", *rule.newerMost);
  if (rule.olderMost)
    object.field("olderMost", *rule.olderMost);
  object.field("unit", toString(rule.unit));
  object.optional("reason", rule.reason);
}

static void write(JsonWriter &writer, const Gate &gate) {
  ObjectWriter object(writer);
  object.field("after", gate.after);
  object.optional("wait", gate.wait);
  object.optional("approve", gate.approve);
}

void write(JsonWriter &writer, const Window &window) {
  ObjectWriter object(writer);
  object.field("from", window.from);
  object.field("to", window.to);
}

static void writeZones(ObjectWriter &object, bool oneAtATime) {
  if (!object.writer().isCanonical() && !oneAtATime)
    return;
  ObjectWriter zones(object.key("zones"));
  zones.field("oneAtATime", oneAtATime);
}

namespace {

std::string textOf(const ChangeSet &change, JsonWriter::Form form) {
  return writeDocument(form, "ripple.change", [&](ObjectWriter &object) {
    object.set("upgrades", change.upgrades, &Upgrade::component);
    object.optionalSet("order", change.order, [](const OrderRule &rule) {
      return std::tie(rule.before, rule.after, rule.reason);
    });
    object.optionalSet("forbidTogether", change.forbidTogether, [](const auto &pair) {
      return std::pair<ComponentVersion, ComponentVersion>(std::minmax(pair.first, pair.second));
    });
    if (!change.versionDistance.empty()) // A change set without has the digest that it had before.
      object.set("versionDistance", change.versionDistance, [](const DistanceRule &rule) {
        return std::tie(rule.component, rule.of, rule.unit, rule.newerMost, rule.olderMost,
                        rule.reason);
      });
    object.optionalSet("gates", change.gates, &Gate::after);
    writeZones(object, change.zonesOneAtATime);
    object.optionalSet("windows", change.windows,
                       [](const Window &window) { return std::tie(window.from, window.to); });
    object.field("abortBudget", change.abortBudget);
  });
}

} // namespace

std::string writeChangeSet(const ChangeSet &change) {
  return textOf(change, JsonWriter::Form::Indented);
}

std::string digest(const ChangeSet &change) {
  return "sha256:" + sha256(textOf(change, JsonWriter::Form::Canonical));
}

} // namespace ripple::model
