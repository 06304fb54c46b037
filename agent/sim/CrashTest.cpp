//===- CrashTest.cpp - The manager dies at any moment ---------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// For every point of the way (before an event is recorded, after it, after each
// effect): die there, with and without what was sent arriving, replay, and go on.
// Of two that share a store, the one that leads stops there, the other one takes
// over, and the first one wakes up and says what it was about to say. The upgrade
// ends well, and the checker has found nothing.
//
//===----------------------------------------------------------------------===//
#include "agent/core/Describe.h"
#include "agent/sim/ScriptText.h"
#include "agent/sim/World.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace ripple::agent::core;
using namespace ripple::agent::sim;

namespace {

Scenario threeServers(std::size_t managers = 1, bool fenced = false) {
  ScriptText builder;
  for (const char *line :
       {"servers app1 app2 app3", "class shop.2 keeps 2 requests GET /quote",
        "class shop.other keeps 2", "class shop.3 keeps 2 requests GET /list",
        "task t1 app1 plugin pricing 1.0.0 1.1.0 classes shop.2 shop.other",
        "task t2 app2 process catalog 1.0.0 2.0.0 classes shop.2 shop.3 shop.other after t1/permit",
        "task t3 app3 plugin pricing 1.0.0 1.1.0 classes shop.2 shop.other"})
    EXPECT_EQ(builder.add(line), "");
  Scenario scenario;
  scenario.script = builder.script();
  scenario.managers = managers;
  scenario.traits["edge"].fenced = fenced;
  return scenario;
}

class Upgrade {
public:
  explicit Upgrade(std::size_t managers = 1, bool fenced = false, Mutant mutant = Mutant::None)
      : world(threeServers(managers, fenced), 1, mutant) {
    world.keepLog();
    open(0, 0, world.bitOf("pricing"), 120);
    open(1, 2, 0, 300);
    open(2, std::nullopt, world.bitOf("pricing"), 200);
  }

  void open(std::size_t server, std::optional<std::size_t> routeClass, Bits uses, Millis length) {
    ripple::agent::sim::Request request;
    request.routeClass = routeClass;
    request.counted = routeClass.has_value();
    request.uses = uses;
    request.lengthMs = length;
    world.open(server, request);
  }

  void begin(std::optional<unsigned> diesIn) {
    world.manager().setDiesIn(diesIn);
    world.manager().feed(Begin{});
    world.run(30'000);
  }

  void expectDone() {
    EXPECT_TRUE(world.manager().up());
    EXPECT_EQ(toString(world.manager().now().record.phase), "done");
    for (const TargetTruth &target : world.targetList())
      EXPECT_FALSE(target.forbidden);
    for (std::size_t server : {0, 1, 2})
      EXPECT_EQ(world.serverList()[server].installed[server == 1], Version::New);
    world.checker().atEnd();
    EXPECT_EQ(world.checker().violations(), std::vector<std::string>()) << world.takeLog();
  }

  World world;
};

TEST(Crash, AtEveryPoint) {
  unsigned points = 0;
  for (bool deliver : {true, false})
    for (unsigned at = 0; !testing::Test::HasFailure(); ++at) {
      SCOPED_TRACE(testing::Message() << "at point " << at << ", delivered " << deliver);
      Upgrade upgrade;
      upgrade.begin(at);
      if (upgrade.world.manager().up())
        break; // It had come to its end before.
      ++points;
      upgrade.world.crashManager(deliver);
      upgrade.world.run(30'000);
      upgrade.expectDone();
    }
  EXPECT_GT(points, 200U);
}

/// The first of two stops after so many points, and wakes up so much later. False where the plan
/// had come to its end before.
bool pauses(Upgrade &upgrade, unsigned at, Millis sleepsMs) {
  World &world = upgrade.world;
  Manager &first = world.manager(0);
  first.setPausesIn(at);
  while (!first.isPaused() && !world.over())
    world.run(1);
  if (!first.isPaused())
    return false;
  world.after(sleepsMs, [&first] { first.wake(); });
  world.run(30'000);
  return true;
}

/// FENCED: its routers are told through an agent. Else the leader looks at its lease before it
/// tells them anything.
unsigned pausesAtEveryPoint(bool fenced, Millis sleepsMs) {
  for (unsigned at = 0;; ++at) {
    SCOPED_TRACE(testing::Message() << "at point " << at << ", for " << sleepsMs << " ms");
    Upgrade upgrade(2, fenced);
    if (!pauses(upgrade, at, sleepsMs))
      return at;
    EXPECT_EQ(upgrade.world.manager().number(), 1U) << "the other one has taken over";
    upgrade.expectDone();
    if (testing::Test::HasFailure())
      return at;
  }
}

TEST(Crash, APausedLeaderWakesUpInTheMidst) {
  for (bool fenced : {true, false})
    for (Millis sleeps : {65, 110, 200})
      EXPECT_GT(pausesAtEveryPoint(fenced, sleeps), 100U);
}

TEST(Crash, APausedLeaderWakesUpWhenAllIsOver) {
  for (bool fenced : {true, false})
    EXPECT_GT(pausesAtEveryPoint(fenced, 1000), 100U);
}

/// Each of the rules that keep the one who wakes up from doing harm is needed.
TEST(Crash, APausedLeaderDoesHarmWithoutThem) {
  for (Mutant mutant : {Mutant::AgentsTakeOldTerms, Mutant::RoutersTakeOldTerms,
                        Mutant::IgnoresLease, Mutant::WritesUnguarded}) {
    std::string found;
    bool ends = false;
    for (unsigned at = 0; !ends && found.empty(); ++at) {
      Upgrade upgrade(2, mutant != Mutant::IgnoresLease, mutant);
      ends = !pauses(upgrade, at, 1000);
      upgrade.world.checker().atEnd();
      for (const std::string &violation : upgrade.world.checker().violations())
        found = found.empty() ? violation : found;
    }
    EXPECT_THAT(found, testing::HasSubstr(propertyOf(mutant))) << toString(mutant);
  }
}

/// Dying again and again, each time a little later, is no different.
TEST(Crash, ManyTimesInOneRun) {
  Upgrade upgrade;
  upgrade.begin(6);
  for (unsigned i = 0; i < 60 && !upgrade.world.manager().up(); ++i) {
    upgrade.world.crashManager(i % 2 == 0);
    upgrade.world.manager().setDiesIn(25 + i); // Enough to see the world again, and a step.
    upgrade.world.run(30'000);
  }
  upgrade.world.manager().setDiesIn(std::nullopt);
  upgrade.expectDone();
}

/// Replaying the recorded events alone gives the record of the one who lived.
TEST(Crash, ReplayGivesTheSameRecord) {
  Upgrade upgrade;
  upgrade.world.manager().feed(Begin{});
  for (int i = 0; i < 40; ++i) {
    upgrade.world.run(17);
    upgrade.world.checker().replays();
  }
  EXPECT_EQ(upgrade.world.checker().violations(), std::vector<std::string>());
}

} // namespace
