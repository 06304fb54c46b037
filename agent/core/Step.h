//===- Step.h - The protocol, as a function ---------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//   Event ──► step(State, Event) ──► State', Effects
//     ▲                                        │
//     └──── outcomes, observations, time ◄─────┘  performed by whoever calls
//
// No I/O, no clock, no threads. The caller records an event that changed
// `State::record` before it performs the effects; after a crash it replays the
// recorded events, throws their effects away, and steps once with `Recovered`,
// which asks again for every command whose outcome is missing.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_CORE_STEP_H
#define RIPPLE_AGENT_CORE_STEP_H

#include "agent/core/State.h"

#include <utility>

namespace ripple::agent::core {

/// Rises when recorded events would give another record than before.
inline constexpr int protocolVersion = 4;

std::pair<State, std::vector<Effect>> step(State state, const Event &event);

} // namespace ripple::agent::core

#endif
