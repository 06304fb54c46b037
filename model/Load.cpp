//===- Load.cpp - `ripple.load`: reader and writer ------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Load.h"
#include "model/Reader.h"
#include "model/Writer.h"

#include <algorithm>
#include <fmt/format.h>

namespace ripple::model {

namespace {

/// More are a mistake in the unit.
constexpr double perSecondMax = 1e9;

/// A duration that must be longer than nothing. Returns whether it is.
bool takeTime(ObjectReader &object, std::string_view key, Milliseconds &out) {
  constexpr Milliseconds unread{-1};
  out = unread;
  object.required(key, out);
  if (out.count() == 0)
    object.value().mistake({key}, "must be longer than nothing");
  if (out == unread)
    out = Milliseconds{0};
  return out.count() > 0;
}

} // namespace

static void read(const Value &value, RequestDuration &out) {
  ObjectReader object(value);
  if (!object.isObject())
    return;
  if (value.node().find("median")) {
    LogNormal duration;
    bool median = takeTime(object, "median", duration.median);
    if (takeTime(object, "p99", duration.p99) && median && duration.p99 <= duration.median)
      value.mistake(
          {"p99"},
          fmt::format("the p99 is {}, not longer than the median", formatDuration(duration.p99)),
          "write what one of a hundred requests takes longer than");
    out = duration;
  } else if (value.node().find("mean")) {
    Exponential duration;
    takeTime(object, "mean", duration.mean);
    out = duration;
  } else if (value.node().find("always")) {
    Fixed duration;
    takeTime(object, "always", duration.always);
    out = duration;
  } else {
    object.takeAll();
    value.mistake("is no distribution that is known",
                  "write {median: 120ms, p99: 3s} (log-normal), {mean: 120ms} (exponential) or "
                  "{always: 120ms}");
  }
}

static void read(const Value &value, RequestLoad &out) {
  ObjectReader object(value);
  object.required("application", out.application, Text::Name);
  object.required("id", out.id);
  if (object.required("perSecond", out.perSecond) && out.perSecond > perSecondMax)
    value.mistake({"perSecond"}, fmt::format("is more than {:.0f}", perSecondMax));
  object.required("duration", out.duration);
}

static void read(const Value &value, ActionTimes &out) {
  ObjectReader object(value);
  object.optional("install", out.install);
  object.optional("restart", out.restart);
  object.optional("check", out.check);
}

static void write(JsonWriter &writer, const LogNormal &duration) {
  ObjectWriter object(writer);
  object.field("median", duration.median);
  object.field("p99", duration.p99);
}

static void write(JsonWriter &writer, const Exponential &duration) {
  ObjectWriter object(writer);
  object.field("mean", duration.mean);
}

static void write(JsonWriter &writer, const Fixed &duration) {
  ObjectWriter object(writer);
  object.field("always", duration.always);
}

static void write(JsonWriter &writer, const RequestDuration &duration) {
  std::visit([&](const auto &one) { write(writer, one); }, duration);
}

static void write(JsonWriter &writer, const RequestLoad &load) {
  ObjectWriter object(writer);
  object.field("application", load.application);
  object.field("id", load.id);
  object.field("perSecond", load.perSecond);
  object.field("duration", load.duration);
}

static void write(JsonWriter &writer, const ActionTimes &actions) {
  const ActionTimes usual;
  ObjectWriter object(writer);
  object.optional("install", actions.install, usual.install);
  object.optional("restart", actions.restart, usual.restart);
  object.optional("check", actions.check, usual.check);
}

namespace {

auto keyOf(const RequestLoad &load) { return std::tie(load.application, load.id); }

void readBody(ObjectReader &object, Load &out) {
  object.nonEmpty("requests", out.requests);
  if (const Node *list = object.take("requests"))
    refuseDuplicates(
        Value(*list, object.value(), "requests"), out.requests, "id",
        [](const RequestLoad &load) {
          return load.application.empty() || load.id.empty() ? std::string()
                                                             : load.application + " " + load.id;
        },
        "give each request kind once, with all of its arrivals");
  object.optional("actions", out.actions);
  std::sort(out.requests.begin(), out.requests.end(),
            [](const RequestLoad &a, const RequestLoad &b) { return keyOf(a) < keyOf(b); });
}

std::string textOf(const Load &load, JsonWriter::Form form) {
  return writeDocument(form, "ripple.load", [&](ObjectWriter &object) {
    object.set("requests", load.requests, keyOf);
    object.optional("actions", load.actions);
  });
}

} // namespace

Result<Load> readLoad(const std::string &file) { return readDocument<Load>(file, parseLoad); }

Result<Load> parseLoad(std::string_view text, const std::string &file) {
  return parseDocument<Load>(text, file, "ripple.load", readBody);
}

std::string writeLoad(const Load &load) { return textOf(load, JsonWriter::Form::Indented); }

std::string digest(const Load &load) {
  return "sha256:" + sha256(textOf(load, JsonWriter::Form::Canonical));
}

} // namespace ripple::model
