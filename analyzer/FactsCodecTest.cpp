//===- FactsCodecTest.cpp - FactsCodec and FactsCache -----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/FactsCodec.h"
#include "analyzer/FactsCache.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>

namespace ripple::analyzer {
namespace {

namespace fs = std::filesystem;

UnitFacts sample() {
  UnitFacts facts;
  facts.unit = "/src/a.cpp";
  facts.diagnostics = {{"/src/a.cpp", 3, "warning"}};
  facts.facts.files = {"/src/a.cpp", "/src/a.h"};
  facts.facts.types = {"void (int)"};
  Entity entity;
  entity.key = "_Z1fi";
  entity.name = "f";
  entity.declared = {1, 300};
  entity.hasBody = true;
  facts.facts.entities = {entity, Entity()};
  facts.facts.calls = {{0, 1, CallKind::Virtual, {0, 70000}}};
  IndirectCall indirect;
  indirect.through = {1};
  facts.facts.indirectCalls = {indirect};
  facts.facts.taken = {Taken()};
  facts.facts.typeFlows = {{0, none}};
  facts.facts.overrides = {{1, 0}};
  Value inner, outer;
  inner.text = "x";
  outer.kind = ValueKind::Several;
  outer.arguments = {inner, inner};
  facts.facts.arguments = {{0, 1, {0, 1}, {outer}}};
  facts.facts.initialisers = {0};
  return facts;
}

TEST(FactsCodec, GivesBackWhatItWrote) {
  auto read = decodeFacts(encodeFacts(sample()));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, sample());
  EXPECT_EQ(decodeFacts(encodeFacts(UnitFacts())), UnitFacts());
}

TEST(FactsCodec, RefusesWhatIsCutOrLonger) {
  const std::string bytes = encodeFacts(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decodeFacts(std::string_view(bytes).substr(0, size))) << size;
  EXPECT_FALSE(decodeFacts(bytes + "x"));
}

/// A unit with one header, in folders of its own.
class FactsCacheTest : public testing::Test {
protected:
  void SetUp() override {
    root = fs::path(testing::TempDir()) /
           ("cache-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(root);
    for (const char *folder : {"src", "first", "second", "cache"})
      fs::create_directories(root / folder);
    write("src/a.cpp", "#include <a.h>");
    write("second/a.h", "int a();");
    unit = {(root / "src/a.cpp").string(),
            (root / "src").string(),
            {"c++", "-I../first", "-I", (root / "second").string(), "-c", "a.cpp"},
            "app"};
    facts = sample();
    facts.dependencies = {(root / "second/a.h").string(), unit.file};
  }
  void TearDown() override { fs::remove_all(root); }
  void write(const std::string &path, const std::string &text) {
    std::ofstream(root / path) << text;
  }
  /// Each run has a cache object of its own, as each process has.
  bool isKept(const std::string &context = "tool") {
    auto found = FactsCache((root / "cache").string(), context).find(unit);
    return found && *found == facts;
  }
  void keep() { FactsCache((root / "cache").string(), "tool").keep(unit, facts); }

  fs::path root;
  Unit unit;
  UnitFacts facts;
};

TEST_F(FactsCacheTest, KeepsWhatHasNotChanged) {
  EXPECT_FALSE(isKept());
  keep();
  EXPECT_TRUE(isKept());
}

TEST_F(FactsCacheTest, ForgetsWhatHasChanged) {
  keep();
  EXPECT_FALSE(isKept("another tool"));
  write("second/a.h", "int a(int);");
  EXPECT_FALSE(isKept());
  write("second/a.h", "int a();");
  EXPECT_TRUE(isKept());
  write("src/a.cpp", "#include <a.h> // changed");
  EXPECT_FALSE(isKept());
  write("src/a.cpp", "#include <a.h>");
  unit.argv.push_back("-DX");
  EXPECT_FALSE(isKept());
}

TEST_F(FactsCacheTest, SeesAHeaderThatHidesAnother) {
  keep();
  write("first/a.h", "int b();");
  EXPECT_FALSE(isKept());
}

TEST_F(FactsCacheTest, SeesAHeaderThatIsGone) {
  keep();
  fs::remove(root / "second/a.h");
  EXPECT_FALSE(isKept());
}

TEST_F(FactsCacheTest, DoesNotKeepWhatIsIncomplete) {
  facts.complete = false;
  keep();
  EXPECT_FALSE(isKept());
}

TEST_F(FactsCacheTest, IgnoresADamagedEntry) {
  keep();
  for (const auto &entry : fs::directory_iterator(root / "cache")) {
    auto text = model::readFile(entry.path().string());
    ASSERT_TRUE(text);
    text->back() ^= 1;
    std::ofstream(entry.path()) << *text;
  }
  EXPECT_FALSE(isKept());
}

} // namespace
} // namespace ripple::analyzer
