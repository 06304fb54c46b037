//===- AntichainTest.cpp --------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/check/Antichain.h"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <random>

using namespace ripple;

TEST(Antichain, TheHeaviestOfADiamondIsItsMiddle) {
  // 0 before 1 and 2, both before 3
  auto precedes = [](std::size_t a, std::size_t b) {
    return (a == 0 && b > 0) || (b == 3 && a < 3);
  };
  EXPECT_DOUBLE_EQ(check::heaviestAntichain({1, 2, 3, 4}, precedes), 5);
  EXPECT_DOUBLE_EQ(check::heaviestAntichain({9, 2, 3, 4}, precedes), 9);
}

// Both ways to find it say the same, of steps that are tasks and of some that only stand between.
TEST(Antichain, AlongTheStepsItIsTheSame) {
  std::mt19937 random(4);
  for (int round = 0; round < 300; ++round) {
    std::vector<model::Step> steps(1 + random() % 40);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      steps[i].id = fmt::format("s{}", i);
      for (std::size_t j = 0; j < i; ++j)
        if (random() % steps.size() < 3)
          steps[i].after.push_back(steps[j].id);
    }
    check::After after;
    std::vector<std::string> wrong;
    ASSERT_TRUE(after.build(steps, wrong));
    std::vector<check::Span> spans;
    std::vector<double> weights;
    for (std::size_t begin = 0; begin < steps.size(); begin += 2)
      for (std::size_t end = begin + 1; end < steps.size(); end += 2)
        if (after.isAfter(end, begin) && random() % 3 == 0) {
          spans.push_back({begin, end, static_cast<double>(1 + random() % 9)});
          weights.push_back(spans.back().weight);
          break;
        }
    auto precedes = [&](std::size_t a, std::size_t b) {
      return after.isAfter(spans[b].begin, spans[a].end);
    };
    EXPECT_DOUBLE_EQ(check::heaviestTogether(spans, after),
                     check::heaviestAntichain(weights, precedes))
        << "round " << round;
  }
}

TEST(Antichain, EqualsTheBestOfAllSubsets) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    std::size_t count = 1 + random() % 9;
    std::vector<double> weights;
    std::vector<std::vector<bool>> less(count, std::vector<bool>(count, false));
    for (std::size_t i = 0; i < count; ++i) {
      weights.push_back(1 + static_cast<double>(random() % 5));
      for (std::size_t j = i + 1; j < count; ++j)
        less[i][j] = random() % 3 == 0;
    }
    for (std::size_t k = 0; k < count; ++k)
      for (std::size_t i = 0; i < count; ++i)
        for (std::size_t j = 0; j < count; ++j)
          less[i][j] = less[i][j] || (less[i][k] && less[k][j]);
    double best = 0;
    for (std::size_t subset = 0; subset < (std::size_t(1) << count); ++subset) {
      double sum = 0;
      bool free = true;
      for (std::size_t i = 0; i < count && free; ++i)
        for (std::size_t j = 0; j < count; ++j)
          free = free && !((subset >> i & 1) && (subset >> j & 1) && less[i][j]);
      for (std::size_t i = 0; i < count; ++i)
        sum += (subset >> i & 1) ? weights[i] : 0;
      best = free ? std::max(best, sum) : best;
    }
    EXPECT_DOUBLE_EQ(
        check::heaviestAntichain(weights, [&](std::size_t a, std::size_t b) { return less[a][b]; }),
        best);
  }
}
