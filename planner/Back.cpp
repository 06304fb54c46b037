//===- Back.cpp - The change set that undoes a plan -----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/Back.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <unordered_map>

namespace ripple::planner {

namespace {

using model::StepAction;

bool isInstall(const model::Step &step) { return step.action == StepAction::Install; }

bool isOneWay(const model::Step &step, const model::Plan &plan) {
  const model::Upgrade *upgrade = isInstall(step) ? plan.upgrade(step.component) : nullptr;
  return upgrade && upgrade->rollback.empty();
}

/// Whether STEP is in the part of the plan that DONE names, whatever its status says.
bool isNamed(const model::Step &step, const Done &done) {
  auto isOneOf = [](const std::string &name, const std::vector<std::string> &some) {
    return some.empty() || std::ranges::find(some, name) != some.end();
  };
  return step.wave <= done.waves && isOneOf(step.server, done.servers) &&
         isOneOf(step.task, done.tasks);
}

bool isDone(const model::Step &step, const model::Plan &plan, const Done &done) {
  const model::Upgrade *upgrade = plan.upgrade(step.component);
  if (!isNamed(step, done) || !done.installed)
    return isNamed(step, done);
  auto found = done.installed->find({step.server, step.component});
  return upgrade && found != done.installed->end() && found->second == upgrade->to;
}

/// component → the servers where PLAN installs it, in DONE or in all of it.
std::map<std::string, std::set<std::string>> installsOf(const model::Plan &plan, const Done *done) {
  std::map<std::string, std::set<std::string>> servers;
  for (const model::Step &step : plan.steps)
    if (isInstall(step) && (!done || isDone(step, plan, *done)))
      servers[step.component].insert(step.server);
  return servers;
}

/// What is there now is what was wanted; and the other way round.
model::Upgrade turned(const model::Upgrade &upgrade) {
  model::Upgrade back = upgrade;
  std::swap(back.from, back.to);
  std::swap(back.install, back.rollback);
  back.check.clear(); // It asks for the new version.
  return back;
}

} // namespace

Installed installedIn(const model::Status &status) {
  Installed installed;
  for (const model::ServerStatus &server : status.servers)
    if (server.agent == model::AgentState::Up)
      for (const model::ComponentStatus &component : server.components)
        if (!component.installed.empty())
          installed[{server.name, component.id}] = component.installed;
  return installed;
}

std::vector<std::string> unknownIn(const model::Plan &plan, const Done &done) {
  std::vector<std::string> unknown;
  for (const model::Step &step : plan.steps)
    if (done.installed && isInstall(step) && isNamed(step, done) &&
        !done.installed->contains({step.server, step.component}))
      unknown.push_back(fmt::format("{} on {}", step.component, step.server));
  return unknown;
}

std::vector<const model::Step *> pointsOfNoReturn(const model::Plan &plan) {
  std::unordered_map<std::string_view, std::size_t> placeOf;
  for (std::size_t at = 0; at < plan.steps.size(); ++at)
    placeOf.emplace(plan.steps[at].id, at);
  std::vector<std::vector<std::size_t>> later(plan.steps.size());
  std::vector<std::size_t> waitsFor(plan.steps.size()), ready;
  for (std::size_t at = 0; at < plan.steps.size(); ++at) {
    for (const std::string &before : plan.steps[at].after)
      if (auto place = placeOf.find(before); place != placeOf.end()) {
        later[place->second].push_back(at);
        ++waitsFor[at];
      }
    if (waitsFor[at] == 0)
      ready.push_back(at);
  }
  std::vector<const model::Step *> points;
  std::vector<bool> isBehindOne(plan.steps.size());
  for (std::size_t next = 0; next < ready.size(); ++next) {
    const std::size_t at = ready[next];
    const bool oneWay = isOneWay(plan.steps[at], plan);
    if (oneWay && !isBehindOne[at])
      points.push_back(&plan.steps[at]);
    for (std::size_t after : later[at]) {
      isBehindOne[after] = isBehindOne[after] || isBehindOne[at] || oneWay;
      if (--waitsFor[after] == 0)
        ready.push_back(after);
    }
  }
  std::ranges::sort(points, {}, [&](const model::Step *step) {
    return std::pair(step->wave, step - plan.steps.data());
  });
  return points;
}

tl::expected<model::ChangeSet, std::vector<std::string>>
wayBack(const model::Plan &plan, const model::ChangeSet &change, const Done &done) {
  const auto all = installsOf(plan, nullptr), undone = installsOf(plan, &done);
  model::ChangeSet back;
  std::vector<std::string> reasons;
  for (const auto &[component, servers] : undone) {
    const model::Upgrade *upgrade = plan.upgrade(component);
    if (!upgrade)
      continue; // `check` says that of a plan.
    if (upgrade->rollback.empty()) {
      reasons.push_back(fmt::format(
          "{} {} cannot be undone on {} {}: its change set names no rollback; finish the plan, or "
          "write a change set that brings {} to a version that works",
          component, upgrade->to, servers.size(), servers.size() == 1 ? "server" : "servers",
          component));
      continue;
    }
    model::Upgrade one = turned(*upgrade);
    if (servers.size() < all.at(component).size())
      one.servers = {servers.begin(), servers.end()};
    // Where it was not done there is the old version still, but where the plan only finished what
    // another one had begun: there the new one stays.
    one.elsewhereNew = !one.servers.empty() && !upgrade->elsewhereNew;
    back.upgrades.push_back(std::move(one));
  }
  if (!reasons.empty())
    return tl::unexpected(std::move(reasons));
  // `before` was everywhere before `after` was anywhere, so that `after` never met what was there
  // before `before`. Now `after` has to be gone everywhere first.
  for (const model::OrderRule &rule : change.order) {
    const model::Upgrade *before = change.upgrade(rule.before.component);
    const model::Upgrade *after = change.upgrade(rule.after.component);
    if (before && after && before->to == rule.before.version && after->to == rule.after.version &&
        undone.contains(before->component) && undone.contains(after->component))
      back.order.push_back(
          {{after->component, after->from}, {before->component, before->from}, rule.reason});
  }
  for (const auto &pair : change.forbidTogether)
    if (undone.contains(pair.first.component) && undone.contains(pair.second.component))
      back.forbidTogether.push_back(pair);
  for (const model::DistanceRule &rule : change.versionDistance)
    if (undone.contains(rule.component) && undone.contains(rule.of))
      back.versionDistance.push_back(rule);
  back.zonesOneAtATime = change.zonesOneAtATime;
  back.abortBudget = change.abortBudget;
  return back;
}

} // namespace ripple::planner
