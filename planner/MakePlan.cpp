//===- MakePlan.cpp - Tasks and waves to a plan document ------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A forbid comes after the permits of the tasks that its own comes after by the
// schedule: S2 follows from these `after` alone. Gates only add to them.
//
//===----------------------------------------------------------------------===//
#include "planner/Back.h"
#include "planner/Drains.h"
#include "planner/Ledger.h"
#include "planner/Planning.h"
#include "planner/Remarks.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace ripple::planner {

namespace {

using model::Step;
using model::StepAction;

/// Without a load the forecast assumes that a server is quiet this long after it is told, and that
/// its request kinds are asked for alike. `simulate::addForecast` knows better.
constexpr double AssumedQuiescenceSeconds = 2;

class Maker {
public:
  Maker(const Inputs &inputs, std::vector<Task> tasks, Schedule times)
      : inputs(inputs), tasks(std::move(tasks)), times(std::move(times)) {}

  model::Plan run() {
    copyInputs();
    for (std::size_t i = 0; i < tasks.size(); ++i)
      addTask(tasks[i], idOf(i));
    const unsigned packed = times.waves;
    // The first server is alone before everything; waves are spoken of as they are in the end.
    for (const char *after : {"first-server", "component:", "wave:"})
      addGates(after);
    if (times.waves > packed)
      times.boundBy += fmt::format("; gates add {}", times.waves - packed);
    findMixedVersions();
    summarise();
    plan.id = model::planId(plan);
    return std::move(plan);
  }

private:
  void copyInputs() {
    plan.inputs = inputs.digests;
    plan.routers = inputs.servers.routers;
    plan.servers = inputs.servers.servers;
    plan.routingClasses = routingClasses(inputs);
    plan.upgrades = inputs.change.upgrades;
    plan.order = times.order;
    plan.abortBudget = inputs.change.abortBudget;
    plan.windows = inputs.change.windows;
    for (model::Upgrade &upgrade : plan.upgrades)
      upgrade.restart = domainOf(inputs, upgrade);
    for (const model::ApplicationPolicy &policy : inputs.servers.applications)
      plan.applications.push_back(plannedApplication(policy));
  }

  model::PlannedApplication plannedApplication(const model::ApplicationPolicy &policy) const {
    model::PlannedApplication planned{policy, {}, {}};
    std::set<std::string> builds, names;
    for (const model::Application &application : inputs.components.applications) {
      if (application.name != policy.name)
        continue;
      builds.insert(application.binary.buildId);
      auto take = [&](const std::vector<model::ComponentUse> &uses) {
        for (const model::ComponentUse &use : uses)
          names.insert(use.component);
      };
      take(application.ambient);
      take(application.startup);
      for (const model::RequestKind &request : application.requests)
        take(application.usesOf(request));
    }
    planned.buildIds = {builds.begin(), builds.end()};
    for (const std::string &name : names)
      if (const model::Component *component = inputs.components.component(name);
          component && !component->version.empty())
        planned.components.push_back({name, component->version});
    return planned;
  }

  static std::string idOf(std::size_t task) { return fmt::format("t{}", task + 1); }

  Step step(const std::string &task, const Task &from, const std::string &suffix,
            StepAction action) const {
    Step made;
    made.id = task + "/" + suffix;
    made.task = task;
    made.server = from.server;
    made.action = action;
    made.wave = from.wave;
    return made;
  }

  void push(Step made, const std::string &after) {
    made.after = {after};
    plan.steps.push_back(std::move(made));
  }

  void addTask(const Task &task, const std::string &id) {
    for (model::QuiesceSet set : task.quiesce) {
      set.task = id;
      plan.quiesce.push_back(std::move(set));
    }
    Step forbid = step(id, task, "forbid", StepAction::Forbid);
    for (const model::QuiesceSet &set : task.quiesce)
      for (const std::string &request : set.requests)
        forbid.requests.push_back({set.application, request});
    std::sort(forbid.requests.begin(), forbid.requests.end());
    for (unsigned earlier : task.after)
      forbid.after.push_back(idOf(earlier) + "/permit");
    std::vector<model::RequestRef> requests = forbid.requests;
    plan.steps.push_back(std::move(forbid));

    Step await = step(id, task, "await", StepAction::Await);
    await.components = task.components;
    await.timeout = timeoutOf(task);
    push(std::move(await), id + "/forbid");
    std::string last = id + "/await";
    for (const std::string &component : task.components) {
      Step install = step(id, task, "install/" + component, StepAction::Install);
      install.component = component;
      push(std::move(install), last);
      last = plan.steps.back().id;
    }
    for (const model::HostedApplication *hosted : task.restarts) {
      Step restart = step(id, task, "restart/" + hosted->name, StepAction::Restart);
      restart.process = hosted->process.empty() ? restartWith(task) : hosted->process;
      restart.application = hosted->name;
      push(std::move(restart), last);
      last = plan.steps.back().id;
    }
    for (const std::string &component : task.components) {
      Step check = step(id, task, "check/" + component, StepAction::Check);
      check.component = component;
      push(std::move(check), last);
      last = plan.steps.back().id;
    }
    Step permit = step(id, task, "permit", StepAction::Permit);
    permit.requests = std::move(requests);
    push(std::move(permit), last);
  }

