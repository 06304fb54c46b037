//===- Manager.h - The shell around the protocol, simulated -----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Does what agent/manager does: steps, records what changed the record before
// anything is performed, and replays what was recorded when it begins to lead. It
// dies, or stops for a while without knowing it, where it is told to: before and
// after each record, and between two effects.
//
//   one manager      leads from the start; after it died, when it is started again
//   several          whoever holds the key in the store leads; the others wait for it
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SIM_MANAGER_H
#define RIPPLE_AGENT_SIM_MANAGER_H

#include "agent/core/Step.h"
#include "agent/sim/Mutant.h"
#include "agent/sim/Store.h"

#include <optional>

namespace ripple::agent::sim {

class Manager;

/// Carries effects out. All calls come from within Manager.
class Performer {
public:
  virtual ~Performer() = default;
  virtual void perform(Manager &by, const core::Effect &effect) = 0;
  /// It has just ceased to lead by itself: a point was reached, its journal is full, or its lease
  /// is over.
  virtual void managerStopped(Manager &which, const std::string &why) = 0;
  virtual Millis now() const = 0;
};

class Manager {
public:
  Manager(std::size_t number, const core::Script &plan, Store &shared, Performer &performer,
          Mutant kind)
      : index(number), world(performer), store(shared), mutant(kind), core(plan, kind),
        state(core.start()), recordedLast(state.record), replay{core.start(), 0},
        role(shared.isShared() ? Role::Waits : Role::Leads) {}

  /// Steps with KIND, records it where it counts, performs the effects. Nothing where it does not
  /// lead; later, where it is paused.
  void feed(core::Event::Kind kind);
  void die();
  /// After `die`. Several: it waits until it can lead.
  void start();
  /// Replays the journal, and leads with a term that is higher than SEEN. CLOCKAT: what its clock
  /// shows, where its host was started again.
  void lead(std::uint64_t seen, std::optional<Millis> clockAt = std::nullopt);
  /// Stops in the middle of what it does, and does not notice. Its clock goes on.
  void pause();
  /// Goes on where it was.
  void wake();
  /// Several: holds its lease, or tries to become the leader. True where it has just become it.
  bool seesStore();

  /// Dies, or pauses, so many points from now: before a record, after one, after each effect.
  void setDiesIn(std::optional<unsigned> points) { diesIn = points; }
  void setPausesIn(std::optional<unsigned> points) { pausesIn = points; }
  void setDiskFull(bool full) { diskFull = full; }
  /// Its way to the store: cut; or what it asks for is done, and it is not told.
  void setStoreCut(bool cut, bool answersOnly) { storeCut = cut, storeAnswersLost = answersOnly; }

  const core::State &now() const { return state; }
  std::size_t number() const { return index; }
  bool up() const { return role == Role::Leads; } ///< It believes so, and would act.
  bool isDown() const { return role == Role::Down; }
  bool isPaused() const { return paused; }
  bool storeWorks() const { return !storeCut && !storeAnswersLost; }
  unsigned life() const { return lives; }
  std::uint64_t term() const { return ownTerm; }
  std::size_t recorded() const { return store.journal().size(); }
  Millis clock() const { return world.now() + offset; }
  void setClock(Millis at) { offset = at - world.now(); }
  /// World's time of a reading of its clock.
  Millis worldTime(Millis own) const { return own - offset; }
  /// By its own clock it leads for longer than MARGINMS from now.
  bool leadsFor(Millis marginMs) const {
    return !store.isShared() || world.now() + marginMs < leaseEndsMs;
  }
  /// What it has written is all that is in the journal: its last write was answered.
  bool knowsJournal() const { return knows; }
  /// The record that replaying the journal gives.
  core::Record replayed() const;

private:
  /// The journal, replayed from its beginning as far as it has been asked for.
  struct Replay {
    core::State state;
    std::size_t events = 0;
  };
  /// One that was taken, and is not in the journal yet.
  struct Step {
    core::Event event;
    core::State next;
    std::vector<core::Effect> effects;
  };
  enum class Role { Down, Waits, Leads };
  enum class Point { Goes, Dies, Pauses };

  Point point();
  void finish(Step step, bool counts);
  void perform(const std::vector<core::Effect> &effects);
  bool record(const core::Event &event);
  void stopLeading(Role next);
  void revert();

  std::size_t index;
  Performer &world;
  Store &store;
  Mutant mutant;
  Core core;
  core::State state;
  core::Record recordedLast; ///< `state.record` before the step under way.
  mutable Replay replay;
  Role role;
  bool knows = true;
  bool paused = false, diskFull = false, storeCut = false, storeAnswersLost = false;
  unsigned lives = 1;
  std::uint64_t ownTerm = 1;
  Millis offset = 0; ///< Modulo 2^64.
  Millis leaseEndsMs = 0;
  std::optional<unsigned> diesIn, pausesIn;
  std::optional<Step> unwritten;          ///< In which it was paused, before it wrote.
  std::vector<core::Effect> unsent;       ///< The same, after that.
  std::vector<core::Event::Kind> backlog; ///< What came meanwhile.
};

} // namespace ripple::agent::sim

#endif
