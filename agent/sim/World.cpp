//===- World.cpp - Time, messages and requests ----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/sim/World.h"

#include "agent/core/Describe.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace ripple::agent::sim {

namespace {

constexpr Millis commandTimeoutMs = 400, tickMs = 100;

template <typename T, typename Name>
std::size_t indexOf(const std::vector<T> &all, const std::string &name, Name nameOf) {
  for (std::size_t i = 0; i < all.size(); ++i)
    if (nameOf(all[i]) == name)
      return i;
  std::abort(); // The plan names what it has only.
}

} // namespace

World::World(Scenario wanted, std::uint64_t seed, Mutant kind)
    : all(std::move(wanted)), plan(std::make_shared<const core::Script>(all.script)), dice(seed),
      judge(*this), store(all.managers > 1 ? all.leaseMs : 0), mutant(kind) {
  for (std::size_t i = 0; i < all.managers; ++i) {
    managers.push_back(std::make_unique<Manager>(i, *plan, store, *this, kind));
    if (i > 0 && !all.calm) // Another host, another clock.
      managers[i]->setClock(dice.between(100, 5000));
  }
  for (const core::Task &task : plan->tasks)
    for (const core::Component &component : task.components)
      if (std::find(components.begin(), components.end(), component.id) == components.end())
        components.push_back(component.id);
  for (std::size_t c = 0; c < plan->classes.size(); ++c) {
    const core::RouteClass &routeClass = plan->classes[c];
    auto router = std::find_if(routers.begin(), routers.end(),
                               [&](const Router &r) { return r.name == routeClass.router; });
    if (router == routers.end())
      router = routers.insert(router, {routeClass.router, all.traits[routeClass.router]});
    firstTarget.push_back(targets.size());
    for (const core::Member &member : routeClass.members) {
      auto server = std::find_if(servers.begin(), servers.end(),
                                 [&](const Server &s) { return s.name == member.server; });
      if (server == servers.end()) {
        server = servers.insert(server, Server{});
        server->name = member.server;
        server->installed.assign(components.size(), Version::Old);
        server->newWorks.assign(components.size(), true);
      }
      auto known = [&](const Process &p) { return p.application == routeClass.application; };
      if (std::none_of(server->processes.begin(), server->processes.end(), known)) {
        Process process{routeClass.application, !all.ungated.count(routeClass.application), true};
        process.pid = ++lastPid;
        process.loaded.assign(components.size(), Version::Old);
        server->processes.push_back(std::move(process));
      }
      core::Target target = routeClass.target(member.server);
      targetAt[target] = targets.size();
      auto at = static_cast<std::size_t>(server - servers.begin());
      targets.push_back({target, c, at, static_cast<std::size_t>(router - routers.begin()),
                         processIndex(at, routeClass.application)});
    }
  }
  signature.number = 9;
  signAnew();
  tick();
}

//===-- Names --------------------------------------------------------------===//

std::size_t World::serverIndex(const std::string &name) const {
  return indexOf(servers, name, [](const Server &s) { return s.name; });
}

std::size_t World::processIndex(std::size_t server, const std::string &application) const {
  return indexOf(servers[server].processes, application,
                 [](const Process &p) { return p.application; });
}

std::size_t World::routerIndex(const std::string &name) const {
  return indexOf(routers, name, [](const Router &r) { return r.name; });
}

std::size_t World::taskIndex(const std::string &id) const {
  return indexOf(plan->tasks, id, [](const core::Task &t) { return t.id; });
}

std::size_t World::componentIndex(const std::string &component) const {
  return indexOf(components, component, [](const std::string &c) { return c; });
}

const TargetTruth &World::truth(const core::Target &target) const {
  return targets[targetAt.at(target)];
}

bool World::isLed() const {
  const Manager &one = manager();
  return one.up() && !one.isPaused() && !one.now().record.superseded && one.storeWorks() &&
         store.leads(one.term(), nowMs);
}

