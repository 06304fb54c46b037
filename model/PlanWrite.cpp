//===- PlanWrite.cpp - `ripple.plan`: writer and id -----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Records.h"

#include <tuple>

namespace ripple::model {

static void write(JsonWriter &writer, const PlanInput &input) {
  ObjectWriter object(writer);
  object.field("path", input.path);
  object.field("format", input.format);
  object.field("sha256", input.sha256);
}

static void write(JsonWriter &writer, const Withdrawn &withdrawn) {
  ObjectWriter object(writer);
  object.field("serverSeconds", withdrawn.serverSeconds);
  object.field("wholeServerDrain", withdrawn.wholeServerDrain);
  object.optional("assumed", withdrawn.assumed);
}

static void write(JsonWriter &writer, const PlanForecast &forecast) {
  ObjectWriter object(writer);
  object.field("quietP50Seconds", forecast.quietP50Seconds);
  object.field("quietP99Seconds", forecast.quietP99Seconds);
  object.field("completeSeconds", forecast.completeSeconds);
}

static void write(JsonWriter &writer, const PlanSummary &summary) {
  ObjectWriter object(writer);
  object.field("tasks", summary.tasks);
  object.field("waves", summary.waves);
  object.field("lowerBound", summary.lowerBound);
  object.field("boundBy", summary.boundBy);
  object.field("withdrawn", summary.withdrawn);
  if (summary.forecast)
    object.field("forecast", *summary.forecast);
  object.optional("remarks", summary.remarks);
}

static void write(JsonWriter &writer, const QuiesceReason &reason) {
  ObjectWriter object(writer);
  object.field("request", reason.request);
  object.field("component", reason.component);
  object.field("why", reason.why);
  object.optional("via", reason.via);
}

static void write(JsonWriter &writer, const QuiesceSet &set) {
  ObjectWriter object(writer);
  object.field("task", set.task);
  object.field("server", set.server);
  object.set("components", set.components);
  object.field("application", set.application);
  object.set("requests", set.requests);
  object.shown("reasons", set.reasons, [](const QuiesceReason &reason) {
    return std::tie(reason.request, reason.component, reason.why, reason.via);
  });
}

static void write(JsonWriter &writer, const RequestRef &request) {
  ObjectWriter object(writer);
  object.field("application", request.application);
  object.field("id", request.id);
}

static void write(JsonWriter &writer, const Step &step) {
  ObjectWriter object(writer);
  object.field("id", step.id);
  object.field("task", step.task);
  object.field("server", step.server);
  object.field("action", step.action);
  object.optional("component", step.component);
  if (step.action == StepAction::Await)
    object.set("components", step.components);
  object.optional("process", step.process);
  object.optional("application", step.application);
  object.field("wave", step.wave);
  object.optional("timeout", step.timeout);
  object.optional("approve", step.approve);
  object.set("after", step.after);
  if (step.action == StepAction::Forbid)
    object.set("requests", step.requests);
  else
    object.optionalSet("requests", step.requests);
}

static void write(JsonWriter &writer, const RoutingClass &routingClass) {
  ObjectWriter object(writer);
  object.field("id", routingClass.id);
  object.field("application", routingClass.application);
  object.set("requests", routingClass.requests);
  object.field("backend", routingClass.backend);
}

static void write(JsonWriter &writer, const PlannedApplication &planned) {
  ObjectWriter object(writer);
  writePolicy(object, planned.policy);
  object.set("buildIds", planned.buildIds);
  object.set("components", planned.components);
}

static void write(JsonWriter &writer, const MixedVersions &mixed) {
  ObjectWriter object(writer);
  object.field("first", mixed.first);
  object.field("second", mixed.second);
  object.field("fromWave", mixed.fromWave);
  object.field("toWave", mixed.toWave);
}

namespace {

/// Everything but the id, which is made of it, and the signature, which is of the id.
void writeBody(ObjectWriter &object, const Plan &plan) {
  object.shown("inputs", plan.inputs, [](const PlanInput &input) {
    return std::tie(input.format, input.path, input.sha256);
  });
  object.field("summary", plan.summary);
  object.shown("quiesce", plan.quiesce,
               [](const QuiesceSet &set) { return std::tie(set.task, set.application); });
  object.shown("steps", plan.steps, &Step::id);
  object.shown("mixedVersions", plan.mixedVersions, [](const MixedVersions &mixed) {
    return std::tie(mixed.first, mixed.second, mixed.fromWave, mixed.toWave);
  });
  object.field("pointOfNoReturn", plan.pointOfNoReturn);
  if (!plan.pointsOfNoReturn.empty())
    object.set("pointsOfNoReturn", plan.pointsOfNoReturn);
  object.set("routers", plan.routers, &Router::name);
  object.set("servers", plan.servers, &Server::name);
  object.set(
      "applications", plan.applications,
      [](const PlannedApplication &planned) -> const std::string & { return planned.policy.name; });
  object.set("routingClasses", plan.routingClasses, &RoutingClass::id);
  object.set("upgrades", plan.upgrades, &Upgrade::component);
  if (!plan.order.empty())
    object.set("order", plan.order, [](const OrderRule &rule) {
      return std::tie(rule.before, rule.after, rule.reason);
    });
  object.field("abortBudget", plan.abortBudget);
  object.optionalSet("windows", plan.windows,
                     [](const Window &window) { return std::tie(window.from, window.to); });
}

} // namespace

std::string writePlan(const Plan &plan) {
  return writeDocument(JsonWriter::Form::Indented, "ripple.plan", [&](ObjectWriter &object) {
    object.field("id", plan.id);
    if (plan.signature)
      object.field("signature", *plan.signature);
    writeBody(object, plan);
  });
}

std::string planId(const Plan &plan) {
  return "sha256:" + sha256(writeDocument(JsonWriter::Form::Canonical, "ripple.plan",
                                          [&](ObjectWriter &object) { writeBody(object, plan); }));
}

} // namespace ripple::model
