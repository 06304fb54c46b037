//===- PlanDoor.cpp - What this agent carries out -------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/PlanDoor.h"

#include "agent/daemon/ApiMessages.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

using namespace ripple;
using namespace ripple::agent;
using core::PlanVerdict;
using model::shortId;
using Kind = DoorRefusal::Kind;

namespace {

std::string utcNow() { return model::inUtc(std::chrono::system_clock::now()); }

tl::unexpected<DoorRefusal> refuse(std::string error, std::string remedy) {
  return tl::make_unexpected(DoorRefusal{Kind::Refused, std::move(error), std::move(remedy)});
}

core::SignedPlan signedPlan(const model::Statement &statement) {
  return {statement.plan, statement.signature.number, statement.signature.expires};
}

PlanDoor::Answer answerOf(PlanVerdict verdict, const std::string &plan,
                          const core::SignedPlan &newest, const std::string &expires,
                          const std::string &now) {
  switch (verdict) {
  case PlanVerdict::Good:
    return {};
  case PlanVerdict::Unknown:
    return refuse(
        fmt::format("this agent carries out signed plans only, and {} was not shown to it as one",
                    shortId(plan)),
        "sign the plan (`ripple sign`) and apply it again");
  case PlanVerdict::Expired:
    return refuse(fmt::format("the signature of plan {} has expired: {} is over, and the clock "
                              "here says {}",
                              shortId(plan), expires, now),
                  "sign the plan anew (`ripple sign`), or set the clock right");
  case PlanVerdict::Downgraded:
    return refuse(fmt::format("plan {} is older than what was carried out here: a plan with "
                              "number {} was shown to this agent",
                              shortId(plan), newest.number),
                  "apply the newest plan; where this one is meant to be carried out, sign it anew");
  case PlanVerdict::Ambiguous:
    return refuse(fmt::format("another plan, {}, has the same number {}", shortId(newest.plan),
                              newest.number),
                  "sign one of them with a higher number");
  }
  return {};
}

bool isAmong(const std::vector<model::Action> &actions, const std::optional<model::Action> &one) {
  return one && std::ranges::find(actions, *one) != actions.end();
}

/// Whether UPGRADE has what ACTION is to do.
bool isOf(const model::Upgrade &upgrade, const ActionRequest &action) {
  const bool there = action.version == upgrade.to, back = action.version == upgrade.from;
  switch (action.kind) {
  case ActionKind::Install:
    return there && (action.from.empty() || action.from == upgrade.from) &&
           isAmong(upgrade.install, action.action);
  case ActionKind::Rollback:
    return back && (action.from.empty() || action.from == upgrade.to) &&
           isAmong(upgrade.rollback, action.action);
  case ActionKind::Check:
    return (there || back) &&
           (!action.action || *action.action == model::Action(model::RunAction{upgrade.check}));
  case ActionKind::Restart:
    break;
  }
  return false;
}

/// Whether ACTION may be carried out though nothing is sealed.
bool needsNoSeal(const model::Upgrade &upgrade, const ActionRequest &action) {
  return action.kind == ActionKind::Check || upgrade.restart == model::RestartDomain::None ||
         (upgrade.phaseIn && action.phaseIn);
}

} // namespace

std::string agent::problemOf(const model::Statement &statement, const std::string &server,
                             const ActionRequest &action) {
  if (std::ranges::find(statement.servers, server) == statement.servers.end())
    return fmt::format("the signed plan has nothing to do on {}", server);
  if (action.kind == ActionKind::Restart) {
    bool any = std::ranges::any_of(statement.upgrades, [&](const model::Upgrade &upgrade) {
      return upgrade.isFor(server) && (upgrade.restart == model::RestartDomain::Process ||
                                       upgrade.restart == model::RestartDomain::Server);
    });
    return any ? "" : fmt::format("the signed plan restarts no process on {}", server);
  }
  const model::Upgrade *upgrade = statement.upgrade(action.component);
  if (!upgrade || !upgrade->isFor(server))
    return fmt::format("the signed plan does not upgrade {} on {}", action.component, server);
  if (!isOf(*upgrade, action))
    return fmt::format("that is not how the signed plan has {} {} for {}", action.component,
                       action.version, toString(action.kind));
  if (action.action && action.digests != model::digestsFor(*upgrade, *action.action))
    return fmt::format("the signed plan has other digests for the files of {}", action.component);
  if (action.phaseIn && !upgrade->phaseIn)
    return fmt::format("the signed plan does not phase {} in", action.component);
  if (action.unsealed && !needsNoSeal(*upgrade, action))
    return fmt::format("by the signed plan {} is not replaced unless it is sealed",
                       action.component);
  return "";
}

model::Mistakes agent::mistakesOfKeys(const model::AgentConfig &config) {
  model::Mistakes mistakes;
  if (config.signedPlans)
    for (const std::string &file : config.signedPlans->keys)
      if (auto key = model::Key::readPublic(file); !key)
        mistakes.insert(mistakes.end(), key.error().begin(), key.error().end());
  return mistakes;
}

