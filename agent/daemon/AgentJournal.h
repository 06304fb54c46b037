//===- AgentJournal.h - What the agent must know after a crash ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//   term       the highest term of a manager
//   plans      statements of signed plans that were shown to this agent
//   tasks      which task holds which seal
//   actions    intent before, pid of what was started, outcome after
//   processes  who runs what: pid, start time, boot
//
// SQLite with a write-ahead log and synchronous=FULL: what a call has returned
// success for survives a crash and a power cut. Any thread may call.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_AGENTJOURNAL_H
#define RIPPLE_AGENT_DAEMON_AGENTJOURNAL_H

#include "agent/action/Action.h"

#include <cstdint>
#include <memory>
#include <mutex>

namespace SQLite {
class Database;
}

namespace ripple::agent {

template <typename T> using JournalResult = tl::expected<T, std::string>;

struct TaskRow {
  std::string plan, task;
  bool sealed = false;
  std::string seal;             ///< The command's `seal`, JSON.
  std::string restarted = "[]"; ///< Applications that it has restarted, JSON.
};

struct ActionRow {
  std::string id;
  std::string request; ///< The command, canonical JSON: to compare a repeated one, and to go on.
  ActionState state = ActionState::Running;
  std::string message;
  std::optional<int> exit;
  ProcessIdentity child; ///< What it started last; pid 0 where nothing was.
  unsigned attempts = 1; ///< How often it was begun.
};

class AgentJournal {
public:
  /// Opens or makes FILE.
  static JournalResult<std::unique_ptr<AgentJournal>> open(const std::string &file);
  ~AgentJournal();

  JournalResult<std::uint64_t> term();
  JournalResult<void> setTerm(std::uint64_t term);

  /// The statements of signed plans, in the order in which they were put.
  JournalResult<std::vector<std::string>> signedPlans();
  /// Keeps STATEMENT of PLAN, and of earlier ones those that a task is known of.
  JournalResult<void> putSignedPlan(const std::string &plan, const std::string &statement);

  JournalResult<std::vector<TaskRow>> tasks();
  JournalResult<void> putTask(const TaskRow &task);
  JournalResult<void> removeTask(const std::string &plan, const std::string &task);

  JournalResult<std::optional<ActionRow>> action(const std::string &id);
  /// Those in state Running, in the order in which they came.
  JournalResult<std::vector<ActionRow>> unfinishedActions();
  JournalResult<void> putAction(const ActionRow &action);
  /// Keeps the newest KEEP of the actions that have ended.
  JournalResult<void> pruneActions(unsigned keep);

  JournalResult<std::map<std::string, ProcessIdentity>> processes();
  JournalResult<void> putProcess(const std::string &name, const ProcessIdentity &process);
  JournalResult<void> removeProcess(const std::string &name);

private:
  explicit AgentJournal(std::unique_ptr<SQLite::Database> database);
  template <typename Work> auto guarded(Work work) -> JournalResult<decltype(work())>;

  std::mutex Mutex;
  std::unique_ptr<SQLite::Database> Database;
};

} // namespace ripple::agent

#endif
