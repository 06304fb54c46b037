//===- Manager.cpp - The shell around the protocol, simulated -------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/sim/Manager.h"

#include <algorithm>
#include <tuple>

namespace ripple::agent::sim {

Manager::Point Manager::point() {
  if (diesIn && (*diesIn)-- == 0) {
    die();
    world.managerStopped(*this, "dies");
    return Point::Dies;
  }
  if (pausesIn && (*pausesIn)-- == 0) {
    pause();
    return Point::Pauses;
  }
  return Point::Goes;
}

void Manager::stopLeading(Role next) {
  role = next;
  paused = false;
  unwritten.reset();
  unsent.clear();
  backlog.clear();
  ++lives; // Nothing that is on its way reaches the next life.
}

void Manager::die() {
  stopLeading(Role::Down);
  diesIn.reset();
  pausesIn.reset();
}

void Manager::start() {
  if (role == Role::Down)
    role = Role::Waits;
}

void Manager::pause() {
  pausesIn.reset();
  paused = true;
}

void Manager::wake() {
  if (!std::exchange(paused, false) || role != Role::Leads)
    return;
  if (std::optional<Step> step = std::exchange(unwritten, std::nullopt))
    finish(std::move(*step), true);
  perform(std::exchange(unsent, {}));
  std::vector<core::Event::Kind> came = std::exchange(backlog, {});
  for (core::Event::Kind &kind : came)
    feed(std::move(kind));
}

/// False where EVENT is not in the journal, or it does not know: it leads no more.
bool Manager::record(const core::Event &event) {
  bool forgets =
      mutant == Mutant::ForgetsToRecord && std::holds_alternative<core::Outcome>(event.kind);
  bool writes = !diskFull && !storeCut;
  bool written = writes && (forgets || store.append(ownTerm, event, world.now(),
                                                    mutant != Mutant::WritesUnguarded));
  if (written && !storeAnswersLost)
    return true;
  knows = !written;
  if (diskFull)
    die();
  else
    stopLeading(Role::Waits);
  world.managerStopped(*this, diskFull ? "can write nothing, and ends"
                              : writes && !written
                                  ? "leads no more: another one writes"
                                  : "does not hear from the store, and leads no more");
  return false;
}

/// As if the step had not happened.
void Manager::revert() {
  state = core.start();
  state.record = recordedLast;
}

void Manager::feed(core::Event::Kind kind) {
  if (role != Role::Leads)
    return;
  if (paused) {
    backlog.push_back(std::move(kind));
    return;
  }
  Step step{{clock(), std::move(kind)}, {}, {}};
  std::tie(step.next, step.effects) = core.step(std::move(state), step.event);
  bool counts = step.next.record != recordedLast;
  Point at = counts ? point() : Point::Goes;
  if (at != Point::Goes)
    revert();
  if (at == Point::Pauses)
    unwritten = std::move(step);
  else if (at == Point::Goes)
    finish(std::move(step), counts);
}

void Manager::finish(Step step, bool counts) {
  if (counts && !record(step.event))
    return revert();
  state = std::move(step.next);
  if (counts)
    recordedLast = state.record;
  Point at = counts ? point() : Point::Goes;
  if (at == Point::Pauses)
    unsent = std::move(step.effects);
  if (at == Point::Goes)
    perform(step.effects);
  if (store.isShared() && role == Role::Leads && !paused && state.record.superseded) {
    stopLeading(Role::Waits);
    world.managerStopped(*this, "leads no more: an agent knows a newer one");
  }
}

void Manager::perform(const std::vector<core::Effect> &effects) {
  for (std::size_t i = 0; i < effects.size(); ++i) {
    world.perform(*this, effects[i]);
    Point at = effects[i].id ? point() : Point::Goes;
    if (at == Point::Pauses)
      unsent.assign(effects.begin() + static_cast<std::ptrdiff_t>(i) + 1, effects.end());
    if (at != Point::Goes)
      return;
  }
}

core::Record Manager::replayed() const {
  for (; replay.events < store.journal().size(); ++replay.events)
    replay.state = core.step(std::move(replay.state), store.journal()[replay.events]).first;
  return replay.state.record;
}

void Manager::lead(std::uint64_t seen, std::optional<Millis> clockAt) {
  role = Role::Leads;
  paused = false;
  knows = true;
  diesIn.reset();
  ++lives;
  ownTerm = store.isShared() ? seen : std::max(ownTerm, seen) + 1;
  if (clockAt)
    setClock(*clockAt);
  recordedLast = replayed();
  revert();
}

bool Manager::seesStore() {
  if (!store.isShared() || role == Role::Down || paused)
    return false;
  if (role == Role::Leads) {
    if (!storeCut && store.keepAlive(ownTerm, world.now()) && !storeAnswersLost)
      leaseEndsMs = world.now() + store.leaseMs();
    if (world.now() < leaseEndsMs)
      return false;
    stopLeading(Role::Waits);
    world.managerStopped(*this, "leads no more: its lease is over");
    return false;
  }
  std::optional<std::uint64_t> term;
  if (storeWorks())
    term = store.campaign(world.now());
  if (!term)
    return false;
  leaseEndsMs = world.now() + store.leaseMs();
  lead(*term);
  return true;
}

} // namespace ripple::agent::sim
