//===- Scenario.h - What one simulated run is about -------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SIM_SCENARIO_H
#define RIPPLE_AGENT_SIM_SCENARIO_H

#include "agent/core/Script.h"
#include "agent/sim/Random.h"

#include <map>
#include <set>

namespace ripple::agent::sim {

using core::Millis;

enum class RouterKind : std::uint8_t { HAProxy, Httpd, Nginx };

struct RouterTraits {
  RouterKind kind = RouterKind::HAProxy;
  bool remembers = false;    ///< Keeps over a restart what it was told.
  bool sameIdentity = false; ///< A restart does not show (httpd, where the nonces are fixed).
  bool fenced = false;       ///< It is told through an agent on its host, which knows terms.
};

/// The plan, and what the plan does not say of the world.
struct Scenario {
  core::Script script;
  std::set<std::string> ungated;              ///< Applications that have no gate.
  std::map<std::string, RouterTraits> traits; ///< By router.
  std::set<std::string> bound;  ///< Applications some of whose clients a cookie binds to a server.
  std::set<std::string> sticky; ///< Those of which the Server List says so.
  bool isSigned = false;        ///< The plan is, and agents carry out nothing else.
  std::size_t managers = 1;     ///< Several share a store.
  Millis leaseMs = 60;          ///< Of the leader, where there are several.
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
