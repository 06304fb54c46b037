//===- Reasons.cpp --------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/check/Reasons.h"

#include "planner/check/Copies.h"

#include <algorithm>

namespace ripple::check {

using model::Why;

Reasons::Reasons(const model::Plan &plan, const Documents &documents, Needs &needs)
    : plan(plan), documents(documents), needs(needs) {}

bool Reasons::areRight(const model::QuiesceSet &set, const TaskSteps &task) {
  std::vector<std::string> replaced;
  for (const auto &[component, install] : task.installs)
    replaced.push_back(component);
  if (set.server != task.server || set.components != replaced)
    return false;
  const bool isRestarted = task.restarts.count(set.application) > 0;
  auto isSame = [&](const auto &other) {
    auto both = [](const model::QuiesceReason &a, const model::QuiesceReason &b) {
      return std::tie(a.request, a.component, a.why, a.via) ==
             std::tie(b.request, b.component, b.why, b.via);
    };
    const model::QuiesceSet &one = *other.first;
    return other.second == isRestarted && one.components == set.components &&
           one.requests == set.requests &&
           std::equal(one.reasons.begin(), one.reasons.end(), set.reasons.begin(),
                      set.reasons.end(), both);
  };
  auto &before = right[set.application];
  if (std::any_of(before.begin(), before.end(), isSame))
    return true;
  if (!areTrue(set, isRestarted ? stoppedBy(set) : std::set<std::string_view>()))
    return false;
  before.emplace_back(&set, isRestarted);
  return true;
}

/// Those of SET's components for which its application has to stop, where it does.
std::set<std::string_view> Reasons::stoppedBy(const model::QuiesceSet &set) {
  bool isWholeServer = false;
  for (const std::string &component : set.components)
    if (const model::Upgrade *upgrade = documents.change.upgrade(component))
      isWholeServer |= domainOf(documents, *upgrade) == model::RestartDomain::Server;
  std::set<std::string_view> some;
  for (const std::string &component : set.components)
    for (const Build &build : buildsOf(set.application))
      if (isWholeServer || needs.isIn(*build.application, component))
        some.insert(component);
  return some;
}

bool Reasons::areTrue(const model::QuiesceSet &set, const std::set<std::string_view> &stoppedBy) {
  std::set<std::pair<std::string_view, std::string_view>> told; // request, component
  for (const model::QuiesceReason &reason : set.reasons)
    if (!told.emplace(reason.request, reason.component).second ||
        !std::count(set.components.begin(), set.components.end(), reason.component) ||
        !std::binary_search(set.requests.begin(), set.requests.end(), reason.request) ||
        !isTrue(set, reason, stoppedBy.count(reason.component) > 0))
      return false;
  for (const std::string &request : set.requests) {
    bool waits = false;
    for (const std::string &component : set.components) {
      const bool isTold = told.count({request, component}) > 0;
      waits |= isTold;
      for (const Build &build : buildsOf(set.application))
        if (!isTold &&
            (stoppedBy.count(component) > 0 || !waysOf(build, request, component).empty()))
          return false;
    }
    if (!waits)
      return false;
  }
  return true;
}

bool Reasons::isTrue(const model::QuiesceSet &set, const model::QuiesceReason &reason,
                     bool isStopped) {
  if (reason.why == Why::RoutingClass)
    return reason.via.empty() && isOfItsClass(set, reason.request);
  bool any = false;
  for (const Build &build : buildsOf(set.application)) {
    const Ways &ways = waysOf(build, reason.request, reason.component);
    any |= reason.why == Why::RestartDomain ? isStopped && reason.via.empty() && ways.empty()
                                            : ways.count({reason.why, reason.via}) > 0;
  }
  return any;
}

/// REQUEST waits because the router moves it with another one of SET, and for nothing else.
bool Reasons::isOfItsClass(const model::QuiesceSet &set, const std::string &request) {
  for (const model::QuiesceReason &reason : set.reasons)
    if (reason.request == request && reason.why != Why::RoutingClass)
      return false;
  for (const model::RoutingClass &one : plan.routingClasses)
    if (one.application == set.application &&
        std::count(one.requests.begin(), one.requests.end(), request))
      return std::any_of(
          set.reasons.begin(), set.reasons.end(), [&](const model::QuiesceReason &reason) {
            return reason.why != Why::RoutingClass &&
                   std::count(one.requests.begin(), one.requests.end(), reason.request);
          });
  return false;
}

const Reasons::Ways &Reasons::waysOf(const Build &build, const std::string &request,
                                     const std::string &component) {
  auto [place, isNew] = known[{build.application, component}].try_emplace(request);
  Ways &ways = place->second; // Stays where it is when more come in.
  if (isNew)
    ways = findWays(build, request, component);
  return ways;
}

Reasons::Ways Reasons::findWays(const Build &build, const std::string &request,
                                const std::string &component) {
  const model::Application &application = *build.application;
  Ways ways;
  if (application.name == component)
    return {{Why::Touches, ""}};
  addUses(ways, application.ambient, Why::Ambient, component);
  if (!ways.empty())
    return ways;
  if (request == "other") { // It may be any of them.
    for (const model::RequestKind &kind : application.requests) {
      const Ways &its = waysOf(build, kind.id, component);
      ways.insert(its.begin(), its.end());
    }
    if (!application.complete)
      ways.emplace(Why::Unresolved, "");
    return ways;
  }
  const auto kind = build.kinds.find(request);
  if (kind == build.kinds.end())
    return ways;
  addUses(ways, application.usesOf(*kind->second), Why::Touches, component);
  if (!ways.empty())
    return ways;
  bool isOpen = !application.complete || !kind->second->complete;
  for (const model::Unresolved &unresolved : kind->second->unresolved)
    for (const std::string &name : unresolved.couldReach)
      isOpen |= name == "*" || dependentsOf(component).count(name) > 0;
  if (isOpen)
    ways.emplace(Why::Unresolved, "");
  return ways;
}

/// Directly, else through what depends on it.
void Reasons::addUses(Ways &ways, const std::vector<model::ComponentUse> &uses, Why why,
                      const std::string &component) {
  Ways through;
  for (const model::ComponentUse &use : uses)
    if (use.component == component)
      ways.emplace(use.confidence == model::Confidence::Unknown ? Why::Unresolved : why, use.via);
    else if (dependentsOf(component).count(use.component) > 0)
      through.emplace(why, use.component);
  if (ways.empty())
    ways = std::move(through);
}

const std::set<std::string> &Reasons::dependentsOf(const std::string &component) {
  auto [place, isNew] = dependents.try_emplace(component);
  if (isNew)
    place->second = needs.withDependents(component);
  return place->second;
}

const std::vector<Reasons::Build> &Reasons::buildsOf(const std::string &application) {
  auto [place, isNew] = builds.try_emplace(application);
  if (isNew)
    for (const model::Application &one : documents.components.applications)
      if (one.name == application) {
        Build &build = place->second.emplace_back(Build{&one, {}});
        for (const model::RequestKind &kind : one.requests)
          build.kinds.emplace(kind.id, &kind);
      }
  return place->second;
}

} // namespace ripple::check
