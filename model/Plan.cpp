//===- Plan.cpp - `ripple.plan`: words, look-up, reader -------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Plan.h"
#include "model/Records.h"

#include <fmt/format.h>
#include <unordered_map>

namespace ripple::model {

std::string_view toString(Why why) {
  switch (why) {
  case Why::Touches:
    return "touches";
  case Why::Ambient:
    return "ambient";
  case Why::RestartDomain:
    return "restart-domain";
  case Why::Unresolved:
    return "unresolved";
  case Why::AtomicGroup:
    return "atomic-group";
  case Why::RoutingClass:
    return "routing-class";
  }
  return "";
}

std::string_view toString(StepAction action) {
  switch (action) {
  case StepAction::Forbid:
    return "forbid";
  case StepAction::Await:
    return "await";
  case StepAction::Install:
    return "install";
  case StepAction::Restart:
    return "restart";
  case StepAction::Check:
    return "check";
  case StepAction::Permit:
    return "permit";
  case StepAction::Gate:
    return "gate";
  }
  return "";
}

const Step *Plan::step(std::string_view wanted) const {
  auto found = std::ranges::find(steps, wanted, &Step::id);
  return found != steps.end() ? &*found : nullptr;
}

const Server *Plan::server(std::string_view name) const {
  auto found = std::ranges::find(servers, name, &Server::name);
  return found != servers.end() ? &*found : nullptr;
}

const Upgrade *Plan::upgrade(std::string_view component) const {
  auto found = std::ranges::find(upgrades, component, &Upgrade::component);
  return found != upgrades.end() ? &*found : nullptr;
}

static void read(const Value &value, Why &out) {
  readEnum(value, out,
           {"touches", "ambient", "restart-domain", "unresolved", "atomic-group", "routing-class"});
}
static void read(const Value &value, StepAction &out) {
  readEnum(value, out, {"forbid", "await", "install", "restart", "check", "permit", "gate"});
}

static void read(const Value &value, PlanInput &out) {
  ObjectReader object(value);
  object.required("path", out.path);
  object.required("format", out.format);
  object.required("sha256", out.sha256);
}

static void read(const Value &value, Withdrawn &out) {
  ObjectReader object(value);
  object.required("serverSeconds", out.serverSeconds);
  object.required("wholeServerDrain", out.wholeServerDrain);
  object.optional("assumed", out.assumed, Text::NonEmpty);
}

static void read(const Value &value, PlanForecast &out) {
  ObjectReader object(value);
  object.required("quietP50Seconds", out.quietP50Seconds);
  object.required("quietP99Seconds", out.quietP99Seconds);
  object.required("completeSeconds", out.completeSeconds);
}

static void read(const Value &value, PlanSummary &out) {
  ObjectReader object(value);
  object.required("tasks", out.tasks);
  object.required("waves", out.waves);
  object.required("lowerBound", out.lowerBound);
  object.required("boundBy", out.boundBy, Text::Any);
  object.required("withdrawn", out.withdrawn);
  object.optional("forecast", out.forecast);
  object.optional("remarks", out.remarks, Text::NonEmpty);
}

static void read(const Value &value, QuiesceReason &out) {
  ObjectReader object(value);
  object.required("request", out.request);
  object.required("component", out.component);
  object.required("why", out.why);
  object.optional("via", out.via);
}

static void read(const Value &value, QuiesceSet &out) {
  ObjectReader object(value);
  object.required("task", out.task);
  object.required("server", out.server, Text::Name);
  object.requiredSet("components", out.components);
  object.required("application", out.application, Text::Name);
  object.requiredSet("requests", out.requests);
  object.required("reasons", out.reasons);
}

static void read(const Value &value, RequestRef &out) {
  ObjectReader object(value);
  object.required("application", out.application, Text::Name);
  object.required("id", out.id);
}

namespace {

/// The keys that only some actions have.
void readStepBody(ObjectReader &object, Step &out) {
  switch (out.action) {
  case StepAction::Forbid:
    object.required("requests", out.requests);
    return;
  case StepAction::Permit:
    object.optional("requests", out.requests);
    return;
  case StepAction::Await:
    object.requiredSet("components", out.components);
    object.optional("timeout", out.timeout);
    return;
  case StepAction::Install:
  case StepAction::Check:
    object.required("component", out.component);
    return;
  case StepAction::Restart:
    object.required("process", out.process);
    object.optional("application", out.application);
    return;
  case StepAction::Gate:
    object.optional("timeout", out.timeout);
    object.optional("approve", out.approve);
    return;
  }
}

} // namespace

static void read(const Value &value, Step &out) {
  ObjectReader object(value);
  object.required("id", out.id);
  bool hasAction = object.required("action", out.action);
  // A gate may stand between tasks and servers.
  Text rule = out.action == StepAction::Gate ? Text::Any : Text::Line;
  object.required("task", out.task, rule);
  object.required("server", out.server, rule);
  object.required("wave", out.wave, 1U);
  object.requiredSet("after", out.after);
  const Node *action = value.node().find("action");
  if (hasAction && action->kind() == Node::Kind::String &&
      action->asString() == toString(out.action))
    readStepBody(object, out);
  else
    object.takeAll();
}

static void read(const Value &value, RoutingClass &out) {
  ObjectReader object(value);
  object.required("id", out.id);
  object.required("application", out.application, Text::Name);
  object.requiredSet("requests", out.requests);
  object.required("backend", out.backend);
}

static void read(const Value &value, PlannedApplication &out) {
  ObjectReader object(value);
  readPolicy(object, out.policy);
  object.optionalSet("buildIds", out.buildIds);
  object.optional("components", out.components);
}

static void read(const Value &value, MixedVersions &out) {
  ObjectReader object(value);
  object.required("first", out.first);
  object.required("second", out.second);
  object.required("fromWave", out.fromWave, 1U);
  object.required("toWave", out.toWave, 1U);
}

namespace {

using StepIndex = std::unordered_map<std::string_view, std::size_t>;

/// One step on a cycle of `after`, where there is one (Kahn 1962).
std::optional<std::size_t> stepOnCycle(const std::vector<Step> &steps, const StepIndex &index) {
  std::vector<std::vector<std::size_t>> followers(steps.size());
  std::vector<std::size_t> waits(steps.size(), 0);
  for (std::size_t i = 0; i < steps.size(); ++i)
    for (const std::string &before : steps[i].after)
      if (auto found = index.find(before); found != index.end()) {
        followers[found->second].push_back(i);
        ++waits[i];
      }
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (waits[i] == 0)
      ready.push_back(i);
  for (std::size_t next = 0; next < ready.size(); ++next)
    for (std::size_t follower : followers[ready[next]])
      if (--waits[follower] == 0)
        ready.push_back(follower);
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (waits[i] > 0)
      return i;
  return std::nullopt;
}

void checkStep(const Value &root, const Plan &plan, std::size_t at, const StepIndex &index) {
  const Step &step = plan.steps[at];
  for (std::size_t j = 0; j < step.after.size(); ++j)
    if (!step.after[j].empty() && !index.contains(step.after[j]))
      root.mistake({"steps", at, "after", j}, fmt::format("there is no step '{}'", step.after[j]));
  if (!step.server.empty() && !plan.server(step.server))
    root.mistake({"steps", at, "server"}, fmt::format("there is no server '{}'", step.server));
  if (!step.component.empty() && !plan.upgrade(step.component))
    root.mistake({"steps", at, "component"},
                 fmt::format("'{}' is none of the plan's upgrades", step.component));
}

void checkSteps(const Value &root, const Plan &plan) {
  StepIndex index;
  for (std::size_t i = 0; i < plan.steps.size(); ++i)
    index.try_emplace(plan.steps[i].id, i);
  for (std::size_t i = 0; i < plan.steps.size(); ++i)
    checkStep(root, plan, i, index);
  if (auto cycle = stepOnCycle(plan.steps, index))
    root.mistake({"steps", *cycle, "after"},
                 fmt::format("'{}' waits for itself, directly or through other steps",
                             plan.steps[*cycle].id));
  if (plan.pointOfNoReturn && !plan.pointOfNoReturn->empty() &&
      !index.contains(*plan.pointOfNoReturn))
    root.mistake({"pointOfNoReturn"}, fmt::format("there is no step '{}'", *plan.pointOfNoReturn));
  for (std::size_t i = 0; i < plan.pointsOfNoReturn.size(); ++i)
    if (const std::string &point = plan.pointsOfNoReturn[i];
        !point.empty() && !index.contains(point))
      root.mistake({"pointsOfNoReturn", i}, fmt::format("there is no step '{}'", point));
}

void checkQuiesce(const Value &root, const Plan &plan) {
  for (std::size_t i = 0; i < plan.quiesce.size(); ++i)
    if (const std::string &server = plan.quiesce[i].server; !server.empty() && !plan.server(server))
      root.mistake({"quiesce", i, "server"}, fmt::format("there is no server '{}'", server));
}

template <typename T, typename Name>
void refuseDuplicatesAt(const Value &root, std::string_view list, const std::vector<T> &elements,
                        std::string_view key, Name name) {
  if (const Node *node = root.node().find(list))
    refuseDuplicates(Value(*node, root, list), elements, key, name, "");
}

void readBody(ObjectReader &object, Plan &out) {
  const Value &root = object.value();
  object.required("id", out.id);
  object.optional("signature", out.signature);
  object.required("inputs", out.inputs);
  object.required("summary", out.summary);
  object.required("quiesce", out.quiesce);
  object.required("steps", out.steps);
  object.required("mixedVersions", out.mixedVersions);
  if (const Node *point = object.take("pointOfNoReturn"); !point)
    object.missing("pointOfNoReturn");
  else if (point->kind() != Node::Kind::Null)
    read(Value(*point, root, "pointOfNoReturn"), out.pointOfNoReturn);
  object.optionalSet("pointsOfNoReturn", out.pointsOfNoReturn);
  object.required("routers", out.routers);
  if (object.required("servers", out.servers))
    checkServers(Value(*object.take("servers"), root, "servers"), out.servers);
  object.required("applications", out.applications);
  object.required("routingClasses", out.routingClasses);
  object.required("upgrades", out.upgrades);
  object.optional("order", out.order);
  object.optional("abortBudget", out.abortBudget, 1U);
  object.optional("windows", out.windows);
  refuseDuplicatesAt(root, "steps", out.steps, "id", [](const Step &step) { return step.id; });
  refuseDuplicatesAt(root, "routers", out.routers, "name",
                     [](const Router &router) { return router.name; });
  refuseDuplicatesAt(root, "applications", out.applications, "name",
                     [](const PlannedApplication &planned) { return planned.policy.name; });
  refuseDuplicatesAt(root, "routingClasses", out.routingClasses, "id",
                     [](const RoutingClass &routingClass) { return routingClass.id; });
  refuseDuplicatesAt(root, "upgrades", out.upgrades, "component",
                     [](const Upgrade &upgrade) { return upgrade.component; });
  checkSteps(root, out);
  checkQuiesce(root, out);
}

} // namespace

std::string shortId(std::string_view id) {
  constexpr std::size_t shownMax = 19;
  return std::string(id.substr(0, shownMax));
}

Result<Plan> parsePlan(std::string_view text, const std::string &file) {
  return parseDocument<Plan>(text, file, "ripple.plan", readBody);
}

Result<Plan> readPlan(const std::string &file) { return readDocument(file, parsePlan); }

} // namespace ripple::model
