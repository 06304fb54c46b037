//===- ComponentsListWrite.cpp - `ripple.components`: writer, digest, merging -===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/ComponentsListParts.h"
#include "model/Records.h"
#include "model/Sha256.h"

#include <fmt/format.h>
#include <map>
#include <tuple>
#include <unordered_map>

namespace ripple::model {
namespace {

template <typename T> void writeLocation(JsonWriter &writer, const T &value) {
  ObjectWriter object(writer);
  object.field("function", value.function);
  object.field("file", value.file);
  object.field("line", value.line);
}

} // namespace

static void write(JsonWriter &writer, const EvidenceStep &step) { writeLocation(writer, step); }
static void write(JsonWriter &writer, const Handler &handler) { writeLocation(writer, handler); }

static void write(JsonWriter &writer, const ComponentUse &use) {
  ObjectWriter object(writer);
  object.field("component", use.component);
  object.field("confidence", use.confidence);
  object.optional("phase", use.phase);
  object.optional("via", use.via);
  object.field("evidence", use.evidence);
}

static void write(JsonWriter &writer, const Ignored &ignored) {
  ObjectWriter object(writer);
  object.field("application", ignored.application);
  object.field("file", ignored.file);
  object.field("line", ignored.line);
  object.field("component", ignored.component);
  object.field("reason", ignored.reason);
  object.optionalSet("requests", ignored.requests);
}

static void write(JsonWriter &writer, const Unresolved &unresolved) {
  ObjectWriter object(writer);
  object.optional("application", unresolved.application);
  object.field("file", unresolved.file);
  object.field("line", unresolved.line);
  object.field("reason", unresolved.reason);
  object.set("couldReach", unresolved.couldReach);
}

static void write(JsonWriter &writer, const Binary &binary) {
  ObjectWriter object(writer);
  object.optional("path", binary.path);
  object.optional("buildId", binary.buildId);
  object.optional("sha256", binary.sha256);
}

static void write(JsonWriter &writer, const Component &component) {
  ObjectWriter object(writer);
  object.field("id", component.id);
  object.field("kind", component.kind);
  object.optional("version", component.version);
  object.optional("soname", component.soname);
  object.optional("origin", component.origin);
  object.set("dependsOn", component.dependsOn);
  object.field("restart", component.restart);
  object.optional("path", component.path);
  object.optional("buildId", component.buildId);
  object.optional("sha256", component.sha256);
}

namespace {

using Uses = std::vector<ComponentUse>;

auto unresolvedKey(const Unresolved &unresolved) {
  return std::tie(unresolved.application, unresolved.file, unresolved.line, unresolved.reason);
}

void writeUnresolved(ObjectWriter &object, const std::vector<Unresolved> &unresolved) {
  object.set("unresolved", unresolved, unresolvedKey);
}

/// Gives each distinct set of an application its number in digests, whether the list is interned or
/// not: sets are numbered in the order of their canonical text.
class CanonicalSets {
public:
  explicit CanonicalSets(const Application &application) {
    for (const RequestKind &request : application.requests)
      if (auto [known, isNew] = found_.try_emplace(&application.usesOf(request)); isNew)
        known->second = &numbers_.try_emplace(canonical(*known->first)).first->second;
    std::uint32_t next = 0;
    for (auto &[text, number] : numbers_)
      number = next++;
  }

  std::uint32_t numberOf(const Uses &uses) const { return *found_.at(&uses); }

  std::vector<std::string> digests() const {
    std::vector<std::string> result;
    for (const auto &[text, number] : numbers_)
      result.push_back(sha256(text));
    return result;
  }

private:
  static std::string canonical(const Uses &uses) {
    JsonWriter writer(JsonWriter::Form::Canonical);
    writer.beginArray();
    for (const ComponentUse *use : sorted(uses, &ComponentUse::component))
      write(writer, *use);
    writer.endArray();
    return writer.take();
  }

