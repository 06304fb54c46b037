//===- TrapsTest.cpp - What planners get wrong ----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Each plan that is made is one that the independent check accepts. Traps that
// readers see (duplicate ids, no capacity) are in tests/model.
//
//===----------------------------------------------------------------------===//
#include "planner/Circles.h"
#include "planner/Planning.h"
#include "planner/Reports.h"
#include "planner/check/Check.h"

#include <algorithm>
#include <fmt/format.h>
#include <gmock/gmock.h>

using namespace ripple;
using namespace ripple::planner;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

namespace {

constexpr auto Plugin = model::RestartDomain::Plugin;
constexpr auto Process = model::RestartDomain::Process;

/// One application, `shop`, with a request kind for each component, which it touches.
struct Shop {
  explicit Shop(unsigned servers, double minimum = 0) {
    model::Application &shop = inputs.components.applications.emplace_back();
    shop.name = "shop";
    shop.complete = true;
    model::ApplicationPolicy &policy = inputs.servers.applications.emplace_back();
    policy.name = "shop";
    policy.router = "edge";
    policy.minimum.value = minimum;
    for (unsigned i = 0; i < servers; ++i) {
      model::Server &server = inputs.servers.servers.emplace_back();
      server.name = fmt::format("app{}", i + 1);
      server.applications.push_back({"shop", "127.0.0.1:1", 100, "shop"});
    }
  }

  model::Application &shop() { return inputs.components.applications.front(); }

  void request(const std::string &path, const std::vector<std::string> &components) {
    model::RequestKind &request = shop().requests.emplace_back();
    request.method = "GET";
    request.path = path;
    request.id = "GET " + path;
    for (const std::string &id : components)
      request.components.push_back({id, model::Confidence::Proven, {}, "", {}});
  }

  model::Upgrade &upgrade(const std::string &id, model::RestartDomain restart,
                          const std::string &from = "1", const std::string &to = "2") {
    component(id, restart, from);
    model::Upgrade &upgrade = inputs.change.upgrades.emplace_back();
    upgrade.component = id;
    upgrade.from = from;
    upgrade.to = to;
    upgrade.install = {model::RunAction{{"/bin/true"}}};
    upgrade.rollback = upgrade.install;
    return upgrade;
  }

  model::Component &component(const std::string &id, model::RestartDomain restart,
                              const std::string &version = "1") {
    model::Component &component = inputs.components.components.emplace_back();
    component.id = id;
    component.version = version;
    component.restart = restart;
    return component;
  }

  model::Plan plan() const {
    auto made = makePlan(inputs);
    EXPECT_TRUE(made) << (made ? "" : made.error().reasons.front());
    if (!made)
      return {};
    EXPECT_THAT(check::violations(*made, {inputs.components, inputs.servers, inputs.change}),
                IsEmpty());
    return *made;
  }

  std::vector<std::string> reasons() const {
    auto made = makePlan(inputs);
    EXPECT_FALSE(made);
    return made ? std::vector<std::string>() : made.error().reasons;
  }

  Inputs inputs;
};

/// The request kinds that TASK keeps away.
std::vector<std::string> waiting(const model::Plan &plan, const std::string &task = "t1") {
  for (const model::QuiesceSet &set : plan.quiesce)
    if (set.task == task)
      return set.requests;
  return {};
}

std::vector<model::StepAction> actionsOf(const model::Plan &plan, const std::string &task) {
  std::vector<model::StepAction> actions;
  for (const model::Step &step : plan.steps)
    if (step.task == task)
      actions.push_back(step.action);
  return actions;
}

} // namespace

TEST(Traps, OneServerThatHasToStay) {
  Shop shop(1, 1);
  shop.request("/a", {"p"});
  shop.upgrade("p", Plugin);
  EXPECT_THAT(shop.reasons(), ElementsAre(HasSubstr("shop must keep 1 (minAvailable) and has 1: "
                                                    "replacing p withdraws 1 at app1")));
}

TEST(Traps, OneServerThatMayGo) {
  Shop shop(1, 0);
  shop.request("/a", {"p"});
  shop.upgrade("p", Plugin);
  const model::Plan plan = shop.plan();
  EXPECT_EQ(plan.summary.waves, 1U);
  EXPECT_THAT(plan.mixedVersions, IsEmpty()); // Nothing is there for it to meet.
}

