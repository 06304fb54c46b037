//===- Describe.cpp - States, events and effects in words -----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/core/Describe.h"

#include "agent/core/Capacity.h"
#include "agent/core/Following.h"

#include <algorithm>
#include <cstdio>

namespace ripple::agent::core {

std::string_view toString(Phase phase) {
  switch (phase) {
  case Phase::Waiting:
    return "waiting";
  case Phase::Forbidding:
    return "forbidding";
  case Phase::Draining:
    return "draining";
  case Phase::Sealing:
    return "sealing";
  case Phase::Ready:
    return "sealed";
  case Phase::Working:
    return "working";
  case Phase::Returning:
    return "returning";
  case Phase::Confirming:
    return "confirming";
  case Phase::Unsealing:
    return "unsealing";
  case Phase::Permitting:
    return "permitting";
  case Phase::Ended:
    return "ended";
  }
  return "?";
}

std::string_view toString(Verdict verdict) {
  switch (verdict) {
  case Verdict::None:
    return "none";
  case Verdict::Upgraded:
    return "upgraded";
  case Verdict::RolledBack:
    return "rolled back";
  case Verdict::NotUpgraded:
    return "not upgraded";
  case Verdict::Withdrawn:
    return "not begun";
  case Verdict::PutBack:
    return "put back";
  case Verdict::ByHand:
    return "permitted by hand";
  case Verdict::Held:
    return "HELD";
  }
  return "?";
}

std::string_view toString(PlanPhase phase) {
  switch (phase) {
  case PlanPhase::Running:
    return "running";
  case PlanPhase::Verifying:
    return "verifying";
  case PlanPhase::Done:
    return "done";
  case PlanPhase::RolledBack:
    return "rolled-back";
  case PlanPhase::Failed:
    return "failed";
  case PlanPhase::Aborted:
    return "aborted";
  }
  return "?";
}

std::string_view toString(Outcome::Result result) {
  switch (result) {
  case Outcome::Result::Done:
    return "done";
  case Outcome::Result::Busy:
    return "busy";
  case Outcome::Result::Failed:
    return "failed";
  case Outcome::Result::Unknown:
    return "unknown";
  case Outcome::Result::Lost:
    return "lost";
  }
  return "?";
}

std::string describe(const Target &target) { return target.backend + "/" + target.server; }

std::string describe(const Item &item) {
  // One step may have several actions.
  std::string part =
      item.action > 0 || !item.endsStep ? ", part " + std::to_string(item.action + 1) : "";
  switch (item.kind) {
  case Item::Kind::Install:
    return "install " + item.component + part;
  case Item::Kind::Restart:
    return "restart " + item.process;
  case Item::Kind::Check:
    return "check " + item.component;
  case Item::Kind::Rollback:
    return "roll back " + item.component + part;
  }
  return "?";
}

std::string describeAge(Millis ms) {
  char text[32];
  std::snprintf(text, sizeof text, "%llu.%llu s", static_cast<unsigned long long>(ms / 1000),
                static_cast<unsigned long long>(ms % 1000 / 100));
  return text;
}

std::string describe(const Holder &holder) {
  std::string text = holder.request + " since " + describeAge(holder.ageMs) + " (" +
                     holder.application + ", pid " + std::to_string(holder.pid);
  if (!holder.session.empty())
    text += ", session " + holder.session;
  return text + ")";
}

std::string describe(const std::vector<Holder> &holders) {
  constexpr std::size_t shownMax = 3;
  std::string text;
  for (std::size_t i = 0; i < holders.size() && i < shownMax; ++i)
    text += (i ? ", " : "") + describe(holders[i]);
  if (holders.size() > shownMax)
    text += " and " + std::to_string(holders.size() - shownMax) + " more";
  return text;
}

std::string describe(const RouteClass &routeClass) {
  std::string text;
  for (const std::string &request : routeClass.requests)
    text += (text.empty() ? "" : ", ") + request;
  return text.empty() ? "what no route matches" : text;
}

namespace {

struct EffectText {
  std::string operator()(const ObserveRouter &e) const { return "observe router " + e.router; }
  std::string operator()(const WatchDrain &e) const {
    return "watch " + e.task + (e.routerQuiet ? " (router quiet)" : "");
  }
  std::string operator()(const InspectServer &e) const { return "inspect " + e.server; }
  std::string operator()(const SetRouter &e) const {
    return (e.forbidden ? "forbid " : "permit ") + describe(e.target);
  }
  std::string operator()(const Seal &e) const { return "seal " + e.task; }
  std::string operator()(const Unseal &e) const { return "unseal " + e.task; }
  std::string operator()(const Act &e) const { return e.task + ": " + describe(e.item); }
  std::string operator()(const Tell &e) const {
    const char *mark = e.level == Tell::Level::Progress  ? ""
                       : e.level == Tell::Level::Warning ? "warning: "
                                                         : "problem: ";
    return mark + (e.task.empty() ? "" : e.task + ": ") + e.text;
  }
};

std::string listMissing(const State &state, const std::vector<std::string> &steps) {
  std::string text;
  for (const std::string &step : steps)
    if (!isOutOfTheWay(state, step))
      text += (text.empty() ? "" : ", ") + step;
  return text;
}

std::string waitingToStart(const State &state, std::size_t index) {
  const Task &own = state.script->tasks[index];
  if (state.record.stopping || state.record.aborted)
    return {};
  if (state.record.paused)
    return "`ripple resume`: it is paused";
  if (!state.record.closedUntil.empty())
    return "its maintenance window, from " + state.record.closedUntil;
  if (std::string steps = listMissing(state, own.forbidAfter); !steps.empty())
    return steps;
  if (std::string failed = failedBefore(state, index); !failed.empty())
    return failed + ", which failed";
  if (const Target *target = drainedByOthers(state, index))
    return "router " + target->router + " to send " + describe(*target) +
           " requests again: it is drained, and not by this plan";
  for (std::size_t c : own.classes) {
    const RouteClass &routeClass = state.script->classes[c];
    auto router = state.record.routers.find(routeClass.router);
    if (router == state.record.routers.end() || !router->second.known)
      return "router " + routeClass.router + " to answer";
    if (std::string why = shortage(state, routeClass, own.server); !why.empty())
      return "enough servers: " + why;
  }
  return "another task on " + own.server;
}

std::string waitingForQuiet(const State &state, std::size_t index, Millis nowMs) {
  const TaskRecord &t = state.record.tasks[index];
  const Watches::TaskWatch &watch = state.watches.tasks[index];
  std::string text;
  if (watch.active || !watch.holders.empty())
    text = std::to_string(watch.active) + (watch.active == 1 ? " request: " : " requests: ") +
           describe(watch.holders);
  else if (watch.routerActive)
    text = "the router, which counts " + std::to_string(watch.routerActive) + " active";
  else if (!watch.trouble.empty())
    text = "an answer: " + watch.trouble;
  else
    return {};
  if (t.deadlineMs > nowMs)
    text += "; deadline in " + describeAge(t.deadlineMs - nowMs);
  return text;
}

} // namespace

std::string describe(const Effect &effect) { return std::visit(EffectText{}, effect.kind); }

std::string waitingFor(const State &state, std::size_t index, Millis nowMs) {
  const TaskRecord &t = state.record.tasks[index];
  const Watches::TaskWatch &watch = state.watches.tasks[index];
  switch (t.phase) {
  case Phase::Waiting:
    return waitingToStart(state, index);
  case Phase::Draining:
    return waitingForQuiet(state, index, nowMs);
  case Phase::Ended:
    return {};
  case Phase::Returning:
    return t.serverOk ? "the router's check to see it up" : "its process and gate to come back";
  case Phase::Permitting:
    if (!t.told)
      return listMissing(state, state.script->tasks[index].permitAfter);
    return "its router to confirm";
  case Phase::Forbidding:
    return "its router to confirm";
  default:
    return watch.trouble.empty() ? "" : "an answer: " + watch.trouble;
  }
}

std::string activity(const State &state, std::size_t index) {
  const TaskRecord &t = state.record.tasks[index];
  if (t.phase == Phase::Ended)
    return std::string(toString(t.verdict));
  if (t.phase == Phase::Waiting && (state.record.stopping || state.record.aborted))
    return "not begun";
  if (t.phase != Phase::Working)
    return std::string(toString(t.phase));
  const auto &items = t.rollingBack ? t.undo : state.script->tasks[index].items;
  return t.item < items.size() ? describe(items[t.item]) : "working";
}

} // namespace ripple::agent::core
