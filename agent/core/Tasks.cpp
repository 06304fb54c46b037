//===- Tasks.cpp - The way of one task ------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//   Waiting → Forbidding → Draining → Sealing → Ready → (items) → Confirming
//      ▲          ▲           │          │        │                   │
//      │          └───────────┴──────────┴────────┴── again           ▼
//      └── put back ── Permitting ◄──────────────────────────── Unsealing
//                          │
//                          └──► Ended, with a verdict
//
// From Confirming on it is the management server's program *permit*
// (docs/internals/programs.md). Every way out of Forbidding leads through Permitting, or to Held,
// where a person is told (S3).
//
//===----------------------------------------------------------------------===//
#include "agent/core/Describe.h"
#include "agent/core/Machine.h"

#include <algorithm>
#include <utility>

namespace ripple::agent::core {

void Machine::enter(std::size_t index, Phase phase) {
  TaskRecord &t = task(index);
  t.phase = phase;
  t.sinceMs = nowMs;
  t.routersOk.clear();
  t.serverOk = t.told = false;
  bool asked = watches.tasks[index].drain.asked; // Never two at once: the later would overtake.
  watches.tasks[index] = {};
  watches.tasks[index].drain.asked = asked;
  watches.servers[scriptOf(index).server].nextMs = nowMs + 1;
  hurryRouters();
}

void Machine::onRouterSeen(std::size_t index, const RouterSeen &seen) {
  TaskRecord &t = task(index);
  Watches::TaskWatch &watch = watches.tasks[index];
  if (!isActive(t))
    return;
  watch.routerActive = activeIn(index);
  if (t.phase == Phase::Forbidding && allConfirmed(index)) {
    if (!t.deadlineMs)
      t.deadlineMs = nowMs + scriptOf(index).quiesceTimeoutMs;
    record.done.insert(scriptOf(index).forbidStep);
    t.drifted = false;
    enter(index, Phase::Draining);
    watch.routerActive = activeIn(index);
  }
  if (t.phase == Phase::Draining && !watch.drain.asked) {
    watch.drain.asked = true;
    effects.push_back(
        {0, WatchDrain{scriptOf(index).id, watch.routerActive == 0, watch.routerActive, nowMs}});
  }
  if (t.phase == Phase::Permitting && t.told && allConfirmed(index))
    return end(index);
  if (seen.askedMs <= t.sinceMs)
    return;
  if (t.phase == Phase::Ready && allConfirmed(index)) {
    if (activeIn(index, seen) > 0)
      return drainAgain(index, "the router sent it requests after all");
    t.routersOk.insert(seen.router);
  }
  if (t.phase == Phase::Working && t.drifted && acting(index) && allConfirmed(index)) {
    if (activeIn(index, seen) == 0)
      t.routersOk.insert(seen.router);
    else
      t.routersOk.clear();
    t.drifted = !allRoutersOk(index);
  }
  if (t.phase == Phase::Returning) {
    const RouterRecord &router = record.routers[seen.router];
    const Item &restart = itemsOf(index)[t.item];
    bool up = true;
    for (std::size_t c : scriptOf(index).classes) {
      Target target = script.classes[c].target(scriptOf(index).server);
      auto view = router.views.find(target);
      if (script.classes[c].application == restart.application && target.router == seen.router &&
          (view == router.views.end() || !view->second.up))
        up = false;
    }
    if (up)
      t.routersOk.insert(seen.router);
    else
      t.routersOk.erase(seen.router);
    returned(index);
  }
}

void Machine::on(const DrainSeen &seen) {
  std::size_t index = taskIndex(seen.task);
  if (index == npos)
    return;
  Watches::TaskWatch &watch = watches.tasks[index];
  watch.drain.asked = false;
  watch.trouble.clear();
  watch.active = seen.active;
  watch.holders = seen.holders;
  TaskRecord &t = task(index);
  if (t.phase != Phase::Draining || seen.askedMs < t.sinceMs)
    return;
  if (seen.routerQuiet && seen.active == 0) {
    t.quiet = std::min(t.quiet + 1, 2U);
    hurryRouters();
    if (t.quiet == 2 && stepsDone(scriptOf(index).awaitAfter))
      return seal(index);
    return;
  }
  t.quiet = 0;
  std::string who = describe(seen.holders);
  if (seen.active == 0)
    who = "the router still counts " + std::to_string(seen.routerActive) + " active there";
  else if (who.empty())
    who = std::to_string(seen.active) + " active requests";
  quiesceTimeout(index, who);
}

void Machine::on(const DrainLost &lost) {
  std::size_t index = taskIndex(lost.task);
  if (index == npos)
    return;
  Watches::TaskWatch &watch = watches.tasks[index];
  watch.drain.asked = false;
  if (watch.trouble.empty())
    tell(Tell::Level::Warning, lost.task, lost.message + "; trying again");
  watch.trouble = lost.message;
  if (task(index).phase != Phase::Draining)
    return;
  task(index).quiet = 0;
  quiesceTimeout(index, lost.message);
}

/// True where the time for quiescence is over: then the task is given back. WHO has to come from
/// the event, so that the reason is the same under replay.
bool Machine::quiesceTimeout(std::size_t index, const std::string &who) {
  TaskRecord &t = task(index);
  if (!t.deadlineMs || nowMs < t.deadlineMs)
    return false;
  giveBack(index, Verdict::NotUpgraded,
           "not quiescent within " + describeAge(scriptOf(index).quiesceTimeoutMs) + ": " + who,
           "see to what holds it, or give it more time (quiesceTimeout); then apply the plan "
           "again");
  return true;
}

void Machine::on(const ServerSeen &seen) {
  watches.servers[seen.server].asked = false;
  for (std::size_t i = 0; i < script.tasks.size(); ++i) {
    TaskRecord &t = task(i);
    if (scriptOf(i).server != seen.server || seen.askedMs <= t.sinceMs)
      continue;
    watches.tasks[i].trouble.clear();
    if (t.phase == Phase::Ready)
      onReadySeen(i, seen);
    else if (t.phase == Phase::Returning)
      onReturningSeen(i, seen);
    else if (t.phase == Phase::Confirming)
      onConfirmingSeen(i, seen);
  }
}

void Machine::on(const ServerLost &lost) {
  watches.servers[lost.server].asked = false;
  for (std::size_t i = 0; i < script.tasks.size(); ++i)
    if (scriptOf(i).server == lost.server && isActive(task(i)))
      watches.tasks[i].trouble = lost.message;
}

/// S5, where time has passed since the plan was begun: what is installed that is neither what the
/// plan was made for nor what it installs itself. "" where there is nothing.
std::string Machine::staleVersion(std::size_t index, const ServerSeen &seen) const {
  for (const Component &component : scriptOf(index).components)
    for (const ServerSeen::Installed &installed : seen.installed)
      if (installed.component == component.id && !installed.version.empty() &&
          installed.version != component.from && installed.version != component.to)
        return component.id + " is installed at " + installed.version +
               ", and the plan was made for " + component.from;
  return {};
}

/// The last look before anything is changed.
void Machine::onReadySeen(std::size_t index, const ServerSeen &seen) {
  TaskRecord &t = task(index);
  const Task &own = scriptOf(index);
  if (std::find(seen.sealedTasks.begin(), seen.sealedTasks.end(), own.id) == seen.sealedTasks.end())
    return drainAgain(index, "the agent was started again, and its gates are open");
  if (std::string stale = staleVersion(index, seen); !stale.empty() && !t.rollingBack)
    return giveBack(index, Verdict::NotUpgraded, stale, "make the plan again with `ripple plan`");
  if (own.stopsProcesses() && !seen.held.empty()) {
    // It would be lost with its process. Let it run, unless such requests never end: then the
    // gate refuses it, before any of its code has run, and the way is free.
    if (t.unsealed < script.limits.unsealMax)
      drainAgain(index, "let in what waits at the gate: " + describe(seen.held));
    return;
  }
  for (const ServerSeen::Process &process : seen.processes) {
    if (process.gated)
      t.gated.insert(process.name);
    t.pidBefore[process.name] = process.pid;
  }
  t.serverOk = true;
}

void Machine::seal(std::size_t index) {
  task(index).maySealed = true;
  enter(index, Phase::Sealing);
  command(Seal{scriptOf(index).id});
}

void Machine::onSeal(const Seal &seal, const Outcome &outcome) {
  std::size_t index = taskIndex(seal.task);
  TaskRecord &t = task(index);
  if (t.phase != Phase::Sealing)
    return;
  if (t.verdict != Verdict::None && !t.rollingBack)
    return unseal(index);
  if (outcome.result == Outcome::Result::Done) {
    if (t.drifted)
      return drainAgain(index, "the router's state was lost meanwhile");
    return enter(index, Phase::Ready);
  }
  enter(index, Phase::Draining);
  t.quiet = 0;
  if (outcome.result != Outcome::Result::Busy)
    return giveBack(index, Verdict::NotUpgraded, outcome.message,
                    "see to the agent of " + scriptOf(index).server +
                        ", then apply the plan again");
  tell(Tell::Level::Progress, seal.task, "still in use: " + describe(outcome.holders));
  t.maySealed = false;
}

void Machine::unseal(std::size_t index) {
  enter(index, Phase::Unsealing);
  command(Unseal{scriptOf(index).id});
}

void Machine::onUnseal(const Unseal &unseal, const Outcome &outcome) {
  std::size_t index = taskIndex(unseal.task);
  TaskRecord &t = task(index);
  if (t.phase != Phase::Unsealing)
    return;
  if (outcome.result != Outcome::Result::Done && t.maySealed)
    return hold(index, "its gates could not be opened again: " + outcome.message,
                "start the agent of " + scriptOf(index).server + ", then `ripple permit " +
                    scriptOf(index).server + "`");
  t.maySealed = false;
  t.quiet = 0;
  enter(index, std::exchange(t.again, false) ? Phase::Forbidding : Phase::Permitting);
}

/// Sealed, and yet not quiet: opens the gates and drains again, within the same deadline.
void Machine::drainAgain(std::size_t index, const std::string &why) {
  TaskRecord &t = task(index);
  tell(Tell::Level::Warning, scriptOf(index).id, "drains again: " + why);
  ++t.unsealed;
  t.drifted = false;
  t.again = true;
  unseal(index);
}

/// What keeps requests away was lost. Nothing goes on before it is confirmed again.
void Machine::drifted(std::size_t index, const std::string &why) {
  TaskRecord &t = task(index);
  if (t.phase == Phase::Draining) {
    tell(Tell::Level::Warning, scriptOf(index).id, why);
    t.quiet = 0;
    enter(index, Phase::Forbidding);
  } else if (t.phase == Phase::Sealing) {
    t.drifted = true;
  } else if (t.phase == Phase::Ready) {
    drainAgain(index, why);
  } else if (isActive(t) && t.phase != Phase::Forbidding && t.phase != Phase::Unsealing &&
             t.phase != Phase::Permitting) {
    t.drifted = true; // Before anything else is changed, it is looked at once more.
    tell(Tell::Level::Warning, scriptOf(index).id, why);
  }
}

/// Ends a task before anything was changed. Does nothing where it is too late or too early; where
/// something was changed and it cannot go on, the requests stay away.
void Machine::giveBack(std::size_t index, Verdict verdict, std::string reason, std::string remedy) {
  TaskRecord &t = task(index);
  bool unchanged = t.phase == Phase::Forbidding || t.phase == Phase::Draining ||
                   t.phase == Phase::Sealing || t.phase == Phase::Ready ||
                   (t.phase == Phase::Unsealing && t.again);
  if (unchanged && (t.rollingBack || t.item > 0)) {
    if (verdict == Verdict::NotUpgraded)
      hold(index,
           t.rollingBack
               ? t.reason + "; and the way back is blocked: " + reason
               : "stopped halfway, after " + describe(itemsOf(index)[t.item - 1]) + ": " + reason,
           "bring the old or the new version up by hand, then `ripple permit " +
               scriptOf(index).server + "`");
    return;
  }
  bool overrules = t.verdict == Verdict::PutBack && verdict != Verdict::PutBack;
  if (!unchanged && !(overrules && isActive(t)))
    return;
  if (t.verdict != Verdict::None && !overrules)
    return;
  t.verdict = verdict;
  t.again = false;
  t.reason = std::move(reason);
  t.remedy = std::move(remedy);
  tell(verdict == Verdict::NotUpgraded ? Tell::Level::Problem : Tell::Level::Warning,
       scriptOf(index).id, "given back: " + t.reason);
  bool agentKnows = t.deadlineMs != 0;
  if (t.phase == Phase::Forbidding && !agentKnows)
    enter(index, Phase::Permitting);
  else if (t.phase == Phase::Forbidding || t.phase == Phase::Draining || t.phase == Phase::Ready)
    unseal(index);
  if (verdict == Verdict::NotUpgraded)
    fail(scriptOf(index).id);
}

void Machine::hold(std::size_t index, std::string reason, std::string remedy) {
  TaskRecord &t = task(index);
  bool counted = t.verdict == Verdict::RolledBack || t.verdict == Verdict::NotUpgraded;
  enter(index, Phase::Ended);
  t.verdict = Verdict::Held;
  t.reason = std::move(reason);
  t.remedy = std::move(remedy);
  // What is phased in has kept nothing away.
  std::string requests = scriptOf(index).classes.empty() ? "HELD, requests go on to "
                                                         : "HELD, requests stay away from ";
  tell(Tell::Level::Problem, scriptOf(index).id,
       requests + scriptOf(index).server + ": " + t.reason + "; " + t.remedy);
  if (!counted)
    fail(scriptOf(index).id);
}

/// Its requests are permitted, and were read back so.
void Machine::end(std::size_t index) {
  TaskRecord &t = task(index);
  const Task &own = scriptOf(index);
  if (t.verdict == Verdict::Upgraded) {
    record.done.insert(own.permitStep);
  } else {
    record.done.erase(own.forbidStep);
    record.done.erase(own.awaitStep);
    for (const Item &item : own.items)
      record.done.erase(item.step);
  }
  if (t.verdict == Verdict::PutBack) {
    unsigned attempt = t.attempt;
    t = TaskRecord{};
    t.attempt = attempt;
    t.sinceMs = nowMs;
    return;
  }
  enter(index, Phase::Ended);
  bool upgraded = t.verdict == Verdict::Upgraded;
  if (own.classes.empty())
    tell(Tell::Level::Progress, own.id, upgraded ? "done" : "ended; no request was kept away");
  else
    tell(Tell::Level::Progress, own.id,
         upgraded ? "done; its requests are permitted again" : "its requests are permitted again");
}

void Machine::fail(const std::string &id) {
  ++record.failures;
  if (record.stopping || record.failures < script.abortBudget)
    return;
  record.stopping = true;
  for (std::size_t i = 0; i < script.tasks.size(); ++i)
    giveBack(i, Verdict::Withdrawn, "the upgrade stops because " + id + " failed", "");
}

/// What lasts too long. Reasons come from the record, so that they are the same under replay.
void Machine::checkTime(std::size_t index) {
  TaskRecord &t = task(index);
  const Task &own = scriptOf(index);
  bool opening = t.phase == Phase::Permitting;
  if (opening && !t.told &&
      (t.verdict != Verdict::Upgraded || record.stopping || record.aborted ||
       stepsDone(own.permitAfter))) {
    t.told = true;
    t.sinceMs = nowMs;
    want(index, false);
  }
  Millis limit = t.phase == Phase::Returning ? script.limits.returnMs : script.limits.patienceMs;
  if (!isActive(t) || nowMs < t.sinceMs + limit)
    return;
  std::string noRouter = "its router did not confirm in time what it was told";
  std::string again = "see to it, then apply the plan again";
  if (t.phase == Phase::Forbidding)
    giveBack(index, Verdict::NotUpgraded, noRouter, again);
  else if (t.phase == Phase::Ready)
    giveBack(index, Verdict::NotUpgraded,
             !allRoutersOk(index) ? noRouter
                                  : "the agent of " + own.server +
                                        " did not show in time that the server is quiescent",
             again);
  else if (t.phase == Phase::Returning)
    itemFailed(index, !t.serverOk ? "its process did not come back with its gate in time"
                                  : "the router's check does not see it up");
  else if (t.phase == Phase::Confirming)
    hold(index, "the agent of " + own.server + " did not say in time what is installed",
         "look at the server, then `ripple permit " + own.server + "`");
  else if (opening && t.told)
    hold(index, noRouter, "see to it, then `ripple permit " + own.server + "`");
}

} // namespace ripple::agent::core
