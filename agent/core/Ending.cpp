//===- Ending.cpp - Barriers between tasks, and the end of the plan -------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/core/Capacity.h"
#include "agent/core/Describe.h"
#include "agent/core/Following.h"
#include "agent/core/Machine.h"

#include <algorithm>

namespace ripple::agent::core {

void Machine::advanceGates() {
  for (std::size_t i = 0; i < script.gates.size(); ++i) {
    const GateStep &gate = script.gates[i];
    GateRecord &own = record.gates[i];
    if (own.done || !stepsDone(gate.after) || record.stopping || record.aborted)
      continue;
    if (!own.sinceMs) {
      own.sinceMs = std::max<Millis>(nowMs, 1);
      tell(Tell::Level::Progress, "",
           gate.approve ? gate.step + ": waits for a person: `ripple resume` goes on"
                        : gate.step + ": waits " + describeAge(gate.waitMs));
    }
    if (gate.approve || nowMs < own.sinceMs + gate.waitMs)
      continue;
    own.done = true;
    record.done.insert(gate.step);
  }
}

bool Machine::heldOn(const std::string &server) const {
  for (std::size_t i = 0; i < script.tasks.size(); ++i)
    if (scriptOf(i).server == server && record.tasks[i].verdict == Verdict::Held)
      return true;
  return false;
}

/// What is held stands in its way, or drained by others: its own server, or so many others that its
/// requests would run out of servers even if all the rest were up.
bool Machine::waitsForPerson(std::size_t index) const {
  const Task &own = scriptOf(index);
  return heldOn(own.server) || drainedByOthers(state, index) ||
         std::any_of(own.classes.begin(), own.classes.end(), [&](auto c) {
           std::set<std::string> absent{own.server};
           for (const Member &member : script.classes[c].members)
             if (heldOn(member.server))
               absent.insert(member.server);
           return !couldSpare(script.classes[c], absent);
         });
}

/// False where a step that it waits for can no longer be done.
bool Machine::canStillRun(std::size_t index) const {
  const TaskRecord &t = record.tasks[index];
  if (t.phase != Phase::Waiting || record.stopping || record.aborted)
    return isActive(t);
  if (waitsForPerson(index) || !failedBefore(state, index).empty())
    return false; // And the plan does not wait with it.
  // A task waits for steps of tasks and barriers; the plan has no cycle, so this ends.
  auto canBeDone = [&](const std::string &step, const auto &self) -> bool {
    if (record.done.count(step))
      return true;
    for (const GateStep &gate : script.gates)
      if (gate.step == step)
        return std::all_of(gate.after.begin(), gate.after.end(),
                           [&](const std::string &s) { return self(s, self); });
    for (std::size_t i = 0; i < script.tasks.size(); ++i) {
      const Task &other = scriptOf(i);
      bool has = other.forbidStep == step || other.awaitStep == step || other.permitStep == step ||
                 std::any_of(other.items.begin(), other.items.end(),
                             [&](const Item &item) { return item.step == step; });
      if (has)
        return i != index && (isActive(record.tasks[i]) || canStillRun(i));
    }
    return false;
  };
  return std::all_of(scriptOf(index).forbidAfter.begin(), scriptOf(index).forbidAfter.end(),
                     [&](const std::string &step) {
                       return isOutOfTheWay(state, step) || canBeDone(step, canBeDone);
                     });
}

void Machine::advanceEnd() {
  if (record.phase == PlanPhase::Verifying) {
    if (nowMs < record.verifySinceMs + script.limits.patienceMs)
      return;
    for (const auto &[name, router] : record.routers)
      if (isTouched(name) && record.verified.count(name) == 0)
        tell(Tell::Level::Problem, "",
             "router " + name +
                 " did not show in time that what is held is kept away and all else is permitted: "
                 "see to it, then look at `ripple status`");
    record.phase = PlanPhase::Failed;
    return;
  }
  for (std::size_t i = 0; i < script.tasks.size(); ++i)
    if (isActive(task(i)) || canStillRun(i))
      return;
  for (std::size_t i = 0; i < script.tasks.size(); ++i)
    if (const Target *target = drainedByOthers(state, i);
        target && task(i).phase == Phase::Waiting) {
      task(i).reason = describe(*target) + " is drained at router " + target->router +
                       ", and not by this plan, which would permit it at its end";
      task(i).remedy = "permit it there, or have it planned without " + target->server;
    }
  record.phase = PlanPhase::Verifying;
  record.verifySinceMs = nowMs;
  hurryRouters();
  if (record.targets.empty())
    conclude();
}

/// The plan has told ROUTER something.
bool Machine::isTouched(const std::string &router) const {
  return std::any_of(record.targets.begin(), record.targets.end(),
                     [&](const auto &entry) { return entry.first.router == router; });
}

/// The last read-back: what the plan has touched is as it should be.
void Machine::onVerifySeen(const RouterSeen &seen) {
  if (record.phase != PlanPhase::Verifying || seen.askedMs <= record.verifySinceMs)
    return;
  auto isHeld = [&](const Target &target) {
    for (std::size_t i = 0; i < script.tasks.size(); ++i)
      if (task(i).verdict == Verdict::Held && hasTarget(i, target))
        return true;
    return false;
  };
  // What is held stays away, and that is read back too; what could not be permitted, a person sees
  // to.
  for (const auto &[target, wanted] : record.targets)
    if (target.router == seen.router && !wanted.confirmed && (wanted.forbidden || !isHeld(target)))
      return;
  record.verified.insert(seen.router);
  for (const auto &[name, router] : record.routers)
    if (isTouched(name) && record.verified.count(name) == 0)
      return;
  conclude();
}

void Machine::conclude() {
  auto any = [&](auto has) { return std::any_of(record.tasks.begin(), record.tasks.end(), has); };
  if (any([](const TaskRecord &t) { return t.verdict == Verdict::Held; }))
    record.phase = PlanPhase::Failed;
  else if (!any([](const TaskRecord &t) { return t.verdict != Verdict::Upgraded; }))
    record.phase = PlanPhase::Done;
  else
    record.phase = record.aborted ? PlanPhase::Aborted : PlanPhase::RolledBack;
}

} // namespace ripple::agent::core
