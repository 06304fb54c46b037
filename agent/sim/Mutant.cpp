//===- Mutant.cpp - The protocol, and broken ones -------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/sim/Mutant.h"

#include <algorithm>

namespace ripple::agent::sim {

using namespace core;
using Result = Outcome::Result;

namespace {

struct Row {
  Mutant mutant;
  const char *name, *property;
};
constexpr Row rows[] = {
    {Mutant::None, "None", ""},
    {Mutant::SkipsDrain, "SkipsDrain", "S1"},
    {Mutant::IgnoresRouterRestarts, "IgnoresRouterRestarts", "S1"},
    {Mutant::SealsNothing, "SealsNothing", "S1"},
    {Mutant::DrainsSticky, "DrainsSticky", "S1"},
    {Mutant::IgnoresOldWorkers, "IgnoresOldWorkers", "S1"},
    {Mutant::SwapsUnderRequests, "SwapsUnderRequests", "S1"},
    {Mutant::ForgetsEpochs, "ForgetsEpochs", "S1"},
    {Mutant::IgnoresMinimum, "IgnoresMinimum", "S2"},
    {Mutant::IgnoresDown, "IgnoresDown", "S2"},
    {Mutant::KeepsWhenShort, "KeepsWhenShort", "S2"},
    {Mutant::ForgetsToPermit, "ForgetsToPermit", "S3"},
    {Mutant::ForgetsToUnseal, "ForgetsToUnseal", "S3"},
    {Mutant::OverlooksDrains, "OverlooksDrains", "S3"},
    {Mutant::HoldsInSilence, "HoldsInSilence", "S3"},
    {Mutant::RoutersTakeOldTerms, "RoutersTakeOldTerms", "S3"},
    {Mutant::AgentsTakeOldTerms, "AgentsTakeOldTerms", "S3"},
    {Mutant::IgnoresLease, "IgnoresLease", "S3"},
    {Mutant::NewIdsForOldActions, "NewIdsForOldActions", "S4"},
    {Mutant::ForgetsToRecord, "ForgetsToRecord", "S4"},
    {Mutant::WritesUnguarded, "WritesUnguarded", "S4"},
    {Mutant::IgnoresStale, "IgnoresStale", "S5"},
    {Mutant::AgentsTakeForgedPlans, "AgentsTakeForgedPlans", "S5"},
    {Mutant::AgentsTakeOlderPlans, "AgentsTakeOlderPlans", "S5"},
    {Mutant::AgentsTakeExpiredPlans, "AgentsTakeExpiredPlans", "S5"},
    {Mutant::IgnoresFailedCheck, "IgnoresFailedCheck", "S6"},
    {Mutant::BelievesRollback, "BelievesRollback", "S6"},
    {Mutant::IgnoresUnknown, "IgnoresUnknown", "S6"},
    {Mutant::PermitsWhatIsHeld, "PermitsWhatIsHeld", "S6"},
    {Mutant::IgnoresOrder, "IgnoresOrder", "order"},
};

constexpr std::uint64_t otherIds = 1'000'000;

/// The action that OUTCOME is of; null where it is of something else.
const Act *actOf(const State &state, const Outcome &outcome) {
  auto pending = state.record.pending.find(outcome.effect);
  return pending == state.record.pending.end() ? nullptr
                                               : std::get_if<Act>(&pending->second.command);
}

void forgetToPermit(const std::string &server, Record &record, std::vector<Effect> &effects) {
  for (auto &[target, wanted] : record.targets) {
    if (target.server != server)
      continue;
    std::erase_if(effects, [&](const Effect &effect) { return effect.id == wanted.pending; });
    record.pending.erase(wanted.pending);
    wanted = {true, true, true, 0, wanted.setMs};
  }
}

/// As if nothing had been said to TASK's agent and routers.
void keep(const Task &task, const Record &before, Record &record, std::vector<Effect> &effects) {
  auto isNew = [&](std::uint64_t id) { return id > before.lastEffect; };
  std::erase_if(effects, [&](const Effect &effect) {
    auto *unseal = std::get_if<Unseal>(&effect.kind);
    auto *set = std::get_if<SetRouter>(&effect.kind);
    return isNew(effect.id) &&
           ((unseal && unseal->task == task.id) || (set && set->target.server == task.server));
  });
  std::erase_if(record.pending, [&](const auto &entry) {
    auto *unseal = std::get_if<Unseal>(&entry.second.command);
    auto *set = std::get_if<SetRouter>(&entry.second.command);
    return isNew(entry.first) &&
           ((unseal && unseal->task == task.id) || (set && set->target.server == task.server));
  });
  for (auto &[target, wanted] : record.targets)
    if (auto was = before.targets.find(target);
        was != before.targets.end() && target.server == task.server)
      wanted = was->second;
}

void believe(ServerSeen &seen) {
  for (ServerSeen::Installed &installed : seen.installed)
    installed.version.clear();
}

} // namespace

const char *toString(Mutant mutant) { return rows[static_cast<std::size_t>(mutant)].name; }
const char *propertyOf(Mutant mutant) { return rows[static_cast<std::size_t>(mutant)].property; }

Core::Core(const Script &plan, Mutant kind) : mutant(kind) {
  static_assert(std::size(rows) == static_cast<std::size_t>(Mutant::Count));
  Script seen = plan;
  if (mutant == Mutant::IgnoresMinimum)
    for (RouteClass &routeClass : seen.classes)
      routeClass.need = {Need::Unit::Servers, 0};
  if (mutant == Mutant::IgnoresOrder)
    seen.order.clear();
  script = std::make_shared<const Script>(std::move(seen));
}

void Core::alter(Event &event, const State &state) const {
  auto *drain = std::get_if<DrainSeen>(&event.kind);
  auto *router = std::get_if<RouterSeen>(&event.kind);
  auto *server = std::get_if<ServerSeen>(&event.kind);
  auto *outcome = std::get_if<Outcome>(&event.kind);
  if (outcome && mutant == Mutant::NewIdsForOldActions && outcome->effect > otherIds)
    outcome->effect -= otherIds;
  const Act *act = outcome ? actOf(state, *outcome) : nullptr;
  if (mutant == Mutant::SkipsDrain && drain)
    drain->active = 0, drain->routerQuiet = true;
  if (mutant == Mutant::SkipsDrain && router)
    for (RouterSeen::Server &one : router->servers)
      one.active = 0;
  if (mutant == Mutant::IgnoresRouterRestarts && router) {
    router->identity = "always the same";
    for (RouterSeen::Server &one : router->servers) {
      auto told = state.record.targets.find({router->router, one.backend, one.server});
      if (told != state.record.targets.end() && told->second.confirmed)
        one.forbidden = told->second.forbidden;
    }
  }
  if (mutant == Mutant::OverlooksDrains && router)
    for (RouterSeen::Server &one : router->servers)
      if (!state.record.targets.contains({router->router, one.backend, one.server}))
        one.forbidden = false;
  if (mutant == Mutant::IgnoresDown && router)
    for (RouterSeen::Server &one : router->servers)
      one.up = true;
  if (mutant == Mutant::IgnoresStale && server)
    believe(*server);
  if (mutant == Mutant::IgnoresFailedCheck && act && act->item.kind == Item::Kind::Check &&
      outcome->result == Result::Failed)
    outcome->result = Result::Done;
  if (mutant == Mutant::BelievesRollback && act && act->item.kind == Item::Kind::Rollback &&
      outcome->result == Result::Failed)
    outcome->result = Result::Done;
  if (mutant == Mutant::IgnoresUnknown && act && outcome->result == Result::Unknown)
    outcome->result = Result::Done;
  if ((mutant == Mutant::BelievesRollback || mutant == Mutant::IgnoresUnknown) && server)
    believe(*server);
}

void Core::alter(const Record &before, State &state, std::vector<Effect> &effects) const {
  for (std::size_t i = 0; i < state.record.tasks.size(); ++i) {
    TaskRecord &task = state.record.tasks[i];
    bool permits = task.phase == Phase::Permitting && before.tasks[i].phase != Phase::Permitting;
    if (mutant == Mutant::ForgetsToPermit && permits) {
      task.phase = Phase::Ended;
      forgetToPermit(script->tasks[i].server, state.record, effects);
    }
    bool putBack = task.verdict == Verdict::PutBack && before.tasks[i].verdict != Verdict::PutBack;
    if (mutant == Mutant::KeepsWhenShort && putBack)
      keep(script->tasks[i], before, state.record, effects), task = before.tasks[i];
    if (mutant == Mutant::HoldsInSilence && task.verdict == Verdict::Held)
      task.remedy.clear();
    bool held = task.verdict == Verdict::Held && before.tasks[i].verdict != Verdict::Held;
    if (mutant == Mutant::PermitsWhatIsHeld && held)
      for (auto &[target, wanted] : state.record.targets)
        if (target.server == script->tasks[i].server)
          wanted.forbidden = wanted.asserted = wanted.confirmed = false;
  }
  if (mutant == Mutant::NewIdsForOldActions)
    for (Effect &effect : effects)
      if (std::holds_alternative<Act>(effect.kind) && before.pending.count(effect.id))
        effect.id += otherIds;
}

std::pair<State, std::vector<Effect>> Core::step(State state, const Event &event) const {
  if (mutant == Mutant::None)
    return core::step(std::move(state), event);
  Event altered = event;
  alter(altered, state);
  Record before = state.record;
  auto [next, effects] = core::step(std::move(state), altered);
  alter(before, next, effects);
  return {std::move(next), std::move(effects)};
}

} // namespace ripple::agent::sim
