//===- ShippedCatalogTest.cpp -----------------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/ShippedCatalog.h"

#include <algorithm>
#include <fstream>
#include <gmock/gmock.h>

namespace ripple::analyzer {
namespace {

using testing::Contains;
using testing::HasSubstr;

TEST(ShippedCatalog, IsReadWithoutAMistake) {
  auto catalog = readCatalogs({});
  ASSERT_TRUE(catalog) << model::describe(catalog.error());
  EXPECT_THAT(catalog->serving, Contains("httplib::Server::listen"));
  EXPECT_TRUE(std::any_of(catalog->handlers.begin(), catalog->handlers.end(), [](const auto &rule) {
    return rule.pattern == "httplib::Server::Get" && rule.pathSyntax == "regex";
  }));
}

TEST(ShippedCatalog, ComesAfterTheUsers) {
  const std::string file = testing::TempDir() + "/user.yaml";
  std::ofstream(file) << "format: ripple.catalog\nversion: \"1.0\"\n"
                         "components: [{id: own, package: libc6}]\n";
  auto catalog = readCatalogs({file});
  ASSERT_TRUE(catalog) << model::describe(catalog.error());
  ASSERT_GE(catalog->components.size(), 2u);
  EXPECT_EQ(catalog->components[0].id, "own");
}

TEST(ShippedCatalog, ReportsEachBadFile) {
  auto catalog = readCatalogs({"/nowhere/a.yaml", "/nowhere/b.yaml"});
  ASSERT_FALSE(catalog);
  EXPECT_THAT(model::describe(catalog.error()), HasSubstr("/nowhere/a.yaml"));
  EXPECT_THAT(model::describe(catalog.error()), HasSubstr("/nowhere/b.yaml"));
}

} // namespace
} // namespace ripple::analyzer
