//===- Write.cpp - Stage `write`: one Components List -----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Pipeline.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace ripple::analyzer {
namespace {

using model::Application;
using model::ComponentUse;

void addNames(const std::vector<ComponentUse> &uses, std::set<std::string> &names) {
  for (const ComponentUse &use : uses)
    names.insert(use.component);
}

/// Components that some code of APPLICATION was seen to use.
std::set<std::string> usedBy(const Application &application) {
  std::set<std::string> names;
  addNames(application.ambient, names);
  addNames(application.startup, names);
  for (const auto &set : application.componentSets)
    addNames(set, names);
  for (const model::RequestKind &request : application.requests)
    addNames(request.components, names);
  return names;
}

/// What the loader maps runs its initialisers at start-up, whether or not the application's own
/// code calls it.
void addLoadedOnly(const Owners &owners, Application &application) {
  const std::set<std::string> used = usedBy(application);
  for (const model::Component &component : owners.components) {
    if (used.contains(component.id) || component.kind != model::ComponentKind::SharedLibrary)
      continue;
    ComponentUse use;
    use.component = component.id;
    application.startup.push_back(std::move(use));
  }
  std::sort(application.startup.begin(), application.startup.end(),
            [](const ComponentUse &a, const ComponentUse &b) { return a.component < b.component; });
}

/// Two applications may see different halves of one component.
void join(model::Component &into, const model::Component &other) {
  std::set<std::string> dependsOn(into.dependsOn.begin(), into.dependsOn.end());
  dependsOn.insert(other.dependsOn.begin(), other.dependsOn.end());
  into.dependsOn.assign(dependsOn.begin(), dependsOn.end());
  if (into.kind == model::ComponentKind::HeaderOnly)
    into.kind = other.kind;
  for (auto field : {&model::Component::version, &model::Component::soname, &model::Component::path,
                     &model::Component::buildId, &model::Component::sha256})
    if ((into.*field).empty())
      into.*field = other.*field;
}

/// What a library that nobody can look into calls may be called by every request.
void addMissing(const LoadedApplication &loaded, const std::vector<MissingLibrary> &libraries,
                Application &application, model::ComponentsList &list) {
  for (const MissingLibrary &missing : libraries) {
    model::Unresolved row;
    row.file = loaded.binary.path;
    row.reason = fmt::format("{}, which {} needs, {}: what it calls is not known", missing.name,
                             missing.neededBy, missing.why);
    row.couldReach = {"*"};
    for (model::RequestKind &request : application.requests) {
      request.unresolved.push_back(row);
      request.complete = false;
    }
    application.complete = false;
    row.application = loaded.name;
    list.unresolved.push_back(std::move(row));
  }
}

} // namespace

model::ComponentsList write(std::vector<Analyzed> applications) {
  model::ComponentsList list;
  std::map<std::string, model::Component> components;
  for (Analyzed &analyzed : applications) {
    Application application = std::move(analyzed.reached.application);
    application.name = analyzed.application->name;
    application.binary = analyzed.application->binary;
    addLoadedOnly(analyzed.owners, application);
    for (const model::Component &component : analyzed.owners.components)
      if (auto [at, isNew] = components.emplace(component.id, component); !isNew)
        join(at->second, component);
    for (model::Unresolved &entry : analyzed.reached.unresolved) {
      entry.application = application.name;
      list.unresolved.push_back(std::move(entry));
    }
    for (model::Ignored &entry : analyzed.reached.ignored) {
      entry.application = application.name;
      list.ignored.push_back(std::move(entry));
    }
    addMissing(*analyzed.application, analyzed.application->closure.missing, application, list);
    addMissing(*analyzed.application, analyzed.owners.missing, application, list);
    list.applications.push_back(std::move(application));
  }
  for (auto &[id, component] : components)
    list.components.push_back(std::move(component));
  return list;
}

} // namespace ripple::analyzer
