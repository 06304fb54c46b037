//===- PackagesGraphTest.cpp ----------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/packages/Closure.h"

#include <algorithm>
#include <cstdio>
#include <deque>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <memory>
#include <random>

using namespace ripple;
using namespace ripple::planner::packages;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

PackageGraph parse(const std::string &text) {
  auto graph = parsePackages(text, "status");
  if (!graph)
    ADD_FAILURE() << model::describe(graph.error());
  return graph.value_or(PackageGraph());
}

TEST(ReadPackages, TakesAlternativesProvidersAndPreDepends) {
  const PackageGraph graph = parse("Package: a\n"
                                   "Status: install ok installed\n"
                                   "Version: 1.0-1\n"
                                   "Source: src (1.0)\n"
                                   "Section: contrib/libs\n"
                                   "Depends: b (>= 1:2~) | c:any,\n"
                                   " mail-agent [amd64]\n"
                                   "Pre-Depends: d\n"
                                   "\n\n"
                                   "Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n"
                                   "\n"
                                   "Package: exim\nVersion: 4\nProvides: mail-agent (= 1), x\n"
                                   "Description: text\n .\n more: of it\n");
  ASSERT_EQ(graph.size(), 2U);
  const Package &a = graph.at("a");
  EXPECT_EQ(a.version, "1.0-1");
  EXPECT_EQ(a.origin, "package:src");
  EXPECT_TRUE(a.isLibrary);
  EXPECT_FALSE(graph.at("exim").isLibrary);
  EXPECT_THAT(a.dependsOn, ElementsAre("b", "c", "d", "exim", "mail-agent"));
}

TEST(ReadPackages, ReportsEveryMistake) {
  auto graph = parsePackages(" first\nPackage: a\n\nVersion: 1\n\nPackage: b\nnothing\nVersion: 1\n"
                             "Depends: x,, (>= 1)\n\nPackage: c/d\nVersion: 1\nVersion: 2\n",
                             "status");
  ASSERT_FALSE(graph);
  const std::string said = model::describe(graph.error());
  for (const char *mistake :
       {"status:1: goes on with a field, and there is none",
        "status:1: a: the field 'Version' is missing", "status:4: the field 'Package' is missing",
        "status:7: is no field ('NAME: VALUE')", "status:9: 'Depends' of b is no list of packages",
        "status:11: 'c/d' is no package's name", "status:13: the field 'Version' is there twice"})
    EXPECT_THAT(said, HasSubstr(mistake));
  EXPECT_FALSE(parsePackages("\n", "status"));
}

/// The plain way, by names.
class PlainSearch {
public:
  explicit PlainSearch(const PackageGraph &graph) {
    for (const auto &[name, package] : graph)
      for (const std::string &needed : package.dependsOn)
        dependents[needed].push_back(name);
  }

  /// CHANGED and what depends on it.
  std::set<std::string> from(std::set<std::string> changed) const {
    std::deque<std::string> open(changed.begin(), changed.end());
    for (; !open.empty(); open.pop_front())
      if (auto found = dependents.find(open.front()); found != dependents.end())
        for (const std::string &name : found->second)
          if (changed.insert(name).second)
            open.push_back(name);
    return changed;
  }

private:
  std::map<std::string, std::vector<std::string>> dependents;
};

std::set<std::string> namesOf(const Dependents &dependents,
                              const std::vector<Dependents::Number> &numbers) {
  std::set<std::string> names;
  for (Dependents::Number number : numbers)
    names.insert(dependents.name(number));
  return names;
}

/// The closure of CHANGED random packages is the plain search's.
void expectAgreement(const PackageGraph &graph, std::uint64_t seed, std::size_t changedCount) {
  const Dependents dependents(graph);
  const PlainSearch plain(graph);
  std::mt19937_64 random(seed);
  std::vector<Dependents::Number> changed;
  std::set<std::string> names;
  for (std::size_t i = 0; i < changedCount; ++i) {
    changed.push_back(static_cast<Dependents::Number>(random() % dependents.size()));
    names.insert(dependents.name(changed.back()));
  }
  EXPECT_EQ(namesOf(dependents, dependents.of(changed)), plain.from(names)) << seed;
}

/// How many of GRAPH's packages are left when, again and again, those are taken away that depend on
/// none that is left, a group of GROUPOF as a whole: 0 where the groups hold every circle (Kahn
/// 1962).
std::size_t leftAfterPeeling(const PackageGraph &graph,
                             std::map<std::string, std::string> groupOf) {
  std::map<std::string, std::set<std::string>> needs, neededBy;
  for (const auto &[name, package] : graph) {
    const std::string group = groupOf.try_emplace(name, name).first->second;
    needs[group];
    for (const std::string &needed : package.dependsOn)
      if (graph.count(needed)) {
        const std::string other = groupOf.try_emplace(needed, needed).first->second;
        if (other == group && group == name)
          return graph.size(); // It depends on itself, and no group says so.
        if (other != group && needs[group].insert(other).second)
          neededBy[other].insert(group);
      }
  }
  std::deque<std::string> free;
  for (const auto &[group, others] : needs)
    if (others.empty())
      free.push_back(group);
  std::size_t left = needs.size();
  for (; !free.empty(); free.pop_front(), --left)
    for (const std::string &group : neededBy[free.front()]) {
      needs[group].erase(free.front());
      if (needs[group].empty())
        free.push_back(group);
    }
  return left;
}

