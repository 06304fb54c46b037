//===- RandomInstance.h - Small random inputs, for tests --------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_RANDOMINSTANCE_H
#define RIPPLE_PLANNER_RANDOMINSTANCE_H

#include "planner/Planning.h"

#include <array>
#include <fmt/format.h>
#include <random>

namespace ripple::planner::random {

/// A few servers, applications, components and upgrades with rules and gates; the same for the same
/// seed. About every third leaves room for a plan.
class Instance {
public:
  explicit Instance(unsigned seed) : random(seed) {
    for (unsigned i = 0; i < 2 + any(5); ++i)
      addComponent(fmt::format("lib{}", i));
    for (unsigned i = 0; i < 1 + any(3); ++i)
      addApplication(fmt::format("app{}", i));
    for (unsigned i = 0; i < 1 + any(6); ++i)
      addServer(fmt::format("server{}", i));
    for (const model::Component &component : inputs.components.components)
      if (any(2) == 0)
        addUpgrade(component.id);
    if (inputs.change.upgrades.empty())
      addUpgrade("lib0");
    inputs.change.zonesOneAtATime = any(4) == 0;
    // No gate's wait can stand for another's.
    if (any(3) == 0)
      inputs.change.gates.push_back({"first-server", model::Milliseconds(10), false});
    if (any(3) == 0)
      inputs.change.gates.push_back({"wave:1", model::Milliseconds(20), false});
    if (any(3) == 0)
      inputs.change.gates.push_back(
          {"component:" + inputs.change.upgrades.back().component, {}, true});
    addRules();
    addLimits();
  }

  Inputs inputs;

private:
  unsigned any(unsigned below) { return static_cast<unsigned>(random() % below); }

  void addComponent(const std::string &id) {
    model::Component component;
    component.id = id;
    component.version = "1";
    component.restart = std::array{model::RestartDomain::Plugin, model::RestartDomain::Process,
                                   model::RestartDomain::Server,
                                   model::RestartDomain::None}[std::min(3U, any(8) / 2)];
    for (const model::Component &other : inputs.components.components)
      if (any(4) == 0)
        component.dependsOn.push_back(other.id);
    inputs.components.components.push_back(std::move(component));
  }

  std::vector<model::ComponentUse> uses(unsigned oneIn) {
    std::vector<model::ComponentUse> chosen;
    for (const model::Component &component : inputs.components.components)
      if (any(oneIn) == 0)
        chosen.push_back({component.id, model::Confidence::Proven, {}, "", {}});
    return chosen;
  }

  void addApplication(const std::string &name) {
    model::Application application;
    application.name = name;
    application.complete = any(12) != 0;
    application.ambient = uses(12);
    application.startup = uses(8);
    for (unsigned i = 0; i < 1 + any(6); ++i) {
      model::RequestKind request;
      request.method = "GET";
      request.path = fmt::format("/r{}", i);
      request.id = "GET " + request.path;
      request.components = uses(4);
      if (any(10) == 0)
        request.unresolved.push_back({"", "a.cpp", 1, "dlsym", {"*"}});
      application.requests.push_back(std::move(request));
    }
    inputs.components.applications.push_back(std::move(application));
    model::ApplicationPolicy policy;
    policy.name = name;
    policy.router = "edge";
    policy.minimum = any(2) ? model::Minimum{model::Minimum::Unit::Servers, double(any(4))}
                            : model::Minimum{model::Minimum::Unit::CapacityShare, any(10) / 10.0};
    inputs.servers.applications.push_back(std::move(policy));
  }

  void addServer(const std::string &name) {
    model::Server server;
    server.name = name;
    server.zone = fmt::format("zone{}", any(2));
    for (const model::ApplicationPolicy &policy : inputs.servers.applications)
      if (any(4) != 0)
        server.applications.push_back(
            {policy.name, "127.0.0.1:1", double(1 + any(4)) * 50, policy.name});
    inputs.servers.servers.push_back(std::move(server));
  }

  void addUpgrade(const std::string &component) {
    model::Upgrade upgrade;
    upgrade.component = component;
    upgrade.from = "1";
    upgrade.to = "2";
    upgrade.install = {model::RunAction{{"/bin/true"}}};
    upgrade.rollback = upgrade.install;
    inputs.change.upgrades.push_back(std::move(upgrade));
  }

  void addRules() {
    const auto &upgrades = inputs.change.upgrades;
    for (std::size_t first = 0; first < upgrades.size(); ++first)
      for (std::size_t second = first + 1; second < upgrades.size(); ++second)
        if (unsigned kind = any(8); kind == 0)
          inputs.change.order.push_back(
              {{upgrades[first].component, "2"}, {upgrades[second].component, "2"}, ""});
        else if (kind == 1)
          inputs.change.forbidTogether.push_back(
              {{upgrades[first].component, "1"}, {upgrades[second].component, "2"}});
        else if (kind == 2)
          inputs.change.versionDistance.push_back({upgrades[second].component,
                                                   upgrades[first].component,
                                                   0U,
                                                   {},
                                                   model::DistanceRule::Unit::Major,
                                                   ""});
  }

  /// Some upgrades are for some servers only, and some have no way back.
  void addLimits() {
    for (model::Upgrade &upgrade : inputs.change.upgrades) {
      if (any(6) == 0)
        for (const model::Server &server : inputs.servers.servers)
          if (any(2) == 0)
            upgrade.servers.push_back(server.name);
      upgrade.elsewhereNew = !upgrade.servers.empty() && any(2) == 0;
      if (any(6) == 0)
        upgrade.rollback.clear();
    }
  }

  std::mt19937 random;
};

} // namespace ripple::planner::random

#endif
