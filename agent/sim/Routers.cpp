//===- Routers.cpp - Routers, as they really behave -----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/sim/World.h"

namespace ripple::agent::sim {

bool World::isGood(const TargetTruth &target) const { return !target.forbidden && isUp(target); }

bool World::isUp(const TargetTruth &target) const {
  const Process &process = servers[target.server].processes[target.process];
  return process.checkedUp && !process.checkFails;
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

void World::doSet(const std::shared_ptr<Exchange> &exchange, std::uint64_t id,
                  const core::SetRouter &set) {
  TargetTruth &target = targets[targetAt.at(set.target)];
  noteGood(target.server);
  target.forbidden = set.forbidden;
  if (!set.forbidden)
    judge.permits(set.target);
  answer(exchange, core::Outcome{id, core::Outcome::Result::Done, {}, {}});
}

void World::restartRouter(std::size_t index) {
  Router &router = routers[index];
  log("    router " + router.name + " is started again");
  ++router.identity;
  for (TargetTruth &target : targets) {
    if (target.router != index)
      continue;
    noteGood(target.server);
    if (!router.remembers)
      target.forbidden = false;
    for (Request &request : servers[target.server].requests)
      if (request.routeClass == target.routeClass)
        request.counted = false;
  }
}

core::RouterSeen World::routerView(std::size_t index, Millis asked) const {
  const Router &router = routers[index];
  core::RouterSeen seen{router.name, "run" + std::to_string(router.identity), {}, asked};
  for (const TargetTruth &target : targets) {
    if (target.router != index)
      continue;
    const Server &server = servers[target.server];
    std::uint64_t active = 0;
    for (const Request &request : server.requests)
      active += request.counted && request.routeClass == target.routeClass;
    seen.servers.push_back(
        {target.target.backend, target.target.server, target.forbidden, isUp(target), active});
  }
  return seen;
}

} // namespace ripple::agent::sim
