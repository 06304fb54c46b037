//===- RequestMatcherTest.cpp - Which request kind a request is -----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/gate/RequestMatcher.hpp"
#include "agent/session/testing/TestTable.h"

#include <gtest/gtest.h>

using namespace ripple::agent::test;
using ripple::gate::Gate;
using ripple::gate::RequestMatcher;

namespace {

struct RequestMatcherTest : testing::Test {
  /// The id of the kind that METHOD PATH is, among KINDS in their order.
  std::string match(const std::vector<TestKind> &kinds, const std::string &method,
                    const std::string &path) {
    TestTable table;
    table.kinds = kinds;
    Gate gate = openGate(directory, table);
    ripple_gate_kind row{};
    ripple_gate_kind_at(gate.get(), RequestMatcher(gate.get()).match(method, path), &row);
    return row.id;
  }
  TestDirectory directory;
};

TEST_F(RequestMatcherTest, patternsMatchInFullAndLiteralsExactly) {
  std::vector<TestKind> kinds{{"cart", "GET", R"(~ ^/cart/(\d+)$)", {}},
                              {"hi", "GET", "/hi", {}},
                              {"dot", "GET", "/a.b", {}},
                              {"either", "GET", "~ ^/x|/y$", {}}};
  EXPECT_EQ(match(kinds, "GET", "/cart/17"), "cart");
  EXPECT_EQ(match(kinds, "GET", "/cart/17/items"), "other");
  EXPECT_EQ(match(kinds, "GET", "/cart/"), "other");
  EXPECT_EQ(match(kinds, "GET", "/hi"), "hi");
  EXPECT_EQ(match(kinds, "GET", "/hi/"), "other");
  EXPECT_EQ(match(kinds, "GET", "/a.b"), "dot");
  EXPECT_EQ(match(kinds, "GET", "/aXb"), "other");
  EXPECT_EQ(match(kinds, "GET", "/y"), "either");
  EXPECT_EQ(match(kinds, "GET", "/x/z"), "other");
}

TEST_F(RequestMatcherTest, theFirstInOrderWinsAndMethodsAreApart) {
  std::vector<TestKind> kinds{{"any id", "GET", R"(~ ^/item/(\w+)$)", {}},
                              {"new", "GET", "/item/new", {}},
                              {"post", "POST", "/item/new", {}},
                              {"any method", "*", "/item/new", {}}};
  EXPECT_EQ(match(kinds, "GET", "/item/new"), "any id");
  EXPECT_EQ(match(kinds, "POST", "/item/new"), "post");
  EXPECT_EQ(match(kinds, "DELETE", "/item/new"), "any method");
  EXPECT_EQ(match(kinds, "HEAD", "/item/7"), "other") << "HEAD has rows of its own";
}

TEST_F(RequestMatcherTest, bracesAndPrefixes) {
  std::vector<TestKind> kinds{{"braces", "GET", "/user/{id}/file.txt", {}},
                              {"static", "GET", "/static/**", {}}};
  EXPECT_EQ(match(kinds, "GET", "/user/anna/file.txt"), "braces");
  EXPECT_EQ(match(kinds, "GET", "/user/anna/fileXtxt"), "other");
  EXPECT_EQ(match(kinds, "GET", "/user/a/b/file.txt"), "other");
  EXPECT_EQ(match(kinds, "GET", "/static/css/a.css"), "static");
  EXPECT_EQ(match(kinds, "GET", "/static"), "static");
  EXPECT_EQ(match(kinds, "GET", "/statics"), "other");
}

TEST_F(RequestMatcherTest, whatComesAfterARuleThatNobodyCanEvaluateIsOther) {
  std::vector<TestKind> kinds{{"first", "GET", "/first", {}},
                              {"dynamic", "GET", "<dynamic:src/a.cpp:12>", {}},
                              {"hidden", "GET", "/hidden", {}},
                              {"post", "POST", "/hidden", {}}};
  EXPECT_EQ(match(kinds, "GET", "/first"), "first");
  EXPECT_EQ(match(kinds, "GET", "/hidden"), "other") << "the dynamic one may serve it";
  EXPECT_EQ(match(kinds, "POST", "/hidden"), "post");
  kinds[1].path = "~ ^/(unbalanced$";
  EXPECT_EQ(match(kinds, "GET", "/hidden"), "other");
}

} // namespace
