//===- Step.cpp - Events of the plan as a whole, commands -----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/core/Step.h"

#include "agent/core/Describe.h"
#include "agent/core/Machine.h"

#include <algorithm>

namespace ripple::agent::core {

State makeState(std::shared_ptr<const Script> script) {
  State state;
  state.record.tasks.resize(script->tasks.size());
  state.record.gates.resize(script->gates.size());
  state.watches.tasks.resize(script->tasks.size());
  for (const RouteClass &routeClass : script->classes)
    state.record.routers[routeClass.router];
  state.script = std::move(script);
  return state;
}

bool isOver(PlanPhase phase) {
  return phase != PlanPhase::Running && phase != PlanPhase::Verifying;
}

bool isActive(const TaskRecord &task) {
  return task.phase != Phase::Waiting && task.phase != Phase::Ended;
}

std::pair<State, std::vector<Effect>> step(State state, const Event &event) {
  Machine machine(std::move(state), event.nowMs);
  machine.handle(event.kind);
  return machine.finish();
}

void Machine::handle(const Event::Kind &event) {
  if (record.superseded && !std::holds_alternative<Recovered>(event))
    return;
  std::visit([this](const auto &kind) { on(kind); }, event);
  if (!record.begun || record.superseded || isOver(record.phase))
    return;
  giveUpWaiting();
  for (std::size_t i = 0; i < script.tasks.size(); ++i)
    checkTime(i);
  for (std::size_t i = 0; i < script.tasks.size(); ++i)
    beginItem(i);
  advanceGates();
  assertTargets();
  resend();
  advanceEnd();
  if (!isOver(record.phase))
    poll();
}

std::pair<State, std::vector<Effect>> Machine::finish() {
  return {std::move(state), std::move(effects)};
}

void Machine::on(const Begin &) { record.begun = true; }

void Machine::on(const Recovered &) {
  record.superseded = false; // Its term is over; this life has another one.
  watches = {};
  watches.tasks.resize(script.tasks.size());
  for (auto &[name, router] : record.routers) {
    router.known = false;
    // What was seen to be permitted is not ours any more: somebody may have drained it since.
    for (auto &[target, wanted] : record.targets)
      if (target.router == name && (wanted.forbidden || !wanted.confirmed))
        wanted.asserted = wanted.confirmed = false;
  }
  for (std::size_t i = 0; i < script.tasks.size(); ++i) {
    TaskRecord &t = task(i);
    if (!isActive(t))
      continue;
    t.sinceMs = nowMs;
    t.deadlineMs = t.deadlineMs ? nowMs + scriptOf(i).quiesceTimeoutMs : 0;
    t.quiet = 0;
    t.serverOk = false;
    t.routersOk.clear();
    if (t.phase == Phase::Working || t.phase == Phase::Returning)
      t.drifted = true; // Nobody has looked meanwhile.
    if (t.phase == Phase::Draining)
      enter(i, Phase::Forbidding);
  }
  record.verifySinceMs = nowMs;
  record.verified.clear();
  for (auto &gate : record.gates)
    gate.sinceMs = gate.sinceMs ? nowMs : 0;
  std::erase_if(record.pending, [this](const auto &entry) {
    auto *set = std::get_if<SetRouter>(&entry.second.command);
    bool counts = set && set->forbidden && awaitsCount(set->target);
    bool drops = counts || (set && record.targets[set->target].forbidden != set->forbidden);
    if (drops)
      record.targets[set->target].pending = 0;
    return drops;
  });
  for (auto &[id, pending] : record.pending) {
    pending.lostSinceMs = mustWait(pending.command) ? nowMs : 0;
    watches.resendMs[id] = nowMs;
  }
}

void Machine::on(const Rerun &) {
  record.phase = PlanPhase::Running;
  record.paused = record.aborted = record.stopping = false;
  record.failures = 0;
  record.verified.clear();
  for (auto &[name, router] : record.routers)
    router.known = false; // What others have drained is looked at anew.
  hurryRouters();
  for (TaskRecord &t : record.tasks) {
    if (t.phase == Phase::Waiting)
      t.reason = t.remedy = "";
    if (t.phase != Phase::Ended || t.verdict == Verdict::Upgraded || t.verdict == Verdict::Held)
      continue;
    unsigned attempt = t.attempt + 1;
    t = TaskRecord{};
    t.attempt = attempt;
  }
}

void Machine::on(const Pause &) {
  if (!record.paused)
    tell(Tell::Level::Progress, "", "paused: nothing new begins");
  record.paused = true;
}

void Machine::on(const Windows &windows) {
  if (!windows.closedUntil.empty() && record.closedUntil.empty())
    tell(Tell::Level::Progress, "",
         "outside of its maintenance windows: nothing new begins before " + windows.closedUntil);
  else if (windows.closedUntil.empty() && !record.closedUntil.empty())
    tell(Tell::Level::Progress, "", "a maintenance window is open: goes on");
  record.closedUntil = windows.closedUntil;
}

void Machine::on(const Resume &) {
  if (record.paused)
    tell(Tell::Level::Progress, "", "goes on");
  record.paused = false;
  for (std::size_t i = 0; i < script.gates.size(); ++i)
    if (script.gates[i].approve && record.gates[i].sinceMs && !record.gates[i].done) {
      record.gates[i].done = true;
      record.done.insert(script.gates[i].step);
      tell(Tell::Level::Progress, "", script.gates[i].step + ": approved");
    }
}

void Machine::on(const Abort &) {
  if (record.aborted || isOver(record.phase))
    return;
  record.aborted = true;
  tell(Tell::Level::Warning, "",
       "aborted: what has not begun to install is given back, what has "
       "begun is finished");
  for (std::size_t i = 0; i < script.tasks.size(); ++i)
    giveBack(i, Verdict::Withdrawn, "aborted before anything was changed", "");
}

/// What is held there is given back, and whatever else the plan could have forbidden there.
void Machine::on(const PermitServer &permit) {
  if (isOver(record.phase))
    record.phase = PlanPhase::Running, record.stopping = true, record.verified.clear();
  bool busy = false;
  for (std::size_t i = 0; i < script.tasks.size(); ++i) {
    TaskRecord &t = task(i);
    if (scriptOf(i).server != permit.server)
      continue;
    if (t.phase == Phase::Ended && t.verdict == Verdict::Held) {
      t.verdict = Verdict::ByHand;
      t.reason.clear();
      t.remedy.clear();
      t.rollingBack = false;
      unseal(i);
    } else {
      giveBack(i, Verdict::Withdrawn, "permitted by hand before anything was changed", "");
    }
    busy = busy || isActive(t);
  }
  if (busy)
    return;
  for (const RouteClass &routeClass : script.classes)
    for (const Member &member : routeClass.members)
      if (member.server == permit.server)
        want(routeClass.target(member.server), false);
}

void Machine::on(const Superseded &superseded) {
  record.superseded = true;
  tell(Tell::Level::Problem, "", "another manager has taken over: " + superseded.message);
}

void Machine::command(Command command) {
  std::uint64_t id = ++record.lastEffect;
  effects.push_back({id, std::visit([](const auto &c) { return Effect::Kind(c); }, command)});
  record.pending[id] = {std::move(command), 0};
}

void Machine::tell(Tell::Level level, const std::string &task, std::string text) {
  effects.push_back({0, Tell{level, task, std::move(text)}});
}

void Machine::on(const Outcome &outcome) {
  auto found = record.pending.find(outcome.effect);
  if (found == record.pending.end())
    return; // Answered before: a command that was sent twice.
  if (outcome.result == Outcome::Result::Lost)
    return onLost(found->first, outcome);
  Command done = std::move(found->second.command);
  record.pending.erase(found);
  watches.resendMs.erase(outcome.effect);
  if (auto *set = std::get_if<SetRouter>(&done))
    onSet(*set, outcome);
  else if (auto *seal = std::get_if<Seal>(&done))
    onSeal(*seal, outcome);
  else if (auto *unseal = std::get_if<Unseal>(&done))
    onUnseal(*unseal, outcome);
  else if (auto *act = std::get_if<Act>(&done))
    onAct(*act, outcome);
}

void Machine::onLost(std::uint64_t id, const Outcome &outcome) {
  Pending &pending = record.pending[id];
  bool first = pending.lostSinceMs == 0;
  if (first)
    pending.lostSinceMs = nowMs;
  if (auto *set = std::get_if<SetRouter>(&pending.command);
      set && record.targets[set->target].forbidden != set->forbidden) {
    // It is not to be said again: something else is wanted by now.
    record.targets[set->target].pending = 0;
    record.pending.erase(id);
    return;
  }
  auto *opening = std::get_if<Unseal>(&pending.command);
  std::size_t index = opening ? taskIndex(opening->task) : npos;
  bool nothingSealed = index != npos && !task(index).maySealed;
  if (nothingSealed || nowMs - pending.lostSinceMs >= script.limits.patienceMs) {
    Command lost = std::move(pending.command);
    record.pending.erase(id);
    watches.resendMs.erase(id);
    return giveUp(lost, outcome.message);
  }
  if (first)
    tell(Tell::Level::Warning, "", outcome.message + "; trying again");
  watches.resendMs[id] = nowMs + script.limits.resendMs;
}

/// COMMAND found nobody for as long as patience lasts.
void Machine::giveUp(const Command &command, const std::string &message) {
  Outcome outcome{0, Outcome::Result::Failed, message, {}};
  if (auto *set = std::get_if<SetRouter>(&command)) {
    onSetRefused(*set, message);
  } else if (auto *seal = std::get_if<Seal>(&command)) {
    onSeal(*seal, outcome);
  } else if (auto *unseal = std::get_if<Unseal>(&command)) {
    onUnseal(*unseal, outcome);
  } else if (auto *act = std::get_if<Act>(&command)) {
    outcome.result = Outcome::Result::Unknown;
    onAct(*act, outcome);
  }
}

/// The same again after a pause, for as long as it takes.
void Machine::retryLater(const SetRouter &set) {
  std::uint64_t id = ++record.lastEffect;
  record.pending[id] = {set, nowMs};
  record.targets[set.target].pending = id;
  watches.resendMs[id] = nowMs + script.limits.resendMs;
}

/// Nobody knows whether COMMAND has reached its agent, and if it does so now, it may hit requests
/// that came meanwhile: those are waited for first.
bool Machine::mustWait(const Command &command) const {
  auto *act = std::get_if<Act>(&command);
  std::size_t index = act ? taskIndex(act->task) : npos;
  return index != npos && record.tasks[index].drifted && needsQuiet(index, act->item);
}

/// What waits so for too long.
void Machine::giveUpWaiting() {
  for (auto at = record.pending.begin(); at != record.pending.end();) {
    auto pending = at++;
    const Pending &own = pending->second;
    if (!own.lostSinceMs || !mustWait(own.command) ||
        nowMs - own.lostSinceMs < script.limits.patienceMs)
      continue;
    Command lost = std::move(pending->second.command);
    record.pending.erase(pending);
    giveUp(lost, "nobody has answered, and its router did not show that it is quiescent");
  }
}

void Machine::resend() {
  for (auto at = watches.resendMs.begin(); at != watches.resendMs.end();) {
    auto pending = record.pending.find(at->first);
    if (pending != record.pending.end() &&
        (nowMs < at->second || mustWait(pending->second.command))) {
      ++at;
      continue;
    }
    if (pending != record.pending.end())
      effects.push_back({at->first, std::visit([](const auto &c) { return Effect::Kind(c); },
                                               pending->second.command)});
    at = watches.resendMs.erase(at);
  }
}

/// Asks for what is to be looked at now. Reads and writes watches only.
void Machine::poll() {
  bool anyActive = std::any_of(record.tasks.begin(), record.tasks.end(), isActive) ||
                   record.phase == PlanPhase::Verifying;
  for (const auto &[name, router] : record.routers) {
    Poll &watch = watches.routers[name];
    if (watch.asked || nowMs < watch.nextMs)
      continue;
    watch.asked = true;
    watch.nextMs = nowMs + (anyActive ? script.limits.routerPollMs : script.limits.idlePollMs);
    effects.push_back({0, ObserveRouter{name}});
  }
  for (std::size_t i = 0; i < script.tasks.size(); ++i) {
    const TaskRecord &t = record.tasks[i];
    bool looks =
        t.phase == Phase::Ready || t.phase == Phase::Returning || t.phase == Phase::Confirming;
    Poll &watch = watches.servers[scriptOf(i).server];
    if (!looks || watch.asked || nowMs < watch.nextMs)
      continue;
    watch.asked = true;
    watch.nextMs = nowMs + script.limits.serverPollMs;
    effects.push_back({0, InspectServer{scriptOf(i).server}});
  }
}

bool Machine::stepsDone(const std::vector<std::string> &steps) const {
  return std::all_of(steps.begin(), steps.end(),
                     [this](const std::string &step) { return record.done.count(step) > 0; });
}

std::size_t Machine::taskIndex(const std::string &id) const {
  for (std::size_t i = 0; i < script.tasks.size(); ++i)
    if (script.tasks[i].id == id)
      return i;
  return npos;
}

} // namespace ripple::agent::core
