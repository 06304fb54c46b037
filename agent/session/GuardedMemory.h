//===- GuardedMemory.h - Touching memory that another may cut short -*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A segment belongs to another process, which may truncate the file under our
// mapping; a touch then raises SIGBUS. In here it is a `false` instead.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SESSION_GUARDEDMEMORY_H
#define RIPPLE_AGENT_SESSION_GUARDEDMEMORY_H

namespace ripple::agent {

/// Runs BODY(CONTEXT); false where it touched memory that is not there any more. BODY is left by
/// a jump then: it must have no destructors to run, take no lock and call nothing that does.
/// The first call installs a handler for SIGBUS, which leaves all other such signals as they were.
bool guarded(void (*body)(void *), void *context);

template <typename Body> bool guarded(Body body) {
  return guarded([](void *context) { (*static_cast<Body *>(context))(); }, &body);
}

} // namespace ripple::agent

#endif
