//===- PluginSwapTest.cpp - Plug-ins replaced in a running process --------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/session/GateControl.h"
#include "agent/session/testing/ForkedChild.h"
#include "agent/session/testing/PriceHost.h"
#include "agent/session/testing/StrippedFile.h"
#include "agent/session/testing/TestTable.h"

#include <atomic>
#include <filesystem>
#include <gmock/gmock.h>
#include <random>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace ripple;
using namespace ripple::agent;
using namespace ripple::agent::test;
using namespace std::chrono_literals;
using ripple::gate::Claim;
using ripple::gate::Gate;
using testing::HasSubstr;

namespace {

const std::vector<Seal> pricing{{"shop", {"pricing"}}};

std::string pluginFile(const std::string &version) {
  return std::string(RIPPLE_TEST_PLUGINS) + "/price-" + version + ".so";
}

struct PluginSwapTest : testing::Test {
  TestDirectory directory;
  PriceHost host;
  SessionList list{directory.path()};
  GateControl control{list};
  Gate gate = openGate(directory, {}, 60'000);
  std::uint32_t index = 99;

  int add(const std::string &path, std::string *message = nullptr) {
    char text[512];
    ripple_gate_plugin plugin = host.plugin("pricing", path.c_str());
    int error = ripple_gate_plugin_add(gate.get(), &plugin, &index, text, sizeof text);
    if (message)
      *message = text;
    return error;
  }
  int version() {
    Claim claim = gate.enter(gate.kindOf("GET /hi")); // is not held while pricing is sealed
    auto *price = static_cast<Price *>(ripple_gate_plugin_get(gate.get(), index));
    return price ? price->version() : -1;
  }
  auto swap(const std::string &path) {
    return control.swapPlugin("pricing", path, PluginSwapMode::Closed, 20s);
  }
  auto phaseIn(const std::string &path) {
    return control.swapPlugin("pricing", path, PluginSwapMode::PhaseIn, 20s);
  }
  std::vector<model::Session> keepers() {
    list.refresh();
    return list.segments().at(0)->usersOfEarlier(index);
  }
  /// The same without waiting for who has an earlier version.
  auto beginPhaseIn(const std::string &path) {
    int ended[2];
    EXPECT_EQ(::pipe(ended), 0);
    ::close(ended[1]); // Its other end can be read from now on.
    auto begun = control.swapPlugin("pricing", path, PluginSwapMode::PhaseIn, 20s, ended[0]);
    ::close(ended[0]);
    return begun;
  }
  /// The version of the plug-in that CLAIM's request has; -1: none.
  int versionOf(const Claim &claim) {
    auto *price = static_cast<Price *>(claim.plugin(index));
    return price ? price->version() : -1;
  }
  Claim enterPrice() { return gate.enter(gate.kindOf("GET /price")); }

  /// Phases in one version after the other, TIMES, under two clients with requests of those kinds;
  /// how many requests saw two versions, or none.
  std::uint64_t changesUnderLoad(const char *first, const char *second, int times) {
    EXPECT_EQ(add(pluginFile("1")), 0);
    std::atomic<bool> ending = false;
    std::atomic<std::uint64_t> served = 0, changed = 0;
    auto client = [&](const char *kind) {
      std::minstd_rand random(7);
      while (!ending) {
        Claim claim = gate.enter(gate.kindOf(kind));
        auto begin = std::chrono::steady_clock::now() + std::chrono::nanoseconds(random() % 60'000);
        while (std::chrono::steady_clock::now() < begin) {
        }
        int before = versionOf(claim);
        std::this_thread::yield();
        changed += before != versionOf(claim) || before < 1;
        ++served;
      }
    };
    std::thread one(client, first), two(client, second);
    for (int phased = 0; phased < times; ++phased) {
      auto done = phaseIn(pluginFile(phased % 2 ? "1" : "2"));
      EXPECT_TRUE(done) << done.error();
    }
    ending = true;
    one.join();
    two.join();
    EXPECT_GT(served, 0u);
    EXPECT_EQ(slot().generation, times + 1u);
    EXPECT_EQ(host.starts - host.stops, 1);
    return changed;
  }
  GatePlugin slot() {
    list.refresh();
    return list.gates().at(0).plugins.at(0);
  }
};

TEST_F(PluginSwapTest, aSwapLoadsTheNewVersionAndEndsTheOld) {
  ASSERT_EQ(add(pluginFile("1")), 0);
  EXPECT_EQ(version(), 1);
  EXPECT_EQ(slot().generation, 1u);
  std::string before = slot().buildId;
  EXPECT_FALSE(before.empty());
  ASSERT_TRUE(control.seal(pricing).sealed);
  auto done = swap(pluginFile("2"));
  ASSERT_TRUE(done) << done.error();
  EXPECT_THAT(*done, HasSubstr("price-2.so is loaded"));
  EXPECT_THAT(*done, Not(HasSubstr("stays"))) << "the old one is unloaded";
  EXPECT_EQ(version(), 2);
  EXPECT_EQ(slot().name, "pricing");
  EXPECT_EQ(slot().generation, 2u);
  EXPECT_EQ(slot().path, std::filesystem::canonical(pluginFile("2")));
  EXPECT_NE(slot().buildId, before);
  EXPECT_EQ(host.starts, 2);
  EXPECT_EQ(host.stops, 1);
}

TEST_F(PluginSwapTest, aSwapIsSafeToRepeat) {
  ASSERT_EQ(add(pluginFile("1")), 0);
  ASSERT_TRUE(control.seal(pricing).sealed);
  ASSERT_TRUE(swap(pluginFile("2")));
  auto again = swap(pluginFile("2"));
  ASSERT_TRUE(again) << again.error();
  EXPECT_THAT(*again, HasSubstr("loaded already"));
  EXPECT_EQ(host.starts, 2);
  control.unseal(pricing);
  EXPECT_TRUE(swap(pluginFile("2"))) << "nothing has to be done, so nothing has to be sealed";
  ASSERT_TRUE(control.seal(pricing).sealed);
  EXPECT_TRUE(swap(pluginFile("1"))) << "and back";
  EXPECT_EQ(version(), 1);
}

TEST_F(PluginSwapTest, symlinksAreResolved) {
  std::string link = directory.path() + "/pricing.so";
  std::filesystem::create_symlink(pluginFile("1"), link);
  ASSERT_EQ(add(link), 0);
  EXPECT_EQ(slot().path, std::filesystem::canonical(pluginFile("1")));
  std::filesystem::remove(link);
  std::filesystem::create_symlink(pluginFile("2"), link);
  ASSERT_TRUE(control.seal(pricing).sealed);
  auto done = swap(link);
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(version(), 2);
}

TEST_F(PluginSwapTest, theGateItselfRefusesWhatIsNotSealed) {
  ASSERT_EQ(add(pluginFile("1")), 0);
  auto done = swap(pluginFile("2"));
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error(), HasSubstr("pricing is not sealed"));
  EXPECT_EQ(version(), 1);
}

TEST_F(PluginSwapTest, theGateItselfRefusesWhileARequestUsesIt) {
  ASSERT_EQ(add(pluginFile("1")), 0);
  ASSERT_TRUE(control.seal(pricing).sealed);
  // An agent that opens too early: a request enters, and another agent seals without a look.
  control.unseal(pricing);
  Claim claim = gate.enter(gate.kindOf("GET /price"));
  EXPECT_FALSE(control.seal(pricing).sealed);
  std::atomic<bool> ending = false;
  std::thread bad([&] {
    while (!ending)
      control.seal(pricing);
  });
  for (int i = 0; i < 20; ++i) {
    auto done = swap(pluginFile("2"));
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error(), testing::AnyOf(HasSubstr("1 active requests use pricing"),
                                             HasSubstr("pricing is not sealed")));
    EXPECT_EQ(version(), 1);
  }
  ending = true;
  bad.join();
}

TEST_F(PluginSwapTest, aFailureLeavesTheOldOne) {
  ASSERT_EQ(add(pluginFile("1")), 0);
  std::string text = directory.write("text.so", "no shared object\n");
  struct {
    std::string path, reason;
  } cases[] = {{pluginFile("fails"), "price_start failed"},
               {pluginFile("without"), "it has no price_start or price_version"},
               {"/nowhere/price.so", "No such file or directory"},
               {text, "cannot be loaded"}};
  for (const auto &[path, reason] : cases) {
    ASSERT_TRUE(control.seal(pricing).sealed);
    auto done = swap(path);
    ASSERT_FALSE(done) << path;
    EXPECT_THAT(done.error(), HasSubstr(reason));
    EXPECT_THAT(done.error(), HasSubstr("shop (" + std::to_string(::getpid()) + ")"));
    control.unseal(pricing);
    EXPECT_EQ(version(), 1);
    EXPECT_EQ(slot().generation, 1u);
    EXPECT_TRUE(gate.enter(gate.kindOf("GET /price"))) << "and it can be used";
  }
  EXPECT_EQ(host.stops, 0);
  EXPECT_FALSE(swap("relative.so"));
}

TEST_F(PluginSwapTest, aCommonUniqueSymbolIsRefused) {
  ASSERT_EQ(add(pluginFile("unique1")), 0);
  ASSERT_TRUE(control.seal(pricing).sealed);
  auto done = swap(pluginFile("unique2"));
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error(), HasSubstr("price_calls"));
  EXPECT_THAT(done.error(), HasSubstr("-fno-gnu-unique"));
  EXPECT_EQ(version(), 1);
  // Another version without it can be loaded; that the old code stays is said.
  auto other = swap(pluginFile("2"));
  ASSERT_TRUE(other) << other.error();
  EXPECT_THAT(*other, HasSubstr("stays in memory"));
  EXPECT_EQ(version(), 2);
}

