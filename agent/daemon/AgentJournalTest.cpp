//===- AgentJournalTest.cpp - What survives --------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/AgentJournal.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

using namespace ripple::agent;
using testing::HasSubstr;

namespace {

class AgentJournalTest : public testing::Test {
protected:
  void SetUp() override {
    char name[] = "/tmp/ripple-journal-XXXXXX";
    Folder = ::mkdtemp(name);
    File = Folder + "/journal.db";
    reopen();
  }
  void TearDown() override {
    Journal.reset();
    std::filesystem::remove_all(Folder);
  }
  void reopen() {
    Journal.reset();
    auto opened = AgentJournal::open(File);
    ASSERT_TRUE(opened) << opened.error();
    Journal = std::move(*opened);
  }

  std::string Folder, File;
  std::unique_ptr<AgentJournal> Journal;
};

TEST_F(AgentJournalTest, KeepsTermTasksActionsAndProcesses) {
  EXPECT_EQ(*Journal->term(), 0U);
  ASSERT_TRUE(Journal->setTerm(7));
  ASSERT_TRUE(Journal->putTask({"p", "t1", true, "{}", "[\"shop\"]"}));
  ASSERT_TRUE(Journal->putProcess("shop", {42, 99, "boot"}));
  ActionRow action;
  action.id = "a";
  action.request = "{}";
  action.child = {43, 100, "boot"};
  ASSERT_TRUE(Journal->putAction(action));
  reopen();
  EXPECT_EQ(*Journal->term(), 7U);
  ASSERT_EQ(Journal->tasks()->size(), 1U);
  EXPECT_TRUE(Journal->tasks()->front().sealed);
  EXPECT_EQ(Journal->tasks()->front().restarted, "[\"shop\"]");
  EXPECT_EQ(Journal->processes()->at("shop"), (ProcessIdentity{42, 99, "boot"}));
  ASSERT_EQ(Journal->unfinishedActions()->size(), 1U);
  EXPECT_EQ(Journal->unfinishedActions()->front().child, action.child);
}

TEST_F(AgentJournalTest, AnActionChangesItsStateAndKeepsItsRequest) {
  ActionRow action;
  action.id = "a";
  action.request = "first";
  ASSERT_TRUE(Journal->putAction(action));
  action.request = "second";
  action.state = ActionState::Failed;
  action.message = "no";
  action.exit = 3;
  ASSERT_TRUE(Journal->putAction(action));
  auto found = Journal->action("a");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->request, "first");
  EXPECT_EQ((*found)->state, ActionState::Failed);
  EXPECT_EQ((*found)->exit, 3);
  EXPECT_TRUE(Journal->unfinishedActions()->empty());
  EXPECT_FALSE(*Journal->action("b"));
}

TEST_F(AgentJournalTest, AnActionInAStateThatThereIsNotIsRefused) {
  ActionRow action;
  action.id = "a";
  ASSERT_TRUE(Journal->putAction(action));
  SQLite::Database(File, SQLite::OPEN_READWRITE).exec("UPDATE action SET state = 9");
  EXPECT_THAT(Journal->action("a").error(), HasSubstr("action a has state 9, which there is not"));
}

TEST_F(AgentJournalTest, PruningKeepsTheNewestAndAllThatRun) {
  for (int i = 0; i < 10; ++i) {
    ActionRow action;
    action.id = std::to_string(i);
    action.state = i == 0 ? ActionState::Running : ActionState::Done;
    ASSERT_TRUE(Journal->putAction(action));
  }
  ASSERT_TRUE(Journal->pruneActions(3));
  EXPECT_TRUE(*Journal->action("0"));
  EXPECT_FALSE(*Journal->action("6"));
  EXPECT_TRUE(*Journal->action("7"));
}

TEST_F(AgentJournalTest, RemovedTasksAndProcessesAreGone) {
  ASSERT_TRUE(Journal->putTask({"p", "t1", true, "{}", "[]"}));
  ASSERT_TRUE(Journal->putTask({"p", "t2", false, "{}", "[]"}));
  ASSERT_TRUE(Journal->removeTask("p", "t1"));
  ASSERT_TRUE(Journal->removeTask("q", "t2"));
  ASSERT_EQ(Journal->tasks()->size(), 1U);
  EXPECT_EQ(Journal->tasks()->front().task, "t2");
  ASSERT_TRUE(Journal->putProcess("shop", {42, 99, "boot"}));
  ASSERT_TRUE(Journal->removeProcess("shop"));
  EXPECT_TRUE(Journal->processes()->empty());
}

TEST_F(AgentJournalTest, IsWrittenThroughBeforeACallReturns) {
  SQLite::Database other(File, SQLite::OPEN_READONLY);
  EXPECT_EQ(other.execAndGet("PRAGMA journal_mode").getString(), "wal");
  ASSERT_TRUE(Journal->setTerm(9));
  EXPECT_EQ(other.execAndGet("SELECT value FROM term").getInt(), 9);
}

TEST_F(AgentJournalTest, WhatIsNoJournalIsNamed) {
  Journal.reset();
  std::ofstream(File, std::ios::trunc)
      << "this is no database, and long enough to be read as one " << std::string(4096, 'x');
  EXPECT_THAT(AgentJournal::open(File).error(), HasSubstr(File));
  EXPECT_THAT(AgentJournal::open(Folder + "/no/journal.db").error(), HasSubstr("unable to open"));
}

TEST_F(AgentJournalTest, ANewerLayoutIsRefused) {
  Journal.reset();
  SQLite::Database(File, SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99");
  EXPECT_THAT(AgentJournal::open(File).error(), HasSubstr("newer ripple-agent"));
}

TEST_F(AgentJournalTest, AFailureIsAnErrorAndNoException) {
  SQLite::Database(File, SQLite::OPEN_READWRITE).exec("DROP TABLE action");
  EXPECT_THAT(Journal->putAction({}).error(), HasSubstr("no such table"));
  EXPECT_FALSE(Journal->action("a"));
}

} // namespace
