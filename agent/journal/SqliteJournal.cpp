//===- SqliteJournal.cpp - The journal of one manager ---------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/journal/SqliteJournal.h"

#include "agent/core/Describe.h"
#include "agent/journal/EventJson.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <fmt/format.h>

namespace ripple::agent {

namespace {

constexpr int schemaVersion = 1;

constexpr const char *schema = R"(
CREATE TABLE plans(id TEXT PRIMARY KEY, n INTEGER NOT NULL, run TEXT NOT NULL,
                   protocol INTEGER NOT NULL, file TEXT NOT NULL, document TEXT NOT NULL,
                   state TEXT NOT NULL, started TEXT NOT NULL, ended TEXT NOT NULL,
                   summary TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE events(plan TEXT NOT NULL, n INTEGER NOT NULL, at TEXT NOT NULL, event TEXT NOT NULL,
                    PRIMARY KEY(plan, n)) WITHOUT ROWID;
CREATE TABLE effects(plan TEXT NOT NULL, id INTEGER NOT NULL, what TEXT NOT NULL,
                     issued TEXT NOT NULL, ended TEXT NOT NULL DEFAULT '',
                     result TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '',
                     PRIMARY KEY(plan, id)) WITHOUT ROWID;
CREATE TABLE installed(server TEXT NOT NULL, component TEXT NOT NULL, version TEXT NOT NULL,
                       plan TEXT NOT NULL, PRIMARY KEY(server, component)) WITHOUT ROWID;
CREATE TABLE terms(term INTEGER NOT NULL);
INSERT INTO terms VALUES(0);
)";

/// Runs BODY; what the library throws becomes a message.
template <typename Body>
auto guarded(const SQLite::Database &db, Body body) -> JournalResult<decltype(body())> {
  try {
    if constexpr (std::is_void_v<decltype(body())>) {
      body();
      return {};
    } else {
      return body();
    }
  } catch (const SQLite::Exception &error) {
    return tl::unexpected(fmt::format("the journal {}: {}", db.getFilename(), error.what()));
  }
}

PlanRow readPlan(SQLite::Statement &row, bool document) {
  PlanRow plan;
  plan.id = row.getColumn("id").getString();
  plan.run = row.getColumn("run").getString();
  plan.protocol = row.getColumn("protocol").getInt();
  plan.file = row.getColumn("file").getString();
  plan.state = row.getColumn("state").getString();
  plan.started = row.getColumn("started").getString();
  plan.ended = row.getColumn("ended").getString();
  plan.summary = row.getColumn("summary").getString();
  if (document)
    plan.document = row.getColumn("document").getString();
  return plan;
}

template <typename... T> void run(SQLite::Database &db, const char *sql, const T &...values) {
  SQLite::Statement statement(db, sql);
  int position = 0;
  (statement.bind(++position, values), ...);
  statement.exec();
}

} // namespace

SqliteJournal::SqliteJournal(std::unique_ptr<SQLite::Database> database)
    : db(std::move(database)) {}

SqliteJournal::~SqliteJournal() = default;

JournalResult<std::unique_ptr<Journal>> SqliteJournal::open(const std::string &directory,
                                                            Mode mode) {
  std::string path = directory + "/journal.sqlite";
  try {
    int flags = mode == Mode::Write ? SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE
                                    : SQLite::OPEN_READWRITE; // WAL: readers touch the index too.
    auto db = std::make_unique<SQLite::Database>(path, flags, 5000);
    if (mode == Mode::Write) {
      db->exec("PRAGMA journal_mode=WAL");
      db->exec("PRAGMA synchronous=FULL");
    }
    int version = db->execAndGet("PRAGMA user_version").getInt();
    if (version == 0 && mode == Mode::Write) {
      SQLite::Transaction transaction(*db);
      db->exec(schema);
      db->exec(fmt::format("PRAGMA user_version={}", schemaVersion));
      transaction.commit();
    } else if (version != schemaVersion) {
      return tl::unexpected(fmt::format("{}: its layout is version {}, this Ripple knows {}; use "
                                        "the Ripple that wrote it, or another --state",
                                        path, version, schemaVersion));
    }
    return std::unique_ptr<Journal>(new SqliteJournal(std::move(db)));
  } catch (const SQLite::Exception &error) {
    return tl::unexpected(fmt::format("{}: {}", path, error.what()));
  }
}

JournalResult<std::int64_t> SqliteJournal::nextTerm(std::int64_t seen) {
  return guarded(*db, [&] {
    run(*db, "UPDATE terms SET term = max(term, ?) + 1", seen);
    return static_cast<std::int64_t>(db->execAndGet("SELECT term FROM terms").getInt64());
  });
}

JournalResult<void> SqliteJournal::addPlan(const PlanRow &row) {
  return guarded(*db, [&] {
    run(*db,
        "INSERT INTO plans VALUES(?, (SELECT coalesce(max(n), 0) + 1 FROM plans), ?, ?, ?, ?, ?, "
        "?, ?, ?)",
        row.id, row.run, row.protocol, row.file, row.document, row.state, row.started, row.ended,
        row.summary);
  });
}

JournalResult<void> SqliteJournal::setPlanState(const std::string &id, const std::string &state,
                                                bool over, const std::string &summary) {
  return guarded(*db, [&] {
    SQLite::Transaction transaction(*db);
    run(*db, "UPDATE plans SET state = ?, ended = ?, summary = ? WHERE id = ?", state,
        over ? timeStamp() : std::string(), summary, id);
    if (state == "running")
      run(*db,
          "UPDATE plans SET n = (SELECT max(n) + 1 FROM plans) WHERE id = ? AND n < (SELECT max(n) "
          "FROM plans)",
          id);
    transaction.commit();
  });
}

JournalResult<void> SqliteJournal::clear(std::size_t keep) {
  return guarded(*db, [&] {
    SQLite::Transaction transaction(*db);
    std::vector<std::string> old;
    {
      SQLite::Statement query(*db, "SELECT id, state FROM plans ORDER BY n DESC LIMIT -1 OFFSET ?");
      query.bind(1, static_cast<std::int64_t>(std::max<std::size_t>(keep, 1)));
      while (query.executeStep())
        if (query.getColumn("state").getString() != "running")
          old.push_back(query.getColumn("id").getString());
    }
    for (const std::string &id : old) {
      run(*db, "DELETE FROM events WHERE plan = ?", id);
      run(*db, "DELETE FROM effects WHERE plan = ?", id);
      run(*db, "UPDATE plans SET document = '' WHERE id = ? AND document != ''", id);
    }
    transaction.commit();
  });
}

JournalResult<std::optional<PlanRow>> SqliteJournal::plan(const std::string &id) const {
  return guarded(*db, [&]() -> std::optional<PlanRow> {
    SQLite::Statement query(*db, "SELECT * FROM plans WHERE id = ?");
    query.bind(1, id);
    return query.executeStep() ? std::optional(readPlan(query, true)) : std::nullopt;
  });
}

JournalResult<std::vector<PlanRow>> SqliteJournal::plans() const {
  return guarded(*db, [&] {
    std::vector<PlanRow> rows;
    SQLite::Statement query(*db, "SELECT * FROM plans ORDER BY n DESC");
    while (query.executeStep())
      rows.push_back(readPlan(query, false));
    return rows;
  });
}

JournalResult<std::optional<PlanRow>> SqliteJournal::lastPlan() const {
  return guarded(*db, [&]() -> std::optional<PlanRow> {
    SQLite::Statement query(*db, "SELECT * FROM plans ORDER BY n DESC LIMIT 1");
    return query.executeStep() ? std::optional(readPlan(query, true)) : std::nullopt;
  });
}

JournalResult<void> SqliteJournal::record(const std::string &plan, const core::Event &event,
                                          const std::vector<core::Effect> &effects) {
  return guarded(*db, [&] {
    SQLite::Transaction transaction(*db);
    std::string now = timeStamp();
    run(*db,
        "INSERT INTO events VALUES(?1, (SELECT coalesce(max(n), 0) + 1 FROM events WHERE plan = "
        "?1), ?2, ?3)",
        plan, now, writeEvent(event));
    if (auto *outcome = std::get_if<core::Outcome>(&event.kind))
      run(*db, "UPDATE effects SET ended = ?, result = ?, message = ? WHERE plan = ? AND id = ?",
          now, std::string(core::toString(outcome->result)), outcome->message, plan,
          static_cast<std::int64_t>(outcome->effect));
    for (const core::Effect &effect : effects)
      if (effect.id)
        run(*db, "INSERT OR IGNORE INTO effects(plan, id, what, issued) VALUES(?, ?, ?, ?)", plan,
            static_cast<std::int64_t>(effect.id), core::describe(effect), now);
    transaction.commit();
  });
}

JournalResult<std::vector<core::Event>> SqliteJournal::events(const std::string &plan) const {
  auto texts = guarded(*db, [&] {
    std::vector<std::string> rows;
    SQLite::Statement query(*db, "SELECT event FROM events WHERE plan = ? ORDER BY n");
    query.bind(1, plan);
    while (query.executeStep())
      rows.push_back(query.getColumn(0).getString());
    return rows;
  });
  if (!texts)
    return tl::unexpected(texts.error());
  std::vector<core::Event> events;
  for (const std::string &text : *texts) {
    auto event = parseEvent(text);
    if (!event)
      return tl::unexpected(fmt::format("the journal {}: event {} of plan {} cannot be read",
                                        db->getFilename(), events.size() + 1, plan));
    events.push_back(std::move(*event));
  }
  return events;
}

JournalResult<std::vector<EffectRow>> SqliteJournal::effects(const std::string &plan) const {
  return guarded(*db, [&] {
    std::vector<EffectRow> rows;
    SQLite::Statement query(*db, "SELECT id, what, issued, ended, result, message FROM effects "
                                 "WHERE plan = ? ORDER BY id");
    query.bind(1, plan);
    while (query.executeStep())
      rows.push_back({static_cast<std::uint64_t>(query.getColumn(0).getInt64()),
                      query.getColumn(1).getString(), query.getColumn(2).getString(),
                      query.getColumn(3).getString(), query.getColumn(4).getString(),
                      query.getColumn(5).getString()});
    return rows;
  });
}

JournalResult<void> SqliteJournal::setInstalled(const std::string &server,
                                                const std::string &component,
                                                const std::string &version,
                                                const std::string &plan) {
  return guarded(*db, [&] {
    if (version.empty())
      run(*db, "DELETE FROM installed WHERE server = ? AND component = ?", server, component);
    else
      run(*db, "INSERT OR REPLACE INTO installed VALUES(?, ?, ?, ?)", server, component, version,
          plan);
  });
}

JournalResult<std::string> SqliteJournal::installed(const std::string &server,
                                                    const std::string &component) const {
  return guarded(*db, [&]() -> std::string {
    SQLite::Statement query(*db,
                            "SELECT version FROM installed WHERE server = ? AND component = ?");
    query.bind(1, server);
    query.bind(2, component);
    return query.executeStep() ? query.getColumn(0).getString() : std::string();
  });
}

} // namespace ripple::agent
