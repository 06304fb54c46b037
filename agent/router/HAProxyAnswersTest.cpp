//===- HAProxyAnswersTest.cpp - Reading the runtime API's answers ---------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/router/HAProxy.h"

#include <gmock/gmock.h>

using namespace ripple::agent;
using testing::HasSubstr;

namespace {

const std::string StateHeader = "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state "
                                "srv_admin_state srv_uweight\n";
const std::string StatHeader = "# pxname,svname,qcur,scur,status,type,tracked,check_status,\n";

TEST(Identity, IsPidAndStart) {
  auto identity =
      haproxy::parseIdentity("Name: HAProxy\nPid: 6485\nStart_time_sec: 1795419639\n\n");
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->pid, 6485);
  EXPECT_EQ(identity->startTime, 1795419639);
}

TEST(Identity, OtherAnswersAreGarbage) {
  EXPECT_THAT(haproxy::parseIdentity("HTTP/1.1 400 Bad Request\r\n").error(),
              HasSubstr("begins with 'HTTP/1.1 400"));
  EXPECT_FALSE(haproxy::parseIdentity(""));
  EXPECT_FALSE(haproxy::parseIdentity("Pid: many\n"));
}

TEST(ServersState, FindsColumnsByName) {
  auto states = haproxy::parseServersState(
      "1\n# srv_admin_state be_name extra srv_name srv_op_state\n8 shop.1 x app1 2\n\n");
  ASSERT_TRUE(states);
  const auto &state = states->at({"shop.1", "app1"});
  EXPECT_EQ(state.operation, 2U);
  EXPECT_EQ(haproxy::adminState(state.admin), RouterState::Forbidden);
  EXPECT_EQ(haproxy::adminWord(state.admin), "drain");
}

TEST(ServersState, OtherVersionsColumnsAndRowsAreGarbage) {
  EXPECT_THAT(haproxy::parseServersState("2\n# be_name\n").error(), HasSubstr("not with its"));
  EXPECT_THAT(haproxy::parseServersState("1\n# be_name srv_name\n").error(),
              HasSubstr("no column srv_op_state"));
  EXPECT_THAT(haproxy::parseServersState(StateHeader + "4 shop.1 1 app1\n").error(),
              HasSubstr("has the row '4 shop.1 1 app1'"));
}

TEST(AdminBits, OnlyZeroIsPermitted) {
  EXPECT_EQ(haproxy::adminState(0), RouterState::Permitted);
  EXPECT_EQ(haproxy::adminWord(0), "ready");
  for (unsigned bit = 0; bit < 7; ++bit)
    EXPECT_EQ(haproxy::adminState(1U << bit), RouterState::Forbidden) << bit;
  EXPECT_EQ(haproxy::adminWord(0x09), "maint");
  EXPECT_THAT(haproxy::adminWord(0x02), HasSubstr("inherited"));
}

TEST(Statistics, QuotedFieldsDoNotShiftColumns) {
  auto statistics = haproxy::parseStatistics(
      StatHeader + "\"a\"\"b\",app1,1,2,\"UP, or so\",2,,L7OK,\nf,FRONTEND,,0,OPEN,0,,,\n");
  ASSERT_TRUE(statistics);
  const auto &counts = statistics->servers.at({"a\"b", "app1"});
  EXPECT_EQ(counts.queued, 1U);
  EXPECT_EQ(counts.active, 2U);
  EXPECT_EQ(counts.status, "UP, or so");
  EXPECT_EQ(statistics->servers.size(), 1U);
}

TEST(Statistics, MissingColumnsAndBrokenRowsAreGarbage) {
  EXPECT_THAT(haproxy::parseStatistics("# pxname,svname\n").error(), HasSubstr("no column qcur"));
  EXPECT_THAT(haproxy::parseStatistics(StatHeader + "shop.1,app1,,,UP,2,,,\n").error(),
              HasSubstr("has the row"));
}

TEST(Join, ATrackingServerHasTheChecksOfTheTrackedOne) {
  auto states = haproxy::parseServersState(StateHeader + "1 checks 1 app1 - 2 0 1\n"
                                                         "2 shop.1 1 app1 - 2 8 1\n");
  auto statistics = haproxy::parseStatistics(StatHeader + "checks,app1,0,0,UP,2,,* L7OK,\n"
                                                          "shop.1,app1,0,3,DRAIN,2,checks/app1,,\n"
                                                          "shop.1,BACKEND,7,3,UP,1,,,\n");
  ASSERT_TRUE(states && statistics);
  auto view = haproxy::join({1, 2}, *states, *statistics);
  ASSERT_TRUE(view);
  const RouterServer *server = view->server({"shop.1", "app1"});
  ASSERT_TRUE(server);
  EXPECT_TRUE(server->up);
  EXPECT_TRUE(server->checked);
  EXPECT_EQ(server->checkStatus, "L7OK");
  EXPECT_EQ(server->tracks, "checks/app1");
  EXPECT_EQ(server->active, 3U);
  EXPECT_FALSE(server->serves());
  ASSERT_TRUE(view->backend("shop.1"));
  EXPECT_EQ(view->backend("shop.1")->queued, 7U);
  EXPECT_EQ(view->backend("shop"), nullptr);
  EXPECT_EQ(view->server({"shop.1", "app2"}), nullptr);
}

TEST(Join, AServerOfOneAnswerOnlyIsAnError) {
  auto statistics = haproxy::parseStatistics(StatHeader + "shop.1,app1,0,0,UP,2,,,\n");
  ASSERT_TRUE(statistics);
  EXPECT_FALSE(haproxy::join({1, 2}, {}, *statistics));
}

} // namespace
