//===- PlanDoorTest.cpp - What this agent carries out ---------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/PlanDoor.h"

#include "model/testing/Keys.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <functional>
#include <gmock/gmock.h>

using namespace ripple;
using namespace ripple::agent;
using testing::HasSubstr;

namespace {

constexpr const char *Future = "9999-01-01T00:00:00Z", *Past = "2000-01-01T00:00:00Z";

class PlanDoorTest : public testing::Test {
protected:
  void SetUp() override {
    Keys.make("alice");
    Keys.make("bob");
    Keys.make("mallory");
    Config.server = "app1";
    Config.signedPlans = {"production", {Keys.path("alice.pem"), Keys.path("bob.pem")}};
    restart();
  }

  void restart() {
    Door.reset();
    Journal.reset();
    auto opened = AgentJournal::open(Keys.path("journal.db"));
    ASSERT_TRUE(opened) << opened.error();
    Journal = std::move(*opened);
    Door = std::make_unique<PlanDoor>(Config, *Journal);
    auto begun = Door->begin();
    ASSERT_TRUE(begun) << begun.error();
  }

  static model::Statement statement(const std::string &plan, std::int64_t number,
                                    const std::string &expires = Future) {
    model::Upgrade upgrade;
    upgrade.component = "pricing";
    upgrade.from = "1.0.0";
    upgrade.to = "1.1.0";
    upgrade.restart = model::RestartDomain::Plugin;
    upgrade.install = {model::PluginAction{"pricing", "pricing-1.1.0.so"}};
    upgrade.check = {"/usr/bin/check"};
    upgrade.rollback = {model::PluginAction{"pricing", "pricing-1.0.0.so"}};
    return {plan, {"app1"}, {upgrade}, {"production", number, expires, "", ""}};
  }

  std::string signedBy(const std::string &name, model::Statement statement) const {
    auto key = model::Key::readPrivate(Keys.path(name + ".key"));
    EXPECT_TRUE(key->sign(statement));
    return writeStatement(statement);
  }

  /// "" where it is taken.
  std::string show(const std::string &document, bool dryRun = false) const {
    auto shown = Door->show(document, dryRun);
    return shown ? "" : shown.error().error;
  }
  std::string drain(const std::string &plan, bool known = false) const {
    auto may = Door->mayDrain(plan, known);
    return may ? "" : may.error().error;
  }

  static ActionRequest install(const std::string &plan) {
    ActionRequest action;
    action.plan = plan;
    action.task = "t1";
    action.kind = ActionKind::Install;
    action.component = "pricing";
    action.version = "1.1.0";
    action.from = "1.0.0";
    action.action = model::PluginAction{"pricing", "pricing-1.1.0.so"};
    return action;
  }
  std::string act(const ActionRequest &action, bool known = true) const {
    auto may = Door->mayAct(action, known);
    return may ? "" : may.error().error;
  }

