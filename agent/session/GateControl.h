//===- GateControl.h - Drain, seal, unseal, swap ----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The application server's program *signal out* (docs/internals/programs.md).
//
// What the agent does to the gates of its server. A component of an application
// goes open -> draining -> sealed -> open; `seal` is the only step that can be
// refused, and it says by whom.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SESSION_GATECONTROL_H
#define RIPPLE_AGENT_SESSION_GATECONTROL_H

#include "agent/session/GateSegment.h"
#include "agent/session/SessionList.h"

#include <tl/expected.hpp>

namespace ripple::agent {

/// Components of one application. The application's own name as a component means every request
/// of it; so does a component that a gate does not know, since nobody can tell who touches it.
struct Seal {
  std::string application;
  std::vector<std::string> components;
};

/// How far the components of some seals are from quiescent.
struct Quiescence {
  bool sealed = false;
  std::uint64_t active = 0;            ///< Requests that use one of them or may still use it.
  std::uint64_t held = 0;              ///< Requests that wait for one of them to be unsealed.
  std::vector<model::Session> holders; ///< The first 100 of both, active ones first.
  unsigned gates = 0;                  ///< How many gates were asked.
  /// "APPLICATION (PID): COMPONENT" that a gate does not know: there every request counts.
  std::vector<std::string> unknown;
  /// Files of segments of these applications that cannot be read: nothing is sealed there.
  std::vector<std::string> unreadable;
};

/// Hears what is waited for; on the thread of the call.
using Waiting = std::function<void(const std::string &)>;

/// Each call refreshes the Session List first. Thread-safe; the calls are short but for swapPlugin.
class GateControl {
public:
  explicit GateControl(SessionList &list) : List(list) {}

  /// Notes that SEALS are draining, opens them where they were sealed, and counts. Gates admit.
  Quiescence drain(const std::vector<Seal> &seals);

  /// Counts, and changes nothing.
  Quiescence count(const std::vector<Seal> &seals);

  /// Seals, then looks once more at every record: none that uses one of the components, and no gate
  /// that cannot be read, and it stays sealed; else everything is open again, and the holders are
  /// said. Idempotent, so calling it again seals the gates that came since.
  Quiescence seal(const std::vector<Seal> &seals);

  /// Seals, looks, and leaves everything sealed whatever it finds: for seals that were granted
  /// before and are asserted again, while what they protect may be under way.
  Quiescence reseal(const std::vector<Seal> &seals);

  /// The gates of now, for `settle`.
  std::vector<std::shared_ptr<GateSegment>> gates();

  /// What the agent has sealed is all that is closed in GATES from now on: what they closed by
  /// themselves as they opened is not asked any more. To be called when everything that is to be
  /// sealed has been sealed again since GATES were looked up.
  void settle(const std::vector<std::shared_ptr<GateSegment>> &gates);

  /// Opens; held requests go on. Idempotent.
  void unseal(const std::vector<Seal> &seals);

  /// Has every gate that holds plug-in PLUGIN load PATH instead, one after the other, within
  /// TIMEOUT for all (where there is none, one is awaited for up to 10 s of it); where it is phased
  /// in, also awaits that no request uses an earlier version, until ABANDON (a file; -1: none) is
  /// readable, and says to WAITING for whom. Says what was done. PATH loaded already is a success.
  /// On failure the gates that were swapped before stay swapped, and the text says which.
  tl::expected<std::string, std::string> swapPlugin(const std::string &plugin,
                                                    const std::string &path, PluginSwapMode mode,
                                                    std::chrono::milliseconds timeout,
                                                    int abandon = -1, const Waiting &waiting = {});

private:
  SessionList &List;
};

} // namespace ripple::agent

#endif
