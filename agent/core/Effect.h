//===- Effect.h - What the protocol wants done ------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Effects with an id change something. Each is answered by exactly one Outcome,
// and is safe to repeat under its id. Those without one only look, or tell a
// person; each look is answered by one observation.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_CORE_EFFECT_H
#define RIPPLE_AGENT_CORE_EFFECT_H

#include "agent/core/Event.h"

namespace ripple::agent::core {

/// → RouterSeen or RouterLost.
struct ObserveRouter {
  std::string router;
};
/// The agent keeps the task as draining and counts → DrainSeen or DrainLost. Sent after the
/// router was seen; the answer repeats what it said.
struct WatchDrain {
  std::string task;
  bool routerQuiet = false;
  std::uint64_t routerActive = 0;
  Millis askedMs = 0;
};
/// → ServerSeen or ServerLost.
struct InspectServer {
  std::string server;
};
/// Withdraws a server from a back end or gives it back, and reads it back.
struct SetRouter {
  Target target;
  bool forbidden = true;
  bool operator==(const SetRouter &) const = default;
};
/// Seals the gates of the task's server, or finds who holds it (Busy).
struct Seal {
  std::string task;
  bool operator==(const Seal &) const = default;
};
/// Opens them; the agent forgets the task.
struct Unseal {
  std::string task;
  bool operator==(const Unseal &) const = default;
};
/// Has the agent do one item.
struct Act {
  std::string task;
  Item item;
  bool operator==(const Act &) const = default;
};
/// A line for the person who watches.
struct Tell {
  enum class Level { Progress, Warning, Problem } level = Level::Progress;
  std::string task; ///< "" for the plan as a whole.
  std::string text;
};

using Command = std::variant<SetRouter, Seal, Unseal, Act>;

struct Effect {
  using Kind =
      std::variant<ObserveRouter, WatchDrain, InspectServer, SetRouter, Seal, Unseal, Act, Tell>;
  std::uint64_t id = 0; ///< 0: changes nothing.
  Kind kind;
};

} // namespace ripple::agent::core

#endif
