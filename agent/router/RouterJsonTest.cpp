//===- RouterJsonTest.cpp - What an agent says of its router --------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/router/RouterJson.h"

#include <gmock/gmock.h>

using namespace ripple::agent;
using nlohmann::json;
using testing::HasSubstr;

namespace {

RouterView sample() {
  RouterView view;
  view.identity = {4711, 1'700'000'000};
  RouterServer server;
  server.target = {"shop.2", "app1"};
  server.admin = RouterState::Forbidden;
  server.adminWord = "maint (via checks/app1)";
  server.up = server.checked = true;
  server.checkStatus = "L7OK";
  server.tracks = "checks/app1";
  server.active = 7;
  server.queued = 3;
  server.uncounted = 2;
  RouterServer other;
  other.target = {"shop.1", "app1"};
  view.servers = {other, server};
  view.backends = {{"shop.1", 0, 0}, {"shop.2", 4, 7}};
  return view;
}

TEST(RouterJsonTest, AViewComesBackAsItWas) {
  auto view = readRouterView(toJson(sample()));
  ASSERT_TRUE(view) << view.error();
  EXPECT_EQ(view->identity, sample().identity);
  ASSERT_EQ(view->servers.size(), 2U);
  EXPECT_EQ(toJson(*view), toJson(sample()));
  const RouterServer *server = view->server({"shop.2", "app1"});
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(server->adminWord, "maint (via checks/app1)");
  EXPECT_EQ(view->backend("shop.2")->queued, 4U);
}

TEST(RouterJsonTest, WhatComesInAnotherOrderIsSorted) {
  json text = toJson(sample());
  std::reverse(text["servers"].begin(), text["servers"].end());
  std::reverse(text["backends"].begin(), text["backends"].end());
  auto view = readRouterView(text);
  ASSERT_TRUE(view) << view.error();
  EXPECT_NE(view->server({"shop.2", "app1"}), nullptr);
  EXPECT_NE(view->backend("shop.1"), nullptr);
}

TEST(RouterJsonTest, EachKeyIsNeededAndOfItsType) {
  json good = toJson(sample());
  auto refused = [](const json &value) {
    auto view = readRouterView(value);
    return view ? std::string("it was taken") : view.error();
  };
  for (const json &other : {json(nullptr), json(-1), json(0.5), json("x"), json::array({1})}) {
    EXPECT_THAT(refused(other), HasSubstr("a router: is no object"));
    for (const char *path : {"/identity", "/identity/pid", "/servers/1/backend", "/servers/1/state",
                             "/servers/1/up", "/servers/1/active", "/backends/0/name"}) {
      json changed = good;
      changed[json::json_pointer(path)] = other;
      bool fits = other.is_string() && (std::string(path) == "/servers/1/backend" ||
                                        std::string(path) == "/backends/0/name");
      EXPECT_EQ(refused(changed) == "it was taken", fits) << path << " " << other;
    }
  }
  for (const auto &[key, value] : good["servers"][0].items()) {
    json changed = good;
    changed["servers"][0].erase(key);
    EXPECT_THAT(refused(changed), HasSubstr("servers/0: '" + key + "'")) << key;
  }
}

TEST(RouterJsonTest, AFailureComesBackAsItWas) {
  using Kind = RouterError::Kind;
  for (Kind kind : {Kind::Unreachable, Kind::Timeout, Kind::Refused, Kind::Garbage, Kind::NotHeld,
                    Kind::Unsupported, Kind::Superseded}) {
    RouterError error = readRouterError(toJson(RouterError{kind, "what", "do"}));
    EXPECT_EQ(error.kind, kind);
    EXPECT_EQ(error.message, "what");
    EXPECT_EQ(error.remedy, "do");
  }
  for (const json &other : {json(nullptr), json::array(), json({{"error", 1}, {"kind", "what"}})}) {
    RouterError error = readRouterError(other);
    EXPECT_EQ(error.kind, Kind::Refused);
    EXPECT_EQ(error.message, "");
  }
}

} // namespace
