//===- DocumentTest.cpp - What every document has in common ---------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Document.h"
#include "model/Nearest.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <sys/stat.h>

namespace ripple::model {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

TEST(Mistake, SaysPlaceWhatAndRemedy) {
  EXPECT_EQ(describe(Mistake{{"s.yaml", 7, "/servers/1/name"}, "'a' is used twice", "rename it"}),
            "s.yaml:7: /servers/1/name: 'a' is used twice; rename it");
  EXPECT_EQ(describe(Mistake{{"s.yaml", 0, ""}, "cannot be read", ""}), "s.yaml: cannot be read");
  EXPECT_EQ(describe(Mistake{{"", 0, ""}, "wrong", ""}), "wrong");
  EXPECT_EQ(describe(Mistakes{{{"a", 1, ""}, "x", ""}, {{"a", 2, ""}, "y", ""}}),
            "a:1: x\na:2: y\n");
}

TEST(Mistake, StaysOneLineWhateverItQuotes) {
  EXPECT_EQ(describe(Mistake{{"f", 1, ""}, "the text 'a\nb\x1b[31m'", ""}),
            "f:1: the text 'a\\nb\\x1b[31m'");
}

TEST(Duration, Reads) {
  using std::chrono::milliseconds;
  EXPECT_EQ(parseDuration("1500ms"), milliseconds(1500));
  EXPECT_EQ(parseDuration("30s"), milliseconds(30'000));
  EXPECT_EQ(parseDuration("2m"), milliseconds(120'000));
  EXPECT_EQ(parseDuration("1h"), milliseconds(3'600'000));
  EXPECT_EQ(parseDuration("1.5s"), milliseconds(1500));
  EXPECT_EQ(parseDuration("0s"), milliseconds(0));
}

TEST(Duration, RefusesWhatIsNone) {
  for (const char *text : {"", "30", "s", "-1s", "+1s", "1 s", "1d", "1e3s", ".5s", "1.s", "infs",
                           "1s ", "0x1s", "1ms1s"})
    EXPECT_FALSE(parseDuration(text)) << text;
  EXPECT_THAT(parseDuration("0.5ms").error(), HasSubstr("finer than 1 ms"));
  EXPECT_THAT(parseDuration("9000h").error(), HasSubstr("longer than a year"));
  EXPECT_FALSE(parseDuration(std::string(400, '9') + "h"));
}

TEST(Duration, WritesWhatReadsBack) {
  EXPECT_EQ(formatDuration(Milliseconds(0)), "0s");
  EXPECT_EQ(formatDuration(Milliseconds(1500)), "1500ms");
  EXPECT_EQ(formatDuration(Milliseconds(30'000)), "30s");
  EXPECT_EQ(formatDuration(Milliseconds(60'000)), "1m");
  EXPECT_EQ(formatDuration(Milliseconds(90'000)), "90s");
  EXPECT_EQ(formatDuration(Milliseconds(7'200'000)), "2h");
  for (int count : {1, 999, 1000, 59'999, 3'600'000, 86'400'000})
    EXPECT_EQ(parseDuration(formatDuration(Milliseconds(count))), Milliseconds(count));
}

TEST(Glob, MatchesNames) {
  EXPECT_TRUE(matchesGlob("pay_*", "pay_now"));
  EXPECT_TRUE(matchesGlob("pay_*", "pay_"));
  EXPECT_FALSE(matchesGlob("pay_*", "xpay_now"));
  EXPECT_TRUE(matchesGlob("*::run", "a::b::run"));
  EXPECT_TRUE(matchesGlob("a*b*c", "aXbXbXc"));
  EXPECT_FALSE(matchesGlob("a*b*c", "aXbXbX"));
  EXPECT_TRUE(matchesGlob("a?c", "abc"));
  EXPECT_TRUE(matchesGlob("a?c", "aéc"));
  EXPECT_FALSE(matchesGlob("a?c", "ac"));
  EXPECT_TRUE(matchesGlob("*", ""));
  EXPECT_TRUE(matchesGlob("", ""));
  EXPECT_FALSE(matchesGlob("", "a"));
  EXPECT_TRUE(matchesGlob("operator[]", "operator[]"));
  EXPECT_TRUE(matchesGlob("*", "a/b"));
}

TEST(Glob, MatchesPaths) {
  EXPECT_TRUE(matchesGlob("**/payments/*.h", "/usr/include/payments/pay.h", true));
  EXPECT_TRUE(matchesGlob("**/payments/*.h", "payments/pay.h", true));
  EXPECT_FALSE(matchesGlob("**/payments/*.h", "xpayments/pay.h", true));
  EXPECT_FALSE(matchesGlob("**/payments/*.h", "/payments/deep/pay.h", true));
  EXPECT_TRUE(matchesGlob("**/payments/**", "/payments/deep/pay.h", true));
  EXPECT_FALSE(matchesGlob("src/*.cpp", "src/a/b.cpp", true));
  EXPECT_FALSE(matchesGlob("a?b", "a/b", true));
  EXPECT_TRUE(matchesGlob("/usr/**.h", "/usr/include/x/y.h", true));
  EXPECT_TRUE(matchesGlob("**/a/*/c/**/d", "x/a/b/a/y/c/z/d", true));
  EXPECT_FALSE(matchesGlob("**/a/*/c", "a/b/b/c", true));
}

/// The definition, by trying everything.
bool matchesSlowly(std::string_view glob, std::string_view name, bool paths) {
  if (glob.empty())
    return name.empty();
  if (glob[0] != '*')
    return !name.empty() &&
           (glob[0] == name[0] || (glob[0] == '?' && !(paths && name[0] == '/'))) &&
           matchesSlowly(glob.substr(1), name.substr(1), paths);
  std::size_t stars = std::min(glob.find_first_not_of('*'), glob.size());
  std::string_view rest = glob.substr(stars);
  bool any = !paths || stars > 1;
  for (std::size_t taken = 0;; ++taken) {
    if (matchesSlowly(rest, name.substr(taken), paths))
      return true;
    if (taken == name.size() || (!any && name[taken] == '/'))
      return false;
  }
}

TEST(Glob, AgreesWithItsDefinition) {
  // Every glob and name of up to 5 of these characters; "**/" is left out, which says more.
  constexpr std::string_view globCharacters = "ab/*", nameCharacters = "ab/";
  auto words = [](std::string_view characters) {
    std::vector<std::string> all{""};
    for (std::size_t i = 0; all[i].size() < 5; ++i)
      for (char character : characters)
        all.push_back(all[i] + character);
    return all;
  };
  std::vector<std::string> names = words(nameCharacters);
  for (const std::string &glob : words(globCharacters))
    for (bool paths : {false, true}) {
      if (paths && glob.find("**/") != std::string::npos)
        continue;
      for (const std::string &name : names)
        ASSERT_EQ(matchesGlob(glob, name, paths), matchesSlowly(glob, name, paths))
            << glob << " " << name << " " << paths;
    }
}

TEST(Nearest, FindsTypingMistakes) {
  constexpr std::array<std::string_view, 4> names = {"upgrades", "order", "gates", "windows"};
  EXPECT_EQ(nearest("upgrade", std::span(names)), "upgrades");
  EXPECT_EQ(nearest("odrer", std::span(names)), "order");
  EXPECT_EQ(nearest("gats", std::span(names)), "gates");
  EXPECT_EQ(nearest("WINDOWS", std::span(names)), "windows");
  EXPECT_EQ(nearest("servers", std::span(names)), "");
  EXPECT_EQ(nearest("", std::span(names)), "");
}

class FileTest : public testing::Test {
protected:
  void SetUp() override {
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  std::string path(const char *name) const { return folder / name; }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
  }

  fs::path folder = fs::path(testing::TempDir()) / ("ripple-file-" + std::to_string(::getpid()));
};

TEST_F(FileTest, WritesAndReadsBack) {
  std::string text = std::string("a\0b\n", 4) + std::string(200'000, 'x');
  ASSERT_TRUE(writeFile(path("out"), text));
  EXPECT_EQ(readFile(path("out")).value(), text);
  EXPECT_EQ(entries(), 1U) << "a temporary file was left";
}

TEST_F(FileTest, ReplacesAndKeepsTheMode) {
  ASSERT_TRUE(writeFile(path("out"), "old"));
  ASSERT_EQ(::chmod(path("out").c_str(), 0640), 0);
  ASSERT_TRUE(writeFile(path("out"), "new"));
  EXPECT_EQ(readFile(path("out")).value(), "new");
  EXPECT_EQ(fs::status(path("out")).permissions(), fs::perms(0640));
}

TEST_F(FileTest, WritesThroughASymlink) {
  ASSERT_TRUE(writeFile(path("real"), "old"));
  fs::create_symlink("real", path("link"));
  ASSERT_TRUE(writeFile(path("link"), "new"));
  EXPECT_TRUE(fs::is_symlink(path("link")));
  EXPECT_EQ(readFile(path("real")).value(), "new");
}

TEST_F(FileTest, SaysWhyAFileCannotBeReadOrWritten) {
  EXPECT_EQ(describe(readFile(path("none")).error()),
            path("none") + ": cannot be read: No such file or directory; check the path\n");
  EXPECT_THAT(describe(readFile(folder).error()), HasSubstr("cannot be read: Is a directory"));
  EXPECT_THAT(describe(writeFile(path("no/such/folder"), "x").error()),
              HasSubstr("no/such/folder: cannot be written: No such file or directory"));
}

TEST_F(FileTest, KnowsTheFormatOfAFile) {
  std::ofstream(path("a.yaml")) << "format: ripple.servers\nversion: \"1.0\"\nwhatever: 1\n";
  EXPECT_EQ(formatOf(path("a.yaml")).value(), "ripple.servers");
  std::ofstream(path("b.json")) << R"({"version": "1.0"})";
  EXPECT_THAT(describe(formatOf(path("b.json")).error()), HasSubstr("'format' is missing"));
}

TEST(Sha256, IsSha256) {
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

} // namespace
} // namespace ripple::model
