//===- OwnProcess.h - A process that the agent can restart --------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_OWNPROCESS_H
#define RIPPLE_AGENT_DAEMON_OWNPROCESS_H

#include "agent/daemon/AgentJournal.h"
#include "model/AgentConfig.h"

#include <boost/asio/io_context.hpp>

#include <functional>

namespace ripple::agent {

enum class ProcessState { Running, Starting, Stopped, Failed };
std::string_view toString(ProcessState);

/// What may be said of a process from outside.
struct ProcessReport {
  std::string name, application;
  ProcessState state = ProcessState::Stopped;
  ProcessIdentity identity; ///< pid 0 where it does not run.
  unsigned restarts = 0;    ///< After it ended by itself.
  std::string message;      ///< Why it is not running.
};

/// What processes share.
struct ProcessSurroundings {
  boost::asio::io_context &loop;
  AgentJournal &journal;
  std::string logs;          ///< Folder.
  std::string gateDirectory; ///< $RIPPLE_GATE_DIR, unless the configuration says otherwise.
  std::string systemctl;     ///< The program.
  /// Whether a process that is ready may be counted as running: "" or what it still waits for.
  std::function<std::string(const ProcessReport &)> mayRun;
};

/// Of the agent's configuration: a child of the agent's (ManagedProcess), or a unit of systemd's
/// (UnitProcess). The loop's thread.
class OwnProcess {
public:
  /// "" or why it did not work.
  using Done = std::function<void(std::string)>;
  virtual ~OwnProcess() = default;

  /// Ends it and starts it again. DONE is called when the new one is running, or cannot be.
  virtual void restart(Done done) = 0;
  /// Waits until the process that runs now is running and ready, as the end of a restart.
  virtual void awaitRunning(Done done) = 0;
  /// Ends it for good, where that is the agent's to do.
  virtual void stop(Done done) = 0;
  virtual ProcessReport report() const = 0;
};

} // namespace ripple::agent

#endif
