//===- Windows.h - When a plan may begin something --------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_WINDOWS_H
#define RIPPLE_AGENT_MANAGER_WINDOWS_H

#include "model/Plan.h"

#include <optional>
#include <string>
#include <vector>

namespace ripple::agent {

/// Where WINDOWS leave no time at NOW ("2026-12-01T22:00:00Z"), the beginning of the next; "" where
/// one is open, or there are none at all; nothing where all have ended. A window has its beginning
/// and not its end. Times are in UTC and of one length, so they compare as text.
std::optional<std::string> closedUntil(const std::vector<model::Window> &windows,
                                       const std::string &now);

/// When PLAN may begin something: its windows, as far as its signature is good for. None: always.
std::vector<model::Window> windowsOf(const model::Plan &plan);

/// The wall clock, in UTC, as windows have it.
std::string utcNow();

} // namespace ripple::agent

#endif
