//===- Machine.h - The inside of `step` -------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Private to agent/core. One object lives for one step. Decisions read only
// `record` and the event: what `watches` holds may pace and describe, and never
// decides, for it is not there when recorded events are replayed.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_CORE_MACHINE_H
#define RIPPLE_AGENT_CORE_MACHINE_H

#include "agent/core/State.h"

#include <utility>

namespace ripple::agent::core {

class Machine {
public:
  Machine(State before, Millis now)
      : state(std::move(before)), script(*state.script), record(state.record),
        watches(state.watches), nowMs(now) {}

  void handle(const Event::Kind &event);
  std::pair<State, std::vector<Effect>> finish();

private:
  // Step.cpp: events of the plan as a whole, commands and their outcomes.
  void on(const Begin &);
  void on(const Recovered &);
  void on(const Rerun &);
  void on(const Tick &) {}
  void on(const Outcome &);
  void on(const Pause &);
  void on(const Resume &);
  void on(const Windows &);
  void on(const Abort &);
  void on(const PermitServer &);
  void on(const Superseded &);
  void onLost(std::uint64_t id, const Outcome &outcome);
  void giveUp(const Command &command, const std::string &message);
  void command(Command command);
  void retryLater(const SetRouter &set);
  void tell(Tell::Level level, const std::string &task, std::string text);
  bool mustWait(const Command &command) const;
  void giveUpWaiting();
  void resend();
  void poll();

  // Routers.cpp: what routers say, and what they are to be told.
  void on(const RouterSeen &);
  void on(const RouterLost &);
  void noteViews(const RouterSeen &seen, RouterRecord &router);
  void doubtAll(const std::string &router);
  void compare(const RouterSeen &seen);
  void onSet(const SetRouter &set, const Outcome &outcome);
  void onSetRefused(const SetRouter &set, const std::string &message);
  void want(std::size_t task, bool forbidden);
  void want(const Target &target, bool forbidden);
  void assertTargets();
  bool goesBack(const Target &target) const;
  bool awaitsCount(const Target &target) const;
  void putBackWhereShort();
  bool putBackOneFor(std::size_t routeClass);
  void startTasks();
  bool mayStart(std::size_t task) const;
  bool allRoutersOk(std::size_t task) const;
  std::uint64_t activeIn(std::size_t task, const RouterSeen &seen) const;
  bool allConfirmed(std::size_t task) const;
  std::uint64_t activeIn(std::size_t task) const;
  void hurryRouters();

  // Tasks.cpp: the way of one task.
  void on(const DrainSeen &);
  void on(const DrainLost &);
  void on(const ServerSeen &);
  void on(const ServerLost &);
  void onRouterSeen(std::size_t task, const RouterSeen &seen);
  void onReadySeen(std::size_t task, const ServerSeen &seen);
  std::string staleVersion(std::size_t task, const ServerSeen &seen) const;
  void onSeal(const Seal &seal, const Outcome &outcome);
  void onUnseal(const Unseal &unseal, const Outcome &outcome);
  void enter(std::size_t task, Phase phase);
  void seal(std::size_t task);
  void unseal(std::size_t task);
  void drainAgain(std::size_t task, const std::string &why);
  void drifted(std::size_t task, const std::string &why);
  void giveBack(std::size_t task, Verdict verdict, std::string reason, std::string remedy);
  void hold(std::size_t task, std::string reason, std::string remedy);
  void end(std::size_t task);
  void fail(const std::string &task);
  void checkTime(std::size_t task);
  bool quiesceTimeout(std::size_t task, const std::string &who);

  // Items.cpp: install, restart, check, and the way back.
  void onAct(const Act &act, const Outcome &outcome);
  void beginItem(std::size_t task);
  bool needsQuiet(std::size_t task, const Item &item) const;
  void nextItem(std::size_t task);
  void itemFailed(std::size_t task, const std::string &reason);
  void startRollback(std::size_t task, const std::string &reason);
  void onReturningSeen(std::size_t task, const ServerSeen &seen);
  void returned(std::size_t task);
  void onConfirmingSeen(std::size_t task, const ServerSeen &seen);
  bool installBegun(std::size_t task, const Component &component) const;
  bool acting(std::size_t task) const;
  const std::vector<Item> &itemsOf(std::size_t task) const;

  // Ending.cpp: barriers, and the end of the plan.
  void advanceGates();
  void advanceEnd();
  bool canStillRun(std::size_t task) const;
  bool heldOn(const std::string &server) const;
  bool waitsForPerson(std::size_t task) const;
  bool isTouched(const std::string &router) const;
  void onVerifySeen(const RouterSeen &seen);
  void conclude();

  bool stepsDone(const std::vector<std::string> &steps) const;
  std::size_t taskIndex(const std::string &id) const; ///< npos where there is none.
  bool hasTarget(std::size_t task, const Target &target) const;
  std::vector<Target> targetsOf(std::size_t task) const;
  TaskRecord &task(std::size_t index) { return record.tasks[index]; }
  const Task &scriptOf(std::size_t index) const { return script.tasks[index]; }

  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

  State state;
  const Script &script;
  Record &record;
  Watches &watches;
  Millis nowMs;
  std::vector<Effect> effects;
};

} // namespace ripple::agent::core

#endif
