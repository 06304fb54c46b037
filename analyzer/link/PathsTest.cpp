//===- PathsTest.cpp - How a request kind is written ----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/link/Paths.h"

#include <gtest/gtest.h>

using namespace ripple::analyzer;

TEST(Paths, RegexWithoutPatternIsLiteral) {
  EXPECT_EQ(requestPath("/hi", "regex"), "/hi");
  EXPECT_EQ(requestPath("", "regex"), "");
}

TEST(Paths, RegexIsAnchoredOnce) {
  EXPECT_EQ(requestPath(R"(/cart/(\d+))", "regex"), R"(~ ^/cart/(\d+)$)");
  EXPECT_EQ(requestPath("^/a.b$", "regex"), "~ ^/a.b$");
  EXPECT_EQ(requestPath(R"(/price\$)", "regex"), R"(~ ^/price\$$)");
}

TEST(Paths, BareAlternativesAreGrouped) {
  EXPECT_EQ(requestPath("/a|/b", "regex"), "~ ^(?:/a|/b)$");
  EXPECT_EQ(requestPath("/(a|b)", "regex"), "~ ^/(a|b)$");
  EXPECT_EQ(requestPath("/[|]", "regex"), "~ ^/[|]$");
}

TEST(Paths, OtherSyntaxes) {
  EXPECT_EQ(requestPath("/a.b", "literal"), "/a.b");
  EXPECT_EQ(requestPath("/x/{id}", "braces"), "/x/{id}");
  EXPECT_EQ(requestPath("users/{}/x/{}?a={1}", "braces"), "/users/{1}/x/{2}");
  EXPECT_EQ(requestPath("/x/:id/y/:n", "colon"), "/x/{id}/y/{n}");
  EXPECT_EQ(requestPath("/x/*/:n?", "colon"), "/x/{1}/{n}");
  EXPECT_EQ(requestPath("/", "colon"), "/");
  EXPECT_EQ(requestPath("/add/<int>/<string>", "angles"), "/add/{1}/{2}");
  EXPECT_EQ(requestPath("/files/<path>", "angles"), "/files/**");
  EXPECT_EQ(requestPath("/static/", "prefix"), "/static/**");
  EXPECT_EQ(requestPath("/", "prefix"), "/**");
}

TEST(Paths, DocumentPathIsRelativeBelowTheRoot) {
  EXPECT_EQ(documentPath("/src/a.cpp", "/src"), "a.cpp");
  EXPECT_EQ(documentPath("/src/a.cpp", "/src/"), "a.cpp");
  EXPECT_EQ(documentPath("/srcs/a.cpp", "/src"), "/srcs/a.cpp");
  EXPECT_EQ(documentPath("/usr/include/x.h", "/src"), "/usr/include/x.h");
}
