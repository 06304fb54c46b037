//===- PlanView.cpp -------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/PlanView.h"

#include "model/Sort.h"
#include "planner/Back.h"
#include "planner/Inputs.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace ripple::planner {

std::string plural(std::size_t count, const std::string &word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

std::string describe(const Reason &reason) {
  return fmt::format("{} {}{}", toString(reason.why), reason.component,
                     reason.via.empty() ? "" : " through " + reason.via);
}

std::size_t TaskView::waiting() const {
  std::size_t count = 0;
  for (const model::QuiesceSet *set : quiesce)
    count += set->requests.size();
  return count;
}

double savedBy(const model::Withdrawn &withdrawn) {
  if (withdrawn.wholeServerDrain <= 0)
    return 0;
  return std::max(0.0, 1 - withdrawn.serverSeconds / withdrawn.wholeServerDrain);
}

std::vector<TaskView> tasksIn(const model::Plan &plan) {
  std::vector<TaskView> tasks;
  std::map<std::string, std::size_t> indexOf;
  for (const model::Step &step : plan.steps)
    if (step.action == model::StepAction::Forbid &&
        indexOf.try_emplace(step.task, tasks.size()).second)
      tasks.push_back({step.task, step.server, step.wave, {}, &step, {}, {}});
  for (const model::Step &step : plan.steps)
    if (auto found = indexOf.find(step.task); found != indexOf.end()) {
      TaskView &task = tasks[found->second];
      task.steps.push_back(&step);
      if (step.action == model::StepAction::Await)
        task.components = step.components;
    }
  for (const model::QuiesceSet &set : plan.quiesce)
    if (auto found = indexOf.find(set.task); found != indexOf.end())
      tasks[found->second].quiesce.push_back(&set);
  model::sortBy(tasks, &TaskView::wave);
  return tasks;
}

namespace {

/// What each task waits for, without the gates between.
class TaskOrder {
public:
  explicit TaskOrder(const model::Plan &plan) {
    std::map<std::string_view, const model::Step *> gates;
    for (const model::Step &step : plan.steps)
      if (step.action == model::StepAction::Forbid)
        forbids.emplace(step.task, &step);
      else if (step.action == model::StepAction::Permit)
        taskOf.emplace(step.id, step.task);
      else if (step.action == model::StepAction::Gate)
        gates.emplace(step.id, &step);
    for (const auto &[id, gate] : gates)
      if (auto [found, isNew] = tasksOf.try_emplace(gate->after); isNew)
        for (const std::string &one : gate->after)
          addTo(found->second, one, gates);
    for (const auto &[task, forbid] : forbids)
      if (auto [found, isNew] = tasksOf.try_emplace(forbid->after); isNew)
        for (const std::string &one : forbid->after)
          addTo(found->second, one, gates);
  }

  /// The tasks, directly or only through gates.
  const std::set<std::string_view> &before(const model::Step &forbid) const {
    return tasksOf.at(forbid.after);
  }
  /// The number of tasks that come before FORBID.
  std::size_t countBefore(const model::Step &forbid) const {
    std::set<std::string_view> known;
    std::vector<std::string_view> open(before(forbid).begin(), before(forbid).end());
    while (!open.empty()) {
      const std::string_view task = open.back();
      open.pop_back();
      if (!known.insert(task).second)
        continue;
      if (auto step = forbids.find(task); step != forbids.end())
        open.insert(open.end(), before(*step->second).begin(), before(*step->second).end());
    }
    return known.size();
  }

private:
  void addTo(std::set<std::string_view> &tasks, const std::string &step,
             const std::map<std::string_view, const model::Step *> &gates) const {
    if (auto task = taskOf.find(step); task != taskOf.end())
      tasks.insert(task->second);
    else if (auto gate = gates.find(step); gate != gates.end())
      for (const std::string &one : gate->second->after)
        addTo(tasks, one, gates);
  }

  std::map<std::string_view, const model::Step *> forbids;                ///< By task.
  std::map<std::string_view, std::string_view> taskOf;                    ///< By permit.
  std::map<std::vector<std::string>, std::set<std::string_view>> tasksOf; ///< By `after`.
};

} // namespace

std::vector<std::string> aheadOf(const model::Plan &plan, unsigned waves) {
  const TaskOrder order(plan);
  std::size_t earlier = 0;
  for (const model::Step &step : plan.steps)
    earlier += step.action == model::StepAction::Forbid && step.wave <= waves ? 1 : 0;
  std::map<std::vector<std::string>, bool> waitsForAll; // by `after`: of the next wave, all before
  std::vector<std::string> ahead;
  for (const model::Step &step : plan.steps) {
    if (step.action != model::StepAction::Forbid || step.wave != waves + 1)
      continue;
    auto [found, isNew] = waitsForAll.try_emplace(step.after);
    if (isNew)
      found->second = order.countBefore(step) == earlier;
    if (!found->second)
      ahead.push_back(step.task);
  }
  return ahead;
}

// A chain of tasks from one wave to the next but one goes through the wave between, so without
// overlaps each task waits for all of the wave before its own, and for those directly.
bool wavesOverlap(const model::Plan &plan) {
  const TaskOrder order(plan);
  std::map<std::string_view, unsigned> waveOf;
  std::vector<std::size_t> tasksIn(plan.summary.waves + 1);
  for (const model::Step &step : plan.steps)
    if (step.action == model::StepAction::Forbid && step.wave < tasksIn.size()) {
      waveOf[step.task] = step.wave;
      ++tasksIn[step.wave];
    }
  return std::any_of(plan.steps.begin(), plan.steps.end(), [&](const model::Step &step) {
    if (step.action != model::StepAction::Forbid || step.wave >= tasksIn.size() || step.wave < 2)
      return false;
    const auto &before = order.before(step);
    return static_cast<std::size_t>(
               std::count_if(before.begin(), before.end(), [&](std::string_view task) {
                 return waveOf[task] == step.wave - 1;
               })) < tasksIn[step.wave - 1];
  });
}

namespace {

/// "t4/install/catalog in wave 4 HOW: catalog 2.0.0 has no rollback", or "the first of …".
std::string nameOf(const std::vector<const model::Step *> &points, const model::Plan &plan,
                   std::string_view how) {
  constexpr std::size_t namedMost = 3;
  std::vector<std::string> named;
  std::set<unsigned> waves;
  std::set<std::string> components;
  for (const model::Step *point : points) {
    if (named.size() < namedMost)
      named.push_back(point->id);
    waves.insert(point->wave);
    const model::Upgrade *upgrade = plan.upgrade(point->component);
    components.insert(point->component + (upgrade ? " " + upgrade->to : ""));
  }
  const std::string others =
      points.size() > named.size() ? fmt::format(" and {} more", points.size() - named.size()) : "";
  return fmt::format("{}{}{} in {}{}: {} {} no rollback", points.size() > 1 ? "the first of " : "",
                     fmt::join(named, ", "), others,
                     waves.size() == 1
                         ? fmt::format("wave {}", *waves.begin())
                         : fmt::format("waves {} to {}", *waves.begin(), *waves.rbegin()),
                     how, fmt::join(components, ", "), components.size() == 1 ? "has" : "have");
}

} // namespace

std::string wayBackOf(const model::Plan &plan) {
  constexpr std::string_view byWave = " (`ripple back --after-wave N`)",
                             byStatus = " (`ripple back --status FILE`)";
  const std::vector<const model::Step *> points = pointsOfNoReturn(plan);
  if (points.empty())
    return wavesOverlap(plan) ? fmt::format("at every moment{}", byStatus)
                              : fmt::format("from every wave{}", byWave);
  const unsigned before = points.front()->wave - 1;
  if (before > 0 && aheadOf(plan, before).empty())
    return fmt::format("after waves 1 to {}{}, and none after {}", before, byWave,
                       nameOf(points, plan, ""));
  if (before > 0 || points.size() > 1)
    return "until " + nameOf(points, plan, byStatus);
  return "none after " + nameOf(points, plan, "");
}

std::vector<std::string> assumptionsOf(const model::Plan &plan) {
  std::set<std::string_view> waiting;
  for (const model::Step &step : plan.steps)
    for (const model::RequestRef &request : step.requests)
      waiting.insert(request.application);
  std::vector<std::string> assumptions;
  for (const model::PlannedApplication &application : plan.applications)
    for (const model::Router &router : plan.routers)
      if (router.name == application.policy.router && waiting.count(application.policy.name))
        assumptions.push_back(fmt::format("where {} has no gate, {} ({}) alone decides, on the "
                                          "assumption that {}",
                                          application.policy.name, router.name,
                                          toString(router.kind),
                                          model::assumedWithoutGate(router.kind)));
  return assumptions;
}

namespace {

/// Orders an application's request kinds by id, *other* last.
struct RequestOrder {
  using Key = std::pair<std::string, std::string>;
  bool operator()(const Key &a, const Key &b) const {
    return std::tuple(std::string_view(a.first), a.second == "other", std::string_view(a.second)) <
           std::tuple(std::string_view(b.first), b.second == "other", std::string_view(b.second));
  }
};
using RequestMap = std::map<std::pair<std::string, std::string>, std::set<Reason>, RequestOrder>;

} // namespace

std::vector<RequestView> requestsIn(const model::Plan &plan) {
  RequestMap all;
  for (const model::RoutingClass &one : plan.routingClasses) {
    for (const std::string &id : one.requests)
      all[{one.application, id}];
    if (one.requests.empty())
      all[{one.application, "other"}];
  }
  for (const model::QuiesceSet &set : plan.quiesce) {
    for (const std::string &id : set.requests)
      all[{set.application, id}];
    for (const model::QuiesceReason &reason : set.reasons)
      all[{set.application, reason.request}].insert({reason.component, reason.why, reason.via});
  }
  std::vector<RequestView> requests;
  for (const auto &[key, reasons] : all)
    requests.push_back({key.first, key.second, {reasons.begin(), reasons.end()}});
  return requests;
}

std::vector<RequestGroup> groupsOf(const std::vector<RequestView> &requests) {
  std::vector<RequestGroup> groups;
  std::map<std::pair<std::string, std::vector<Reason>>, std::size_t> indexOf;
  for (const RequestView &request : requests) {
    if (request.reasons.empty())
      continue;
    auto [found, isNew] =
        indexOf.try_emplace({request.application, request.reasons}, groups.size());
    if (isNew)
      groups.push_back({request.application, {}, request.reasons});
    groups[found->second].ids.push_back(request.id);
  }
  return groups;
}

std::vector<CapacityCurve> capacityIn(const model::Plan &plan) {
  model::ServerList list;
  list.servers = plan.servers;
  std::map<std::string, const model::ApplicationPolicy *> policies;
  for (const model::PlannedApplication &application : plan.applications)
    policies[application.policy.name] = &application.policy;

  // What each wave withdraws of each request kind.
  std::map<std::pair<std::string, std::string>, std::vector<double>, RequestOrder> away;
  for (const RequestView &request : requestsIn(plan))
    away[{request.application, request.id}].resize(plan.summary.waves);
  for (const TaskView &task : tasksIn(plan))
    for (const model::QuiesceSet *set : task.quiesce) {
      const model::Server *server = plan.server(task.server);
      auto policy = policies.find(set->application);
      if (!server || policy == policies.end() || task.wave > plan.summary.waves)
        continue;
      for (const model::HostedApplication &hosted : server->applications)
        if (hosted.name == set->application)
          for (const std::string &id : set->requests)
            away[{set->application, id}][task.wave - 1] += weightOf(*policy->second, hosted);
    }

  std::vector<CapacityCurve> curves;
  std::map<std::pair<std::string, std::vector<double>>, std::size_t> indexOf;
  for (const auto &[key, withdrawn] : away) {
    auto policy = policies.find(key.first);
    if (policy == policies.end())
      continue;
    auto [found, isNew] = indexOf.try_emplace({key.first, withdrawn}, curves.size());
    if (isNew) {
      Spare spare = spareOf(list, *policy->second);
      CapacityCurve curve{key.first, {}, {}, spare.total, spare.minimum};
      for (double amount : withdrawn)
        curve.left.push_back(spare.total - amount);
      curves.push_back(std::move(curve));
    }
    curves[found->second].ids.push_back(key.second);
  }
  return curves;
}

} // namespace ripple::planner
