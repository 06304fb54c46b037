//===- UnitProcessTest.cpp - What systemctl says of a unit ----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/UnitProcess.h"

#include <gmock/gmock.h>

using namespace ripple::agent;
using testing::HasSubstr;

namespace {

TEST(UnitView, IsReadFromShow) {
  auto view = parseUnit("MainPID=4711\nResult=success\nLoadState=loaded\nActiveState=active\n");
  ASSERT_TRUE(view) << view.error();
  EXPECT_EQ(view->mainPid, 4711);
  EXPECT_EQ(view->active, "active");
  EXPECT_EQ(view->load, "loaded");
  EXPECT_FALSE(view->job);
}

TEST(UnitView, AJobThatIsStillToBeDone) {
  constexpr const char *Common =
      "MainPID=0\nResult=success\nLoadState=loaded\nActiveState=deactivating\n";
  EXPECT_TRUE(parseUnit(std::string(Common) + "Job=812\n")->job);
  EXPECT_FALSE(parseUnit(std::string(Common) + "Job=0\n")->job);
  EXPECT_FALSE(parseUnit(std::string(Common) + "Job=\n")->job);
}

TEST(UnitView, WhatIsMissingOrNoNumberIsSaid) {
  EXPECT_THAT(parseUnit("").error(), HasSubstr("LoadState"));
  EXPECT_THAT(
      parseUnit("MainPID=x\nResult=success\nLoadState=loaded\nActiveState=active\n").error(),
      HasSubstr("MainPID=x"));
}

} // namespace