  std::map<std::string, std::uint32_t> numbers_; ///< By canonical text.
  std::unordered_map<const Uses *, const std::uint32_t *> found_;
};

void writeRequest(JsonWriter &writer, const RequestKind &request, const CanonicalSets *sets,
                  const Application &application) {
  ObjectWriter object(writer);
  object.field("id", request.id);
  object.field("protocol", request.protocol);
  object.optional("method", request.method);
  object.optional("path", request.path);
  object.optional("matchOrder", request.matchOrder);
  object.field("handler", request.handler);
  if (request.handlers.size() > 1)
    object.field("handlers", request.handlers);
  object.field("complete", request.complete);
  if (sets)
    object.field("componentSet", sets->numberOf(application.usesOf(request)));
  else if (request.componentSet)
    object.field("componentSet", *request.componentSet);
  else
    object.set("components", request.components, &ComponentUse::component);
  writeUnresolved(object, request.unresolved);
}

void writeRequests(ObjectWriter &object, const Application &application,
                   const CanonicalSets *sets = nullptr) {
  JsonWriter &writer = object.key("requests");
  writer.beginArray();
  for (const RequestKind *request : sorted(application.requests, &RequestKind::id))
    writeRequest(writer, *request, sets, application);
  writer.endArray();
}

/// Component sets keep their places, which requests name.
void writeComponentSets(ObjectWriter &object, const Application &application) {
  if (application.componentSets.empty())
    return;
  JsonWriter &writer = object.key("componentSets");
  writer.beginArray();
  for (const Uses &uses : application.componentSets) {
    writer.beginArray();
    for (const ComponentUse *use : sorted(uses, &ComponentUse::component))
      write(writer, *use);
    writer.endArray();
  }
  writer.endArray();
}

} // namespace

static void write(JsonWriter &writer, const Application &application) {
  ObjectWriter object(writer);
  object.field("name", application.name);
  object.field("binary", application.binary);
  object.field("complete", application.complete);
  object.set("ambient", application.ambient, &ComponentUse::component);
  object.set("startup", application.startup, &ComponentUse::component);
  writeComponentSets(object, application);
  writeRequests(object, application);
}

namespace {

/// The same for digests, in the order of the keys: a big application is never a text as a whole.
void writeCanonical(JsonWriter &writer, const Application &application) {
  const CanonicalSets sets(application);
  ObjectWriter object(writer, ObjectWriter::Keys::Sorted);
  object.set("ambient", application.ambient, &ComponentUse::component);
  object.field("binary", application.binary);
  object.field("complete", application.complete);
  object.field("componentSets", sets.digests());
  object.field("name", application.name);
  writeRequests(object, application, &sets);
  object.set("startup", application.startup, &ComponentUse::component);
}

auto applicationKey(const Application &application) {
  return std::tie(application.name, application.binary.buildId);
}

void writeIgnored(ObjectWriter &object, const ComponentsList &list) {
  object.optionalSet("ignored", list.ignored, [](const Ignored &ignored) {
    return std::tie(ignored.application, ignored.file, ignored.line, ignored.component);
  });
}

} // namespace

std::string writeComponentsList(const ComponentsList &list) {
  return writeDocument(JsonWriter::Form::Indented, "ripple.components", [&](ObjectWriter &object) {
    object.set("applications", list.applications, applicationKey);
    object.set("components", list.components, &Component::id);
    writeUnresolved(object, list.unresolved);
    writeIgnored(object, list);
  });
}

void writeCanonical(const ComponentsList &list, const JsonWriter::Sink &sink) {
  JsonWriter writer(sink);
  {
    ObjectWriter object(writer, ObjectWriter::Keys::Sorted);
    object.key("applications").beginArray();
    for (const Application *application : sorted(list.applications, applicationKey))
      writeCanonical(writer, *application);
    writer.endArray();
    object.set("components", list.components, &Component::id);
    object.field("format", std::string_view("ripple.components"));
    writeIgnored(object, list);
    writeUnresolved(object, list.unresolved);
    object.field("version", std::string_view("1.0"));
  }
  writer.take();
}

std::string digest(const ComponentsList &list) {
  Sha256 hash;
  writeCanonical(list, [&](std::string_view piece) { hash.add(piece); });
  return "sha256:" + hash.hexadecimal();
}

namespace {

/// Adds the components of LIST to MERGED: the first of an id stays, and takes what it lacks.
void mergeComponents(std::map<std::string, Component> &merged, std::vector<Component> &components,
                     const std::string &file, std::vector<std::string> &warnings) {
  for (Component &component : components) {
    auto [known, isNew] = merged.try_emplace(component.id, component);
    if (isNew)
      continue;
    Component &first = known->second;
    if (first.version.empty())
      first.version = component.version;
    else if (!component.version.empty() && component.version != first.version)
      warnings.push_back(fmt::format("{}: component '{}' has version {} here and {} in a list "
                                     "before; {} is taken",
                                     file, component.id, component.version, first.version,
                                     first.version));
    first.restart = std::max(first.restart, component.restart);
    std::vector<std::string> all = first.dependsOn;
    all.insert(all.end(), component.dependsOn.begin(), component.dependsOn.end());
    std::ranges::sort(all);
    all.erase(std::unique(all.begin(), all.end()), all.end());
    first.dependsOn = std::move(all);
  }
}

} // namespace

Result<ComponentsList> mergeComponentsLists(std::vector<ComponentsList> lists,
                                            const std::vector<std::string> &files,
                                            std::vector<std::string> &warnings) {
  ComponentsList result;
  Mistakes mistakes;
  std::map<std::pair<std::string, std::string>, std::string> builds;
  std::map<std::string, Component> components;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    const std::string &file = files[i];
    for (Application &application : lists[i].applications) {
      auto [known, isNew] =
          builds.try_emplace({application.name, application.binary.buildId}, file);
      if (isNew)
        result.applications.push_back(std::move(application));
      else
        mistakes.push_back({Place{file, 0, ""},
                            fmt::format("the application '{}' with the same build-id is in {} too",
                                        known->first.first, known->second),
                            "give each application once"});
    }
    mergeComponents(components, lists[i].components, file, warnings);
    std::ranges::move(lists[i].unresolved, std::back_inserter(result.unresolved));
    std::ranges::move(lists[i].ignored, std::back_inserter(result.ignored));
  }
  if (!mistakes.empty())
    return tl::unexpected(std::move(mistakes));
  for (auto &[id, component] : components)
    result.components.push_back(std::move(component));
  sortBy(result.applications, [](const Application &application) {
    return std::tie(application.name, application.binary.buildId);
  });
  return result;
}

} // namespace ripple::model
