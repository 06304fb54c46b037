//===- Journal.h - What the manager must not forget -------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// One SQLite database (WAL, synchronous=FULL) in the state directory:
//
//   plans      what was carried out, with the plan's own text
//   events     those that changed the protocol's record, in order: replaying them
//              gives the record again
//   effects    each command: written before it is sent, its result after
//   installed  which version each finished task left on which server
//
// An event, the intents of the commands that follow from it, and the result that
// it brings are one transaction. Exceptions of the library end here.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_JOURNAL_JOURNAL_H
#define RIPPLE_AGENT_JOURNAL_JOURNAL_H

#include "agent/core/Effect.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace SQLite {
class Database;
}

namespace ripple::agent {

template <typename T> using JournalResult = tl::expected<T, std::string>;

struct PlanRow {
  std::string id;
  std::string run;      ///< Random; part of the ids of its actions, which agents never repeat.
  int protocol = 0;     ///< core::protocolVersion that its events were recorded with.
  std::string file;     ///< As it was named on the command line, made absolute.
  std::string document; ///< Its text.
  std::string state = "running"; ///< As in ripple.status.
  std::string started, ended;    ///< RFC 3339, UTC; `ended` "" while it is not over.
  std::string summary;           ///< What came of it, a line.
};

struct EffectRow {
  std::uint64_t id = 0;
  std::string what, issued, ended, result, message;
};

class Journal {
public:
  enum class Mode { Write, ReadOnly };
  /// The journal in DIRECTORY; made where it is missing, but for ReadOnly.
  static JournalResult<Journal> open(const std::string &directory, Mode mode);
  Journal(Journal &&) noexcept;
  ~Journal();

  /// Higher than any before and than SEEN; stored.
  JournalResult<std::int64_t> nextTerm(std::int64_t seen);

  JournalResult<void> addPlan(const PlanRow &row);
  JournalResult<void> setPlanState(const std::string &id, const std::string &state, bool over,
                                   const std::string &summary);
  JournalResult<std::optional<PlanRow>> plan(const std::string &id) const;
  /// The newest first; without their documents.
  JournalResult<std::vector<PlanRow>> plans() const;
  JournalResult<std::optional<PlanRow>> lastPlan() const;

  /// Records EVENT of PLAN and the commands among EFFECTS before they are sent.
  JournalResult<void> record(const std::string &plan, const core::Event &event,
                             const std::vector<core::Effect> &effects);
  JournalResult<std::vector<core::Event>> events(const std::string &plan) const;
  JournalResult<std::vector<EffectRow>> effects(const std::string &plan) const;

  /// COMPONENT is at VERSION on SERVER since PLAN; "" undoes that.
  JournalResult<void> setInstalled(const std::string &server, const std::string &component,
                                   const std::string &version, const std::string &plan);
  /// The version that a plan left there; "" where none did.
  JournalResult<std::string> installed(const std::string &server,
                                       const std::string &component) const;

private:
  explicit Journal(std::unique_ptr<SQLite::Database> database);
  std::unique_ptr<SQLite::Database> db;
};

/// Now, RFC 3339, UTC.
std::string timeStamp();

} // namespace ripple::agent

#endif
