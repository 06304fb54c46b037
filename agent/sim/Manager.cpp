//===- Manager.cpp - The shell around the protocol, simulated -------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/sim/Manager.h"

namespace ripple::agent::sim {

/// True where it dies here.
bool Manager::point() {
  if (!diesIn || (*diesIn)-- > 0)
    return false;
  die();
  world.managerDied();
  return true;
}

void Manager::die() {
  alive = false;
  diesIn.reset();
}

/// False where it dies before EVENT is in the journal.
bool Manager::record(const core::Event &event) {
  if (point())
    return false;
  if (diskFull) {
    die();
    world.managerDied();
    return false;
  }
  if (mutant != Mutant::ForgetsToRecord || !std::holds_alternative<core::Outcome>(event.kind))
    journal.push_back(event);
  return true;
}

void Manager::feed(core::Event::Kind kind) {
  if (!alive)
    return;
  core::Event event{clock(), std::move(kind)};
  core::Record before = state.record;
  auto [next, effects] = core.step(std::move(state), event);
  bool counts = next.record != before;
  if (counts && !record(event)) {
    state = core.start();
    state.record = std::move(before); // As if it had not happened; it is replayed anyway.
    return;
  }
  state = std::move(next);
  if (counts && point())
    return;
  for (const core::Effect &effect : effects) {
    world.perform(effect);
    if (effect.id && point())
      return;
  }
}

core::Record Manager::replayed() const {
  core::State replay = core.start();
  for (const core::Event &event : journal)
    replay = core.step(std::move(replay), event).first;
  return replay.record;
}

void Manager::restart(std::optional<Millis> clockAt) {
  alive = true;
  diesIn.reset();
  ++lives;
  if (clockAt)
    offset = *clockAt - world.now();
  core::Record record = replayed();
  state = core.start();
  state.record = std::move(record);
}

} // namespace ripple::agent::sim
