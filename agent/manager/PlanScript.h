//===- PlanScript.h - From a plan to what the protocol executes -*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_PLANSCRIPT_H
#define RIPPLE_AGENT_MANAGER_PLANSCRIPT_H

#include "agent/core/Script.h"
#include "model/Plan.h"

namespace ripple::agent {

/// Deterministic: the journal holds no script, it is made anew from the plan. FILE names the plan
/// in mistakes; there are some where the plan names what it does not carry, or forbids a part of
/// a routing class, which no router can tell apart.
model::Result<core::Script> makeScript(const model::Plan &plan, const std::string &file);

} // namespace ripple::agent

#endif
