//===- AllocationTest.cpp - Requests allocate nothing ---------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/session/GateControl.h"
#include "agent/session/testing/CountAllocations.h"
#include "agent/session/testing/PriceHost.h"
#include "agent/session/testing/TestTable.h"

#include <gtest/gtest.h>

using namespace ripple::agent;
using namespace ripple::agent::test;
using ripple::gate::Gate;

namespace {

struct AllocationTest : testing::Test {
  TestDirectory directory;
  SessionList list{directory.path()};
  GateControl control{list};

  /// How often all that a request may do allocates, done ROUNDS times, on a gate of RECORDSMAX.
  std::uint64_t ofRequests(std::uint32_t recordsMax, int rounds) {
    PriceHost host;
    Gate gate = openGate(directory, {}, 1, recordsMax);
    ripple_gate_plugin plugin = host.plugin("pricing", RIPPLE_TEST_PLUGINS "/price-1.so");
    std::uint32_t index = 0;
    EXPECT_EQ(ripple_gate_plugin_add(gate.get(), &plugin, &index, nullptr, 0), 0);
    EXPECT_TRUE(control.seal({{"shop", {"catalog"}}}).sealed);
    std::uint64_t before = allocations();
    for (int round = 0; round < rounds; ++round) {
      ripple_gate_handle price, held;
      int entered = ripple_gate_enter(gate.get(), 1, "a visitor's session", &price);
      ripple_gate_handle more = ripple_gate_retain(gate.get(), price);
      int used = ripple_gate_use(gate.get(), price, "pricing");
      bool version =
          static_cast<Price *>(ripple_gate_plugin_get(gate.get(), index))->version() == 1 &&
          static_cast<Price *>(ripple_gate_plugin_of(gate.get(), price, index))->version() == 1;
      int refused = ripple_gate_enter(gate.get(), 2, nullptr, &held);
      ripple_gate_exit(gate.get(), more);
      ripple_gate_exit(gate.get(), price);
      EXPECT_TRUE(entered == 0 && used == 0 && version && refused == EBUSY);
    }
    return allocations() - before;
  }
};

TEST_F(AllocationTest, aRequestAllocatesNothing) { EXPECT_EQ(ofRequests(0, 20), 0u); }

TEST_F(AllocationTest, theCountSeesAllocations) {
  static void *volatile kept; // or the compiler leaves the call out
  std::uint64_t before = allocations();
  kept = std::malloc(10);
  std::free(kept);
  kept = ::operator new(10);
  ::operator delete(kept);
  EXPECT_EQ(allocations() - before, 2u);
}

} // namespace
