//===- Diff.cpp - How two plans differ, in words --------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A plan is put into facts, a line each, in the words that `ripple show` uses.
// What only one of the two has is how they differ. Servers and components stand
// for tasks: their ids say nothing.
//
//===----------------------------------------------------------------------===//
#include "planner/PlanView.h"
#include "planner/Reports.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>

namespace ripple::planner {

namespace {

class Facts {
public:
  explicit Facts(const model::Plan &plan) : plan(plan), tasks(tasksIn(plan)) {
    for (const TaskView &task : tasks) {
      const std::string name =
          fmt::format("{} ({})", task.server, fmt::join(task.components, ", "));
      nameOf.emplace(task.id, name);
      for (const model::Step *step : task.steps)
        nameOf.emplace(step->id, name);
    }
    for (const model::Step &step : plan.steps)
      if (step.action == model::StepAction::Gate)
        nameOf.emplace(step.id, "a gate");
  }

  std::set<std::string> run() {
    for (const model::Upgrade &upgrade : plan.upgrades)
      addUpgrade(upgrade);
    for (const model::OrderRule &rule : plan.order)
      add("order: {} {} is everywhere before {} {} is anywhere{}{}", rule.before.component,
          rule.before.version, rule.after.component, rule.after.version,
          rule.reason.empty() ? "" : ": ", rule.reason);
    for (const TaskView &task : tasks)
      addTask(task);
    for (const model::Step &step : plan.steps)
      if (step.action == model::StepAction::Gate)
        addGate(step);
    for (const model::PlannedApplication &application : plan.applications)
      addApplication(application);
    for (const model::Server &server : plan.servers)
      addServer(server);
    for (const model::Router &router : plan.routers)
      add("router {} is a {} at {}", router.name, toString(router.kind),
          fmt::join(placesOf(router), ", "));
    addRest();
    return std::move(facts);
  }

private:
  template <typename... Values> void add(fmt::format_string<Values...> text, Values &&...values) {
    facts.insert(fmt::format(text, std::forward<Values>(values)...));
  }

  void addUpgrade(const model::Upgrade &upgrade) {
    const std::string &name = upgrade.component;
    add("{} {} -> {}", name, upgrade.from, upgrade.to);
    add("{}: restart domain {}{}", name,
        toString(upgrade.restart.value_or(model::RestartDomain::Process)),
        upgrade.phaseIn ? ", phased in" : "");
    add("{}: installs by {}", name, textOf(upgrade.install));
    add("{}: goes back by {}", name,
        upgrade.rollback.empty() ? "nothing: there is no way back" : textOf(upgrade.rollback));
    add("{}: is checked by {}", name,
        upgrade.check.empty() ? "the agent alone"
                              : fmt::format("{}", fmt::join(upgrade.check, " ")));
    add("{}: is waited for {}", name, model::formatDuration(upgrade.quiesceTimeout));
    if (upgrade.restartWith)
      add("{}: restarts {}", name,
          upgrade.restartWith->unit.empty() ? upgrade.restartWith->process
                                            : upgrade.restartWith->unit);
    if (!upgrade.servers.empty())
      add("{}: only on {}; other servers have {}", name, fmt::join(upgrade.servers, ", "),
          upgrade.elsewhereNew ? upgrade.to : upgrade.from);
  }

  static std::string textOf(const std::vector<model::Action> &actions) {
    std::vector<std::string> words;
    for (const model::Action &action : actions)
      words.push_back(describe(action));
    return fmt::format("{}", fmt::join(words, ", then "));
  }

  void addTask(const TaskView &task) {
    for (const model::QuiesceSet *set : task.quiesce)
      for (const std::string &request : set->requests)
        add("{}: {} {} waits for {}", set->server, set->application, request,
            fmt::join(set->components, ", "));
    const std::string &name = nameOf.at(task.id);
    add("{} in wave {}", name, task.wave);
    if (!task.forbid->after.empty())
      add("{} after {}", name, namesOf(task.forbid->after));
    for (const model::Step *step : task.steps)
      if (step->action == model::StepAction::Restart)
        add("{} restarts {} of {}", name, step->process, step->application);
  }

  std::string namesOf(const std::vector<std::string> &steps) const {
    constexpr std::size_t namedMost = 4;
    std::set<std::string> names;
    for (const std::string &step : steps)
      if (auto found = nameOf.find(step); found != nameOf.end())
        names.insert(found->second);
    return names.size() > namedMost ? fmt::format("{} tasks", names.size())
                                    : fmt::format("{}", fmt::join(names, ", "));
  }

