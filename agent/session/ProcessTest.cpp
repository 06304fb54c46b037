//===- ProcessTest.cpp - Forks, deaths, programs that take over -----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/session/GateControl.h"
#include "agent/session/SealFiles.h"
#include "agent/session/testing/ForkedChild.h"
#include "agent/session/testing/PriceHost.h"
#include "agent/session/testing/TestTable.h"

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <thread>
#include <unistd.h>

using namespace ripple;
using namespace ripple::agent;
using namespace ripple::agent::test;
using namespace std::chrono_literals;
using ripple::gate::Claim;
using ripple::gate::Gate;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// ThreadSanitizer ends a child of fork that starts a thread, unless it is told not to.
// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" const char *__tsan_default_options() { return "die_after_fork=0"; }

namespace {

const std::vector<Seal> pricing{{"shop", {"pricing"}}};

struct ProcessTest : testing::Test {
  TestDirectory directory;
  SessionList list{directory.path()};
  GateControl control{list};

  std::vector<std::int64_t> pids() {
    EXPECT_THAT(list.refresh(), IsEmpty());
    std::vector<std::int64_t> pids;
    for (const GateState &gate : list.gates())
      pids.push_back(gate.pid);
    return pids;
  }
  std::size_t files() const {
    std::size_t count = 0;
    for (const auto &entry : std::filesystem::directory_iterator(directory.path()))
      count += entry.path().extension() == ".gate";
    return count;
  }
};

TEST_F(ProcessTest, aKilledProcessHoldsNothing) {
  ForkedChild child([&] {
    static Gate gate = openGate(directory);
    static Claim claim = gate.enter(1);
  });
  EXPECT_THAT(pids(), ElementsAre(child.pid()));
  EXPECT_EQ(control.count(pricing).active, 1u);
  child.end(SIGKILL);
  EXPECT_EQ(control.count(pricing).active, 0u);
  EXPECT_THAT(pids(), IsEmpty());
  EXPECT_EQ(files(), 0u) << "what it left is removed";
  std::string pid = std::to_string(child.pid());
  EXPECT_THAT(list.takeRemoved(),
              ElementsAre(directory.path() + "/shop." + pid + ".gate: process " + pid +
                          " has ended, or runs another program; no request is active there, and "
                          "its segment was removed"));
  EXPECT_THAT(list.takeRemoved(), IsEmpty()) << "it is told once";
}

TEST_F(ProcessTest, aChildThatIsForkedUnderASealOpensSealed) {
  SealFiles sealed(directory.path());
  Gate gate = openGate(directory, {}, 50);
  ASSERT_TRUE(sealed.set({{"shop", {"pricing"}}}));
  ASSERT_TRUE(control.seal(pricing).sealed);
  ForkedChild child([&] {
    static Claim claim = gate.enter(gate.kindOf("GET /price"));
    if (claim)
      ::_exit(1);
    static Claim other = gate.enter(gate.kindOf("GET /list"));
  });
  list.refresh();
  auto gates = list.gates();
  ASSERT_EQ(gates.size(), 2u) << "the child has ended: it was admitted";
  EXPECT_THAT(gates[0].sealed, ElementsAre("pricing"));
  EXPECT_THAT(gates[1].sealed, ElementsAre("pricing"));
  EXPECT_EQ(control.count({{"shop", {"shop"}}}).active, 1u) << "others go on";
}

TEST_F(ProcessTest, aZombieHoldsNothing) {
  ForkedChild child([&] {
    static Gate gate = openGate(directory);
    static Claim claim = gate.enter(1);
  });
  list.refresh();
  ::kill(child.pid(), SIGKILL);
  siginfo_t info;
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child.pid()), &info, WEXITED | WNOWAIT), 0);
  EXPECT_EQ(control.count(pricing).active, 0u);
}

TEST_F(ProcessTest, aReusedPidIsAnotherProcess) {
  std::string copy;
  {
    Gate gate = openGate(directory);
    list.refresh();
    std::string file = list.gates().at(0).file;
    std::ifstream in(file, std::ios::binary);
    copy.assign(std::istreambuf_iterator<char>(in), {});
  }
  copy[24] = static_cast<char>(copy[24] + 1); // start time
  directory.write("shop." + std::to_string(::getpid()) + ".gate", copy);
  EXPECT_THAT(pids(), IsEmpty());
  EXPECT_EQ(files(), 0u);
  EXPECT_THAT(list.takeRemoved(), SizeIs(1));
}

