//===- Schedule.cpp - In which waves --------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Which tasks come before which, what each takes of what its request kinds can
// spare, and what cannot be; the rest is pack/.
//
//===----------------------------------------------------------------------===//
#include "planner/Planning.h"
#include "planner/pack/Packing.h"

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace ripple::planner {

namespace {

constexpr double Tolerance = 1e-9; ///< Shares of capacity are sums of decimal fractions.

/// Edges between vertices from 0; the number of each vertex's strongly connected component.
using Edges = std::vector<std::pair<unsigned, unsigned>>;

std::vector<std::size_t> circlesOf(const Edges &edges, std::size_t count) {
  using Graph = boost::compressed_sparse_row_graph<boost::directedS>;
  std::vector<std::size_t> component(count);
  if (count == 0)
    return component;
  Graph graph(boost::edges_are_unsorted_multi_pass, edges.begin(), edges.end(), count);
  boost::strong_components(
      graph, boost::make_iterator_property_map(component.begin(), get(boost::vertex_index, graph)));
  return component;
}

class Scheduler {
public:
  Scheduler(const Inputs &inputs, std::vector<Task> &tasks)
      : inputs(inputs), tasks(tasks), ordering(orderingOf(inputs)) {
    infeasible.reasons = ordering.reasons;
  }

  tl::expected<Schedule, Infeasible> run() {
    findSpare();
    findCircles();
    if (infeasible.reasons.empty())
      findKinds();
    eachTaskFitsAlone();
    healthChecksGoOn();
    if (!infeasible.reasons.empty())
      return tl::make_unexpected(std::move(infeasible));
    describeTakes();
    const Packed packed = pack(packing);
    for (std::size_t i = 0; i < tasks.size(); ++i)
      tasks[i].wave = packed.waveOfTask[i] + 1;
    return Schedule{wavesOf(packed.waveOfTask), packed.bound.waves, reasonFor(packed.bound),
                    ordering.remarks};
  }

private:
  /// What TASK withdraws from APPLICATION, in its minimum's unit.
  double withdraws(const Task &task, const std::string &application) const {
    const model::ApplicationPolicy *policy = inputs.servers.application(application);
    const model::Server *server = servers.at(task.server);
    double weight = 0;
    for (const model::HostedApplication &hosted : server->applications)
      if (policy && hosted.name == application)
        weight += weightOf(*policy, hosted);
    return weight;
  }

  void findSpare() {
    for (const model::Server &server : inputs.servers.servers)
      servers[server.name] = &server;
    for (const model::ApplicationPolicy &policy : inputs.servers.applications)
      spare[policy.name] = spareOf(inputs.servers, policy);
  }

  /// Rules that ask for components before each other.
  void findCircles() {
    std::map<std::string, unsigned> vertexOf;
    for (const model::Upgrade &upgrade : inputs.change.upgrades)
      vertexOf.emplace(upgrade.component, vertexOf.size());
    Edges edges;
    for (const model::OrderRule &rule : ordering.rules)
      if (vertexOf.count(rule.before.component) && vertexOf.count(rule.after.component))
        edges.emplace_back(vertexOf[rule.before.component], vertexOf[rule.after.component]);
    std::vector<std::size_t> circle = circlesOf(edges, vertexOf.size());
    std::map<std::size_t, std::vector<std::string>> members;
    for (const auto &[name, vertex] : vertexOf)
      members[circle[vertex]].push_back(name);
    for (const auto &[id, names] : members)
      if (names.size() > 1)
        infeasible.reasons.push_back(fmt::format(
            "the rules ask for {} before each other ({}): {}, or go through a version that can "
            "meet both",
            fmt::join(names, " and "), fmt::join(rulesAmong(names), "; "), wayOut(names)));
  }

  bool isAmong(const model::OrderRule &rule, const std::vector<std::string> &names) const {
    return std::count(names.begin(), names.end(), rule.before.component) &&
           std::count(names.begin(), names.end(), rule.after.component);
  }

  /// The rule without which NAMES can be ordered, one that gives no reason first.
  std::string wayOut(const std::vector<std::string> &names) const {
    const model::OrderRule *weakest = nullptr;
    for (const model::OrderRule &left : ordering.rules) {
      if (!isAmong(left, names) || (weakest && (weakest->reason.empty() || !left.reason.empty())))
        continue;
      Edges edges;
      auto vertex = [&](const std::string &name) {
        return static_cast<unsigned>(std::find(names.begin(), names.end(), name) - names.begin());
      };
      for (const model::OrderRule &rule : ordering.rules)
        if (&rule != &left && isAmong(rule, names))
          edges.emplace_back(vertex(rule.before.component), vertex(rule.after.component));
      std::vector<std::size_t> circle = circlesOf(edges, names.size());
      if (std::set<std::size_t>(circle.begin(), circle.end()).size() == names.size())
        weakest = &left;
    }
    if (!weakest)
      return "take more than one of them out";
    return fmt::format("take one of them out, '{} before {}' is enough", weakest->before.component,
                       weakest->after.component);
  }

  /// Tasks of one kind replace the same components; an order rule is one between kinds.
  void findKinds() {
    std::map<std::vector<std::string>, unsigned> kindOf;
    for (const Task &task : tasks)
      kindOf.emplace(task.components, kindOf.size());
    std::vector<std::vector<std::string>> kinds(kindOf.size());
    std::map<std::string, std::vector<unsigned>> having;
    for (const auto &[components, kind] : kindOf) {
      kinds[kind] = components;
      for (const std::string &component : components)
        having[component].push_back(kind);
    }
    std::set<std::pair<unsigned, unsigned>> edges;
    for (const model::OrderRule &rule : ordering.rules)
      for (unsigned first : having[rule.before.component])
        for (unsigned second : having[rule.after.component])
          if (first != second)
            edges.emplace(first, second);
          else if (rule.before.component != rule.after.component)
            refuseOneRestart(kinds[first]);
    packing.before = {edges.begin(), edges.end()};
    packing.kinds = static_cast<unsigned>(kinds.size());
    refuseCirclesOf(kinds);
    for (const Task &task : tasks)
      packing.tasks.emplace_back().kind = kindOf[task.components];
  }

  void refuseOneRestart(const std::vector<std::string> &components) {
    if (told.insert(components).second)
      infeasible.reasons.push_back(fmt::format(
          "{} are replaced by one restart, and a rule wants one of them everywhere before another "
          "({}): plan them in two change sets, or take the rule out",
          fmt::join(components, " and "), fmt::join(rulesAmong(components), "; ")));
  }

  /// Each rule can be kept, and restarts that join components put them in a circle.
  void refuseCirclesOf(const std::vector<std::vector<std::string>> &kinds) {
    std::vector<std::size_t> circle = circlesOf(packing.before, kinds.size());
    std::map<std::size_t, std::vector<std::string>> joined;
    std::map<std::size_t, std::set<std::string>> names;
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
      joined[circle[kind]].push_back(fmt::format("{}", fmt::join(kinds[kind], " with ")));
      names[circle[kind]].insert(kinds[kind].begin(), kinds[kind].end());
    }
    for (const auto &[id, restarts] : joined)
      if (restarts.size() > 1)
        infeasible.reasons.push_back(fmt::format(
            "restarts join components ({}), and the rules then ask for them before each other "
            "({}): plan them in two change sets, or take a rule out",
            fmt::join(restarts, "; "),
            fmt::join(rulesAmong({names[id].begin(), names[id].end()}), "; ")));
  }

  /// The rules that order NAMES among themselves, as their user would know them.
  std::vector<std::string> rulesAmong(const std::vector<std::string> &names) const {
    std::vector<std::string> out;
    for (const model::OrderRule &rule : ordering.rules)
      if (isAmong(rule, names))
        out.push_back(fmt::format("{}@{} before {}@{}{}{}", rule.before.component,
                                  rule.before.version, rule.after.component, rule.after.version,
                                  rule.reason.empty() ? "" : ": ", rule.reason));
    return out;
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

  /// Servers and zones in numbers; and as resources what request kinds can spare.
  void describeTakes() {
    std::map<std::string, unsigned> serverOf, zoneOf;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      const model::Server &server = *servers.at(tasks[i].server);
      packing.tasks[i].server = serverOf.emplace(server.name, serverOf.size()).first->second;
      packing.tasks[i].zone = zoneOf.emplace(server.zone, zoneOf.size()).first->second;
    }
    packing.servers = static_cast<unsigned>(serverOf.size());
    packing.zones = static_cast<unsigned>(zoneOf.size());
    packing.zonesOneAtATime = inputs.change.zonesOneAtATime;
    std::map<std::string, std::vector<std::pair<unsigned, const model::QuiesceSet *>>> sets;
    for (unsigned i = 0; i < tasks.size(); ++i)
      for (const model::QuiesceSet &set : tasks[i].quiesce)
        sets[set.application].emplace_back(i, &set);
    for (const auto &[application, withdrawals] : sets)
      addResources(application, withdrawals);
  }

  /// Request kinds that the same tasks withdraw are one resource.
  void
  addResources(const std::string &application,
               const std::vector<std::pair<unsigned, const model::QuiesceSet *>> &withdrawals) {
    std::map<std::vector<std::string>, std::vector<unsigned>> tasksOf; // by what they withdraw
    for (const auto &[task, set] : withdrawals)
      tasksOf[set->requests].push_back(task);
    std::map<std::string, std::vector<const std::vector<unsigned> *>> withdrawing;
    for (const auto &[requests, some] : tasksOf)
      for (const std::string &request : requests)
        withdrawing[request].push_back(&some);
    std::set<std::vector<unsigned>> resources;
    for (const auto &[request, groups] : withdrawing) {
      std::vector<unsigned> all;
      for (const std::vector<unsigned> *some : groups)
        all.insert(all.end(), some->begin(), some->end());
      std::sort(all.begin(), all.end());
      resources.insert(std::move(all));
    }
    for (const std::vector<unsigned> &users : resources) {
      auto resource = static_cast<unsigned>(packing.capacity.size());
      packing.capacity.push_back(spare.at(application).spare());
      resourceOf.push_back(application);
      for (unsigned task : users)
        if (double amount = withdraws(tasks[task], application); amount > Tolerance)
          packing.tasks[task].takes.emplace_back(resource, amount);
    }
  }

  std::string reasonFor(const PackingBound &bound) const {
    switch (bound.by) {
    case PackingBound::By::OneTask:
      return tasks.empty() ? "nothing is to be done" : "one task";
    case PackingBound::By::Resource: {
      const Spare &have = spare.at(resourceOf[bound.which]);
      return fmt::format("{} has {:g} and keeps at least {:g}", resourceOf[bound.which], have.total,
                         have.minimum);
    }
    case PackingBound::By::Server:
      for (std::size_t i = 0; i < tasks.size(); ++i)
        if (packing.tasks[i].server == bound.which)
          return fmt::format("{} has {} tasks, one at a time", tasks[i].server, bound.waves);
      break;
    case PackingBound::By::Order:
      return "rules put upgrades after each other";
    case PackingBound::By::Zones:
      return "one zone at a time";
    case PackingBound::By::Clique:
      return fmt::format("of {} tasks no two can be done at once", bound.waves);
    case PackingBound::By::Search:
      return fmt::format("every way to do it in {} was tried", bound.waves - 1);
    }
    return {};
  }

  const Inputs &inputs;
  std::vector<Task> &tasks;
  Ordering ordering;
  std::map<std::string, Spare> spare;
  std::map<std::string, const model::Server *> servers;
  Packing packing;
  std::vector<std::string> resourceOf; ///< The application of each resource.
  std::set<std::vector<std::string>> told;
  std::set<std::string> toldApplications;
  Infeasible infeasible;
};

} // namespace

tl::expected<Schedule, Infeasible> schedule(const Inputs &inputs, std::vector<Task> &tasks) {
  return Scheduler(inputs, tasks).run();
}

} // namespace ripple::planner