bool World::isHealthy() const {
  return isLed() &&
         std::all_of(servers.begin(), servers.end(),
                     [&](const Server &s) {
                       return s.agent.up && !s.agent.diskFull && s.links[boss].works();
                     }) &&
         std::all_of(routers.begin(), routers.end(),
                     [&](const Router &r) { return r.links[boss].works(); });
}

Bits World::bitOf(const std::string &component) const {
  for (std::size_t i = 0; i < components.size(); ++i)
    if (components[i] == component)
      return 1U << i;
  return 0; // Nothing that the plan replaces.
}

Bits World::sealOf(std::size_t task, const std::string &application) const {
  Bits bits = 0;
  for (const core::SealSet &seal : plan->tasks[task].seals)
    if (seal.application == application)
      for (const std::string &component : seal.components)
        bits |= component == application ? everyRequest : bitOf(component);
  return bits;
}

//===-- Time ----------------------------------------------------------------===//

void World::after(Millis delay, std::function<void()> work) {
  queue.push_back({nowMs + delay, ++order, std::move(work)});
  std::push_heap(queue.begin(), queue.end());
}

Millis World::pause(Millis calmly, Millis low, Millis high) {
  return all.calm ? calmly : dice.between(low, high);
}

void World::tick() {
  for (const auto &one : managers) {
    if (one->seesStore())
      leads(*one);
    one->feed(core::Tick{});
  }
  after(all.calm ? 1 : tickMs, [this] { tick(); });
}

/// It has just become the leader, or the one manager was started again.
void World::leads(Manager &which) {
  boss = which.number();
  judge.forgetsWhatItSaw(boss);
  judge.actsAgain();
  if (store.isShared())
    log("--- manager " + std::to_string(boss + 1) + " leads, with term " +
        std::to_string(which.term()));
  else
    log("--- the manager starts again");
  if (which.now().record.begun)
    which.feed(core::Recovered{});
  else
    which.feed(core::Begin{});
}

void World::run(Millis forMs) {
  Millis end = nowMs + forMs;
  while (!queue.empty() && queue.front().at < end) {
    if (over() && queue.size() == 1)
      return; // Only the tick is left.
    std::pop_heap(queue.begin(), queue.end());
    Due due = std::move(queue.back());
    queue.pop_back();
    nowMs = std::max(nowMs, due.at);
    due.run();
  }
  nowMs = end;
}

void World::log(const std::string &line) {
  if (!logs)
    return;
  char time[24];
  std::snprintf(time, sizeof time, "%6llu  ", static_cast<unsigned long long>(nowMs - 1000));
  lines += time + line + "\n";
}

//===-- Messages ------------------------------------------------------------===//

/// ARRIVE is called where it arrives; it answers through the exchange. Where no answer comes in
/// time the manager hears ONLOST. An answer that does not come soon is waited for (the manager
/// asks again and again), until the other side is gone.
std::shared_ptr<Exchange> World::send(Manager &by, Link &link, core::Event::Kind onLost,
                                      std::function<void(const std::shared_ptr<Exchange> &)> arrive,
                                      bool answersSoon) {
  auto exchange =
      std::make_shared<Exchange>(Exchange{&by, by.life(), &link, false, std::move(onLost)});
  bool arrives = !link.cut;
  if (arrives) {
    link.lastMs = std::max(link.lastMs, nowMs + pause(1, 1, 3) + link.lateMs);
    after(link.lastMs - nowMs, [this, exchange, work = std::move(arrive)] {
      if (exchange->life > droppedLife[exchange->from->number()])
        work(exchange);
    });
  }
  if (!arrives || (!all.calm && answersSoon))
    timeOut(exchange);
  return exchange;
}

void World::timeOut(const std::shared_ptr<Exchange> &exchange) {
  after(all.calm ? 2 : commandTimeoutMs, [exchange] {
    if (!std::exchange(exchange->settled, true) && exchange->life == exchange->from->life())
      exchange->from->feed(exchange->onLost);
  });
}

