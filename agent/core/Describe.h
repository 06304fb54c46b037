//===- Describe.h - States, events and effects in words ---------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_CORE_DESCRIBE_H
#define RIPPLE_AGENT_CORE_DESCRIBE_H

#include "agent/core/State.h"

#include <string_view>

namespace ripple::agent::core {

std::string_view toString(Phase phase);
std::string_view toString(Verdict verdict);
std::string_view toString(PlanPhase phase);
std::string_view toString(Outcome::Result result);

/// "shop.2/app1"
std::string describe(const Target &target);
/// "install pricing", "restart shop", "roll back pricing"
std::string describe(const Item &item);
/// "GET /quote/42 since 3.1 s (shop, pid 4711, session s9)"
std::string describe(const Holder &holder);
/// The first three, and how many more.
std::string describe(const std::vector<Holder> &holders);
/// "3.1 s"
std::string describeAge(Millis ms);
/// One line: "forbid shop.2/app1".
std::string describe(const Effect &effect);
/// "GET /a, GET /b", or "what no route matches" for *other*.
std::string describe(const RouteClass &routeClass);

/// What TASK waits for now, in a line; "" where it waits for nothing.
std::string waitingFor(const State &state, std::size_t task, Millis nowMs);
/// Where TASK is, in the words of an engineer: "waiting", "draining", "installing pricing".
std::string activity(const State &state, std::size_t task);

} // namespace ripple::agent::core

#endif
