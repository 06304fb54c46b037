//===- AgentJournal.cpp - What the agent must know after a crash ----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/AgentJournal.h"

#include "agent/failpoint/Failpoint.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

using namespace ripple::agent;

namespace {

constexpr int LayoutVersion = 2;

constexpr const char *Layout = R"(
CREATE TABLE term (only INTEGER PRIMARY KEY CHECK (only = 1), value INTEGER NOT NULL);
INSERT INTO term VALUES (1, 0);
CREATE TABLE task (plan TEXT NOT NULL, task TEXT NOT NULL, sealed INTEGER NOT NULL,
                   seal TEXT NOT NULL, restarted TEXT NOT NULL, PRIMARY KEY (plan, task));
CREATE TABLE action (sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
                     request TEXT NOT NULL, state INTEGER NOT NULL, message TEXT NOT NULL,
                     exit INTEGER, pid INTEGER NOT NULL, start INTEGER NOT NULL,
                     boot TEXT NOT NULL, attempts INTEGER NOT NULL);
CREATE TABLE process (name TEXT PRIMARY KEY, pid INTEGER NOT NULL, start INTEGER NOT NULL,
                      boot TEXT NOT NULL);
)";

/// What version 2 has beside version 1.
constexpr const char *SignedPlans = R"(
CREATE TABLE signed_plan (sequence INTEGER PRIMARY KEY AUTOINCREMENT, plan TEXT NOT NULL UNIQUE,
                          statement TEXT NOT NULL);
PRAGMA user_version = 2;
)";

constexpr const char *ActionColumns =
    "id, request, state, message, exit, pid, start, boot, attempts";

ProcessIdentity identityAt(SQLite::Statement &row, int column) {
  return {static_cast<pid_t>(row.getColumn(column).getInt64()),
          static_cast<std::uint64_t>(row.getColumn(column + 1).getInt64()),
          row.getColumn(column + 2).getString()};
}

ActionRow actionAt(SQLite::Statement &row) {
  ActionRow action;
  action.id = row.getColumn(0).getString();
  action.request = row.getColumn(1).getString();
  int state = row.getColumn(2).getInt();
  if (state < 0 || state > static_cast<int>(ActionState::Busy))
    throw SQLite::Exception(fmt::format("action {} has state {}, which there is not; was the file "
                                        "changed by hand?",
                                        action.id, state));
  action.state = static_cast<ActionState>(state);
  action.message = row.getColumn(3).getString();
  if (!row.getColumn(4).isNull())
    action.exit = row.getColumn(4).getInt();
  action.child = identityAt(row, 5);
  action.attempts = row.getColumn(8).getUInt();
  return action;
}

void bindIdentity(SQLite::Statement &statement, int index, const ProcessIdentity &process) {
  statement.bind(index, static_cast<std::int64_t>(process.pid));
  statement.bind(index + 1, static_cast<std::int64_t>(process.startTime));
  statement.bind(index + 2, process.bootId);
}

} // namespace

AgentJournal::AgentJournal(std::unique_ptr<SQLite::Database> database)
    : Database(std::move(database)) {}
AgentJournal::~AgentJournal() = default;

template <typename Work> auto AgentJournal::guarded(Work work) -> JournalResult<decltype(work())> {
  std::lock_guard lock(Mutex);
  try {
    if constexpr (std::is_void_v<decltype(work())>) {
      work();
      return {};
    } else {
      return work();
    }
  } catch (const SQLite::Exception &error) {
    return tl::make_unexpected(
        fmt::format("the journal {}: {}", Database->getFilename(), error.what()));
  }
}

