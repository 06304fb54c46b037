//===- Store.cpp - What managers write to, simulated ----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/sim/Store.h"

namespace ripple::agent::sim {

bool Store::leads(std::uint64_t term, Millis nowMs) const {
  return !isShared() || (term == keyRevision && nowMs < keyEndsMs);
}

std::optional<std::uint64_t> Store::campaign(Millis nowMs) {
  if (keyRevision != 0 && nowMs < keyEndsMs)
    return std::nullopt;
  keyRevision = ++revision;
  keyEndsMs = nowMs + lease;
  return keyRevision;
}

bool Store::keepAlive(std::uint64_t term, Millis nowMs) {
  if (!leads(term, nowMs))
    return false;
  keyEndsMs = nowMs + lease;
  return true;
}

bool Store::append(std::uint64_t term, const core::Event &event, Millis nowMs, bool guarded) {
  if (guarded && !leads(term, nowMs))
    return false;
  ++revision;
  events.push_back(event);
  return true;
}

} // namespace ripple::agent::sim
