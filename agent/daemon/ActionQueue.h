//===- ActionQueue.h - Actions, one after the other ---------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//   submit -> intent in the journal -> (queue) -> carried out -> outcome in the journal
//
// What blocks runs on a thread of its own; restarts run on the loop, by the
// supervisor. After a crash `recover` finds out what became of what had begun:
//
//   its program still runs            wait for it, or end it at its limit, then:
//   nothing was started, or what was  carry it out (again)
//     started is safe to repeat
//   the wanted version is installed   done
//   the old version is installed      carry it out again
//   anything else                     unknown: a person has to look
//
// Where it is to be carried out again, it is looked first, as for a new one, whether
// a request that it would hit is active.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_ACTIONQUEUE_H
#define RIPPLE_AGENT_DAEMON_ACTIONQUEUE_H

#include "agent/daemon/Supervisor.h"
#include "agent/daemon/Tasks.h"

#include <boost/asio/thread_pool.hpp>
#include <deque>

namespace ripple::agent {

class ActionQueue {
public:
  /// CONTEXT: what actions may use; `record` and `abandon` are set here.
  ActionQueue(const model::AgentConfig &config, boost::asio::io_context &loop,
              AgentJournal &journal, Supervisor &supervisor, Tasks &tasks, ActionContext context);
  ~ActionQueue();

  /// Takes up what an earlier agent had begun. Once, before the first submit.
  JournalResult<void> recover();
  /// Records REQUEST and carries it out as soon as it is its turn. Its id is new.
  JournalResult<void> submit(const ActionRequest &request);
  /// Finds out what would keep REQUEST from being carried out; changes nothing. DONE is called
  /// once, on the loop, with the problems, one a line.
  void dryRun(const ActionRequest &request, std::function<void(std::string)> done);
  JournalResult<std::optional<ActionRow>> find(const std::string &id);
  /// An action of the task waits or is under way.
  bool isAt(const std::string &plan, const std::string &task) const;
  /// Called on the loop after each action.
  void setChanged(std::function<void()> changed) { Changed = std::move(changed); }
  /// Stops waiting for programs: they go on, and the next agent looks what became of them.
  void abandon();

private:
  struct Entry {
    ActionRow row;
    ActionRequest request;
    bool recovered = false; ///< Begun by an earlier agent.
  };
  using Shared = std::shared_ptr<Entry>;

  void push(Entry entry);
  void pump();
  std::optional<ActionOutcome> refusal(const Entry &entry);
  void work(const Shared &entry);
  void carryOutAgain(const Shared &entry);
  ActionOutcome carryOut(Entry &entry, const std::vector<ProcessReport> &processes);
  std::optional<ActionOutcome> lookBack(Entry &entry);
  void restart(const Shared &entry);
  void finish(const Shared &entry, const ActionOutcome &outcome);
  void store(const Shared &entry);

  const model::AgentConfig &Config;
  boost::asio::io_context &Loop;
  AgentJournal &Journal;
  Supervisor &Processes;
  Tasks &AllTasks;
  ActionContext Context;
  OwnedFd Abandon; ///< An eventfd.
  std::function<void()> Changed;
  std::deque<Shared> Waiting;
  Shared Current; ///< Until its outcome is in the journal.
  bool Abandoned = false;
  boost::asio::steady_timer Timer; ///< Of a restart, or of a journal that cannot be written.
  boost::asio::thread_pool Worker{1};
  boost::asio::thread_pool DryRuns{1}; ///< Beside what is carried out meanwhile.
};

} // namespace ripple::agent

#endif
