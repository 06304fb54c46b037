//===- CrashTest.cpp - The manager dies at any moment ---------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// For every event that is recorded on the way: die just before it is recorded,
// with and without what was sent arriving, replay, and go on. The upgrade ends
// well, nothing stays forbidden, no item is carried out under a request.
//
//===----------------------------------------------------------------------===//
#include "agent/core/Describe.h"
#include "agent/core/ToyScript.h"
#include "agent/core/ToyWorld.h"

#include <gtest/gtest.h>

using namespace ripple::agent::core;

namespace {

Script threeServers() {
  ToyScript builder;
  for (const char *line :
       {"servers app1 app2 app3", "class shop.2 keeps 2 requests GET /quote",
        "class shop.other keeps 2", "class shop.3 keeps 2 requests GET /list",
        "task t1 app1 plugin pricing 1.0.0 1.1.0 classes shop.2 shop.other",
        "task t2 app2 process catalog 1.0.0 2.0.0 classes shop.2 shop.3 shop.other after t1/permit",
        "task t3 app3 plugin pricing 1.0.0 1.1.0 classes shop.2 shop.other"})
    EXPECT_EQ(builder.add(line), "");
  return builder.script();
}

void openRequests(ToyWorld &world) {
  world.open({"app1", "shop", "shop.2", "GET /quote", {"pricing"}, 0, 120});
  world.open({"app2", "shop", "shop.3", "GET /list", {}, 0, 300});
  world.open({"app3", "shop", "", "GET /quote", {"pricing"}, 0, 200});
}

void expectDone(const ToyWorld &world) {
  EXPECT_EQ(toString(world.now().record.phase), "done");
  EXPECT_TRUE(world.allForbidden().empty());
  EXPECT_EQ(world.installedVersion("app1", "pricing"), "1.1.0");
  EXPECT_EQ(world.installedVersion("app2", "catalog"), "2.0.0");
  EXPECT_EQ(world.installedVersion("app3", "pricing"), "1.1.0");
  EXPECT_EQ(world.violations(), std::vector<std::string>());
}

std::size_t eventsOfWholeRun() {
  ToyWorld world(threeServers());
  openRequests(world);
  world.feed(Begin{});
  world.run(20'000);
  expectDone(world);
  return world.recorded();
}

TEST(Crash, AtEveryRecordedEvent) {
  std::size_t count = eventsOfWholeRun();
  ASSERT_GT(count, 30U);
  for (bool deliver : {true, false})
    for (std::size_t at = 1; at < count; ++at) {
      SCOPED_TRACE(testing::Message() << "before event " << at << ", delivered " << deliver);
      ToyWorld world(threeServers());
      openRequests(world);
      world.setCrashAfter(at);
      world.feed(Begin{});
      world.run(20'000);
      ASSERT_TRUE(world.crashed());
      world.crash(deliver);
      world.run(30'000);
      expectDone(world);
    }
}

/// Dying again and again, each time a little later, is no different.
TEST(Crash, ManyTimesInOneRun) {
  ToyWorld world(threeServers());
  openRequests(world);
  world.setCrashAfter(3);
  world.feed(Begin{});
  world.run(20'000);
  for (std::size_t i = 0; i < 60 && world.crashed(); ++i) {
    std::size_t at = world.recorded() + 12 + i; // Enough to see the world again, and a step.
    world.crash(i % 2 == 0);
    world.setCrashAfter(at);
    world.run(30'000);
  }
  EXPECT_FALSE(world.crashed());
  expectDone(world);
}

/// Replaying the recorded events alone gives the record of the one who lived.
TEST(Crash, ReplayGivesTheSameRecord) {
  ToyWorld world(threeServers());
  openRequests(world);
  world.feed(Begin{});
  for (int i = 0; i < 40; ++i) {
    world.run(17);
    EXPECT_EQ(world.replayed(), world.now().record) << "at " << world.clock();
  }
}

} // namespace
