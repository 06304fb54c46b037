//===- PlanningTest.cpp - Plans hold, and harm to them is found -----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Random instances: the independent check finds nothing wrong with what the
// planner makes of them, and finds every one of the harmful changes below;
// HarmTest.cpp has more of these.
//
//===----------------------------------------------------------------------===//
#include "planner/Planning.h"
#include "planner/RandomInstance.h"
#include "planner/check/Check.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>

using namespace ripple;
using namespace ripple::planner;
using model::StepAction;
using ripple::planner::random::Instance;

namespace {

std::vector<std::string> checked(const Inputs &inputs, const model::Plan &plan) {
  return check::violations(plan, {inputs.components, inputs.servers, inputs.change});
}

/// Every feasible one of COUNT random instances.
template <typename Function> unsigned forEachPlan(unsigned count, Function function) {
  unsigned feasible = 0;
  for (unsigned seed = 1; seed <= count; ++seed) {
    Instance instance(seed);
    auto plan = makePlan(instance.inputs);
    if (!plan || plan->steps.empty())
      continue;
    ++feasible;
    function(seed, instance.inputs, *plan);
  }
  return feasible;
}

model::Step &stepOf(model::Plan &plan, StepAction action, unsigned nth = 0) {
  for (model::Step &step : plan.steps)
    if (step.action == action && nth-- == 0)
      return step;
  return plan.steps.front();
}

} // namespace

TEST(Planning, CheckFindsNothingInWhatThePlannerMakes) {
  unsigned feasible =
      forEachPlan(12000, [](unsigned seed, const Inputs &inputs, model::Plan &plan) {
        auto found = checked(inputs, plan);
        EXPECT_TRUE(found.empty()) << "seed " << seed << ": " << found.front();
        EXPECT_LE(plan.summary.lowerBound, plan.summary.waves) << "seed " << seed;
      });
  EXPECT_GT(feasible, 2500U);
}

TEST(Planning, ARequestKindLeftOutOfAQuiesceSetIsFound) {
  forEachPlan(300, [](unsigned seed, const Inputs &inputs, model::Plan &plan) {
    model::Step &forbid = stepOf(plan, StepAction::Forbid);
    if (forbid.requests.empty())
      return;
    model::RequestRef gone = forbid.requests.front();
    std::erase(forbid.requests, gone);
    std::erase(stepOf(plan, StepAction::Permit).requests, gone);
    for (model::QuiesceSet &set : plan.quiesce)
      if (set.task == forbid.task && set.application == gone.application)
        std::erase(set.requests, gone.id);
    EXPECT_FALSE(checked(inputs, plan).empty()) << "seed " << seed;
  });
}

// A router with fewer classes moves more than what touches the component.
TEST(Planning, WithFewerClassesAPlanKeepsThemWhole) {
  unsigned widened = 0;
  for (unsigned seed = 1; seed <= 2000; ++seed) {
    Inputs inputs = Instance(seed).inputs;
    inputs.maxClasses = 1 + seed % 3;
    if (seed % 2)
      inputs.classesFor = Instance(seed + 1).inputs.change;
    auto plan = makePlan(inputs);
    if (!plan)
      continue;
    std::map<std::string, unsigned> classes;
    for (const model::RoutingClass &one : plan->routingClasses)
      EXPECT_LE(++classes[one.application], inputs.maxClasses) << "seed " << seed;
    auto found = checked(inputs, *plan);
    EXPECT_TRUE(found.empty()) << "seed " << seed << ": " << found.front();
    for (model::QuiesceSet &set : plan->quiesce)
      for (const model::QuiesceReason &reason : set.reasons)
        if (reason.why == model::Why::RoutingClass) {
          model::Plan harmed = *plan;
          for (model::Step &step : harmed.steps)
            if (step.task == set.task)
              std::erase(step.requests, model::RequestRef{set.application, reason.request});
          for (model::QuiesceSet &other : harmed.quiesce)
            if (other.task == set.task && other.application == set.application)
              std::erase(other.requests, reason.request);
          EXPECT_FALSE(checked(inputs, harmed).empty()) << "seed " << seed;
          ++widened;
        }
  }
  EXPECT_GT(widened, 100U);
}

