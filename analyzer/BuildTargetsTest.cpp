//===- BuildTargetsTest.cpp - The codemodel and stage `load` ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/BuildTargets.h"
#include "analyzer/Pipeline.h"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>

namespace ripple::analyzer {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

/// A build as CMake describes it: `app` from main.c, static `core` and object library `parts`, and
/// `fixture_program`'s libraries as real binaries.
class BuildTest : public testing::Test {
protected:
  void SetUp() override {
    root = fs::canonical(testing::TempDir()) /
           ("build-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(root);
    fs::create_directories(root / "src");
    fs::create_directories(root / "b");
  }
  void TearDown() override { fs::remove_all(root); }

  void write(const std::string &path, const std::string &text) {
    fs::create_directories((root / path).parent_path());
    std::ofstream(root / path) << text;
  }
  void writeReply(const std::string &name, const std::string &text) {
    write("b/.cmake/api/v1/reply/" + name, text);
  }
  void addTarget(const std::string &name, const std::string &type, const std::string &artefact,
                 const std::string &source, const std::string &rest = "") {
    writeReply(name + ".json", fmt::format(R"({{"name": "{0}", "id": "{0}::@1", "type": "{1}",
                 "artifacts": [{{"path": "{2}"}}], "paths": {{"source": ".", "build": "."}},
                 "compileGroups": [{{"language": "C"}}, {{"language": "ASM"}}],
                 "sources": [{{"path": "{3}", "compileGroupIndex": 0}},
                             {{"path": "start.s", "compileGroupIndex": 1}},
                             {{"path": "own.h"}}] {4}}})",
                                           name, type, artefact, source, rest));
    targets.push_back(fmt::format(R"({{"jsonFile": "{0}.json", "name": "{0}"}})", name));
    commands.push_back(fmt::format(
        R"({{"directory": "{0}/b", "command": "cc -c {0}/src/{1}", "file": "../src/{1}",
             "output": "CMakeFiles/{2}.dir/{1}.o"}})",
        root.string(), source, name));
  }
  void writeBuild() {
    writeReply("index-1.json", R"({"objects": []})");
    writeReply("index-2.json", R"({"objects": [{"kind": "codemodel", "jsonFile": "model.json",
                                  "version": {"major": 2, "minor": 4}}]})");
    writeReply("model.json", fmt::format(R"({{"paths": {{"source": "{0}/src", "build": "{0}/b"}},
                            "configurations": [{{"targets": [{1}]}}]}})",
                                         root.string(), fmt::join(targets, ",")));
    write("b/compile_commands.json", fmt::format("[{}]", fmt::join(commands, ",")));
  }
  /// app links core (static), which has parts (objects); tool links nothing.
  void writeSample(const std::string &program) {
    addTarget("app", "EXECUTABLE", program, "main.c",
              R"(, "dependencies": [{"id": "core::@1"}],
                 "link": {"commandFragments": [{"role": "libraries", "fragment": "libcore.a -lm"}]})");
    addTarget("core", "STATIC_LIBRARY", "libcore.a", "core.c",
              R"(, "dependencies": [{"id": "parts::@1"}])");
    addTarget("parts", "OBJECT_LIBRARY", "", "parts.c");
    addTarget("tool", "EXECUTABLE", "tool", "tool.c");
    writeBuild();
  }
  std::vector<std::string> unitsOf(const Loaded &loaded, const LoadedApplication &application) {
    std::vector<std::string> out;
    for (std::size_t unit : application.units)
      out.push_back(fs::path(loaded.units[unit].file).filename());
    return out;
  }
  Request request() const {
    Request out;
    out.buildFolder = (root / "b").string();
    return out;
  }
  std::string mistakesOf(const Request &asked) {
    auto loaded = load(asked);
    return loaded ? "" : model::describe(loaded.error());
  }

  fs::path root;
  std::vector<std::string> targets, commands;
};

TEST_F(BuildTest, ReadsTheNewestAnswer) {
  writeSample("app");
  auto build = readCodemodel((root / "b").string());
  ASSERT_TRUE(build) << model::describe(build.error());
  ASSERT_TRUE(*build);
  const BuildTargets &read = **build;
  EXPECT_EQ(read.sourceRoot, (root / "src").string());
  ASSERT_THAT(read.targets, SizeIs(4));
  const BuildTarget &app = read.targets[read.find("app")];
  EXPECT_EQ(app.type, TargetType::Executable);
  EXPECT_EQ(app.artefact, (root / "b/app").string());
  EXPECT_THAT(app.sources,
              ElementsAre((root / "src/main.c").string(), (root / "src/own.h").string(),
                          (root / "src/start.s").string()));
  EXPECT_THAT(app.compiled, ElementsAre((root / "src/main.c").string()));
  EXPECT_THAT(app.links, ElementsAre(read.find("core")));
  EXPECT_THAT(read.inside(read.find("app")),
              ElementsAre(read.find("app"), read.find("core"), read.find("parts")));
  EXPECT_EQ(read.find("none"), BuildTargets::nothing);
}

