//===- Agents.cpp - Agents: drain, seal, look -----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// As agent/daemon does it: the journal leads, the gates follow. Between the two,
// and before and after, the agent may die.
//
//===----------------------------------------------------------------------===//
#include "agent/sim/World.h"

#include <algorithm>

namespace ripple::agent::sim {

using core::Outcome;

/// True where it dies here. Called before and after each journal write and each effect.
bool World::agentDies(std::size_t index) {
  Agent &agent = servers[index].agent;
  if (!agent.diesIn || (*agent.diesIn)-- > 0)
    return false;
  crashAgent(index, dice.between(20, 2000));
  return true;
}

/// False where nothing is to go on: its disk is full, or it died. What is to be journalled takes
/// effect between this and `agentDies`.
bool World::agentWrites(std::size_t index, const std::shared_ptr<Exchange> &exchange) {
  if (agentDies(index))
    return false;
  if (!servers[index].agent.diskFull)
    return true;
  if (exchange)
    refuse(exchange); // 5xx: safe to send again.
  return false;
}

void World::crashAgent(std::size_t index, std::optional<Millis> downMs) {
  Agent &agent = servers[index].agent;
  if (!agent.up)
    return;
  log("    the agent of " + servers[index].name + " dies");
  agent.up = false;
  ++agent.life;
  agent.diesIn.reset();
  agent.waiting.clear();
  agent.recovered.clear();
  agent.busy = 0;
  for (Agent::Waiter &waiter : std::exchange(agent.waiters, {}))
    refuse(waiter.exchange);
  if (downMs)
    after(*downMs, [this, index] { startAgent(index); });
}

void World::startAgent(std::size_t index) {
  Server &server = servers[index];
  if (server.agent.up)
    return;
  log("    the agent of " + server.name + " starts");
  server.agent.up = true;
  followJournal(index);
  for (std::size_t p = 0; p < server.processes.size(); ++p)
    if (!server.processes[p].up)
      startProcess(index, p);
  for (auto &[id, action] : server.agent.actions)
    if (action.result == Outcome::Result::Lost) {
      server.agent.waiting.push_back(id);
      server.agent.recovered.insert(id);
    }
  pump(index);
}

/// Makes the gates follow the journal: at start, and for processes that came since.
void World::followJournal(std::size_t index) {
  Server &server = servers[index];
  for (const auto &[task, sealing] : server.agent.tasks)
    for (Process &process : server.processes)
      if (mutant != Mutant::SealsNothing && sealing.sealed &&
          !sealing.restarted.count(process.application) && process.up && process.gated &&
          process.readableGate)
        process.sealed |= sealOf(task, process.application);
}

void World::toAgent(Manager &by, std::size_t task, core::Event::Kind onLost,
                    std::function<void(const std::shared_ptr<Exchange> &)> work, bool answersSoon) {
  std::size_t index = serverIndex(plan->tasks[task].server);
  send(
      by, servers[index].links[by.number()], std::move(onLost),
      [this, index, term = by.term(), does = std::move(work)](const auto &exchange) {
        if (!servers[index].agent.up)
          return refuse(exchange);
        unsigned life = servers[index].agent.life;
        if (acceptTerm(index, term, exchange))
          does(exchange);
        if (servers[index].agent.life != life)
          refuse(exchange); // Its connection ended with it.
      },
      answersSoon);
}

bool World::acceptTerm(std::size_t index, std::uint64_t term,
                       const std::shared_ptr<Exchange> &exchange) {
  Agent &agent = servers[index].agent;
  if (term < agent.term && mutant == Mutant::AgentsTakeOldTerms)
    return true;
  if (term < agent.term) {
    log("    the agent of " + servers[index].name + " refuses term " + std::to_string(term));
    answer(exchange, core::Superseded{"term " + std::to_string(agent.term) + " is known"});
    return false;
  }
  if (term == agent.term)
    return true;
  if (!agentWrites(index, exchange))
    return false;
  agent.term = term;
  return !agentDies(index);
}

//===-- Gates ---------------------------------------------------------------===//

core::Holder World::holder(const Server &server, const Request &request) const {
  const Process &process = server.processes[request.process];
  return {request.name, process.application, "", process.pid, nowMs - request.startMs};
}

/// What gates that the agent can read show. An application without one shows nothing.
std::vector<core::Holder> World::holders(std::size_t task) const {
  const Server &server = servers[serverIndex(plan->tasks[task].server)];
  std::vector<core::Holder> who;
  for (const Request &request : server.requests) {
    const Process &process = server.processes[request.process];
    if (!request.held && process.gated && process.readableGate &&
        touches(sealOf(task, process.application), request.uses))
      who.push_back(holder(server, request));
  }
  // Who is behind a gate that the agent cannot read, nobody can tell.
  for (const Process &process : server.processes)
    if (process.up && process.gated && !process.readableGate &&
        sealOf(task, process.application) != 0)
      who.push_back({"a gate that cannot be read", process.application, "", process.pid, 0});
  return who;
}

/// Seals the gates of TASK, or opens them and closes again what another task holds.
void World::setGates(std::size_t task, bool sealed) {
  std::size_t index = serverIndex(plan->tasks[task].server);
  const Agent::Sealing &sealing = servers[index].agent.tasks[task];
  for (Process &process : servers[index].processes) {
    if (!process.up || !process.gated || !process.readableGate)
      continue;
    Bits bits = sealOf(task, process.application);
    if (!sealed)
      process.sealed &= ~bits;
    else if (mutant != Mutant::SealsNothing && !sealing.restarted.count(process.application))
      process.sealed |= bits;
  }
  if (sealed)
    return;
  bool was = std::exchange(servers[index].agent.tasks[task].sealed, false);
  followJournal(index);
  servers[index].agent.tasks[task].sealed = was;
  release(index);
}

/// An action of TASK is under way: nothing opens its gates.
bool World::isAt(const Agent &agent, std::size_t task) {
  return std::any_of(agent.actions.begin(), agent.actions.end(), [&](const auto &action) {
    return action.second.task == task && action.second.result == Outcome::Result::Lost;
  });
}

void World::doDrain(std::size_t task, const core::WatchDrain &watch,
                    const std::shared_ptr<Exchange> &exchange) {
  std::size_t index = serverIndex(plan->tasks[task].server);
  Agent &agent = servers[index].agent;
  auto known = agent.tasks.find(task);
  if (isAt(agent, task))
    return refuse(exchange);
  if (!passesDoor(index, task, nullptr, exchange,
                  core::DrainLost{watch.task, "the plan is not released here"}))
    return;
  if (known != agent.tasks.end() && known->second.sealed)
    setGates(task, false);
  if (known == agent.tasks.end() || known->second.sealed) {
    if (!agentWrites(index, exchange))
      return;
    if (known == agent.tasks.end())
      judge.begins(index, task);
    agent.tasks[task] = {};
    if (agentDies(index))
      return;
  }
  auto who = holders(task);
  answer(exchange, core::DrainSeen{watch.task, watch.routerQuiet, watch.routerActive, who.size(),
                                   std::move(who), watch.askedMs});
}

void World::doSeal(std::size_t task, std::uint64_t id, const std::shared_ptr<Exchange> &exchange) {
  std::size_t index = serverIndex(plan->tasks[task].server);
  Agent &agent = servers[index].agent;
  if (!passesDoor(index, task, nullptr, exchange,
                  Outcome{id, Outcome::Result::Failed, "the plan is not released here", {}}))
    return;
  auto known = agent.tasks.find(task);
  if (known == agent.tasks.end() || !known->second.sealed) {
    if (!agentWrites(index, exchange))
      return;
    if (known == agent.tasks.end())
      judge.begins(index, task);
    agent.tasks[task] = {true, {}};
    if (agentDies(index))
      return;
  }
  setGates(task, true);
  if (agentDies(index))
    return;
  auto who = holders(task);
  bool restarted = !agent.tasks[task].restarted.empty();
  if (who.empty() || restarted)
    return answer(exchange, Outcome{id, Outcome::Result::Done, {}, {}});
  setGates(task, false);
  if (!agentWrites(index, exchange))
    return;
  agent.tasks[task].sealed = false;
  if (!agentDies(index))
    answer(exchange, Outcome{id, Outcome::Result::Busy, {}, std::move(who)});
}

void World::doUnseal(std::size_t task, std::uint64_t id,
                     const std::shared_ptr<Exchange> &exchange) {
  std::size_t index = serverIndex(plan->tasks[task].server);
  Agent &agent = servers[index].agent;
  if (agent.tasks.count(task)) {
    if (isAt(agent, task))
      return refuse(exchange);
    if (mutant != Mutant::ForgetsToUnseal)
      setGates(task, false);
    if (!agentWrites(index, exchange))
      return;
    agent.tasks.erase(task);
    if (agentDies(index))
      return;
  }
  answer(exchange, Outcome{id, Outcome::Result::Done, {}, {}});
}

core::ServerSeen World::serverView(std::size_t index, Millis asked) const {
  const Server &server = servers[index];
  core::ServerSeen seen{server.name, {}, {}, {}, {}, asked};
  for (const Process &process : server.processes)
    seen.processes.push_back({process.application, process.application, process.up,
                              process.up ? process.pid : 0,
                              process.up && process.gated && process.readableGate});
  for (std::size_t c = 0; c < components.size(); ++c) {
    std::string version;
    for (const core::Task &task : plan->tasks)
      for (const core::Component &component : task.components)
        if (task.server == server.name && component.id == components[c])
          version = server.installed[c] == Version::Old       ? component.from
                    : server.installed[c] == Version::New     ? component.to
                    : server.installed[c] == Version::Foreign ? "9.9.9"
                                                              : "half of " + component.to;
    seen.installed.push_back({components[c], version});
  }
  for (const Request &request : server.requests)
    if (request.held)
      seen.held.push_back(holder(server, request));
  for (const auto &[task, sealing] : server.agent.tasks)
    if (sealing.sealed)
      seen.sealedTasks.push_back(plan->tasks[task].id);
  return seen;
}

} // namespace ripple::agent::sim