void World::answer(const std::shared_ptr<Exchange> &exchange, core::Event::Kind kind) {
  if (exchange->link->cut || exchange->link->answersLost)
    return timeOut(exchange);
  after(pause(1, 1, 3), [this, exchange, answered = std::move(kind)] {
    Manager &to = *exchange->from;
    if (std::exchange(exchange->settled, true) || exchange->life != to.life())
      return;
    if (!to.isPaused()) // Else it reads that when it wakes up.
      noteHeard(to, answered);
    to.feed(answered);
  });
}

void World::noteHeard(const Manager &by, const core::Event::Kind &answered) {
  if (auto *router = std::get_if<core::RouterSeen>(&answered))
    judge.shown(by.number(), router->router, by.worldTime(router->askedMs));
  else if (auto *server = std::get_if<core::ServerSeen>(&answered))
    judge.looked(by.number(), serverIndex(server->server), by.worldTime(server->askedMs));
  else if (auto *outcome = std::get_if<core::Outcome>(&answered))
    logOutcome(*outcome);
}

void World::logOutcome(const core::Outcome &outcome) {
  using Result = core::Outcome::Result;
  if (logs && outcome.result != Result::Done && outcome.result != Result::Lost)
    log("#" + std::to_string(outcome.effect) + " " + std::string(toString(outcome.result)) +
        (outcome.message.empty() ? "" : ": " + outcome.message));
}

/// Nobody listens there: the manager knows at once.
void World::refuse(const std::shared_ptr<Exchange> &exchange) {
  answer(exchange, exchange->onLost);
}

void World::cut(Link &link, bool answersOnly) {
  link.cut = !answersOnly;
  link.answersLost = answersOnly;
  for (Server &server : servers)
    std::erase_if(server.agent.waiters, [&](const Agent::Waiter &waiter) {
      bool theirs = waiter.exchange->link == &link;
      if (theirs)
        timeOut(waiter.exchange);
      return theirs;
    });
}

void World::perform(Manager &by, const core::Effect &effect) {
  if (std::holds_alternative<core::Tell>(effect.kind))
    log(describe(effect));
  else if (logs && effect.id && logged.insert(effect.id).second)
    log("#" + std::to_string(effect.id) + " " + describe(effect));
  else if (logs && effect.id && &by != managers[boss].get())
    log("#" + std::to_string(effect.id) + " once more, by manager " +
        std::to_string(by.number() + 1));
  std::visit([&](const auto &kind) { send(by, effect.id, kind); }, effect.kind);
}

std::string World::agentOf(const std::string &task) const {
  return "the agent of " + plan->tasks[taskIndex(task)].server;
}

core::Outcome World::lost(std::uint64_t id, const std::string &who) {
  return {id, core::Outcome::Result::Lost, who + " does not answer", {}};
}

void World::send(Manager &by, std::uint64_t, const core::ObserveRouter &look) {
  std::size_t router = routerIndex(look.router);
  send(by, routers[router].links[by.number()],
       core::RouterLost{look.router, "router " + look.router + " does not answer"},
       [this, router, asked = by.clock()](const auto &exchange) {
         answer(exchange, routerView(router, asked)); // Looks carry no term, as with agents.
       });
}

void World::send(Manager &by, std::uint64_t id, const core::SetRouter &set) {
  std::size_t router = routerIndex(set.target.router);
  if (!mayTell(routers[router], by)) // And so nothing is on its way when another one leads.
    return timeOut(std::make_shared<Exchange>(
        Exchange{&by, by.life(), nullptr, false, lost(id, "the leader's lease")}));
  judge.sends(by.number(), set);
  send(by, routers[router].links[by.number()], lost(id, "router " + set.target.router),
       [this, id, set, router, term = by.term(), sent = nowMs](const auto &exchange) {
         bool closed =
             store.isShared() && !routers[router].traits.fenced && nowMs - sent > commandTimeoutMs;
         if (!closed && accepts(router, term, exchange))
           doSet(exchange, id, set);
       });
}

void World::send(Manager &by, std::uint64_t, const core::InspectServer &inspect) {
  std::size_t server = serverIndex(inspect.server);
  send(by, servers[server].links[by.number()],
       core::ServerLost{inspect.server, "the agent of " + inspect.server + " does not answer"},
       [this, server, asked = by.clock()](const auto &exchange) {
         if (servers[server].agent.up)
           answer(exchange, serverView(server, asked));
         else
           refuse(exchange);
       });
}