TEST_F(ProcessTest, aChildHasASegmentOfItsOwn) {
  PriceHost host;
  Gate gate = openGate(directory);
  ripple_gate_plugin plugin = host.plugin("pricing", RIPPLE_TEST_PLUGINS "/price-1.so");
  std::uint32_t index = 0;
  ASSERT_EQ(ripple_gate_plugin_add(gate.get(), &plugin, &index, nullptr, 0), 0);
  Claim claim = gate.enter(gate.kindOf("GET /price"), "parent");
  ASSERT_FALSE(control.seal(pricing).sealed);
  ForkedChild child([&] {
    claim.release(); // the parent's claim: nothing of it is in the child
    static Claim own = gate.enter(gate.kindOf("GET /list"), "child");
  });
  EXPECT_THAT(pids(), testing::UnorderedElementsAre(::getpid(), child.pid()));
  auto sessions = list.sessions();
  ASSERT_THAT(sessions, SizeIs(2));
  for (const model::Session &session : sessions) {
    EXPECT_EQ(session.session, session.pid == child.pid() ? "child" : "parent");
    EXPECT_EQ(session.request, session.pid == child.pid() ? "GET /list" : "GET /price");
  }
  claim.release();
  ASSERT_TRUE(control.seal(pricing).sealed);
  auto done =
      control.swapPlugin("pricing", RIPPLE_TEST_PLUGINS "/price-2.so", PluginSwapMode::Closed, 20s);
  ASSERT_TRUE(done) << done.error();
  for (const GateState &gateState : list.gates())
    EXPECT_THAT(gateState.plugins.at(0).path, testing::HasSubstr("price-2.so"));
  EXPECT_THAT(*done, testing::HasSubstr("(" + std::to_string(child.pid()) + ")"));
  EXPECT_EQ(static_cast<Price *>(ripple_gate_plugin_get(gate.get(), index))->version(), 2);
  child.end(SIGKILL);
  EXPECT_THAT(pids(), ElementsAre(::getpid()));
}

TEST_F(ProcessTest, aChildThatRunsAnotherProgramHasNoGate) {
  Gate gate = openGate(directory);
  pid_t child = ::fork();
  if (child == 0) {
    ::execl("/bin/sleep", "sleep", "60", nullptr);
    ::_exit(127);
  }
  // Between fork and exec it has one: it is not known yet what the child will be.
  std::string exe = "/proc/" + std::to_string(child) + "/exe";
  while (std::filesystem::equivalent(exe, "/proc/self/exe"))
    std::this_thread::sleep_for(1ms);
  auto end = std::chrono::steady_clock::now() + 60s;
  while (pids().size() > 1 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(1ms);
  EXPECT_THAT(pids(), ElementsAre(::getpid()));
  EXPECT_EQ(::kill(child, 0), 0);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST_F(ProcessTest, aProgramThatClosesAllItsFilesKeepsItsGate) {
  ForkedChild child([&] {
    static Gate gate = openGate(directory);
    static Claim claim = gate.enter(1);
    for (const auto &entry : std::filesystem::directory_iterator("/proc/self/fd"))
      if (std::error_code ignored;
          std::filesystem::read_symlink(entry.path(), ignored).extension() == ".gate")
        ::close(std::stoi(entry.path().filename()));
  });
  EXPECT_THAT(pids(), ElementsAre(child.pid()));
  EXPECT_EQ(control.count(pricing).active, 1u);
}

TEST_F(ProcessTest, aRemovedFileDoesNotHideItsProcess) {
  Gate gate = openGate(directory);
  Claim claim = gate.enter(1);
  list.refresh();
  std::filesystem::remove(list.gates().at(0).file);
  EXPECT_EQ(control.count(pricing).active, 1u);
  std::filesystem::remove_all(directory.path());
  EXPECT_EQ(control.count(pricing).active, 1u);
}

} // namespace
