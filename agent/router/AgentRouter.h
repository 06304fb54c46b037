//===- AgentRouter.h - A router through the agent on its host ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The agent has the driver for the router's kind (agent/daemon/OwnRouters.h) and
// compares the manager's term with the highest that it has seen, as for all that it
// is told.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ROUTER_AGENTROUTER_H
#define RIPPLE_AGENT_ROUTER_AGENTROUTER_H

#include "agent/router/Router.h"

namespace ripple::agent {

/// The driver for a ROUTER with an `agent`.
std::unique_ptr<Router> makeAgentRouter(const model::Router &router, RouterOptions options);

} // namespace ripple::agent

#endif
