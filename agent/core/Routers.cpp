//===- Routers.cpp - What routers say, and what they are to be told -------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The management server's program *forbid* (docs/internals/programs.md).
//
// The wanted state of each target is declared in the record. Whatever puts in
// doubt that a router holds it (another identity, another state on reading
// back, a crash of ours) has it set again, before its task goes on.
//
//===----------------------------------------------------------------------===//
#include "agent/core/Capacity.h"
#include "agent/core/Describe.h"
#include "agent/core/Following.h"
#include "agent/core/Machine.h"

#include <algorithm>

namespace ripple::agent::core {

void Machine::on(const RouterSeen &seen) {
  watches.routers[seen.router].asked = false;
  watches.trouble.erase(seen.router);
  RouterRecord &router = record.routers[seen.router];
  bool restarted = !router.identity.empty() && router.identity != seen.identity;
  router.identity = seen.identity;
  router.known = true;
  noteViews(seen, router);
  if (restarted) {
    tell(Tell::Level::Warning, "",
         "router " + seen.router + " was started again: what it was told is said again");
    doubtAll(seen.router);
    for (std::size_t i = 0; i < script.tasks.size(); ++i)
      for (std::size_t c : scriptOf(i).classes)
        if (script.classes[c].router == seen.router) {
          drifted(i, "router " + seen.router + " was started again");
          break;
        }
  }
  compare(seen);
  putBackWhereShort();
  for (std::size_t i = 0; i < script.tasks.size(); ++i)
    onRouterSeen(i, seen);
  startTasks();
  onVerifySeen(seen);
}

void Machine::on(const RouterLost &lost) {
  watches.routers[lost.router].asked = false;
  if (watches.trouble[lost.router].empty())
    tell(Tell::Level::Warning, "", lost.message + "; trying again");
  watches.trouble[lost.router] = lost.message;
  record.routers[lost.router].known = false;
  for (std::size_t i = 0; i < script.tasks.size(); ++i)
    if (task(i).phase == Phase::Draining)
      quiesceTimeout(i, lost.message);
}

void Machine::noteViews(const RouterSeen &seen, RouterRecord &router) {
  bool same = router.views.size() == seen.servers.size(); // As most of the time.
  for (const RouterSeen::Server &server : seen.servers) {
    Target target{seen.router, server.backend, server.server};
    watches.active[target] = server.active;
    auto view = router.views.find(target);
    same = same && view != router.views.end();
    if (same)
      view->second = {server.forbidden, server.up};
  }
  if (same)
    return;
  router.views.clear();
  for (const RouterSeen::Server &server : seen.servers)
    router.views[{seen.router, server.backend, server.server}] = {server.forbidden, server.up};
}

void Machine::doubtAll(const std::string &router) {
  for (auto &[target, wanted] : record.targets)
    if (target.router == router)
      wanted.asserted = wanted.confirmed = false;
}

/// Confirms what is as wanted; doubts what is not, where we have a say in it: a server that a
/// person drains after we are done with it is that person's.
void Machine::compare(const RouterSeen &seen) {
  const RouterRecord &router = record.routers[seen.router];
  for (auto &[target, wanted] : record.targets) {
    auto view = router.views.find(target);
    if (target.router != seen.router || view == router.views.end() || !wanted.asserted ||
        wanted.pending || seen.askedMs <= wanted.setMs)
      continue;
    if (view->second.forbidden == wanted.forbidden) {
      wanted.confirmed = true;
      continue;
    }
    if (!wanted.forbidden && wanted.confirmed)
      continue;
    wanted.asserted = wanted.confirmed = false;
    if (!wanted.forbidden)
      continue;
    for (std::size_t i = 0; i < script.tasks.size(); ++i)
      if (hasTarget(i, target))
        drifted(i, "router " + target.router + " no longer keeps requests of " + target.backend +
                       " away from " + target.server);
  }
}

void Machine::onSet(const SetRouter &set, const Outcome &outcome) {
  if (outcome.result != Outcome::Result::Done)
    return onSetRefused(set, outcome.message);
  TargetRecord &wanted = record.targets[set.target];
  wanted.pending = 0;
  wanted.setMs = nowMs;
  wanted.asserted = wanted.forbidden == set.forbidden;
  wanted.confirmed = false;
  hurryRouters();
}

void Machine::onSetRefused(const SetRouter &set, const std::string &message) {
  TargetRecord &wanted = record.targets[set.target];
  wanted.pending = 0;
  wanted.asserted = wanted.confirmed = false;
  for (std::size_t i = 0; i < script.tasks.size(); ++i) {
    if (!hasTarget(i, set.target))
      continue;
    if (task(i).phase == Phase::Permitting) {
      wanted.asserted = true; // Not said again until a person asks for it.
      hold(i, message, "see to the router, then `ripple permit " + scriptOf(i).server + "`");
    } else {
      giveBack(i, Verdict::NotUpgraded, message, "see to the router, then apply the plan again");
    }
  }
  if (!wanted.asserted)
    retryLater({set.target, wanted.forbidden});
}

void Machine::want(std::size_t index, bool forbidden) {
  for (const Target &target : targetsOf(index))
    want(target, forbidden);
}

void Machine::want(const Target &target, bool forbidden) {
  TargetRecord &wanted = record.targets[target];
  auto pending = record.pending.find(wanted.pending);
  if (wanted.forbidden != forbidden && pending != record.pending.end() &&
      pending->second.lostSinceMs) {
    record.pending.erase(pending); // What nobody has heard is not to be said again.
    wanted.pending = 0;
  }
  wanted.forbidden = forbidden;
  wanted.asserted = wanted.confirmed = false;
}

/// A task that is on its way back is not forbidden anew: it is about to be permitted.
bool Machine::goesBack(const Target &target) const {
  for (std::size_t i = 0; i < script.tasks.size(); ++i)
    if (record.tasks[i].phase == Phase::Unsealing && !record.tasks[i].again && hasTarget(i, target))
      return true;
  return false;
}

/// S2: it was decided to forbid TARGET, and nothing depends on it yet. Where its router was not
/// seen since (a crash of ours), it is counted anew first which servers are up.
bool Machine::awaitsCount(const Target &target) const {
  if (record.routers.at(target.router).known)
    return false;
  for (std::size_t i = 0; i < script.tasks.size(); ++i)
    if (record.tasks[i].phase == Phase::Forbidding && !record.tasks[i].rollingBack &&
        hasTarget(i, target))
      return true;
  return false;
}

void Machine::assertTargets() {
  for (auto &[target, wanted] : record.targets) {
    if (wanted.asserted || wanted.pending)
      continue;
    if (wanted.forbidden && (goesBack(target) || awaitsCount(target)))
      continue;
    command(SetRouter{target, wanted.forbidden});
    wanted.pending = record.lastEffect;
  }
}

/// S2, when servers fail meanwhile: what can safely be permitted is. Of a router that does not
/// answer nobody knows whether it has too few.
void Machine::putBackWhereShort() {
  for (std::size_t c = 0; c < script.classes.size(); ++c)
    while (record.routers[script.classes[c].router].known && putBackOneFor(c)) {
    }
}

/// False where the class has enough, or there is nothing to put back.
bool Machine::putBackOneFor(std::size_t routeClass) {
  const RouteClass &needy = script.classes[routeClass];
  for (std::size_t i = script.tasks.size(); i-- > 0;) {
    TaskRecord &t = task(i);
    const auto &classes = scriptOf(i).classes;
    bool unchanged = t.phase == Phase::Forbidding || t.phase == Phase::Draining ||
                     t.phase == Phase::Sealing || t.phase == Phase::Ready;
    if (!unchanged || t.item > 0 || t.verdict != Verdict::None ||
        std::find(classes.begin(), classes.end(), routeClass) == classes.end())
      continue;
    Target target = needy.target(scriptOf(i).server);
    auto view = record.routers[needy.router].views.find(target);
    if (view == record.routers[needy.router].views.end() || !view->second.up)
      continue;
    std::string shortOf = shortage(state, needy, "");
    if (shortOf.empty())
      return false;
    giveBack(i, Verdict::PutBack, std::move(shortOf), "");
    return true;
  }
  return false;
}

/// Called with a fresh observation, so that S2 is decided by what is up now.
void Machine::startTasks() {
  for (std::size_t i = 0; i < script.tasks.size(); ++i) {
    if (!mayStart(i))
      continue;
    std::string what;
    for (std::size_t c : scriptOf(i).classes)
      what += (what.empty() ? "" : ", ") + script.classes[c].id;
    tell(Tell::Level::Progress, scriptOf(i).id,
         what.empty() ? "begins; no request is kept away" : "keeps away the requests of " + what);
    want(i, true);
    enter(i, Phase::Forbidding);
  }
}

bool Machine::mayStart(std::size_t index) const {
  const Task &own = scriptOf(index);
  const TaskRecord &t = record.tasks[index];
  if (t.phase != Phase::Waiting || record.paused || !record.closedUntil.empty() || record.aborted ||
      record.stopping || record.phase != PlanPhase::Running || !record.begun ||
      !std::all_of(own.forbidAfter.begin(), own.forbidAfter.end(),
                   [this](const std::string &step) { return isOutOfTheWay(state, step); }) ||
      !failedBefore(state, index).empty())
    return false;
  for (std::size_t i = 0; i < script.tasks.size(); ++i)
    if (i != index && scriptOf(i).server == own.server && isActive(record.tasks[i]))
      return false;
  if (heldOn(own.server) || drainedByOthers(state, index))
    return false;
  return std::all_of(own.classes.begin(), own.classes.end(), [&](std::size_t c) {
    return record.routers.at(script.classes[c].router).known &&
           shortage(state, script.classes[c], own.server).empty();
  });
}

bool Machine::allConfirmed(std::size_t index) const {
  for (const Target &target : targetsOf(index)) {
    auto wanted = record.targets.find(target);
    if (wanted == record.targets.end() || !wanted->second.confirmed)
      return false;
  }
  return true;
}

/// What the routers count for the task, as last seen. For WatchDrain to carry along.
std::uint64_t Machine::activeIn(std::size_t index) const {
  std::uint64_t sum = 0;
  for (std::size_t c : scriptOf(index).classes) {
    auto active = watches.active.find(script.classes[c].target(scriptOf(index).server));
    sum += active == watches.active.end() ? 0 : active->second;
  }
  return sum;
}

/// The same as one router says it now.
std::uint64_t Machine::activeIn(std::size_t index, const RouterSeen &seen) const {
  std::uint64_t sum = 0;
  for (const RouterSeen::Server &server : seen.servers)
    if (hasTarget(index, {seen.router, server.backend, server.server}))
      sum += server.active;
  return sum;
}

bool Machine::allRoutersOk(std::size_t index) const {
  const auto &classes = scriptOf(index).classes;
  return std::all_of(classes.begin(), classes.end(), [&](std::size_t c) {
    return record.tasks[index].routersOk.count(script.classes[c].router) > 0;
  });
}

void Machine::hurryRouters() {
  for (auto &[name, watch] : watches.routers)
    watch.nextMs = nowMs + 1;
}

bool Machine::hasTarget(std::size_t index, const Target &target) const {
  const auto &classes = scriptOf(index).classes;
  return scriptOf(index).server == target.server &&
         std::any_of(classes.begin(), classes.end(), [&](std::size_t c) {
           const RouteClass &own = script.classes[c];
           return own.backend == target.backend && own.router == target.router;
         });
}

std::vector<Target> Machine::targetsOf(std::size_t index) const {
  std::vector<Target> targets;
  for (std::size_t c : scriptOf(index).classes)
    targets.push_back(script.classes[c].target(scriptOf(index).server));
  return targets;
}

} // namespace ripple::agent::core
