//===- Items.cpp - Install, restart, check, and the way back --------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Items run one at a time, in the plan's order. One that fails turns the task
// round: what had begun is undone in reverse, processes are started again, and
// the old version is confirmed (S6). One whose outcome nobody knows, or a way
// back that fails, leaves the requests away (Held).
//
//===----------------------------------------------------------------------===//
#include "agent/core/Describe.h"
#include "agent/core/Machine.h"

#include <algorithm>

namespace ripple::agent::core {

const std::vector<Item> &Machine::itemsOf(std::size_t index) const {
  const TaskRecord &t = record.tasks[index];
  return t.rollingBack ? t.undo : scriptOf(index).items;
}

bool Machine::acting(std::size_t index) const {
  return std::any_of(record.pending.begin(), record.pending.end(), [&](const auto &entry) {
    auto *act = std::get_if<Act>(&entry.second.command);
    return act && act->task == scriptOf(index).id;
  });
}

/// Requests may have come meanwhile, and ITEM would hit them: a process that is stopped takes with
/// it what waits at its gate, and without a gate nothing waits.
bool Machine::needsQuiet(std::size_t index, const Item &item) const {
  const TaskRecord &t = record.tasks[index];
  bool allGated = std::all_of(t.pidBefore.begin(), t.pidBefore.end(), [&](const auto &process) {
    return t.gated.count(process.first) > 0;
  });
  return item.kind == Item::Kind::Restart || (item.kind != Item::Kind::Check && !allGated);
}

/// Starts what the task is at, where nothing keeps it from doing so.
void Machine::beginItem(std::size_t index) {
  TaskRecord &t = task(index);
  if (t.phase == Phase::Ready && t.serverOk && allRoutersOk(index) && allConfirmed(index)) {
    record.done.insert(scriptOf(index).awaitStep);
    enter(index, itemsOf(index).empty() ? Phase::Confirming : Phase::Working);
  }
  if (t.phase != Phase::Working || acting(index))
    return;
  const Item &item = itemsOf(index)[t.item];
  if (t.drifted && needsQuiet(index, item)) {
    t.drifted = false;
    t.deadlineMs = 0; // It has as much time as the first time.
    return enter(index, Phase::Ready);
  }
  if (stepsDone(item.after)) {
    tell(Tell::Level::Progress, scriptOf(index).id, describe(item));
    command(Act{scriptOf(index).id, item});
  } else if (record.stopping || record.aborted) {
    itemFailed(index, "the upgrade stops, and it waited for " + item.after.front());
  } else {
    t.sinceMs = nowMs; // Waits for another task: that is no silence.
  }
}

void Machine::onAct(const Act &act, const Outcome &outcome) {
  std::size_t index = taskIndex(act.task);
  TaskRecord &t = task(index);
  if (t.phase != Phase::Working)
    return;
  // Nothing was begun, and something uses after all what it had not said that it would. It is let
  // go on; not for ever, where nothing else ends it.
  if (outcome.result == Outcome::Result::Busy && t.unsealed < script.limits.unsealMax) {
    if (t.rollingBack || t.item > 0)
      t.deadlineMs = 0;
    return drainAgain(index, outcome.message);
  }
  if (outcome.result == Outcome::Result::Failed || outcome.result == Outcome::Result::Busy)
    return itemFailed(index, describe(act.item) + " failed: " + outcome.message);
  if (outcome.result != Outcome::Result::Done)
    return hold(index,
                "nobody can tell what came of `" + describe(act.item) + "`: " + outcome.message,
                "look which version is installed and whether it works, then `ripple permit " +
                    scriptOf(index).server + "`");
  if (act.item.endsStep && !act.item.step.empty())
    record.done.insert(act.item.step);
  if (act.item.kind == Item::Kind::Restart)
    return enter(index, Phase::Returning);
  nextItem(index);
}

void Machine::nextItem(std::size_t index) {
  TaskRecord &t = task(index);
  ++t.item;
  // A process takes with it what waits at its gate: right before it stops, that is looked at again.
  bool stops = t.item < itemsOf(index).size() && itemsOf(index)[t.item].kind == Item::Kind::Restart;
  t.drifted = t.drifted || stops;
  enter(index, t.item < itemsOf(index).size() ? Phase::Working : Phase::Confirming);
}

void Machine::onReturningSeen(std::size_t index, const ServerSeen &seen) {
  TaskRecord &t = task(index);
  const Item &restart = itemsOf(index)[t.item];
  t.serverOk = false;
  for (const ServerSeen::Process &process : seen.processes)
    if (process.name == restart.process && process.running)
      t.serverOk = process.gated || t.gated.count(process.name) == 0;
  returned(index);
}

/// Both sides see the process that was started again: its router's check, and its gate's agent.
void Machine::returned(std::size_t index) {
  if (task(index).serverOk && allRoutersOk(index))
    nextItem(index);
}

bool Machine::installBegun(std::size_t index, const Component &component) const {
  const TaskRecord &t = record.tasks[index];
  const auto &items = scriptOf(index).items;
  std::size_t begun = t.rollingBack ? items.size() : t.item + 1;
  for (std::size_t i = 0; i < items.size() && i < begun; ++i)
    if (items[i].kind == Item::Kind::Install && items[i].component == component.id)
      return true;
  return false;
}

void Machine::itemFailed(std::size_t index, const std::string &reason) {
  const TaskRecord &t = task(index);
  if (!t.rollingBack)
    return startRollback(index, reason);
  hold(index, t.reason + "; and the way back failed: " + reason,
       "bring the old or the new version up by hand, then `ripple permit " +
           scriptOf(index).server + "`");
}

void Machine::startRollback(std::size_t index, const std::string &reason) {
  TaskRecord &t = task(index);
  const Task &own = scriptOf(index);
  tell(Tell::Level::Problem, own.id, reason + "; going back to the old version");
  std::vector<Item> undo;
  for (auto component = own.components.rbegin(); component != own.components.rend(); ++component)
    for (unsigned i = 0; installBegun(index, *component) && i < component->rollbackActions; ++i)
      undo.push_back({Item::Kind::Rollback,
                      component->id,
                      i,
                      "",
                      "",
                      "",
                      i + 1 == component->rollbackActions,
                      {}});
  // Every process, for one that died by itself meanwhile may have come back with the new version.
  bool restarted = false;
  for (std::size_t i = 0; i < own.items.size(); ++i) {
    const Item &item = own.items[i];
    if (item.kind != Item::Kind::Restart)
      continue;
    restarted = restarted || i <= t.item;
    undo.push_back({Item::Kind::Restart, "", 0, item.process, item.application, "", true, {}});
  }
  t.verdict = Verdict::RolledBack;
  t.reason = reason;
  t.remedy = "the old version serves again; see why it failed, then apply the plan again";
  t.rollingBack = true;
  t.undo = std::move(undo);
  t.item = 0;
  t.unsealed = 0;
  t.deadlineMs = 0;
  // A process that was started again has open gates: it is made quiescent like the first time.
  t.drifted = t.drifted || (!t.undo.empty() && t.undo[0].kind == Item::Kind::Restart);
  enter(index, t.undo.empty() ? Phase::Confirming : restarted ? Phase::Forbidding : Phase::Working);
  fail(own.id);
}

/// The agent's own view of what is installed has the last word.
void Machine::onConfirmingSeen(std::size_t index, const ServerSeen &seen) {
  TaskRecord &t = task(index);
  for (const Component &component : scriptOf(index).components) {
    const std::string &wanted = t.rollingBack ? component.from : component.to;
    std::string found;
    for (const ServerSeen::Installed &installed : seen.installed)
      if (installed.component == component.id)
        found = installed.version;
    // A way back that the change set does not have is only good where nothing had been changed.
    bool mustShow = t.rollingBack && component.rollbackActions == 0;
    if (found == wanted || (found.empty() && !mustShow))
      continue;
    std::string is = found.empty() ? "of an unknown version" : "at " + found;
    if (mustShow)
      is += ", and the change set has no rollback for it";
    return itemFailed(index, component.id + " should be at " + wanted + " and is " + is);
  }
  if (!t.rollingBack)
    t.verdict = Verdict::Upgraded;
  unseal(index);
}

} // namespace ripple::agent::core
