//===- Actions.cpp - Agents: install, restart, check, after a crash too ---===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// As agent/daemon/ActionQueue does it: an id is done once, the intent is in the
// journal before anything begins, the outcome before anyone is told. A program
// that an agent has started goes on when the agent dies; the next one waits for
// it and looks what came of it.
//
//===----------------------------------------------------------------------===//
#include "agent/sim/World.h"

#include "agent/core/Describe.h"

#include <algorithm>

namespace ripple::agent::sim {

using core::Item;
using core::Outcome;
using Result = core::Outcome::Result;

namespace {

constexpr unsigned attemptsMax = 3;
constexpr Millis timeLimitMs = 600, startLimitMs = 900;

} // namespace

void World::doAct(std::size_t task, std::uint64_t id, const core::Act &act,
                  const std::shared_ptr<Exchange> &exchange) {
  std::size_t index = serverIndex(plan->tasks[task].server);
  Agent &agent = servers[index].agent;
  auto known = agent.actions.find(id);
  if (known != agent.actions.end() && known->second.result != Result::Lost)
    return answer(exchange, Outcome{id, known->second.result, known->second.message, {}});
  if (known == agent.actions.end() &&
      !passesDoor(index, task, &act, exchange,
                  Outcome{id, Result::Failed, "the signed plan does not say so", {}}))
    return;
  agent.waiters.push_back({id, exchange});
  if (known != agent.actions.end())
    return;
  auto sealing = agent.tasks.find(task);
  bool sealed = sealing != agent.tasks.end() && sealing->second.sealed;
  if (act.item.kind != Item::Kind::Check && !sealed && !phasesIn(task)) {
    agent.waiters.pop_back();
    return answer(exchange, Outcome{id, Result::Failed, "the task is not sealed", {}});
  }
  if (!agentWrites(index, exchange))
    return;
  if (!agent.tasks.count(task) && act.item.kind == Item::Kind::Install)
    judge.begins(index, task);
  agent.actions[id] = {id, task, act.item, Result::Lost, {}, 0, 0};
  if (agentDies(index))
    return;
  agent.waiting.push_back(id);
  pump(index);
}

void World::pump(std::size_t index) {
  Server &server = servers[index];
  Agent &agent = server.agent;
  if (!agent.up || agent.busy || agent.waiting.empty())
    return;
  agent.busy = agent.waiting.front();
  agent.waiting.erase(agent.waiting.begin());
  Action &action = agent.actions.at(agent.busy);
  // What had begun before a crash is looked at first.
  if (!agent.recovered.count(action.id))
    if (auto why = refusal(server, action))
      return actionEnds(index, action.id, why->result, why->why);
  carryOut(index, action);
}

/// Why ACTION may not be begun now.
std::optional<World::Refusal> World::refusal(const Server &server, const Action &action) const {
  if (action.item.kind == Item::Kind::Check || phasesIn(action.task))
    return std::nullopt;
  auto sealing = server.agent.tasks.find(action.task);
  if (sealing == server.agent.tasks.end() || !sealing->second.sealed)
    return Refusal{Result::Failed, "nothing was begun: the task is not sealed any more"};
  for (const Process &process : server.processes)
    if (process.up && process.gated && !process.readableGate &&
        !sealing->second.restarted.count(process.application) &&
        sealOf(action.task, process.application) != 0)
      return Refusal{Result::Failed, "nothing was begun: a gate cannot be read"};
  for (const Request &request : server.requests) {
    const Process &process = server.processes[request.process];
    if (!request.held && process.gated && !sealing->second.restarted.count(process.application) &&
        touches(sealOf(action.task, process.application), request.uses))
      return Refusal{action.attempts == 0 ? Result::Busy : Result::Failed,
                     "nothing was begun: requests are active in spite of the seal"};
  }
  return std::nullopt;
}

void World::carryOut(std::size_t index, Action &action) {
  Agent &agent = servers[index].agent;
  if (agent.recovered.count(action.id)) {
    if (servers[index].program && servers[index].program->action == action.id)
      return; // It is waited for: programEnds goes on.
    if (auto found = lookBack(index, action))
      return actionEnds(index, action.id, found->result, found->message);
    if (action.item.kind != Item::Kind::Restart) {
      agent.recovered.erase(action.id);
      if (auto why = refusal(servers[index], action))
        return actionEnds(index, action.id, why->result, why->why);
    }
  }
  if (action.attempts >= attemptsMax)
    return actionEnds(index, action.id, Result::Failed, "the agent died over it");
  if (action.item.kind == Item::Kind::Restart)
    return restart(index, action);
  if (!agentWrites(index, nullptr)) {
    if (agent.up)
      actionEnds(index, action.id, Result::Failed, "nothing was begun: the disk is full");
    return;
  }
  ++action.attempts;
  startProgram(index, action);
  agentDies(index);
}

/// What became of an action that an earlier agent had begun; none: it is to be carried out.
std::optional<Outcome> World::lookBack(std::size_t index, Action &action) {
  bool repeatable = action.item.kind == Item::Kind::Check || phasesIn(action.task) ||
                    action.item.kind == Item::Kind::Restart || action.child == 0;
  if (repeatable)
    return std::nullopt;
  Version is = servers[index].installed[componentIndex(action.item.component)];
  Version wanted = action.item.kind == Item::Kind::Install ? Version::New : Version::Old;
  Version from = wanted == Version::New ? Version::Old : Version::New;
  if (is == wanted)
    return Outcome{action.id, Result::Done, "it is installed", {}};
  if (is == from)
    return std::nullopt;
  return Outcome{action.id, Result::Unknown, "what is installed does not tell", {}};
}

void World::startProgram(std::size_t index, Action &action) {
  Program program{++lastProgram, action.id};
  action.child = program.number;
  std::string name = plan->tasks[action.task].id + ": " + describe(action.item);
  auto wanted = outcomes.find(name);
  if (wanted != outcomes.end() && wanted->second.second > 0) {
    --wanted->second.second;
    program.result = wanted->second.first;
    program.damages = !all.calm && dice.chance(30);
  }
  bool hangs = !all.calm && program.result != Result::Done && dice.chance(30);
  judge.actionBegins(index, action);
  if (action.item.kind != Item::Kind::Check)
    judge.changeBegins(index, action);
  servers[index].program = program;
  after(hangs ? timeLimitMs : pause(8, 5, 120),
        [this, index, number = program.number] { programEnds(index, number); });
}

/// What the program has done to the disk, and to processes where it is a plug-in. False where a
/// gate would not phase it in.
bool World::change(std::size_t index, const Action &action, const Program &program) {
  if (action.item.kind == Item::Kind::Check)
    return true;
  Server &server = servers[index];
  std::size_t component = componentIndex(action.item.component);
  Version to = action.item.kind == Item::Kind::Install ? Version::New : Version::Old;
  if (program.result == Result::Done)
    server.installed[component] = to;
  else if (program.damages)
    server.installed[component] = Version::Broken;
  judge.changeEnds(index);
  if (phasesIn(action.task))
    return program.result != Result::Done || phaseIn(index, component, to);
  if (!plan->tasks[action.task].stopsProcesses())
    for (std::size_t p = 0; p < server.processes.size(); ++p)
      load(index, p, component, server.installed[component]);
  return true;
}

void World::programEnds(std::size_t index, std::uint64_t number) {
  Server &server = servers[index];
  if (!server.program || server.program->number != number)
    return; // Power was lost.
  Program program = *server.program;
  server.program.reset();
  Agent &agent = server.agent;
  const Action &action = agent.actions.at(program.action);
  bool changed = change(index, action, program);
  if (!agent.up)
    return;
  if (agent.recovered.count(action.id)) {
    Action &again = agent.actions.at(program.action);
    auto found = lookBack(index, again);
    return found ? actionEnds(index, again.id, found->result, found->message)
                 : carryOut(index, again);
  }
  Result result = changed ? program.result : Result::Failed;
  if (phasesIn(action.task) && action.item.kind != Item::Kind::Check && result == Result::Done)
    return awaitEarlier(index, action.id, agent.life,
                        nowMs + plan->tasks[action.task].quiesceTimeoutMs);
  if (action.item.kind == Item::Kind::Check) {
    std::size_t component = componentIndex(action.item.component);
    bool passes = server.installed[component] == Version::New && server.newWorks[component];
    result = result == Result::Done && passes ? Result::Done : Result::Failed;
  }
  actionEnds(index, action.id, result, result == Result::Done ? "" : "it said no");
}

void World::actionEnds(std::size_t index, std::uint64_t id, Result result,
                       const std::string &message) {
  Agent &agent = servers[index].agent;
  if (agent.diskFull) {
    after(200, [this, index, id, result, message, life = agent.life] {
      if (servers[index].agent.up && servers[index].agent.life == life)
        actionEnds(index, id, result, message);
    });
    return;
  }
  if (agentDies(index))
    return;
  Action &action = agent.actions.at(id);
  action.result = result;
  action.message = message;
  judge.actionEnded(index, action);
  if (agentDies(index))
    return;
  for (const Agent::Waiter &waiter : agent.waiters)
    if (waiter.action == id)
      answer(waiter.exchange, Outcome{id, result, message, {}});
  std::erase_if(agent.waiters, [&](const Agent::Waiter &w) { return w.action == id; });
  agent.busy = 0;
  pump(index);
}

//===-- Processes -----------------------------------------------------------===//

/// Its recorded child is the process that was to end: where another one runs now, it has.
void World::restart(std::size_t index, Action &action) {
  Agent &agent = servers[index].agent;
  std::size_t at = processIndex(index, action.item.process);
  Process &process = servers[index].processes[at];
  Agent::Sealing &sealing = agent.tasks[action.task];
  bool done = action.child != 0 && action.child != process.generation + 1;
  if (agent.recovered.count(action.id) && !done)
    if (auto why = refusal(servers[index], action))
      return actionEnds(index, action.id, why->result, why->why);
  if (!agentWrites(index, nullptr)) {
    if (agent.up)
      actionEnds(index, action.id, Result::Failed, "nothing was begun: the disk is full");
    return;
  }
  if (!done) {
    ++action.attempts;
    action.child = process.generation + 1; // 0 means none.
    if (agentDies(index))
      return;
  }
  sealing.restarted.insert(process.application);
  if (agentDies(index))
    return;
  if (!done) {
    judge.actionBegins(index, action);
    if (process.up) {
      judge.stops(index, at, action);
      stopProcess(index, at);
    }
    std::string name = plan->tasks[action.task].id + ": " + describe(action.item);
    auto wanted = outcomes.find(name);
    if (wanted != outcomes.end() && wanted->second.second > 0) {
      --wanted->second.second;
      after(pause(3, 20, 300), [this, index, at] { startProcess(index, at); });
      return actionEnds(index, action.id, wanted->second.first, "it does not run");
    }
    after(pause(3, 5, 150), [this, index, at] { startProcess(index, at); });
    if (agentDies(index))
      return;
  }
  awaitRestarted(index, action.id, agent.life, nowMs + startLimitMs);
}

void World::awaitRestarted(std::size_t index, std::uint64_t id, unsigned life, Millis deadline) {
  Agent &agent = servers[index].agent;
  if (!agent.up || agent.life != life)
    return;
  const Action &action = agent.actions.at(id);
  if (servers[index].processes[processIndex(index, action.item.process)].up)
    return actionEnds(index, id, Result::Done, "it runs");
  if (nowMs >= deadline)
    return actionEnds(index, id, Result::Failed, "it does not run again in time");
  after(5, [this, index, id, life, deadline] { awaitRestarted(index, id, life, deadline); });
}

void World::stopProcess(std::size_t index, std::size_t at) {
  Process &process = servers[index].processes[at];
  process.up = false;
  process.sealed = 0;
  std::erase_if(servers[index].requests, [&](const Request &r) { return r.process == at; });
  after(pause(1, 5, 60), [this, index, at, was = process.generation] {
    const Process &stopped = servers[index].processes[at];
    if (!stopped.up && stopped.generation == was)
      setCheckedUp(index, at, false);
  });
}

/// By the agent, its supervisor: not while that is down.
void World::startProcess(std::size_t index, std::size_t at) {
  Server &server = servers[index];
  Process &process = server.processes[at];
  if (process.up || !server.agent.up)
    return;
  process.up = true;
  process.sealed = 0;
  ++process.generation;
  process.pid = !all.calm && dice.chance(10) ? process.pid : ++lastPid;
  process.loaded = server.installed;
  process.earlier.clear();
  process.since = {};
  process.epoch = 0;
  process.readableGate = !std::exchange(process.unreadableNext, false);
  followJournal(index);
  after(pause(1, 5, 60), [this, index, at, was = process.generation] {
    const Process &started = servers[index].processes[at];
    if (started.up && started.generation == was)
      setCheckedUp(index, at, true);
  });
}

void World::crashProcess(std::size_t index, std::size_t at) {
  if (!servers[index].processes[at].up)
    return;
  log("    " + servers[index].processes[at].application + " on " + servers[index].name + " dies");
  stopProcess(index, at);
  after(pause(20, 20, 400), [this, index, at] { startProcess(index, at); });
}

/// The disk keeps what was written: the old file or the new one (a switch is one rename), and for
/// programs that do more than one thing, perhaps half of it.
void World::powerLoss(std::size_t index, Millis downMs) {
  Server &server = servers[index];
  log("    " + server.name + " loses power");
  if (server.program) {
    Program cut = *server.program;
    server.program.reset();
    cut.result = dice.chance(50) ? Result::Done : Result::Failed;
    cut.damages = dice.chance(20);
    change(index, server.agent.actions.at(cut.action), cut);
  }
  crashAgent(index, downMs);
  for (std::size_t p = 0; p < server.processes.size(); ++p)
    if (server.processes[p].up)
      stopProcess(index, p);
}

void World::installByHand(std::size_t index, std::size_t component, Version version) {
  Server &server = servers[index];
  server.installed[component] = version;
  server.foreignMs = nowMs;
  for (std::size_t p = 0; p < server.processes.size(); ++p)
    load(index, p, component, version);
  for (Request &request : server.requests) // What happens to them is that person's.
    request.saw[component] = version;
}

void World::setOutcome(const std::string &item, Result result, unsigned count) {
  outcomes[item] = {result, count};
}

} // namespace ripple::agent::sim
