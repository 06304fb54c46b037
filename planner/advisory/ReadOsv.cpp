//===- ReadOsv.cpp - Advisories in the format of OSV ----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The format and which versions it means: https://ossf.github.io/osv-schema/
// (version 1.7, "Evaluation").
//
//===----------------------------------------------------------------------===//
#include "planner/advisory/DebianVersion.h"
#include "planner/advisory/Statement.h"

#include <algorithm>
#include <fmt/format.h>

namespace ripple::planner::advisory {

using model::ObjectReader;
using model::Text;
using model::Value;

namespace {

struct Event {
  enum class Kind { Introduced, Fixed, LastAffected } kind = Kind::Introduced;
  std::string version;
};

/// Before all others comes "0", which is no version but the beginning.
bool comesBefore(const Event &a, const Event &b) {
  const bool aBegins = a.kind == Event::Kind::Introduced && a.version == "0";
  const bool bBegins = b.kind == Event::Kind::Introduced && b.version == "0";
  if (aBegins || bBegins)
    return aBegins && !bBegins;
  return compareDebian(a.version, b.version) < 0;
}

/// One event of a range. DEBIAN: its version must be one of Debian's.
void readEvent(const Value &value, bool debian, std::vector<Event> &out) {
  ObjectReader object(value);
  if (!object.isObject())
    return;
  std::string limit;
  int known = object.optional("limit", limit);
  for (auto [key, kind] : {std::pair("introduced", Event::Kind::Introduced),
                           {"fixed", Event::Kind::Fixed},
                           {"last_affected", Event::Kind::LastAffected}}) {
    Event event{kind, ""};
    if (!object.optional(key, event.version))
      continue;
    ++known;
    const bool begins = kind == Event::Kind::Introduced && event.version == "0";
    const std::string_view problem =
        debian && !begins && !event.version.empty() ? debianVersionProblem(event.version) : "";
    if (!problem.empty())
      value.mistake(
          {std::string_view(key)},
          fmt::format("'{}' is no version of a Debian package: {}", event.version, problem));
    out.push_back(std::move(event));
  }
  if (known != 1)
    value.mistake("must have one of introduced, fixed, last_affected and limit, and has " +
                  std::to_string(known));
  object.takeAll();
}

/// Which versions EVENTS mean, which are sorted.
void addIntervals(const std::vector<Event> &events, VersionSet &out) {
  bool inside = false;
  Interval interval;
  for (const Event &event : events) {
    if (event.kind == Event::Kind::Introduced && !inside) {
      interval = {event.version == "0" ? "" : event.version, "", true, false};
      inside = true;
    } else if (event.kind != Event::Kind::Introduced && inside) {
      interval.to = event.version;
      interval.withTo = event.kind == Event::Kind::LastAffected;
      out.intervals.push_back(interval);
      inside = false;
    }
  }
  if (inside)
    out.intervals.push_back(interval);
}

void readRange(const Value &value, bool debian, VersionSet &out) {
  ObjectReader object(value);
  if (!object.isObject())
    return;
  enum class Type { Ecosystem, SemVer, Git } type = Type::Ecosystem;
  if (const model::Node *node = object.take("type"))
    readEnum(Value(*node, value, "type"), type, {"ECOSYSTEM", "SEMVER", "GIT"});
  else
    object.missing("type");
  std::vector<Event> events;
  const model::Node *list = object.take("events");
  if (!list)
    object.missing("events");
  else if (Value(*list, value, "events").is(model::Node::Kind::Array, "a list")) {
    const Value all(*list, value, "events");
    std::size_t index = 0;
    for (const model::Node &node : list->elements())
      readEvent(Value(node, all, index++), debian && type == Type::Ecosystem, events);
    if (std::none_of(events.begin(), events.end(),
                     [](const Event &event) { return event.kind == Event::Kind::Introduced; }))
      all.mistake("nothing says from which version on (`introduced`)",
                  "\"0\" means from the first one on");
  }
  object.takeAll();
  if (type != Type::Ecosystem)
    return;
  std::stable_sort(events.begin(), events.end(), comesBefore);
  addIntervals(events, out);
}

void readAffected(const Value &value, Statement statement, Statements &out) {
  ObjectReader object(value);
  if (!object.isObject())
    return;
  statement.place = value.place();
  const model::Node *package = object.take("package");
  if (package) {
    const Value named(*package, value, "package");
    ObjectReader names(named);
    names.required("ecosystem", statement.ecosystem);
    names.required("name", statement.package);
    names.takeAll();
  } else {
    statement.unusable = "names no package";
  }
  const bool debian = isKnownEcosystem(statement.ecosystem);
  object.each("ranges", [&](const Value &each) { readRange(each, debian, statement.affected); });
  std::vector<std::string> versions;
  object.optional("versions", versions);
  statement.affected.exact.insert(versions.begin(), versions.end());
  if (statement.unusable.empty() && debian && statement.affected.empty())
    statement.unusable = "says nothing of the package's versions";
  object.takeAll();
  out.push_back(std::move(statement));
}

} // namespace

void readOsv(const Value &value, Statements &out) {
  ObjectReader object(value);
  if (!object.isObject())
    return;
  Statement statement;
  statement.place = value.place();
  object.required("id", statement.advisory);
  std::string summary, withdrawn;
  object.optional("summary", summary, Text::Any);
  statement.summary = onOneLine(summary);
  for (const char *key : {"aliases", "upstream"}) {
    std::vector<std::string> names;
    object.optional(key, names);
    statement.aliases.insert(names.begin(), names.end());
  }
  const bool isWithdrawn = object.optional("withdrawn", withdrawn);
  if (isWithdrawn) {
    statement.unusable = "was withdrawn";
    out.push_back(statement);
  } else if (!object.each("affected",
                          [&](const Value &each) { readAffected(each, statement, out); })) {
    statement.unusable = "names no package";
    out.push_back(statement);
  }
  object.takeAll();
}

} // namespace ripple::planner::advisory
