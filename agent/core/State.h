//===- State.h - Where the execution of a plan stands -----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// `Record::targets` and `routers` are the management server's program *Server List*
// (docs/internals/programs.md). A state has three parts:
//
//   script   what is to be done; never changes
//   record   what has been decided. Depends on the recorded events alone: replaying
//            them through `step` gives the same record, bit for bit
//   watches  what is being looked at. Lost in a crash, and looked at again
//
// An event must be recorded before its effects are performed if, and only if, it
// changed `record`. So polls that find nothing new cost no journal entry.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_CORE_STATE_H
#define RIPPLE_AGENT_CORE_STATE_H

#include "agent/core/Effect.h"

#include <map>
#include <memory>
#include <set>

namespace ripple::agent::core {

/// The way of a task. Requests are kept away from Forbidding to Permitting.
enum class Phase {
  Waiting,    ///< For other tasks, for servers that are up (S2), for a person.
  Forbidding, ///< Every router is told, and read back.
  Draining,   ///< What is active runs on; router and gates are watched until both are zero, twice.
  Sealing,    ///< The agent closes the gates and scans once more.
  Ready,      ///< Sealed; routers and server are read back a last time before anything changes.
  Working,    ///< An item is under way (or waits for another task's step).
  Returning,  ///< A restarted process: the router's check and the gate are awaited.
  Confirming, ///< The agent's view of the installed versions is read.
  Unsealing,  ///< The gates are opened.
  Permitting, ///< Every router is told, and read back.
  Ended,      ///< See the verdict.
};

enum class Verdict {
  None,
  Upgraded,    ///< The new version serves.
  RolledBack,  ///< An item failed; the old version serves again.
  NotUpgraded, ///< It could not be made quiescent in time; nothing was changed.
  Withdrawn,   ///< Aborted, or stopped by another task's failure, before anything was changed.
  PutBack,     ///< Given back because its requests ran out of servers; it will be tried again.
  ByHand,      ///< It was held, and a person has permitted it.
  Held,        ///< Requests stay away: a person has to look. `reason` and `remedy` say why.
};

struct TaskRecord {
  Phase phase = Phase::Waiting;
  Verdict verdict = Verdict::None;
  unsigned attempt = 1;
  Millis sinceMs = 0;     ///< When the phase began.
  Millis deadlineMs = 0;  ///< Of quiescence; 0: not set yet.
  unsigned quiet = 0;     ///< How often in a row router and gates were both zero.
  unsigned unsealed = 0;  ///< How often the seal was given up.
  bool maySealed = false; ///< A seal was asked for and not undone yet.
  bool drifted = false;   ///< The router's state was lost since it was last confirmed.
  bool again = false;     ///< Unsealing in order to drain again.
  bool rollingBack = false;
  std::size_t item = 0;        ///< The next of the items, or of `undo`.
  std::vector<Item> undo;      ///< While rolling back.
  std::set<std::string> gated; ///< Processes that had a gate before anything was changed.
  std::map<std::string, std::int64_t> pidBefore; ///< Their processes' ids before the restart.
  std::set<std::string> routersOk;               ///< Those seen as they should be in this phase.
  bool serverOk = false;      ///< The server was seen as it should be in this phase.
  bool told = false;          ///< Permitting: the routers may be told.
  std::string reason, remedy; ///< Of the verdict.
  bool operator==(const TaskRecord &) const = default;
};

struct TargetRecord {
  bool forbidden = false;    ///< What is wanted.
  bool asserted = false;     ///< It was set, and nothing has put that in doubt.
  bool confirmed = false;    ///< It was seen since it was set.
  std::uint64_t pending = 0; ///< The effect that sets it.
  Millis setMs = 0;
  bool operator==(const TargetRecord &) const = default;
};

struct TargetView {
  bool forbidden = false;
  bool up = false;
  bool operator==(const TargetView &) const = default;
};

struct RouterRecord {
  std::string identity; ///< "" until it was seen.
  bool known = false;   ///< It answered when it was last asked.
  std::map<Target, TargetView> views;
  bool operator==(const RouterRecord &) const = default;
};

/// A command without an outcome.
struct Pending {
  Command command;
  Millis lostSinceMs = 0; ///< Nobody has answered since; 0: not lost.
  bool operator==(const Pending &) const = default;
};

struct GateRecord {
  Millis sinceMs = 0; ///< 0: not reached.
  bool done = false;
  bool operator==(const GateRecord &) const = default;
};

enum class PlanPhase {
  Running,
  Verifying, ///< Nothing is under way; the routers are read back a last time.
  Done,
  RolledBack, ///< Some task is not upgraded; old versions serve there, nothing is forbidden.
  Failed,     ///< Something is held: a person has to look.
  Aborted,
};

struct Record {
  bool begun = false;
  PlanPhase phase = PlanPhase::Running;
  Millis verifySinceMs = 0;
  bool paused = false, aborted = false;
  std::string closedUntil; ///< No maintenance window is open before; "": one is, or there is none.
  bool stopping = false;   ///< The abort budget is used up.
  bool superseded = false; ///< Another manager has taken over: nothing is done any more.
  unsigned failures = 0;
  std::uint64_t lastEffect = 0;
  std::vector<TaskRecord> tasks; ///< As in the script.
  std::vector<GateRecord> gates; ///< As in the script.
  std::set<std::string> done;    ///< Steps.
  std::map<std::string, RouterRecord> routers;
  std::map<Target, TargetRecord> targets; ///< Those that the plan has touched.
  std::map<std::uint64_t, Pending> pending;
  std::set<std::string> verified; ///< Routers seen in phase Verifying.
  bool operator==(const Record &) const = default;
};

/// One thing that is looked at again and again.
struct Poll {
  bool asked = false; ///< An answer is outstanding.
  Millis nextMs = 0;
};

struct Watches {
  struct TaskWatch {
    Poll drain;
    std::uint64_t active = 0, routerActive = 0;
    std::vector<Holder> holders;
    std::string trouble; ///< Why there is no answer.
  };
  std::vector<TaskWatch> tasks;
  std::map<std::string, Poll> routers, servers;
  std::map<std::string, std::string> trouble; ///< By router: why it does not answer.
  std::map<Target, std::uint64_t> active;
  std::map<std::uint64_t, Millis> resendMs; ///< Lost commands.
};

struct State {
  std::shared_ptr<const Script> script;
  Record record;
  Watches watches;
};

/// A state in which nothing has happened.
State makeState(std::shared_ptr<const Script> script);

bool isOver(PlanPhase phase);
/// Requests of the task are, or may be, kept away.
bool isActive(const TaskRecord &task);

} // namespace ripple::agent::core

#endif
