//===- PlanScriptTest.cpp -------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/PlanScript.h"

#include <gmock/gmock.h>

using namespace ripple;
using namespace ripple::agent;
using model::StepAction;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

model::Step step(std::string id, StepAction action, std::vector<std::string> after = {}) {
  model::Step made;
  made.task = id.substr(0, id.find('/'));
  made.id = std::move(id);
  made.server = "app1";
  made.action = action;
  made.after = std::move(after);
  return made;
}

/// One task that brings pricing to 1.1.0 on app1, its steps in no particular order.
model::Plan pricingPlan() {
  model::Plan plan;
  plan.id = "sha256:1";
  plan.routers.push_back({"edge"});
  plan.applications.push_back({{"shop", "edge", {model::Minimum::Unit::Servers, 1}}});
  for (const char *name : {"app1", "app2"})
    plan.servers.push_back({name, "a", "unix:/x", {{"shop", "127.0.0.1:1", 50, "shop"}}});
  plan.routingClasses = {{"shop.2", "shop", {"GET /q", "POST /q"}, "shop.2"},
                         {"shop.other", "shop", {}, "shop.other"}};
  model::Upgrade upgrade;
  upgrade.component = "pricing";
  upgrade.from = "1.0.0";
  upgrade.to = "1.1.0";
  upgrade.restart = model::RestartDomain::Plugin;
  upgrade.install = {model::SymlinkAction{"p.so", "p-1.1.0.so"},
                     model::PluginAction{"pricing", "p-1.1.0.so"}};
  upgrade.rollback = {model::SymlinkAction{"p.so", "p-1.0.0.so"}};
  plan.upgrades = {upgrade};
  plan.quiesce = {{"t1", "app1", {"pricing"}, "shop", {"GET /q", "POST /q", "other"}, {}}};
  model::Step forbid = step("t1/forbid", StepAction::Forbid);
  forbid.requests = {{"shop", "GET /q"}, {"shop", "POST /q"}, {"shop", "other"}};
  model::Step await = step("t1/await", StepAction::Await, {"t1/forbid"});
  await.timeout = model::Milliseconds(1234);
  model::Step install = step("t1/install", StepAction::Install, {"t1/await"});
  model::Step check = step("t1/check", StepAction::Check, {"t1/install"});
  install.component = check.component = "pricing";
  plan.steps = {check, install, step("t1/permit", StepAction::Permit, {"t1/check"}), await, forbid};
  return plan;
}

TEST(PlanScript, MakesOneTask) {
  auto script = makeScript(pricingPlan(), "plan.json");
  ASSERT_TRUE(script) << model::describe(script.error());
  ASSERT_EQ(script->tasks.size(), 1U);
  const core::Task &task = script->tasks[0];
  EXPECT_EQ(task.forbidStep, "t1/forbid");
  EXPECT_EQ(task.quiesceTimeoutMs, 1234U);
  EXPECT_THAT(task.classes, ElementsAre(0, 1));
  ASSERT_EQ(task.items.size(), 3U);
  EXPECT_EQ(task.items[0].kind, core::Item::Kind::Install);
  EXPECT_FALSE(task.items[0].endsStep);
  EXPECT_EQ(task.items[1].action, 1U);
  EXPECT_TRUE(task.items[1].endsStep);
  EXPECT_EQ(task.items[2].kind, core::Item::Kind::Check);
  ASSERT_EQ(task.seals.size(), 1U);
  EXPECT_THAT(task.seals[0].components, ElementsAre("pricing"));
  EXPECT_EQ(task.components[0].rollbackActions, 1U);
  EXPECT_EQ(script->classes[0].members.size(), 2U);
}

TEST(PlanScript, AProcessDomainSealsTheApplication) {
  model::Plan plan = pricingPlan();
  plan.upgrades[0].restart = model::RestartDomain::Process;
  auto script = makeScript(plan, "plan.json");
  ASSERT_TRUE(script);
  EXPECT_THAT(script->tasks[0].seals[0].components, ElementsAre("shop"));
}

