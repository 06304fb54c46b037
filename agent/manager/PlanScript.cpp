//===- PlanScript.cpp - From a plan to what the protocol executes ---------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/PlanScript.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace ripple::agent {

namespace {

using model::StepAction;

class ScriptMaker {
public:
  ScriptMaker(const model::Plan &source, std::string name) : plan(source), file(std::move(name)) {}

  model::Result<core::Script> make() {
    script.plan = plan.id;
    script.abortBudget = std::max(1U, plan.abortBudget);
    for (const model::OrderRule &rule : plan.order)
      script.order.emplace_back(rule.before.component, rule.after.component);
    for (const model::RoutingClass &routingClass : plan.routingClasses)
      addClass(routingClass);
    for (const model::Step &step : plan.steps)
      if (step.action == StepAction::Gate)
        script.gates.push_back({step.id, step.after,
                                step.timeout ? static_cast<core::Millis>(step.timeout->count()) : 0,
                                step.approve});
      else
        taskOf(step).push_back(&step);
    for (const std::string &id : order)
      addTask(id, steps[id]);
    if (!mistakes.empty())
      return tl::unexpected(std::move(mistakes));
    return std::move(script);
  }

private:
  void mistake(std::string what, std::string remedy = "make the plan again with `ripple plan`") {
    mistakes.push_back({{file, 0, ""}, std::move(what), std::move(remedy)});
  }

  std::vector<const model::Step *> &taskOf(const model::Step &step) {
    if (!steps.count(step.task))
      order.push_back(step.task);
    return steps[step.task];
  }

  void addClass(const model::RoutingClass &from) {
    auto application = std::find_if(
        plan.applications.begin(), plan.applications.end(),
        [&](const auto &candidate) { return candidate.policy.name == from.application; });
    if (application == plan.applications.end())
      return mistake(fmt::format("routing class '{}' is of application '{}', which the plan does "
                                 "not carry",
                                 from.id, from.application));
    core::RouteClass made{from.id,
                          from.application,
                          application->policy.router,
                          from.backend,
                          from.requests,
                          needOf(application->policy.minimum),
                          {}};
    for (const model::Server &server : plan.servers)
      for (const model::HostedApplication &hosted : server.applications)
        if (hosted.name == from.application)
          made.members.push_back({server.name, hosted.capacity});
    script.classes.push_back(std::move(made));
  }

  static core::Need needOf(const model::Minimum &minimum) {
    switch (minimum.unit) {
    case model::Minimum::Unit::Servers:
      return {core::Need::Unit::Servers, minimum.value};
    case model::Minimum::Unit::CapacityShare:
      return {core::Need::Unit::CapacityShare, minimum.value};
    case model::Minimum::Unit::Capacity:
      return {core::Need::Unit::Capacity, minimum.value};
    }
    return {};
  }

  void addTask(const std::string &id, const std::vector<const model::Step *> &own) {
    core::Task task;
    task.id = id;
    task.server = own.front()->server;
    if (!plan.server(task.server))
      return mistake(fmt::format("task '{}' is on server '{}', which the plan does not carry", id,
                                 task.server));
    for (const model::Step *step : inOrder(own))
      addStep(task, *step);
    addSeals(task);
    if (task.classes.empty() && !mayKeepNothingAway(task))
      mistake(fmt::format("task '{}' keeps no request away, and neither phases in a plug-in nor "
                          "replaces something whose restart domain is none",
                          id),
              "see with `ripple check` whether a request kind uses it; if none does, write "
              "'phaseIn: true', 'restart: none' or 'restart: process' in the change set, and plan "
              "again");
    if (task.forbidStep.empty() || task.awaitStep.empty() || task.permitStep.empty())
      mistake(fmt::format("task '{}' needs a forbid, an await and a permit step", id));
    script.tasks.push_back(std::move(task));
  }

  /// Whether the gate loads TASK's plug-in beside the one that is in use, or TASK replaces what no
  /// process holds, and no request kind uses it. All else is replaced with requests kept away only.
  bool mayKeepNothingAway(const core::Task &task) const {
    const model::Upgrade *upgrade =
        task.components.size() == 1 ? plan.upgrade(task.components[0].id) : nullptr;
    if (!upgrade || !task.seals.empty() || task.stopsProcesses())
      return false;
    return upgrade->restart == model::RestartDomain::None ||
           (upgrade->phaseIn && upgrade->restart == model::RestartDomain::Plugin);
  }

  /// The steps of one task, each after those of the same task that it waits for.
  std::vector<const model::Step *> inOrder(std::vector<const model::Step *> own) {
    std::vector<const model::Step *> sorted;
    std::set<std::string> left;
    for (const model::Step *step : own)
      left.insert(step->id);
    while (!own.empty()) {
      auto next = std::find_if(own.begin(), own.end(), [&](const model::Step *step) {
        return std::none_of(step->after.begin(), step->after.end(),
                            [&](const std::string &before) { return left.count(before) > 0; });
      });
      if (next == own.end()) {
        mistake(fmt::format("the steps of task '{}' wait for each other", own.front()->task));
        return sorted;
      }
      left.erase((*next)->id);
      sorted.push_back(*next);
      own.erase(next);
    }
    return sorted;
  }

