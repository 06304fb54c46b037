//===- Manager.h - The shell around the protocol, simulated -----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Does what agent/manager/Execution does: steps, records what changed the record
// before anything is performed, and after a crash replays. It dies where it is
// told to: before and after each record, and between two effects.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SIM_MANAGER_H
#define RIPPLE_AGENT_SIM_MANAGER_H

#include "agent/core/Step.h"
#include "agent/sim/Mutant.h"

#include <optional>

namespace ripple::agent::sim {

using core::Millis;

/// Carries effects out. All calls come from within Manager::feed.
class Performer {
public:
  virtual ~Performer() = default;
  virtual void perform(const core::Effect &effect) = 0;
  /// The manager has just died by itself: a point was reached, or its journal is full.
  virtual void managerDied() = 0;
  virtual Millis now() const = 0;
};

class Manager {
public:
  Manager(const core::Script &plan, Performer &performer, Mutant kind)
      : world(performer), mutant(kind), core(plan, kind), state(core.start()) {}

  /// Steps with KIND, records it where it counts, performs the effects. Nothing where it is down.
  void feed(core::Event::Kind kind);
  void die();
  /// Replays the journal. SINCE: by how much its clock differs from the one of its last life, for
  /// a host that was started again counts from zero.
  void restart(std::optional<Millis> clockAt = std::nullopt);
  /// Dies so many points from now: before a record, after one, after each effect.
  void setDiesIn(std::optional<unsigned> points) { diesIn = points; }
  void setDiskFull(bool full) { diskFull = full; }
  /// A term that is higher than TERM, for the life that begins.
  void raiseTerm(std::uint64_t seen) { ownTerm = std::max(ownTerm, seen) + 1; }

  const core::State &now() const { return state; }
  bool up() const { return alive; }
  unsigned life() const { return lives; }
  std::uint64_t term() const { return ownTerm; }
  std::size_t recorded() const { return journal.size(); }
  Millis clock() const { return world.now() + offset; }
  /// World's time of a reading of its clock.
  Millis worldTime(Millis own) const { return own - offset; }
  /// The record that replaying the journal gives.
  core::Record replayed() const;

private:
  bool point();
  bool record(const core::Event &event);

  Performer &world;
  Mutant mutant;
  Core core;
  core::State state;
  std::vector<core::Event> journal;
  bool alive = true, diskFull = false;
  unsigned lives = 1;
  std::uint64_t ownTerm = 1;
  Millis offset = 0; ///< Modulo 2^64.
  std::optional<unsigned> diesIn;
};

} // namespace ripple::agent::sim

#endif
