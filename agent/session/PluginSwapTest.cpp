//===- PluginSwapTest.cpp - Plug-ins replaced in a running process --------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/session/GateControl.h"
#include "agent/session/testing/PriceHost.h"
#include "agent/session/testing/TestTable.h"

#include <atomic>
#include <filesystem>
#include <gmock/gmock.h>
#include <thread>

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
  auto swap(const std::string &path) { return control.swapPlugin("pricing", path, 20s); }
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

TEST_F(PluginSwapTest, mistakesAtAdd) {
  std::string message;
  EXPECT_EQ(add("/nowhere/price.so", &message), ENOEXEC);
  EXPECT_THAT(message, HasSubstr("/nowhere/price.so: No such file"));
  EXPECT_EQ(add(pluginFile("fails"), &message), ENOEXEC);
  EXPECT_THAT(message, HasSubstr("price_start failed"));
  EXPECT_EQ(ripple_gate_plugin_get(gate.get(), 0), nullptr);
  EXPECT_TRUE(list.refresh().empty());
  EXPECT_TRUE(list.gates().at(0).plugins.empty());
  EXPECT_THAT(control.swapPlugin("pricing", pluginFile("2"), 1s).error(),
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

} // namespace
