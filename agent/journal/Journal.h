//===- Journal.h - What the manager must not forget -------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What was carried out, with each plan's own text; the events that changed the
// protocol's record, in order, so that replaying them gives the record again; each
// command, written before it is sent, with its result after; and which version each
// finished task left on which server.
//
// An event, the intents of the commands that follow from it, and the result that
// it brings are written together or not at all. Whoever writes does so on one thread.
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
  /// The journal of one manager in DIRECTORY (SqliteJournal.h); made where it is missing, but for
  /// ReadOnly.
  static JournalResult<std::unique_ptr<Journal>> open(const std::string &directory, Mode mode);
  virtual ~Journal() = default;
  Journal(const Journal &) = delete;
  Journal &operator=(const Journal &) = delete;

  /// Higher than any before and than SEEN; stored.
  virtual JournalResult<std::int64_t> nextTerm(std::int64_t seen) = 0;

  /// Fails where there is one of this id.
  virtual JournalResult<void> addPlan(const PlanRow &row) = 0;
  /// A plan that is "running" again is the newest from then on.
  virtual JournalResult<void> setPlanState(const std::string &id, const std::string &state,
                                           bool over, const std::string &summary) = 0;
  virtual JournalResult<std::optional<PlanRow>> plan(const std::string &id) const = 0;
  /// Lets go of the documents, events and effects of all but the newest KEEP plans (at least 1), as
  /// far as they are over. Their rows stay, with documents that are empty.
  virtual JournalResult<void> clear(std::size_t keep) = 0;
  /// The newest first; without their documents.
  virtual JournalResult<std::vector<PlanRow>> plans() const = 0;
  virtual JournalResult<std::optional<PlanRow>> lastPlan() const = 0;

  /// Records EVENT of PLAN and the commands among EFFECTS before they are sent.
  virtual JournalResult<void> record(const std::string &plan, const core::Event &event,
                                     const std::vector<core::Effect> &effects) = 0;
  virtual JournalResult<std::vector<core::Event>> events(const std::string &plan) const = 0;
  virtual JournalResult<std::vector<EffectRow>> effects(const std::string &plan) const = 0;

  /// COMPONENT is at VERSION on SERVER since PLAN; "" undoes that.
  virtual JournalResult<void> setInstalled(const std::string &server, const std::string &component,
                                           const std::string &version, const std::string &plan) = 0;
  /// The version that a plan left there; "" where none did.
  virtual JournalResult<std::string> installed(const std::string &server,
                                               const std::string &component) const = 0;

protected:
  Journal() = default;
};

/// Now, RFC 3339, UTC.
std::string timeStamp();

} // namespace ripple::agent

#endif
