//===- Check.cpp ----------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/check/Check.h"

#include "planner/check/Antichain.h"
#include "planner/check/Copies.h"
#include "planner/check/Distance.h"
#include "planner/check/Gates.h"
#include "planner/check/Meetings.h"
#include "planner/check/Needed.h"
#include "planner/check/Reasons.h"
#include "planner/check/RoutingClasses.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>

namespace ripple::check {

namespace {

using model::Step;
using model::StepAction;

class Checker {
public:
  Checker(const model::Plan &plan, const Documents &documents)
      : plan(plan), documents(documents), needs(documents) {
    for (const model::Server &server : documents.servers.servers)
      hosts.emplace(server.name, &server);
    for (const model::QuiesceSet &set : plan.quiesce)
      quiesceOf[set.task].push_back(&set);
  }

  std::vector<std::string> run() {
    found = wrongCopies(plan, documents);
    take(wrongClasses(plan, documents));
    for (std::size_t i = 0; i < plan.routingClasses.size(); ++i)
      for (const std::string &id : plan.routingClasses[i].requests)
        classOf.try_emplace({plan.routingClasses[i].application, id}, i);
    collect();
    if (!after.build(plan.steps, found))
      return std::move(found);
    for (const auto &[id, task] : tasks)
      checkTask(id, task);
    coverage();
    oneAtATime();
    minimums();
    order();
    for (const auto &[one, two] : documents.change.forbidTogether)
      apart(one, two, "forbidTogether");
    for (const auto &[one, two] : tooFarApart(documents))
      apart(one, two, "versionDistance");
    zones();
    waves();
    summary();
    noReturn();
    pointsOfNoReturn();
    take(wrongMeetings(plan, documents, needs, after));
    take(wrongGates(replay, documents.change));
    return std::move(found);
  }

private:
  template <typename... Values> void add(fmt::format_string<Values...> text, Values &&...values) {
    found.push_back(fmt::format(text, std::forward<Values>(values)...));
  }

  void take(std::vector<std::string> more) {
    for (std::string &wrong : more)
      found.push_back(std::move(wrong));
  }

  /// The router moves a class as a whole.
  void wholeClasses(const std::string &id, const TaskSteps &task) {
    std::map<std::size_t, std::size_t> held;
    for (const model::RequestRef &request : task.forbid->requests)
      if (auto place = classOf.find(request); place != classOf.end())
        ++held[place->second];
    for (const auto &[number, count] : held)
      if (const model::RoutingClass &one = plan.routingClasses[number];
          count != one.requests.size())
        add("task {} keeps {} of the {} request kinds of routing class {} away", id, count,
            one.requests.size(), one.id);
  }

  model::RestartDomain domainOf(const model::Upgrade &upgrade) const {
    return check::domainOf(documents, upgrade);
  }

  void collect() {
    for (const Step &step : plan.steps) {
      if (step.action == StepAction::Gate) {
        if (!step.task.empty() || !step.server.empty())
          add("{} is a gate, and of task '{}' on '{}'", step.id, step.task, step.server);
        continue;
      }
      TaskSteps &task = tasks[step.task];
      if (task.server.empty())
        task.server = step.server;
      if (task.server != step.server)
        add("task {} has steps on {} and on {}", step.task, task.server, step.server);
      bool repeated = false;
      auto once = [&](const Step *&slot) {
        repeated = slot != nullptr;
        slot = &step;
      };
      switch (step.action) {
      case StepAction::Forbid:
        once(task.forbid);
        break;
      case StepAction::Await:
        once(task.await);
        break;
      case StepAction::Permit:
        once(task.permit);
        break;
      case StepAction::Install:
        once(task.installs[step.component]);
        break;
      case StepAction::Check:
        once(task.checks[step.component]);
        break;
      case StepAction::Restart:
        once(task.restarts[step.application]);
        break;
      case StepAction::Gate:
        break;
      }
      if (repeated)
        add("task {} has two steps that do the same: {}", step.task, step.id);
    }
  }

