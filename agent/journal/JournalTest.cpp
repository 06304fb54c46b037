//===- JournalTest.cpp ----------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/journal/Journal.h"
#include "agent/etcd/testing/EtcdServer.h"
#include "agent/journal/EtcdJournal.h"
#include "agent/journal/EventJson.h"
#include "agent/journal/StateDirectory.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ripple::agent;

namespace {

class StateDirectoryTest : public testing::Test {
protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "ripple-journal-XXXXXX");
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory); }

  std::string directory;
};

/// Where a journal may be.
class Place {
public:
  virtual ~Place() = default;
  /// The same journal each time, to write.
  virtual std::unique_ptr<Journal> open() = 0;
};

class SqlitePlace : public Place {
public:
  std::unique_ptr<Journal> open() override {
    auto journal = Journal::open(directory.path(), Journal::Mode::Write);
    EXPECT_TRUE(journal) << journal.error();
    return std::move(*journal);
  }

private:
  test::TemporaryDirectory directory;
};

class EtcdPlace : public Place {
public:
  EtcdPlace() { EXPECT_TRUE(server.awaitReady()) << server.log(); }
  std::unique_ptr<Journal> open() override {
    auto client = std::move(EtcdClient::make(server.config()).value());
    if (term == 0)
      term =
          client->txn({{}, {{Operation::Kind::Put, "/ripple/leader", "{}", {}, 0}}, {}})->revision;
    return std::make_unique<EtcdJournal>(std::move(client), "/ripple", Reign{term, nullptr});
  }

private:
  test::EtcdServer server;
  std::int64_t term = 0;
};

template <typename P> std::unique_ptr<Place> make() { return std::make_unique<P>(); }

/// What every Journal keeps.
class JournalTest : public testing::TestWithParam<std::unique_ptr<Place> (*)()> {
protected:
  std::unique_ptr<Journal> open() { return place->open(); }
  std::unique_ptr<Place> place = GetParam()();
};

INSTANTIATE_TEST_SUITE_P(Sqlite, JournalTest, testing::Values(make<SqlitePlace>));
INSTANTIATE_TEST_SUITE_P(Etcd, JournalTest, testing::Values(make<EtcdPlace>));

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