JournalResult<void> PlanDoor::begin() {
  if (!Config.signedPlans) {
    spdlog::warn("there is no `signedPlans`: whoever may command this agent may have it carry out "
                 "any plan");
    return {};
  }
  if (auto mistakes = mistakesOfKeys(Config); !mistakes.empty())
    return tl::make_unexpected(textOf(mistakes));
  return load();
}

JournalResult<void> PlanDoor::load() {
  auto rows = Journal.signedPlans();
  if (!rows)
    return tl::make_unexpected(rows.error());
  Shown.clear();
  for (const std::string &text : *rows) {
    auto statement = model::parseStatement(text, "the agent's journal");
    if (!statement)
      return tl::make_unexpected(textOf(statement.error()));
    if (Newest.plan.empty() || statement->signature.number > Newest.number)
      Newest = signedPlan(*statement);
    Shown[statement->plan] = std::move(*statement);
  }
  return {};
}

/// Keys are read each time, so that one that is put there or taken away counts at once.
PlanDoor::Answer PlanDoor::hasGoodSignature(const model::Statement &statement) const {
  for (const std::string &file : Config.signedPlans->keys) {
    auto key = model::Key::readPublic(file);
    if (!key) {
      spdlog::warn("{}", textOf(key.error()));
      continue;
    }
    if (key->fingerprint() != statement.signature.key)
      continue;
    if (key->hasSigned(statement))
      return {};
    return refuse(fmt::format("the signature of plan {} is not of what the plan says: somebody has "
                              "changed one of them",
                              shortId(statement.plan)),
                  "make the plan again and have it signed");
  }
  return refuse(
      fmt::format("plan {} is signed by key {}, which is not among those that may release "
                  "plans for this server",
                  shortId(statement.plan), shortId(statement.signature.key)),
      "have it signed by one that may, or put its public key into `signedPlans`");
}

PlanDoor::Answer PlanDoor::show(const std::string &document, bool dryRun) {
  if (!Config.signedPlans)
    return {};
  auto statement = model::parseStatement(document, "the statement");
  if (!statement)
    return refuse(textOf(statement.error()), "are manager and agent of one version?");
  if (auto good = hasGoodSignature(*statement); !good)
    return good;
  if (statement->signature.cluster != Config.signedPlans->cluster)
    return refuse(fmt::format("plan {} is signed for cluster {}, and this server is of {}",
                              shortId(statement->plan), statement->signature.cluster,
                              Config.signedPlans->cluster),
                  "sign it for this one (`ripple sign --cluster`)");
  const core::SignedPlan plan = signedPlan(*statement);
  const std::string now = utcNow();
  PlanVerdict verdict = core::mayShow(Newest, plan, now);
  if (verdict == PlanVerdict::Good && dryRun)
    verdict = core::mayBegin(plan, plan.plan, now);
  if (verdict != PlanVerdict::Good)
    return answerOf(verdict, plan.plan, Newest, plan.expires, now);
  if (dryRun || (plan.plan == Newest.plan && plan.number == Newest.number))
    return {};
  auto put = Journal.putSignedPlan(plan.plan, document);
  if (put)
    put = load(); // Without those that nothing is left of.
  if (!put)
    return tl::make_unexpected(DoorRefusal{Kind::OwnFailure, put.error(), ""});
  spdlog::info("plan {}, number {}, signed by key {}: taken", shortId(plan.plan), plan.number,
               shortId(statement->signature.key));
  return {};
}

PlanDoor::Answer PlanDoor::mayDrain(const std::string &plan, bool known) const {
  if (!Config.signedPlans || known)
    return {};
  const std::string now = utcNow();
  PlanVerdict verdict = core::mayBegin(Newest, plan, now);
  // Of two that were shown, the older one.
  if (verdict == PlanVerdict::Unknown && Shown.count(plan))
    verdict = PlanVerdict::Downgraded;
  Answer answer = answerOf(verdict, plan, Newest, Newest.expires, now);
  // It may have been signed anew.
  if (verdict == PlanVerdict::Unknown || verdict == PlanVerdict::Expired)
    answer.error().kind = Kind::NeedsStatement;
  return answer;
}

PlanDoor::Answer PlanDoor::mayAct(const ActionRequest &action, bool known) const {
  if (!Config.signedPlans)
    return {};
  // What is left of a task that nothing was sealed for: its installs have begun it.
  const bool goesOn = action.plan == Newest.plan && action.kind != ActionKind::Install;
  if (auto drain = mayDrain(action.plan, known || goesOn); !drain)
    return drain;
  auto shown = Shown.find(action.plan);
  if (shown == Shown.end())
    return answerOf(PlanVerdict::Unknown, action.plan, Newest, "", "");
  std::string problem = problemOf(shown->second, Config.server, action);
  if (!problem.empty())
    return refuse(std::move(problem), "see who commands this agent: a manager that carries out the "
                                      "plan does not ask for this");
  return {};
}