  /// The process that the change set names; "" if none of the task's upgrades does.
  std::string restartWith(const Task &task) const {
    for (const std::string &component : task.components)
      if (const auto &with = inputs.change.upgrade(component)->restartWith)
        return with->process.empty() ? with->unit : with->process;
    return "";
  }

  model::Milliseconds timeoutOf(const Task &task) const {
    model::Milliseconds longest{0};
    for (const std::string &component : task.components)
      longest = std::max(longest, inputs.change.upgrade(component)->quiesceTimeout);
    return longest;
  }

  /// Steps that everything later waits for, of the gates whose `after` begins with AFTER.
  void addGates(std::string_view after) {
    const bool afterWaves = after == "wave:";
    for (const model::Gate &gate : inputs.change.gates) {
      if (!gate.after.starts_with(after))
        continue;
      std::set<std::string> before = tasksBefore(gate.after);
      if (before.empty()) {
        holdsNothing(gate, "before");
        continue;
      }
      bool holds = false;
      Step made;
      made.id = fmt::format("gate{}", ++gateCount);
      made.action = StepAction::Gate;
      made.timeout = gate.wait;
      made.approve = gate.approve;
      for (const std::string &task : before) {
        made.after.push_back(task + "/permit");
        made.wave = std::max(made.wave, waveOf(task));
      }
      std::sort(made.after.begin(), made.after.end());
      for (Step &step : plan.steps)
        // What its own tasks wait for cannot wait for it.
        if (step.action == StepAction::Forbid && !before.count(step.task) &&
            (afterWaves ? step.wave > made.wave : step.wave >= made.wave)) {
          // What the gate comes after needs no saying.
          std::erase_if(step.after, [&](const std::string &id) {
            return std::binary_search(made.after.begin(), made.after.end(), id);
          });
          step.after.push_back(made.id);
          std::sort(step.after.begin(), step.after.end());
          holds = true;
        }
      if (!holds)
        holdsNothing(gate, "after");
      plan.steps.push_back(std::move(made));
      numberWaves(); // The next gate must see what this one has put after each other.
    }
  }

  void holdsNothing(const model::Gate &gate, std::string_view where) {
    times.remarks.push_back(
        fmt::format("the gate after {} holds nothing back: no task of this plan comes {} it",
                    gate.after, where));
  }

  /// A gate may put tasks of one wave after each other: `wave` is one more than the number of tasks
  /// on the longest chain before the task.
  void numberWaves() {
    std::map<std::string, unsigned> tasksUpTo; // by step: the longest chain of tasks up to it
    std::map<std::string, unsigned> waveOfTask;
    times.waves = 0;
    // A step's `after` stands before it, but for gates, which stand last.
    std::vector<Step *> open;
    for (Step &step : plan.steps)
      open.push_back(&step);
    while (!open.empty()) {
      std::size_t left = open.size();
      std::erase_if(open, [&](Step *step) {
        unsigned before = 0;
        for (const std::string &id : step->after) {
          auto found = tasksUpTo.find(id);
          if (found == tasksUpTo.end())
            return false;
          before = std::max(before, found->second);
        }
        bool opens = step->action == StepAction::Forbid;
        tasksUpTo[step->id] = before + (opens ? 1 : 0);
        step->wave = std::max(1U, tasksUpTo[step->id]);
        times.waves = std::max(times.waves, opens ? step->wave : 0);
        if (opens)
          waveOfTask[step->task] = step->wave;
        return true;
      });
      if (open.size() == left)
        return; // A circle: `check` finds it, and nothing makes one.
    }
    for (std::size_t i = 0; i < tasks.size(); ++i)
      tasks[i].wave = waveOfTask[idOf(i)];
  }

