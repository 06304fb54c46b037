//===- ManagerDaemon.h - The system management server's daemon --*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_MANAGERDAEMON_H
#define RIPPLE_AGENT_MANAGER_MANAGERDAEMON_H

#include "model/ManagerConfig.h"

namespace ripple::agent {

/// Takes plans and commands at CONFIG's addresses and at the state directory's control socket, and
/// carries out one plan at a time; goes on by itself with one that its predecessor left. Returns
/// the exit code, after SIGTERM or SIGINT: then nothing new is begun, and what has begun is
/// finished first. A second signal ends it at once. Logs to standard error.
int runManager(const model::ManagerConfig &config);

} // namespace ripple::agent

#endif
