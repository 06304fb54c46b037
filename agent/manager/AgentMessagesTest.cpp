//===- AgentMessagesTest.cpp ----------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/AgentMessages.h"

#include <gmock/gmock.h>

using namespace ripple;
using namespace ripple::agent;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

json session(bool held) {
  return {{"id", "1"},
          {"session", nullptr},
          {"application", "shop"},
          {"request", "GET /q"},
          {"pid", 7},
          {"startedMsAgo", held ? 5 : 900},
          {"uses", json::array()},
          {"mayUse", {"pricing"}},
          {"late", false},
          {"held", held}};
}

json report() {
  return {
      {"server", "app1"},
      {"agentPid", 1},
      {"bootId", "b"},
      {"term", 4},
      {"processes",
       {{{"name", "shop"},
         {"application", "shop"},
         {"pid", 7},
         {"startTime", 1},
         {"state", "running"},
         {"buildId", "ab"},
         {"gate", "ok"}},
        {{"name", "old"},
         {"application", "old"},
         {"pid", 0},
         {"startTime", 0},
         {"state", "stopped"},
         {"buildId", ""},
         {"gate", "none"}}}},
      {"tasks",
       {{{"plan", "p"}, {"task", "t1"}, {"state", "sealed"}},
        {{"plan", "q"}, {"task", "t2"}, {"state", "sealed"}},
        {{"plan", "p"}, {"task", "t3"}, {"state", "draining"}}}},
      {"status",
       {{"name", "app1"},
        {"agent", "up"},
        {"classes", json::array()},
        {"components", {{{"id", "pricing"}, {"installed", "1.0.0"}, {"loaded", json::array()}}}},
        {"sessions", {session(true), session(false)}}}}};
}

TEST(AgentMessages, ReadsAServer) {
  auto read = readServerReport(report(), "the agent of app1");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->term, 4);
  EXPECT_EQ(read->installed("pricing"), "1.0.0");
  EXPECT_EQ(read->installed("other"), "");
  core::ServerSeen seen = toServerSeen(*read, "p", 12);
  EXPECT_EQ(seen.askedMs, 12U);
  EXPECT_THAT(seen.sealedTasks, ElementsAre("t1"));
  ASSERT_EQ(seen.processes.size(), 2U);
  EXPECT_TRUE(seen.processes[0].running && seen.processes[0].gated);
  EXPECT_FALSE(seen.processes[1].running || seen.processes[1].gated);
  ASSERT_EQ(seen.held.size(), 1U);
  EXPECT_EQ(seen.held[0].ageMs, 5U);
}

TEST(AgentMessages, HoldersAreThoseThatRun) {
  auto read = readTaskReport({{"state", "draining"},
                              {"active", 1},
                              {"held", 1},
                              {"holders", {session(true), session(false)}}},
                             "the agent of app1");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->active, 1U);
  ASSERT_EQ(read->holders.size(), 1U);
  EXPECT_EQ(read->holders[0].ageMs, 900U);
}

/// Bug: a number that no count is was made into another one: 0.5 or 1e300 into 0, none active.
TEST(AgentMessages, CountsAreWholeNumbers) {
  for (const json &count : {json(0.5), json(1e300), json(-1), json(true), json("0"), json(nullptr)})
    for (const char *key : {"active", "held"}) {
      json body = {{"state", "draining"}, {"active", 1}, {"held", 0}, {"holders", json::array()}};
      EXPECT_TRUE(readTaskReport(body, "x"));
      body[key] = count;
      auto read = readTaskReport(body, "the agent of app1");
      ASSERT_FALSE(read) << body;
      EXPECT_THAT(read.error(), HasSubstr("the agent of app1 said what no agent says"));
    }
  json far = report();
  far["term"] = 18446744073709551615U;
  EXPECT_FALSE(readServerReport(far, "x"));
}

TEST(AgentMessages, SaysWhoTalksNonsense) {
  for (const json &bad : {json(nullptr), json::object(), json({{"server", 1}})}) {
    auto read = readServerReport(bad, "the agent of app1");
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error(), HasSubstr("the agent of app1"));
    EXPECT_FALSE(readTaskReport(bad, "x"));
  }
  json noStatus = report();
  noStatus["status"]["sessions"] = 3;
  EXPECT_FALSE(readServerReport(noStatus, "x"));
  noStatus.erase("status"); // Bug: this ended the manager with an exception.
  auto read = readServerReport(noStatus, "the agent of app1");
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error(), HasSubstr("the agent of app1 said what no agent says"));
}

} // namespace