TEST(Planning, ClassesForAChangeAreThoseThatItsTasksTellApart) {
  for (unsigned seed = 1; seed <= 500; ++seed) {
    Inputs inputs = Instance(seed).inputs;
    inputs.classesFor = inputs.change;
    std::map<std::string, std::vector<std::set<std::string>>> sets;
    for (const Task &task : tasksOf(inputs))
      for (const model::QuiesceSet &set : task.quiesce)
        sets[set.application].emplace_back(set.requests.begin(), set.requests.end());
    std::map<std::pair<std::string, std::vector<bool>>, std::string> seen;
    for (const model::RoutingClass &one : routingClasses(inputs))
      for (const std::string &id : one.requests) {
        std::vector<bool> waits;
        for (const auto &set : sets[one.application])
          waits.push_back(set.count(id) > 0);
        auto [other, isNew] = seen.try_emplace({one.application, waits}, one.id);
        EXPECT_EQ(other->second, one.id) << "seed " << seed << " " << id;
      }
  }
}

TEST(Planning, AStepMovedBeforeItsTurnIsFound) {
  for (StepAction action : {StepAction::Await, StepAction::Install, StepAction::Check,
                            StepAction::Permit, StepAction::Restart})
    forEachPlan(200, [&](unsigned seed, const Inputs &inputs, model::Plan &plan) {
      model::Step &step = stepOf(plan, action);
      if (step.action != action)
        return;
      step.after.clear();
      EXPECT_FALSE(checked(inputs, plan).empty()) << "seed " << seed << " " << step.id;
    });
}

TEST(Planning, AServerTooManyAtOnceIsFound) {
  unsigned tried = 0;
  forEachPlan(400, [&](unsigned seed, const Inputs &inputs, model::Plan &plan) {
    // Only where every wave is as full as it can be is one more task certainly one too many.
    if (plan.summary.waves < 2 || plan.summary.lowerBound != plan.summary.waves ||
        plan.summary.tasks != plan.summary.waves || inputs.change.upgrades.size() != 1)
      return;
    for (model::Step &step : plan.steps)
      if (step.action == StepAction::Forbid)
        step.after.clear();
    ++tried;
    EXPECT_FALSE(checked(inputs, plan).empty()) << "seed " << seed;
  });
  EXPECT_GT(tried, 5U);
}

TEST(Planning, ATaskLeftOutIsFound) {
  forEachPlan(200, [](unsigned seed, const Inputs &inputs, model::Plan &plan) {
    std::string task = stepOf(plan, StepAction::Permit).task;
    std::erase_if(plan.steps, [&](const model::Step &step) { return step.task == task; });
    std::erase_if(plan.quiesce, [&](const model::QuiesceSet &set) { return set.task == task; });
    for (model::Step &step : plan.steps)
      std::erase_if(step.after, [&](const auto &id) { return id.rfind(task + "/", 0) == 0; });
    EXPECT_FALSE(checked(inputs, plan).empty()) << "seed " << seed;
  });
}

TEST(Planning, AGateLeftOutIsFound) {
  unsigned tried = 0;
  forEachPlan(300, [&](unsigned seed, const Inputs &inputs, model::Plan &plan) {
    if (inputs.change.gates.size() != 1 || plan.steps.back().action != StepAction::Gate)
      return;
    ++tried;
    std::string gate = plan.steps.back().id;
    plan.steps.pop_back();
    for (model::Step &step : plan.steps)
      std::erase(step.after, gate);
    EXPECT_FALSE(checked(inputs, plan).empty()) << "seed " << seed;
  });
  EXPECT_GT(tried, 20U);
}

// A gate that everything came before was taken for the one that is asked for.
TEST(Planning, AGateThatNothingWaitsForAnyLongerIsFound) {
  unsigned tried = 0;
  forEachPlan(2000, [&](unsigned seed, const Inputs &inputs, model::Plan &plan) {
    // Where all is done on one server, the first one is over at the end too.
    if (inputs.change.gates.size() != 1 || plan.steps.back().action != StepAction::Gate ||
        inputs.change.gates.front().after == "first-server")
      return;
    model::Step &gate = plan.steps.back();
    bool isHarm = false;
    for (model::Step &step : plan.steps)
      if (std::erase(step.after, gate.id)) {
        // What the gate came after is waited for all the same.
        step.after.insert(step.after.end(), gate.after.begin(), gate.after.end());
        isHarm = true;
      }
    if (!isHarm)
      return;
    gate.after.clear();
    gate.wave = plan.summary.waves;
    for (const model::Step &step : plan.steps)
      if (step.action == StepAction::Permit)
        gate.after.push_back(step.id);
    ++tried;
    EXPECT_FALSE(checked(inputs, plan).empty())
        << "seed " << seed << " " << inputs.change.gates[0].after;
  });
  EXPECT_GT(tried, 50U);
}

