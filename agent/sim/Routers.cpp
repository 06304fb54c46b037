//===- Routers.cpp - Routers, as they really behave -----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What docs/internals/agent.md says of HAProxy, Apache httpd and nginx.
//
//===----------------------------------------------------------------------===//
#include "agent/core/Describe.h"
#include "agent/sim/World.h"

#include <algorithm>

namespace ripple::agent::sim {

namespace {

/// How long what a manager tells a router directly may be on its way, before its sender closes the
/// connection.
constexpr Millis onTheWayMs = 450, calmlyOnTheWayMs = 5;

} // namespace

bool World::isGood(const TargetTruth &target) const { return !target.forbidden && isUp(target); }

/// As the router sees it: nginx checks nobody.
bool World::isUp(const TargetTruth &target) const {
  const Process &process = servers[target.server].processes[target.process];
  return routers[target.router].traits.kind == RouterKind::Nginx ||
         (process.checkedUp && !process.checkFails);
}

/// Before anything changes of what its targets are like.
void World::noteGood(std::size_t server) {
  for (TargetTruth &target : targets)
    if (target.server == server && isGood(target))
      target.lastGoodMs = nowMs;
}

void World::setCheckedUp(std::size_t server, std::size_t process, bool up) {
  noteGood(server);
  servers[server].processes[process].checkedUp = up;
}

void World::failChecks(std::size_t server, std::size_t process, bool fail) {
  noteGood(server);
  servers[server].processes[process].checkFails = fail;
}

/// A router that is told directly knows no terms. So a leader tells it nothing unless its lease
/// lasts until all of that has arrived, or never will.
bool World::mayTell(const Router &router, const Manager &by) const {
  return router.traits.fenced || mutant == Mutant::IgnoresLease ||
         by.leadsFor(all.calm ? calmlyOnTheWayMs : onTheWayMs);
}

/// Through the agent on its host, which refuses a lower term than it has seen.
bool World::accepts(std::size_t index, std::uint64_t term,
                    const std::shared_ptr<Exchange> &exchange) {
  Router &router = routers[index];
  if (!router.traits.fenced)
    return true;
  if (term < router.term && mutant != Mutant::RoutersTakeOldTerms) {
    log("    the agent of router " + router.name + " refuses term " + std::to_string(term));
    answer(exchange, core::Superseded{"term " + std::to_string(router.term) + " is known"});
    return false;
  }
  router.term = std::max(router.term, term);
  return true;
}

/// nginx: new workers take what comes; those of before end what they have.
void World::reload(std::size_t index) {
  if (routers[index].traits.kind == RouterKind::Nginx)
    ++routers[index].workers;
}

void World::doSet(const std::shared_ptr<Exchange> &exchange, std::uint64_t id,
                  const core::SetRouter &set) {
  TargetTruth &target = targets[targetAt.at(set.target)];
  noteGood(target.server);
  bool sticky = all.sticky.count(plan->classes[target.routeClass].application) > 0;
  if (target.forbidden && !set.forbidden)
    target.openSinceMs = nowMs;
  target.forbidden = set.forbidden;
  target.byHand = false;
  target.lets = set.forbidden && routers[target.router].traits.kind != RouterKind::Nginx &&
                (!sticky || mutant == Mutant::DrainsSticky);
  reload(target.router);
  if (!set.forbidden)
    judge.permits(set.target);
  answer(exchange, core::Outcome{id, core::Outcome::Result::Done, {}, {}});
}

void World::drainByHand(std::size_t index, bool drained) {
  TargetTruth &target = targets[index];
  log("    a person has router " + target.target.router + (drained ? " drain " : " permit ") +
      core::describe(target.target));
  noteGood(target.server);
  if (target.forbidden && !drained)
    target.openSinceMs = nowMs;
  target.forbidden = target.byHand = drained;
  target.byHandMs = nowMs;
  target.lets = false;
  reload(target.router);
}

void World::restartRouter(std::size_t index) {
  Router &router = routers[index];
  log("    router " + router.name + " is started again");
  router.identity += !router.traits.sameIdentity;
  reload(index);
  for (TargetTruth &target : targets) {
    if (target.router != index)
      continue;
    noteGood(target.server);
    if (!router.traits.remembers && std::exchange(target.forbidden, false)) {
      target.openSinceMs = nowMs;
      target.byHand = false;
    }
    for (Request &request : servers[target.server].requests)
      if (request.routeClass == target.routeClass)
        request.counted = false;
  }
}

/// How many generations of workers of before have not ended. One that has a request of any
/// application goes on.
std::uint64_t World::oldWorkers(std::size_t index) const {
  std::set<unsigned> generations;
  for (const TargetTruth &target : targets)
    for (const Request &request : servers[target.server].requests)
      if (target.router == index && request.counted && request.routeClass == target.routeClass &&
          request.workers != routers[index].workers)
        generations.insert(request.workers);
  return generations.size();
}

/// What the manager makes of its answer: requests that it sent and awaits; of nginx, where no gate
/// knows better, its workers of before.
std::uint64_t World::activeOf(const TargetTruth &target) const {
  if (routers[target.router].traits.kind == RouterKind::Nginx)
    return mutant == Mutant::IgnoresOldWorkers ||
                   servers[target.server].processes[target.process].gated
               ? 0
               : oldWorkers(target.router);
  const auto &requests = servers[target.server].requests;
  return static_cast<std::uint64_t>(
      std::count_if(requests.begin(), requests.end(), [&](const Request &request) {
        return request.counted && request.routeClass == target.routeClass;
      }));
}

core::RouterSeen World::routerView(std::size_t index, Millis asked) const {
  const Router &router = routers[index];
  core::RouterSeen seen{router.name, identityOf(router), {}, asked};
  for (const TargetTruth &target : targets)
    if (target.router == index)
      seen.servers.push_back({target.target.backend, target.target.server, target.forbidden,
                              isUp(target), activeOf(target)});
  return seen;
}

} // namespace ripple::agent::sim