// Bug: symbols were looked for by section headers, which the loader does not need.
TEST_F(PluginSwapTest, aCommonUniqueSymbolIsFoundWithoutSections) {
  auto stripped = [&](const std::string &name) {
    return directory.write("price-" + name + ".so", withoutSections(pluginFile(name)));
  };
  ASSERT_EQ(add(stripped("unique1")), 0);
  ASSERT_TRUE(control.seal(pricing).sealed);
  auto done = swap(stripped("unique2"));
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error(), HasSubstr("price_calls"));
}

// Bug: only the version in use was compared, and a new one got the state of code that had stayed in
// memory after an earlier swap.
TEST_F(PluginSwapTest, aUniqueSymbolOfCodeThatStaysIsRefused) {
  ASSERT_EQ(add(pluginFile("unique1")), 0);
  ASSERT_TRUE(control.seal(pricing).sealed);
  ASSERT_TRUE(swap(pluginFile("2")));
  for (int twice = 0; twice < 2; ++twice) {
    auto done = swap(pluginFile("unique2"));
    ASSERT_FALSE(done) << *done;
    EXPECT_THAT(done.error(), HasSubstr("price_calls"));
    EXPECT_THAT(done.error(), HasSubstr("price-unique1.so"));
    EXPECT_EQ(version(), 2);
    // The way back to what stays is open: it is its own state.
    auto back = swap(pluginFile("unique1"));
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(version(), 1);
    ASSERT_TRUE(swap(pluginFile("2")));
  }
}