  void addGate(const model::Step &gate) {
    add("a gate after {}:{}{}", namesOf(gate.after),
        gate.timeout && gate.timeout->count() ? " wait " + model::formatDuration(*gate.timeout)
                                              : "",
        gate.approve ? " approval" : "");
  }

  void addApplication(const model::PlannedApplication &application) {
    const model::ApplicationPolicy &policy = application.policy;
    add("{} keeps at least {}", policy.name, describe(policy.minimum));
    add("{}: its sessions are {}", policy.name, toString(policy.sessions));
    add("{}: behind router {}{}{}", policy.name, policy.router, policy.listen.empty() ? "" : ", ",
        policy.listen);
    for (const std::string &build : application.buildIds)
      add("{}: build {}", policy.name, build);
    for (const model::ComponentVersion &component : application.components)
      add("{} was analyzed with {} {}", policy.name, component.component, component.version);
  }

  void addServer(const model::Server &server) {
    if (!server.zone.empty())
      add("{} is in zone {}", server.name, server.zone);
    add("{}: its agent is {}", server.name, server.agent.empty() ? "not said" : server.agent);
    for (const model::HostedApplication &hosted : server.applications)
      add("{} has {} at {}, capacity {:g}{}{}", server.name, hosted.name, hosted.address,
          hosted.capacity, hosted.process.empty() ? "" : ", process ", hosted.process);
  }

  static std::vector<std::string> placesOf(const model::Router &router) {
    std::vector<std::string> places;
    for (const std::string *place :
         {&router.socket, &router.url, &router.upstreams, &router.pidFile, &router.agent})
      if (!place->empty())
        places.push_back(*place);
    return places;
  }

  void addRest() {
    for (const model::RoutingClass &one : plan.routingClasses)
      for (const std::string &request : one.requests)
        add("{} {} is of routing class {}", one.application, request, one.id);
    for (const model::MixedVersions &mixed : plan.mixedVersions)
      add("mixed: {} {} beside {} {} in waves {} to {}", mixed.first.component, mixed.first.version,
          mixed.second.component, mixed.second.version, mixed.fromWave, mixed.toWave);
    for (const model::Window &window : plan.windows)
      add("nothing begins but from {} to {}", window.from, window.to);
    for (const std::string &remark : plan.summary.remarks)
      add("note: {}", remark);
    add("stops after {}", plural(plan.abortBudget, "failed server"));
    add("{}, at least {} needed: {}", plural(plan.summary.waves, "wave"), plan.summary.lowerBound,
        plan.summary.boundBy);
    add("way back: {}", wayBackOf(plan));
    add("withdrawn, forecast: {:.1f} server-seconds; by whole-server drains {:.1f}",
        plan.summary.withdrawn.serverSeconds, plan.summary.withdrawn.wholeServerDrain);
  }

  const model::Plan &plan;
  const std::vector<TaskView> tasks;
  std::map<std::string, std::string> nameOf; ///< By task, and by step.
  std::set<std::string> facts;
};

/// The inputs of AFTER that mean something else than those of BEFORE.
std::string changedInputs(const model::Plan &before, const model::Plan &after) {
  std::vector<std::string> changed;
  for (const model::PlanInput &input : after.inputs)
    if (std::ranges::find(before.inputs, input.sha256, &model::PlanInput::sha256) ==
        before.inputs.end())
      changed.push_back(input.path);
  return fmt::format("{}", fmt::join(changed, ", "));
}

} // namespace

std::vector<std::string> diffPlans(const model::Plan &before, const model::Plan &after) {
  const std::set<std::string> old = Facts(before).run(), now = Facts(after).run();
  std::vector<std::string> lines;
  for (const std::string &fact : old)
    if (!now.count(fact))
      lines.push_back("- " + fact);
  for (const std::string &fact : now)
    if (!old.count(fact))
      lines.push_back("+ " + fact);
  if (!lines.empty() || before.id == after.id)
    return lines;
  const std::string changed = changedInputs(before, after);
  lines.push_back(
      changed.empty()
          ? std::string("~ they do the same; how they are written down differs")
          : fmt::format("~ they do the same; what they were made from differs: {}", changed));
  return lines;
}

} // namespace ripple::planner