// Only the plan's id gave these away.
TEST(Planning, WhatAPlanSaysBesideItsOrderIsFoundWhereItIsNotSo) {
  using Change = void (*)(model::Plan &);
  const std::map<std::string, Change> changes{
      {"timeout", [](auto &plan) { stepOf(plan, StepAction::Await).timeout = {}; }},
      {"build", [](auto &plan) { plan.applications[0].buildIds.emplace_back("ff"); }},
      {"version", [](auto &plan) { plan.applications[0].components.push_back({"lib0", "7"}); }},
      {"back end", [](auto &plan) { plan.routingClasses[0].backend += "x"; }},
      {"class", [](auto &plan) { plan.routingClasses[0].requests.emplace_back("GET /none"); }},
      {"whose class", [](auto &plan) { plan.routingClasses[0].application = "app9"; }},
      {"reason", [](auto &plan) { plan.quiesce[0].reasons.pop_back(); }},
      {"waits for", [](auto &plan) { plan.quiesce[0].reasons[0].component = "lib9"; }},
      {"components", [](auto &plan) { plan.quiesce[0].components.emplace_back("lib9"); }},
      {"set", [](auto &plan) { plan.quiesce.push_back(plan.quiesce[0]); }},
      {"tasks", [](auto &plan) { ++plan.summary.tasks; }},
      {"bound", [](auto &plan) { plan.summary.lowerBound = plan.summary.waves + 1; }},
      {"order", [](auto &plan) {
         if (plan.order.empty())
           plan.order.emplace_back(); // Which is found too.
         plan.order[0].before.version += "x";
       }}};
  forEachPlan(100, [&](unsigned seed, const Inputs &inputs, model::Plan &plan) {
    if (plan.quiesce.empty() || plan.quiesce[0].requests.size() != plan.quiesce[0].reasons.size())
      return;
    for (const auto &[what, change] : changes) {
      model::Plan changed = plan;
      change(changed);
      EXPECT_FALSE(checked(inputs, changed).empty()) << "seed " << seed << ": " << what;
    }
  });
}

TEST(Planning, AWrongWaveIsFound) {
  forEachPlan(100, [](unsigned seed, const Inputs &inputs, model::Plan &plan) {
    ++plan.steps.front().wave;
    EXPECT_FALSE(checked(inputs, plan).empty()) << "seed " << seed;
  });
}

TEST(Planning, AnOrderThatIsNotKeptIsFound) {
  unsigned tried = 0;
  forEachPlan(5000, [&](unsigned seed, const Inputs &inputs, model::Plan &plan) {
    if (inputs.change.order.empty())
      return;
    const model::OrderRule &rule = inputs.change.order.front();
    auto install = [&](const std::string &component) {
      for (const model::Step &step : plan.steps)
        if (step.action == StepAction::Install && step.component == component)
          return step.task;
      return std::string();
    };
    const std::string before = install(rule.before.component);
    const std::string after = install(rule.after.component);
    if (before.empty() || after.empty())
      return;
    ++tried;
    // The second waits for nothing any longer.
    for (model::Step &step : plan.steps)
      if (step.id == after + "/forbid")
        step.after.clear();
    EXPECT_FALSE(checked(inputs, plan).empty()) << "seed " << seed;
  });
  EXPECT_GT(tried, 10U);
}

TEST(Planning, AZoneBesideAnotherIsFound) {
  unsigned tried = 0;
  forEachPlan(1000, [&](unsigned seed, const Inputs &inputs, model::Plan &plan) {
    auto zone = [&](const std::string &server) { return inputs.servers.server(server)->zone; };
    const model::Step &first = stepOf(plan, StepAction::Forbid);
    auto other = std::find_if(plan.steps.begin(), plan.steps.end(), [&](const model::Step &step) {
      return step.action == StepAction::Forbid && zone(step.server) != zone(first.server);
    });
    if (!inputs.change.zonesOneAtATime || other == plan.steps.end())
      return;
    ++tried;
    other->after.clear();
    EXPECT_FALSE(checked(inputs, plan).empty()) << "seed " << seed;
  });
  EXPECT_GT(tried, 20U);
}

