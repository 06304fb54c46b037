//===- EtcdJournalTest.cpp ------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What a journal in etcd has to keep beyond the contract (JournalTest.cpp): with a
// real etcd, managers that are stopped, answers that are lost.
//
//===----------------------------------------------------------------------===//
#include "agent/journal/EtcdJournal.h"

#include "agent/etcd/Leadership.h"
#include "agent/etcd/testing/EtcdServer.h"
#include "agent/etcd/testing/LossyProxy.h"
#include "agent/journal/EtcdRows.h"
#include "agent/journal/EventJson.h"
#include "agent/journal/Store.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

using namespace ripple::agent;
using namespace ripple::agent::test;
using namespace std::chrono_literals;

namespace {

const core::Event begin{1, core::Begin{}};

PlanRow planRow(const std::string &id, std::string document = "{}") {
  return {id, "r", 1, "/p.json", std::move(document), "running", "t", "", ""};
}

class EtcdJournalTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_TRUE(server.awaitReady()) << server.log();
    own = std::move(EtcdClient::make(server.config()).value());
  }

  /// A manager that leads from now on, whoever did before.
  std::int64_t lead(const std::string &name) {
    LeaderInfo info{.name = name, .url = "http://" + name, .pid = 7};
    own->txn({{}, {{Operation::Kind::Delete, "/ripple/leader", {}, {}, 0}}, {}}).value();
    return own->txn({{}, {{Operation::Kind::Put, "/ripple/leader", writeLeader(info), {}, 0}}, {}})
        ->revision;
  }
  std::unique_ptr<Journal> journal(std::int64_t term) { return journal(term, server.config()); }
  static std::unique_ptr<Journal> journal(std::int64_t term, const EtcdConfig &config) {
    return std::make_unique<EtcdJournal>(std::move(EtcdClient::make(config).value()), "/ripple",
                                         Reign{term, nullptr});
  }
  std::size_t keysBelow(const std::string &folder) {
    std::string first = "/ripple/" + folder;
    return own->range({first, endOfPrefix(first), 0, true})->kvs.size();
  }

  EtcdServer server;
  std::unique_ptr<EtcdClient> own;
};