  unsigned waveOf(const std::string &task) const {
    return tasks[std::stoul(task.substr(1)) - 1].wave;
  }

  /// Ids of the tasks that the gate comes after.
  std::set<std::string> tasksBefore(const std::string &after) const {
    std::set<std::string> ids;
    unsigned wave =
        after.rfind("wave:", 0) == 0 ? static_cast<unsigned>(std::stoul(after.substr(5))) : 0;
    std::string component = after.rfind("component:", 0) == 0 ? after.substr(10) : "";
    std::string first = tasks.empty() ? "" : tasks.front().server;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      const Task &task = tasks[i];
      bool has = std::count(task.components.begin(), task.components.end(), component) > 0;
      if ((after == "first-server" && task.server == first && task.wave == tasks.front().wave) ||
          (wave && task.wave <= wave) || (!component.empty() && has))
        ids.insert(idOf(i));
    }
    return ids;
  }

  void findMixedVersions() {
    plan.mixedVersions = ledgerOf(inputs, tasks, orderOf(), times.waves);
    for (const Step *point : pointsOfNoReturn(plan))
      plan.pointsOfNoReturn.push_back(point->id);
    if (!plan.pointsOfNoReturn.empty())
      plan.pointOfNoReturn = plan.pointsOfNoReturn.front();
  }

  /// By task, then by gate: the tasks and gates that it comes after.
  std::vector<std::vector<unsigned>> orderOf() const {
    std::map<std::string, unsigned> numberOf; // by what ends it
    for (unsigned i = 0; i < tasks.size(); ++i)
      numberOf.emplace(idOf(i) + "/permit", i);
    for (const Step &step : plan.steps)
      if (step.action == StepAction::Gate)
        numberOf.emplace(step.id, numberOf.size());
    std::vector<std::vector<unsigned>> order(numberOf.size());
    for (const Step &step : plan.steps)
      if (step.action == StepAction::Gate || step.action == StepAction::Forbid)
        for (const std::string &before : step.after)
          order[numberOf.at(step.action == StepAction::Gate ? step.id : step.task + "/permit")]
              .push_back(numberOf.at(before));
    return order;
  }

  void summarise() {
    model::PlanSummary &summary = plan.summary;
    summary.tasks = static_cast<unsigned>(tasks.size());
    summary.waves = times.waves;
    summary.lowerBound = times.lowerBound;
    summary.boundBy = times.boundBy;
    std::vector<DrainedTask> drained;
    for (const Task &task : tasks)
      drained.push_back({task.server, task.components});
    const std::vector<std::size_t> drainOf = drainOfTask(drained, plan.order);
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      summary.withdrawn.serverSeconds += AssumedQuiescenceSeconds * shareOf(tasks[i]);
      if (drainOf[i] == i)
        summary.withdrawn.wholeServerDrain += AssumedQuiescenceSeconds;
    }
    summary.withdrawn.assumed =
        fmt::format("each server is quiet after {:g} s, and its request kinds are asked for alike",
                    AssumedQuiescenceSeconds);
    summary.remarks = times.remarks;
    for (std::string &remark : planRemarks(inputs, tasks))
      summary.remarks.push_back(std::move(remark));
  }

  /// The part of its server's capacity that TASK withdraws, if every request kind is as frequent.
  double shareOf(const Task &task) const {
    double all = 0, away = 0;
    for (const model::HostedApplication &hosted :
         inputs.servers.server(task.server)->applications) {
      const model::Application *application = inputs.components.application(hosted.name);
      if (!application)
        continue;
      all += hosted.capacity;
      for (const model::QuiesceSet &set : task.quiesce)
        if (set.application == hosted.name)
          away += hosted.capacity * static_cast<double>(set.requests.size()) /
                  static_cast<double>(application->requests.size() + 1);
    }
    return all > 0 ? away / all : 0;
  }

  const Inputs &inputs;
  std::vector<Task> tasks;
  Schedule times;
  model::Plan plan;
  unsigned gateCount = 0;
};

} // namespace

tl::expected<model::Plan, Infeasible> makePlan(const Inputs &inputs) {
  std::vector<Task> tasks = tasksOf(inputs);
  auto times = schedule(inputs, tasks);
  if (!times)
    return tl::make_unexpected(times.error());
  return Maker(inputs, std::move(tasks), std::move(*times)).run();
}

} // namespace ripple::planner
