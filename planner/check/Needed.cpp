//===- Needed.cpp ---------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/check/Needed.h"

namespace ripple::check {

namespace {

/// Part of an application's binary: the application's list says what its code uses.
bool isLinkedIn(const model::Component &component) {
  return component.kind == model::ComponentKind::StaticLibrary ||
         component.kind == model::ComponentKind::HeaderOnly ||
         component.kind == model::ComponentKind::Application;
}

bool anyOf(const std::vector<model::ComponentUse> &uses, const std::set<std::string> &names) {
  for (const model::ComponentUse &use : uses)
    if (names.count(use.component))
      return true;
  return false;
}

bool touches(const model::Application &application, const model::RequestKind &request,
             const std::set<std::string> &names) {
  if (names.count(application.name) || !application.complete || !request.complete)
    return true;
  for (const model::Unresolved &unresolved : request.unresolved)
    for (const std::string &name : unresolved.couldReach)
      if (name == "*" || names.count(name))
        return true;
  return anyOf(application.ambient, names) || anyOf(application.usesOf(request), names);
}

bool has(const model::Application &application, const std::set<std::string> &names) {
  if (names.count(application.name) || !application.complete || anyOf(application.ambient, names) ||
      anyOf(application.startup, names))
    return true;
  for (const model::RequestKind &request : application.requests)
    if (touches(application, request, names))
      return true;
  return false;
}

model::RestartDomain domainOf(const Documents &documents, const std::string &component) {
  const model::Upgrade *upgrade = documents.change.upgrade(component);
  if (upgrade && upgrade->restart)
    return *upgrade->restart;
  const model::Component *found = documents.components.component(component);
  return found ? found->restart : model::RestartDomain::Process;
}

/// What COMPONENT, on which NAMES depend, asks of one application that HAS one of them or not.
Needed need(const Documents &documents, const model::Application &application,
            const std::string &component, const std::set<std::string> &names, bool has) {
  Needed needed;
  auto domain = domainOf(documents, component);
  bool all =
      domain == model::RestartDomain::Server || (domain == model::RestartDomain::Process && has);
  bool any = all;
  for (const model::RequestKind &request : application.requests)
    if (all || touches(application, request, names)) {
      needed.requests.insert({application.name, request.id});
      any = true;
    }
  if (any)
    needed.requests.insert({application.name, "other"});
  if (all)
    needed.restarts.insert(application.name);
  return needed;
}

} // namespace

Needs::Needs(const Documents &documents) : documents(documents) {
  for (const model::Component &component : documents.components.components)
    if (!isLinkedIn(component))
      for (const std::string &needed : component.dependsOn)
        neededBy[needed].push_back(component.id);
  for (const model::Application &application : documents.components.applications)
    named[application.name].push_back(&application);
}

std::set<std::string> Needs::withDependents(const std::string &component) const {
  std::set<std::string> all{component};
  for (std::vector<std::string> open{component}; !open.empty();) {
    const auto users = neededBy.find(open.back());
    open.pop_back();
    if (users != neededBy.end())
      for (const std::string &user : users->second)
        if (all.insert(user).second)
          open.push_back(user);
  }
  return all;
}

const Needs::OfApplication &Needs::of(const model::Application &application,
                                      const std::string &component) {
  auto [found, isNew] = known.try_emplace({&application, component});
  if (!isNew)
    return found->second;
  auto [names, isNewToo] = dependents.try_emplace(component);
  if (isNewToo)
    names->second = withDependents(component);
  const bool there = has(application, names->second);
  found->second = {there, need(documents, application, component, names->second, there)};
  return found->second;
}

bool Needs::isOn(const model::Server &server, const std::string &component) {
  for (const model::HostedApplication &hosted : server.applications)
    for (const model::Application *application : named[hosted.name])
      if (of(*application, component).has)
        return true;
  return false;
}

Needed Needs::of(const model::Server &server, const std::set<std::string> &components) {
  Needed needed;
  for (const model::HostedApplication &hosted : server.applications)
    for (const model::Application *application : named[hosted.name])
      for (const std::string &component : components) {
        const Needed &one = of(*application, component).needed;
        needed.requests.insert(one.requests.begin(), one.requests.end());
        needed.restarts.insert(one.restarts.begin(), one.restarts.end());
      }
  return needed;
}

double weightOn(const model::Server &server, const model::ApplicationPolicy &policy) {
  double weight = 0;
  for (const model::HostedApplication &hosted : server.applications)
    if (hosted.name == policy.name)
      weight += policy.minimum.unit == model::Minimum::Unit::Servers ? 1 : hosted.capacity;
  return weight;
}

std::pair<double, double> minimumOf(const model::ServerList &servers,
                                    const model::ApplicationPolicy &policy) {
  double total = 0;
  for (const model::Server &server : servers.servers)
    total += weightOn(server, policy);
  bool share = policy.minimum.unit == model::Minimum::Unit::CapacityShare;
  return {total, share ? policy.minimum.value * total : policy.minimum.value};
}

} // namespace ripple::check
