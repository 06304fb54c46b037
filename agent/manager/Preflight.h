//===- Preflight.h - All that is checked before anything is touched *- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_PREFLIGHT_H
#define RIPPLE_AGENT_MANAGER_PREFLIGHT_H

#include "agent/core/State.h"
#include "agent/journal/Journal.h"
#include "model/Network.h"
#include "model/Plan.h"

#include <string>
#include <vector>

namespace ripple::agent {

struct PreflightResult {
  std::vector<std::string> failed; ///< An agent or a router that does not do its part: exit 1.
  std::vector<std::string> stale;  ///< S5: exit 4.
  std::vector<std::string> notes;  ///< Worth knowing.
  std::int64_t termSeen = 0;       ///< The highest term that an agent has seen.
};

/// Asks every agent that has a task, over https with TLS, and every router. STATE is where the plan
/// stands by its own journal. Changes nothing; finds all that is wrong.
PreflightResult preflight(const model::Plan &plan, const core::State &state, const Journal &journal,
                          const model::TlsIdentity &tls);

} // namespace ripple::agent

#endif
