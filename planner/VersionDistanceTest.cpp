//===- VersionDistanceTest.cpp --------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/VersionDistance.h"
#include "planner/RandomInstance.h"
#include "planner/check/Distance.h"

#include <gtest/gtest.h>
#include <map>

using namespace ripple;
using namespace ripple::planner;

TEST(VersionDistance, CountsWholeUnits) {
  model::DistanceRule rule;
  rule.component = "a";
  rule.of = "b";
  rule.newerMost = 0;
  rule.olderMost = 2;
  auto distance = [&](const char *one, const char *other) { return distanceOf(rule, one, other); };
  EXPECT_EQ(distance("v1.28.9", "1.28.0"), Distance::Near); // Patches do not count.
  EXPECT_EQ(distance("1.29", "1.28"), Distance::TooFar);
  EXPECT_EQ(distance("1.26", "1.28"), Distance::Near);
  EXPECT_EQ(distance("1.25.9", "1.28"), Distance::TooFar);
  EXPECT_EQ(distance("2.0", "1.9"), Distance::TooFar);
  EXPECT_EQ(distance("1.9", "2.0"), Distance::TooFar); // No number of minor versions is as far.
  EXPECT_EQ(distance("1:1.0", "1.0"), Distance::TooFar);
  EXPECT_EQ(distance("1", "1.0-2"), Distance::Near);
  EXPECT_EQ(distance("stable", "1.0"), Distance::Unreadable);
  EXPECT_EQ(distance("1.0", ""), Distance::Unreadable);
  EXPECT_EQ(distance("99999999999999999999", "1"), Distance::Unreadable);
  rule.unit = model::DistanceRule::Unit::Major;
  EXPECT_EQ(distance("1.29", "1.28"), Distance::Near);
  EXPECT_EQ(distance("2.0", "1.9"), Distance::TooFar);
  EXPECT_EQ(distance("1.9", "3.0"), Distance::Near);
  rule.newerMost.reset();
  EXPECT_EQ(distance("9.0", "1.9"), Distance::Near); // No bound.
}

// The planner and the check each have their own way to read a version.
TEST(VersionDistance, CheckSaysTheSame) {
  std::mt19937 random(5);
  auto any = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
  auto version = [&] {
    std::string text = std::array{"", "v", "1:", "2:", "x"}[any(12) < 8 ? 0 : any(5)];
    text += std::to_string(any(3));
    for (unsigned level = any(3); level > 0; --level)
      text += "." + std::to_string(any(4));
    return text + std::array{"", "-1", "~rc1", ".", ".x", "+b"}[any(6)];
  };
  unsigned tooFar = 0;
  for (int round = 0; round < 5000; ++round) {
    Inputs inputs;
    for (const char *id : {"a", "b"}) {
      model::Component &component = inputs.components.components.emplace_back();
      component.id = id;
      component.version = version();
    }
    model::DistanceRule &rule = inputs.change.versionDistance.emplace_back();
    rule.component = "a";
    rule.of = "b";
    if (any(3) > 0)
      rule.newerMost = any(3);
    if (any(3) > 0 || !rule.newerMost)
      rule.olderMost = any(3);
    rule.unit = any(2) == 0 ? model::DistanceRule::Unit::Major : model::DistanceRule::Unit::Minor;
    const std::string &one = inputs.components.components[0].version;
    const std::string &other = inputs.components.components[1].version;
    const bool isNear = distanceOf(rule, one, other) == Distance::Near;
    tooFar += isNear ? 0 : 1;
    EXPECT_EQ(check::tooFarApart({inputs.components, inputs.servers, inputs.change}).empty(),
              isNear)
        << one << " and " << other;
  }
  EXPECT_GT(tooFar, 500U);
}
