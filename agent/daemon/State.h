//===- State.h - The agent's folder -------------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//   STATE/agent.lock    held while an agent runs; its pid
//   STATE/journal.db    agent/daemon/AgentJournal.h
//   STATE/logs/NAME.log what a process writes; NAME.log.1 before its last start beyond 16 MiB
//   STATE/actions/*.log what an action's program writes
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_STATE_H
#define RIPPLE_AGENT_DAEMON_STATE_H

#include "agent/daemon/AgentJournal.h"
#include "model/AgentConfig.h"

namespace ripple::agent {

struct AgentState {
  OwnedFd lock;
  std::unique_ptr<AgentJournal> journal;
};

/// Makes the folders of CONFIG for their owner alone, takes the lock and opens the journal. Fails
/// where an agent runs on that state, naming it.
tl::expected<AgentState, std::string> openState(const model::AgentConfig &config);

} // namespace ripple::agent

#endif