void World::send(Manager &by, std::uint64_t, const core::WatchDrain &watch) {
  std::size_t task = taskIndex(watch.task);
  toAgent(by, task, core::DrainLost{watch.task, agentOf(watch.task) + " does not answer"},
          [this, task, watch](const auto &exchange) { doDrain(task, watch, exchange); });
}

void World::send(Manager &by, std::uint64_t id, const core::Seal &seal) {
  std::size_t task = taskIndex(seal.task);
  judge.seals(task);
  toAgent(by, task, lost(id, agentOf(seal.task)),
          [this, task, id](const auto &exchange) { doSeal(task, id, exchange); });
}

void World::send(Manager &by, std::uint64_t id, const core::Unseal &unseal) {
  std::size_t task = taskIndex(unseal.task);
  toAgent(by, task, lost(id, agentOf(unseal.task)),
          [this, task, id](const auto &exchange) { doUnseal(task, id, exchange); });
}

void World::send(Manager &by, std::uint64_t id, const core::Act &act) {
  std::size_t task = taskIndex(act.task);
  judge.decides(by.number(), id, task, serverIndex(plan->tasks[task].server));
  toAgent(
      by, task, lost(id, agentOf(act.task)),
      [this, task, id, act](const auto &exchange) { doAct(task, id, act, exchange); }, false);
}

void World::managerStopped(Manager &which, const std::string &why) {
  if (store.isShared())
    log("--- manager " + std::to_string(which.number() + 1) + " " + why);
  else
    log("--- the manager " + why);
}

void World::crashManager(bool deliver, Millis downMs) {
  Manager &which = manager();
  which.die();
  judge.replays();
  if (!deliver)
    droppedLife[boss] = which.life();
  auto start = [this, &which] {
    if (!which.isDown())
      return;
    which.start();
    if (store.isShared())
      return;
    std::uint64_t seen = 0;
    for (const Server &server : servers)
      if (server.agent.up && !server.links[0].cut)
        seen = std::max(seen, server.agent.term);
    for (const Router &router : routers)
      seen = std::max(seen, router.term);
    bool reboots = !all.calm && dice.chance(20);
    which.lead(seen, reboots ? std::optional<Millis>(dice.between(100, 5000)) : std::nullopt);
    leads(which);
  };
  if (downMs == 0)
    start();
  else
    after(downMs, start);
}

//===-- Requests ------------------------------------------------------------===//

void World::open(std::size_t server, Request request) {
  request.id = ++lastRequest;
  if (request.routeClass)
    request.workers = routers[routerIndex(plan->classes[*request.routeClass].router)].workers;
  enter(server, std::move(request));
}

void World::arrive(std::size_t routeClass, Millis lengthMs) {
  std::size_t seen = 0;
  const TargetTruth *picked = nullptr;
  bool bound = all.bound.count(plan->classes[routeClass].application) > 0 && dice.chance(50);
  for (const TargetTruth &target : targets) {
    bool takes = isGood(target) || (bound && target.forbidden && target.lets && isUp(target));
    if (target.routeClass == routeClass && takes && dice.below(++seen) == 0)
      picked = &target;
  }
  if (!picked)
    return; // The router answers 503 itself; S2 says when that may be.
  Request request;
  request.process = picked->process;
  request.bound = picked->forbidden;
  request.routeClass = routeClass;
  request.counted = true;
  request.lengthMs = lengthMs;
  for (const std::string &component : all.classUses[routeClass])
    request.uses |= bitOf(component);
  open(picked->server, std::move(request));
}

void World::arriveDirectly(std::size_t server, std::size_t process, Millis lengthMs) {
  Request request;
  request.process = process;
  request.lengthMs = lengthMs;
  for (std::size_t c = 0; c < plan->classes.size(); ++c)
    if (plan->classes[c].application == servers[server].processes[process].application &&
        dice.chance(50))
      for (const std::string &component : all.classUses[c])
        request.uses |= bitOf(component);
  open(server, std::move(request));
}