TEST(Planning, ForbiddenPairsAreNotInTheLedger) {
  unsigned tried = 0;
  forEachPlan(5000, [&](unsigned seed, const Inputs &inputs, model::Plan &plan) {
    for (const auto &pair : inputs.change.forbidTogether) {
      // Where other servers have the new version already, the two may meet before anything is done.
      if (inputs.change.upgrade(pair.first.component)->elsewhereNew ||
          inputs.change.upgrade(pair.second.component)->elsewhereNew)
        continue;
      const auto [one, other] = std::minmax(pair.first, pair.second);
      for (const model::MixedVersions &row : plan.mixedVersions)
        EXPECT_FALSE(row.first == one && row.second == other) << "seed " << seed;
      ++tried;
    }
  });
  EXPECT_GT(tried, 20U);
}

// A restart of two components was refused where a rule put a third one before one of them.
TEST(Planning, ARuleAboutOneOfTwoThatOneRestartJoinsIsKept) {
  Inputs inputs;
  auto component = [&](const std::string &id) {
    inputs.components.components.emplace_back().id = id;
    model::Upgrade &upgrade = inputs.change.upgrades.emplace_back();
    upgrade.component = id;
    upgrade.from = "1";
    upgrade.to = "2";
    upgrade.restart = model::RestartDomain::Process;
    return model::ComponentUse{id, model::Confidence::Proven, {}, "", {}};
  };
  auto application = [&](const std::string &name, std::vector<model::ComponentUse> uses) {
    model::Application &added = inputs.components.applications.emplace_back();
    added.name = name;
    added.complete = true;
    added.ambient = std::move(uses);
    model::ApplicationPolicy &policy = inputs.servers.applications.emplace_back();
    policy.name = name;
    policy.minimum.value = 0;
    model::Server &server = inputs.servers.servers.emplace_back();
    server.name = "on-" + name;
    server.applications.push_back({name, "127.0.0.1:1", 1, name});
  };
  application("first", {component("a")});
  application("second", {component("b"), component("c")});
  inputs.change.order.push_back({{"a", "2"}, {"b", "2"}, ""});
  auto plan = makePlan(inputs);
  ASSERT_TRUE(plan) << plan.error().reasons.front();
  EXPECT_EQ(plan->summary.tasks, 2U);
  EXPECT_EQ(plan->summary.waves, 2U);
  EXPECT_EQ(plan->summary.boundBy, "rules put upgrades after each other");
  EXPECT_TRUE(checked(inputs, *plan).empty());
}

namespace {

/// Plug-ins, or with JOINED an application whose restart joins the first two of them, and rules
/// that may go round.
Inputs withRules(unsigned seed, bool joined) {
  std::mt19937 random(seed);
  Inputs inputs;
  model::Application &application = inputs.components.applications.emplace_back();
  application.name = "app";
  application.complete = true;
  model::ApplicationPolicy &policy = inputs.servers.applications.emplace_back();
  policy.name = "app";
  policy.minimum.value = 0;
  model::Application otherOne = application;
  otherOne.name = "other";
  inputs.components.applications.push_back(std::move(otherOne));
  model::ApplicationPolicy itsPolicy = policy;
  itsPolicy.name = "other";
  inputs.servers.applications.push_back(std::move(itsPolicy));
  const unsigned count = 3 + static_cast<unsigned>(random() % 5);
  for (unsigned i = 0; i < count; ++i) {
    const std::string id = fmt::format("c{}", i);
    inputs.components.components.emplace_back().id = id;
    model::Upgrade &upgrade = inputs.change.upgrades.emplace_back();
    upgrade.component = id;
    upgrade.from = "1";
    upgrade.to = "2";
    const bool inRestart = joined && i < 2;
    upgrade.restart = inRestart ? model::RestartDomain::Process : model::RestartDomain::Plugin;
    model::Application &user = inputs.components.applications[inRestart ? 0 : 1];
    user.ambient.push_back({id, model::Confidence::Proven, {}, "", {}});
  }
  for (const char *name : {"app", "other"}) {
    model::Server &server = inputs.servers.servers.emplace_back();
    server.name = fmt::format("on-{}", name);
    server.applications.push_back({name, "127.0.0.1:1", 1, name});
  }
  for (unsigned first = 0; first < count; ++first)
    for (unsigned second = 0; second < count; ++second)
      if (first != second && random() % 4 == 0)
        inputs.change.order.push_back(
            {{fmt::format("c{}", first), "2"}, {fmt::format("c{}", second), "2"}, ""});
  return inputs;
}

/// The rules of INPUTS that REASON names.
std::vector<model::OrderRule> namedIn(const std::string &reason, const Inputs &inputs) {
  std::vector<model::OrderRule> named;
  for (const model::OrderRule &rule : inputs.change.order)
    if (reason.find(fmt::format("{}@2 before {}@2", rule.before.component, rule.after.component)) !=
        std::string::npos)
      named.push_back(rule);
  return named;
}

} // namespace

