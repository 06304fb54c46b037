//===- Mutant.h - The protocol, and broken ones -----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A property that no broken protocol violates is not checked. Each mutant alters
// what goes into `step` or what comes out of it, as an error in it would; the
// simulation has to catch every one (MutantTest).
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SIM_MUTANT_H
#define RIPPLE_AGENT_SIM_MUTANT_H

#include "agent/core/Step.h"

namespace ripple::agent::sim {

enum class Mutant {
  None,
  SkipsDrain,             ///< S1: takes every count for zero.
  IgnoresRouterRestarts,  ///< S1: believes that a router holds what it was told.
  SealsNothing,           ///< S1: the agent says "sealed" and leaves the gates open.
  DrainsSticky,           ///< S1: a router's drain is taken for good though clients are bound.
  IgnoresOldWorkers,      ///< S1: nginx's workers of before count for nothing.
  SwapsUnderRequests,     ///< S1: a gate replaces at once what is to be phased in.
  ForgetsEpochs,          ///< S1: a gate gives each request the newest version.
  IgnoresMinimum,         ///< S2: takes every class to need no server.
  IgnoresDown,            ///< S2: takes every server to be up.
  KeepsWhenShort,         ///< S2: gives nothing back when servers fail.
  ForgetsToPermit,        ///< S3: ends a task when its gates are open.
  ForgetsToUnseal,        ///< S3: the agent forgets a task and leaves its gates sealed.
  OverlooksDrains,        ///< S3: upgrades, and so permits, what a person has drained.
  HoldsInSilence,         ///< S3: keeps requests away and tells nobody what to do.
  RoutersTakeOldTerms,    ///< S3: the agent of a router obeys who leads no more.
  AgentsTakeOldTerms,     ///< S3: so do the agents of servers.
  IgnoresLease,           ///< S3: tells a router directly when its lease may be over.
  NewIdsForOldActions,    ///< S4: sends an action again under another id.
  ForgetsToRecord,        ///< S4: outcomes are not in its journal.
  WritesUnguarded,        ///< S4: who leads no more still writes to the store.
  IgnoresStale,           ///< S5: takes what is installed for what the plan was made for.
  AgentsTakeForgedPlans,  ///< S5: an agent does what nobody has signed.
  AgentsTakeOlderPlans,   ///< S5: an agent begins a plan that was signed before the newest one.
  AgentsTakeExpiredPlans, ///< S5: an agent begins what has expired.
  IgnoresFailedCheck,     ///< S6: a check that failed has passed.
  BelievesRollback,       ///< S6: a rollback that failed has worked, and nobody looks.
  IgnoresUnknown,         ///< S6: what nobody knows has worked, and nobody looks.
  PermitsWhatIsHeld,      ///< S6: sends requests to what is held.
  IgnoresOrder,           ///< Order: installs though what has to be there before has failed.
  Count
};
const char *toString(Mutant mutant);
/// "S1" … "S6", or "order": the property that it breaks.
const char *propertyOf(Mutant mutant);

/// `core::step`, or a mutant of it. A function of state and event all the same.
class Core {
public:
  Core(const core::Script &plan, Mutant kind);
  core::State start() const { return core::makeState(script); }
  std::pair<core::State, std::vector<core::Effect>> step(core::State state,
                                                         const core::Event &event) const;

private:
  void alter(core::Event &event, const core::State &state) const;
  void alter(const core::Record &before, core::State &state,
             std::vector<core::Effect> &effects) const;

  Mutant mutant;
  std::shared_ptr<const core::Script> script;
};

} // namespace ripple::agent::sim

#endif
