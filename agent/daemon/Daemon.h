//===- Daemon.h - The agent of one server -------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_DAEMON_H
#define RIPPLE_AGENT_DAEMON_DAEMON_H

#include "model/AgentConfig.h"

namespace ripple::agent {

/// Runs the agent until SIGTERM, SIGINT or a command ends it. Returns an exit code; what went
/// wrong stands in the log (standard error).
int runDaemon(const model::AgentConfig &config);

/// Ends the agent of CONFIG, if one runs, and all of its processes.
int stopProcesses(const model::AgentConfig &config);

/// `ripple agent`: ARGUMENTS without the program and the command's name.
int agentCommand(const std::vector<std::string> &arguments);

} // namespace ripple::agent

#endif
