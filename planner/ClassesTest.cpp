//===- ClassesTest.cpp - What the router can match, and what overlaps -----===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/Overlap.h"
#include "planner/Planning.h"

#include <array>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <random>

using namespace ripple;
using namespace ripple::planner;

namespace {

model::RequestKind kindOf(const std::string &path, const std::string &method = "GET",
                          std::int64_t order = 0) {
  model::RequestKind kind;
  kind.id = method + " " + path;
  kind.method = method;
  kind.path = path;
  kind.matchOrder = order;
  return kind;
}

model::Application applicationOf(const std::vector<std::string> &paths) {
  model::Application application;
  for (const std::string &path : paths)
    application.requests.push_back(
        kindOf(path, "GET", static_cast<std::int64_t>(application.requests.size())));
  return application;
}

bool overlap(const std::string &first, const std::string &second) {
  const model::RequestKind one = kindOf(first), two = kindOf(second);
  return PathPattern(one).mayOverlap(PathPattern(two));
}

class RandomPaths {
public:
  explicit RandomPaths(unsigned seed) : random(seed) {}

  model::Application application() {
    model::Application made;
    constexpr std::array<const char *, 3> methods = {"GET", "POST", "*"};
    for (std::size_t count = 2 + any(12), i = 0; i < count; ++i) {
      made.requests.push_back(kindOf(path(), methods[any(8) / 3], static_cast<int>(any(6))));
      if (any(12) == 0)
        made.requests.back().protocol = "grpc";
    }
    return made;
  }

private:
  std::size_t any(std::size_t below) { return random() % below; }

  std::string path() {
    constexpr std::array<const char *, 14> regexes = {
        "~ ^/a/(\\d+)$", "~ ^/a/(?=b)b$", "~ /b", "~ ^/(a|b)$",       "~ ^/a", "<dynamic:a.cpp:1>",
        "~ ^/b?/c$",     "~ ^/a/b/c$",    "",     "~ ^/(?!x)[ab]/c$", "~ (",   "/a b",
        "a/b",           "/a/b/"};
    if (any(4) == 0)
      return regexes[any(regexes.size())];
    constexpr std::array<const char *, 9> segments = {"a",      "a",  "b",    "c", "{1}",
                                                      "{name}", "**", "x{1}", ""};
    std::string made;
    for (std::size_t count = 1 + any(4); count > 0; --count)
      made += std::string("/") + segments[any(segments.size())];
    return made;
  }

  std::mt19937 random;
};

/// What `routedKinds` does, by comparing each with each.
std::vector<RoutedKind> byEachPair(const model::Application &application) {
  std::vector<RoutedKind> kinds = routedKinds(application); // For their order.
  std::vector<PathPattern> patterns;
  for (RoutedKind &one : kinds) {
    one.notRoutable.clear();
    one.isToldApart = false;
    isRoutable(*one.kind, one.notRoutable);
    patterns.emplace_back(*one.kind);
  }
  auto isRule = [&](std::size_t i) { return kinds[i].notRoutable.empty(); };
  auto isHttp = [&](std::size_t i) { return kinds[i].kind->protocol == "http"; };
  for (std::size_t i = 0; i < kinds.size(); ++i)
    for (std::size_t j = i + 1; j < kinds.size() && isRule(i) && isOpen(*kinds[i].kind); ++j)
      if (!isRule(j) && isHttp(j) && patterns[i].mayOverlap(patterns[j]))
        kinds[i].notRoutable = fmt::format("'{}' may be meant instead", kinds[j].kind->id);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const bool wasRule = isRule(i);
    for (std::size_t j = 0; j < i && wasRule; ++j)
      if (isHttp(j) && (!isRule(j) || isOpen(*kinds[j].kind)) &&
          patterns[j].mayOverlap(patterns[i])) {
        kinds[i].notRoutable = fmt::format("'{}' may come before it", kinds[j].kind->id);
        kinds[i].isToldApart |= isRule(j);
      }
  }
  return kinds;
}

} // namespace