TEST(Traps, ANeedEqualToTheCapacity) {
  for (double minimum : {3.0, 2.0}) {
    Shop shop(3, minimum);
    shop.request("/a", {"p"});
    shop.upgrade("p", Plugin);
    if (minimum == 3)
      EXPECT_THAT(shop.reasons(), ElementsAre(HasSubstr("shop must keep 3")));
    else
      EXPECT_EQ(shop.plan().summary.waves, 3U);
  }
  // In shares: what must stay is all, or all but exactly one server.
  for (double share : {1.0, 0.9}) {
    Shop shop(10);
    shop.inputs.servers.applications.front().minimum = {model::Minimum::Unit::CapacityShare, share};
    shop.request("/a", {"p"});
    shop.upgrade("p", Plugin);
    if (share == 1)
      EXPECT_THAT(shop.reasons(), ElementsAre(HasSubstr("shop must keep")));
    else
      EXPECT_EQ(shop.plan().summary.waves, 10U);
  }
}

// A plan was made for it that `apply` then refused.
TEST(Traps, APluginThatNoRequestUses) {
  Shop shop(2);
  shop.request("/a", {});
  shop.shop().startup.push_back({"p", model::Confidence::Proven, {}, "", {}});
  model::Upgrade &upgrade = shop.upgrade("p", Plugin);
  EXPECT_THAT(shop.reasons(),
              ElementsAre(HasSubstr("p at app1: no request kind uses it, so there is none to keep "
                                    "away while it is swapped")));
  for (model::RestartDomain domain : {model::RestartDomain::None, Process}) {
    upgrade.restart = domain;
    EXPECT_EQ(waiting(shop.plan()).empty(), domain == model::RestartDomain::None);
  }
  upgrade.restart = Plugin;
  upgrade.phaseIn = true;
  const model::Plan plan = shop.plan();
  EXPECT_THAT(waiting(plan), IsEmpty());
  // The same plan for a change set that has it swapped in use.
  upgrade.phaseIn = false;
  EXPECT_THAT(
      check::violations(plan, {shop.inputs.components, shop.inputs.servers, shop.inputs.change}),
      Contains(HasSubstr("replaces p while its process goes on, and keeps no request away")));
}

TEST(Traps, AComponentThatNoServerHas) {
  Shop shop(2);
  shop.request("/a", {"p"});
  shop.upgrade("p", Plugin);
  shop.upgrade("elsewhere", Plugin);
  const model::Plan plan = shop.plan();
  EXPECT_EQ(plan.summary.tasks, 2U);
  EXPECT_THAT(plan.summary.remarks,
              Contains("elsewhere: no server has it; nothing is done for it"));
}

TEST(Traps, ARequestThatTouchesNothingNeverWaits) {
  Shop shop(2, 1);
  shop.request("/a", {"p"});
  shop.request("/nothing", {});
  shop.upgrade("p", Plugin);
  EXPECT_THAT(waiting(shop.plan()), ElementsAre("GET /a", "other"));
}

TEST(Traps, AChainOfAHundredThousandComponents) {
  constexpr unsigned length = 100'000;
  Shop shop(2, 1);
  auto name = [](unsigned i) { return fmt::format("c{:06}", i); };
  shop.request("/a", {name(0)});
  shop.request("/b", {name(length - 1)});
  shop.request("/nothing", {});
  for (unsigned i = 0; i + 1 < length; ++i)
    shop.component(name(i), Process).dependsOn = {name(i + 1)};
  shop.upgrade(name(length - 1), Plugin);
  const model::Plan plan = shop.plan();
  EXPECT_THAT(waiting(plan), ElementsAre("GET /a", "GET /b", "other"));
}

TEST(Traps, AChainOfAHundredThousandRulesThatGoesRound) {
  Edges edges;
  constexpr unsigned length = 100'000;
  for (unsigned i = 0; i < length; ++i)
    edges.emplace_back(i, i + 1);
  EXPECT_THAT(circlesOf(edges, length + 1), IsEmpty());
  edges.emplace_back(length, 0);
  const auto circles = circlesOf(edges, length + 1);
  ASSERT_EQ(circles.size(), 1U);
  EXPECT_EQ(circles.front().size(), length + 1);
}