  /// S1: forbidden and awaited before anything is replaced; checked, and only then permitted.
  void checkTask(const std::string &id, const TaskSteps &task) {
    if (!task.forbid || !task.await || !task.permit || task.installs.empty()) {
      add("task {} lacks a forbid, an await, an install or a permit", id);
      return;
    }
    comesAfter(*task.await, *task.forbid);
    for (const auto &[component, install] : task.installs) {
      comesAfter(*install, *task.await);
      auto check = task.checks.find(component);
      if (check == task.checks.end())
        add("task {} installs {} and does not check it", id, component);
      else
        comesAfter(*check->second, *install);
      if (!std::count(task.await->components.begin(), task.await->components.end(), component))
        add("{} does not await {}", task.await->id, component);
      for (const auto &[application, restart] : task.restarts)
        comesAfter(*restart, *install);
    }
    for (const auto &[component, check] : task.checks) {
      comesAfter(*task.permit, *check);
      if (!task.installs.count(component))
        add("task {} checks {} and does not install it", id, component);
      for (const auto &[application, restart] : task.restarts)
        comesAfter(*check, *restart);
    }
    for (const auto &[application, restart] : task.restarts)
      comesAfter(*task.permit, *restart);
    if (task.permit->requests != task.forbid->requests)
      add("{} does not permit what {} forbids", task.permit->id, task.forbid->id);
    model::Milliseconds longest{0};
    for (const auto &[component, install] : task.installs)
      if (const model::Upgrade *upgrade = documents.change.upgrade(component))
        longest = std::max(longest, upgrade->quiesceTimeout);
    if (task.await->timeout.value_or(model::Milliseconds(0)) != longest)
      add("{} does not wait for as long as the change set says", task.await->id);
    keepsAway(id, task);
    wholeClasses(id, task);
  }

  bool isAfter(const Step &later, const Step &earlier) const {
    return replay.isAfter(later, earlier);
  }

  void comesAfter(const Step &later, const Step &earlier) {
    if (!isAfter(later, earlier))
      add("{} does not come after {}", later.id, earlier.id);
  }

  /// Whether the task only loads a plug-in beside the one that is in use (`phaseIn`): the agent
  /// ends that one when its last request has ended, so no request has to be kept away.
  bool phasesIn(const TaskSteps &task) const {
    if (task.installs.size() != 1 || !task.restarts.empty())
      return false;
    const model::Upgrade *upgrade = documents.change.upgrade(task.installs.begin()->first);
    return upgrade && upgrade->phaseIn && domainOf(*upgrade) == model::RestartDomain::Plugin;
  }

  /// Every request kind that must not run while the task replaces is in its forbid step.
  void keepsAway(const std::string &id, const TaskSteps &task) {
    std::set<model::RequestRef> forbidden(task.forbid->requests.begin(),
                                          task.forbid->requests.end());
    std::set<std::string> components;
    for (const auto &[component, install] : task.installs)
      components.insert(component);
    const model::Server *server = host(task.server);
    const Needed needed = server && !phasesIn(task) ? needs.of(*server, components) : Needed();
    for (const model::RequestRef &request : needed.requests)
      if (!forbidden.count(request))
        add("S1: task {} on {} replaces {} and does not keep {} {} away", id, task.server,
            fmt::join(components, ", "), request.application, request.id);
    for (const std::string &application : needed.restarts) {
      auto restart = task.restarts.find(application);
      if (restart == task.restarts.end())
        add("task {} replaces {} on {} and does not restart {}", id, fmt::join(components, ", "),
            task.server, application);
      else if (restart->second->process != processOf(task.server, application))
        add("{} restarts '{}', which is not {} on {}", restart->second->id,
            restart->second->process, application, task.server);
    }
    if (task.forbid->requests.empty() && !phasesIn(task) && !isApart(task))
      add("task {} on {} replaces {} while its process goes on, and keeps no request away", id,
          task.server, fmt::join(components, ", "));
    inventory(id, task);
  }

  /// Whether no process holds what the task replaces.
  bool isApart(const TaskSteps &task) const {
    if (task.installs.size() != 1 || !task.restarts.empty())
      return false;
    const model::Upgrade *upgrade = documents.change.upgrade(task.installs.begin()->first);
    return upgrade && domainOf(*upgrade) == model::RestartDomain::None;
  }

