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

/// COMPONENT and all that depend on it, to a fixed point.
std::set<std::string> withDependents(const model::ComponentsList &list,
                                     const std::string &component) {
  std::set<std::string> all{component};
  for (bool grew = true; grew;) {
    grew = false;
    for (const model::Component &one : list.components)
      for (const std::string &needed : one.dependsOn)
        if (all.count(needed) && !isLinkedIn(one) && all.insert(one.id).second)
          grew = true;
  }
  return all;
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

/// What ONE component asks of one application.
void need(const Documents &documents, const model::Application &application,
          const std::string &component, Needed &needed) {
  auto names = withDependents(documents.components, component);
  auto domain = domainOf(documents, component);
  bool all = domain == model::RestartDomain::Server ||
             (domain == model::RestartDomain::Process && has(application, names));
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
}

} // namespace

bool isOn(const Documents &documents, const model::Server &server, const std::string &component) {
  auto names = withDependents(documents.components, component);
  for (const model::HostedApplication &hosted : server.applications)
    for (const model::Application &application : documents.components.applications)
      if (application.name == hosted.name && has(application, names))
        return true;
  return false;
}

Needed neededFor(const Documents &documents, const std::string &server,
                 const std::set<std::string> &components) {
  Needed needed;
  const model::Server *found = documents.servers.server(server);
  if (!found)
    return needed;
  for (const model::HostedApplication &hosted : found->applications)
    for (const model::Application &application : documents.components.applications)
      if (application.name == hosted.name)
        for (const std::string &component : components)
          need(documents, application, component, needed);
  return needed;
}

double weightOn(const model::ServerList &servers, const model::ApplicationPolicy &policy,
                const std::string &server) {
  double weight = 0;
  if (const model::Server *found = servers.server(server))
    for (const model::HostedApplication &hosted : found->applications)
      if (hosted.name == policy.name)
        weight += policy.minimum.unit == model::Minimum::Unit::Servers ? 1 : hosted.capacity;
  return weight;
}

std::pair<double, double> minimumOf(const model::ServerList &servers,
                                    const model::ApplicationPolicy &policy) {
  double total = 0;
  for (const model::Server &server : servers.servers)
    total += weightOn(servers, policy, server.name);
  bool share = policy.minimum.unit == model::Minimum::Unit::CapacityShare;
  return {total, share ? policy.minimum.value * total : policy.minimum.value};
}

} // namespace ripple::check