void World::enter(std::size_t index, Request request) {
  Server &server = servers[index];
  const Process &process = server.processes[request.process];
  if (!process.up)
    return;
  request.startMs = nowMs;
  request.held = process.gated && touches(process.sealed, request.uses);
  server.requests.push_back(std::move(request));
  Request &entered = server.requests.back();
  if (!entered.held)
    return activated(index, entered);
  after(all.holdMs, [this, index, id = entered.id] { giveUpHolding(index, id); });
}

void World::activated(std::size_t index, Request &request) {
  const Process &process = servers[index].processes[request.process];
  request.epoch = process.epoch;
  for (std::size_t c = 0; c < components.size(); ++c)
    request.saw[c] = process.loaded[c];
  judge.runs(index, request);
  after(request.lengthMs, [this, index, id = request.id] { leave(index, id); });
}

void World::ends(std::size_t index, const Request &request) {
  judge.uses(index, request);
  const Process &process = servers[index].processes[request.process];
  for (const EarlierVersion &one : process.earlier)
    if (logs && (request.uses & (1U << one.component)))
      log("    " + request.name + " on " + servers[index].name + " ends, with the " +
          (versionFor(process, request, one.component) == Version::Old ? "old " : "new ") +
          components[one.component]);
}

void World::leave(std::size_t server, std::uint64_t request) {
  constexpr Millis lateMs = 20;
  std::erase_if(servers[server].requests, [&](const Request &r) {
    if (r.id == request && r.late)
      after(lateMs, [this, server, request] { leave(server, request); });
    else if (r.id == request)
      ends(server, r);
    return r.id == request && !r.late;
  });
  endVersions(server);
}

void World::giveUpHolding(std::size_t server, std::uint64_t request) {
  std::erase_if(servers[server].requests,
                [&](const Request &r) { return r.id == request && r.held; });
}

void World::usedLate(std::size_t index, Request &request, Bits component) {
  const Process &process = servers[index].processes[request.process];
  request.late = 0;
  for (std::size_t c = 0; c < components.size(); ++c)
    if (component & (1U << c))
      request.saw[c] = versionFor(process, request, c);
  judge.runs(index, request);
}

/// By the Components List some request of APPLICATION uses COMPONENT. No gate of its knows others.
bool World::mayUse(const std::string &application, std::size_t component) const {
  for (const core::Task &task : plan->tasks) {
    bool changes = std::ranges::any_of(
        task.components, [&](const auto &one) { return one.id == components[component]; });
    if (changes && std::ranges::any_of(task.seals, [&](const core::SealSet &seal) {
          return seal.application == application;
        }))
      return true;
  }
  return false;
}

void World::useLate(std::size_t index) {
  for (Request &request : servers[index].requests) {
    const Process &process = servers[index].processes[request.process];
    const std::size_t which = dice.below(components.size());
    const Bits component = 1U << which;
    if (request.held || !process.gated || (request.uses & component) ||
        !mayUse(process.application, which))
      continue;
    request.uses |= component;
    if (!touches(process.sealed, component))
      return usedLate(index, request, component);
    log("    " + request.name + " on " + servers[index].name + " waits for what it had not said");
    request.late = component;
    after(all.holdMs, [this, index, id = request.id] { // It is told so, and gives up.
      std::erase_if(servers[index].requests,
                    [&](const Request &one) { return one.id == id && one.late; });
    });
    return;
  }
}

/// Lets in what waits at gates that are open for it now.
void World::release(std::size_t index) {
  Server &server = servers[index];
  for (Request &request : server.requests)
    if (request.held && !touches(server.processes[request.process].sealed, request.uses)) {
      request.held = false;
      activated(index, request);
    } else if (request.late && !touches(server.processes[request.process].sealed, request.late)) {
      usedLate(index, request, request.late);
    }
}

void World::abandonRequest(std::size_t index) {
  auto &requests = servers[index].requests;
  if (!requests.empty())
    requests[dice.below(requests.size())].counted = false;
}

} // namespace ripple::agent::sim