/// Whoever is in a circle depends on all of it, and outside of the circles there is none.
void expectCircles(const PackageGraph &graph) {
  const Dependents dependents(graph);
  const PlainSearch plain(graph);
  std::map<std::string, std::string> groupOf;
  for (const auto &circle : dependents.circles()) {
    const std::set<std::string> members = namesOf(dependents, circle);
    const std::string group = "circle of " + *members.begin();
    for (const std::string &member : members)
      EXPECT_TRUE(groupOf.emplace(member, group).second) << member;
    std::set<std::string> direct;
    for (const std::string &member : members)
      for (const std::string &needed : graph.at(member).dependsOn)
        if (members.count(needed))
          direct.insert(needed);
    EXPECT_EQ(direct, members);
    const std::set<std::string> reached = plain.from({*members.begin()});
    EXPECT_TRUE(std::includes(reached.begin(), reached.end(), members.begin(), members.end()));
  }
  EXPECT_EQ(leftAfterPeeling(graph, groupOf), 0U);
}

TEST(Dependents, AgreeWithAPlainSearchOnRandomGraphs) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    std::mt19937_64 random(seed);
    PackageGraph graph;
    const auto count = 2 + random() % 40;
    for (std::uint64_t i = 0; i < count; ++i)
      for (Package &package = graph[fmt::format("p{}", i)]; random() % 3;)
        package.dependsOn.insert(fmt::format("p{}", random() % (count + 2)));
    expectAgreement(graph, seed, 3);
    expectCircles(graph);
  }
}

/// What `apt-cache dumpavail` prints; "" where it cannot.
std::string available() {
  std::string text;
  std::unique_ptr<FILE, int (*)(FILE *)> pipe(::popen("apt-cache dumpavail 2>/dev/null", "r"),
                                              ::pclose);
  std::vector<char> block(1 << 20);
  while (std::size_t size = std::fread(block.data(), 1, block.size(), pipe.get()))
    text.append(block.data(), size);
  return text;
}

TEST(Dependents, AgreeWithAPlainSearchOnDebiansPackages) {
  const std::string text = available();
  if (text.size() < 1'000'000)
    GTEST_SKIP() << "apt-cache dumpavail knows no packages (apt-get update)";
  const PackageGraph graph = parse(text);
  ASSERT_GT(graph.size(), 1000U);
  for (std::uint64_t seed = 0; seed < 5; ++seed)
    expectAgreement(graph, seed, 64);
  expectCircles(graph);
}

model::ComponentsList shop() {
  model::ComponentsList list;
  for (const char *id : {"libcurl4", "libssl3", "pricing"}) {
    model::Component &component = list.components.emplace_back();
    component.id = id;
    component.restart =
        component.id == "pricing" ? model::RestartDomain::Plugin : model::RestartDomain::Process;
  }
  list.components[0].dependsOn = {"libssl3"};
  return list;
}

TEST(Widen, AddsWhatComesWithAComponent) {
  const PackageGraph graph = parse("Package: libcurl4\nVersion: 7\nDepends: libz, libssl3, tool\n\n"
                                   "Package: libz\nVersion: 1.2\nSection: libs\nDepends: libc\n\n"
                                   "Package: libc\nVersion: 2\nSection: libs\nDepends: libz\n\n"
                                   "Package: tool\nVersion: 1\nSection: utils\n\n"
                                   "Package: alone\nVersion: 1\nSection: libs\nDepends: libc\n");
  model::ComponentsList list = shop();
  std::vector<std::string> remarks;
  EXPECT_THAT(widen(list, graph, remarks),
              ElementsAre("libc depends on libz", "libcurl4 depends on libz, which is new",
                          "libz depends on libc, which is new"));
  EXPECT_THAT(remarks, IsEmpty());
  ASSERT_TRUE(list.component("libz"));
  EXPECT_EQ(list.component("libz")->version, "1.2");
  EXPECT_THAT(list.component("libcurl4")->dependsOn, ElementsAre("libssl3", "libz"));
  EXPECT_FALSE(list.component("alone"));
  EXPECT_FALSE(list.component("tool"));
  EXPECT_THAT(widen(list, graph, remarks), IsEmpty());
}

// For a plug-in the gate alone says who uses it, by a table that knows nothing of the SBOM.
TEST(Widen, LeavesWhatAGateWouldNotKnow) {
  PackageGraph graph;
  graph["libssl3"].dependsOn = {"pricing"};
  model::ComponentsList list = shop();
  std::vector<std::string> remarks;
  EXPECT_THAT(widen(list, graph, remarks), IsEmpty());
  EXPECT_THAT(remarks, ElementsAre(HasSubstr("libssl3 depends on pricing, whose restart domain is "
                                             "plugin")));
}

} // namespace
