//===- ServerListWrite.cpp - `ripple.servers`: writer and digest ----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Records.h"

namespace ripple::model {

void write(JsonWriter &writer, const Router &router) {
  ObjectWriter object(writer);
  object.field("name", router.name);
  object.field("kind", router.kind);
  object.optional("socket", router.socket);
  object.optional("agent", router.agent);
  object.optional("url", router.url);
  object.optional("referer", router.referer);
  object.optional("upstreams", router.upstreams);
  object.optional("pidFile", router.pidFile);
  object.optional("test", router.test);
}

namespace {

void writeMinimum(ObjectWriter &object, const Minimum &minimum) {
  switch (minimum.unit) {
  case Minimum::Unit::Servers:
    return object.field("minAvailable", minimum.value);
  case Minimum::Unit::CapacityShare:
    return object.field("minAvailable", describe(minimum));
  case Minimum::Unit::Capacity:
    return object.field("minCapacity", minimum.value);
  }
}

} // namespace

void writePolicy(ObjectWriter &object, const ApplicationPolicy &policy) {
  object.field("name", policy.name);
  object.field("router", policy.router);
  writeMinimum(object, policy.minimum);
  object.field("sessions", policy.sessions);
  object.optional("listen", policy.listen);
  object.optional("host", policy.host);
  object.optional("health", policy.health);
}

static void write(JsonWriter &writer, const ApplicationPolicy &policy) {
  ObjectWriter object(writer);
  writePolicy(object, policy);
}

static void write(JsonWriter &writer, const HostedApplication &hosted) {
  ObjectWriter object(writer);
  object.field("name", hosted.name);
  object.field("address", hosted.address);
  object.field("capacity", hosted.capacity);
  object.optional("process", hosted.process);
}

void write(JsonWriter &writer, const Server &server) {
  ObjectWriter object(writer);
  object.field("name", server.name);
  object.optional("zone", server.zone);
  object.optional("agent", server.agent);
  object.set("applications", server.applications, &HostedApplication::name);
}

namespace {

std::string textOf(const ServerList &list, JsonWriter::Form form) {
  return writeDocument(form, "ripple.servers", [&](ObjectWriter &object) {
    object.set("routers", list.routers, &Router::name);
    object.set("applications", list.applications, &ApplicationPolicy::name);
    object.set("servers", list.servers, &Server::name);
  });
}

} // namespace

std::string writeServerList(const ServerList &list) {
  return textOf(list, JsonWriter::Form::Indented);
}

std::string digest(const ServerList &list) {
  return "sha256:" + sha256(textOf(list, JsonWriter::Form::Canonical));
}

} // namespace ripple::model