  std::vector<std::string> foreign(const model::Step &step) {
    std::vector<std::string> after;
    for (const std::string &id : step.after) {
      const model::Step *other = plan.step(id);
      if (!other)
        mistake(fmt::format("step '{}' is after '{}', which does not exist", step.id, id));
      else if (other->task != step.task || other->action == StepAction::Gate)
        after.push_back(id);
    }
    return after;
  }

  void addStep(core::Task &task, const model::Step &step) {
    switch (step.action) {
    case StepAction::Forbid:
      task.forbidStep = step.id;
      task.forbidAfter = foreign(step);
      addClasses(task, step);
      break;
    case StepAction::Await:
      task.awaitStep = step.id;
      task.awaitAfter = foreign(step);
      if (step.timeout)
        task.quiesceTimeoutMs = static_cast<core::Millis>(step.timeout->count());
      break;
    case StepAction::Install:
      addInstall(task, step);
      break;
    case StepAction::Restart:
      task.items.push_back({core::Item::Kind::Restart, "", 0, step.process, step.application,
                            step.id, true, foreign(step)});
      break;
    case StepAction::Check:
      task.items.push_back(
          {core::Item::Kind::Check, step.component, 0, "", "", step.id, true, foreign(step)});
      break;
    case StepAction::Permit:
      task.permitStep = step.id;
      task.permitAfter = foreign(step);
      break;
    case StepAction::Gate:
      break;
    }
  }

  void addInstall(core::Task &task, const model::Step &step) {
    const model::Upgrade *upgrade = plan.upgrade(step.component);
    if (!upgrade || upgrade->install.empty())
      return mistake(fmt::format("step '{}' installs '{}', for which the plan carries no upgrade "
                                 "with an install",
                                 step.id, step.component));
    task.components.push_back({upgrade->component, upgrade->from, upgrade->to,
                               static_cast<unsigned>(upgrade->rollback.size())});
    for (unsigned i = 0; i < upgrade->install.size(); ++i)
      task.items.push_back({core::Item::Kind::Install, step.component, i, "", "", step.id,
                            i + 1 == upgrade->install.size(),
                            i == 0 ? foreign(step) : std::vector<std::string>()});
  }

  void addClasses(core::Task &task, const model::Step &step) {
    std::set<std::size_t> classes;
    std::set<model::RequestRef> wanted(step.requests.begin(), step.requests.end());
    for (const model::RequestRef &request : step.requests) {
      std::size_t found = classOf(request);
      if (found == script.classes.size())
        mistake(fmt::format("step '{}' forbids '{}' of '{}', which is in no routing class", step.id,
                            request.id, request.application));
      else
        classes.insert(found);
    }
    for (std::size_t c : classes)
      for (const std::string &request : script.classes[c].requests)
        if (!wanted.count({script.classes[c].application, request}))
          mistake(
              fmt::format("step '{}' forbids a part of routing class '{}': '{}' is missing, and "
                          "the router moves the class as a whole",
                          step.id, script.classes[c].id, request));
    task.classes.assign(classes.begin(), classes.end());
  }

  /// The class that holds REQUEST: *other*, which has no list, where no list has it.
  std::size_t classOf(const model::RequestRef &request) const {
    std::size_t other = script.classes.size();
    for (std::size_t i = 0; i < script.classes.size(); ++i) {
      const core::RouteClass &one = script.classes[i];
      if (one.application != request.application)
        continue;
      if (std::count(one.requests.begin(), one.requests.end(), request.id) > 0)
        return i;
      if (one.requests.empty())
        other = i;
    }
    return other;
  }

  /// In a domain that stops processes, every request of the application is held back: the
  /// application itself is sealed. Else the components are.
  void addSeals(core::Task &task) {
    for (const model::QuiesceSet &set : plan.quiesce) {
      if (set.task != task.id)
        continue;
      bool stops = std::any_of(set.components.begin(), set.components.end(),
                               [&](const std::string &component) {
                                 const model::Upgrade *upgrade = plan.upgrade(component);
                                 return upgrade && upgrade->restart &&
                                        *upgrade->restart >= model::RestartDomain::Process;
                               });
      task.seals.push_back(
          {set.application, stops ? std::vector<std::string>{set.application} : set.components});
    }
  }

  const model::Plan &plan;
  std::string file;
  core::Script script;
  std::vector<std::string> order;
  std::map<std::string, std::vector<const model::Step *>> steps;
  model::Mistakes mistakes;
};

} // namespace

model::Result<core::Script> makeScript(const model::Plan &plan, const std::string &file) {
  return ScriptMaker(plan, file).make();
}

} // namespace ripple::agent