TEST(Overlap, KnowsWhatOneRequestMayMatch) {
  EXPECT_TRUE(overlap("/a", "/a"));
  EXPECT_FALSE(overlap("/a", "/a/"));
  EXPECT_TRUE(overlap("/a/{1}", "/a/b"));
  EXPECT_TRUE(overlap("/{1}/b", "/a/{x}"));
  EXPECT_FALSE(overlap("/{1}/b", "/a/c"));
  EXPECT_TRUE(overlap("/a/**", "/a/b/c"));
  EXPECT_FALSE(overlap("/a/**", "/b/c"));
  EXPECT_TRUE(overlap("~ ^/a/(\\d+)$", "/a/1"));
  EXPECT_FALSE(overlap("~ ^/a/(\\d+)$", "/a/b"));
  EXPECT_TRUE(overlap("~ (", "/a"));
  EXPECT_TRUE(overlap("<dynamic:a.cpp:1>", "/a"));
}

// A regular expression that is not anchored was taken for one that begins with "~ ", and one that
// is anchored at its start only for one that matches in full: what stands behind it kept its rule.
TEST(Overlap, OfARegularExpressionThatMatchesAPart) {
  EXPECT_TRUE(overlap("~ /a", "/x/a/y"));
  EXPECT_TRUE(overlap("~ a(?=b)", "/ab"));
  EXPECT_TRUE(overlap("~ ^/a", "/a/b"));
  EXPECT_FALSE(overlap("~ ^/a", "/b/a"));
  const model::Application application = applicationOf({"~ /a(?=b)", "/x/ab", "/x/ac"});
  const auto kinds = routedKinds(application);
  EXPECT_FALSE(kinds[0].notRoutable.empty());
  EXPECT_EQ(kinds[1].notRoutable, "'GET ~ /a(?=b)' may come before it");
  EXPECT_EQ(kinds[2].notRoutable, "");
}

TEST(Overlap, IsFoundByTheIndexAsByLookingAtEachPair) {
  constexpr unsigned seeds = 20'000;
  unsigned routable = 0, before = 0, instead = 0, toldApart = 0;
  for (unsigned seed = 0; seed < seeds; ++seed) {
    const model::Application application = RandomPaths(seed).application();
    const auto found = routedKinds(application), expected = byEachPair(application);
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].notRoutable, expected[i].notRoutable) << seed << " " << i;
      EXPECT_EQ(found[i].isToldApart, expected[i].isToldApart) << seed << " " << i;
      routable += found[i].notRoutable.empty();
      before += found[i].notRoutable.ends_with("before it");
      instead += found[i].notRoutable.ends_with("instead");
      toldApart += found[i].isToldApart;
    }
  }
  EXPECT_GT(routable, seeds);
  EXPECT_GT(before, seeds / 4);
  EXPECT_GT(instead, seeds / 4);
  EXPECT_GT(toldApart, seeds / 20);
}

// std::regex goes as deep as its text is long.
TEST(Overlap, OfPathsOfMegabytes) {
  std::string path;
  for (unsigned i = 0; i < 500'000; ++i)
    path += "/a";
  const auto kinds = routedKinds(applicationOf(
      {path + "/{1}", path + "/b", "~ ^" + path + "(x)$", "~ ^/(a|b)*$", path, "/a/b"}));
  for (std::size_t i : {0, 1, 2, 4})
    EXPECT_EQ(kinds[i].notRoutable, "its path is longer than 2000 characters") << i;
  EXPECT_EQ(kinds[5].notRoutable, "");
  EXPECT_TRUE(overlap("~ ^/([a/])*$", path));
}

TEST(Classes, OfThousandsOfPatternsOfOnePrefix) {
  std::vector<std::string> paths;
  for (unsigned i = 0; i < 20'000; ++i)
    paths.push_back(fmt::format("/repos/{{owner}}/{{name}}/part{}", i));
  const model::Application application = applicationOf(paths);
  for (const RoutedKind &routed : routedKinds(application))
    EXPECT_EQ(routed.notRoutable, "");
}

TEST(Routable, ArePatternsOfWholeSegments) {
  struct Sample {
    const char *path;
    bool isRoutable;
  };
  constexpr Sample samples[] = {{"/a/{id}", true},     {"/a/{id}/", true},  {"/{a_1}/b.c~-", true},
                                {"/a/{id}//", false},  {"/a/x{id}", false}, {"/a/{id}x", false},
                                {"/{}", false},        {"/{a-b}", false},   {"/a//{id}", false},
                                {"{id}", false},       {"/{a}{b}", false},  {"/a:b/{id}", false},
                                {"/a/{id}/**", false}, {"/{a/b}", false}};
  for (const Sample &sample : samples) {
    std::string why;
    EXPECT_EQ(isRoutable(kindOf(sample.path), why), sample.isRoutable) << sample.path;
  }
}
