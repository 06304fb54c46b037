//===- MutantTest.cpp - A broken protocol is caught -----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// For each of S1 to S6, protocols that break it: the simulation says so, by the
// name of that property, within so many runs.
//
//===----------------------------------------------------------------------===//
#include "agent/sim/Simulation.h"

#include <gtest/gtest.h>

using namespace ripple::agent::sim;

namespace {

class MutantTest : public testing::TestWithParam<int> {};

TEST_P(MutantTest, IsCaught) {
  constexpr std::uint64_t runsMax = 10000;
  auto mutant = static_cast<Mutant>(GetParam());
  std::string property = std::string(": ") + propertyOf(mutant) + ":";
  for (std::uint64_t seed = 1; seed <= runsMax; ++seed)
    for (const std::string &violation : simulate(seed, mutant).violations)
      if (violation.find(property) != std::string::npos) {
        RecordProperty("run", std::to_string(seed));
        std::printf("caught in run %llu: %s\n", static_cast<unsigned long long>(seed),
                    violation.c_str());
        return;
      }
  FAIL() << toString(mutant) << " was not caught in " << runsMax << " runs";
}

INSTANTIATE_TEST_SUITE_P(Broken, MutantTest, testing::Range(1, static_cast<int>(Mutant::Count)),
                         [](const auto &one) {
                           return std::string(toString(static_cast<Mutant>(one.param)));
                         });

} // namespace
