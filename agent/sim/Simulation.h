//===- Simulation.h - One run, from its seed --------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SIM_SIMULATION_H
#define RIPPLE_AGENT_SIM_SIMULATION_H

#include "agent/sim/World.h"

#include <array>

namespace ripple::agent::sim {

/// What can fail, and must be survived (see docs/internals/simulator.md for what stands for what).
enum class Fault : std::uint8_t {
  AgentDies,      ///< At some journal write or effect from now.
  ManagerDies,    ///< The same.
  RouterRestarts, ///< And forgets, unless it keeps its state.
  LinkCut,        ///< Nothing arrives.
  AnswersLost,    ///< What is sent arrives, its answer does not.
  LinkSlow,       ///< What is sent arrives late, perhaps after its sender gave up.
  ActionFails,    ///< Install, restart, check or rollback: fails, hangs, half succeeds.
  ActionUnknown,  ///< Nobody can tell what came of it.
  ReleaseBad,     ///< The new version does not pass its check.
  RequestLong,    ///< A request that runs longer than quiescence may take.
  ProcessDies,    ///< With its requests; its pid may be used again.
  ManagerDiskFull,
  AgentDiskFull,
  PowerLoss,        ///< Of a server, in the middle of whatever it does.
  RouterSeesDown,   ///< A check fails: fewer servers are up.
  RequestAbandoned, ///< The router counts zero, the application is busy.
  RoundTheRouter,   ///< Clients that reach the application directly.
  UsesLate,         ///< A request uses what the analyzer has missed, perhaps what is sealed.
  GateUnreadable,   ///< A process comes up with a gate of another layout.
  OtherManager,     ///< A higher term is known to an agent.
  ManagerPauses,    ///< Of several: it wakes up later, and believes that it still leads.
  StoreCut,         ///< Of several: a manager does not reach the store, or is not answered.
  InstalledByHand,  ///< The plan is stale on a server.
  Pause,
  Abort,
  Resume,
  PlanForged,    ///< Who may command agents asks for what was not signed, or was long ago.
  PlanExpires,   ///< In the midst.
  PlanChanged,   ///< In the midst: what managers have is not what was signed.
  ClockJumps,    ///< The wall clock of a server.
  DrainedByHand, ///< At a router, for a while or for good, where the plan keeps nothing away.
  Count
};
std::string_view toString(Fault fault);

struct RunResult {
  std::uint64_t seed = 0;
  std::vector<std::string> violations;
  std::string log; ///< Where it was asked for.
  core::PlanPhase phase = core::PlanPhase::Running;
  Millis tookMs = 0;
  std::array<unsigned, static_cast<std::size_t>(Fault::Count)> faults{};
  std::size_t recorded = 0;
};

RunResult simulate(std::uint64_t seed, Mutant mutant = Mutant::None, bool keepLog = false);

} // namespace ripple::agent::sim

#endif
