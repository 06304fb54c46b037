//===- EtcdRowsTest.cpp ---------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/journal/EtcdRows.h"

#include <gtest/gtest.h>

using namespace ripple::agent;

namespace {

TEST(EtcdRows, KeysKeepTheirOrderAndTheirSegments) {
  EXPECT_EQ(keyNumber(0x1f), "000000000000001f");
  EXPECT_LT(keyNumber(9), keyNumber(16));
  EXPECT_EQ(numberOfKey("/ripple/events/a/000000000000001f"), 0x1fU);
  for (const char *wrong : {"", "1f", "/a/1f", "/a/000000000000001g", "/a/0000000000000001f"})
    EXPECT_FALSE(numberOfKey(wrong)) << wrong;
  EXPECT_EQ(keySegment("sha256:1"), "sha256:1");
  EXPECT_EQ(keySegment("a/b%2F"), "a%2Fb%252F");
}

TEST(EtcdRows, PlansComeBack) {
  EtcdPlan plan{{"id", "run", 3, "/p.json", "", "done", "s", "e", "fine"}, 7, 2, 1234};
  std::string text = writePlanRow(plan);
  auto again = parsePlanRow(text);
  ASSERT_TRUE(again);
  EXPECT_EQ(writePlanRow(*again), text);
  EXPECT_EQ(again->n, 7U);
  EXPECT_EQ(again->row.summary, "fine");
  for (const char *wrong : {"", "{}", "[]", R"({"id":1})"})
    EXPECT_FALSE(parsePlanRow(wrong)) << wrong;
}

TEST(EtcdRows, EffectsAreReadFromTheEventsThatBroughtThem) {
  std::vector<EtcdEvent> events;
  auto record = [&](const char *at, core::Event event, std::vector<core::Effect> effects) {
    auto row = parseEventRow(writeEventRow(at, event, effects));
    ASSERT_TRUE(row);
    events.push_back(std::move(*row));
  };
  record("1", {1, core::Begin{}}, {{1, core::Seal{"t1"}}, {2, core::Seal{"t2"}}});
  record("2", {2, core::Outcome{1, core::Outcome::Result::Done, "ok", {}}},
         {{3, core::Seal{"t3"}}});
  record("3", {3, core::Outcome{9, core::Outcome::Result::Done, "of no effect", {}}},
         {{1, core::Seal{"again"}}});
  auto rows = effectsOf(events);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].what, "seal t1");
  EXPECT_EQ(rows[0].issued, "1");
  EXPECT_EQ(rows[0].ended, "2");
  EXPECT_EQ(rows[0].result, "done");
  EXPECT_EQ(rows[1].ended, "");
  EXPECT_EQ(rows[2].issued, "2");
}

TEST(EtcdRows, WhatIsLongIsDeflated) {
  std::string small = R"({"a":1})", empty, text = "text", large = "{" + std::string(1 << 20, 'x');
  for (const std::string &each : {small, empty, text, large})
    EXPECT_EQ(unpack(pack(each), 2 << 20), each);
  EXPECT_EQ(pack(small), small);
  EXPECT_LT(pack(large).size(), 10'000U);
  EXPECT_FALSE(unpack(pack(large), 1 << 20)) << "one byte too much";
  std::string varied = "{";
  for (unsigned i = 0, x = 1; i < 100'000; ++i, x = x * 1'103'515'245 + 12'345)
    varied += static_cast<char>('a' + (x >> 16) % 26);
  std::string damaged = pack(varied);
  damaged[damaged.size() / 2] ^= 1;
  EXPECT_NE(pack(varied), damaged);
  EXPECT_FALSE(unpack(damaged, 2 << 20)) << "its checksum says so";
  EXPECT_FALSE(unpack(pack(large) + "x", 2 << 20)) << "something after its end";
  EXPECT_FALSE(unpack(pack(large).substr(0, 50), 2 << 20));
  EXPECT_FALSE(unpack("", 10));
  EXPECT_EQ(parseParts(writeParts(3)), 3U);
  EXPECT_EQ(parseParts(small), 0U);
  EXPECT_EQ(parseParts(R"({"parts":"x"})"), 0U);
}

} // namespace