  model::testing::Keys Keys;
  model::AgentConfig Config;
  std::unique_ptr<AgentJournal> Journal;
  std::unique_ptr<PlanDoor> Door;
};

TEST_F(PlanDoorTest, WithoutKeysEverythingIsCarriedOut) {
  Config.signedPlans.reset();
  restart();
  EXPECT_EQ(drain("p"), "");
  EXPECT_EQ(act(install("p")), "");
  EXPECT_EQ(show("anything"), "");
}

TEST_F(PlanDoorTest, NothingBeginsThatWasNotShown) {
  auto may = Door->mayDrain("p", false);
  ASSERT_FALSE(may);
  EXPECT_EQ(may.error().kind, DoorRefusal::Kind::NeedsStatement);
  EXPECT_THAT(act(install("p")), HasSubstr("signed plans only"));
  EXPECT_EQ(show(signedBy("bob", statement("p", 1))), "");
  EXPECT_EQ(drain("p"), "");
  EXPECT_EQ(act(install("p")), "");
  restart();
  EXPECT_EQ(drain("p"), "") << "it is in the journal";
  EXPECT_EQ(act(install("p")), "");
}

TEST_F(PlanDoorTest, ADryRunTakesNothing) {
  EXPECT_EQ(show(signedBy("bob", statement("p", 1)), true), "");
  EXPECT_NE(drain("p"), "");
  EXPECT_THAT(show(signedBy("bob", statement("p", 1, Past)), true), HasSubstr("has expired"));
}

TEST_F(PlanDoorTest, ForgedPlansAreRefused) {
  EXPECT_THAT(show(signedBy("mallory", statement("p", 1))), HasSubstr("not among those"));
  std::string changed = signedBy("alice", statement("p", 1));
  changed.replace(changed.find("pricing-1.1.0.so"), 16, "pricing-6.6.6.so");
  EXPECT_THAT(show(changed), HasSubstr("somebody has changed"));
  EXPECT_NE(show("{}"), "");
  EXPECT_NE(show(writeStatement(statement("p", 1))), "");
  model::Statement elsewhere = statement("p", 1);
  elsewhere.signature.cluster = "test";
  EXPECT_THAT(show(signedBy("alice", elsewhere)), HasSubstr("cluster test"));
  EXPECT_NE(drain("p"), "");
}

TEST_F(PlanDoorTest, ExpiredPlansDoNotBegin) {
  EXPECT_THAT(show(signedBy("alice", statement("p", 1, Past))), HasSubstr("has expired"));
  EXPECT_NE(drain("p"), "");
}

// Bug: an agent that had seen a plan never asked for the signature that made it good again.
TEST_F(PlanDoorTest, APlanThatHasExpiredIsAskedForAnew) {
  ASSERT_TRUE(Journal->putSignedPlan("p", signedBy("alice", statement("p", 1, Past))));
  restart();
  auto may = Door->mayDrain("p", false);
  ASSERT_FALSE(may);
  EXPECT_THAT(may.error().error, HasSubstr("has expired"));
  EXPECT_EQ(may.error().kind, DoorRefusal::Kind::NeedsStatement);
  EXPECT_EQ(show(signedBy("alice", statement("p", 1, Past))), "") << "it is known";
  EXPECT_NE(drain("p"), "") << "and no better for that";
  EXPECT_EQ(show(signedBy("alice", statement("p", 2))), "");
  EXPECT_EQ(drain("p"), "");
  EXPECT_EQ(act(install("p"), false), "");
}

TEST_F(PlanDoorTest, OlderPlansAreNotPlayedAgain) {
  const std::string old = signedBy("alice", statement("old", 6));
  EXPECT_EQ(show(old), "");
  EXPECT_EQ(show(signedBy("alice", statement("new", 7))), "");
  EXPECT_THAT(show(old), HasSubstr("older than what was carried out here"));
  EXPECT_THAT(show(signedBy("alice", statement("other", 7))), HasSubstr("the same number 7"));
  EXPECT_EQ(show(signedBy("alice", statement("new", 7))), "") << "the same again";
  EXPECT_EQ(drain("new"), "");
  EXPECT_NE(drain("old"), "");
  restart();
  EXPECT_THAT(show(old), HasSubstr("older"));
  EXPECT_EQ(drain("new"), "");
}

TEST_F(PlanDoorTest, WhatHasBegunIsFinished) {
  ASSERT_EQ(show(signedBy("alice", statement("old", 6))), "");
  ASSERT_TRUE(Journal->putTask({"old", "t1", true, "{}", "[]"}));
  ASSERT_EQ(show(signedBy("alice", statement("new", 7))), "");
  restart();
  ActionRequest back = install("old");
  back.kind = ActionKind::Rollback;
  std::swap(back.version, back.from);
  back.action = model::PluginAction{"pricing", "pricing-1.0.0.so"};
  EXPECT_EQ(act(back, true), "") << "its task is known";
  EXPECT_NE(act(back, false), "");
  EXPECT_EQ(drain("old", true), "");
}

TEST_F(PlanDoorTest, AKeyThatIsTakenAwayReleasesNothing) {
  std::filesystem::remove(Keys.path("alice.pem"));
  EXPECT_THAT(show(signedBy("alice", statement("p", 1))), HasSubstr("not among those"));
  EXPECT_EQ(show(signedBy("bob", statement("p", 1))), "");
}

TEST_F(PlanDoorTest, OnlyWhatThePlanSaysIsDone) {
  ASSERT_EQ(show(signedBy("alice", statement("p", 1))), "");
  const std::function<void(ActionRequest &)> changes[] = {
      [](ActionRequest &a) { a.action = model::PluginAction{"pricing", "pricing-6.6.6.so"}; },
      [](ActionRequest &a) { a.action = model::RunAction{{"/bin/sh", "-c", "true"}}; },
      [](ActionRequest &a) { a.action.reset(); },
      [](ActionRequest &a) { a.component = "catalog"; },
      [](ActionRequest &a) { a.version = "6.6.6"; },
      [](ActionRequest &a) { a.from = "0.9"; },
      [](ActionRequest &a) { a.kind = ActionKind::Rollback; },
      [](ActionRequest &a) { a.kind = ActionKind::Restart; },
      [](ActionRequest &a) { a.digests = {{"pricing-1.1.0.so", "sha256:00"}}; },
      [](ActionRequest &a) { a.unsealed = true; },
      [](ActionRequest &a) { a.unsealed = a.phaseIn = true; },
      [](ActionRequest &a) {
        a.kind = ActionKind::Check;
        a.action = model::RunAction{{"/bin/sh"}};
      },
  };
  for (std::size_t i = 0; i < std::size(changes); ++i) {
    ActionRequest action = install("p");
    changes[i](action);
    EXPECT_NE(act(action), "") << "change " << i;
  }
  ActionRequest check = install("p");
  check.kind = ActionKind::Check;
  check.action = model::RunAction{{"/usr/bin/check"}};
  EXPECT_EQ(act(check), "");
  check.action.reset();
  EXPECT_EQ(act(check), "") << "the agent's own check";
}

TEST_F(PlanDoorTest, DigestsAreNotLeftOut) {
  model::Statement own = statement("p", 1);
  own.upgrades[0].digests = {{"pricing-1.1.0.so", "sha256:" + model::sha256("x")}};
  ASSERT_EQ(show(signedBy("alice", own)), "");
  ActionRequest action = install("p");
  EXPECT_THAT(act(action), HasSubstr("other digests"));
  action.digests = own.upgrades[0].digests;
  EXPECT_EQ(act(action), "");
}

TEST_F(PlanDoorTest, OnlyOnTheServersOfThePlan) {
  model::Statement other = statement("p", 1);
  other.servers = {"app2"};
  ASSERT_EQ(show(signedBy("alice", other)), "");
  EXPECT_THAT(act(install("p")), HasSubstr("nothing to do on app1"));
  other = statement("q", 2);
  other.upgrades[0].servers = {"app2"};
  ASSERT_EQ(show(signedBy("alice", other)), "");
  EXPECT_THAT(act(install("q")), HasSubstr("does not upgrade pricing on app1"));
}

// Journals of before are taken over.
TEST_F(PlanDoorTest, AnOlderJournalGetsTheTable) {
  Door.reset();
  Journal.reset();
  SQLite::Database(Keys.path("journal.db"), SQLite::OPEN_READWRITE)
      .exec("DROP TABLE signed_plan; PRAGMA user_version = 1");
  restart();
  EXPECT_EQ(show(signedBy("alice", statement("p", 1))), "");
}

} // namespace
