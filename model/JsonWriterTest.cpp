//===- JsonWriterTest.cpp - JSON for people and for digests ---------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/JsonWriter.h"
#include "model/Document.h"
#include "model/Number.h"

#include <algorithm>
#include <bit>
#include <gtest/gtest.h>

namespace ripple::model {
namespace {

TEST(Number, IsWrittenAsEcmaScriptDoes) {
  // RFC 8785, appendix B: the bits of a double, and its text.
  struct Sample {
    std::uint64_t bits;
    const char *text;
  };
  constexpr Sample samples[] = {
      {0x0000000000000000, "0"},
      {0x8000000000000000, "0"},
      {0x0000000000000001, "5e-324"},
      {0x8000000000000001, "-5e-324"},
      {0x7fefffffffffffff, "1.7976931348623157e+308"},
      {0xffefffffffffffff, "-1.7976931348623157e+308"},
      {0x4340000000000000, "9007199254740992"},
      {0xc340000000000000, "-9007199254740992"},
      {0x4430000000000000, "295147905179352830000"},
      {0x44b52d02c7e14af5, "9.999999999999997e+22"},
      {0x44b52d02c7e14af6, "1e+23"},
      {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
      {0x444b1ae4d6e2ef4e, "999999999999999700000"},
      {0x444b1ae4d6e2ef4f, "999999999999999900000"},
      {0x444b1ae4d6e2ef50, "1e+21"},
      {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
      {0x3eb0c6f7a0b5ed8d, "0.000001"},
      {0x41b3de4355555553, "333333333.3333332"},
      {0x41b3de4355555554, "333333333.33333325"},
      {0x41b3de4355555555, "333333333.3333333"},
      {0x41b3de4355555556, "333333333.3333334"},
      {0x41b3de4355555557, "333333333.33333343"},
      {0xbecbf647612f3696, "-0.0000033333333333333333"},
      {0x43143ff3c1cb0959, "1424953923781206.2"},
  };
  for (const Sample &sample : samples)
    EXPECT_EQ(formatNumber(std::bit_cast<double>(sample.bits)), sample.text);
}

TEST(CanonicalForm, IsThatOfRfc8785) {
  EXPECT_EQ(canonicalForm(R"({
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  })"),
            "{\"literals\":[null,true,false],"
            "\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
            "\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

TEST(CanonicalForm, SortsKeysByUtf16) {
  EXPECT_EQ(canonicalForm(R"({"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5,
                              "\u0080": 6, "\u00f6": 7})"),
            "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\ufb33\":3}");
  EXPECT_EQ(canonicalForm(R"({"ab": 1, "a": 2, "b": {"d": [], "c": {}}})"),
            R"({"a":2,"ab":1,"b":{"c":{},"d":[]}})");
}

TEST(CanonicalDigest, DoesNotDependOnHowTextIsWritten) {
  std::string digest = canonicalDigest(R"({"a": [1, 2.50], "b": "x"})");
  EXPECT_EQ(digest, "sha256:" + sha256(R"({"a":[1,2.5],"b":"x"})"));
  EXPECT_EQ(canonicalDigest("b: x\na:\n- 1\n- 2.5\n"), digest);
  EXPECT_NE(canonicalDigest(R"({"a": [2.50, 1], "b": "x"})"), digest);
  EXPECT_EQ(canonicalDigest("{\"a\": "), "");
  EXPECT_EQ(canonicalDigest(R"({"a": 1, "a": 2})"), "");
}

TEST(JsonWriter, HandsOverWhatIsCertainToStay) {
  std::string all;
  std::size_t pieces = 0, longest = 0;
  JsonWriter writer([&](std::string_view piece) {
    all += piece;
    ++pieces;
    longest = std::max(longest, piece.size());
  });
  writer.beginSortedObject();
  writer.key("a");
  writer.beginArray();
  constexpr int elements = 100'000;
  for (int i = 0; i < elements; ++i) {
    writer.beginObject();
    writer.key("y");
    writer.integer(i);
    writer.key("x\n\"");
    writer.beginObject();
    writer.endObject();
    writer.endObject();
  }
  writer.endArray();
  writer.key("b");
  writer.boolean(true);
  writer.endObject();
  EXPECT_EQ(writer.take(), "");
  EXPECT_GT(pieces, 10U);
  EXPECT_LT(longest, all.size() / 10);
  EXPECT_TRUE(all.starts_with(R"({"a":[{"x\n\"":{},"y":0},{)")) << all.substr(0, 40);
  EXPECT_TRUE(all.ends_with(R"("y":99999}],"b":true})"));
  EXPECT_EQ(canonicalForm(all), all);
}

TEST(JsonWriter, IndentsByTwo) {
  JsonWriter writer;
  writer.beginObject();
  writer.key("b");
  writer.beginArray();
  writer.integer(1);
  writer.string("x\"\x7f\x01");
  writer.endArray();
  writer.key("a");
  writer.beginObject();
  writer.endObject();
  writer.endObject();
  EXPECT_EQ(writer.take(),
            "{\n  \"b\": [\n    1,\n    \"x\\\"\x7f\\u0001\"\n  ],\n  \"a\": {}\n}\n");
}

} // namespace
} // namespace ripple::model
