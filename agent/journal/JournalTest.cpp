//===- JournalTest.cpp ----------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/journal/Journal.h"
#include "agent/journal/EventJson.h"
#include "agent/journal/StateDirectory.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ripple::agent;

namespace {

class JournalTest : public testing::Test {
protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "ripple-journal-XXXXXX");
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory); }

  std::unique_ptr<Journal> open() {
    auto journal = Journal::open(directory, Journal::Mode::Write);
    EXPECT_TRUE(journal) << journal.error();
    return std::move(*journal);
  }

  std::string directory;
};

std::vector<core::Event> everyKind() {
  core::Holder holder{"GET /a", "shop", "s1", 4711, 812};
  return {{1, core::Begin{}},
          {2, core::Recovered{}},
          {3, core::Rerun{}},
          {4, core::Tick{}},
          {5, core::RouterSeen{"edge", "1/2", {{"shop.2", "app1", true, false, 3}}, 4}},
          {6, core::RouterLost{"edge", "gone"}},
          {7, core::DrainSeen{"t1", true, 1, 2, {holder}, 6}},
          {8, core::DrainLost{"t1", "gone"}},
          {9,
           core::ServerSeen{
               "app1", {{"shop", "shop", true, 5, true}}, {{"pricing", "1"}}, {holder}, {"t1"}, 8}},
          {10, core::ServerLost{"app1", "gone"}},
          {11, core::Outcome{7, core::Outcome::Result::Unknown, "who knows", {holder}}},
          {12, core::Pause{}},
          {13, core::Resume{}},
          {14, core::Abort{}},
          {15, core::PermitServer{"app1"}},
          {16, core::Superseded{"term 9"}},
          {17, core::Windows{"2026-12-01T22:00:00Z"}}};
}

TEST(EventJson, GivesTheSameEventAgain) {
  EXPECT_EQ(everyKind().size(), std::variant_size_v<core::Event::Kind>);
  for (const core::Event &event : everyKind()) {
    std::string text = writeEvent(event);
    auto again = parseEvent(text);
    ASSERT_TRUE(again) << text;
    EXPECT_EQ(again->kind.index(), event.kind.index());
    EXPECT_EQ(writeEvent(*again), text);
  }
}

TEST(EventJson, RefusesWhatIsNoEvent) {
  for (const char *text : {"", "{", "{}", R"({"nowMs":1,"event":"nonsense"})",
                           R"({"nowMs":1,"event":"permit"})", R"({"nowMs":"x","event":"tick"})"})
    EXPECT_FALSE(parseEvent(text)) << text;
}

TEST_F(JournalTest, RemembersEventsAndEffects) {
  {
    auto journal = open();
    ASSERT_TRUE(journal->addPlan({"sha256:1", "r", 1, "/p.json", "{}", "running", "t", "", ""}));
    core::Effect effect{1, core::Seal{"t1"}};
    ASSERT_TRUE(journal->record("sha256:1", {5, core::Begin{}}, {effect}));
    ASSERT_TRUE(journal->record(
        "sha256:1", {6, core::Outcome{1, core::Outcome::Result::Failed, "no", {}}}, {}));
  }
  auto journal = open();
  auto events = journal->events("sha256:1");
  ASSERT_TRUE(events) << events.error();
  ASSERT_EQ(events->size(), 2U);
  EXPECT_TRUE(std::holds_alternative<core::Begin>((*events)[0].kind));
  auto effects = journal->effects("sha256:1");
  ASSERT_TRUE(effects);
  ASSERT_EQ(effects->size(), 1U);
  EXPECT_EQ((*effects)[0].what, "seal t1");
  EXPECT_EQ((*effects)[0].result, "failed");
}

TEST_F(JournalTest, TermsRise) {
  auto journal = open();
  EXPECT_EQ(journal->nextTerm(0).value(), 1);
  EXPECT_EQ(journal->nextTerm(7).value(), 8);
  EXPECT_EQ(journal->nextTerm(3).value(), 9);
}

TEST_F(JournalTest, KnowsPlansNewestFirst) {
  auto journal = open();
  ASSERT_TRUE(journal->addPlan({"b", "r", 1, "/b", "B", "running", "1", "", ""}));
  ASSERT_TRUE(journal->addPlan({"a", "r", 1, "/a", "A", "running", "2", "", ""}));
  ASSERT_TRUE(journal->setPlanState("b", "done", true, "fine"));
  EXPECT_EQ(journal->plans().value()[0].id, "a");
  EXPECT_EQ(journal->lastPlan().value()->document, "A");
  EXPECT_EQ(journal->plan("b").value()->state, "done");
  EXPECT_NE(journal->plan("b").value()->ended, "");
  EXPECT_FALSE(journal->plan("c").value());
}

TEST_F(JournalTest, OneManagerAtATime) {
  auto first = StateLock::take(directory);
  ASSERT_TRUE(first);
  auto second = StateLock::take(directory);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find("pid " + std::to_string(::getpid())), std::string::npos)
      << second.error();
}

TEST_F(JournalTest, ADeadManagerHoldsNothing) {
  pid_t child = ::fork();
  if (child == 0) {
    auto lock = StateLock::take(directory);
    ::kill(::getpid(), SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(StateLock::take(directory));
}

TEST_F(JournalTest, SaysWhereItCannotBeOpened) {
  auto journal = Journal::open(directory + "/missing", Journal::Mode::ReadOnly);
  ASSERT_FALSE(journal);
  EXPECT_NE(journal.error().find("missing/journal.sqlite"), std::string::npos);
}

} // namespace