/// Handlers that register themselves are in libraries of which nothing else speaks.
TEST_F(BuildTest, FindsLibrariesHoweverTheyAreLinked) {
  addTarget("app", "EXECUTABLE", "app", "main.c",
            R"(, "link": {"commandFragments": [
                 {"role": "flags", "fragment": "-Wl,--whole-archive,sub/libone.a,--no-whole-archive"},
                 {"role": "libraryPath", "fragment": "-Lsub"},
                 {"role": "libraries", "fragment": "-ltwo -l:libthree.a -lm"}]})");
  addTarget("one", "STATIC_LIBRARY", "sub/libone.a", "one.c");
  addTarget("two", "STATIC_LIBRARY", "sub/libtwo.a", "two.c");
  addTarget("three", "STATIC_LIBRARY", "sub/libthree.a", "three.c");
  writeBuild();
  auto build = readCodemodel((root / "b").string());
  ASSERT_TRUE(build && *build);
  const BuildTargets &read = **build;
  EXPECT_THAT(read.targets[read.find("app")].links,
              UnorderedElementsAre(read.find("one"), read.find("two"), read.find("three")));
}

TEST_F(BuildTest, SaysWhenThereIsNoAnswerAndAsks) {
  auto none = readCodemodel((root / "b").string());
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
  EXPECT_TRUE(askForCodemodel((root / "b").string()));
  EXPECT_TRUE(fs::exists(root / "b/.cmake/api/v1/query/codemodel-v2"));
}

TEST_F(BuildTest, ReportsADamagedAnswer) {
  writeSample("app");
  writeReply("core.json", "{");
  auto build = readCodemodel((root / "b").string());
  ASSERT_FALSE(build);
  EXPECT_THAT(model::describe(build.error()), HasSubstr("core.json"));
}

TEST_F(BuildTest, LoadTakesTheUnitsOfWhatIsInsideAProgram) {
  writeSample(RIPPLE_FIXTURE_PROGRAM);
  Request asked = request();
  asked.targets = {"app"};
  auto loaded = load(asked);
  ASSERT_TRUE(loaded) << model::describe(loaded.error());
  ASSERT_THAT(loaded->applications, SizeIs(1));
  const LoadedApplication &app = loaded->applications[0];
  EXPECT_THAT(unitsOf(*loaded, app), ElementsAre("core.c", "main.c", "parts.c"));
  EXPECT_EQ(loaded->units[app.units[0]].target, "core");
  EXPECT_TRUE(app.built);
  EXPECT_THAT(app.binary.sha256, SizeIs(64));
  EXPECT_THAT(app.closure.libraries, Not(SizeIs(0)));
}

TEST_F(BuildTest, LoadTakesEveryProgramWhereNoneIsNamed) {
  writeSample(RIPPLE_FIXTURE_PROGRAM);
  auto loaded = load(request());
  ASSERT_TRUE(loaded) << model::describe(loaded.error());
  ASSERT_THAT(loaded->applications, SizeIs(2));
  EXPECT_EQ(loaded->applications[1].name, "tool");
  EXPECT_FALSE(loaded->applications[1].built);
}

TEST_F(BuildTest, LoadTakesSourcesByGlob) {
  writeSample(RIPPLE_FIXTURE_PROGRAM);
  Request asked = request();
  asked.binaries = {{"own", RIPPLE_FIXTURE_PROGRAM}};
  asked.applications = {{"own", "t*.c"}};
  auto loaded = load(asked);
  ASSERT_TRUE(loaded) << model::describe(loaded.error());
  EXPECT_THAT(unitsOf(*loaded, loaded->applications.at(0)), ElementsAre("tool.c"));
  asked.applications = {{"own", "none/**"}};
  EXPECT_THAT(mistakesOf(asked), HasSubstr("no source in the compile database matches"));
}

TEST_F(BuildTest, LoadTakesSourcesFromDebugInformation) {
  const std::string source = std::string(RIPPLE_SOURCE_DIR) + "/testdata/elf/fixture_second.c";
  write("b/compile_commands.json",
        fmt::format(R"([{{"directory": "/", "arguments": ["cc", "-c", "{0}"], "file": "{0}"}},
                       {{"directory": "/", "arguments": ["cc", "-c", "x.c"], "file": "x.c"}}])",
                    source));
  Request asked = request();
  asked.binaries = {{"second", RIPPLE_FIXTURE_SECOND}};
  auto loaded = load(asked);
  ASSERT_TRUE(loaded) << model::describe(loaded.error());
  EXPECT_THAT(unitsOf(*loaded, loaded->applications.at(0)), ElementsAre("fixture_second.c"));
}

TEST_F(BuildTest, LoadSaysWhatIsWrong) {
  EXPECT_THAT(mistakesOf(request()), HasSubstr("there is no compile database here"));
  write("b/compile_commands.json", "[]");
  EXPECT_THAT(mistakesOf(request()), HasSubstr("CMake has been asked now"));
  write("b/compile_commands.json", "{");
  EXPECT_THAT(mistakesOf(request()), HasSubstr("is no compile database"));
  writeSample("app");
  Request asked = request();
  asked.targets = {"apq", "core", "tool"};
  const std::string mistakes = mistakesOf(asked);
  EXPECT_THAT(mistakes, HasSubstr("no target 'apq'; did you mean 'app'?"));
  EXPECT_THAT(mistakes, HasSubstr("the target 'core' makes no program"));
  EXPECT_THAT(mistakes, HasSubstr("the program 'tool' is not built"));
}

} // namespace
} // namespace ripple::analyzer