// Bug: the same for one that had not started.
TEST_F(PluginSwapTest, aUniqueSymbolOfCodeThatFailedToStartIsRefused) {
  ASSERT_EQ(add(pluginFile("1")), 0);
  ASSERT_TRUE(control.seal(pricing).sealed);
  ASSERT_FALSE(swap(pluginFile("unique-fails")));
  auto done = swap(pluginFile("unique3"));
  ASSERT_FALSE(done) << *done;
  EXPECT_THAT(done.error(), HasSubstr("price-unique-fails.so"));
  EXPECT_EQ(version(), 1);
  EXPECT_TRUE(swap(pluginFile("2"))) << "others go on";
}

TEST_F(PluginSwapTest, aFileThatWasReplacedUnderItsNameIsRefused) {
  std::string path = directory.path() + "/price.so";
  std::filesystem::copy_file(pluginFile("1"), path);
  ASSERT_EQ(add(path), 0);
  std::filesystem::remove(path);
  std::filesystem::copy_file(pluginFile("2"), path);
  ASSERT_TRUE(control.seal(pricing).sealed);
  auto done = swap(path);
  ASSERT_FALSE(done) << "dlopen gives back the old one";
  EXPECT_THAT(done.error(), HasSubstr("give each version a file of its own"));
  EXPECT_EQ(version(), 1);
}

