//===- Schedule.cpp - In which waves --------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// To find the fewest waves is vector bin packing; this is first fit decreasing
// (Johnson 1973), with a lower bound: for each request kind, what is withdrawn
// in all over what it can spare; and the tasks of one server, which come one by
// one.
//
//===----------------------------------------------------------------------===//
#include "planner/Planning.h"

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace ripple::planner {

namespace {

constexpr double Tolerance = 1e-9; ///< Shares of capacity are sums of decimal fractions.

using KindKey = std::pair<std::string, std::string>; ///< application, request kind

class Scheduler {
public:
  Scheduler(const Inputs &inputs, std::vector<Task> &tasks)
      : inputs(inputs), tasks(tasks), ordering(orderingOf(inputs)) {
    infeasible.reasons = ordering.reasons;
  }

  tl::expected<Schedule, Infeasible> run() {
    findSpare();
    findGroups();
    eachTaskFitsAlone();
    healthChecksGoOn();
    if (!infeasible.reasons.empty())
      return tl::make_unexpected(std::move(infeasible));
    place();
    return bounds();
  }

private:
  /// What TASK withdraws from APPLICATION, in its minimum's unit.
  double withdraws(const Task &task, const std::string &application) const {
    const model::ApplicationPolicy *policy = inputs.servers.application(application);
    const model::Server *server = inputs.servers.server(task.server);
    double weight = 0;
    for (const model::HostedApplication &hosted : server->applications)
      if (policy && hosted.name == application)
        weight += weightOf(*policy, hosted);
    return weight;
  }

  void findSpare() {
    for (const model::ApplicationPolicy &policy : inputs.servers.applications)
      spare[policy.name] = spareOf(inputs.servers, policy);
  }

  /// Numbers the changed components by the order rules: strongly connected ones are one group.
  void findGroups() {
    using Graph = boost::compressed_sparse_row_graph<boost::directedS>;
    std::map<std::string, std::size_t> vertexOf;
    for (const model::Upgrade &upgrade : inputs.change.upgrades)
      vertexOf.emplace(upgrade.component, vertexOf.size());
    std::vector<std::pair<std::size_t, std::size_t>> edges;
    for (const model::OrderRule &rule : ordering.rules)
      if (vertexOf.count(rule.before.component) && vertexOf.count(rule.after.component))
        edges.emplace_back(vertexOf[rule.before.component], vertexOf[rule.after.component]);
    if (vertexOf.empty())
      return;
    Graph graph(boost::edges_are_unsorted_multi_pass, edges.begin(), edges.end(), vertexOf.size());
    std::vector<std::size_t> component(vertexOf.size());
    std::size_t count = boost::strong_components(
        graph,
        boost::make_iterator_property_map(component.begin(), get(boost::vertex_index, graph)));
    // Tarjan numbers components in reverse topological order.
    for (const auto &[name, vertex] : vertexOf)
      groupOf[name] = static_cast<unsigned>(count - 1 - component[vertex]);
    layer(edges, component, count, vertexOf);
    for (Task &task : tasks)
      groupTask(task);
  }

  /// Groups that no rule orders go side by side: the longest chain of rules before each.
  void layer(const std::vector<std::pair<std::size_t, std::size_t>> &edges,
             const std::vector<std::size_t> &component, std::size_t count,
             const std::map<std::string, std::size_t> &vertexOf) {
    std::vector<unsigned> depth(count, 0);
    for (std::size_t round = 0; round < count; ++round)
      for (auto [before, after] : edges)
        if (component[before] != component[after])
          depth[component[after]] = std::max(depth[component[after]], depth[component[before]] + 1);
    for (const auto &[name, vertex] : vertexOf)
      groupOf[name] = depth[component[vertex]];
    std::map<std::size_t, std::vector<std::string>> members;
    for (const auto &[name, vertex] : vertexOf)
      members[component[vertex]].push_back(name);
    for (const auto &[id, names] : members)
      if (names.size() > 1)
        infeasible.reasons.push_back(fmt::format(
            "the rules ask for {} before each other ({}): take one of them out, or go through a "
            "version that can meet both",
            fmt::join(names, " and "), fmt::join(rulesAmong(names), "; ")));
  }

  /// The rules that order NAMES among themselves, as their user would know them.
  std::vector<std::string> rulesAmong(const std::vector<std::string> &names) const {
    std::vector<std::string> out;
    auto isOne = [&](const std::string &name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    for (const model::OrderRule &rule : ordering.rules)
      if (isOne(rule.before.component) && isOne(rule.after.component))
        out.push_back(fmt::format("{}@{} before {}@{}{}{}", rule.before.component,
                                  rule.before.version, rule.after.component, rule.after.version,
                                  rule.reason.empty() ? "" : ": ", rule.reason));
    return out;
  }

  void groupTask(Task &task) {
    std::set<unsigned> groups;
    for (const std::string &component : task.components)
      groups.insert(groupOf[component]);
    task.group = *groups.rbegin();
    if (groups.size() > 1 && told.insert(task.components).second)
      infeasible.reasons.push_back(fmt::format(
          "{} are replaced by one restart, and a rule wants one of them everywhere before another "
          "({}): plan them in two change sets, or take the rule out",
          fmt::join(task.components, " and "), fmt::join(rulesAmong(task.components), "; ")));
  }

  void eachTaskFitsAlone() {
    for (const Task &task : tasks)
      for (const model::QuiesceSet &set : task.quiesce) {
        const Spare &have = spare[set.application];
        double away = withdraws(task, set.application);
        if (away <= have.spare() + Tolerance || !toldApplications.insert(set.application).second)
          continue;
        const model::ApplicationPolicy *policy = inputs.servers.application(set.application);
        infeasible.reasons.push_back(fmt::format(
            "{} must keep {} (minAvailable) and has {:g}: replacing {} withdraws {:g} at {}; lower "
            "the minimum, or add a server",
            set.application, describe(policy->minimum), have.total,
            fmt::join(task.components, ", "), away, task.server));
      }
  }

  /// The router's checks pass the gate: they must not run what is replaced while they go on.
  void healthChecksGoOn() {
    for (const Task &task : tasks)
      for (const model::QuiesceSet &set : task.quiesce) {
        const std::string &health = inputs.servers.application(set.application)->health;
        bool restarted =
            std::any_of(task.restarts.begin(), task.restarts.end(),
                        [&](const auto *hosted) { return hosted->name == set.application; });
        if (health.empty() || restarted)
          continue;
        const std::string id = "GET " + health;
        if (std::count(set.requests.begin(), set.requests.end(), id) &&
            toldApplications.insert(set.application + " " + health).second)
          infeasible.reasons.push_back(fmt::format(
              "{}: the router's check asks for {}, which touches {} and cannot be kept away; give "
              "it a check path that does not (applications[].health)",
              set.application, health, fmt::join(task.components, ", ")));
      }
  }

  /// Does TASK fit into WAVE beside those that are in it?
  bool fits(const Task &task, const std::vector<Task *> &wave) const {
    std::map<KindKey, double> away;
    auto count = [&](const Task &one) {
      for (const model::QuiesceSet &set : one.quiesce)
        for (const std::string &request : set.requests)
          away[{set.application, request}] += withdraws(one, set.application);
    };
    for (const Task *other : wave) {
      if (other->server == task.server || other->group != task.group)
        return false;
      if (inputs.change.zonesOneAtATime && zoneOf(*other) != zoneOf(task))
        return false;
      count(*other);
    }
    count(task);
    return std::all_of(away.begin(), away.end(), [&](const auto &entry) {
      return entry.second <= spare.at(entry.first.first).spare() + Tolerance;
    });
  }

  const std::string &zoneOf(const Task &task) const {
    return inputs.servers.server(task.server)->zone;
  }

  void place() {
    std::vector<Task *> order;
    for (Task &task : tasks)
      order.push_back(&task);
    std::stable_sort(order.begin(), order.end(), [&](const Task *a, const Task *b) {
      return std::tuple(a->group, -share(*a)) < std::tuple(b->group, -share(*b));
    });
    std::vector<std::vector<Task *>> waves;
    for (Task *task : order) {
      std::size_t i = 0;
      while (i < waves.size() && !fits(*task, waves[i]))
        ++i;
      if (i == waves.size())
        waves.emplace_back();
      waves[i].push_back(task);
      task->wave = static_cast<unsigned>(i + 1);
    }
    waveCount = static_cast<unsigned>(waves.size());
  }

  /// The largest share of what some application can spare.
  double share(const Task &task) const {
    double largest = 0;
    for (const model::QuiesceSet &set : task.quiesce) {
      double have = spare.at(set.application).spare();
      largest = std::max(largest, have > 0 ? withdraws(task, set.application) / have : 0);
    }
    return largest;
  }

  Schedule bounds() const {
    Schedule result{waveCount, tasks.empty() ? 0U : 1U, "one task", ordering.remarks};
    auto raise = [&](unsigned bound, std::string by) {
      if (bound > result.lowerBound) {
        result.lowerBound = bound;
        result.boundBy = std::move(by);
      }
    };
    std::map<KindKey, double> away;
    std::map<std::string, unsigned> onServer;
    for (const Task &task : tasks) {
      ++onServer[task.server];
      for (const model::QuiesceSet &set : task.quiesce)
        for (const std::string &request : set.requests)
          away[{set.application, request}] += withdraws(task, set.application);
    }
    for (const auto &[server, count] : onServer)
      raise(count, fmt::format("{} has {} tasks, one at a time", server, count));
    for (const auto &[key, total] : away)
      if (const Spare &have = spare.at(key.first); have.spare() > 0)
        raise(static_cast<unsigned>(std::ceil(total / have.spare() - Tolerance)),
              fmt::format("{} has {:g} and keeps at least {:g}", key.first, have.total,
                          have.minimum));
    return result;
  }

  const Inputs &inputs;
  std::vector<Task> &tasks;
  Ordering ordering;
  std::map<std::string, Spare> spare;
  std::map<std::string, unsigned> groupOf;
  std::set<std::vector<std::string>> told;
  std::set<std::string> toldApplications;
  Infeasible infeasible;
  unsigned waveCount = 0;
};

} // namespace

tl::expected<Schedule, Infeasible> schedule(const Inputs &inputs, std::vector<Task> &tasks) {
  return Scheduler(inputs, tasks).run();
}

} // namespace ripple::planner
