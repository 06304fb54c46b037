//===- SwitchSymlinkTest.cpp - Switching a versioned symlink --------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/action/SwitchSymlink.h"

#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

namespace fs = std::filesystem;
using namespace ripple::agent;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

class SwitchSymlink : public testing::Test {
protected:
  void SetUp() override {
    char name[] = "/tmp/ripple-link-XXXXXX";
    Folder = ::mkdtemp(name);
    for (const char *version : {"1.0", "1.1"})
      std::ofstream(Folder + "/p-" + version + ".so") << version;
    Link = Folder + "/p.so";
  }
  void TearDown() override { fs::remove_all(Folder); }

  std::string Folder, Link;
};

TEST_F(SwitchSymlink, MakesSwitchesAndRepeats) {
  EXPECT_EQ(switchSymlink(Link, "p-1.0.so"), true);
  EXPECT_EQ(switchSymlink(Link, "p-1.0.so"), false);
  EXPECT_EQ(switchSymlink(Link, Folder + "/p-1.1.so"), true);
  EXPECT_EQ(fs::read_symlink(Link), Folder + "/p-1.1.so");
  EXPECT_EQ(std::distance(fs::directory_iterator(Folder), fs::directory_iterator()), 3);
}

TEST_F(SwitchSymlink, WhatACrashLeftBehindIsNoObstacle) {
  fs::create_symlink("p-1.0.so", Link);
  fs::create_symlink("nowhere", Folder + "/.p.so.ripple-new");
  EXPECT_EQ(switchSymlink(Link, "p-1.1.so"), true);
  EXPECT_EQ(fs::read_symlink(Link), "p-1.1.so");
}

TEST_F(SwitchSymlink, EachProblemIsNamedAndNothingChanges) {
  fs::create_symlink("p-1.0.so", Link);
  EXPECT_THAT(switchSymlink(Link, "p-2.0.so").error(),
              HasSubstr("p-2.0.so cannot be used: No such file"));
  EXPECT_THAT(switchSymlink(Link, "p.so").error(), HasSubstr("point to itself"));
  EXPECT_THAT(switchSymlink("p.so", "").error(),
              testing::AllOf(HasSubstr("not an absolute path"), HasSubstr("the target is empty")));
  EXPECT_THAT(switchSymlink(Folder + "/no/p.so", "x").error(), HasSubstr("No such file"));
  EXPECT_THAT(switchSymlink(Folder + "/p-1.0.so", "p-1.1.so").error(),
              HasSubstr("is not a symlink"));
  EXPECT_EQ(fs::read_symlink(Link), "p-1.0.so");
  EXPECT_TRUE(fs::is_regular_file(Folder + "/p-1.0.so"));
}

TEST_F(SwitchSymlink, ReadersNeverSeeAHole) {
  fs::create_symlink("p-1.0.so", Link);
  std::atomic<bool> stop = false;
  std::atomic<unsigned> reads = 0, holes = 0;
  std::thread reader([&] {
    while (!stop) {
      std::ifstream in(Link);
      std::string text;
      if (!std::getline(in, text) || (text != "1.0" && text != "1.1"))
        ++holes;
      ++reads;
    }
  });
  for (int i = 0; i < 2'000 || reads < 1'000; ++i)
    ASSERT_TRUE(switchSymlink(Link, i % 2 ? "p-1.0.so" : "p-1.1.so"));
  stop = true;
  reader.join();
  EXPECT_EQ(holes, 0U) << "of " << reads << " reads";
}

} // namespace
