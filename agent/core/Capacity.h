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

#include <set>
#include <string>

namespace ripple::agent::core {

/// The router has SERVER up for the class, nobody has forbidden it, and the plan does not want
/// it forbidden; what the plan has permitted again counts once it was read back.
bool serves(const State &state, const RouteClass &routeClass, const std::string &server);

/// The class would keep enough without the servers of ABSENT if all others were up.
bool couldSpare(const RouteClass &routeClass, const std::set<std::string> &absent);

/// A target of the task from which somebody else keeps requests away; null where there is none.
/// What the task would permit at its end is not its own to permit.
const Target *drainedByOthers(const State &state, std::size_t task);

/// Why the class would keep less than its minimum without server WITHOUT ("" for none), in a
/// line; "" where it keeps enough.
std::string shortage(const State &state, const RouteClass &routeClass, const std::string &without);

} // namespace ripple::agent::core

#endif
