//===- LinkLineTest.cpp -----------------------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/LinkLine.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>

namespace ripple::analyzer {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

/// A folder with libfoo.a, libbar.a, libbar.so, plain.o and two linker scripts.
class LinkLineTest : public testing::Test {
protected:
  void SetUp() override {
    root = fs::canonical(testing::TempDir()) /
           ("link-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(root);
    fs::create_directories(root / "lib");
    const std::string object = std::string("\x7f"
                                           "ELF") +
                               std::string(12, '\0');
    write("lib/libfoo.a", "!<arch>\n");
    write("lib/libbar.a", "!<arch>\n");
    write("lib/libbar.so", object + std::string("\3\0", 2));
    write("plain.o", object + std::string("\1\0", 2));
    write("lib/libtext.so", "/* libother.a */ INPUT ( libfoo.a AS_NEEDED(-lbar) )");
    write("names.ld", "one = two; PROVIDE(three = four); SECTIONS { . = 4; a.o }");
    write("words.txt", "libfoo.a, that is");
  }
  void TearDown() override { fs::remove_all(root); }

  void write(const std::string &path, const std::string &text) {
    std::ofstream(root / path, std::ios::binary) << text;
  }
  LinkLine read(const std::vector<std::string> &words) const {
    return readLinkLine(words, {root.string()});
  }
  std::string path(const std::string &name) const { return (root / name).string(); }

  fs::path root;
};

TEST_F(LinkLineTest, NamesTheCodeThatIsOnIt) {
  const LinkLine line = read({"plain.o", "-o", "app", "lib/libfoo.a", "lib/libbar.so", "-pthread"});
  EXPECT_THAT(line.code, ElementsAre(path("lib/libfoo.a"), path("plain.o")));
  EXPECT_THAT(line.absent, IsEmpty());
}

TEST_F(LinkLineTest, TakesASharedLibraryBeforeAnArchive) {
  EXPECT_THAT(read({"-Llib", "-lfoo", "-lbar"}).code, ElementsAre(path("lib/libfoo.a")));
  EXPECT_THAT(read({"-L", "lib", "-Bstatic", "-lbar"}).code, ElementsAre(path("lib/libbar.a")));
  EXPECT_THAT(read({"-Llib", "-l:libbar.a"}).code, ElementsAre(path("lib/libbar.a")));
}

TEST_F(LinkLineTest, ReadsLinkerScripts) {
  EXPECT_THAT(read({"-Llib", "-ltext"}).code, ElementsAre(path("lib/libfoo.a")));
  const LinkLine line = read({"-T", "names.ld", "--defsym", "five=six", "--defsym=seven=0x8"});
  EXPECT_THAT(line.aliases,
              ElementsAre(Pair("one", "two"), Pair("three", "four"), Pair("five", "six")));
  EXPECT_THAT(line.code, IsEmpty());
}

TEST_F(LinkLineTest, SaysWhatIsNotThere) {
  EXPECT_THAT(read({"gone.a", "-lno-such", "@words.txt", "--version-script", "gone.o"}).absent,
              ElementsAre("-lno-such", "@words.txt", "gone.a"));
}

} // namespace
} // namespace ripple::analyzer
