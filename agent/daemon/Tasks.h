//===- Tasks.h - Which task holds which seal ----------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The application server's program *signal in*, and *signal out*'s moment: that it
// is so now (docs/internals/programs.md).
//
//   (unknown) --drain--> draining --seal, nobody found--> sealed --unseal--> (unknown)
//                           ^ ^---- seal, somebody found ---+        |
//                           +------------- drain --------------------+
//
// The journal says what is to hold, and the gates are made to follow: sealed is
// written before the first gate is, and open after the last one is. So a crash
// leaves gates sealed that the journal knows of, and never the other way round.
// The files that new gates read follow the journal before the gates do, both ways.
// The loop's thread.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_TASKS_H
#define RIPPLE_AGENT_DAEMON_TASKS_H

#include "agent/daemon/AgentJournal.h"
#include "agent/session/GateControl.h"
#include "agent/session/SealFiles.h"

#include <functional>
#include <set>

namespace ripple::agent {

/// A task as the agent knows it.
struct Task {
  std::string plan, task;
  bool sealed = false;
  std::vector<Seal> seal;
  /// Applications that the task itself has restarted since it was sealed: their new processes
  /// start open, and the router keeps requests away.
  std::set<std::string> restarted;
};

/// A task and what its gates say now.
struct TaskState {
  Task task;
  Quiescence quiescence;
};

/// ROW of the journal as the task that it holds, or which task cannot be read.
JournalResult<Task> readTask(const TaskRow &row);

class Tasks {
public:
  Tasks(AgentJournal &journal, GateControl &gates, SealFiles files)
      : Journal(journal), Gates(gates), Files(std::move(files)) {}

  /// Whoever is to know when requests have to be listened to; called at every change of that.
  void setListen(std::function<void(bool)> listen) { Listen = std::move(listen); }

  /// Reads the journal and makes the gates follow it.
  JournalResult<void> begin();

  JournalResult<TaskState> drain(const Task &wanted);
  JournalResult<TaskState> seal(const Task &wanted);
  JournalResult<void> unseal(const std::string &plan, const std::string &task);

  const std::vector<Task> &all() const { return Known; }
  /// Null where it is not known.
  const Task *find(const std::string &plan, const std::string &task) const;
  /// What the gates say of TASK now; changes nothing.
  Quiescence count(const Task &task) { return Gates.count(task.seal); }

  /// The task is about to restart a process of APPLICATION: its next processes start open.
  JournalResult<void> noteRestart(const std::string &plan, const std::string &task,
                                  const std::string &application);
  /// Seals the gates of processes that came since, and tells what is active in them: such a
  /// process was started while the task was sealed, and requests were faster than the agent.
  void sealNewGates();
  /// A request has ended somewhere: tells of each task that drains when no active request uses its
  /// components any more, once each time that it comes to that.
  void tellQuiescent();
  /// The same for TASK alone, with what is active in its gates in spite of the seal.
  Quiescence reseal(const Task &task);

private:
  JournalResult<void> put(const Task &task);
  /// Has gates that open from now on find sealed what Known says, without the task EXCEPT.
  JournalResult<void> tellNewGates(const Task *except = nullptr);
  JournalResult<void> openAll(const Task &task);
  void listenIfDraining() const;

  AgentJournal &Journal;
  GateControl &Gates;
  SealFiles Files;
  std::vector<Task> Known;
  std::map<std::string, std::uint64_t> ToldActive; ///< So that it is told once.
  std::set<std::string> ToldQuiescent;             ///< The same.
  std::function<void(bool)> Listen = [](bool) {};
};

} // namespace ripple::agent

#endif
