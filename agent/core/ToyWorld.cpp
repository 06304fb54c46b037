//===- ToyWorld.cpp - Routers, agents and requests for tests --------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/core/ToyWorld.h"

#include "agent/core/Capacity.h"
#include "agent/core/Describe.h"

#include <algorithm>
#include <cstdio>

namespace ripple::agent::core {

ToyWorld::ToyWorld(Script made)
    : script(std::make_shared<const Script>(std::move(made))), state(makeState(script)) {
  for (const RouteClass &routeClass : script->classes)
    for (const Member &member : routeClass.members) {
      forbiddenAt[routeClass.target(member.server)] = false;
      servers[member.server].pids[routeClass.application] = ++lastPid;
    }
  for (const Task &task : script->tasks)
    for (const Component &component : task.components)
      servers[task.server].installed[component.id] = component.from;
}

void ToyWorld::log(const std::string &line) {
  char time[24];
  std::snprintf(time, sizeof time, "%6llu  ", static_cast<unsigned long long>(nowMs - 1000));
  lines += time + line + "\n";
}

std::string ToyWorld::takeLog() { return std::exchange(lines, {}); }

void ToyWorld::after(Millis delay, std::function<void()> run, bool ofWorld) {
  queue.push({nowMs + delay, ++order, ofWorld ? 0 : life, std::move(run)});
}

void ToyWorld::feed(Event::Kind kind) {
  if (dead)
    return;
  Event event{nowMs, std::move(kind)};
  auto [next, effects] = step(state, event);
  if (next.record != state.record) {
    if (crashAfter && journal.size() == *crashAfter) {
      dead = true;
      return;
    }
    journal.push_back(event);
  }
  state = std::move(next);
  for (const Effect &effect : effects)
    perform(effect);
}

void ToyWorld::run(Millis forMs) {
  Millis end = nowMs + forMs;
  while (nowMs < end && !dead) {
    while (!queue.empty() && queue.top().at <= nowMs) {
      Due due = queue.top();
      queue.pop();
      if (due.life == 0 || due.life == life)
        due.run();
    }
    if (over() && queue.empty())
      return;
    feed(Tick{});
    ++nowMs;
  }
}

void ToyWorld::crash(bool deliver) {
  ++life;
  dead = false;
  crashAfter.reset();
  if (!deliver)
    queue = {};
  Record before = replayed();
  state = makeState(script);
  state.record = std::move(before);
  log("--- the manager starts again");
  feed(Recovered{});
}

Record ToyWorld::replayed() const {
  State replay = makeState(script);
  for (const Event &event : journal)
    replay = step(std::move(replay), event).first;
  return replay.record;
}

void ToyWorld::open(ToyRequest request) {
  request.startMs = nowMs;
  const Server &server = servers[request.server];
  for (const std::string &task : server.sealed)
    request.held = request.held || (!server.gatesOpen ? uses(taskOf(task), request) : false);
  request.endMs += request.held ? 0 : nowMs;
  requests.push_back(std::move(request));
}

void ToyWorld::restartRouter() {
  ++routerRun;
  for (auto &[target, forbidden] : forbiddenAt)
    forbidden = false;
}

void ToyWorld::setUp(const std::string &server, bool up) {
  if (!up && !down[server])
    downSince[server] = nowMs;
  down[server] = !up;
}

void ToyWorld::setAgent(const std::string &server, bool runs) { servers[server].agentRuns = runs; }

void ToyWorld::setOutcome(const std::string &item, Outcome::Result result, unsigned count) {
  outcomes[item] = {result, count};
}

bool ToyWorld::forbidden(const Target &target) const { return forbiddenAt.at(target); }

std::vector<Target> ToyWorld::allForbidden() const {
  std::vector<Target> all;
  for (const auto &[target, forbidden] : forbiddenAt)
    if (forbidden)
      all.push_back(target);
  return all;
}

std::string ToyWorld::installedVersion(const std::string &server,
                                       const std::string &component) const {
  return servers.at(server).installed.at(component);
}

void ToyWorld::answer(Event::Kind kind) {
  after(1, [this, kind = std::move(kind)] { feed(kind); });
}

void ToyWorld::answer(std::uint64_t id, Outcome::Result result, std::string message,
                      std::vector<Holder> who) {
  after(1, [this, outcome = Outcome{id, result, std::move(message), std::move(who)}] {
    if (outcome.result != Outcome::Result::Done && outcome.result != Outcome::Result::Lost)
      log("#" + std::to_string(outcome.effect) + " " + std::string(toString(outcome.result)) +
          (outcome.message.empty() ? "" : ": " + outcome.message));
    feed(outcome);
  });
}

/// Things are carried out a moment after they were sent, and answered a moment later. A command
/// on its way is the world's: it arrives even when the manager has died.
void ToyWorld::perform(const Effect &effect) {
  Millis asked = nowMs;
  if (std::holds_alternative<Tell>(effect.kind))
    log(describe(effect));
  else if (effect.id && logged.insert(effect.id).second)
    log("#" + std::to_string(effect.id) + " " + describe(effect));
  if (auto *e = std::get_if<ObserveRouter>(&effect.kind))
    after(1, [this, router = e->router, asked] {
      if (routerAnswers)
        answer(routerView(router, asked));
      else
        answer(RouterLost{router, "router " + router + " does not answer"});
    });
  else if (auto *w = std::get_if<WatchDrain>(&effect.kind))
    after(1, [this, watch = *w] {
      const Task &task = taskOf(watch.task);
      if (!servers[task.server].agentRuns)
        return answer(DrainLost{watch.task, "the agent of " + task.server + " does not answer"});
      auto who = holders(task);
      answer(DrainSeen{watch.task, watch.routerQuiet, watch.routerActive, who.size(), who,
                       watch.askedMs});
    });
  else if (auto *i = std::get_if<InspectServer>(&effect.kind))
    after(1, [this, server = i->server, asked] {
      if (!servers[server].agentRuns)
        return answer(ServerLost{server, "the agent of " + server + " does not answer"});
      answer(serverView(server, asked));
    });
  else if (auto *s = std::get_if<SetRouter>(&effect.kind))
    after(1, [this, id = effect.id, set = *s] { doSet(id, set); }, true);
  else if (auto *c = std::get_if<Seal>(&effect.kind))
    after(1, [this, id = effect.id, seal = *c] { doSeal(id, seal); }, true);
  else if (auto *u = std::get_if<Unseal>(&effect.kind))
    after(1, [this, id = effect.id, unseal = *u] { doUnseal(id, unseal); }, true);
  else if (auto *a = std::get_if<Act>(&effect.kind))
    after(1, [this, id = effect.id, act = *a] { doAct(id, act); }, true);
}

void ToyWorld::doSet(std::uint64_t id, const SetRouter &set) {
  if (!routerAnswers)
    return answer(id, Outcome::Result::Lost, "router " + set.target.router + " does not answer");
  bool withdraws = set.forbidden && !forbiddenAt[set.target];
  forbiddenAt[set.target] = set.forbidden;
  if (withdraws)
    checkServed(set.target);
  answer(id, Outcome::Result::Done);
}

void ToyWorld::doSeal(std::uint64_t id, const Seal &seal) {
  const Task &task = taskOf(seal.task);
  Server &server = servers[task.server];
  if (!server.agentRuns)
    return answer(id, Outcome::Result::Lost, "the agent of " + task.server + " does not answer");
  auto who = holders(task);
  if (!who.empty())
    return answer(id, Outcome::Result::Busy, "", who);
  server.sealed.insert(seal.task);
  server.gatesOpen = false;
  answer(id, Outcome::Result::Done);
}

void ToyWorld::doUnseal(std::uint64_t id, const Unseal &unseal) {
  const Task &task = taskOf(unseal.task);
  Server &server = servers[task.server];
  if (!server.agentRuns)
    return answer(id, Outcome::Result::Lost, "the agent of " + task.server + " does not answer");
  server.sealed.erase(unseal.task);
  release(task.server);
  answer(id, Outcome::Result::Done);
}

void ToyWorld::doAct(std::uint64_t id, const Act &act) {
  const Task &task = taskOf(act.task);
  Server &server = servers[task.server];
  if (!server.agentRuns)
    return answer(id, Outcome::Result::Lost, "the agent of " + task.server + " does not answer");
  if (!server.actions.count(id))
    server.actions[id] = carryOut(id, act);
  const Outcome &outcome = server.actions[id];
  after(8, [this, outcome] { answer(outcome.effect, outcome.result, outcome.message); });
}

Outcome ToyWorld::carryOut(std::uint64_t id, const Act &act) {
  const Task &task = taskOf(act.task);
  Server &server = servers[task.server];
  if (act.item.kind != Item::Kind::Check)
    checkQuiescent(task, describe(act.item));
  auto wanted = outcomes.find(act.task + ": " + describe(act.item));
  if (wanted != outcomes.end() && wanted->second.second > 0) {
    --wanted->second.second;
    return {id, wanted->second.first, "it said no", {}};
  }
  for (const Component &component : task.components)
    if (component.id == act.item.component && act.item.kind == Item::Kind::Install)
      server.installed[component.id] = component.to;
    else if (component.id == act.item.component && act.item.kind == Item::Kind::Rollback)
      server.installed[component.id] = component.from;
  if (act.item.kind == Item::Kind::Restart) {
    server.pids[act.item.process] = ++lastPid;
    release(task.server);
  }
  return {id, Outcome::Result::Done, "", {}};
}

RouterSeen ToyWorld::routerView(const std::string &router, Millis asked) const {
  RouterSeen seen{router, "run" + std::to_string(routerRun), {}, asked};
  for (const auto &[target, forbidden] : forbiddenAt) {
    if (target.router != router)
      continue;
    auto isDown = down.find(target.server);
    std::uint64_t active = 0;
    for (const ToyRequest &request : requests)
      active += request.server == target.server && request.backend == target.backend &&
                (request.held || request.endMs > nowMs);
    seen.servers.push_back({target.backend, target.server, forbidden,
                            isDown == down.end() || !isDown->second, active});
  }
  return seen;
}

ServerSeen ToyWorld::serverView(const std::string &name, Millis asked) const {
  const Server &server = servers.at(name);
  ServerSeen seen{name, {}, {}, {}, {server.sealed.begin(), server.sealed.end()}, asked};
  for (const auto &[process, pid] : server.pids)
    seen.processes.push_back({process, process, true, pid, true});
  for (const auto &[component, version] : server.installed)
    seen.installed.push_back({component, version});
  for (const ToyRequest &request : requests)
    if (request.held && request.server == name)
      seen.held.push_back({request.name, request.application, "",
                           server.pids.at(request.application), nowMs - request.startMs});
  return seen;
}

bool ToyWorld::uses(const Task &task, const ToyRequest &request) {
  for (const SealSet &seal : task.seals)
    for (const std::string &component : seal.components)
      if (seal.application == request.application &&
          (component == seal.application ||
           std::count(request.uses.begin(), request.uses.end(), component)))
        return true;
  return false;
}

/// The gates of a server open: what waits there goes on.
void ToyWorld::release(const std::string &server) {
  servers[server].gatesOpen = true;
  for (ToyRequest &request : requests)
    if (request.server == server && request.held) {
      request.held = false;
      request.endMs += nowMs;
    }
}

std::vector<Holder> ToyWorld::holders(const Task &task) const {
  std::vector<Holder> who;
  for (const ToyRequest &request : requests) {
    if (request.server != task.server || request.held || request.endMs <= nowMs)
      continue;
    if (uses(task, request))
      who.push_back({request.name, request.application, "",
                     servers.at(task.server).pids.at(request.application),
                     nowMs - request.startMs});
  }
  return who;
}

const Task &ToyWorld::taskOf(const std::string &id) const {
  for (const Task &task : script->tasks)
    if (task.id == id)
      return task;
  std::abort();
}

void ToyWorld::checkQuiescent(const Task &task, const std::string &what) {
  if (auto who = holders(task); !who.empty())
    violated.push_back("S1: " + what + " on " + task.server + " under " + describe(who));
  if (!servers[task.server].sealed.count(task.id))
    violated.push_back("S1: " + what + " on " + task.server + " with open gates");
}

/// S2 where a task begins: with what the router had up a moment ago, for nobody can know more.
void ToyWorld::checkServed(const Target &withdrawn) {
  constexpr Millis momentMs = 300;
  bool begins = false;
  for (std::size_t i = 0; i < script->tasks.size(); ++i)
    begins = begins || (script->tasks[i].server == withdrawn.server &&
                        state.record.tasks[i].phase == Phase::Forbidding &&
                        !state.record.tasks[i].deadlineMs && !state.record.tasks[i].rollingBack);
  if (!begins)
    return;
  std::map<std::string, bool> now = down;
  for (auto &[server, isDown] : down)
    isDown = isDown && nowMs - downSince[server] > momentMs;
  State view = makeState(script);
  for (const auto &[name, router] : view.record.routers)
    view = step(std::move(view), {nowMs, routerView(name, nowMs)}).first;
  for (const RouteClass &routeClass : script->classes)
    if (std::string why = shortage(view, routeClass, ""); !why.empty())
      violated.push_back("S2: " + why);
  down = std::move(now);
}

} // namespace ripple::agent::core
