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
  facts.machine = 62;
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
  facts.facts.constants = {{0, outer}};
  facts.facts.threadEnds = {{0, 1, {0, 3}}};
  facts.facts.exposed = {{1, 2}};
  facts.facts.spreads = {{0, {0, 1}, {0, 2}, 1, {0, 2}}};
  facts.facts.programEnds = {{1, 1, {0, 4}}};
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

/// They used to take memory by the square of their size, and the stack by their depth.
TEST(FactsCodec, RefusesWhatNestsWithoutEnd) {
  UnitFacts deep;
  Value value;
  for (unsigned depth = 0; depth < 150; ++depth) {
    Value outer;
    outer.arguments.push_back(std::move(value));
    value = std::move(outer);
  }
  deep.facts.arguments = {{0, 1, {0, 1}, {value}}};
  EXPECT_EQ(decodeFacts(encodeFacts(deep)), deep) << "deeper than any that `collect` makes";
  for (unsigned depth = 150; depth < 1000; ++depth) {
    Value outer;
    outer.arguments.push_back(std::move(value));
    value = std::move(outer);
  }
  deep.facts.arguments = {{0, 1, {0, 1}, {std::move(value)}}};
  EXPECT_FALSE(decodeFacts(encodeFacts(deep)));
}

TEST(PackedFacts, GivesBackWhatWasPacked) {
  UnitFacts facts = sample();
  facts.dependencies = {"/src/a.cpp", "/src/a.h"};
  for (unsigned copies = 0; copies < 1000; ++copies)
    facts.facts.entities.push_back(facts.facts.entities.front());
  const PackedFacts packed = packFacts(facts);
  EXPECT_LT(packed.bytes.size() * 10, packed.size);
  EXPECT_EQ(unpackFacts(packed), facts);
  EXPECT_EQ(decodePacked(encodePacked(packed)), packed);
}

TEST(PackedFacts, RefusesWhatItDidNotMake) {
  const PackedFacts packed = packFacts(sample());
  for (std::uint64_t size :
       {std::uint64_t(0), packed.size - 1, packed.size + 1, ~std::uint64_t(0)}) {
    PackedFacts damaged = packed;
    damaged.size = size;
    EXPECT_FALSE(unpackFacts(damaged)) << size;
  }
  for (std::size_t size = 0; size < packed.bytes.size(); ++size) {
    PackedFacts damaged = packed;
    damaged.bytes.resize(size);
    EXPECT_FALSE(unpackFacts(damaged)) << size;
  }
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
    return found && unpackFacts(std::move(*found)) == facts;
  }
  /// The only entry.
  std::string entry() const { return fs::directory_iterator(root / "cache")->path().string(); }
  void keep() { FactsCache((root / "cache").string(), "tool").keep(unit, packFacts(facts)); }

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
  const std::string file = entry();
  const std::string whole = model::readFile(file).value();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
    std::ofstream(file) << damaged;
    EXPECT_FALSE(isKept()) << "a bit of byte " << at;
    std::ofstream(file) << whole.substr(0, at);
    EXPECT_FALSE(isKept()) << "cut to " << at;
  }
  std::ofstream(file) << whole << "x";
  EXPECT_FALSE(isKept());
  std::ofstream(file) << whole;
  EXPECT_TRUE(isKept());
}

TEST_F(FactsCacheTest, IgnoresAnEntryUnderTheNameOfAnother) {
  keep();
  const std::string file = entry();
  const std::string whole = model::readFile(file).value();
  fs::remove(file);
  FactsCache((root / "cache").string(), "another tool").keep(unit, packFacts(facts));
  fs::rename(entry(), file);
  EXPECT_FALSE(isKept());
  keep();
  EXPECT_TRUE(isKept());
  EXPECT_EQ(model::readFile(file), whole) << "the one of another tool is replaced";
}

TEST_F(FactsCacheTest, SaysThatItCannotWrite) {
  keep();
  const std::string file = entry();
  FactsCache good((root / "cache").string(), "tool");
  good.keep(unit, packFacts(facts));
  EXPECT_EQ(good.problem(), "");

  fs::remove(file);
  fs::create_directories(fs::path(file) / "in it");
  FactsCache blocked((root / "cache").string(), "tool");
  EXPECT_FALSE(blocked.find(unit));
  blocked.keep(unit, packFacts(facts));
  EXPECT_THAT(blocked.problem(), testing::StartsWith(file + ": cannot be written: "));

  fs::remove_all(root / "cache");
  write("cache", "a file");
  FactsCache none((root / "cache").string(), "tool");
  EXPECT_FALSE(none.find(unit));
  none.keep(unit, packFacts(facts));
  EXPECT_THAT(none.problem(), testing::HasSubstr(": cannot be written: "));
}

} // namespace
} // namespace ripple::analyzer
