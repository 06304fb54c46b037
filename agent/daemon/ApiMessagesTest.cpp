//===- ApiMessagesTest.cpp - What the manager sends, read and written ------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/ApiMessages.h"

#include <gmock/gmock.h>

using namespace ripple;
using namespace ripple::agent;
using testing::HasSubstr;

namespace {

const char *Install = R"({"term": 3, "id": "p/t1/i/0", "plan": "p", "task": "t1",
  "kind": "install", "component": "pricing", "version": "1.1.0", "from": "1.0.0",
  "action": {"symlink": "plugins/pricing.so", "target": "pricing-1.1.0.so"}, "timeoutMs": 5000})";

std::string mistakes(const std::string &body) {
  auto command = parseActionCommand("POST /v1/actions", body);
  return command ? "" : model::describe(command.error());
}

TEST(ApiMessages, AnActionAndBack) {
  auto command = parseActionCommand("POST /v1/actions", Install);
  ASSERT_TRUE(command) << model::describe(command.error());
  EXPECT_EQ(command->term, 3U);
  EXPECT_EQ(command->request.kind, ActionKind::Install);
  EXPECT_EQ(command->request.timeout, model::Milliseconds(5000));
  auto again = parseActionRequest(writeActionRequest(command->request));
  ASSERT_TRUE(again) << model::describe(again.error());
  EXPECT_EQ(writeActionRequest(*again), writeActionRequest(command->request));
  EXPECT_EQ(again->action, command->request.action);
  EXPECT_EQ(again->from, "1.0.0");
}

TEST(ApiMessages, WhatARouterIsToDo) {
  auto parse = [](const std::string &body) { return parseRouterCommand("POST", body); };
  auto command = parse(R"({"term": 3, "backend": "shop.1", "server": "app1", "state": "forbidden",
                           "sessions": "sticky"})");
  ASSERT_TRUE(command) << model::describe(command.error());
  EXPECT_EQ(command->term, 3U);
  EXPECT_EQ(command->target, (RouterTarget{"shop.1", "app1"}));
  EXPECT_EQ(command->state, RouterState::Forbidden);
  EXPECT_EQ(command->sessions, model::Sessions::Sticky);
  auto wrong = parse(R"({"term": -3, "backend": "a b", "state": "gone", "sessions": "none"})");
  ASSERT_FALSE(wrong);
  for (const char *part : {"/term", "/backend", "'server' is missing", "/state", "/sessions"})
    EXPECT_THAT(model::describe(wrong.error()), HasSubstr(part));
}

TEST(ApiMessages, EachMistakeIsTold) {
  auto told = mistakes(R"({"term": -1, "id": "x", "plan": "p", "kind": "explode",
                           "component": "c", "action": {"symlink": "/l"}, "timeoutMs": 0, "colour": 1})");
  for (const char *part : {"term", "task", "kind", "target", "timeoutMs", "version", "colour"})
    EXPECT_THAT(told, HasSubstr(part));
  EXPECT_THAT(mistakes("[]"), HasSubstr("must be"));
  EXPECT_NE(mistakes("{"), "");
  EXPECT_NE(mistakes(""), "");
}

TEST(ApiMessages, KindsSayWhatTheyNeed) {
  auto with = [](const std::string &rest) {
    return mistakes(R"({"term": 1, "id": "x", "plan": "p", "task": "t", )" + rest + "}");
  };
  EXPECT_EQ(with(R"("kind": "restart", "process": "shop")"), "");
  EXPECT_THAT(with(R"("kind": "restart")"), HasSubstr("needs 'process'"));
  EXPECT_EQ(with(R"("kind": "check", "component": "c", "version": "1")"), "");
  EXPECT_THAT(with(R"("kind": "check", "component": "c", "version": "1",
                      "action": {"plugin": "c", "path": "/p"})"),
              HasSubstr("can only 'run'"));
  EXPECT_THAT(with(R"("kind": "install", "component": "c", "version": "1")"),
              HasSubstr("needs 'action'"));
  EXPECT_THAT(with(R"("kind": "rollback", "component": "c", "version": "1", "process": "shop",
                      "action": {"run": ["/bin/true"]})"),
              HasSubstr("goes with a restart only"));
}

TEST(ApiMessages, Seals) {
  auto command = parseTaskCommand("POST /v1/seal", R"({"term": 1, "plan": "p", "task": "t1",
    "seal": [{"application": "shop", "components": ["pricing", "shop"]}]})",
                                  true);
  ASSERT_TRUE(command) << model::describe(command.error());
  auto again = parseSeals(writeSeals(command->seal));
  ASSERT_TRUE(again);
  ASSERT_EQ(again->size(), 1U);
  EXPECT_EQ(again->front().application, "shop");
  EXPECT_THAT(again->front().components, testing::ElementsAre("pricing", "shop"));
  auto without =
      parseTaskCommand("POST /v1/seal", R"({"term": 1, "plan": "p", "task": "t"})", true);
  ASSERT_FALSE(without);
  EXPECT_THAT(model::describe(without.error()), HasSubstr("seal"));
  EXPECT_FALSE(parseTaskCommand("POST /v1/unseal",
                                R"({"term": 1, "plan": "p", "task": "t", "seal": []})", false));
}

} // namespace