TEST_P(JournalTest, RemembersEventsAndEffects) {
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

TEST_P(JournalTest, TermsRise) {
  auto journal = open();
  std::int64_t first = journal->nextTerm(0).value();
  EXPECT_GE(first, 1);
  EXPECT_EQ(journal->nextTerm(first + 6).value(), first + 7);
  EXPECT_EQ(journal->nextTerm(3).value(), first + 8);
  journal.reset();
  EXPECT_EQ(open()->nextTerm(0).value(), first + 9);
}

TEST_P(JournalTest, KnowsPlansNewestFirst) {
  auto journal = open();
  ASSERT_TRUE(journal->addPlan({"b", "r", 1, "/b", "B", "running", "1", "", ""}));
  ASSERT_TRUE(journal->addPlan({"a", "r", 1, "/a", "A", "running", "2", "", ""}));
  ASSERT_TRUE(journal->setPlanState("b", "done", true, "fine"));
  EXPECT_EQ(journal->plans().value()[0].id, "a");
  EXPECT_EQ(journal->lastPlan().value()->document, "A");
  EXPECT_EQ(journal->plan("b").value()->state, "done");
  EXPECT_NE(journal->plan("b").value()->ended, "");
  EXPECT_FALSE(journal->plan("c").value());
  EXPECT_EQ(journal->plans().value()[0].document, "");
  auto twice = journal->addPlan({"a", "r", 2, "/a", "B", "running", "3", "", ""});
  ASSERT_FALSE(twice);
  EXPECT_FALSE(twice.error().empty());
  EXPECT_EQ(journal->plan("a").value()->document, "A");
  ASSERT_TRUE(journal->setPlanState("b", "running", false, ""));
  EXPECT_EQ(journal->plan("b").value()->ended, "") << "it has begun again";
  EXPECT_TRUE(journal->setPlanState("none", "done", true, "")) << "nothing to change";
  EXPECT_FALSE(journal->plan("none").value());
}

TEST_P(JournalTest,
       APlanThatRunsAgainIsTheNewest) { // Bug: the manager after it took up the other one.
  auto journal = open();
  ASSERT_TRUE(journal->addPlan({"a", "r", 1, "/a", "A", "aborted", "1", "2", ""}));
  ASSERT_TRUE(journal->addPlan({"b", "r", 1, "/b", "B", "running", "3", "", ""}));
  ASSERT_TRUE(journal->setPlanState("b", "done", true, ""));
  ASSERT_TRUE(journal->setPlanState("a", "running", false, ""));
  EXPECT_EQ(journal->lastPlan().value()->id, "a");
  ASSERT_TRUE(journal->setPlanState("a", "done", true, ""));
  EXPECT_EQ(journal->lastPlan().value()->id, "a");
  ASSERT_TRUE(journal->addPlan({"c", "r", 1, "/c", "C", "running", "4", "", ""}));
  EXPECT_EQ(journal->lastPlan().value()->id, "c");
  EXPECT_EQ(journal->plans()->size(), 3U);
}

TEST_P(JournalTest, LetsGoOfOldPlansButNotOfTheirRows) {
  std::string large(3U << 20, 'x'); // In etcd, in parts.
  for (unsigned i = 0; i < large.size(); i += 3)
    large[i] = static_cast<char>('a' + i * 7919 % 26);
  auto journal = open();
  for (const char *id : {"a", "b", "c", "d"}) {
    ASSERT_TRUE(journal->addPlan({id, "r", 1, "/p", large, "running", "1", "", ""}));
    ASSERT_TRUE(journal->record(id, {1, core::Begin{}}, {{1, core::Seal{"t1"}}}));
    if (std::string(id) != "b") {
      ASSERT_TRUE(journal->setPlanState(id, "done", true, "fine"));
    }
  }
  auto cleared = journal->clear(2);
  ASSERT_TRUE(cleared) << cleared.error();
  auto rows = journal->plans().value();
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[3].id, "a");
  EXPECT_EQ(rows[3].state, "done");
  EXPECT_EQ(rows[3].summary, "fine");
  auto first = journal->plan("a");
  ASSERT_TRUE(first) << first.error();
  EXPECT_EQ((*first)->document, "");
  EXPECT_TRUE(journal->events("a")->empty());
  EXPECT_TRUE(journal->effects("a")->empty());
  for (const char *id : {"b", "c", "d"}) {
    EXPECT_EQ(journal->plan(id).value()->document, large) << id;
    EXPECT_EQ(journal->events(id)->size(), 1U) << id;
  }
  ASSERT_TRUE(journal->clear(0)) << "the newest stays";
  journal = open();
  EXPECT_EQ(journal->plan("d").value()->document, large);
  EXPECT_EQ(journal->plan("c").value()->document, "");
  EXPECT_EQ(journal->plan("b").value()->document, large) << "it is not over";
}

TEST_P(JournalTest, AnEmptyOneKnowsNothing) {
  auto journal = open();
  EXPECT_FALSE(journal->lastPlan().value());
  EXPECT_TRUE(journal->plans()->empty());
  EXPECT_TRUE(journal->events("p")->empty());
  EXPECT_TRUE(journal->effects("p")->empty());
  EXPECT_EQ(journal->installed("app1", "pricing").value(), "");
}

TEST_P(JournalTest, KeepsWhatAPlanSays) {
  PlanRow row{"sha256:1/2%", "run", 7, "/p \"q\".json", "any\ntext", "running", "s", "", "sum"};
  {
    auto journal = open();
    ASSERT_TRUE(journal->addPlan(row));
    PlanRow empty = row;
    empty.id = "empty";
    empty.document.clear();
    ASSERT_TRUE(journal->addPlan(empty));
    EXPECT_EQ(journal->plan("empty").value()->document, "");
  }
  auto again = open()->plan(row.id);
  ASSERT_TRUE(again && *again);
  EXPECT_EQ((*again)->run, row.run);
  EXPECT_EQ((*again)->protocol, row.protocol);
  EXPECT_EQ((*again)->file, row.file);
  EXPECT_EQ((*again)->document, row.document);
  EXPECT_EQ((*again)->started, row.started);
  EXPECT_EQ((*again)->summary, row.summary);
}