// It was one of a wave of two, and another one then had to come after the rest.
TEST(Traps, ACanaryAddsNoWaveWhereItNeedNot) {
  Shop shop(4, 1);
  shop.request("/a", {"p"});
  shop.upgrade("p", Plugin);
  shop.inputs.change.gates.push_back({"first-server", model::Milliseconds(1000), false});
  EXPECT_EQ(shop.plan().summary.waves, 2U);
  EXPECT_EQ(shop.plan().summary.boundBy, "shop has 4 and keeps at least 1");
  shop.inputs.servers.applications.front().minimum.value = 2;
  EXPECT_EQ(shop.plan().summary.waves, 3U);
  EXPECT_EQ(shop.plan().summary.boundBy, "shop has 4 and keeps at least 2; gates add 1");
}

TEST(Traps, AChainOfRulesIsOneWaveForEachLink) {
  constexpr unsigned length = 300;
  Shop shop(1);
  for (unsigned i = 0; i < length; ++i) {
    const std::string id = fmt::format("p{:03}", i);
    shop.request("/" + id, {id});
    shop.upgrade(id, Plugin);
    if (i > 0)
      shop.inputs.change.order.push_back({{id, "2"}, {fmt::format("p{:03}", i - 1), "2"}, ""});
  }
  const model::Plan plan = shop.plan();
  EXPECT_EQ(plan.summary.waves, length);
  EXPECT_EQ(plan.summary.lowerBound, length);
}

TEST(Traps, ComponentsThatDependOnEachOther) {
  Shop shop(2, 1);
  shop.request("/a", {"a"});
  shop.request("/b", {"b"});
  shop.request("/c", {"c"});
  shop.upgrade("a", Plugin);
  shop.inputs.components.components.back().dependsOn = {"b"};
  shop.component("b", Process).dependsOn = {"a"};
  shop.component("c", Process);
  EXPECT_THAT(waiting(shop.plan()), ElementsAre("GET /a", "GET /b", "other"));
}

TEST(Traps, RulesThatGoRoundNameTheWeakestAndTheWaysOut) {
  Shop shop(1);
  for (const char *id : {"a", "b"}) {
    shop.request(fmt::format("/{}", id), {id});
    shop.upgrade(id, Plugin);
  }
  shop.inputs.change.order = {{{"a", "2"}, {"b", "2"}, "b 2 calls a 2"},
                              {{"b", "2"}, {"a", "2"}, ""}};
  EXPECT_THAT(
      shop.reasons(),
      ElementsAre("the rules ask for a and b before each other (a@2 before b@2: b 2 calls a "
                  "2; b@2 before a@2): take one of them out, 'b before a' is enough, or go "
                  "through a version that can meet both, or pin the routes between them so "
                  "that old and new never meet"));
}

// It was a reason more.
TEST(Traps, ARuleThatIsWrittenTwiceIsOneReason) {
  Shop shop(1);
  for (const char *id : {"a", "b"}) {
    shop.request(fmt::format("/{}", id), {id});
    shop.upgrade(id, Process);
  }
  shop.inputs.change.order = {{{"a", "2"}, {"b", "2"}, ""}, {{"a", "2"}, {"b", "2"}, ""}};
  EXPECT_THAT(shop.reasons(), ElementsAre(HasSubstr("a and b are replaced by one restart")));
}

TEST(Traps, TwoComponentsOfOneProcessAreOneRestart) {
  Shop shop(2, 1);
  shop.request("/a", {"a"});
  shop.request("/b", {"b"});
  shop.upgrade("a", Process);
  shop.upgrade("b", Process);
  const model::Plan plan = shop.plan();
  EXPECT_EQ(plan.summary.tasks, 2U);
  using enum model::StepAction;
  EXPECT_THAT(actionsOf(plan, "t1"),
              ElementsAre(Forbid, Await, Install, Install, Restart, Check, Check, Permit));
}

