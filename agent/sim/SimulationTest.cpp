//===- SimulationTest.cpp - Two thousand random runs ----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// `./dev simulate` does the same for as long as it is let. A run that violates
// something is looked at with `ripple-simulate --replay SEED`.
//
//===----------------------------------------------------------------------===//
#include "agent/sim/Simulation.h"

#include <gtest/gtest.h>

using namespace ripple::agent::sim;

namespace {

TEST(Simulation, KeepsS1ToS6) {
  constexpr std::uint64_t runs = 2000;
  std::array<unsigned, static_cast<std::size_t>(Fault::Count)> faults{};
  for (std::uint64_t seed = 1; seed <= runs && !testing::Test::HasFailure(); ++seed) {
    RunResult result = simulate(seed);
    EXPECT_EQ(result.violations, std::vector<std::string>())
        << "seed " << seed << ": look with `ripple-simulate --replay " << seed << "`";
    for (std::size_t kind = 0; kind < faults.size(); ++kind)
      faults[kind] += result.faults[kind];
  }
  for (std::size_t kind = 0; kind < faults.size(); ++kind)
    EXPECT_GT(faults[kind], 50U) << toString(static_cast<Fault>(kind));
}

TEST(Simulation, IsTheSameFromTheSameSeed) {
  for (std::uint64_t seed : {3, 77, 4711}) {
    RunResult once = simulate(seed, Mutant::None, true), again = simulate(seed, Mutant::None, true);
    EXPECT_FALSE(once.log.empty());
    EXPECT_EQ(once.log, again.log);
  }
}

} // namespace
