//===- Checker.cpp - S1 to S6 over the world as it is ---------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/sim/Checker.h"

#include "agent/core/Describe.h"
#include "agent/sim/World.h"

#include <algorithm>

namespace ripple::agent::sim {

using core::Item;
using core::Need;

void Checker::fail(const std::string &what) {
  if (found.size() < 20)
    found.push_back(std::to_string(world.clock() - 1000) + ": " + what);
}

//===-- S1: nothing is replaced under a request ------------------------------===//

void Checker::decides(std::size_t manager, std::uint64_t action, std::size_t task,
                      std::size_t server) {
  // The look before the first of its installs says whether the plan is stale there.
  Millis looked = lookedBefore.try_emplace(task, lookedMs[manager][server]).first->second;
  // One that leads no more sends again what it had decided when it did.
  if (manager == world.manager().number() || !decided.count(action))
    decided[action] = {shownMs[manager], looked};
}

void Checker::looked(std::size_t manager, std::size_t server, Millis askedMs) {
  lookedMs[manager][server] = askedMs;
}

/// In an application without a gate, nobody can know of a request that no router counts (preflight
/// says what is assumed there), or that a router that had forgotten let in after it was last looked
/// at before ACTION was decided. That bound clients come by a drain, everybody can.
bool Checker::isKnowable(const Server &server, const Request &request, std::uint64_t action) const {
  if (server.processes[request.process].gated)
    return true;
  if (!request.counted || !request.routeClass)
    return false;
  auto at = decided.find(action);
  if (at == decided.end() || request.bound)
    return true;
  const core::RouteClass &own = world.script().classes[*request.routeClass];
  auto asked = at->second.shownMs.find(own.router);
  return asked == at->second.shownMs.end() || request.startMs < asked->second ||
         world.truth(own.target(server.name)).openSinceMs < asked->second;
}

void Checker::changeBegins(std::size_t index, const Action &action) {
  const Server &server = world.serverList()[index];
  touched[index].insert(action.task);
  std::uint32_t component = world.bitOf(action.item.component);
  bool beside =
      world.script().tasks[action.task].classes.empty(); // Whoever runs keeps what it has.
  if (!beside) {
    changing[index] = component;
    unreadable[index].clear();
    for (std::size_t at = 0; at < server.processes.size(); ++at)
      if (const Process &process = server.processes[at];
          process.up && process.gated && !process.readableGate)
        unreadable[index].insert({at, process.generation});
  }
  std::size_t which = world.componentIndex(action.item.component);
  passed[{index, which}] = false;
  if (action.item.kind == Item::Kind::Install && server.installed[which] == Version::Foreign &&
      decided[action.id].lookedMs > server.foreignMs)
    fail("S5: " + describe(action.item) + " on " + server.name +
         " over a version that the plan "
         "was not made for, and that was there when the server was last looked at");
  if (action.item.kind == Item::Kind::Install)
    comesAfterAll(action.item.component);
  for (const Request &request : server.requests) {
    if (!beside && !request.held && (request.uses & ~request.late & component) &&
        isKnowable(server, request, action.id))
      fail("S1: " + describe(action.item) + " on " + server.name + " while a request of " +
           server.processes[request.process].application + " runs that uses it");
  }
}

/// What has to be everywhere before COMPONENT is: where it failed somewhere, too.
void Checker::comesAfterAll(const std::string &component) {
  for (const auto &[first, second] : world.script().order)
    for (const core::Task &task : world.script().tasks)
      for (const core::Component &one : task.components)
        if (second == component && one.id == first &&
            world.serverList()[world.serverIndex(task.server)]
                    .installed[world.componentIndex(first)] == Version::Old)
          fail("order: install " + component + " before " + first + " is on " + task.server);
}

void Checker::changeEnds(std::size_t server) { changing.erase(server); }

void Checker::runs(std::size_t index, const Request &request) {
  auto component = changing.find(index);
  const Server &server = world.serverList()[index];
  // Of a process with a gate that its agent cannot read and that came since, nobody could know.
  const Process &process = server.processes[request.process];
  if (component != changing.end() && (request.uses & component->second) && process.gated &&
      (process.readableGate || unreadable[index].count({request.process, process.generation}) > 0))
    fail("S1: a request on " + server.name + " begins to use what is being replaced");
}

void Checker::stops(std::size_t index, std::size_t process, const Action &action) {
  const Server &server = world.serverList()[index];
  for (const Request &request : server.requests)
    if (request.process == process && !request.held && isKnowable(server, request, action.id))
      fail("S1: " + server.processes[process].application + " on " + server.name +
           " is stopped while a request runs in it");
}

//===-- S1, of plug-ins that are phased in -----------------------------------===//

void Checker::uses(std::size_t index, const Request &request) {
  const Server &server = world.serverList()[index];
  const Process &process = server.processes[request.process];
  for (std::size_t c = 0; c < world.componentList().size(); ++c)
    if (process.gated && !request.held && (request.uses & ~request.late & (1U << c)) &&
        world.versionFor(process, request, c) != request.saw[c] && !changing.count(index))
      fail("S1: a request on " + server.name + " sees two versions of " + world.componentList()[c]);
}

void Checker::unloads(std::size_t index, std::size_t at, std::size_t component) {
  const Server &server = world.serverList()[index];
  const Process &process = server.processes[at];
  for (const Request &request : server.requests) {
    bool loaded = process.loaded[component] == request.saw[component] ||
                  std::any_of(process.earlier.begin(), process.earlier.end(), [&](const auto &one) {
                    return one.component == component && one.version == request.saw[component];
                  });
    if (request.process == at && !request.held &&
        (request.uses & ~request.late & (1U << component)) && !loaded)
      fail("S1: code of " + world.componentList()[component] + " is unloaded on " + server.name +
           " under a request");
  }
}

//===-- S2: enough servers ---------------------------------------------------===//

namespace {

double weightOf(const core::RouteClass &own, const core::Member &member) {
  return own.need.unit == Need::Unit::Servers ? 1 : member.capacity;
}

double needOf(const core::RouteClass &own) {
  double all = 0;
  for (const core::Member &member : own.members)
    all += member.capacity;
  return own.need.unit == Need::Unit::CapacityShare ? own.need.value * all : own.need.value;
}

} // namespace

void Checker::shown(std::size_t manager, const std::string &router, Millis askedMs) {
  shownMs[manager][router] = askedMs;
  if (manager == world.manager().number())
    shownToLeaderMs[router] = std::max(shownToLeaderMs[router], askedMs);
  for (std::size_t c = 0; c < world.script().classes.size(); ++c)
    if (world.script().classes[c].router == router)
      watchShortage(c);
}

/// Where servers have failed, what can safely be permitted is, and soon.
void Checker::watchShortage(std::size_t routeClass) {
  constexpr Millis soonMs = 1500;
  const core::RouteClass &own = world.script().classes[routeClass];
  double have = 0;
  for (std::size_t m = 0; m < own.members.size(); ++m)
    have += world.isGood(world.truth(routeClass, m)) ? weightOf(own, own.members[m]) : 0;
  std::string spare;
  bool enough = have + 1e-9 >= needOf(own);
  for (std::size_t m = 0; !enough && m < own.members.size(); ++m) {
    const TargetTruth &target = world.truth(routeClass, m);
    if (told[target.target] && world.isUp(target) && !isChanged(target) &&
        !isHeld(target.server, routeClass))
      spare = own.members[m].server;
  }
  if (enough || spare.empty() || !world.isHealthy()) {
    shortSinceMs.erase(routeClass);
    return;
  }
  Millis since = shortSinceMs.try_emplace(routeClass, world.clock()).first->second;
  if (world.clock() > since + soonMs)
    fail("S2: " + own.id + " is short of servers, and " + spare + " is up and kept away");
}

/// Something was changed there for a task that has not permitted it again.
bool Checker::isChanged(const TargetTruth &target) const {
  auto tasks = touched.find(target.server);
  if (tasks == touched.end())
    return false;
  return std::any_of(tasks->second.begin(), tasks->second.end(), [&](std::size_t task) {
    const auto &classes = world.script().tasks[task].classes;
    return std::count(classes.begin(), classes.end(), target.routeClass) > 0;
  });
}

void Checker::forgetsWhatItSaw(std::size_t manager) {
  for (auto &[router, asked] : shownMs[manager])
    asked = world.clock();
}

/// A server counts where it was permitted and up at some moment since the manager last looked:
/// nobody can know more. What the manager has sent counts as withdrawn from then on.
void Checker::sends(std::size_t manager, const core::SetRouter &set) {
  if (manager != world.manager().number())
    return; // Decided when it led: what it says now is refused, or nobody had told the router yet.
  bool &forbidden = told[set.target];
  bool withdraws = set.forbidden && !forbidden;
  forbidden = set.forbidden;
  if (!withdraws)
    return;
  const TargetTruth &target = world.truth(set.target);
  const core::RouteClass &own = world.script().classes[target.routeClass];
  if (target.byHand && target.byHandMs < shownMs[manager][own.router])
    fail("S3: " + core::describe(set.target) + " was drained by a person and would be permitted");
  if (isChanged(target))
    return; // S1 comes first.
  double have = 0;
  Millis since = shownMs[manager][own.router];
  if (!world.isGood(target) && target.lastGoodMs < since)
    return; // It was seen not to serve.
  for (const core::Member &member : own.members) {
    const TargetTruth &other = world.truth(own.target(member.server));
    bool wasGood = world.isGood(other) || other.lastGoodMs >= since;
    have += wasGood && !told[other.target] ? weightOf(own, member) : 0;
  }
  double need = needOf(own);
  if (have + 1e-9 < need)
    fail("S2: " + own.id + " is withdrawn from " + set.target.server + " and keeps " +
         std::to_string(have) + " of " + std::to_string(need));
}

//===-- S4: what was done is not done again ----------------------------------===//

void Checker::actionBegins(std::size_t server, const Action &action) {
  std::string item = std::to_string(action.task) + " " + describe(action.item) + " " +
                     std::to_string(action.item.action);
  Done &last = items[{server, item}];
  bool again = last.known && action.item.kind != Item::Kind::Check;
  if (again && last.action == action.id)
    fail("S4: " + describe(action.item) + " is carried out again, and its outcome was known");
  if (again && last.action != action.id && action.item.kind == Item::Kind::Install)
    fail("S4: " + describe(action.item) + " is carried out twice");
  last = {action.id, false};
  if (action.item.kind == Item::Kind::Rollback) // What it undoes may be done again.
    std::erase_if(items, [&](const auto &entry) {
      return entry.first.first == server && entry.first.second != item;
    });
}

void Checker::actionEnded(std::size_t server, const Action &action) {
  std::string item = std::to_string(action.task) + " " + describe(action.item) + " " +
                     std::to_string(action.item.action);
  items[{server, item}] = {action.id, action.result == core::Outcome::Result::Done};
  if (action.item.kind == Item::Kind::Check)
    passed[{server, world.componentIndex(action.item.component)}] =
        action.result == core::Outcome::Result::Done;
}

void Checker::replays() {
  if (world.manager().knowsJournal() && world.manager().replayed() != world.manager().now().record)
    fail("S4: the journal does not replay to the record of the one who lived");
}

//===-- S6: nobody is sent to what is broken ---------------------------------===//

void Checker::byHand(std::size_t server) {
  touched.erase(server);
  handed.insert(server);
  std::erase_if(items, [&](const auto &entry) { return entry.first.first == server; });
}

void Checker::newAttempt() { items.clear(); }

/// All old, or all new and checked; and each process runs what is installed.
bool Checker::isWhole(std::size_t index, std::size_t at) const {
  const Server &server = world.serverList()[index];
  bool allOld = true, allNew = true, loaded = true;
  for (const core::Component &component : world.script().tasks[at].components) {
    std::size_t c = world.componentIndex(component.id);
    auto check = passed.find({index, c});
    allOld = allOld && server.installed[c] == Version::Old;
    allNew =
        allNew && server.installed[c] == Version::New && check != passed.end() && check->second;
    bool beside = world.script().tasks[at].classes.empty();
    for (const Process &process : server.processes)
      loaded = loaded && (!process.up || process.loaded[c] == server.installed[c] ||
                          (!beside && world.sealOf(at, process.application) == 0));
  }
  return loaded && (allOld || allNew);
}

void Checker::begins(std::size_t server, std::size_t task) {
  if (!world.isReleased(server))
    fail("S5: " + world.script().tasks[task].id + " begins on " + world.serverList()[server].name +
         " though the plan is not released there");
}

void Checker::permits(const core::Target &target) {
  std::size_t index = world.truth(target).server;
  auto &tasks = touched[index];
  for (std::size_t at : std::set<std::size_t>(tasks)) {
    const core::Task &task = world.script().tasks[at];
    if (!std::count(task.classes.begin(), task.classes.end(), world.truth(target).routeClass))
      continue;
    if (!isWhole(index, at))
      fail("S6: " + core::describe(target) + " is permitted, and neither the old version serves " +
           "nor the new one that was checked");
    tasks.erase(at);
  }
}

//===-- At the end -----------------------------------------------------------===//

/// A person was told, and what to do about it. No class: any.
bool Checker::isHeld(std::size_t server, std::optional<std::size_t> routeClass) const {
  const core::Script &script = world.script();
  for (std::size_t t = 0; t < script.tasks.size(); ++t) {
    const core::TaskRecord &record = world.manager().now().record.tasks[t];
    const auto &classes = script.tasks[t].classes;
    if (record.verdict == core::Verdict::Held && !record.reason.empty() && !record.remedy.empty() &&
        world.serverIndex(script.tasks[t].server) == server &&
        (!routeClass || std::count(classes.begin(), classes.end(), *routeClass)))
      return true;
  }
  return false;
}

/// The plan has ended without having read it back, and has said so.
bool Checker::isReported(const std::string &router) const {
  const core::Record &record = world.manager().now().record;
  return record.phase == core::PlanPhase::Failed && record.verified.count(router) == 0;
}

void Checker::checkRouters() {
  for (const TargetTruth &target : world.targetList())
    if (target.forbidden && !target.byHand && !isHeld(target.server, target.routeClass) &&
        !isReported(target.target.router))
      fail("S3: " + core::describe(target.target) + " stays forbidden in silence");
}

void Checker::checkGates(std::size_t index) {
  for (const Process &process : world.serverList()[index].processes)
    if (process.sealed != 0 && !isHeld(index, std::nullopt))
      fail("S3: a gate of " + world.serverList()[index].name + " stays sealed in silence");
}

/// What is neither the old version nor the new one gets no requests, and a person was told.
void Checker::checkHeld(std::size_t index) {
  const std::string &name = world.serverList()[index].name;
  for (std::size_t at : touched[index]) {
    const core::Task &task = world.script().tasks[at];
    const core::TaskRecord &record = world.manager().now().record.tasks[at];
    bool away = true;
    for (std::size_t c : task.classes) {
      const TargetTruth &target = world.truth(world.script().classes[c].target(name));
      const std::string &router = target.target.router;
      // That it forgot after it was looked at for the last time is nobody's fault.
      const Millis last =
          std::max(shownMs[world.manager().number()][router], shownToLeaderMs[router]);
      bool forgotSince = target.openSinceMs > last;
      away = away && (target.forbidden || forgotSince || isReported(router));
    }
    if (task.classes.empty()) { // It has kept nothing away, and permits nothing.
      if (record.verdict != core::Verdict::Held && !isWhole(index, at))
        fail("S6: " + task.id + " phased in on " + name + " what is neither old nor new, and is " +
             "not held");
      continue;
    }
    if (record.verdict != core::Verdict::Held)
      fail("S6: " + task.id + " changed " + name + ", never permitted it, and is not held");
    else if (!away && !isWhole(index, at))
      fail("S6: " + name + " is held and gets requests: " + record.reason);
  }
}

/// What is said of a task is true.
void Checker::checkVersions(std::size_t index) {
  const Server &server = world.serverList()[index];
  for (std::size_t t = 0; t < world.script().tasks.size(); ++t) {
    const core::Task &task = world.script().tasks[t];
    core::Verdict verdict = world.manager().now().record.tasks[t].verdict;
    bool upgraded = verdict == core::Verdict::Upgraded;
    if (task.server != server.name || verdict == core::Verdict::Held ||
        (handed.count(index) && !upgraded))
      continue;
    for (const core::Component &component : task.components) {
      Version is = server.installed[world.componentIndex(component.id)];
      if (is != Version::Foreign && is != (upgraded ? Version::New : Version::Old))
        fail("S6: " + task.id + " is said to be " + std::string(core::toString(verdict)) +
             ", and " + component.id + " is not");
    }
  }
}

void Checker::atEnd() {
  replays();
  checkRouters();
  for (std::size_t server = 0; server < world.serverList().size(); ++server) {
    checkGates(server);
    checkHeld(server);
    checkVersions(server);
  }
}

} // namespace ripple::agent::sim