// Bug: the process had died right before, and its successor had not opened its gate yet.
TEST_F(PluginSwapTest, aGateThatIsAboutToComeIsAwaited) {
  std::jthread starts([&] {
    std::this_thread::sleep_for(300ms);
    add(pluginFile("2"));
  });
  auto done = control.swapPlugin("pricing", pluginFile("2"), PluginSwapMode::Closed, 20s);
  ASSERT_TRUE(done) << done.error();
  EXPECT_THAT(*done, HasSubstr("was loaded already"));
}

std::atomic<bool> isStarting = false;

void forkAndWait() {
  pid_t child = ::fork();
  if (child == 0)
    ::_exit(0);
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
}

/// Forks as it starts, when another thread has had time to begin to fork.
void *startWithFork(void *object, void *context, char *message, size_t size) {
  isStarting = true;
  std::this_thread::sleep_for(100ms);
  forkAndWait();
  return PriceHost().plugin("", "").start(object, context, message, size);
}

// Bug: the other thread's fork waited for the plug-in's start, and that one's fork for the other.
TEST_F(PluginSwapTest, aPluginMayForkAsItStartsWhileOthersFork) {
  ::alarm(60); // Else this would wait for ever.
  std::thread other([] {
    while (!isStarting)
      std::this_thread::yield();
    forkAndWait();
  });
  std::string path = pluginFile("1");
  ripple_gate_plugin plugin = host.plugin("pricing", path.c_str());
  plugin.start = startWithFork;
  EXPECT_EQ(ripple_gate_plugin_add(gate.get(), &plugin, &index, nullptr, 0), 0);
  other.join();
  ::alarm(0);
  EXPECT_EQ(version(), 1);
}

TEST_F(PluginSwapTest, mistakesAtAdd) {
  std::string message;
  EXPECT_EQ(add("/nowhere/price.so", &message), ENOEXEC);
  EXPECT_THAT(message, HasSubstr("/nowhere/price.so: No such file"));
  EXPECT_EQ(add(pluginFile("fails"), &message), ENOEXEC);
  EXPECT_THAT(message, HasSubstr("price_start failed"));
  EXPECT_EQ(ripple_gate_plugin_get(gate.get(), 0), nullptr);
  EXPECT_TRUE(list.refresh().empty());
  EXPECT_TRUE(list.gates().at(0).plugins.empty());
  EXPECT_THAT(control.swapPlugin("pricing", pluginFile("2"), PluginSwapMode::Closed, 1s).error(),
              HasSubstr("no gate on this server holds the plug-in pricing"));
  ASSERT_EQ(add(pluginFile("1")), 0);
}

