//===- ElfTest.cpp - Elf and LibraryClosure on files that CMake has built -===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Elf.h"
#include "analyzer/DebugUnits.h"
#include "analyzer/LibraryClosure.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>

namespace ripple::analyzer {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string program = RIPPLE_FIXTURE_PROGRAM, first = RIPPLE_FIXTURE_FIRST,
                  second = RIPPLE_FIXTURE_SECOND;

std::vector<std::string> names(const std::vector<DynamicSymbol> &symbols) {
  std::vector<std::string> out;
  for (const DynamicSymbol &symbol : symbols)
    out.push_back(symbol.name);
  return out;
}

TEST(Elf, SaysWhoAFileIsAndWhatItNeeds) {
  auto elf = readElf(first);
  ASSERT_TRUE(elf) << model::describe(elf.error());
  EXPECT_EQ(elf->soname, "libfixture_first.so.3");
  EXPECT_EQ(elf->buildId, "0123456789abcdef0123456789abcdef01234567");
  EXPECT_THAT(elf->needed, Contains("libfixture_second.so"));
  EXPECT_THAT(elf->runpath, ElementsAre("$ORIGIN"));
  EXPECT_TRUE(elf->rpath.empty());
}

TEST(Elf, ListsSymbolsWithVersions) {
  auto elf = readElf(first);
  ASSERT_TRUE(elf);
  EXPECT_THAT(elf->defined, Contains(DynamicSymbol{"fixture_first", "FIXTURE_1"}));
  EXPECT_TRUE(elf->defines("fixture_first"));
  EXPECT_FALSE(elf->defines("fixture_hidden"));
  EXPECT_FALSE(elf->defines("fixture_second")) << "it only uses this one";
  EXPECT_THAT(names(elf->undefined), Contains("fixture_second"));
}

TEST(Elf, ListsWhatItDefinesAndMayGetFromOthers) {
  auto elf = readElf(second);
  ASSERT_TRUE(elf);
  EXPECT_THAT(names(elf->preemptible), ElementsAre("fixture_shared"));
  EXPECT_TRUE(elf->defines("fixture_second")) << "nothing in it refers to this one";
}

TEST(Elf, RefusesWhatIsNoElfFile) {
  auto missing = readElf("/nowhere/at/all");
  ASSERT_FALSE(missing);
  EXPECT_THAT(model::describe(missing.error()), HasSubstr("/nowhere/at/all: "));
  auto text = readElf(std::string(RIPPLE_SOURCE_DIR) + "/CMakeLists.txt");
  ASSERT_FALSE(text);
  EXPECT_THAT(model::describe(text.error()), HasSubstr("ELF file"));
  EXPECT_FALSE(elfKindOf(std::string(RIPPLE_SOURCE_DIR) + "/CMakeLists.txt"));
  EXPECT_FALSE(elfKindOf("/nowhere/at/all"));
}

TEST(Elf, TellsFilesApartByTheirFirstBytes) {
  auto elf = readElf(first);
  ASSERT_TRUE(elf);
  EXPECT_EQ(elfKindOf(first), kindOf(*elf));
  EXPECT_EQ(machineName(62), "x86_64");
  EXPECT_EQ(machineName(0x1234), "machine 4660");
}

std::string seed(const std::string &name) {
  auto bytes = model::readFile(std::string(RIPPLE_SOURCE_DIR) + "/testdata/fuzz/read-elf/" + name);
  return bytes.value_or("");
}

template <typename T> std::string mistakesOf(const model::Result<T> &result) {
  return result ? "none" : model::describe(result.error());
}

/// The first ended the analyzer, the others took all memory.
TEST(Elf, RefusesWhatFuzzingHasFound) {
  EXPECT_THAT(mistakesOf(parseElf(seed("segment-overflows"), "x")),
              HasSubstr("x: cannot be read as an ELF file: its dynamic segment reaches beyond"));
  EXPECT_THAT(mistakesOf(parseDebugUnits(seed("section-claims-much"), "x")),
              HasSubstr("a compressed section claims to be larger than it can be"));
  EXPECT_THAT(mistakesOf(parseElf(seed("versions-without-end"), "x")),
              HasSubstr("it claims to have more versions than there is room for"));
  for (const char *whole : {"library-64", "library-32", "library-big-endian", "program"}) {
    EXPECT_EQ(mistakesOf(parseElf(seed(whole), whole)), "none");
    EXPECT_EQ(mistakesOf(parseDebugUnits(seed(whole), whole)), "none");
  }
}

TEST(Elf, SurvivesACutFile) {
  auto whole = model::readFile(first);
  ASSERT_TRUE(whole);
  const std::string cut = testing::TempDir() + "/cut.so";
  for (std::size_t size = 0; size < whole->size(); size += whole->size() / 40 + 1) {
    std::ofstream(cut, std::ios::binary) << whole->substr(0, size);
    auto elf = readElf(cut);
    if (!elf) {
      EXPECT_THAT(model::describe(elf.error()), HasSubstr("ELF file"));
    }
  }
  fs::remove(cut);
}

TEST(LibraryClosure, IsInLoadOrder) {
  LibrarySearch search;
  auto closure = search.closureOf(program);
  ASSERT_TRUE(closure) << model::describe(closure.error());
  std::vector<std::string> found;
  for (const auto &library : closure->libraries)
    found.push_back(fs::path(library->path).filename());
  EXPECT_TRUE(closure->missing.empty());
  auto place = [&](std::string_view name) {
    return std::find_if(found.begin(), found.end(),
                        [&](const std::string &file) { return file.starts_with(name); }) -
           found.begin();
  };
  EXPECT_EQ(place("libfixture_first.so.3"), 0);
  EXPECT_LT(place("libc.so.6"), static_cast<long>(found.size()));
  EXPECT_LT(place("libc.so.6"), place("libfixture_second.so")) << "breadth first";
  EXPECT_LT(place("libfixture_second.so"), static_cast<long>(found.size()));
  EXPECT_EQ(std::count(found.begin(), found.end(), "libc.so.6"), 1);
}

TEST(LibraryClosure, NamesWhatIsMissing) {
  const std::string folder = testing::TempDir() + "/closure-alone";
  fs::create_directories(folder);
  const std::string alone = folder + "/alone.so";
  fs::copy_file(first, alone, fs::copy_options::overwrite_existing);
  LibrarySearch search;
  auto closure = search.closureOf(alone);
  ASSERT_TRUE(closure);
  ASSERT_EQ(closure->missing.size(), 1u);
  EXPECT_EQ(closure->missing[0].name, "libfixture_second.so");
  EXPECT_EQ(closure->missing[0].neededBy, alone);
  fs::remove_all(folder);
}

/// A folder with the library `first`, and WHAT in the place of the one that it needs.
class Needs : public testing::Test {
protected:
  void SetUp() override { fs::create_directories(folder); }
  void TearDown() override { fs::remove_all(folder); }
  LibraryClosure with(const std::string &what) {
    std::ofstream(folder / "libfixture_second.so", std::ios::binary) << what;
    fs::copy_file(first, folder / "first.so", fs::copy_options::overwrite_existing);
    auto closure = LibrarySearch().closureOf((folder / "first.so").string());
    EXPECT_TRUE(closure);
    return closure.value_or(LibraryClosure());
  }
  const fs::path folder = fs::path(testing::TempDir()) / "closure-needs";
  const std::string whole = model::readFile(second).value();
};

TEST_F(Needs, AFileOfAnotherMachineIsPassedOver) {
  EXPECT_TRUE(with(whole).missing.empty());
  std::string other = whole;
  other[18] = 0x34;
  other[19] = 0x12;
  const LibraryClosure closure = with(other);
  ASSERT_EQ(closure.missing.size(), 1u);
  EXPECT_EQ(closure.missing[0].why, "is not on this machine");
}

/// It used to be passed over as if it were for another machine.
TEST_F(Needs, ADamagedFileIsNamed) {
  for (const std::string &damaged : {whole.substr(0, 2000), whole.substr(0, 10)}) {
    const LibraryClosure closure = with(damaged);
    ASSERT_EQ(closure.missing.size(), 1u);
    EXPECT_EQ(closure.missing[0].name, "libfixture_second.so");
    EXPECT_THAT(closure.missing[0].why, HasSubstr("cannot be read as an ELF file: "));
    EXPECT_THAT(closure.missing[0].why, HasSubstr("/libfixture_second.so)"));
  }
}

TEST_F(Needs, AProgramForAnotherMachineSaysSo) {
  const std::string own = model::readFile(first).value();
  std::string other = own;
  other[18] = static_cast<char>(183);
  std::ofstream(folder / "other.so", std::ios::binary) << other;
  auto closure = LibrarySearch().closureOf((folder / "other.so").string());
  ASSERT_TRUE(closure);
  ASSERT_FALSE(closure->missing.empty());
  EXPECT_THAT(closure->missing[0].why, HasSubstr(": that file is for AArch64"));
}

TEST(LibraryClosure, ReadsTheLoadersConfiguration) {
  const fs::path root = fs::path(testing::TempDir()) / "closure-root";
  fs::remove_all(root);
  fs::create_directories(root / "etc/ld.so.conf.d");
  std::ofstream(root / "etc/ld.so.conf") << "# comment\ninclude /etc/ld.so.conf.d/*.conf\n/opt/b\n";
  std::ofstream(root / "etc/ld.so.conf.d/a.conf") << "/opt/a  # first\n/usr/lib\n";
  const std::string at = root.string();
  EXPECT_THAT(systemLibraryFolders(at), ElementsAre(at + "/opt/a", at + "/usr/lib", at + "/opt/b",
                                                    at + "/lib64", at + "/usr/lib64", at + "/lib"));
  fs::remove_all(root);
}

} // namespace
} // namespace ripple::analyzer
