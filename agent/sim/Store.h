//===- Store.h - What managers write to, simulated --------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The journal. One manager has it for itself, in a file. Several share it as etcd
// holds it: the leader's key lives as long as its lease, its create revision is the
// leader's term, and what is written is written only while that key is the writer's.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SIM_STORE_H
#define RIPPLE_AGENT_SIM_STORE_H

#include "agent/core/Event.h"

#include <optional>

namespace ripple::agent::sim {

using core::Millis;

class Store {
public:
  /// LEASEMS 0: one manager, nobody is elected.
  explicit Store(Millis leaseMs) : lease(leaseMs) {}

  bool isShared() const { return lease != 0; }
  Millis leaseMs() const { return lease; }

  /// The term of the leader that the caller now is; none where there is another one.
  std::optional<std::uint64_t> campaign(Millis nowMs);
  /// Gives the leader of TERM another lease. False where it is the leader no more.
  bool keepAlive(std::uint64_t term, Millis nowMs);
  /// Writes EVENT at the end. False, and nothing is written, where TERM's leader is it no more.
  bool append(std::uint64_t term, const core::Event &event, Millis nowMs, bool guarded = true);
  /// TERM's leader is the leader now.
  bool leads(std::uint64_t term, Millis nowMs) const;

  const std::vector<core::Event> &journal() const { return events; }

private:
  Millis lease;
  std::vector<core::Event> events;
  std::uint64_t revision = 0;
  std::uint64_t keyRevision = 0; ///< When the leader's key was created; 0: there is none.
  Millis keyEndsMs = 0;
};

} // namespace ripple::agent::sim

#endif
