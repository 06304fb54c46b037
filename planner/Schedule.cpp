//===- Schedule.cpp - In which waves --------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Which tasks come before which, what each takes of what its request kinds can
// spare, and what cannot be; the rest is pack/.
//
//===----------------------------------------------------------------------===//
#include "planner/Circles.h"
#include "planner/Planning.h"
#include "planner/pack/Lanes.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <numeric>
#include <set>

namespace ripple::planner {

namespace {

constexpr double Tolerance = 1e-9; ///< Shares of capacity are sums of decimal fractions.

class Scheduler {
public:
  Scheduler(const Inputs &inputs, std::vector<Task> &tasks)
      : inputs(inputs), tasks(tasks), ordering(orderingOf(inputs)) {
    infeasible.reasons = ordering.reasons;
  }

  tl::expected<Schedule, Infeasible> run() {
    findSpare();
    findKinds();
    refuseOneRestarts();
    findCircles();
    if (infeasible.reasons.empty())
      orderKinds();
    eachTaskFitsAlone();
    healthChecksGoOn();
    refuseIdleSwaps();
    if (!infeasible.reasons.empty()) {
      sayEachOnce();
      return tl::make_unexpected(std::move(infeasible));
    }
    describeTakes();
    const Packed packed = pack(packing);
    TasksBefore before = lanesOf(packing, packed.waveOfTask);
    WaveOfTask waveOfTask = waveByChains(before);
    Schedule result{wavesOf(waveOfTask), packed.bound.waves, reasonFor(packed.bound),
                    orderOfUpgrades(), ordering.remarks};
    if (hasCanary()) {
      packing = withOneFirst(packing);
      before = lanesOf(packing, pack(packing).waveOfTask);
      waveOfTask = waveByChains(before);
    }
    arrange(waveOfTask, std::move(before));
    return result;
  }

private:
  using Rules = std::vector<const model::OrderRule *>; ///< Beside the edges that they give.

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

  /// Rules that ask for components before each other: of each strongly connected component a
  /// circle, so that each rule that is named is needed for the reason.
  void findCircles() {
    std::map<std::string, unsigned> vertexOf;
    for (const model::Upgrade &upgrade : inputs.change.upgrades)
      vertexOf.emplace(upgrade.component, vertexOf.size());
    Edges edges;
    Rules rules;
    for (const model::OrderRule &rule : ordering.rules) {
      auto before = vertexOf.find(rule.before.component);
      auto after = vertexOf.find(rule.after.component);
      if (before == vertexOf.end() || after == vertexOf.end() || before == after ||
          toldRules.count(&rule))
        continue;
      edges.emplace_back(before->second, after->second);
      rules.push_back(&rule);
    }
    const auto circles = circlesOf(edges, vertexOf.size());
    for (const std::vector<std::size_t> &circle : circles) {
      std::vector<std::string> names, texts;
      for (std::size_t at : circle) {
        names.push_back(rules[at]->before.component);
        texts.push_back(textOf(*rules[at]));
      }
      std::sort(names.begin(), names.end());
      infeasible.reasons.push_back(fmt::format(
          "the rules ask for {} before each other ({}): {}, or go through a version that can meet "
          "both, or pin the routes between them so that old and new never meet",
          fmt::join(names, " and "), fmt::join(texts, "; "),
          wayOut(circle, rules, [&](std::size_t left) {
            Edges others = edges;
            others.erase(others.begin() + static_cast<long>(left));
            return circlesOf(others, vertexOf.size()).size() < circles.size();
          })));
    }
  }

  /// The rules between two upgrades, of several between the same two the first.
  std::vector<model::OrderRule> orderOfUpgrades() const {
    std::map<std::pair<std::string, std::string>, model::OrderRule> rules;
    for (const model::OrderRule &rule : ordering.rules)
      if (inputs.change.upgrade(rule.before.component) &&
          inputs.change.upgrade(rule.after.component))
        rules.try_emplace({rule.before.component, rule.after.component}, rule);
    std::vector<model::OrderRule> order;
    for (const auto &[components, rule] : rules)
      order.push_back(rule);
    return order;
  }

