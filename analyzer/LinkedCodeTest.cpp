//===- LinkedCodeTest.cpp ---------------------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/LinkedCode.h"

#include <fstream>
#include <gmock/gmock.h>
#include <iterator>

namespace ripple::analyzer {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::string bytesOf(const std::string &file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(LinkedCodeTest, TellsWhatAnArchiveDefinesAndLeavesOpen) {
  const auto code = readLinkedCode(RIPPLE_FIXTURE_ARCHIVE);
  ASSERT_TRUE(code) << model::describe(code.error());
  EXPECT_TRUE(code->defines("fixture_first"));
  EXPECT_THAT(code->strong, Contains("fixture_first"));
  EXPECT_THAT(code->open, Contains("fixture_second"));
  EXPECT_THAT(code->open, Not(Contains("fixture_first")));
  EXPECT_TRUE(code->names("fixture_second"));
  EXPECT_EQ(linkFileKindOf(RIPPLE_FIXTURE_ARCHIVE), LinkFileKind::Code);
  EXPECT_EQ(linkFileKindOf(RIPPLE_FIXTURE_FIRST), LinkFileKind::Shared);
}

TEST(LinkedCodeTest, RefusesWhatIsCut) {
  const std::string whole = bytesOf(RIPPLE_FIXTURE_ARCHIVE);
  ASSERT_FALSE(whole.empty());
  for (std::size_t size = 9; size < whole.size(); size += 7) {
    auto code = parseLinkedCode(std::string_view(whole).substr(0, size), "cut.a");
    EXPECT_THAT(code ? "cut.a" : model::describe(code.error()), HasSubstr("cut.a"));
  }
  EXPECT_FALSE(parseLinkedCode(std::string_view(whole).substr(0, whole.size() / 2), "cut.a"));
  EXPECT_FALSE(readLinkedCode(RIPPLE_FIXTURE_FIRST)); // Linked already.
}

TEST(LinkedCodeTest, ReadsWhatIsDamagedOrRefusesIt) {
  // No program: with sanitizers that has their code inside, and takes hours.
  for (const char *file : {RIPPLE_FIXTURE_ARCHIVE, RIPPLE_FIXTURE_SECOND}) {
    std::string bytes = bytesOf(file);
    for (std::size_t at = 0; at < bytes.size(); at += 3)
      for (const char damage : {'\x01', '\x80', '\xff'}) {
        bytes[at] = static_cast<char>(bytes[at] ^ damage);
        // Neither may end the test. A thin archive's members would be files of the machine.
        if (!bytes.starts_with("!<thin>"))
          (void)parseLinkedCode(bytes, "damaged.a");
        (void)parseSymbolTables(bytes, "damaged");
        bytes[at] = static_cast<char>(bytes[at] ^ damage);
      }
  }
}

TEST(LinkedCodeTest, ReadsTheTablesOfAProgram) {
  const auto tables = readSymbolTables(RIPPLE_FIXTURE_PROGRAM);
  ASSERT_TRUE(tables) << model::describe(tables.error());
  EXPECT_FALSE(tables->isStripped);
  ASSERT_TRUE(tables->find("main"));
  EXPECT_TRUE(tables->find("main")->isCode);
  EXPECT_FALSE(tables->find("fixture_first")); // Not inside.
}

} // namespace
} // namespace ripple::analyzer
