//===- AdvisoryTest.cpp ---------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/advisory/DebianVersion.h"
#include "planner/advisory/Judge.h"
#include "planner/advisory/Purl.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>
#include <memory>
#include <random>
#include <unistd.h>

using namespace ripple;
using namespace ripple::planner::advisory;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

std::string nameOf(std::weak_ordering order) { return order < 0 ? "lt" : order > 0 ? "gt" : "eq"; }

/// What `dpkg --compare-versions` makes of each pair, in their order.
std::vector<std::string> askDpkg(const std::vector<std::pair<std::string, std::string>> &pairs) {
  std::string name = testing::TempDir() + "versions-XXXXXX";
  ::close(::mkstemp(name.data()));
  std::ofstream(name) << [&] {
    std::string text;
    for (const auto &[a, b] : pairs)
      text += a + " " + b + "\n";
    return text;
  }();
  const std::string command =
      "while read -r a b; do for r in lt eq gt; do dpkg --compare-versions \"$a\" $r \"$b\" && "
      "echo $r; done; done < " +
      name;
  std::vector<std::string> answers;
  std::unique_ptr<FILE, int (*)(FILE *)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::array<char, 16> line{};
  while (std::fgets(line.data(), line.size(), pipe.get()))
    answers.push_back(std::string(line.data()).substr(0, 2));
  std::remove(name.c_str());
  return answers;
}

/// A version that looks like others: few characters, many equal beginnings.
std::string randomVersion(std::mt19937_64 &random) {
  auto below = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
  auto piece = [&](std::string_view characters) {
    std::string text;
    for (unsigned i = below(6); i > 0; --i)
      text += characters[below(static_cast<unsigned>(characters.size()))];
    return text;
  };
  std::string text = below(4) ? "" : std::to_string(below(3)) + ":";
  text += std::to_string(below(3)) + piece(text.empty() ? "0019.+~aAz" : "0019.+~aAz:");
  if (below(2))
    text += "-" + std::string(below(2) ? "0" : "1") + piece("019.+~aB");
  return text;
}

TEST(DebianVersion, IsOrderedAsDpkgDoesIt) {
  if (std::system("dpkg --version > /dev/null 2>&1") != 0)
    GTEST_SKIP() << "there is no dpkg";
  std::mt19937_64 random(7);
  std::vector<std::pair<std::string, std::string>> pairs = {
      {"1.0~rc1", "1.0"},   {"1.0", "1.0-0"},     {"1:0.9", "1.0"},        {"1.0-1+b1", "1.0-1"},
      {"1.0-1", "1.0-1.1"}, {"2.0a", "2.0+"},     {"1.0-1~bpo1", "1.0-1"}, {"0:1", "1"},
      {"1.001", "1.1"},     {"1.2-3-4", "1.2-3"}, {"1~~", "1~~a"},         {"1~~a", "1~"}};
  while (pairs.size() < 700) {
    auto a = randomVersion(random), b = randomVersion(random);
    if (debianVersionProblem(a).empty() && debianVersionProblem(b).empty())
      pairs.emplace_back(std::move(a), std::move(b));
  }
  const std::vector<std::string> answers = askDpkg(pairs);
  ASSERT_EQ(answers.size(), pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i)
    EXPECT_EQ(nameOf(compareDebian(pairs[i].first, pairs[i].second)), answers[i])
        << pairs[i].first << " and " << pairs[i].second;
}

TEST(DebianVersion, SaysWhyATextIsNone) {
  for (const char *good : {"1", "0", "1:2.3-4", "1.0-1+deb12u1", "2:1:0-1", "20230311~ds-1"})
    EXPECT_EQ(debianVersionProblem(good), "") << good;
  for (const char *bad : {"", "v1", "1-", "a:1", ":1", "1_0", "1-1_0", "1:", "-1", "9999999999:1"})
    EXPECT_NE(debianVersionProblem(bad), "") << bad;
}

VersionSet vers(std::string_view text) {
  VersionSet set;
  EXPECT_EQ(parseVers(text, set), "") << text;
  return set;
}