TEST(Traps, ADowngradeIsPlannedAndSaid) {
  Shop shop(2, 1);
  shop.request("/a", {"p"});
  shop.upgrade("p", Plugin, "1.10", "1.9");
  const model::Plan plan = shop.plan();
  EXPECT_EQ(plan.summary.waves, 2U);
  EXPECT_THAT(plan.summary.remarks, Contains("p: 1.9 is older than 1.10: a downgrade"));
  Shop upwards(2, 1);
  upwards.request("/a", {"p"});
  upwards.request("/b", {});
  upwards.upgrade("p", Plugin, "1.9", "1.10");
  EXPECT_THAT(upwards.plan().summary.remarks, IsEmpty());
}

TEST(Traps, StickySessionsAreSaid) {
  Shop shop(2, 1);
  shop.inputs.servers.applications.front().sessions = model::Sessions::Sticky;
  shop.request("/a", {"p"});
  shop.request("/b", {});
  shop.upgrade("p", Plugin);
  EXPECT_THAT(shop.plan().summary.remarks,
              ElementsAre("shop has sticky sessions: clients that are bound to a server are sent "
                          "elsewhere while it is away, and lose what only it knew of them"));
}

//===-- What the plan costs -------------------------------------------------===//

// Nothing tested that it is said.
TEST(Gain, WhereARestartSwallowsItThePlanSaysWhatWouldBringIt) {
  Shop shop(2, 1);
  shop.request("/a", {"lib"});
  shop.request("/b", {});
  shop.request("/c", {});
  shop.upgrade("lib", Process);
  const std::string said = "lib: a restart ends every request of shop; 2 of its 4 request kinds "
                           "wait for that alone. No gain over a drain of shop. With lib as a "
                           "plug-in, or GET /a in a process of its own, only that one would wait";
  const model::Plan plan = shop.plan();
  EXPECT_THAT(plan.summary.remarks, ElementsAre(said));
  EXPECT_THAT(showText(plan, {}), HasSubstr("note: " + said + "\n"));
  // As a plug-in it does.
  shop.inputs.change.upgrades.front().restart = Plugin;
  EXPECT_THAT(shop.plan().summary.remarks, IsEmpty());
}

// Nothing was said where it is no restart that swallows it.
TEST(Gain, WhereEveryRequestTouchesWhatChangesThePlanSaysSo) {
  Shop shop(2, 1);
  shop.request("/a", {"p", "lib"});
  shop.request("/b", {"lib"});
  shop.upgrade("lib", Process);
  EXPECT_THAT(
      shop.plan().summary.remarks,
      ElementsAre("lib: every request kind of shop touches it. No gain over a drain of shop"));
  shop.upgrade("p", Plugin);
  EXPECT_THAT(
      shop.plan().summary.remarks,
      ElementsAre("lib: every request kind of shop touches it. No gain over a drain of shop; "
                  "in a plan without it, only 1 of 2 would wait for p"));
}

// A whole-server drain was counted for each task of a server.
TEST(Gain, ADrainOfAServerDoesAllThatIsToBeDoneThere) {
  Shop shop(3, 2);
  for (const char *id : {"a", "b"}) {
    shop.request(fmt::format("/{}", id), {id});
    shop.upgrade(id, Plugin);
  }
  EXPECT_DOUBLE_EQ(shop.plan().summary.withdrawn.wholeServerDrain, 3 * 2.0);
  // Where one has to be everywhere first, it cannot.
  shop.inputs.change.order = {{{"a", "2"}, {"b", "2"}, ""}};
  EXPECT_DOUBLE_EQ(shop.plan().summary.withdrawn.wholeServerDrain, 6 * 2.0);
}

TEST(Gain, IsNothingWhereTheDomainIsTheServer) {
  Shop shop(3, 2);
  shop.request("/a", {"a"});
  shop.request("/b", {});
  shop.upgrade("a", model::RestartDomain::Server);
  shop.upgrade("b", model::RestartDomain::Server);
  shop.request("/c", {"b"});
  const model::Plan plan = shop.plan();
  EXPECT_EQ(plan.summary.withdrawn.serverSeconds, plan.summary.withdrawn.wholeServerDrain);
  EXPECT_THAT(showText(plan, {}), HasSubstr("(0 % saved)"));
}
