//===- SqliteJournal.h - The journal of one manager -------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// One SQLite database (WAL, synchronous=FULL) in the state directory, with a table
// for each kind of row: plans, events, effects, installed. A `record` is one
// transaction. Exceptions of the library end here.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_JOURNAL_SQLITEJOURNAL_H
#define RIPPLE_AGENT_JOURNAL_SQLITEJOURNAL_H

#include "agent/journal/Journal.h"

namespace SQLite {
class Database;
}

namespace ripple::agent {

class SqliteJournal final : public Journal {
public:
  /// As `Journal::open`.
  static JournalResult<std::unique_ptr<Journal>> open(const std::string &directory, Mode mode);
  ~SqliteJournal() override;

  JournalResult<std::int64_t> nextTerm(std::int64_t seen) override;
  JournalResult<void> addPlan(const PlanRow &row) override;
  JournalResult<void> setPlanState(const std::string &id, const std::string &state, bool over,
                                   const std::string &summary) override;
  JournalResult<void> clear(std::size_t keep) override;
  JournalResult<std::optional<PlanRow>> plan(const std::string &id) const override;
  JournalResult<std::vector<PlanRow>> plans() const override;
  JournalResult<std::optional<PlanRow>> lastPlan() const override;
  JournalResult<void> record(const std::string &plan, const core::Event &event,
                             const std::vector<core::Effect> &effects) override;
  JournalResult<std::vector<core::Event>> events(const std::string &plan) const override;
  JournalResult<std::vector<EffectRow>> effects(const std::string &plan) const override;
  JournalResult<void> setInstalled(const std::string &server, const std::string &component,
                                   const std::string &version, const std::string &plan) override;
  JournalResult<std::string> installed(const std::string &server,
                                       const std::string &component) const override;

private:
  explicit SqliteJournal(std::unique_ptr<SQLite::Database> database);
  std::unique_ptr<SQLite::Database> db;
};

} // namespace ripple::agent

#endif