// All rules of a strongly connected component were named, also those that are no obstacle.
TEST(Planning, EachReasonStandsAloneAndNamesNoRuleThatItDoesNotNeed) {
  unsigned tried = 0;
  for (unsigned seed = 1; seed <= 400; ++seed) {
    const Inputs inputs = withRules(seed, seed % 2 == 0);
    auto plan = makePlan(inputs);
    for (const std::string &reason : plan ? std::vector<std::string>{} : plan.error().reasons) {
      ++tried;
      Inputs alone = inputs;
      alone.change.order = namedIn(reason, inputs);
      auto refused = makePlan(alone);
      ASSERT_FALSE(refused) << "seed " << seed << ": " << reason;
      EXPECT_EQ(refused.error().reasons.size(), 1U) << "seed " << seed << ": " << reason;
      for (const model::OrderRule &rule : alone.change.order) {
        Inputs without = alone;
        std::erase_if(without.change.order, [&](const model::OrderRule &one) {
          return one.before.component == rule.before.component &&
                 one.after.component == rule.after.component;
        });
        EXPECT_TRUE(makePlan(without))
            << "seed " << seed << ": " << reason << " without " << rule.before.component
            << " before " << rule.after.component;
      }
    }
  }
  EXPECT_GT(tried, 200U);
}

TEST(Planning, ARuleThatIsSaidToBeEnoughIs) {
  unsigned tried = 0;
  for (unsigned seed = 1; seed <= 400; ++seed) {
    Inputs inputs = withRules(seed, false);
    auto plan = makePlan(inputs);
    if (plan || plan.error().reasons.size() != 1 ||
        plan.error().reasons.front().find("is enough") == std::string::npos)
      continue;
    ++tried;
    std::erase_if(inputs.change.order, [&](const model::OrderRule &rule) {
      return plan.error().reasons.front().find(fmt::format(
                 "'{} before {}' is enough", rule.before.component, rule.after.component)) !=
             std::string::npos;
    });
    EXPECT_TRUE(makePlan(inputs)) << "seed " << seed;
  }
  EXPECT_GT(tried, 20U);
}

// The first task that withdraws too much was named: with room for that one, the next was refused.
TEST(Planning, RoomForWhatIsSaidToBeWithdrawnIsEnough) {
  unsigned tried = 0;
  for (unsigned seed = 1; seed <= 2000; ++seed) {
    Inputs inputs = Instance(seed).inputs;
    auto plan = makePlan(inputs);
    if (plan)
      continue;
    for (model::ApplicationPolicy &policy : inputs.servers.applications)
      for (const std::string &reason : plan.error().reasons)
        if (reason.starts_with(policy.name + " must keep ")) {
          ++tried;
          const double total = spareOf(inputs.servers, policy).total;
          const double away = std::stod(reason.substr(reason.find(" withdraws ") + 11));
          policy.minimum.value = policy.minimum.unit == model::Minimum::Unit::CapacityShare
                                     ? std::max(0.0, 1 - away / total)
                                     : total - away;
        }
    auto again = makePlan(inputs);
    for (const std::string &reason : again ? std::vector<std::string>{} : again.error().reasons)
      EXPECT_EQ(reason.find(" must keep "), std::string::npos) << "seed " << seed << ": " << reason;
  }
  EXPECT_GT(tried, 100U);
}

TEST(Planning, TheSameInputsGiveTheSameBytes) {
  Instance one(7), other(7);
  auto plan = makePlan(one.inputs), again = makePlan(other.inputs);
  ASSERT_TRUE(plan && again);
  EXPECT_EQ(model::writePlan(*plan), model::writePlan(*again));
}
