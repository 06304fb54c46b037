//===- Scenario.cpp - What one simulated run is about ---------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/sim/Scenario.h"

#include <algorithm>

namespace ripple::agent::sim {

using namespace core;

namespace {

class Maker {
public:
  explicit Maker(Random &dice) : random(dice) {}

  Scenario make() {
    scenario.calm = false;
    scenario.holdMs = random.between(1500, 5000);
    scenario.isSigned = random.chance(50);
    servers = random.between(2, 5);
    components = {"pricing"};
    if (random.chance(40))
      components.emplace_back("catalog");
    addApplication("shop", "edge");
    if (random.chance(35))
      addApplication("reports", random.chance(60) ? "web" : "edge");
    if (random.chance(30)) {
      scenario.managers = 2;
      scenario.leaseMs = random.between(1000, 2000);
    }
    addRouter("edge");
    addRouter("web");
    addTasks();
    addBarrier();
    addOrder();
    Script &script = scenario.script;
    script.plan = "sha256:simulated";
    script.abortBudget = static_cast<unsigned>(random.between(1, 3));
    script.limits = {80,
                     300,
                     80,
                     150,
                     random.between(1500, 3000),
                     random.between(1200, 2500),
                     static_cast<unsigned>(random.between(1, 3))};
    return std::move(scenario);
  }

private:
  void addRouter(const std::string &name) {
    RouterTraits traits;
    std::uint64_t kind = random.below(100);
    traits.kind = kind < 60   ? RouterKind::HAProxy
                  : kind < 80 ? RouterKind::Httpd
                              : RouterKind::Nginx;
    traits.remembers = traits.kind == RouterKind::Nginx || random.chance(20);
    traits.sameIdentity = traits.kind == RouterKind::Httpd && random.chance(40);
    traits.fenced = scenario.managers > 1 && random.chance(60);
    scenario.traits[name] = traits;
  }

  static std::string serverName(std::size_t i) { return "app" + std::to_string(i + 1); }

  void addApplication(const std::string &name, const std::string &router) {
    if (random.chance(20))
      scenario.ungated.insert(name);
    if (random.chance(20)) {
      scenario.bound.insert(name);
      // Without a gate nobody would know of them: preflight says what is assumed there.
      if (scenario.ungated.count(name) || random.chance(50))
        scenario.sticky.insert(name);
    }
    Need need;
    if (random.chance(60)) {
      need.value = static_cast<double>(random.between(1, servers - 1));
    } else {
      need.unit = random.chance(50) ? Need::Unit::CapacityShare : Need::Unit::Capacity;
      need.value = need.unit == Need::Unit::Capacity ? 100.0 : 0.5;
    }
    std::set<std::string> all;
    for (std::uint64_t i = random.between(1, 2); i-- > 0;) {
      std::set<std::string> uses;
      for (const std::string &component : components)
        if (random.chance(60))
          uses.insert(component);
      all.insert(uses.begin(), uses.end());
      addClass(name, std::to_string(i + 1), router, need, std::move(uses));
    }
    addClass(name, "other", router, need, std::move(all));
  }

  void addClass(const std::string &application, const std::string &suffix,
                const std::string &router, const Need &need, std::set<std::string> uses) {
    RouteClass made{application + "." + suffix, application, router, application + "." + suffix};
    made.need = need;
    if (suffix != "other")
      made.requests.push_back("GET /" + suffix);
    for (std::size_t i = 0; i < servers; ++i)
      made.members.push_back({serverName(i), 100});
    scenario.script.classes.push_back(std::move(made));
    scenario.classUses.push_back(std::move(uses));
  }

  void addTasks() {
    bool together = components.size() > 1 && random.chance(40);
    bool inOrder = random.chance(40);
    std::vector<std::vector<std::string>> groups;
    if (together)
      groups.push_back(components);
    else
      for (const std::string &component : components)
        groups.push_back({component});
    for (const auto &group : groups) {
      bool stops = random.chance(50);
      bool beside = !stops && group.size() == 1 && random.chance(30) && scenario.ungated.empty();
      for (std::size_t i = 0; i < servers; ++i)
        addTask(group, serverName(i), stops, beside, inOrder);
    }
  }

  /// BESIDE: a plug-in that is phased in keeps nothing away.
  void addTask(const std::vector<std::string> &group, const std::string &server, bool stops,
               bool beside, bool inOrder) {
    Script &script = scenario.script;
    Task task{"t" + std::to_string(script.tasks.size() + 1), server};
    std::set<std::string> users;
    for (std::size_t c = 0; c < script.classes.size(); ++c)
      for (const std::string &component : group)
        if (scenario.classUses[c].count(component))
          users.insert(script.classes[c].application);
    if (users.empty())
      users.insert(script.classes[0].application);
    for (std::size_t c = 0; c < script.classes.size(); ++c) {
      const RouteClass &own = script.classes[c];
      bool uses = std::any_of(group.begin(), group.end(), [&](const std::string &component) {
        return scenario.classUses[c].count(component) > 0;
      });
      if (!beside && users.count(own.application) && (stops || uses || own.requests.empty()))
        task.classes.push_back(c);
    }
    task.forbidStep = task.id + "/forbid";
    task.awaitStep = task.id + "/await";
    task.permitStep = task.id + "/permit";
    task.quiesceTimeoutMs = random.between(600, 3000);
    for (const std::string &user : beside ? std::set<std::string>() : users)
      task.seals.push_back({user, stops ? std::vector<std::string>{user} : group});
    auto rollbacks = static_cast<unsigned>(random.chance(15) ? 0 : random.between(1, 2));
    for (const std::string &component : group) {
      task.components.push_back({component, "1.0.0", "2.0.0", rollbacks});
      task.items.push_back(
          {Item::Kind::Install, component, 0, "", "", task.id + "/install/" + component, true, {}});
    }
    if (stops)
      for (const std::string &user : users)
        task.items.push_back(
            {Item::Kind::Restart, "", 0, user, user, task.id + "/restart/" + user, true, {}});
    for (const std::string &component : group)
      task.items.push_back(
          {Item::Kind::Check, component, 0, "", "", task.id + "/check/" + component, true, {}});
    if (inOrder && !script.tasks.empty())
      task.forbidAfter.push_back(script.tasks.back().permitStep);
    script.tasks.push_back(std::move(task));
  }

  /// A canary: the tasks after the first wait for it.
  void addBarrier() {
    Script &script = scenario.script;
    if (!random.chance(25))
      return;
    bool approve = random.chance(30);
    script.gates.push_back(
        {"canary", {script.tasks[0].permitStep}, approve ? 0 : random.between(50, 800), approve});
    for (std::size_t t = 1; t < script.tasks.size(); ++t)
      script.tasks[t].forbidAfter.emplace_back("canary");
  }

  /// The first component is everywhere before the second is anywhere.
  void addOrder() {
    Script &script = scenario.script;
    if (components.size() < 2 || script.tasks[0].components.size() > 1 || !random.chance(40))
      return;
    script.order.emplace_back(components[0], components[1]);
    for (Task &later : script.tasks)
      for (const Task &earlier : script.tasks)
        if (later.components[0].id == components[1] && earlier.components[0].id == components[0])
          later.forbidAfter.push_back(earlier.permitStep);
  }

  Random &random;
  Scenario scenario;
  std::size_t servers = 0;
  std::vector<std::string> components;
};

} // namespace

Scenario randomScenario(Random &random) { return Maker(random).make(); }

} // namespace ripple::agent::sim