TEST(PlanScript, WaitsForStepsOfOtherTasks) {
  model::Plan plan = pricingPlan();
  model::Step gate = step("g1/gate", StepAction::Gate);
  gate.approve = true;
  plan.steps.push_back(gate);
  plan.steps[4].after = {"g1/gate"};
  auto script = makeScript(plan, "plan.json");
  ASSERT_TRUE(script);
  EXPECT_THAT(script->tasks[0].forbidAfter, ElementsAre("g1/gate"));
  ASSERT_EQ(script->gates.size(), 1U);
  EXPECT_TRUE(script->gates[0].approve);
}

TEST(PlanScript, HasTheOrderOfComponents) {
  model::Plan plan = pricingPlan();
  plan.order = {{{"pricing", "1.1.0"}, {"catalog", "2.0.0"}, "it calls price_v2"}};
  auto script = makeScript(plan, "plan.json");
  ASSERT_TRUE(script);
  EXPECT_THAT(script->order,
              ElementsAre(std::pair<std::string, std::string>("pricing", "catalog")));
}

// A request kind that the router cannot match was "in no routing class", and `apply` refused plans
// that keep one away.
TEST(PlanScript, WhatIsInNoClassIsOther) {
  model::Plan plan = pricingPlan();
  plan.steps[4].requests.push_back({"shop", "GET ~ ^/odd/(?=x)$"});
  auto script = makeScript(plan, "plan.json");
  ASSERT_TRUE(script) << model::describe(script.error());
  EXPECT_THAT(script->tasks[0].classes, ElementsAre(0, 1));
}

TEST(PlanScript, ReportsEveryMistake) {
  model::Plan plan = pricingPlan();
  plan.routingClasses.pop_back();
  plan.steps[4].requests = {{"shop", "GET /q"}, {"shop", "GET /nowhere"}};
  plan.steps[1].component = "unknown";
  auto script = makeScript(plan, "plan.json");
  ASSERT_FALSE(script);
  std::string text = model::describe(script.error());
  EXPECT_THAT(text, HasSubstr("'GET /nowhere' of 'shop', which is in no routing class"));
  EXPECT_THAT(text, HasSubstr("'POST /q' is missing"));
  EXPECT_THAT(text, HasSubstr("installs 'unknown'"));
}

TEST(PlanScript, RefusesStepsThatWaitForEachOther) {
  model::Plan plan = pricingPlan();
  plan.steps[3].after = {"t1/check"};
  auto script = makeScript(plan, "plan.json");
  ASSERT_FALSE(script);
  EXPECT_THAT(model::describe(script.error()), HasSubstr("wait for each other"));
}

TEST(PlanScript, WhatMayKeepNothingAway) {
  model::Plan plan = pricingPlan();
  plan.quiesce.clear();
  plan.steps[4].requests.clear();
  auto script = makeScript(plan, "plan.json");
  ASSERT_FALSE(script);
  EXPECT_THAT(model::describe(script.error()),
              HasSubstr("task 't1' keeps no request away, and neither phases in a plug-in nor"));
  plan.upgrades[0].phaseIn = true;
  script = makeScript(plan, "plan.json");
  ASSERT_TRUE(script) << model::describe(script.error());
  EXPECT_TRUE(script->tasks[0].seals.empty());
  plan.quiesce = pricingPlan().quiesce; // It says that requests wait, and none is kept away.
  EXPECT_FALSE(makeScript(plan, "plan.json"));
  plan.quiesce.clear();
  plan.upgrades[0].restart = model::RestartDomain::Process;
  EXPECT_FALSE(makeScript(plan, "plan.json"));
  plan.upgrades[0].phaseIn = false;
  plan.upgrades[0].restart = model::RestartDomain::None;
  EXPECT_TRUE(makeScript(plan, "plan.json"));
}

} // namespace
