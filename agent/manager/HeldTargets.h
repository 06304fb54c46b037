//===- HeldTargets.h - What an ended plan still keeps away ------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Where an upgrade and its way back have both failed, a server's requests are kept
// away until a person has looked (S6). A router that is started again has forgotten
// that, and nobody carries a plan out any more who would tell it again: the daemon
// does.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_HELDTARGETS_H
#define RIPPLE_AGENT_MANAGER_HELDTARGETS_H

#include "agent/manager/Session.h"

namespace ripple::agent {

/// What LAST, which is over, keeps away.
std::vector<core::Target> heldTargets(const LastPlan &last);

/// Those of them that a router sends requests to all the same. Routers that do not answer are
/// passed by. Blocks, and changes nothing.
std::vector<core::Target> forgottenTargets(const LastPlan &last, const model::TlsIdentity &tls);

/// Tells the routers again, under a new term; what comes of it is told to the carrier's sink.
/// Returns the exit code.
int assertHeld(const LastPlan &last, Journal &journal, const std::vector<core::Target> &forgotten,
               const Carrier &carrier);

} // namespace ripple::agent

#endif
