//===- HeldTargets.cpp - What an ended plan still keeps away --------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/HeldTargets.h"

#include "agent/core/Describe.h"
#include "agent/router/Router.h"

#include <fmt/format.h>

namespace ripple::agent {

namespace {

model::Sessions sessionsOf(const LastPlan &last, const core::Target &target) {
  for (const core::RouteClass &routeClass : last.state.script->classes)
    if (routeClass.backend == target.backend)
      for (const model::PlannedApplication &application : last.at.plan.applications)
        if (application.policy.name == routeClass.application)
          return application.policy.sessions;
  return model::Sessions::Shared;
}

} // namespace

std::vector<core::Target> heldTargets(const LastPlan &last) {
  std::vector<core::Target> held;
  if (core::isOver(last.state.record.phase))
    for (const auto &[target, wanted] : last.state.record.targets)
      if (wanted.forbidden)
        held.push_back(target);
  return held;
}

std::vector<core::Target> forgottenTargets(const LastPlan &last, const model::TlsIdentity &tls) {
  std::vector<core::Target> forgotten;
  for (const model::Router &router : last.at.plan.routers) {
    auto driver = makeRouter(router, {.tls = tls});
    auto view = driver ? (*driver)->observe() : tl::unexpected(driver.error());
    if (!view)
      continue;
    for (const core::Target &target : heldTargets(last)) {
      const RouterServer *server = view->server({target.backend, target.server});
      if (target.router == router.name && server && server->admin == RouterState::Permitted)
        forgotten.push_back(target);
    }
  }
  return forgotten;
}

int assertHeld(const LastPlan &last, Journal &journal, const std::vector<core::Target> &forgotten,
               const Carrier &carrier) {
  auto term = journal.nextTerm(highestTerm(last.at.plan, carrier.tls));
  if (!term) {
    carrier.sink("error: " + term.error());
    return model::ExitFailed;
  }
  bool all = true;
  for (const core::Target &target : forgotten)
    for (const model::Router &router : last.at.plan.routers) {
      if (router.name != target.router)
        continue;
      auto driver = makeRouter(router, {.term = *term, .tls = carrier.tls});
      auto told = driver ? (*driver)->setState({target.backend, target.server},
                                               RouterState::Forbidden, sessionsOf(last, target))
                         : tl::make_unexpected(driver.error());
      all = all && told;
      carrier.sink(fmt::format(
          "router {} had forgotten that plan {} keeps {} away until a person has looked: {}",
          router.name, shortId(last.at.plan.id), core::describe(target),
          told ? "it was told again" : "it cannot be told: " + told.error().message));
    }
  return all ? model::ExitDone : model::ExitFailed;
}

} // namespace ripple::agent
