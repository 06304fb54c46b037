//===- GateTableTest.cpp ----------------------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/GateTable.h"

#include <gmock/gmock.h>

namespace ripple::analyzer {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

model::ComponentUse use(const std::string &component) {
  model::ComponentUse out;
  out.component = component;
  return out;
}

model::RequestKind request(const std::string &id, std::int64_t order,
                           std::vector<model::ComponentUse> uses) {
  model::RequestKind out;
  out.id = id;
  out.method = "GET";
  out.path = id.substr(4);
  out.matchOrder = order;
  out.components = std::move(uses);
  return out;
}

model::ComponentsList shop() {
  model::ComponentsList list;
  for (const char *id : {"libz", "logger", "pricing", "shop"}) {
    model::Component component;
    component.id = id;
    list.components.push_back(component);
  }
  model::Application application;
  application.name = "shop";
  application.binary.buildId = "0badcafe";
  application.ambient = {use("logger")};
  application.requests = {request("GET /b", 0, {use("pricing")}), request("GET /a", 1, {}),
                          request("GET /c", 1, {use("pricing")})};
  list.applications.push_back(application);
  return list;
}

GateTable decoded(const model::ComponentsList &list) {
  auto table = decodeGateTable(encode(gateTable(list, list.applications[0])), "t");
  EXPECT_TRUE(table) << model::describe(table.error());
  return table.value_or(GateTable());
}

TEST(GateTable, PutsTheApplicationAndOtherFirst) {
  GateTable table = decoded(shop());
  EXPECT_EQ(table.application, "shop");
  EXPECT_EQ(table.buildId, "0badcafe");
  EXPECT_THAT(table.components, ElementsAre("shop", "libz", "logger", "pricing"));
  ASSERT_THAT(table.kinds, SizeIs(4));
  EXPECT_EQ(table.kinds[0], (GateKind{"other", "*", "/**", 4294967295U, 0}));
  EXPECT_EQ(table.kinds[1].id, "GET /b");
  EXPECT_EQ(table.kinds[2].id, "GET /a");
  EXPECT_EQ(table.kinds[3].id, "GET /c");
  EXPECT_THAT(table.sets[0], ElementsAre(0, 1, 2, 3));
}

TEST(GateTable, JoinsAmbientComponentsAndSharesSets) {
  GateTable table = decoded(shop());
  EXPECT_THAT(table.sets[table.kinds[1].set], ElementsAre(0, 2, 3));
  EXPECT_THAT(table.sets[table.kinds[2].set], ElementsAre(0, 2));
  EXPECT_EQ(table.kinds[1].set, table.kinds[3].set);
}

TEST(GateTable, TakesTheUnresolvedForWhatItCouldReach) {
  model::ComponentsList list = shop();
  auto &requests = list.applications[0].requests;
  model::Unresolved some, any;
  some.couldReach = {"libz"};
  any.couldReach = {"*"};
  requests[0].unresolved = {some};
  requests[1].unresolved = {some, any};
  requests[2].complete = false;
  GateTable table = decoded(list);
  EXPECT_THAT(table.sets[table.kinds[1].set], ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(table.kinds[2].set, 0u);
  EXPECT_EQ(table.kinds[3].set, 0u);
  requests[0].components.clear();
  table = decoded(list);
  EXPECT_THAT(table.sets[table.kinds[1].set], ElementsAre(0, 1, 2));
}

TEST(GateTable, HoldsMoreComponentsThanOneWord) {
  model::ComponentsList list = shop();
  for (int index = 0; index < 100; ++index) {
    model::Component component;
    component.id = "x" + std::to_string(index);
    list.components.push_back(component);
  }
  list.applications[0].requests[0].components = {use("x0"), use("x99")};
  GateTable table = decoded(list);
  EXPECT_THAT(table.sets[table.kinds[1].set], ElementsAre(0, 2, 4, 103));
}

TEST(GateTable, RefusesEveryCutAndMostDamage) {
  const model::ComponentsList list = shop();
  const std::string bytes = encode(gateTable(list, list.applications[0]));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decodeGateTable(std::string_view(bytes).substr(0, size), "t")) << size;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(0xff);
    (void)decodeGateTable(damaged, "t"); // Must neither crash nor read outside.
  }
}

} // namespace
} // namespace ripple::analyzer
