//===- Supervisor.h - The agent's own processes -------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_SUPERVISOR_H
#define RIPPLE_AGENT_DAEMON_SUPERVISOR_H

#include "agent/daemon/ManagedProcess.h"
#include "agent/daemon/UnitProcess.h"

namespace ripple::agent {

/// Starts, watches and restarts the processes of the configuration. The loop's thread.
class Supervisor {
public:
  Supervisor(const model::AgentConfig &config, boost::asio::io_context &loop,
             AgentJournal &journal);

  /// See ProcessSurroundings::mayRun. Before `begin`.
  void setMayRun(std::function<std::string(const ProcessReport &)> mayRun) {
    Around.mayRun = std::move(mayRun);
  }
  /// Watches again what an earlier agent started and still runs; starts what is to be running;
  /// looks at the units, for which it blocks until systemd has answered.
  JournalResult<void> begin();
  /// Only watches again what still runs.
  JournalResult<void> adoptAll();
  std::vector<ProcessReport> report() const; ///< In the configuration's order.
  /// Null where there is no process NAME.
  OwnProcess *process(const std::string &name);
  /// Ends all of them but systemd's; DONE is called when none runs.
  void stopAll(std::function<void()> done);

private:
  JournalResult<std::map<std::string, ProcessIdentity>> knownProcesses();

  ProcessSurroundings Around;
  const model::AgentConfig &Config;
  std::vector<std::unique_ptr<OwnProcess>> Processes; ///< In the configuration's order.
  std::map<std::string, ManagedProcess *> Children;   ///< Those that the agent starts.
  std::vector<UnitProcess *> Units;                   ///< Those that systemd starts.
};

} // namespace ripple::agent

#endif
