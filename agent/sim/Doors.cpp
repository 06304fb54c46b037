//===- Doors.cpp - Agents: signed plans only ------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// As agent/daemon/PlanDoor does it, with the same decisions (core/SignedPlans.h).
// Whether a signature is good is said here, not computed.
//
//===----------------------------------------------------------------------===//
#include "agent/sim/World.h"

#include "agent/core/Describe.h"

namespace ripple::agent::sim {

using core::PlanVerdict;

namespace {

constexpr Millis dayMs = 86'400'000;

/// Of one length, so that it compares as text.
std::string stamp(Millis at) {
  std::string digits = std::to_string(at);
  return std::string(20 - digits.size(), '0') + digits;
}

} // namespace

std::string World::wallClock(std::size_t index) const {
  return stamp(nowMs + servers[index].wallMs);
}

void World::signAnew() {
  altered.clear();
  Millis latest = 0;
  for (const Server &server : servers)
    latest = std::max(latest, server.wallMs);
  signature = {plan->plan, signature.number + 1, stamp(nowMs + latest + dayMs)};
}

void World::expirePlan() {
  for (std::size_t s = 0; s < servers.size(); ++s)
    jumpClock(s, true);
}

void World::jumpClock(std::size_t index, bool ahead) {
  servers[index].wallMs = ahead ? servers[index].wallMs + 2 * dayMs : 0;
}

bool World::isReleased(std::size_t index) const {
  const core::SignedPlan &newest = servers[index].agent.newest;
  return !all.isSigned || (newest.plan == plan->plan && wallClock(index) < newest.expires);
}

/// What the agent says to PLAN, whose signature is good if it is GENUINE. Nothing: it died over it,
/// or cannot write.
std::optional<PlanVerdict> World::show(std::size_t index, const core::SignedPlan &shown,
                                       bool genuine, const std::shared_ptr<Exchange> &exchange) {
  Agent &agent = servers[index].agent;
  if (!genuine && mutant != Mutant::AgentsTakeForgedPlans)
    return PlanVerdict::Unknown;
  PlanVerdict verdict = core::mayShow(agent.newest, shown, wallClock(index));
  if (verdict == PlanVerdict::Downgraded && mutant == Mutant::AgentsTakeOlderPlans)
    verdict = PlanVerdict::Good;
  if (verdict != PlanVerdict::Good)
    return verdict;
  if (!agentWrites(index, exchange))
    return std::nullopt;
  agent.newest = shown;
  if (agentDies(index))
    return std::nullopt;
  return verdict;
}

/// May a command of TASK, or ACT of it, be obeyed? Else answers REFUSAL, or dies over it.
bool World::passesDoor(std::size_t index, std::size_t task, const core::Act *act,
                       const std::shared_ptr<Exchange> &exchange, core::Event::Kind refusal) {
  if (!all.isSigned)
    return true;
  const Agent &agent = servers[index].agent;
  if (act && altered.count(plan->tasks[task].id + ": " + describe(act->item))) {
    if (mutant != Mutant::AgentsTakeForgedPlans) {
      answer(exchange, std::move(refusal));
      return false;
    }
    judge.fail("S5: " + describe(act->item) + " on " + servers[index].name +
               " is not what was signed");
  }
  const bool goesOn = act && act->item.kind != core::Item::Kind::Install;
  if (agent.tasks.count(task) || (goesOn && agent.newest.plan == plan->plan))
    return true;
  PlanVerdict verdict = core::mayBegin(agent.newest, plan->plan, wallClock(index));
  if (verdict != PlanVerdict::Good) { // Then the manager shows it, and asks again.
    auto shown = show(index, signature, true, exchange);
    if (!shown)
      return false;
    verdict = *shown == PlanVerdict::Good
                  ? core::mayBegin(agent.newest, plan->plan, wallClock(index))
                  : *shown;
  }
  if (verdict == PlanVerdict::Expired && mutant == Mutant::AgentsTakeExpiredPlans)
    return true;
  if (verdict == PlanVerdict::Good)
    return true;
  log("    the agent of " + servers[index].name + " refuses the plan");
  answer(exchange, std::move(refusal));
  return false;
}

void World::forge(std::size_t index, bool genuine) {
  const Agent &agent = servers[index].agent;
  if (!all.isSigned || !agent.up)
    return;
  const std::string later = stamp(nowMs + servers[index].wallMs + dayMs);
  const core::SignedPlan other = genuine ? core::SignedPlan{"sha256:older", 8, later}
                                         : core::SignedPlan{"sha256:forged", 1000, later};
  show(index, other, genuine, nullptr);
  if (!agent.up || core::mayBegin(agent.newest, other.plan, wallClock(index)) != PlanVerdict::Good)
    return log("    the agent of " + servers[index].name + " refuses " + other.plan);
  judge.fail("S5: the agent of " + servers[index].name + " begins " + other.plan);
}

} // namespace ripple::agent::sim