TEST_F(PluginSwapTest, underLoadNoRequestSeesItGo) {
  ASSERT_EQ(add(pluginFile("1")), 0);
  std::atomic<bool> ending = false;
  std::atomic<std::uint64_t> served = 0, changed = 0;
  auto client = [&] {
    while (!ending) {
      Claim claim = gate.enter(gate.kindOf("GET /price"));
      auto *price = static_cast<Price *>(ripple_gate_plugin_get(gate.get(), index));
      int first = price->version();
      changed += first != price->version() || first < 1;
      ++served;
    }
  };
  std::thread one(client), two(client);
  int swaps = 0;
  for (int i = 0; swaps < 20 && i < 100'000; ++i) {
    if (!control.seal(pricing).sealed)
      continue;
    auto done = swap(pluginFile(swaps % 2 ? "1" : "2"));
    EXPECT_TRUE(done) << done.error();
    ++swaps;
    control.unseal(pricing);
  }
  ending = true;
  one.join();
  two.join();
  EXPECT_EQ(swaps, 20);
  EXPECT_EQ(changed, 0u);
  EXPECT_GT(served, 0u);
  EXPECT_EQ(slot().generation, 21u);
}

//===-- Phasing in --------------------------------------------------------===//

TEST_F(PluginSwapTest, phasingInLeavesEachRequestItsVersion) {
  ASSERT_EQ(add(pluginFile("1")), 0);
  Claim before = enterPrice();
  EXPECT_EQ(versionOf(before), 1);
  auto late = beginPhaseIn(pluginFile("2"));
  ASSERT_FALSE(late) << "a request still uses it";
  EXPECT_THAT(late.error(), HasSubstr("1 request that began before still uses an earlier version: "
                                      "GET /price (shop-"));
  EXPECT_THAT(late.error(), HasSubstr(") since 0."));
  EXPECT_EQ(slot().leaving, 1u);
  Claim after = enterPrice();
  EXPECT_EQ(versionOf(before), 1) << "to its end";
  EXPECT_EQ(versionOf(after), 2) << "at once, and nothing is sealed";
  EXPECT_EQ(host.stops, 0);
  before.release();
  auto done = phaseIn(pluginFile("2"));
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(versionOf(after), 2);
  EXPECT_EQ(slot().leaving, std::nullopt);
  EXPECT_EQ(slot().generation, 2u);
  EXPECT_EQ(slot().path, std::filesystem::canonical(pluginFile("2")));
  EXPECT_EQ(host.starts, 2);
  EXPECT_EQ(host.stops, 1) << "the old one has ended with its last request";
}

TEST_F(PluginSwapTest, requestsThatDoNotUseItKeepNothing) {
  ASSERT_EQ(add(pluginFile("1")), 0);
  Claim other = gate.enter(gate.kindOf("GET /hi"));
  auto done = phaseIn(pluginFile("2"));
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(host.stops, 1);
  EXPECT_EQ(versionOf(other), 2) << "a late use, of what is there";
  Claim second = gate.enter(gate.kindOf("GET /hi"));
  EXPECT_EQ(versionOf(second), 2);
  ASSERT_FALSE(beginPhaseIn(pluginFile("1"))) << "from then on it counts";
  EXPECT_EQ(versionOf(second), 2);
  list.refresh();
  auto sessions = list.sessions();
  ASSERT_EQ(sessions.size(), 2u);
  EXPECT_TRUE(sessions.at(0).late);
}

TEST_F(PluginSwapTest, backToAVersionThatStillServes) {
  ASSERT_EQ(add(pluginFile("1")), 0);
  Claim first = enterPrice();
  ASSERT_FALSE(beginPhaseIn(pluginFile("2")));
  Claim second = enterPrice();
  ASSERT_FALSE(beginPhaseIn(pluginFile("1"))) << "the second request still has the other one";
  EXPECT_EQ(host.starts, 2) << "the one that is loaded is taken";
  Claim third = enterPrice();
  EXPECT_EQ(versionOf(first), 1);
  EXPECT_EQ(versionOf(second), 2);
  EXPECT_EQ(versionOf(third), 1);
  EXPECT_EQ(keepers().size(), 1U) << "and is named alone";
  second.release();
  auto done = phaseIn(pluginFile("1"));
  ASSERT_TRUE(done) << done.error();
  EXPECT_EQ(keepers().size(), 0U);
  EXPECT_EQ(host.stops, 1);
  EXPECT_EQ(versionOf(first), 1);
  first.release();
  EXPECT_EQ(versionOf(third), 1);
  std::this_thread::sleep_for(100ms); // The gate's thread drops the older entry of the same file.
  EXPECT_EQ(host.stops, 1) << "its object serves on";
  EXPECT_EQ(versionOf(third), 1);
}

