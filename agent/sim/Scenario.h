//===- Scenario.h - What one simulated run is about -------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SIM_SCENARIO_H
#define RIPPLE_AGENT_SIM_SCENARIO_H

#include "agent/core/Script.h"
#include "agent/sim/Random.h"

#include <set>

namespace ripple::agent::sim {

using core::Millis;

/// The plan, and what the plan does not say of the world.
struct Scenario {
  core::Script script;
  std::set<std::string> ungated;                ///< Applications that have no gate.
  std::vector<std::set<std::string>> classUses; ///< By class: components that its requests use.
  /// Everything takes the same short time, nobody arrives by himself: for stories.
  bool calm = true;
  Millis holdMs = 3'600'000; ///< How long a gate holds a request before it refuses it.
};

/// Servers, routers, applications, classes, tasks and limits at random. The limits are those of
/// production made short, so that a run that waits for them ends soon.
Scenario randomScenario(Random &random);

} // namespace ripple::agent::sim

#endif