TEST(VersionSet, ReadsVers) {
  const VersionSet set = vers("vers:deb/>=1.2|<1.4-1|!=1.3|2.0|>3%2Bx");
  for (const char *in : {"1.2", "1.3.1", "1.4~", "2.0", "3+y", "9"})
    EXPECT_TRUE(set.contains(in)) << in;
  for (const char *out : {"1.1", "1.3", "1.4-1", "2.0.1", "3+x"})
    EXPECT_FALSE(set.contains(out)) << out;
  EXPECT_EQ(set.firstAfter("1.2.5"), "1.3");
  EXPECT_EQ(set.firstAfter("1.3.5"), "1.4-1");
  EXPECT_EQ(set.firstAfter("5"), "");
  EXPECT_EQ(set.firstWithin("1.0"), "1.2");
  EXPECT_EQ(set.firstWithin("1.2"), "2.0");
  EXPECT_TRUE(vers("vers:deb/*").contains("1"));
  EXPECT_FALSE(vers("vers:deb/!=1").contains("1"));
}

TEST(VersionSet, RefusesWhatIsNoVers) {
  VersionSet set;
  for (const char *bad : {"vers:deb/>=1|>2|<3", "vers:deb/<1|<2", "vers:deb/", "vers:deb/>=1|",
                          "vers:npm/1", "vers:deb/%G1", "vers:deb/1%0A"})
    EXPECT_NE(parseVers(bad, set), "") << bad;
}

// One that begins where another ends: the fix is where the last one ends.
TEST(VersionSet, GoesOnWhereAnotherBegins) {
  VersionSet set = vers("vers:deb/>=1|<2");
  set.add(vers("vers:deb/>=2|<3"));
  EXPECT_EQ(set.firstAfter("1"), "3");
}

TEST(VersionSet, KnowsAVersionHoweverItIsSpelled) {
  VersionSet set;
  set.exact = {"9", "1:0.5-0"};
  EXPECT_TRUE(set.contains("9-0"));
  EXPECT_TRUE(set.contains("1:0.5"));
  EXPECT_FALSE(set.contains("9-1"));
}

// Each interval holds the ends of all before it: looking beyond each end by itself never came back.
TEST(VersionSet, FindsTheEndOfManyIntervalsThatOverlap) {
  VersionSet set;
  constexpr int count = 200;
  for (int i = 1; i <= count; ++i)
    set.intervals.push_back({"", std::to_string(i), true, false});
  EXPECT_EQ(set.firstAfter("0"), "200");
  set.intervals.push_back({"200", "", true, false});
  EXPECT_EQ(set.firstAfter("0"), "");
}

TEST(Purl, IsReadInParts) {
  auto purl = parsePurl("pkg:deb/debian/libstdc%2B%2B6@1%3A12.2-1?arch=amd64&distro=debian-12#x");
  ASSERT_TRUE(purl);
  EXPECT_EQ(purl->type, "deb");
  EXPECT_EQ(purl->space, "debian");
  EXPECT_EQ(purl->name, "libstdc++6");
  EXPECT_EQ(purl->version, "1:12.2-1");
  EXPECT_EQ(purl->qualifiers.at("distro"), "debian-12");
  EXPECT_EQ(parsePurl("pkg:npm/%C3%A9")->name, "%C3%A9");
  for (const char *bad : {"", "deb/x", "pkg:", "pkg:deb", "pkg:deb/", "pkg:deb/x%", "pkg:deb/x?y"})
    EXPECT_FALSE(parsePurl(bad)) << bad;
}

model::ComponentsList fleet() {
  model::ComponentsList list;
  auto add = [&](const char *id, const char *version, const char *origin) {
    model::Component &component = list.components.emplace_back();
    component.id = id;
    component.version = version;
    component.origin = origin;
  };
  add("libssl3", "3.0.9-1", "package:openssl");
  add("openssl", "3.0.9-1", "package:openssl");
  add("pricing", "1.0.0", "target:pricing");
  return list;
}

Statements parse(const std::string &text) {
  auto statements = parseAdvisories(text, "a.json");
  if (!statements)
    ADD_FAILURE() << model::describe(statements.error());
  return statements.value_or(Statements());
}

std::string osv(const std::string &id, const std::string &events) {
  return fmt::format(R"({{"id": "{}", "affected": [{{"package": {{"ecosystem": "Debian:12",
    "name": "openssl"}}, "ranges": [{{"type": "ECOSYSTEM", "events": [{}]}}]}}]}})",
                     id, events);
}