TEST_F(PluginSwapTest, whoKeepsAnEarlierVersionIsNamed) {
  ASSERT_EQ(add(pluginFile("1")), 0);
  Claim first = gate.enter(gate.kindOf("GET /price"), "alice");
  Claim other = gate.enter(gate.kindOf("GET /hi"), "bob");
  std::vector<std::string> told;
  std::jthread later([&] {
    std::this_thread::sleep_for(500ms);
    first.release();
  });
  auto done = control.swapPlugin("pricing", pluginFile("2"), PluginSwapMode::PhaseIn, 20s, -1,
                                 [&](const std::string &text) { told.push_back(text); });
  ASSERT_TRUE(done) << done.error();
  ASSERT_EQ(told.size(), 1U) << "once, while nothing changes";
  EXPECT_THAT(told[0], HasSubstr("1 request that began before still uses an earlier version: "
                                 "GET /price (shop-"));
  EXPECT_THAT(told[0], HasSubstr(", session alice) since 0."));
  EXPECT_THAT(told[0], testing::Not(HasSubstr("bob")));
}

TEST_F(PluginSwapTest, soManyVersionsAndNotMore) {
  for (const char *copy : {"/a.so", "/b.so", "/c.so", "/d.so", "/e.so"})
    std::filesystem::copy_file(pluginFile("1"), directory.path() + copy);
  ASSERT_EQ(add(directory.path() + "/a.so"), 0);
  std::vector<Claim> claims;
  for (const char *copy : {"/b.so", "/c.so", "/d.so"}) {
    claims.push_back(enterPrice());
    versionOf(claims.back());
    ASSERT_FALSE(beginPhaseIn(directory.path() + copy));
    EXPECT_EQ(slot().path, directory.path() + copy);
  }
  claims.push_back(enterPrice());
  auto full = beginPhaseIn(directory.path() + "/e.so");
  ASSERT_FALSE(full);
  EXPECT_THAT(full.error(), HasSubstr("4 versions of pricing are loaded"));
  EXPECT_EQ(slot().leaving, 3u);
  for (const Claim &claim : claims)
    EXPECT_EQ(versionOf(claim), 1);
  claims.erase(claims.begin() + 1); // The second one's version goes from between the others.
  auto done = beginPhaseIn(directory.path() + "/e.so");
  EXPECT_THAT(done.error(), HasSubstr("3 requests that began before"));
  EXPECT_EQ(slot().path, directory.path() + "/e.so");
  claims.clear();
  EXPECT_TRUE(phaseIn(directory.path() + "/e.so"));
  EXPECT_EQ(host.stops, 4);
}

TEST_F(PluginSwapTest, aSwapUnderASealEndsEarlierVersionsToo) {
  ASSERT_EQ(add(pluginFile("1")), 0);
  {
    Claim claim = enterPrice();
    ASSERT_FALSE(beginPhaseIn(pluginFile("2")));
  }
  ASSERT_TRUE(control.seal(pricing).sealed);
  ASSERT_TRUE(swap(pluginFile("1")));
  control.unseal(pricing);
  EXPECT_EQ(versionOf(enterPrice()), 1);
  EXPECT_EQ(host.starts - host.stops, 1);
}