JournalResult<std::unique_ptr<AgentJournal>> AgentJournal::open(const std::string &file) {
  try {
    auto database = std::make_unique<SQLite::Database>(
        file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 5'000);
    database->exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    int version = database->execAndGet("PRAGMA user_version").getInt();
    if (version > LayoutVersion)
      return tl::make_unexpected(
          fmt::format("the journal {} was written by a newer ripple-agent (layout {}, this one "
                      "knows {})",
                      file, version, LayoutVersion));
    if (version < LayoutVersion) {
      SQLite::Transaction transaction(*database);
      if (version == 0)
        database->exec(Layout);
      database->exec(SignedPlans);
      transaction.commit();
    }
    return std::unique_ptr<AgentJournal>(new AgentJournal(std::move(database)));
  } catch (const SQLite::Exception &error) {
    return tl::make_unexpected(fmt::format("the journal {}: {}", file, error.what()));
  }
}

JournalResult<std::uint64_t> AgentJournal::term() {
  return guarded([&] {
    return static_cast<std::uint64_t>(Database->execAndGet("SELECT value FROM term").getInt64());
  });
}

JournalResult<void> AgentJournal::setTerm(std::uint64_t term) {
  return guarded([&] {
    SQLite::Statement statement(*Database, "UPDATE term SET value = ?");
    statement.bind(1, static_cast<std::int64_t>(term));
    failpoint("agent-before-write-term");
    statement.exec();
    failpoint("agent-after-write-term");
  });
}

JournalResult<std::vector<std::string>> AgentJournal::signedPlans() {
  return guarded([&] {
    std::vector<std::string> statements;
    SQLite::Statement row(*Database, "SELECT statement FROM signed_plan ORDER BY sequence");
    while (row.executeStep())
      statements.push_back(row.getColumn(0).getString());
    return statements;
  });
}

JournalResult<void> AgentJournal::putSignedPlan(const std::string &plan,
                                                const std::string &statement) {
  return guarded([&] {
    SQLite::Transaction transaction(*Database);
    Database->exec("DELETE FROM signed_plan WHERE plan NOT IN (SELECT plan FROM task)");
    SQLite::Statement put(*Database,
                          "INSERT OR REPLACE INTO signed_plan (plan, statement) VALUES (?, ?)");
    put.bind(1, plan);
    put.bind(2, statement);
    put.exec();
    failpoint("agent-before-write-plan");
    transaction.commit();
    failpoint("agent-after-write-plan");
  });
}

JournalResult<std::vector<TaskRow>> AgentJournal::tasks() {
  return guarded([&] {
    std::vector<TaskRow> rows;
    SQLite::Statement row(*Database,
                          "SELECT plan, task, sealed, seal, restarted FROM task ORDER BY 1, 2");
    while (row.executeStep())
      rows.push_back({row.getColumn(0).getString(), row.getColumn(1).getString(),
                      row.getColumn(2).getInt() != 0, row.getColumn(3).getString(),
                      row.getColumn(4).getString()});
    return rows;
  });
}

JournalResult<void> AgentJournal::putTask(const TaskRow &task) {
  return guarded([&] {
    SQLite::Statement statement(*Database, "INSERT OR REPLACE INTO task VALUES (?, ?, ?, ?, ?)");
    statement.bind(1, task.plan);
    statement.bind(2, task.task);
    statement.bind(3, task.sealed ? 1 : 0);
    statement.bind(4, task.seal);
    statement.bind(5, task.restarted);
    failpoint("agent-before-write-task");
    statement.exec();
    failpoint("agent-after-write-task");
  });
}

JournalResult<void> AgentJournal::removeTask(const std::string &plan, const std::string &task) {
  return guarded([&] {
    SQLite::Statement statement(*Database, "DELETE FROM task WHERE plan = ? AND task = ?");
    statement.bind(1, plan);
    statement.bind(2, task);
    failpoint("agent-before-remove-task");
    statement.exec();
    failpoint("agent-after-remove-task");
  });
}

JournalResult<std::optional<ActionRow>> AgentJournal::action(const std::string &id) {
  return guarded([&]() -> std::optional<ActionRow> {
    SQLite::Statement row(*Database,
                          fmt::format("SELECT {} FROM action WHERE id = ?", ActionColumns));
    row.bind(1, id);
    if (!row.executeStep())
      return std::nullopt;
    return actionAt(row);
  });
}

JournalResult<std::vector<ActionRow>> AgentJournal::unfinishedActions() {
  return guarded([&] {
    std::vector<ActionRow> rows;
    SQLite::Statement row(*Database, fmt::format("SELECT {} FROM action WHERE state = ? "
                                                 "ORDER BY sequence",
                                                 ActionColumns));
    row.bind(1, static_cast<int>(ActionState::Running));
    while (row.executeStep())
      rows.push_back(actionAt(row));
    return rows;
  });
}

JournalResult<void> AgentJournal::putAction(const ActionRow &action) {
  return guarded([&] {
    SQLite::Statement statement(
        *Database,
        fmt::format("INSERT INTO action ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
                    "ON CONFLICT (id) DO UPDATE SET state = excluded.state, "
                    "message = excluded.message, exit = excluded.exit, pid = excluded.pid, "
                    "start = excluded.start, boot = excluded.boot, attempts = excluded.attempts",
                    ActionColumns));
    statement.bind(1, action.id);
    statement.bind(2, action.request);
    statement.bind(3, static_cast<int>(action.state));
    statement.bind(4, action.message);
    if (action.exit)
      statement.bind(5, *action.exit);
    bindIdentity(statement, 6, action.child);
    statement.bind(9, action.attempts);
    failpoint("agent-before-write-action");
    statement.exec();
    failpoint("agent-after-write-action");
  });
}

JournalResult<void> AgentJournal::pruneActions(unsigned keep) {
  return guarded([&] {
    SQLite::Statement statement(*Database,
                                "DELETE FROM action WHERE state != ? AND sequence NOT IN "
                                "(SELECT sequence FROM action ORDER BY sequence DESC LIMIT ?)");
    statement.bind(1, static_cast<int>(ActionState::Running));
    statement.bind(2, keep);
    statement.exec();
  });
}

JournalResult<std::map<std::string, ProcessIdentity>> AgentJournal::processes() {
  return guarded([&] {
    std::map<std::string, ProcessIdentity> rows;
    SQLite::Statement row(*Database, "SELECT name, pid, start, boot FROM process");
    while (row.executeStep())
      rows[row.getColumn(0).getString()] = identityAt(row, 1);
    return rows;
  });
}

JournalResult<void> AgentJournal::putProcess(const std::string &name,
                                             const ProcessIdentity &process) {
  return guarded([&] {
    SQLite::Statement statement(*Database, "INSERT OR REPLACE INTO process VALUES (?, ?, ?, ?)");
    statement.bind(1, name);
    bindIdentity(statement, 2, process);
    failpoint("agent-before-write-process");
    statement.exec();
    failpoint("agent-after-write-process");
  });
}

JournalResult<void> AgentJournal::removeProcess(const std::string &name) {
  return guarded([&] {
    SQLite::Statement statement(*Database, "DELETE FROM process WHERE name = ?");
    statement.bind(1, name);
    statement.exec();
  });
}