  /// The rule of CIRCLE without which nothing goes round there, one that gives no reason first.
  template <typename IsEnough>
  static std::string wayOut(const std::vector<std::size_t> &circle, const Rules &rules,
                            IsEnough isEnough) {
    std::vector<std::size_t> weakestFirst = circle;
    std::stable_partition(weakestFirst.begin(), weakestFirst.end(),
                          [&](std::size_t at) { return rules[at]->reason.empty(); });
    for (std::size_t at : weakestFirst)
      if (isEnough(at))
        return fmt::format("take one of them out, '{} before {}' is enough",
                           rules[at]->before.component, rules[at]->after.component);
    return "take one of them out, and then one of each circle that is left";
  }

  /// Tasks of one kind replace the same components; an order rule is one between kinds.
  void findKinds() {
    std::map<std::vector<std::string>, unsigned> kindOf;
    for (const Task &task : tasks)
      kindOf.emplace(task.components, kindOf.size());
    kinds.resize(kindOf.size());
    packing.kinds = static_cast<unsigned>(kinds.size());
    for (const auto &[components, kind] : kindOf) {
      kinds[kind] = components;
      for (const std::string &component : components)
        having[component].push_back(kind);
    }
    for (const Task &task : tasks)
      packing.tasks.emplace_back().kind = kindOf[task.components];
  }

  /// Each rule once, whichever restarts it concerns. Such a rule is no part of other reasons.
  void refuseOneRestarts() {
    for (const model::OrderRule &rule : ordering.rules)
      for (unsigned kind : having[rule.before.component])
        if (rule.before.component != rule.after.component &&
            std::count(kinds[kind].begin(), kinds[kind].end(), rule.after.component) &&
            toldRules.insert(&rule).second)
          infeasible.reasons.push_back(fmt::format(
              "{} are replaced by one restart, and a rule wants one of them everywhere before "
              "another ({}): plan them in two change sets, or take the rule out",
              fmt::join(kinds[kind], " and "), textOf(rule)));
  }

  /// The rules as an order between kinds, which has no circle.
  void orderKinds() {
    std::map<std::pair<unsigned, unsigned>, const model::OrderRule *> ruleOf;
    for (const model::OrderRule &rule : ordering.rules)
      for (unsigned first : having[rule.before.component])
        for (unsigned second : having[rule.after.component])
          if (first != second)
            ruleOf.emplace(std::pair(first, second), &rule);
    Rules rules;
    for (const auto &[edge, rule] : ruleOf) {
      packing.before.push_back(edge);
      rules.push_back(rule);
    }
    refuseCirclesOf(rules);
  }

  /// Each rule can be kept, and restarts that join components put them in a circle.
  void refuseCirclesOf(const Rules &rules) {
    for (const std::vector<std::size_t> &circle : circlesOf(packing.before, kinds.size())) {
      std::vector<std::string> restarts, texts;
      for (std::size_t at : circle) {
        const std::vector<std::string> &joined = kinds[packing.before[at].first];
        restarts.push_back(fmt::format("{}", fmt::join(joined, " with ")));
        texts.push_back(textOf(*rules[at]));
      }
      infeasible.reasons.push_back(fmt::format(
          "restarts join components ({}), and the rules then ask for them before each other "
          "({}): plan them in two change sets, or take a rule out",
          fmt::join(restarts, "; "), fmt::join(texts, "; ")));
    }
  }

  /// As its user would know it.
  static std::string textOf(const model::OrderRule &rule) {
    return fmt::format("{}@{} before {}@{}{}{}", rule.before.component, rule.before.version,
                       rule.after.component, rule.after.version, rule.reason.empty() ? "" : ": ",
                       rule.reason);
  }

