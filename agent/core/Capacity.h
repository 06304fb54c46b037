//===- Capacity.h - Which servers serve a routing class now -----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// S2 at run time: what the plan proves for servers that are up is looked at
// again before each forbid, with the servers that the router has up now.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_CORE_CAPACITY_H
#define RIPPLE_AGENT_CORE_CAPACITY_H

#include "agent/core/State.h"

#include <string>

namespace ripple::agent::core {

/// The router has SERVER up for the class, nobody has forbidden it, and the plan does not want
/// it forbidden.
bool serves(const State &state, const RouteClass &routeClass, const std::string &server);

/// Why the class would keep less than its minimum without server WITHOUT ("" for none), in a
/// line; "" where it keeps enough.
std::string shortage(const State &state, const RouteClass &routeClass, const std::string &without);

} // namespace ripple::agent::core

#endif