  /// The plan's own account of the task is that of its steps.
  void inventory(const std::string &id, const TaskSteps &task) {
    std::set<model::RequestRef> told;
    for (const model::QuiesceSet *set : quiesceOf[id])
      for (const std::string &request : set->requests)
        told.insert({set->application, request});
    if (told !=
        std::set<model::RequestRef>(task.forbid->requests.begin(), task.forbid->requests.end()))
      add("the quiesce sets of task {} are not what {} forbids", id, task.forbid->id);
    std::set<std::string_view> applications;
    for (const model::QuiesceSet *set : quiesceOf[id]) {
      if (!applications.insert(set->application).second)
        add("task {} has two quiesce sets of {}", id, set->application);
      if (!reasons.areRight(*set, task))
        add("the reasons why requests of {} wait for task {} are not of what it forbids and "
            "replaces",
            set->application, id);
    }
  }

  /// The plan says after which step something cannot be undone any more: none is earlier.
  void noReturn() {
    std::map<std::string, unsigned> oneWay;
    for (const Step &step : plan.steps)
      if (cannotBeUndone(step))
        oneWay[step.id] = step.wave;
    const std::string said = plan.pointOfNoReturn.value_or("");
    if (oneWay.empty() != said.empty())
      return said.empty()
                 ? add("{} cannot be undone, and the plan says that all can", oneWay.begin()->first)
                 : add("the plan says that there is no way back after {}, and there is", said);
    if (said.empty())
      return;
    if (!oneWay.count(said))
      return add("the plan says that there is no way back after {}, which can be undone", said);
    for (const auto &[step, wave] : oneWay)
      if (wave < oneWay.at(said))
        return add("{} cannot be undone, and comes before {}, the plan's point of no return", step,
                   said);
  }

  /// Each install without a rollback may be the first one, but for those that come after another.
  void pointsOfNoReturn() {
    std::set<std::string> said(plan.pointsOfNoReturn.begin(), plan.pointsOfNoReturn.end());
    std::vector<bool> past(plan.steps.size()); // Some such step is over when it begins.
    for (std::size_t at : after.order()) {
      const Step &step = plan.steps[at];
      for (std::size_t earlier : after.directlyBefore(at))
        past[at] = past[at] || past[earlier] || cannotBeUndone(plan.steps[earlier]);
      const bool may = cannotBeUndone(step) && !past[at];
      if (may && said.count(step.id) == 0)
        add("{} may be the first step that cannot be undone, and the plan does not say so",
            step.id);
      if (!may && said.count(step.id) > 0)
        add("the plan says that the way back may end with {}, and it does not", step.id);
    }
  }

  bool cannotBeUndone(const Step &step) const {
    const model::Upgrade *upgrade =
        step.action == StepAction::Install ? documents.change.upgrade(step.component) : nullptr;
    return upgrade && upgrade->rollback.empty();
  }

  std::string processOf(const std::string &server, const std::string &application) const {
    if (const model::Server *at = host(server))
      for (const model::HostedApplication &hosted : at->applications)
        if (hosted.name == application)
          return hosted.process;
    return {};
  }

  /// Every changed component is replaced exactly once wherever it is, and nothing else is.
  void coverage() {
    std::map<std::pair<std::string, std::string>, int> count;
    for (const auto &[id, task] : tasks)
      for (const auto &[component, install] : task.installs)
        ++count[{task.server, component}];
    for (const model::Server &server : documents.servers.servers)
      for (const model::Upgrade &upgrade : documents.change.upgrades) {
        bool there = upgrade.isFor(server.name) && needs.isOn(server, upgrade.component);
        int times = count[{server.name, upgrade.component}];
        if (times != (there ? 1 : 0))
          add("{} is {}to be replaced on {} and is installed there {} times", upgrade.component,
              there ? "" : "not ", server.name, times);
      }
    for (const auto &[key, times] : count)
      if (!documents.change.upgrade(key.second) || !host(key.first))
        add("the plan installs {} on {}, which no input asks for", key.second, key.first);
  }

  /// Does FIRST end before SECOND begins, or the other way round?
  bool ordered(const TaskSteps &first, const TaskSteps &second) const {
    return isAfter(*second.forbid, *first.permit) || isAfter(*first.forbid, *second.permit);
  }

  void oneAtATime() {
    using Entry = std::pair<const std::string, TaskSteps>;
    std::map<std::string, std::vector<const Entry *>> on;
    for (const Entry &entry : tasks)
      if (entry.second.isWhole())
        on[entry.second.server].push_back(&entry);
    for (const auto &[server, entries] : on)
      for (std::size_t one = 0; one < entries.size(); ++one)
        for (std::size_t two = one + 1; two < entries.size(); ++two)
          if (!ordered(entries[one]->second, entries[two]->second))
            add("tasks {} and {} may run on {} at the same time", entries[one]->first,
                entries[two]->first, server);
  }