  /// Of each application that cannot spare what a task withdraws, the task that withdraws the most.
  void eachTaskFitsAlone() {
    std::map<std::string, std::pair<double, const Task *>> most;
    for (const Task &task : tasks)
      for (const model::QuiesceSet &set : task.quiesce) {
        const double away = withdraws(task, set.application);
        auto &[worst, who] = most[set.application];
        if (!who || away > worst)
          std::tie(worst, who) = std::pair(away, &task);
      }
    for (const auto &[application, worst] : most) {
      const auto &[away, task] = worst;
      const Spare &have = spare[application];
      if (away <= have.spare() + Tolerance)
        continue;
      const model::Minimum &minimum = inputs.servers.application(application)->minimum;
      infeasible.reasons.push_back(fmt::format(
          "{} must keep {} ({}) and has {:g}: replacing {} withdraws {:g} at {}; lower the "
          "minimum, or add a server",
          application, describe(minimum),
          minimum.unit == model::Minimum::Unit::Capacity ? "minCapacity" : "minAvailable",
          have.total, fmt::join(task->components, ", "), away, task->server));
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
        auto touches = [&](const model::QuiesceReason &reason) {
          return reason.request == id && reason.why != model::Why::RoutingClass;
        };
        if (std::any_of(set.reasons.begin(), set.reasons.end(), touches) &&
            toldApplications.insert(set.application + " " + health).second)
          infeasible.reasons.push_back(fmt::format(
              "{}: the router's check asks for {}, which touches {} and cannot be kept away; give "
              "it a check path that does not (applications[].health)",
              set.application, health, fmt::join(task.components, ", ")));
      }
  }

  /// What a process holds is replaced while requests are kept away, unless it is loaded beside the
  /// old one: where no request kind uses it, nothing says when it is not in use.
  void refuseIdleSwaps() {
    std::set<std::vector<std::string>> told;
    for (const Task &task : tasks) {
      const bool isApart = task.components.size() == 1 && task.restarts.empty() &&
                           domainOf(inputs, *inputs.change.upgrade(task.components.front())) ==
                               model::RestartDomain::None;
      if (task.quiesce.empty() && !task.phasedIn && !isApart && told.insert(task.components).second)
        infeasible.reasons.push_back(fmt::format(
            "{} at {}: no request kind uses it, so there is none to keep away while it is swapped "
            "under those that may still hold it; write 'phaseIn: true' to have the new one loaded "
            "beside it, 'restart: process' to have it replaced by a restart, or 'restart: none' "
            "where no process holds it",
            fmt::join(task.components, ", "), task.server));
    }
  }

  /// A rule that is written twice is no obstacle more.
  void sayEachOnce() {
    std::set<std::string> told;
    std::erase_if(infeasible.reasons,
                  [&](const std::string &reason) { return !told.insert(reason).second; });
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

  /// Gives TASKS their waves and what each comes BEFORE it, in the order that people read.
  void arrange(const WaveOfTask &waveOfTask, TasksBefore before) {
    std::vector<unsigned> order(tasks.size()), place(tasks.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](unsigned a, unsigned b) {
      return std::tie(waveOfTask[a], tasks[a].server, tasks[a].components) <
             std::tie(waveOfTask[b], tasks[b].server, tasks[b].components);
    });
    for (unsigned at = 0; at < order.size(); ++at)
      place[order[at]] = at;
    std::vector<Task> arranged;
    arranged.reserve(tasks.size());
    for (unsigned old : order) {
      Task &task = arranged.emplace_back(std::move(tasks[old]));
      task.wave = waveOfTask[old] + 1;
      task.after.clear();
      for (unsigned one : before[old])
        task.after.push_back(place[one]);
      std::sort(task.after.begin(), task.after.end());
    }
    tasks = std::move(arranged);
  }

  /// Does a gate stand after the first server, and before others?
  bool hasCanary() const {
    return tasks.size() > 1 &&
           std::any_of(inputs.change.gates.begin(), inputs.change.gates.end(),
                       [](const model::Gate &gate) { return gate.after == "first-server"; });
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
  std::vector<std::string> resourceOf;                 ///< The application of each resource.
  std::vector<std::vector<std::string>> kinds;         ///< The components that each replaces.
  std::map<std::string, std::vector<unsigned>> having; ///< By component: the kinds with it.
  std::set<const model::OrderRule *> toldRules;
  std::set<std::string> toldApplications;
  Infeasible infeasible;
};

} // namespace

tl::expected<Schedule, Infeasible> schedule(const Inputs &inputs, std::vector<Task> &tasks) {
  return Scheduler(inputs, tasks).run();
}

} // namespace ripple::planner
