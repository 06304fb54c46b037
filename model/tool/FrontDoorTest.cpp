//===- FrontDoorTest.cpp - Which program serves which command -------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/tool/FrontDoor.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <set>
#include <unistd.h>

namespace ripple::tool {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

TEST(FrontDoor, KnowsEveryCommandOnce) {
  std::set<std::string_view> names;
  for (const Command &command : commands())
    EXPECT_TRUE(names.insert(command.name).second) << command.name;
  for (const char *name : {"analyze",  "query",  "explain",  "plan",  "show",   "diff",    "check",
                           "simulate", "routes", "advisory", "widen", "agent",  "manager", "apply",
                           "status",   "pause",  "resume",   "abort", "permit", "history"})
    EXPECT_TRUE(names.contains(name)) << name;
  EXPECT_EQ(findCommand("plan")->program, "ripple-planner");
  EXPECT_EQ(findCommand("status")->program, "ripple-agent");
  EXPECT_EQ(findCommand("analyze")->program, "ripple-analyzer");
  EXPECT_EQ(findCommand("plans"), nullptr);
}

TEST(FrontDoor, HelpNamesEveryCommandOnALineOfItsOwn) {
  for (const Command &command : commands())
    EXPECT_THAT(help(), HasSubstr("\n  " + std::string(command.name) + " "));
}

TEST(FrontDoor, NamesTheNearestCommand) {
  EXPECT_THAT(unknownCommand("aply"), HasSubstr("did you mean 'ripple apply'?"));
  EXPECT_THAT(unknownCommand("analyse"), HasSubstr("did you mean 'ripple analyze'?"));
  EXPECT_THAT(unknownCommand("xyzzy"), HasSubstr("'ripple --help' lists the commands"));
}

TEST(FrontDoor, FindsProgramsBesideItselfThenInLibexec) {
  fs::path root =
      fs::path(testing::TempDir()) / ("ripple-front-door-" + std::to_string(::getpid()));
  fs::remove_all(root);
  fs::create_directories(root / "bin");
  fs::create_directories(root / "libexec/ripple");
  auto makeProgram = [](const fs::path &path) {
    std::ofstream(path) << "#!/bin/sh\n";
    fs::permissions(path, fs::perms::owner_all);
  };
  std::string bin = root / "bin";
  EXPECT_EQ(findProgram(bin, "ripple-agent"), std::nullopt);
  makeProgram(root / "libexec/ripple/ripple-agent");
  EXPECT_EQ(findProgram(bin, "ripple-agent"), bin + "/../libexec/ripple/ripple-agent");
  makeProgram(root / "bin/ripple-agent");
  EXPECT_EQ(findProgram(bin, "ripple-agent"), bin + "/ripple-agent");
  fs::remove_all(root);
}

} // namespace
} // namespace ripple::tool