// The fix of one may lie where another is back: then the upgrade goes further.
TEST(Judge, UpgradesToWhatNoAdvisoryConcerns) {
  const Statements statements =
      parse("[" + osv("A", R"({"introduced": "0"}, {"fixed": "3.0.11-1"})") + "," +
            osv("B", R"({"fixed": "3.0.13-1"}, {"introduced": "3.0.10-1"}, {"fixed": "3.0.9-1"},
                        {"introduced": "0"})") +
            "," + osv("C", R"({"introduced": "3.0.9-1"}, {"last_affected": "3.0.12-1"})") + "]");
  const model::ComponentsList list = fleet();
  auto judgement = judge(list, statements, "Debian:12");
  ASSERT_TRUE(judgement);
  ASSERT_EQ(judgement->findings.size(), 2U);
  const Finding &finding = judgement->findings.front();
  EXPECT_EQ(finding.component->id, "libssl3");
  EXPECT_THAT(finding.advisories, ElementsAre("A", "C"));
  ASSERT_TRUE(finding.upgrade);
  EXPECT_EQ(finding.upgrade->to, "3.0.11-1");
  EXPECT_THAT(finding.left, ElementsAre("C"));
  EXPECT_EQ(changeOf(*judgement).upgrades.size(), 2U);
}

TEST(Judge, OfSeveralReleasesItMustBeSaidWhichIsInstalled) {
  const Statements statements = parse(R"({"id": "A", "affected": [
    {"package": {"ecosystem": "Debian:11", "name": "openssl"}, "versions": ["3.0.9-1"]},
    {"package": {"ecosystem": "Debian:12", "name": "openssl"},
     "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.0.9-1"}]}]}]})");
  const model::ComponentsList list = fleet();
  auto unsaid = judge(list, statements, "");
  ASSERT_FALSE(unsaid);
  EXPECT_THAT(model::describe(unsaid.error()), HasSubstr("--ecosystem Debian:12"));
  auto twelve = judge(list, statements, "Debian:12");
  ASSERT_TRUE(twelve);
  EXPECT_TRUE(twelve->findings.empty());
  auto eleven = judge(list, statements, "Debian:11");
  ASSERT_TRUE(eleven);
  EXPECT_EQ(eleven->findings.size(), 2U);
  EXPECT_EQ(eleven->findings.front().whyNone, "no fixed version is known");
}

TEST(Judge, WhatVexDismissesIsSoForThatVersionAlone) {
  const model::ComponentsList list = fleet();
  for (const char *version : {"3.0.9-1", "3.0.8-1"}) {
    Statements statements = parse(fmt::format(
        R"({{"bomFormat": "CycloneDX", "specVersion": "1.5", "vulnerabilities": [{{"id": "CVE-1",
           "analysis": {{"state": "not_affected"}},
           "affects": [{{"ref": "pkg:deb/debian/libssl3@{}"}}]}}]}})",
        version));
    for (Statement &statement : parse(osv("DEBIAN-CVE-1", R"({"introduced": "0"})")))
      statements.push_back(statement);
    statements.back().aliases = {"CVE-1"};
    auto judgement = judge(list, statements, "");
    ASSERT_TRUE(judgement);
    EXPECT_EQ(judgement->findings.size(), std::string_view(version) == "3.0.9-1" ? 1U : 2U);
  }
}

// `resolved` says that there is a version without it, not that the old one is without it.
TEST(Judge, AResolvedVulnerabilityIsOneOfOldVersionsStill) {
  const Statements statements = parse(
      R"({"bomFormat": "CycloneDX", "specVersion": "1.4", "vulnerabilities": [{"id": "CVE-2",
         "analysis": {"state": "resolved"}, "affects": [{"ref": "pkg:deb/debian/libssl3",
         "versions": [{"range": "vers:deb/<3.0.11-1"}, {"version": "3.0.11-1", "status": "unaffected"}]}]}]})");
  const model::ComponentsList list = fleet();
  auto judgement = judge(list, statements, "");
  ASSERT_TRUE(judgement);
  ASSERT_EQ(judgement->findings.size(), 1U);
  ASSERT_TRUE(judgement->findings[0].upgrade);
  EXPECT_EQ(judgement->findings[0].upgrade->to, "3.0.11-1");
}

} // namespace
