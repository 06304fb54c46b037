//===- ApiMessages.cpp - What the manager sends, read and written ---------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/ApiMessages.h"

#include "model/Reader.h"

#include <nlohmann/json.hpp>

using namespace ripple;
using namespace ripple::agent;
using model::Node;
using model::ObjectReader;
using model::Text;
using model::Value;
using nlohmann::json;

namespace {

constexpr std::int64_t TimeoutMax = std::int64_t{24} * 3'600'000;

void readTerm(ObjectReader &object, std::uint64_t &out) {
  std::int64_t term = 0;
  if (object.required("term", term) && term < 0)
    object.value().mistake({"term"}, "is negative");
  out = term < 0 ? 0 : static_cast<std::uint64_t>(term);
}

void readTimeout(ObjectReader &object, model::Milliseconds &out) {
  std::int64_t milliseconds = out.count();
  if (!object.optional("timeoutMs", milliseconds))
    return;
  if (milliseconds <= 0 || milliseconds > TimeoutMax)
    object.value().mistake({"timeoutMs"}, "must be from 1 to 86400000");
  else
    out = model::Milliseconds(milliseconds);
}

std::optional<model::Action> readAction(const Value &value) {
  ObjectReader object(value);
  if (!object.isObject())
    return std::nullopt;
  if (value.node().find("run")) {
    model::RunAction run;
    object.nonEmpty("run", run.argv, Text::Any);
    return run;
  }
  if (value.node().find("symlink")) {
    model::SymlinkAction link;
    object.required("symlink", link.symlink);
    object.required("target", link.target);
    return link;
  }
  if (value.node().find("plugin")) {
    model::PluginAction plugin;
    object.required("plugin", plugin.plugin);
    object.required("path", plugin.path);
    return plugin;
  }
  if (value.node().find("package")) {
    model::PackageAction package;
    object.required("package", package.package);
    object.required("version", package.version);
    return package;
  }
  value.mistake("is no action", "give 'run', 'symlink' and 'target', 'plugin' and 'path', or "
                                "'package' and 'version'");
  return std::nullopt;
}

/// Which keys a kind of action needs.
void checkKind(const ObjectReader &object, const ActionRequest &request) {
  const Value &value = object.value();
  if (request.kind == ActionKind::Restart) {
    if (request.process.empty())
      value.mistake("a restart needs 'process'", "name a process of the agent's own");
    if (request.action)
      value.mistake({"action"}, "a restart has no action");
    return;
  }
  if (!request.process.empty())
    value.mistake({"process"}, "goes with a restart only");
  if (request.component.empty())
    value.mistake("needs 'component'");
  if (request.version.empty())
    value.mistake("needs 'version'", "say which version is installed once it is done");
  if (request.kind != ActionKind::Check && !request.action)
    value.mistake("needs 'action'", "say what is to be done");
  if (request.kind == ActionKind::Check && request.action &&
      !std::holds_alternative<model::RunAction>(*request.action))
    value.mistake({"action"}, "a check can only 'run' a program");
}

void readRequest(ObjectReader &object, ActionRequest &out) {
  object.required("id", out.id);
  object.required("plan", out.plan);
  object.required("task", out.task);
  if (const Node *kind = object.take("kind")) {
    if (auto index = model::readWord(Value(*kind, object.value(), "kind"),
                                     {"install", "restart", "check", "rollback"}))
      out.kind = static_cast<ActionKind>(*index);
  } else {
    object.missing("kind");
  }
  object.optional("component", out.component);
  object.optional("version", out.version);
  object.optional("from", out.from, Text::Any);
  if (const Node *action = object.take("action"))
    out.action = readAction(Value(*action, object.value(), "action"));
  object.optional("digests", out.digests);
  object.optional("process", out.process);
  readTimeout(object, out.timeout);
  object.optional("unsealed", out.unsealed);
  object.optional("phaseIn", out.phaseIn);
  if (out.id.size() > 512)
    object.value().mistake({"id"}, "has more than 512 bytes");
  checkKind(object, out);
  if (!out.digests.empty() && !out.action)
    object.value().mistake({"digests"}, "goes with an action only");
}

/// Reads TEXT, an object without a format of its own, with BODY.
template <typename T, typename Body>
model::Result<T> parseBody(const std::string &who, std::string_view text, Body body) {
  model::Report report(who);
  T out{};
  if (auto tree = model::parseTree(text, report)) {
    Value root(tree->root, report);
    ObjectReader object(root);
    if (object.isObject())
      body(object, out);
    object.finish();
  }
  if (!report.empty())
    return tl::unexpected(report.take());
  return out;
}

json jsonOf(const model::Action &action) {
  if (const auto *run = std::get_if<model::RunAction>(&action))
    return {{"run", run->argv}};
  if (const auto *link = std::get_if<model::SymlinkAction>(&action))
    return {{"symlink", link->symlink}, {"target", link->target}};
  if (const auto *plugin = std::get_if<model::PluginAction>(&action))
    return {{"plugin", plugin->plugin}, {"path", plugin->path}};
  const auto &package = std::get<model::PackageAction>(action);
  return {{"package", package.package}, {"version", package.version}};
}

} // namespace

