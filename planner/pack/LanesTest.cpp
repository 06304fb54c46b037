//===- LanesTest.cpp - Every rule holds by what comes before what ---------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Held to the definition: of the tasks that take of a resource, the heaviest set
// of which none comes after another (check/Antichain.h, which shares nothing with
// the planner), and each two tasks that must not meet.
//
//===----------------------------------------------------------------------===//
#include "planner/pack/Lanes.h"

#include "planner/check/Antichain.h"
#include "planner/pack/RandomPacking.h"

#include <gtest/gtest.h>

using namespace ripple;
using namespace ripple::planner;
using ripple::planner::random::PackingInstance;

namespace {

/// By (later, earlier): whether it comes before it, directly or through others.
using Closure = std::vector<std::vector<bool>>;

Closure closureOf(const TasksBefore &before) {
  const std::size_t count = before.size();
  Closure closure(count, std::vector<bool>(count));
  // Tasks are numbered in any order: as often as the longest chain is long.
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t task = 0; task < count; ++task)
      for (unsigned one : before[task])
        for (std::size_t other = 0; other < count; ++other)
          if ((other == one || closure[one][other]) && !closure[task][other])
            closure[task][other] = changed = true;
  }
  return closure;
}

/// Expects every rule of PACKING of BEFORE.
void expectRules(const Packing &packing, const TasksBefore &before, unsigned seed) {
  const Closure closure = closureOf(before);
  const std::size_t count = packing.tasks.size();
  auto mayMeet = [&](std::size_t one, std::size_t other) {
    return !closure[one][other] && !closure[other][one];
  };
  for (std::size_t one = 0; one < count; ++one)
    for (std::size_t other = 0; other < count; ++other) {
      const PackingTask &a = packing.tasks[one], &b = packing.tasks[other];
      if (one != other && (a.server == b.server || (packing.zonesOneAtATime && a.zone != b.zone))) {
        EXPECT_FALSE(mayMeet(one, other)) << "seed " << seed << ": " << one << ", " << other;
      }
      if (std::count(packing.before.begin(), packing.before.end(), std::pair(a.kind, b.kind))) {
        EXPECT_TRUE(closure[other][one]) << "seed " << seed << ": " << one << ", " << other;
      }
    }
  for (unsigned resource = 0; resource < packing.capacity.size(); ++resource) {
    std::vector<double> weights;
    for (const PackingTask &task : packing.tasks) {
      weights.push_back(0);
      for (auto [which, amount] : task.takes)
        weights.back() += which == resource ? amount : 0;
    }
    EXPECT_LE(check::heaviestAntichain(
                  weights, [&](std::size_t a, std::size_t b) -> bool { return closure[b][a]; }),
              packing.capacity[resource] + PackingTolerance)
        << "seed " << seed << ": resource " << resource;
  }
}

std::size_t countOf(const TasksBefore &before) {
  std::size_t count = 0;
  for (const std::vector<unsigned> &some : before)
    count += some.size();
  return count;
}

/// Servers of which each takes one of AMOUNTS of CAPACITY.
Packing servers(double capacity, const std::vector<double> &amounts) {
  Packing packing;
  packing.capacity = {capacity};
  packing.kinds = 1;
  for (double amount : amounts)
    packing.tasks.push_back({packing.servers++, 0, 0, {{0, amount}}});
  return packing;
}

} // namespace

TEST(Lanes, EveryRuleHoldsByWhatComesBeforeWhat) {
  for (unsigned seed = 1; seed <= 2000; ++seed) {
    const Packing packing = PackingInstance(seed).packing;
    const WaveOfTask waveOfTask = packByRules(packing);
    const TasksBefore before = lanesOf(packing, waveOfTask);
    expectRules(packing, before, seed);
    for (std::size_t task = 0; task < before.size(); ++task)
      for (unsigned one : before[task])
        EXPECT_LT(waveOfTask[one], waveOfTask[task]) << "seed " << seed;
    const WaveOfTask chains = waveByChains(before);
    for (std::size_t task = 0; task < before.size(); ++task)
      EXPECT_LE(chains[task], waveOfTask[task]) << "seed " << seed;
  }
}

// Sums of tenths are not what they are said to be.
TEST(Lanes, FractionsFillWhatThereIs) {
  for (unsigned seed = 1; seed <= 500; ++seed) {
    Packing packing = PackingInstance(seed).packing;
    for (double &capacity : packing.capacity)
      capacity /= 10;
    for (PackingTask &task : packing.tasks)
      for (auto &[resource, amount] : task.takes)
        amount /= 10;
    expectRules(packing, lanesOf(packing, packByRules(packing)), seed);
  }
}

TEST(Lanes, OfLikeServersEachWaitsForOne) {
  const Packing packing = servers(3, std::vector<double>(10, 1));
  const TasksBefore before = lanesOf(packing, {0, 0, 0, 1, 1, 1, 2, 2, 2, 3});
  EXPECT_EQ(before, (TasksBefore{{}, {}, {}, {0}, {1}, {2}, {3}, {4}, {5}, {6}}));
}

TEST(Lanes, WhatIsLeftOverIsUsedWithoutWaiting) {
  // Of 4, the first wave takes 3; the task of 1 in the second need not wait.
  const TasksBefore before = lanesOf(servers(4, {3, 2, 1, 2}), {0, 1, 1, 2});
  EXPECT_TRUE(before[2].empty());
  EXPECT_EQ(before[1], std::vector<unsigned>{0});
}

TEST(Lanes, UnequalServersWaitForThoseWhoseCapacityTheyTake) {
  // 6 and 4 make room for 5 and 5: one of them needs both, the other only the first.
  const TasksBefore before = lanesOf(servers(10, {6, 4, 5, 5}), {0, 0, 1, 1});
  EXPECT_EQ(countOf(before), 3U);
  // A large server makes room for several.
  EXPECT_EQ(countOf(lanesOf(servers(10, {10, 2, 3, 5}), {0, 1, 1, 1})), 3U);
}

// Every task after every one of the wave before it was some 17 million.
TEST(Lanes, AreFewForManyServers) {
  constexpr unsigned count = 50'000, waves = 150;
  std::vector<double> amounts;
  double all = 0;
  for (unsigned i = 0; i < count; ++i)
    all += amounts.emplace_back(50.0 * (1 + i % 4) + i % 7);
  const Packing packing = servers(all / waves, amounts);
  const WaveOfTask waveOfTask = packByRules(packing);
  const TasksBefore before = lanesOf(packing, waveOfTask);
  EXPECT_LT(countOf(before), 2U * count);
  // The sum over any wave of its own chains is what a packing may take.
  std::vector<double> taken(count);
  const WaveOfTask chains = waveByChains(before);
  for (unsigned task = 0; task < count; ++task)
    taken[chains[task]] += amounts[task];
  for (double amount : taken)
    EXPECT_LE(amount, packing.capacity[0] + 1e-6);
}
