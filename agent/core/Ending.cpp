//===- Ending.cpp - Barriers between tasks, and the end of the plan -------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/core/Describe.h"
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

/// False where a step that it waits for can no longer be done.
bool Machine::canStillRun(std::size_t index) const {
  const TaskRecord &t = record.tasks[index];
  if (t.phase != Phase::Waiting || record.stopping || record.aborted)
    return isActive(t);
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
                     [&](const std::string &step) { return canBeDone(step, canBeDone); });
}

void Machine::advanceEnd() {
  if (record.phase == PlanPhase::Verifying) {
    if (nowMs < record.verifySinceMs + script.limits.patienceMs)
      return;
    tell(Tell::Level::Problem, "",
         "a router did not show that all is permitted again: look at `ripple status`");
    record.phase = PlanPhase::Failed;
    return;
  }
  for (std::size_t i = 0; i < script.tasks.size(); ++i)
    if (isActive(task(i)) || canStillRun(i))
      return;
  record.phase = PlanPhase::Verifying;
  record.verifySinceMs = nowMs;
  hurryRouters();
  if (record.targets.empty())
    conclude();
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
  auto touched = [&](const std::string &router) {
    return std::any_of(record.targets.begin(), record.targets.end(),
                       [&](const auto &entry) { return entry.first.router == router; });
  };
  for (const auto &[target, wanted] : record.targets)
    if (target.router == seen.router && !wanted.confirmed && !isHeld(target))
      return;
  record.verified.insert(seen.router);
  for (const auto &[name, router] : record.routers)
    if (touched(name) && record.verified.count(name) == 0)
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
