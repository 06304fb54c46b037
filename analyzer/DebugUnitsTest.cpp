//===- DebugUnitsTest.cpp - What debug information says of sources --------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/DebugUnits.h"

#include <gmock/gmock.h>

namespace ripple::analyzer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string library =
    RIPPLE_FIXTURE_SECOND; // Its source is known, and has debug information.

TEST(DebugUnits, NamesTheSourceOfEachUnit) {
  auto units = debugUnits(library);
  ASSERT_TRUE(units) << model::describe(units.error());
  ASSERT_EQ(units->size(), 1U);
  EXPECT_THAT(WrittenPaths().of(units->front()),
              ElementsAre(std::string(RIPPLE_SOURCE_DIR) + "/testdata/elf/fixture_second.c"));
}

/// Its source used to be left out as if it were not in the program.
TEST(DebugUnits, RefusesWhatIsNotWhole) {
  std::string bytes = model::readFile(library).value();
  const std::size_t name = bytes.find(".debug_abbrev");
  ASSERT_NE(name, std::string::npos);
  ASSERT_TRUE(parseDebugUnits(bytes, "x"));
  bytes[name + 1] = 'x'; // As far as it is known, there are no abbreviations.
  auto units = parseDebugUnits(bytes, "x");
  ASSERT_FALSE(units);
  EXPECT_THAT(model::describe(units.error()), HasSubstr("x: its debug information cannot be read"));
}

TEST(WrittenPaths, AreWhatTheyAreWithoutOptions) {
  WrittenPaths paths;
  paths.add({"c++", "-g", "-c", "a.cpp"}, "/home/build");
  EXPECT_THAT(paths.of({"/home/build", "../src/a.cpp"}), ElementsAre("/home/src/a.cpp"));
  EXPECT_THAT(paths.of({"/home/build", "/other/a.cpp"}), ElementsAre("/other/a.cpp"));
  EXPECT_THAT(paths.of({".", "a.cpp"}), ElementsAre("a.cpp")) << "nobody knows where that is";
}

TEST(WrittenPaths, AreWhatPrefixesStandFor) {
  WrittenPaths paths;
  paths.add({"c++", "-ffile-prefix-map=/home/app=."}, "/home/app/build");
  EXPECT_THAT(paths.of({"./build", "../src/a.cpp"}),
              ElementsAre("src/a.cpp", "/home/app/src/a.cpp"));
  EXPECT_THAT(paths.of({"./build", "./src/a.cpp"}),
              ElementsAre("build/src/a.cpp", "/home/app/build/src/a.cpp", "/home/app/src/a.cpp"))
      << "it was absolute, or was not";
  paths.add({"c++", "-fdebug-prefix-map=/home/lib=/usr/src/lib-1"}, "/home/lib");
  EXPECT_THAT(paths.of({"/usr/src/lib-1", "a.cpp"}),
              ElementsAre("/usr/src/lib-1/a.cpp", "/home/lib/a.cpp"));
}

TEST(WrittenPaths, MayBeginInAnyFolder) {
  WrittenPaths paths;
  paths.add({"c++", "-fdebug-prefix-map=/proc/self/cwd=."}, "/home/one");
  paths.add({"c++", "-fdebug-prefix-map=/proc/self/cwd=."}, "/home/two");
  EXPECT_THAT(paths.of({".", "src/a.cpp"}),
              ElementsAre("src/a.cpp", "/home/one/src/a.cpp", "/home/two/src/a.cpp"));
}

} // namespace
} // namespace ripple::analyzer
