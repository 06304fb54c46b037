//===- SimulationTest.cpp - Random faults in a toy world ------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Some hundred seeds: requests come and go, routers restart, agents and servers
// stop and start, items fail, the manager dies. S1 and S2 hold all through (the
// world watches); at the end nothing is forbidden but what is reported as held;
// and the journal always replays to the same record.
//
//===----------------------------------------------------------------------===//
#include "agent/core/Describe.h"
#include "agent/core/ToyScript.h"
#include "agent/core/ToyWorld.h"

#include <gtest/gtest.h>

using namespace ripple::agent::core;

namespace {

Script randomScript(std::mt19937 &random) {
  ToyScript builder;
  unsigned servers = 2 + random() % 4;
  std::string line = "servers";
  for (unsigned i = 1; i <= servers; ++i)
    line += " app" + std::to_string(i);
  builder.add(line);
  std::string keeps = std::to_string(1 + random() % (servers - 1));
  builder.add("class shop.2 keeps " + keeps + " requests GET /quote");
  builder.add("class shop.other keeps " + keeps);
  for (unsigned i = 1; i <= servers; ++i) {
    std::string n = std::to_string(i), kind = random() % 2 ? "plugin" : "process";
    std::string after = i > 1 && random() % 2 ? " after t" + std::to_string(i - 1) + "/permit" : "";
    builder.add("task t" + n + " app" + n + " " + kind +
                " pricing 1.0.0 1.1.0 classes shop.2 shop.other" + after);
  }
  return builder.script();
}

class Chaos {
public:
  explicit Chaos(unsigned seed) : random(seed), world(randomScript(random)) {}

  void run() {
    world.feed(Begin{});
    for (int i = 0; i < 120 && !world.over(); ++i) {
      fault();
      world.run(1 + random() % 60);
      ASSERT_EQ(world.replayed(), world.now().record) << "at " << world.clock();
    }
    settle();
  }

private:
  std::string server() {
    return "app" + std::to_string(1 + random() % world.now().script->tasks.size());
  }

  void fault() {
    std::string task = "t" + std::to_string(1 + random() % world.now().script->tasks.size());
    switch (random() % 14) {
    case 0:
      world.restartRouter();
      break;
    case 1:
      world.setRouterAnswers(false);
      break;
    case 2:
      world.setRouterAnswers(true);
      break;
    case 3:
      world.setAgent(server(), false);
      break;
    case 4:
      world.setAgent(server(), true);
      break;
    case 5:
      world.setUp(server(), false);
      break;
    case 6:
      world.setUp(server(), true);
      break;
    case 7:
      world.crash(random() % 2 == 0);
      break;
    case 8:
      world.setOutcome(task + ": check pricing", Outcome::Result::Failed, 1);
      break;
    case 9:
      world.setOutcome(task + ": install pricing", Outcome::Result::Unknown, 1);
      break;
    case 10:
      world.feed(random() % 4 ? Event::Kind(Pause{}) : Event::Kind(Abort{}));
      break;
    case 11:
      world.feed(Resume{});
      break;
    default: {
      std::string at = server();
      bool forbidden = world.forbidden({"edge", "shop.2", at});
      world.open({at, "shop", forbidden ? "" : "shop.2", "GET /quote",
                  random() % 2 ? std::vector<std::string>{"pricing"} : std::vector<std::string>{},
                  0, 1 + random() % 400});
    }
    }
  }

  /// All faults end: the plan comes to an end too.
  void settle() {
    world.setRouterAnswers(true);
    for (std::size_t i = 1; i <= world.now().script->tasks.size(); ++i) {
      world.setAgent("app" + std::to_string(i), true);
      world.setUp("app" + std::to_string(i), true);
    }
    world.feed(Resume{});
    world.run(200'000);
    const State &state = world.now();
    ASSERT_TRUE(world.over()) << world.takeLog();
    for (const Target &target : world.allForbidden()) {
      bool held = false;
      for (std::size_t i = 0; i < state.script->tasks.size(); ++i)
        held = held || (state.script->tasks[i].server == target.server &&
                        state.record.tasks[i].verdict == Verdict::Held);
      EXPECT_TRUE(held) << "S3: " << describe(target) << "\n" << world.takeLog();
    }
    EXPECT_EQ(world.violations(), std::vector<std::string>()) << world.takeLog();
  }

  std::mt19937 random;
  ToyWorld world;
};

TEST(Simulation, KeepsS1S2S3) {
  for (unsigned seed = 1; seed <= 300 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Chaos(seed).run();
  }
}

} // namespace
