//===- Session.h - A plan at hand, with its journal -------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What all who carry out a plan share: the lock, the journal, the plan with its
// script, and the way from there to a finished execution.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_SESSION_H
#define RIPPLE_AGENT_MANAGER_SESSION_H

#include "agent/journal/StateDirectory.h"
#include "agent/manager/Execution.h"
#include "model/Plan.h"

namespace ripple::agent {

/// The exclusive use of a state directory.
struct ManagerState {
  StateLock lock;
  std::unique_ptr<Journal> journal; ///< Never null.
};
tl::expected<ManagerState, std::string> takeState(const std::string &directory);

/// A plan, and what is executed for it.
struct PlanAtHand {
  model::Plan plan;
  std::shared_ptr<const core::Script> script;
  std::string file, text;
};
model::Result<PlanAtHand> readPlanAtHand(const std::string &file);
model::Result<PlanAtHand> parsePlanAtHand(const std::string &text, const std::string &file);
/// The plan of that id, as the journal has it. Fails where it is one that was let go of.
JournalResult<PlanAtHand> readPlan(const std::string &id, const Journal &journal);

/// Where PLAN stands by the journal; a fresh state for a plan that it does not know.
JournalResult<core::State> stateOf(const PlanAtHand &at, const Journal &journal);

/// The last plan of a journal, and where it stands.
struct LastPlan {
  PlanAtHand at;
  core::State state;
};
/// Nothing where no plan was carried out.
JournalResult<std::optional<LastPlan>> lastPlan(const Journal &journal);

/// The `summary` of a plan's row whose manager was told to end before the plan was over: the next
/// one goes on with it by itself. One that was paused by a person stays so.
inline constexpr const char *stoppedWithManager = "rests: its manager was told to end";

/// Who carries a plan out.
struct Carrier {
  model::TlsIdentity tls; ///< With which agents are asked over https.
  Sink sink = printToStandardError;
  bool signals = true; ///< See ExecutionOptions.
  std::function<tl::expected<void, std::string>()> leads = ExecutionOptions().leads; ///< The same.
  std::size_t keepPlans = 100; ///< See Journal::clear.
  /// Told of the execution before it begins, and when its loop does nothing more; both on the
  /// thread that carries it out. What `begins` fails with ends it.
  std::function<tl::expected<void, std::string>(Execution &)> begins = [](Execution &) {
    return tl::expected<void, std::string>();
  };
  std::function<void()> ends = [] {};
};

/// The highest term that any agent of PLAN, of servers and of routers, has seen, of those that
/// answer.
std::int64_t highestTerm(const model::Plan &plan, const model::TlsIdentity &tls);

/// Feeds FIRST, goes on to the end, says what came of it, records that. Returns the exit code. The
/// journal knows AT.
int execute(const PlanAtHand &at, Journal &journal, std::int64_t termSeen,
            std::vector<core::Event::Kind> first, const Carrier &carrier);

/// Has the last plan's state on SERVER given back, after a person has looked; returns the exit
/// code.
int permitAlone(const LastPlan &last, Journal &journal, const std::string &server,
                const Carrier &carrier);
/// Gives up the last plan: what has not begun to install is given back.
int abortAlone(const LastPlan &last, Journal &journal, const Carrier &carrier);

} // namespace ripple::agent

#endif
