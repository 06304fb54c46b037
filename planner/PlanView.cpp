//===- PlanView.cpp -------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/PlanView.h"

#include "model/Sort.h"
#include "planner/Inputs.h"

#include <fmt/format.h>
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
