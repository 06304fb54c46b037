//===- Session.h - A plan at hand, with its journal -------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What apply, abort and permit share: the lock, the journal, the plan with its
// script, and the way from there to a finished execution.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_SESSION_H
#define RIPPLE_AGENT_MANAGER_SESSION_H

#include "agent/journal/StateDirectory.h"
#include "agent/manager/Execution.h"

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

/// Where PLAN stands by the journal; a fresh state for a plan that it does not know.
JournalResult<core::State> stateOf(const PlanAtHand &at, const Journal &journal);

/// Feeds FIRST, goes on to the end, says what came of it, records that. Returns the exit code.
/// With CONTROL, takes commands meanwhile.
int execute(const PlanAtHand &at, ManagerState &state, const std::string &directory,
            std::int64_t termSeen, std::vector<core::Event::Kind> first);

/// The highest term that any agent of PLAN has seen, of those that answer.
std::int64_t highestTerm(const model::Plan &plan);

} // namespace ripple::agent

#endif