TEST_F(EtcdJournalTest, AManagerThatDoesNotLeadWritesNothingAndSaysWhoDoes) {
  auto old = journal(lead("m1"));
  ASSERT_TRUE(old->addPlan(planRow("p")));
  ASSERT_TRUE(old->record("p", begin, {}));
  lead("m2");
  // It believes that it leads: nothing here but etcd says that it does not.
  auto refused = old->record("p", begin, {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("is over and nothing was written: m2 (http://m2, pid 7"),
            std::string::npos)
      << refused.error();
  EXPECT_FALSE(old->addPlan(planRow("q")));
  EXPECT_FALSE(old->setPlanState("p", "done", true, ""));
  EXPECT_FALSE(old->setInstalled("app1", "pricing", "2", "p"));
  EXPECT_FALSE(old->nextTerm(0));
  EXPECT_EQ(old->events("p")->size(), 1U) << "it may still read";
  EXPECT_EQ(old->plans()->size(), 1U);
  EXPECT_EQ(old->installed("app1", "pricing").value(), "");

  own->txn({{}, {{Operation::Kind::Delete, "/ripple/leader", {}, {}, 0}}, {}}).value();
  auto nobody = old->record("p", begin, {});
  ASSERT_FALSE(nobody);
  EXPECT_NE(nobody.error().find("nobody leads now"), std::string::npos) << nobody.error();
}

TEST_F(EtcdJournalTest, TheNextLeaderGoesOnWhereTheLastOneWas) {
  std::int64_t before = 0;
  {
    auto first = journal(lead("m1"));
    ASSERT_TRUE(first->addPlan(planRow("p")));
    ASSERT_TRUE(first->record("p", begin, {{1, core::Seal{"t1"}}}));
    before = first->nextTerm(0).value();
    EXPECT_EQ(first->nextTerm(before).value(), before + 1);
  }
  std::int64_t term = lead("m2");
  auto second = journal(term);
  EXPECT_GT(second->nextTerm(0).value(), before + 1);
  EXPECT_GE(second->nextTerm(0).value(), term);
  ASSERT_TRUE(second->record("p", {2, core::Outcome{1, core::Outcome::Result::Lost, "", {}}}, {}));
  EXPECT_EQ(second->events("p")->size(), 2U);
  EXPECT_EQ(second->effects("p")->at(0).result, "lost");
}

TEST_F(EtcdJournalTest, AWriteWhoseAnswerIsLostIsMadeOnce) {
  LossyProxy proxy(server.port());
  EtcdConfig config = server.config();
  config.endpoints = {proxy.url()};
  auto lossy = journal(lead("m1"), config);
  ASSERT_TRUE(lossy->addPlan(planRow("p")));
  for (core::Millis i = 0; i < 20; ++i) {
    proxy.loseAnswers(static_cast<int>(i % 3)); // None, one, or the second try's, too.
    auto done = lossy->record("p", {i, core::PermitServer{fmt::format("app{}", i)}}, {});
    ASSERT_TRUE(done) << done.error();
  }
  EXPECT_GE(proxy.lost(), 15);
  auto events = lossy->events("p");
  ASSERT_TRUE(events) << events.error();
  ASSERT_EQ(events->size(), 20U);
  for (core::Millis i = 0; i < 20; ++i)
    EXPECT_EQ((*events)[i].nowMs, i);
  proxy.loseAnswers(1);
  auto term = lossy->nextTerm(100'000);
  ASSERT_TRUE(term) << term.error();
  EXPECT_EQ(*term, 100'001);
}

TEST_F(EtcdJournalTest, ASecondWriterOfTheSameTermIsFound) {
  std::int64_t term = lead("m1");
  auto one = journal(term), two = journal(term);
  ASSERT_TRUE(one->addPlan(planRow("p")));
  ASSERT_TRUE(one->record("p", begin, {}));
  ASSERT_TRUE(two->record("p", begin, {})) << "one after the other is all right";
  auto mixed = one->record("p", begin, {});
  ASSERT_FALSE(mixed);
  EXPECT_NE(mixed.error().find("something else writes under this manager's term"),
            std::string::npos)
      << mixed.error();
  EXPECT_EQ(two->events("p")->size(), 2U);
}

TEST_F(EtcdJournalTest, APlanOf20MegabytesIsWrittenInParts) {
  std::mt19937_64 random(1);
  std::string document = "{\"numbers\":[";
  while (document.size() < 20'000'000)
    document += fmt::format("{},", random());
  document += "0]}";
  auto store = journal(lead("m1"));
  auto begun = std::chrono::steady_clock::now();
  ASSERT_TRUE(store->addPlan(planRow("sha256:20", document)));
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  fmt::print("a plan of {:.1f} MB in {} parts: {:.2f} s\n",
             static_cast<double>(document.size()) / 1e6, keysBelow("parts/"), took.count());
  EXPECT_GE(keysBelow("parts/plans/sha256:20/"), 5U) << "else nothing is tried here";
  auto again = journal(lead("m2"))->plan("sha256:20");
  ASSERT_TRUE(again) << again.error();
  ASSERT_TRUE(*again);
  EXPECT_EQ((*again)->document, document);
  EXPECT_EQ(store->plans()->at(0).document, "") << "a list is without them";

  own->txn({{},
            {{Operation::Kind::Delete, "/ripple/parts/plans/sha256:20/" + keyNumber(3), {}, {}, 0}},
            {}})
      .value();
  auto damaged = store->plan("sha256:20");
  ASSERT_FALSE(damaged);
  EXPECT_NE(damaged.error().find("is missing"), std::string::npos) << damaged.error();
}

TEST_F(EtcdJournalTest, PartsThatNoRowMadeVisibleAreClearedAway) {
  auto first = journal(lead("m1"));
  ASSERT_TRUE(first->addPlan(planRow("kept", "text")));
  // Its writer was killed before the row.
  for (const char *key : {"parts/plans/lost/0000000000000000", "parts/plans/lost/0000000000000001",
                          "parts/events/kept/0000000000000009/0000000000000000"})
    own->txn({{}, {{Operation::Kind::Put, std::string("/ripple/") + key, "x", {}, 0}}, {}}).value();
  auto reader = std::make_unique<EtcdJournal>(std::move(EtcdClient::make(server.config()).value()),
                                              "/ripple", std::nullopt);
  EXPECT_FALSE(reader->plan("lost").value()) << "they are not seen";
  EXPECT_FALSE(reader->nextTerm(0)) << "who reads does not write";
  EXPECT_EQ(keysBelow("parts/"), 4U);
  auto second = journal(lead("m2"));
  ASSERT_TRUE(second->nextTerm(0));
  EXPECT_EQ(keysBelow("parts/"), 1U);
  EXPECT_EQ(second->plan("kept").value()->document, "text");
  ASSERT_TRUE(second->addPlan(planRow("lost", "again")));
  EXPECT_EQ(second->plan("lost").value()->document, "again");
}

TEST_F(EtcdJournalTest, AnEventOfAnySizeIsOneRecord) {
  auto store = journal(lead("m1"));
  ASSERT_TRUE(store->addPlan(planRow("p")));
  std::vector<core::Effect> effects;
  for (std::uint64_t i = 1; i <= 1000; ++i) // More operations than etcd takes at once.
    effects.push_back({i, core::Seal{fmt::format("t{}", i)}});
  ASSERT_TRUE(store->record("p", begin, effects));
  std::mt19937_64 random(1);
  core::RouterSeen seen{"edge", "1/2", {}, 4};
  for (int i = 0; i < 60'000; ++i)
    seen.servers.push_back({fmt::format("shop.{:x}", random()), fmt::format("app{:x}", random()),
                            false, true, random() % 99});
  ASSERT_TRUE(store->record("p", {2, seen}, {}));
  EXPECT_GE(keysBelow("parts/events/"), 2U) << "else nothing is tried here";
  ASSERT_TRUE(store->record("p", {3, core::Tick{}}, {}));
  auto events = store->events("p");
  ASSERT_TRUE(events) << events.error();
  ASSERT_EQ(events->size(), 3U);
  EXPECT_EQ(writeEvent((*events)[1]), writeEvent({2, seen}));
  EXPECT_EQ(store->effects("p")->size(), 1000U);
}

TEST_F(EtcdJournalTest, ReplaysManyEventsInPages) {
  auto store = journal(lead("m1"));
  constexpr core::Millis count = 1'500;
  auto begun = std::chrono::steady_clock::now();
  for (core::Millis i = 0; i < count; ++i)
    ASSERT_TRUE(store->record("p", {i, core::RouterLost{"edge", std::string(3'000, 'x')}}, {}));
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  fmt::print("{} records: {:.2f} ms each\n", count,
             took.count() * 1e3 / static_cast<double>(count));
  ASSERT_TRUE(store->record("other", begin, {}));
  auto events = store->events("p");
  ASSERT_TRUE(events) << events.error();
  ASSERT_EQ(events->size(), count);
  for (core::Millis i = 0; i < count; ++i)
    ASSERT_EQ((*events)[i].nowMs, i);

  own->txn({{}, {{Operation::Kind::Delete, "/ripple/events/p/" + keyNumber(77), {}, {}, 0}}, {}})
      .value();
  auto missing = store->events("p");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().find("event 77 of plan p is missing"), std::string::npos);
  own->txn({{}, {{Operation::Kind::Put, "/ripple/events/p/" + keyNumber(77), "{}", {}, 0}}, {}})
      .value();
  auto garbled = store->events("p");
  ASSERT_FALSE(garbled);
  EXPECT_NE(garbled.error().find("event 77 of plan p cannot be read"), std::string::npos);
}

TEST_F(EtcdJournalTest, SurvivesThatEtcdIsRestartedAndSaysThatItIsGone) {
  EtcdConfig config = server.config();
  config.timeout = 5s;
  auto store = journal(lead("m1"), config);
  ASSERT_TRUE(store->record("p", begin, {}));
  server.kill();
  server.start();
  ASSERT_TRUE(server.awaitReady());
  ASSERT_TRUE(store->record("p", begin, {}));
  server.kill();
  auto gone = store->record("p", begin, {});
  ASSERT_FALSE(gone);
  EXPECT_NE(gone.error().find("the journal in etcd (/ripple at " + server.url() + ")"),
            std::string::npos)
      << gone.error();
  EXPECT_NE(gone.error().find("Connection refused"), std::string::npos) << gone.error();
  server.start();
  ASSERT_TRUE(server.awaitReady());
  EXPECT_EQ(store->events("p")->size(), 2U);
  ASSERT_TRUE(store->record("p", begin, {})) << "it goes on when etcd is back";
  EXPECT_EQ(store->events("p")->size(), 3U);
}

TEST_F(EtcdJournalTest, RefusesAnotherLayout) {
  std::int64_t term = lead("m1");
  own->txn({{}, {{Operation::Kind::Put, "/ripple/layout", "2", {}, 0}}, {}}).value();
  auto written = journal(term)->nextTerm(0);
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().find("its layout is version 2, this Ripple knows 1"),
            std::string::npos);
  EXPECT_FALSE(journal(term)->plans());
  EXPECT_FALSE(journal(term)->record("p", begin, {}));
}

/// A whole manager: waits for its turn, then records an event whenever it is told to, and says
/// whether it could.
[[noreturn]] void manage(LeadershipConfig config, int in, int out) {
  std::mutex mutex;
  std::condition_variable told;
  std::int64_t term = 0;
  auto store = openStore(std::move(config), [&](const LeadershipView &view) {
    std::lock_guard lock(mutex);
    if (view.role == LeadershipView::Role::Leader)
      term = view.term;
    told.notify_all();
  });
  store->leadership->campaign();
  {
    std::unique_lock lock(mutex);
    told.wait(lock, [&] { return term != 0; });
  }
  auto journal = store->journal(term);
  char byte = 'L';
  do {
    (void)!::write(out, &byte, 1);
    if (::read(in, &byte, 1) != 1)
      ::_exit(0);
    byte = journal->record("p", begin, {}) ? 'Y' : 'N';
  } while (true);
}

TEST_F(EtcdJournalTest, APausedLeaderWakesUpAndWritesNothing) {
  LeadershipConfig config;
  config.etcd = server.config();
  config.poll = 50ms;
  config.self.name = "old";
  int down[2], up[2];
  ASSERT_EQ(::pipe(down), 0);
  ASSERT_EQ(::pipe(up), 0);
  pid_t old = ::fork();
  if (old == 0)
    manage(config, down[0], up[1]);
  auto hear = [&] {
    char byte = 0;
    return ::read(up[0], &byte, 1) == 1 ? byte : '-';
  };
  ASSERT_EQ(hear(), 'L');
  ASSERT_EQ(::write(down[1], "r", 1), 1);
  ASSERT_EQ(hear(), 'Y');
  ::kill(old, SIGSTOP);

  std::mutex mutex;
  std::condition_variable told;
  std::int64_t term = 0;
  config.self.name = "new";
  auto store = openStore(config, [&](const LeadershipView &view) {
    std::lock_guard lock(mutex);
    if (view.role == LeadershipView::Role::Leader)
      term = view.term;
    told.notify_all();
  });
  ASSERT_TRUE(store) << store.error();
  auto begun = std::chrono::steady_clock::now();
  store->leadership->campaign();
  {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(told.wait_for(lock, 30s, [&] { return term != 0; }));
  }
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  fmt::print("failover after SIGSTOP, lease of 3 s: {:.2f} s\n", took.count());
  auto journal = store->journal(term);
  ASSERT_TRUE(journal->record("p", begin, {}));

  ASSERT_EQ(::write(down[1], "r", 1), 1); // It finds this when it wakes up.
  ::kill(old, SIGCONT);
  EXPECT_EQ(hear(), 'N');
  EXPECT_EQ(store->reader()->events("p")->size(), 2U);
  EXPECT_TRUE(journal->record("p", begin, {}));
  EXPECT_EQ(findLeader(config.etcd, config.prefix).value()->name, "new");
  ::kill(old, SIGKILL);
  ::waitpid(old, nullptr, 0);
  for (int fd : {down[0], down[1], up[0], up[1]})
    ::close(fd);
  journal.reset();
  store->leadership->resign();
  EXPECT_FALSE(findLeader(config.etcd, config.prefix).value());
}

TEST(Store, RefusesPrefixesThatAreNone) {
  for (const char *wrong : {"", "/", "ripple", "/ripple/"})
    EXPECT_NE(refusedPrefix(wrong), "") << wrong;
  EXPECT_EQ(refusedPrefix("/ripple"), "");
  LeadershipConfig config;
  config.etcd.endpoints = {"http://127.0.0.1:1"};
  config.prefix = "ripple";
  EXPECT_FALSE(openStore(config, nullptr));
  EXPECT_FALSE(openReader(config.etcd, "ripple"));
}

} // namespace