// Found by the readers of lists, by the namespace of Seal.
namespace ripple::agent {
static void read(const Value &value, Seal &out) {
  ObjectReader object(value);
  if (!object.isObject())
    return;
  object.required("application", out.application);
  object.requiredSet("components", out.components);
}
} // namespace ripple::agent

std::string agent::textOf(const model::Mistakes &mistakes) {
  std::string text = model::describe(mistakes);
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  return text;
}

model::Result<TaskCommand> agent::parseTaskCommand(const std::string &who, std::string_view text,
                                                   bool withSeal) {
  return parseBody<TaskCommand>(who, text, [&](ObjectReader &object, TaskCommand &out) {
    readTerm(object, out.term);
    object.required("plan", out.plan);
    object.required("task", out.task);
    if (withSeal)
      object.required("seal", out.seal);
  });
}

model::Result<PlanCommand> agent::parsePlanCommand(const std::string &who, std::string_view text) {
  return parseBody<PlanCommand>(who, text, [](ObjectReader &object, PlanCommand &out) {
    readTerm(object, out.term);
    object.optional("dryRun", out.dryRun);
    object.required("document", out.document, Text::NonEmpty);
  });
}

model::Result<ActionCommand> agent::parseActionCommand(const std::string &who,
                                                       std::string_view text) {
  return parseBody<ActionCommand>(who, text, [](ObjectReader &object, ActionCommand &out) {
    readTerm(object, out.term);
    object.optional("dryRun", out.dryRun);
    readRequest(object, out.request);
  });
}

model::Result<RouterCommand> agent::parseRouterCommand(const std::string &who,
                                                       std::string_view text) {
  auto word = [](ObjectReader &object, std::string_view key,
                 std::initializer_list<std::string_view> words) -> std::optional<std::size_t> {
    if (const Node *node = object.take(key))
      return model::readWord(Value(*node, object.value(), key), words);
    object.missing(key);
    return std::nullopt;
  };
  return parseBody<RouterCommand>(who, text, [&](ObjectReader &object, RouterCommand &out) {
    readTerm(object, out.term);
    object.required("backend", out.target.backend, Text::Name);
    object.required("server", out.target.server, Text::Name);
    if (word(object, "state", {"permitted", "forbidden"}) == 1U)
      out.state = RouterState::Forbidden;
    if (word(object, "sessions", {"shared", "sticky"}) == 1U)
      out.sessions = model::Sessions::Sticky;
  });
}

model::Result<bool> agent::parseShutdown(const std::string &who, std::string_view text) {
  return parseBody<bool>(
      who, text, [](ObjectReader &object, bool &out) { object.required("processes", out); });
}

std::string agent::writeActionRequest(const ActionRequest &request) {
  json out = {{"id", request.id},
              {"plan", request.plan},
              {"task", request.task},
              {"kind", toString(request.kind)},
              {"timeoutMs", request.timeout.count()}};
  auto optional = [&](const char *key, const std::string &value) {
    if (!value.empty())
      out[key] = value;
  };
  optional("component", request.component);
  optional("version", request.version);
  optional("from", request.from);
  optional("process", request.process);
  if (request.action)
    out["action"] = jsonOf(*request.action);
  if (!request.digests.empty())
    out["digests"] = request.digests;
  if (request.unsealed)
    out["unsealed"] = true;
  if (request.phaseIn)
    out["phaseIn"] = true;
  return out.dump();
}

model::Result<ActionRequest> agent::parseActionRequest(std::string_view text) {
  return parseBody<ActionRequest>("journal", text, readRequest);
}

std::string agent::writeSeals(const std::vector<Seal> &seals) {
  json list = json::array();
  for (const auto &seal : seals)
    list.push_back({{"application", seal.application}, {"components", seal.components}});
  return json{{"seal", list}}.dump();
}

model::Result<std::vector<Seal>> agent::parseSeals(std::string_view text) {
  return parseBody<std::vector<Seal>>(
      "journal", text,
      [](ObjectReader &object, std::vector<Seal> &out) { object.required("seal", out); });
}
