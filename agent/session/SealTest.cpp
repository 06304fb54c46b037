//===- SealTest.cpp - Held requests, seals under load ---------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/session/GateControl.h"
#include "agent/session/SealFiles.h"
#include "agent/session/testing/TestTable.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <optional>
#include <thread>

using namespace ripple;
using namespace ripple::agent;
using namespace ripple::agent::test;
using namespace std::chrono_literals;
using ripple::gate::Claim;
using ripple::gate::Gate;

namespace {

const std::vector<Seal> pricing{{"shop", {"pricing"}}};

struct SealTest : testing::Test {
  TestDirectory directory;
  SessionList list{directory.path()};
  GateControl control{list};

  /// Waits until CONDITION holds; the test's time limit ends it otherwise.
  template <typename Condition> void await(Condition condition) {
    while (!condition())
      std::this_thread::sleep_for(1ms);
  }
};

TEST_F(SealTest, aHeldRequestGoesOnWhenOpened) {
  Gate gate = openGate(directory, {}, 60'000);
  ASSERT_TRUE(control.seal(pricing).sealed);
  std::atomic<bool> entered = false;
  std::thread client([&] {
    Claim claim = gate.enter(gate.kindOf("GET /price"), "late-comer");
    entered = static_cast<bool>(claim);
  });
  await([&] { return control.count(pricing).held == 1; });
  Quiescence found = control.count(pricing);
  EXPECT_EQ(found.active, 0u);
  ASSERT_EQ(found.holders.size(), 1u);
  EXPECT_TRUE(found.holders[0].held);
  EXPECT_EQ(found.holders[0].session, "late-comer");
  EXPECT_TRUE(control.seal(pricing).sealed) << "who is held keeps nobody waiting";
  EXPECT_TRUE(gate.enter(gate.kindOf("GET /list"))) << "others go on";
  EXPECT_FALSE(entered);
  control.unseal(pricing);
  client.join();
  EXPECT_TRUE(entered);
  EXPECT_EQ(control.count(pricing).held, 0u);
}

TEST_F(SealTest, aSealThatStaysRefusesAfterHoldMs) {
  Gate gate = openGate(directory, {}, 30);
  ASSERT_TRUE(control.seal(pricing).sealed);
  int error = 0;
  auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(gate.enter(gate.kindOf("GET /price"), nullptr, &error));
  EXPECT_EQ(error, EBUSY);
  EXPECT_GE(std::chrono::steady_clock::now() - start, 30ms);
  EXPECT_FALSE(gate.enter(0, nullptr, &error)) << "*other* touches everything";
  EXPECT_EQ(control.count(pricing).held, 0u);
}

TEST_F(SealTest, sealIsRefusedWhileARequestUsesItAndOpensAgain) {
  Gate gate = openGate(directory, {}, 50);
  Claim claim = gate.enter(gate.kindOf("GET /price"), "busy");
  Quiescence found = control.seal(pricing);
  EXPECT_FALSE(found.sealed);
  EXPECT_EQ(found.active, 1u);
  ASSERT_EQ(found.holders.size(), 1u);
  EXPECT_EQ(found.holders[0].session, "busy");
  EXPECT_TRUE(gate.enter(gate.kindOf("GET /price"))) << "it is open again";
  claim.release();
  EXPECT_TRUE(control.seal(pricing).sealed);
}

TEST_F(SealTest, drainAdmitsAndReopensWhatWasSealed) {
  Gate gate = openGate(directory, {}, 50);
  ASSERT_TRUE(control.seal(pricing).sealed);
  EXPECT_THAT(list.gates().at(0).sealed, testing::ElementsAre("pricing"));
  EXPECT_THAT(list.gates().at(0).draining, testing::IsEmpty());
  Quiescence found = control.drain(pricing);
  EXPECT_FALSE(found.sealed);
  EXPECT_EQ(found.gates, 1u);
  EXPECT_THAT(list.gates().at(0).sealed, testing::IsEmpty());
  EXPECT_THAT(list.gates().at(0).draining, testing::ElementsAre("pricing"));
  EXPECT_TRUE(gate.enter(gate.kindOf("GET /price")));
}

TEST_F(SealTest, aTryDoesNotWaitAndIsHeldBetweenLooks) {
  Gate gate = openGate(directory, {}, 60'000);
  ASSERT_TRUE(control.seal(pricing).sealed);
  Claim claim, other;
  std::uint32_t kind = gate.kindOf("GET /price");
  EXPECT_EQ(gate.tryEnter(kind, "anna", claim), EAGAIN);
  EXPECT_EQ(gate.tryEnter(kind, "anna", claim), EAGAIN);
  EXPECT_EQ(gate.tryEnter(gate.kindOf("GET /list"), nullptr, other), 0) << "others go on";
  Quiescence found = control.seal(pricing);
  EXPECT_TRUE(found.sealed);
  ASSERT_EQ(found.held, 1u) << "one, however often it tries";
  EXPECT_EQ(found.holders[0].session, "anna");
  control.unseal(pricing);
  EXPECT_EQ(control.count(pricing).active, 0u) << "held until it looks";
  EXPECT_EQ(gate.tryEnter(kind, "anna", claim), 0);
  EXPECT_EQ(control.count(pricing).active, 1u);
  EXPECT_FALSE(control.seal(pricing).sealed);
  claim.release();
  EXPECT_EQ(control.count(pricing).active, 0u);
}

TEST_F(SealTest, aTryThatIsGivenUpLeavesNothing) {
  Gate gate = openGate(directory, {}, 60'000);
  ASSERT_TRUE(control.seal(pricing).sealed);
  ripple_gate_handle handle{};
  ASSERT_EQ(ripple_gate_try_enter(gate.get(), gate.kindOf("GET /price"), nullptr, &handle), EAGAIN);
  EXPECT_EQ(ripple_gate_retain(gate.get(), handle).value, 0u) << "it has not entered";
  ripple_gate_exit(gate.get(), handle);
  EXPECT_EQ(control.count(pricing).held, 0u);
  EXPECT_EQ(ripple_gate_try_enter(gate.get(), 1, nullptr, &handle), EINVAL) << "it is over";
  ripple_gate_exit(gate.get(), handle);
  EXPECT_EQ(control.count(pricing).held + control.count(pricing).active, 0u);
}

TEST_F(SealTest, aTryWithoutARecordWaitsForAnySeal) {
  Gate gate = openGate(directory, {}, 60'000, 1);
  Claim only = gate.enter(gate.kindOf("GET /list")), other;
  ASSERT_TRUE(control.seal(pricing).sealed);
  EXPECT_EQ(gate.tryEnter(gate.kindOf("GET /list"), nullptr, other), EAGAIN);
  EXPECT_TRUE(control.seal(pricing).sealed) << "it counts only while it looks";
  control.unseal(pricing);
  EXPECT_EQ(gate.tryEnter(gate.kindOf("GET /list"), nullptr, other), 0);
  EXPECT_FALSE(control.seal(pricing).sealed) << "it counts as touching everything";
  other.release();
  EXPECT_TRUE(control.seal(pricing).sealed);
}

TEST_F(SealTest, theEndOfARequestWakesTheAgent) {
  Gate gate = openGate(directory);
  Claim claim = gate.enter(1);
  list.refresh();
  list.waitActivity(0ms); // the first call arms
  std::thread other([&] {
    std::this_thread::sleep_for(20ms);
    claim.release();
  });
  auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(list.waitActivity(30s));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 20s);
  other.join();
  EXPECT_FALSE(list.waitActivity(5ms)) << "nothing has happened since";
  Claim again = gate.enter(1);
  again.release();
  EXPECT_TRUE(list.waitActivity(0ms)) << "what was between two calls is not missed";
}

TEST_F(SealTest, twoProcessesAreSealedTogetherOrNotAtAll) {
  // Two applications of this process stand for two processes.
  TestTable other;
  other.application = "reports";
  other.components[0] = "reports";
  Gate shop = openGate(directory, {}, 50), reports = openGate(directory, other, 50);
  std::vector<Seal> both{{"shop", {"catalog"}}, {"reports", {"catalog"}}};
  Claim claim = reports.enter(reports.kindOf("GET /list"));
  EXPECT_FALSE(control.seal(both).sealed);
  EXPECT_TRUE(shop.enter(shop.kindOf("GET /list"))) << "the other one is open again too";
  claim.release();
  EXPECT_TRUE(control.seal(both).sealed);
  EXPECT_FALSE(shop.enter(shop.kindOf("GET /list")));
  EXPECT_FALSE(reports.enter(reports.kindOf("GET /list")));
}

/// S1 under load: clients enter and leave without a pause while the component is sealed, replaced
/// and opened again and again. `inUse` counts who is inside; the replacement must find nobody.
TEST_F(SealTest, neverReplacedUnderUse) {
  Gate gate = openGate(directory, {}, 60'000);
  std::uint32_t price = gate.kindOf("GET /price"), list_ = gate.kindOf("GET /list");
  std::atomic<int> inUse = 0, violations = 0;
  std::atomic<bool> replacing = false, ending = false;
  std::atomic<std::uint64_t> served = 0;
  auto user = [&](unsigned seed) {
    for (std::uint64_t i = seed; !ending; ++i) {
      bool uses = i % 3 != 0;
      Claim claim = gate.enter(uses ? price : list_);
      Claim later = i % 16 == 1 ? claim.another() : Claim();
      if (later)
        claim.release();
      if (uses) {
        inUse.fetch_add(1, std::memory_order_relaxed);
        violations += replacing.load(std::memory_order_relaxed);
        served.fetch_add(1, std::memory_order_relaxed);
        inUse.fetch_sub(1, std::memory_order_release);
      }
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 4; ++i)
    threads.emplace_back(user, i);
  unsigned sealed = 0, tried = 0;
  auto end = std::chrono::steady_clock::now() + 1500ms;
  while (std::chrono::steady_clock::now() < end || (sealed == 0 && tried < 100'000)) {
    ++tried;
    if (!control.seal(pricing).sealed)
      continue;
    ++sealed;
    replacing = true;
    violations += inUse.load(std::memory_order_acquire) != 0;
    std::this_thread::yield();
    violations += inUse.load(std::memory_order_acquire) != 0;
    replacing = false;
    control.unseal(pricing);
  }
  ending = true;
  control.unseal(pricing);
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(violations, 0);
  EXPECT_GT(sealed, 0u) << "never sealed in " << tried << " tries";
  EXPECT_GT(served, 0u);
  list.refresh();
  EXPECT_EQ(list.gates().at(0).active, 0u) << "every claim was given back";
  RecordProperty("sealed", static_cast<int>(sealed));
  RecordProperty("tried", static_cast<int>(tried));
}

/// Whether a request for KIND is admitted at once.
bool admits(Gate &gate, const char *kind) {
  Claim claim;
  return gate.tryEnter(gate.kindOf(kind), nullptr, claim) == 0;
}

// Bug: a process that started by itself while its component was sealed admitted requests until the
// agent had found it.
TEST_F(SealTest, aGateOpensSealed) {
  SealFiles files(directory.path());
  ASSERT_TRUE(files.set({{"shop", {"pricing"}}, {"reports", {"reports"}}}));
  Gate gate = openGate(directory, {}, 50);
  EXPECT_FALSE(admits(gate, "GET /price"));
  EXPECT_TRUE(admits(gate, "GET /list")) << "others go on";
  list.refresh();
  EXPECT_THAT(list.gates().at(0).sealed, testing::ElementsAre("pricing"));
  ASSERT_TRUE(files.set({}));
  EXPECT_FALSE(admits(gate, "GET /price")) << "until the agent opens it";
  control.unseal(pricing);
  EXPECT_TRUE(admits(gate, "GET /price"));
}

TEST_F(SealTest, aGateThatOpenedSealedIsOpenedByADrain) {
  SealFiles files(directory.path());
  ASSERT_TRUE(files.set({{"shop", {"pricing"}}}));
  Gate gate = openGate(directory, {}, 50);
  control.drain(pricing);
  EXPECT_TRUE(admits(gate, "GET /price"));
}

TEST_F(SealTest, aGateOpensOpenAfterTheSeal) {
  SealFiles files(directory.path());
  ASSERT_TRUE(files.set({{"shop", {"pricing"}}}));
  ASSERT_TRUE(files.set({}));
  Gate gate = openGate(directory, {}, 50);
  EXPECT_TRUE(admits(gate, "GET /price"));
}

TEST_F(SealTest, aComponentThatTheTableDoesNotKnowClosesEverything) {
  SealFiles files(directory.path());
  ASSERT_TRUE(files.set({{"shop", {"nobody\nknows"}}}));
  Gate gate = openGate(directory, {}, 50);
  EXPECT_FALSE(admits(gate, "GET /list"));
}

TEST_F(SealTest, whatIsNoFileOfTheAgentsClosesEverything) {
  for (const char *text : {"", "pricing\n", "ripple.sealed 1\npricing", "ripple.sealed 2\n"}) {
    std::ofstream(directory.path() + "/shop.sealed") << text;
    testing::internal::CaptureStderr();
    Gate gate = openGate(directory, {}, 50);
    EXPECT_THAT(testing::internal::GetCapturedStderr(),
                testing::HasSubstr("shop: its file .sealed cannot be read"));
    EXPECT_FALSE(admits(gate, "GET /list")) << text;
    control.settle(control.gates());
    EXPECT_TRUE(admits(gate, "GET /list")) << text;
  }
}

TEST_F(SealTest, filesOfAnAgentBeforeAreRemoved) {
  std::ofstream(directory.path() + "/old.sealed") << "ripple.sealed 1\nold\n";
  SealFiles files(directory.path());
  ASSERT_TRUE(files.set({{"../shop", {"pricing"}}}));
  EXPECT_FALSE(std::filesystem::exists(directory.path() + "/old.sealed"));
  EXPECT_FALSE(std::filesystem::exists(directory.path() + "/../shop.sealed"));
}

TEST_F(SealTest, aFileThatCannotBeWrittenIsSaid) {
  SealFiles files(directory.path() + "/none");
  auto done = files.set({{"shop", {"pricing"}}});
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error(),
              testing::HasSubstr("/none/shop.sealed: cannot be written: No such file"));
  EXPECT_TRUE(files.set({}));
}

// The file goes while the gate reads it. It is a long one, so that there is time for that.
TEST_F(SealTest, aGateThatOpensWhileItIsUnsealedIsOpen) {
  SealFiles files(directory.path());
  std::set<std::string> names{"pricing"};
  for (int i = 0; i < 100'000; ++i)
    names.insert("nobody-" + std::to_string(i));
  for (int round = 0; round < 40; ++round) {
    ASSERT_TRUE(files.set({{"shop", names}}));
    std::optional<Gate> gate;
    std::thread starter([&] { gate.emplace(openGate(directory, {}, 50)); });
    while (control.gates().empty())
      std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::microseconds(round * 25));
    ASSERT_TRUE(files.set({}));
    control.unseal({{"shop", {"shop", "pricing"}}});
    starter.join();
    EXPECT_TRUE(admits(*gate, "GET /price")) << round;
  }
}

// Gates open while an agent seals and opens: none stays closed, and none is open under a seal.
TEST_F(SealTest, gatesThatOpenAtAnyMomentFollow) {
  SealFiles files(directory.path());
  std::atomic<unsigned> phase = 0; // modulo 4: 1 is sealed, 3 is open, else it changes
  std::atomic<bool> ending = false;
  std::atomic<int> underSeal = 0, afterwards = 0;
  std::thread starter([&] {
    while (!ending) {
      unsigned before = phase;
      Gate gate = openGate(directory, {}, 50);
      bool admitted = admits(gate, "GET /price");
      if (phase != before)
        continue;
      if (before % 4 == 1) {
        EXPECT_FALSE(admitted);
        ++underSeal;
      } else if (before % 4 == 3) {
        EXPECT_TRUE(admitted);
        ++afterwards;
      }
    }
  });
  while (underSeal < 100 || afterwards < 100) {
    ASSERT_TRUE(files.set({{"shop", {"pricing"}}}));
    bool granted = control.seal(pricing).sealed;
    phase += granted ? 1 : 0;
    std::this_thread::sleep_for(2ms);
    phase += granted ? 1 : 0;
    ASSERT_TRUE(files.set({}));
    control.unseal(pricing);
    phase += granted ? 1 : 0;
    std::this_thread::sleep_for(2ms);
    phase += granted ? 1 : 0;
  }
  ending = true;
  starter.join();
}

} // namespace
