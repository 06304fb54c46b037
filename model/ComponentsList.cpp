//===- ComponentsList.cpp - `ripple.components`: words, look-up, reader ---===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/ComponentsListParts.h"
#include "model/Records.h"

#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace ripple::model {

std::string_view toString(Confidence confidence) {
  switch (confidence) {
  case Confidence::Proven:
    return "proven";
  case Confidence::Possible:
    return "possible";
  case Confidence::Unknown:
    return "unknown";
  }
  return "";
}

std::string_view toString(Phase phase) { return phase == Phase::Sync ? "sync" : "async"; }

std::string_view toString(ComponentKind kind) {
  switch (kind) {
  case ComponentKind::SharedLibrary:
    return "shared-library";
  case ComponentKind::StaticLibrary:
    return "static-library";
  case ComponentKind::HeaderOnly:
    return "header-only";
  case ComponentKind::Plugin:
    return "plugin";
  case ComponentKind::Module:
    return "module";
  case ComponentKind::Sidecar:
    return "sidecar";
  case ComponentKind::Application:
    return "application";
  }
  return "";
}

std::string_view toString(RestartDomain domain) {
  switch (domain) {
  case RestartDomain::None:
    return "none";
  case RestartDomain::Plugin:
    return "plugin";
  case RestartDomain::Process:
    return "process";
  case RestartDomain::Server:
    return "server";
  }
  return "";
}

void read(const Value &value, Confidence &out) {
  readEnum(value, out, {"proven", "possible", "unknown"});
}
void read(const Value &value, Phase &out) { readEnum(value, out, {"sync", "async"}); }
void read(const Value &value, ComponentKind &out) {
  readEnum(value, out,
           {"shared-library", "static-library", "header-only", "plugin", "module", "sidecar",
            "application"});
}
void read(const Value &value, RestartDomain &out) {
  readEnum(value, out, {"none", "plugin", "process", "server"});
}

RestartDomain usualRestart(ComponentKind kind) {
  if (kind == ComponentKind::Plugin)
    return RestartDomain::Plugin;
  return kind == ComponentKind::Sidecar ? RestartDomain::None : RestartDomain::Process;
}

const Component *ComponentsList::component(std::string_view id) const {
  auto found = std::ranges::lower_bound(components, id, {}, &Component::id);
  return found != components.end() && found->id == id ? &*found : nullptr;
}

const Application *ComponentsList::application(std::string_view name) const {
  auto found = std::ranges::find(applications, name, &Application::name);
  return found != applications.end() ? &*found : nullptr;
}

namespace {

/// Function, file and line, as evidence and handlers have them.
template <typename T> void readLocation(const Value &value, T &out) {
  ObjectReader object(value);
  object.required("function", out.function, Text::Any);
  object.required("file", out.file, Text::Any);
  object.required("line", out.line);
}

} // namespace

static void read(const Value &value, EvidenceStep &out) { readLocation(value, out); }
static void read(const Value &value, Handler &out) { readLocation(value, out); }

static void read(const Value &value, ComponentUse &out) {
  ObjectReader object(value);
  object.required("component", out.component);
  object.optional("confidence", out.confidence);
  object.optional("phase", out.phase);
  object.optional("via", out.via);
  object.optional("evidence", out.evidence);
}

static void read(const Value &value, Ignored &out) {
  ObjectReader object(value);
  object.required("application", out.application);
  object.required("file", out.file);
  object.required("line", out.line);
  object.required("component", out.component);
  object.required("reason", out.reason);
  object.optionalSet("requests", out.requests);
}

static void read(const Value &value, Unresolved &out) {
  ObjectReader object(value);
  object.optional("application", out.application);
  object.required("file", out.file, Text::Any);
  object.required("line", out.line);
  object.required("reason", out.reason, Text::Any);
  object.requiredSet("couldReach", out.couldReach);
}

namespace {

using Uses = std::vector<ComponentUse>;

void refuseDuplicateUses(const Value &list, const Uses &uses) {
  refuseDuplicates(
      list, uses, "component", [](const ComponentUse &use) { return use.component; },
      "join the two entries");
}

/// Takes KEY, a list of uses without duplicates.
bool takeUses(ObjectReader &object, std::string_view key, Uses &out) {
  const Node *node = object.take(key);
  if (!node)
    return false;
  Value list(*node, object.value(), key);
  read(list, out);
  refuseDuplicateUses(list, out);
  return true;
}

void readHandlers(ObjectReader &object, RequestKind &out) {
  bool one = object.optional("handler", out.handler);
  if (!object.optionalNonEmpty("handlers", out.handlers) || out.handlers.empty())
    return;
  if (!one)
    out.handler = out.handlers.front();
  else if (out.handler != out.handlers.front())
    object.value().mistake({"handlers"}, "the first of the handlers is not 'handler'",
                           "put the one that serves the request first");
}

/// Whether it names one of the application's sets is seen later, but for what could not be read.
bool readComponentSet(ObjectReader &object, RequestKind &out) {
  std::int64_t set = -1; // Until it is read.
  bool there = object.optional("componentSet", set);
  if (set > UINT32_MAX)
    object.value().mistake({"componentSet"}, fmt::format("there is no component set {}", set),
                           "sets are numbered from 0");
  else if (set >= 0)
    out.componentSet = static_cast<std::uint32_t>(set);
  return there;
}

} // namespace