TEST_P(JournalTest, KeepsEveryKindOfEventInOrder) {
  auto kinds = everyKind();
  {
    auto journal = open();
    for (int round = 0; round < 3; ++round)
      for (const core::Event &event : kinds) {
        ASSERT_TRUE(journal->record("p", event, {}));
        ASSERT_TRUE(journal->record("p2", event, {})); // Whose name begins as the other's.
      }
  }
  auto events = open()->events("p");
  ASSERT_TRUE(events) << events.error();
  ASSERT_EQ(events->size(), 3 * kinds.size());
  for (std::size_t i = 0; i < events->size(); ++i)
    EXPECT_EQ(writeEvent((*events)[i]), writeEvent(kinds[i % kinds.size()]));
}

TEST_P(JournalTest, AnEffectIsIssuedOnceAndHasItsLastResult) {
  auto journal = open();
  using Result = core::Outcome::Result;
  ASSERT_TRUE(journal->record("p", {1, core::Begin{}},
                              {{2, core::Seal{"t2"}}, {1, core::Seal{"t1"}}, {0, core::Tell{}}}));
  ASSERT_TRUE(journal->record("p", {2, core::Outcome{1, Result::Lost, "gone", {}}},
                              {{1, core::Seal{"again"}}, {3, core::Seal{"t3"}}}));
  ASSERT_TRUE(journal->record("p", {3, core::Outcome{1, Result::Done, "", {}}}, {}));
  ASSERT_TRUE(journal->record("p", {4, core::Outcome{9, Result::Done, "unknown", {}}}, {}));
  auto effects = journal->effects("p");
  ASSERT_TRUE(effects) << effects.error();
  ASSERT_EQ(effects->size(), 3U);
  EXPECT_EQ((*effects)[0].what, "seal t1");
  EXPECT_EQ((*effects)[0].result, "done");
  EXPECT_EQ((*effects)[0].message, "");
  EXPECT_NE((*effects)[0].ended, "");
  EXPECT_EQ((*effects)[1].id, 2U);
  EXPECT_NE((*effects)[1].issued, "");
  EXPECT_EQ((*effects)[1].ended, "");
  EXPECT_EQ((*effects)[2].what, "seal t3");
}

TEST_P(JournalTest, KnowsWhatAPlanHasLeft) {
  auto journal = open();
  ASSERT_TRUE(journal->setInstalled("app1", "lib/a", "1.0", "p"));
  ASSERT_TRUE(journal->setInstalled("app1", "lib", "3.0", "p"));
  ASSERT_TRUE(journal->setInstalled("app1", "lib/a", "2.0", "q"));
  EXPECT_EQ(journal->installed("app1", "lib/a").value(), "2.0");
  EXPECT_EQ(journal->installed("app1", "lib").value(), "3.0");
  EXPECT_EQ(journal->installed("app1/lib", "a").value(), "");
  ASSERT_TRUE(journal->setInstalled("app1", "lib/a", "", "q"));
  EXPECT_EQ(journal->installed("app1", "lib/a").value(), "");
  EXPECT_TRUE(journal->setInstalled("app1", "lib/a", "", "q"));
}

TEST_F(StateDirectoryTest, OneManagerAtATime) {
  auto first = StateLock::take(directory);
  ASSERT_TRUE(first);
  auto second = StateLock::take(directory);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find("pid " + std::to_string(::getpid())), std::string::npos)
      << second.error();
}

TEST_F(StateDirectoryTest, ADeadManagerHoldsNothing) {
  pid_t child = ::fork();
  if (child == 0) {
    auto lock = StateLock::take(directory);
    ::kill(::getpid(), SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(StateLock::take(directory));
}

TEST_F(StateDirectoryTest, SaysWhereItCannotBeOpened) {
  auto journal = Journal::open(directory + "/missing", Journal::Mode::ReadOnly);
  ASSERT_FALSE(journal);
  EXPECT_NE(journal.error().find("missing/journal.sqlite"), std::string::npos);
}

} // namespace