TEST_F(PluginSwapTest, anAgentThatEndsDoesNotWait) {
  ASSERT_EQ(add(pluginFile("1")), 0);
  Claim claim = enterPrice();
  int ending[2];
  ASSERT_EQ(::pipe(ending), 0);
  ASSERT_EQ(::write(ending[1], "", 1), 1);
  auto begun = std::chrono::steady_clock::now();
  EXPECT_FALSE(
      control.swapPlugin("pricing", pluginFile("2"), PluginSwapMode::PhaseIn, 60s, ending[0]));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 20s);
}

TEST_F(PluginSwapTest, whoAsksWithoutARequestIsNotPhasedIn) {
  ASSERT_EQ(add(pluginFile("1")), 0);
  EXPECT_EQ(version(), 1); // ripple_gate_plugin_get
  auto done = phaseIn(pluginFile("2"));
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error(), HasSubstr("ripple_gate_plugin_of"));
  EXPECT_EQ(version(), 1);
}

// Its first such call may come while a version is about to end, and give that one.
TEST_F(PluginSwapTest, whoAsksWithoutARequestMeanwhileKeepsWhatIsLoaded) {
  ASSERT_EQ(add(pluginFile("1")), 0);
  Claim claim = enterPrice();
  ASSERT_FALSE(beginPhaseIn(pluginFile("2")));
  EXPECT_EQ(version(), 2);
  claim.release();
  std::this_thread::sleep_for(100ms); // The gate's thread would have ended it.
  EXPECT_EQ(host.stops, 0);
}

TEST_F(PluginSwapTest, whatPhasingInRefuses) {
  ASSERT_EQ(add(pluginFile("unique1")), 0);
  EXPECT_THAT(phaseIn(pluginFile("unique2")).error(), HasSubstr("price_calls"));
  EXPECT_THAT(phaseIn(pluginFile("fails")).error(), HasSubstr("price_start failed"));
  EXPECT_THAT(phaseIn("/nowhere/price.so").error(), HasSubstr("No such file"));
  EXPECT_EQ(versionOf(enterPrice()), 1);
  EXPECT_EQ(slot().generation, 1u);
}

TEST_F(PluginSwapTest, aClaimWithoutARecordKeepsItsVersionToo) {
  gate = Gate();
  gate = openGate(directory, {}, 60'000, 1);
  ASSERT_EQ(add(pluginFile("1")), 0);
  Claim only = gate.enter(gate.kindOf("GET /hi"));
  Claim beyond = enterPrice(); // counted, as all records are taken
  ASSERT_FALSE(beginPhaseIn(pluginFile("2")));
  Claim after = enterPrice();
  EXPECT_EQ(versionOf(beyond), 1);
  EXPECT_EQ(versionOf(after), 2);
  beyond.release();
  after.release();
  EXPECT_TRUE(phaseIn(pluginFile("2")));
}

TEST_F(PluginSwapTest, aChildOfForkHasItsParentsVersions) {
  ASSERT_EQ(add(pluginFile("1")), 0);
  Claim claim = enterPrice();
  ASSERT_FALSE(beginPhaseIn(pluginFile("2")));
  int channel[2];
  ASSERT_EQ(::pipe(channel), 0);
  ForkedChild child([&] {
    int seen = versionOf(enterPrice());
    (void)!::write(channel[1], &seen, sizeof seen);
  });
  int seen = 0;
  ASSERT_EQ(::read(channel[0], &seen, sizeof seen), static_cast<ssize_t>(sizeof seen));
  EXPECT_EQ(seen, 2);
  claim.release();
  EXPECT_TRUE(phaseIn(pluginFile("2"))) << "in both";
}

TEST_F(PluginSwapTest, phasedInUnderLoadNoRequestSeesTwo) {
  EXPECT_EQ(changesUnderLoad("GET /price", "GET /hi", 200), 0u);
}

// Without the handshake on `retiring` some of these begin to use a version at the moment of its
// end.
TEST_F(PluginSwapTest, whoUsesItLateSeesOneVersionToo) {
  EXPECT_EQ(changesUnderLoad("GET /hi", "GET /hi", 1000), 0u);
}

} // namespace
