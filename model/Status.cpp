//===- Status.cpp - `ripple.status`: reader and writer --------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Status.h"
#include "model/Reader.h"
#include "model/Writer.h"

namespace ripple::model {

std::string_view toString(ClassState state) {
  switch (state) {
  case ClassState::Permitted:
    return "permitted";
  case ClassState::Quiescing:
    return "quiescing";
  case ClassState::Forbidden:
    return "forbidden";
  }
  return "";
}

std::string_view toString(AgentState state) { return state == AgentState::Up ? "up" : "down"; }

std::string_view toString(PlanState state) {
  switch (state) {
  case PlanState::Running:
    return "running";
  case PlanState::Paused:
    return "paused";
  case PlanState::Done:
    return "done";
  case PlanState::RolledBack:
    return "rolled-back";
  case PlanState::Failed:
    return "failed";
  case PlanState::Aborted:
    return "aborted";
  }
  return "";
}

static void read(const Value &value, ClassState &out) {
  readEnum(value, out, {"permitted", "quiescing", "forbidden"});
}
static void read(const Value &value, AgentState &out) { readEnum(value, out, {"up", "down"}); }
static void read(const Value &value, PlanState &out) {
  readEnum(value, out, {"running", "paused", "done", "rolled-back", "failed", "aborted"});
}

static void read(const Value &value, ClassStatus &out) {
  ObjectReader object(value);
  object.required("application", out.application, Text::Name);
  object.required("class", out.routingClass);
  object.requiredSet("requests", out.requests);
  object.required("state", out.state);
  object.optional("since", out.since);
  object.optional("reason", out.reason, Text::Any);
}

static void read(const Value &value, LoadedCopy &out) {
  ObjectReader object(value);
  object.required("pid", out.pid);
  object.optional("buildId", out.buildId);
}

static void read(const Value &value, ComponentStatus &out) {
  ObjectReader object(value);
  object.required("id", out.id);
  object.optional("installed", out.installed);
  object.required("loaded", out.loaded);
}

static void read(const Value &value, Session &out) {
  ObjectReader object(value);
  object.required("id", out.id);
  if (const Node *session = object.take("session"); session && session->kind() != Node::Kind::Null)
    read(Value(*session, value, "session"), out.session, Text::Any);
  object.required("application", out.application, Text::Name);
  object.required("request", out.request);
  object.required("pid", out.pid);
  object.required("startedMsAgo", out.startedMsAgo);
  object.requiredSet("uses", out.uses);
  object.requiredSet("mayUse", out.mayUse);
  object.optional("late", out.late);
  object.optional("held", out.held);
}

static void read(const Value &value, ServerStatus &out) {
  ObjectReader object(value);
  object.required("name", out.name, Text::Name);
  object.required("agent", out.agent);
  object.required("classes", out.classes);
  object.required("components", out.components);
  object.required("sessions", out.sessions);
}

static void read(const Value &value, PlanStatus &out) {
  ObjectReader object(value);
  object.required("id", out.id);
  object.required("state", out.state);
  object.optional("step", out.step);
  object.optional("waitingFor", out.waitingFor, Text::Any);
}

static void write(JsonWriter &writer, const ClassStatus &status) {
  ObjectWriter object(writer);
  object.field("application", status.application);
  object.field("class", status.routingClass);
  object.set("requests", status.requests);
  object.field("state", status.state);
  object.optional("since", status.since);
  object.optional("reason", status.reason);
}

static void write(JsonWriter &writer, const LoadedCopy &copy) {
  ObjectWriter object(writer);
  object.field("pid", copy.pid);
  object.optional("buildId", copy.buildId);
}

static void write(JsonWriter &writer, const ComponentStatus &status) {
  ObjectWriter object(writer);
  object.field("id", status.id);
  object.optional("installed", status.installed);
  object.field("loaded", status.loaded);
}

static void write(JsonWriter &writer, const Session &session) {
  ObjectWriter object(writer);
  object.field("id", session.id);
  object.field("session", session.session);
  object.field("application", session.application);
  object.field("request", session.request);
  object.field("pid", session.pid);
  object.field("startedMsAgo", session.startedMsAgo);
  object.set("uses", session.uses);
  object.set("mayUse", session.mayUse);
  object.field("late", session.late);
  object.optional("held", session.held);
}

static void write(JsonWriter &writer, const ServerStatus &status) {
  ObjectWriter object(writer);
  object.field("name", status.name);
  object.field("agent", status.agent);
  object.field("classes", status.classes);
  object.set("components", status.components, &ComponentStatus::id);
  object.field("sessions", status.sessions);
}

static void write(JsonWriter &writer, const PlanStatus &status) {
  ObjectWriter object(writer);
  object.field("id", status.id);
  object.field("state", status.state);
  object.optional("step", status.step);
  object.field("waitingFor", status.waitingFor);
}

namespace {

void readBody(ObjectReader &object, Status &out) {
  if (object.required("servers", out.servers))
    refuseDuplicates(
        Value(*object.take("servers"), object.value(), "servers"), out.servers, "name",
        [](const ServerStatus &server) { return server.name; }, "");
  if (const Node *plan = object.take("plan"); plan && plan->kind() != Node::Kind::Null)
    read(Value(*plan, object.value(), "plan"), out.plan);
}

} // namespace

Result<Status> readStatus(const std::string &file) {
  return readDocument<Status>(file, parseStatus);
}

Result<Status> parseStatus(std::string_view text, const std::string &file) {
  return parseDocument<Status>(text, file, "ripple.status", readBody);
}

std::string writeStatus(const Status &status) {
  return writeDocument(JsonWriter::Form::Indented, "ripple.status", [&](ObjectWriter &object) {
    object.set("servers", status.servers, &ServerStatus::name);
    object.field("plan", status.plan);
  });
}

Result<ServerStatus> parseServerStatus(std::string_view json, const std::string &source) {
  Report report(source);
  ServerStatus result;
  if (auto tree = parseTree(json, report))
    read(Value(tree->root, report), result);
  if (!report.empty())
    return tl::unexpected(report.take());
  return result;
}

std::string writeServerStatus(const ServerStatus &status) {
  JsonWriter writer;
  write(writer, status);
  return writer.take();
}

} // namespace ripple::model