  /// S2: the heaviest set of tasks that nothing orders withdraws no more than can be spared.
  void minimums() {
    std::map<model::RequestRef, std::vector<const TaskSteps *>> withdrawing;
    for (const auto &[id, task] : tasks)
      if (task.isWhole())
        for (const model::RequestRef &request : task.forbid->requests)
          withdrawing[request].push_back(&task);
    // Request kinds that the same tasks withdraw need one proof.
    std::set<std::pair<std::string, std::vector<const TaskSteps *>>> proven;
    for (const auto &[request, users] : withdrawing) {
      if (!proven.insert({request.application, users}).second)
        continue;
      const model::ApplicationPolicy *policy = documents.servers.application(request.application);
      if (!policy) {
        add("the plan forbids {} of '{}', which the Server List does not have", request.id,
            request.application);
        continue;
      }
      auto [total, least] = minimumOf(documents.servers, *policy);
      const double away = mostAway(users, *policy);
      if (total - away < least - 1e-9)
        add("S2: {} {} may be left with {:g} of {:g} and must keep {:g}", request.application,
            request.id, total - away, total, least);
    }
  }

  /// The most that USERS withdraw together of POLICY's application.
  double mostAway(const std::vector<const TaskSteps *> &users,
                  const model::ApplicationPolicy &policy) const {
    constexpr std::size_t fewMost = 64; // Their pairs are fewer than the steps.
    std::vector<double> weights;
    for (const TaskSteps *task : users)
      weights.push_back(host(task->server) ? weightOn(*host(task->server), policy) : 0);
    if (users.size() <= fewMost)
      return heaviestAntichain(weights, [&](std::size_t a, std::size_t b) {
        return isAfter(*users[b]->forbid, *users[a]->permit);
      });
    std::vector<Span> spans;
    for (std::size_t i = 0; i < users.size(); ++i)
      spans.push_back(
          {replay.placeOf(*users[i]->forbid), replay.placeOf(*users[i]->permit), weights[i]});
    return heaviestTogether(spans, after);
  }

  /// Whole tasks that replace COMPONENT.
  std::vector<const TaskSteps *> replacing(const std::string &component) const {
    std::vector<const TaskSteps *> some;
    for (const auto &[id, task] : tasks)
      if (task.isWhole() && task.installs.count(component))
        some.push_back(&task);
    return some;
  }

  void order() {
    for (const model::OrderRule &rule : documents.change.order)
      firstHalf(rule);
    for (const model::OrderRule &rule : documents.change.order) {
      const auto later = replacing(rule.after.component);
      for (const TaskSteps *one : replacing(rule.before.component))
        for (const TaskSteps *two : later)
          if (!isAfter(*two->forbid, *one->permit))
            add("order: {} on {} may begin before {} on {} is done", rule.after.component,
                two->server, rule.before.component, one->server);
    }
  }

  /// What has to be everywhere before is there already, where the change set does not bring it.
  void firstHalf(const model::OrderRule &rule) {
    const model::Upgrade *before = documents.change.upgrade(rule.before.component);
    if (before && before->leavesOld() && documents.change.upgrade(rule.after.component))
      add("order: {} is replaced, and some servers keep {} at {}", rule.after.component,
          rule.before.component, before->from);
    const model::Component *present = documents.components.component(rule.before.component);
    if (!documents.change.upgrade(rule.after.component) ||
        documents.change.upgrade(rule.before.component) || !present || present->version.empty())
      return;
    if (::strverscmp(present->version.c_str(), rule.before.version.c_str()) < 0)
      add("order: {} is replaced, and {} is not yet at {} but at {}", rule.after.component,
          rule.before.component, rule.before.version, present->version);
  }

  void apart(const model::ComponentVersion &one, const model::ComponentVersion &other,
             std::string_view rule) {
    goneBefore(one, other, rule);
    goneBefore(other, one, rule);
  }

