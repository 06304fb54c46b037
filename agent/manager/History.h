//===- History.h - What was carried out -------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_HISTORY_H
#define RIPPLE_AGENT_MANAGER_HISTORY_H

#include "agent/journal/Journal.h"

#include <nlohmann/json.hpp>

namespace ripple::agent {

/// The plans, the newest first: [{"plan", "state", "started", "ended", "file", "summary"}].
JournalResult<nlohmann::json> historyOf(const Journal &journal);
/// What was done for the plan whose id begins so, with or without "sha256:": [{"id", "what",
/// "issued", "ended", "result", "message"}]; null where there is none.
JournalResult<nlohmann::json> historyOf(const Journal &journal, const std::string &plan);

} // namespace ripple::agent

#endif
