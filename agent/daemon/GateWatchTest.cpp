//===- GateWatchTest.cpp - Ends of requests and of processes are told -----===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// How fast that is: tests/bench/AgentBench.cpp.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/GateWatch.h"

#include "agent/session/GateControl.h"
#include "agent/session/testing/ForkedChild.h"
#include "agent/session/testing/TestTable.h"

#include <gtest/gtest.h>

using namespace ripple::agent;
using namespace ripple::agent::test;
using namespace std::chrono_literals;
using ripple::gate::Claim;
using ripple::gate::Gate;

namespace {

const std::vector<Seal> pricing{{"shop", {"pricing"}}};

/// Far longer than it may take to be told, so that nobody was told by this.
constexpr auto WaitMax = 4s;

struct GateWatchTest : testing::Test {
  TestDirectory directory;
  SessionList list{directory.path()};
  GateControl control{list};
  boost::asio::io_context loop;
  unsigned told = 0;

  std::unique_ptr<GateWatch> watch() {
    list.refresh();
    auto watch = std::make_unique<GateWatch>(loop, list, [this] { ++told; }, WaitMax);
    watch->follow();
    return watch;
  }
  /// Runs the loop until something is told; false after TIME.
  bool isTold(std::chrono::milliseconds time) {
    auto end = std::chrono::steady_clock::now() + time;
    auto work = boost::asio::make_work_guard(loop);
    unsigned before = told;
    while (told == before && std::chrono::steady_clock::now() < end)
      loop.run_one_until(end);
    return told != before;
  }
  /// All that was before is told, and the watch waits for what comes.
  void settle() {
    while (isTold(200ms)) {
    }
  }
};

TEST_F(GateWatchTest, theEndOfARequestIsToldAtOnce) {
  Gate gate = openGate(directory);
  Claim first = gate.enter(gate.kindOf("GET /price")), last = gate.enter(gate.kindOf("GET /price"));
  auto watching = watch();
  watching->listen(true);
  EXPECT_TRUE(isTold(2s)) << "a gate that was never looked at";
  settle();
  EXPECT_EQ(control.count(pricing).active, 2u);
  first.release();
  EXPECT_TRUE(isTold(2s));
  EXPECT_EQ(control.count(pricing).active, 1u);
  settle();
  last.release();
  EXPECT_TRUE(isTold(2s));
  EXPECT_EQ(control.count(pricing).active, 0u);
}

TEST_F(GateWatchTest, aRequestThatIsHeldIsTold) {
  Gate gate = openGate(directory);
  auto watching = watch();
  watching->listen(true);
  settle();
  ASSERT_TRUE(control.seal(pricing).sealed);
  std::thread entering([&] { gate.enter(gate.kindOf("GET /price")); });
  EXPECT_TRUE(isTold(1s));
  EXPECT_EQ(control.count(pricing).held, 1u);
  control.unseal(pricing);
  entering.join();
}

TEST_F(GateWatchTest, withoutListeningNoRequestIsTold) {
  Gate gate = openGate(directory);
  auto watching = watch();
  gate.enter(1).release();
  EXPECT_FALSE(isTold(300ms));
  watching->listen(true);
  EXPECT_TRUE(isTold(2s));
}

TEST_F(GateWatchTest, aBusyGateIsLookedAtOnceAMillisecondAtMost) {
  Gate gate = openGate(directory);
  std::atomic<bool> ending = false;
  std::thread busy([&] {
    while (!ending)
      gate.enter(1).release();
  });
  auto begin = std::chrono::steady_clock::now();
  auto watching = watch();
  watching->listen(true);
  for (int i = 0; i < 100; ++i)
    EXPECT_TRUE(isTold(10s));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 98ms);
  ending = true;
  busy.join();
}

TEST_F(GateWatchTest, aKilledProcessIsTold) {
  ForkedChild child([&] {
    static Gate gate = openGate(directory);
    static Claim claim = gate.enter(gate.kindOf("GET /price"));
  });
  auto watching = watch(); // and does not listen: no other word comes from the gate
  EXPECT_EQ(control.count(pricing).active, 1u);
  EXPECT_FALSE(isTold(200ms));
  child.end(SIGKILL);
  EXPECT_TRUE(isTold(10s));
  EXPECT_EQ(control.count(pricing).active, 0u);
  watching->follow(); // that process is no longer watched
  EXPECT_FALSE(isTold(200ms));
}

} // namespace