  /// Where ONE is what its component becomes, OTHER is gone before, or never was.
  void goneBefore(const model::ComponentVersion &one, const model::ComponentVersion &other,
                  std::string_view rule) {
    const model::Upgrade *upgrade = documents.change.upgrade(one.component);
    if (!upgrade || upgrade->to != one.version)
      return;
    const model::Upgrade *second = documents.change.upgrade(other.component);
    const model::Component *present = documents.components.component(other.component);
    const bool stays =
        second
            ? second->to == other.version || (second->leavesOld() && second->from == other.version)
            : present && (present->version.empty() || present->version == other.version);
    if (stays)
      add("{}: the plan ends with {}@{} and {}@{}", rule, one.component, one.version,
          other.component, other.version);
    if (!second || second->from != other.version)
      return;
    const auto ending = replacing(other.component);
    for (const TaskSteps *begins : replacing(one.component))
      for (const TaskSteps *ends : ending)
        if (begins != ends && !isAfter(*begins->forbid, *ends->permit))
          add("{}: {}@{} on {} may meet {}@{} on {}", rule, one.component, one.version,
              begins->server, other.component, other.version, ends->server);
  }

  void zones() {
    if (!documents.change.zonesOneAtATime)
      return;
    std::vector<std::pair<const model::Server *, const TaskSteps *>> placed;
    for (const auto &[id, task] : tasks)
      if (const model::Server *server = host(task.server); server && task.isWhole())
        placed.emplace_back(server, &task);
    for (std::size_t one = 0; one < placed.size(); ++one)
      for (std::size_t two = one + 1; two < placed.size(); ++two)
        if (const auto [a, b] = std::pair(placed[one].first, placed[two].first);
            a->zone != b->zone && !ordered(*placed[one].second, *placed[two].second))
          add("zones: {} ({}) and {} ({}) may be withdrawn at the same time", a->name, a->zone,
              b->name, b->zone);
  }

  /// What can be told of it without planning anew.
  void summary() {
    if (plan.summary.tasks != tasks.size())
      add("the summary says {} tasks, and there are {}", plan.summary.tasks, tasks.size());
    if (plan.summary.lowerBound > plan.summary.waves)
      add("the summary says that at least {} waves are needed, and the plan has {}",
          plan.summary.lowerBound, plan.summary.waves);
  }

  /// `wave` is one more than the number of tasks on the longest chain before the task.
  void waves() {
    std::map<std::string, unsigned> wave;
    unsigned most = 0;
    for (const auto &[id, task] : tasks)
      most = std::max(most, wave[id] = 1);
    // By step: the longest chain of tasks that are over when it begins, itself included.
    std::vector<unsigned> over(plan.steps.size());
    for (std::size_t at : after.order()) {
      const Step &step = plan.steps[at];
      for (std::size_t earlier : after.directlyBefore(at))
        over[at] = std::max(over[at], over[earlier]);
      if (step.action == StepAction::Gate && step.wave != std::max(1U, over[at]))
        add("{} is said to be in wave {} and is in wave {}", step.id, step.wave,
            std::max(1U, over[at]));
      auto task = tasks.find(step.task);
      if (task == tasks.end() || !task->second.isWhole())
        continue;
      if (task->second.forbid == &step)
        most = std::max(most, wave[step.task] = over[at] + 1);
      else if (task->second.permit == &step)
        over[at] = std::max(over[at], wave[step.task]);
    }
    for (const Step &step : plan.steps)
      if (step.action != StepAction::Gate && step.wave != wave[step.task])
        add("{} is said to be in wave {} and is in wave {}", step.id, step.wave, wave[step.task]);
    if (plan.summary.waves != most)
      add("the plan says that it has {} waves, and has {}", plan.summary.waves, most);
  }

  const model::Server *host(const std::string &name) const {
    auto place = hosts.find(name);
    return place != hosts.end() ? place->second : nullptr;
  }

  const model::Plan &plan;
  const Documents &documents;
  Needs needs;
  Reasons reasons{plan, documents, needs};
  std::map<std::string, const model::Server *> hosts;
  std::map<std::string, std::vector<const model::QuiesceSet *>> quiesceOf;
  std::map<model::RequestRef, std::size_t> classOf; ///< Index into the plan's routing classes.
  TasksById tasks;
  After after;
  Replay replay{plan, tasks, after};
  std::vector<std::string> found;
};

} // namespace

std::vector<std::string> violations(const model::Plan &plan, const Documents &documents) {
  return Checker(plan, documents).run();
}

} // namespace ripple::check
