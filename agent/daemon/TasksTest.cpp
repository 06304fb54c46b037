//===- TasksTest.cpp - Tasks as the journal holds them --------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/Tasks.h"

#include <gmock/gmock.h>

using namespace ripple::agent;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

const std::string seal = R"({"seal": [{"application": "shop", "components": ["pricing"]}]})";

TEST(TasksTest, aRowIsRead) {
  auto task = readTask({"p", "t1", true, seal, R"(["shop"])"});
  ASSERT_TRUE(task) << task.error();
  EXPECT_TRUE(task->sealed);
  EXPECT_THAT(task->restarted, ElementsAre("shop"));
  ASSERT_EQ(task->seal.size(), 1U);
  EXPECT_THAT(task->seal[0].components, ElementsAre("pricing"));
}

// Bug: a list of anything but texts ended the agent with an exception.
TEST(TasksTest, aRowThatWasChangedByHandIsRefused) {
  for (const char *restarted : {"[1]", "[[]]", "{}", "", "[\"shop\""}) {
    auto task = readTask({"p", "t1", true, seal, restarted});
    ASSERT_FALSE(task) << restarted;
    EXPECT_THAT(task.error(), HasSubstr("the journal's task t1 cannot be read"));
  }
  EXPECT_FALSE(readTask({"p", "t1", true, "{}", "[]"}));
}

} // namespace
