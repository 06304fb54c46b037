//===- WindowsTest.cpp ----------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/Windows.h"

#include <gtest/gtest.h>

using namespace ripple::agent;

namespace {

const std::vector<ripple::model::Window> TwoNights = {
    {"2026-12-02T22:00:00Z", "2026-12-03T04:00:00Z"},
    {"2026-12-01T22:00:00Z", "2026-12-02T04:00:00Z"}};

TEST(Windows, WithoutAnyItIsAlwaysOpen) { EXPECT_EQ(closedUntil({}, utcNow()), ""); }

TEST(Windows, BeforeAndBetweenTheNextOneIsSaid) {
  EXPECT_EQ(closedUntil(TwoNights, "2026-12-01T21:59:59Z"), "2026-12-01T22:00:00Z");
  EXPECT_EQ(closedUntil(TwoNights, "2026-12-02T12:00:00Z"), "2026-12-02T22:00:00Z");
}

TEST(Windows, AWindowHasItsBeginningAndNotItsEnd) {
  EXPECT_EQ(closedUntil(TwoNights, "2026-12-01T22:00:00Z"), "");
  EXPECT_EQ(closedUntil(TwoNights, "2026-12-03T03:59:59Z"), "");
  EXPECT_EQ(closedUntil(TwoNights, "2026-12-02T04:00:00Z"), "2026-12-02T22:00:00Z");
}

TEST(Windows, AfterTheLastThereIsNone) {
  EXPECT_EQ(closedUntil(TwoNights, "2026-12-03T04:00:00Z"), std::nullopt);
}

TEST(Windows, ASignatureEndsThem) {
  ripple::model::Plan plan;
  EXPECT_TRUE(windowsOf(plan).empty());
  plan.signature = {"production", 1, "2026-12-02T02:00:00Z", "", ""};
  EXPECT_EQ(closedUntil(windowsOf(plan), "2026-12-02T01:59:59Z"), "");
  EXPECT_EQ(closedUntil(windowsOf(plan), "2026-12-02T02:00:00Z"), std::nullopt);
  plan.windows = TwoNights; // The second night comes too late, and the first is cut short.
  EXPECT_EQ(closedUntil(windowsOf(plan), "2026-12-01T12:00:00Z"), "2026-12-01T22:00:00Z");
  EXPECT_EQ(closedUntil(windowsOf(plan), "2026-12-02T01:59:59Z"), "");
  EXPECT_EQ(closedUntil(windowsOf(plan), "2026-12-02T02:00:00Z"), std::nullopt);
}

TEST(Windows, TheClockIsWrittenAsTheyAre) {
  EXPECT_EQ(utcNow().size(), TwoNights[0].from.size());
  EXPECT_EQ(utcNow().back(), 'Z');
  EXPECT_GT(utcNow(), "2026-01-01T00:00:00Z");
}

} // namespace