static void read(const Value &value, RequestKind &out) {
  ObjectReader object(value);
  object.required("id", out.id);
  object.optional("protocol", out.protocol);
  object.optional("method", out.method);
  object.optional("path", out.path);
  std::uint32_t matchOrder = 0;
  if (object.optional("matchOrder", matchOrder))
    out.matchOrder = matchOrder;
  readHandlers(object, out);
  bool hasUses = takeUses(object, "components", out.components);
  bool hasSet = readComponentSet(object, out);
  if (hasUses && hasSet)
    value.mistake("has both 'components' and 'componentSet'", "remove one of them");
  else if (!hasUses && !hasSet)
    value.mistake("has neither 'components' nor 'componentSet'",
                  "list the components that the request may use, or [] if there are none");
  object.optional("unresolved", out.unresolved);
  if (!object.optional("complete", out.complete))
    out.complete = out.unresolved.empty();
}

static void read(const Value &value, Binary &out) {
  ObjectReader object(value);
  object.optional("path", out.path);
  object.optional("buildId", out.buildId);
  object.optional("sha256", out.sha256);
}

namespace {

void readComponentSets(ObjectReader &object, Application &out) {
  const Node *node = object.take("componentSets");
  if (!node)
    return;
  Value list(*node, object.value(), "componentSets");
  read(list, out.componentSets);
  for (std::size_t i = 0; i < out.componentSets.size(); ++i)
    refuseDuplicateUses(Value(node->elements()[i], list, i), out.componentSets[i]);
}

void readRequests(ObjectReader &object, Application &out) {
  if (!object.required("requests", out.requests))
    return;
  Value list(*object.take("requests"), object.value(), "requests");
  refuseDuplicates(
      list, out.requests, "id", [](const RequestKind &request) { return request.id; },
      "join the two entries: two registrations of one id are one request kind");
  for (std::size_t i = 0; i < out.requests.size(); ++i)
    if (auto set = out.requests[i].componentSet; set && *set >= out.componentSets.size())
      list.mistake({i, "componentSet"},
                   fmt::format("there is no component set {}: the application has {}", *set,
                               out.componentSets.size()),
                   "sets are numbered from 0");
}

} // namespace

static void read(const Value &value, Application &out) {
  ObjectReader object(value);
  object.required("name", out.name, Text::Name);
  object.optional("binary", out.binary);
  bool hasComplete = object.optional("complete", out.complete);
  takeUses(object, "ambient", out.ambient);
  takeUses(object, "startup", out.startup);
  readComponentSets(object, out);
  readRequests(object, out);
  if (!hasComplete)
    out.complete = std::ranges::all_of(out.requests, &RequestKind::complete);
}

static void read(const Value &value, Component &out) {
  ObjectReader object(value);
  object.required("id", out.id);
  object.required("kind", out.kind);
  object.optional("version", out.version);
  object.optional("soname", out.soname);
  object.optional("origin", out.origin);
  object.optionalSet("dependsOn", out.dependsOn);
  if (!object.optional("restart", out.restart))
    out.restart = usualRestart(out.kind);
  object.optional("path", out.path);
  object.optional("buildId", out.buildId);
  object.optional("sha256", out.sha256);
}

namespace {

void sortUses(Uses &uses) { sortBy(uses, &ComponentUse::component); }

} // namespace

void normalize(ComponentsList &list) {
  for (Application &application : list.applications) {
    sortUses(application.ambient);
    sortUses(application.startup);
    std::ranges::for_each(application.componentSets, sortUses);
    for (RequestKind &request : application.requests)
      sortUses(request.components);
    sortBy(application.requests, &RequestKind::id);
  }
  sortBy(list.applications, [](const Application &application) {
    return std::tie(application.name, application.binary.buildId);
  });
  for (Component &component : list.components)
    std::ranges::sort(component.dependsOn);
  sortBy(list.components, &Component::id);
}

namespace {

/// One application may be there in several builds, but each build once.
void refuseDuplicateApplications(const Value &root, const std::vector<Application> &applications) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (std::size_t i = 0; i < applications.size(); ++i) {
    const Application &application = applications[i];
    if (application.name.empty() ||
        seen.emplace(application.name, application.binary.buildId).second)
      continue;
    root.mistake(
        {"applications", i, "name"},
        fmt::format("the application '{}' is there twice with the same build-id", application.name),
        "remove one of them");
  }
}

void readBody(ObjectReader &object, ComponentsList &out) {
  const Value &root = object.value();
  object.required("applications", out.applications);
  refuseDuplicateApplications(root, out.applications);
  if (object.required("components", out.components))
    refuseDuplicates(
        Value(*object.take("components"), root, "components"), out.components, "id",
        [](const Component &component) { return component.id; }, "join the two entries");
  object.optional("unresolved", out.unresolved);
  object.optional("ignored", out.ignored);
  normalize(out);
}

} // namespace

Result<ComponentsList> readStrictly(std::string_view text, const std::string &file) {
  return parseDocument<ComponentsList>(text, file, "ripple.components", readBody);
}

Result<ComponentsList> parseComponentsList(std::string_view text, const std::string &file) {
  if (auto list = scanComponentsList(text))
    return std::move(*list);
  return readStrictly(text, file);
}

Result<ComponentsList> readComponentsList(const std::string &file) {
  return readDocument(file, parseComponentsList);
}

} // namespace ripple::model
