//===- ServerView.h - What this server is like now ----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//   supervisor ---+
//   gates --------+--> GET /v1/server, with the `servers` entry of ripple.status
//   installed ----+
//   mapped files -+
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_SERVERVIEW_H
#define RIPPLE_AGENT_DAEMON_SERVERVIEW_H

#include "agent/daemon/Installed.h"
#include "agent/daemon/Supervisor.h"
#include "agent/session/SessionList.h"

#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <nlohmann/json_fwd.hpp>

namespace ripple::agent {

/// Keeps the versions that only a program can tell. Quick ones are read when they are asked for.
class InstalledVersions {
public:
  InstalledVersions(const model::AgentConfig &config, boost::asio::io_context &loop);
  ~InstalledVersions();

  /// Runs the programs now and waits for them: once, before the agent answers.
  void refreshNow();
  /// Runs them on a thread of its own; what they say counts when they have ended.
  void refresh();
  /// "" where it cannot be told; why stands in the log.
  std::string of(const model::ObservedComponent &component);

private:
  using Versions = std::map<std::string, std::string>;
  Versions ask();
  void take(Versions versions);

  const model::AgentConfig &Config;
  boost::asio::io_context &Loop;
  Versions Known;
  std::map<std::string, std::string> Told; ///< Last failure of each, so that it is told once.
  std::mutex ToldMutex;
  bool Asking = false, AskAgain = false;
  boost::asio::thread_pool Worker{1};
};

/// What the report is made of. The loop's thread.
class ServerView {
public:
  ServerView(const model::AgentConfig &config, const Supervisor &supervisor, SessionList &sessions,
             InstalledVersions &installed)
      : Config(config), Processes(supervisor), Sessions(sessions), Installed(installed) {}

  /// `processes` of GET /v1/server.
  nlohmann::json processes();
  model::ServerStatus status();
  /// Applications among SEALS of which a process that runs has no gate that can be read.
  std::vector<std::string> ungated(const std::vector<std::string> &applications) const;

  /// What is loaded may have changed: it is looked at again.
  void forget() { Mappings.clear(); }

private:
  model::ComponentStatus component(const model::ObservedComponent &component);
  const std::vector<MappedFile> &mappedBy(const ProcessIdentity &process);
  /// The build-id of what serves: the module that GATE has a table for, or the executable.
  std::string applicationOf(const ProcessIdentity &process, const GateState *gate);

  const model::AgentConfig &Config;
  const Supervisor &Processes;
  SessionList &Sessions;
  InstalledVersions &Installed;
  LoadedBuildIds BuildIds;
  /// A manager that waits asks often, and what is mapped changes seldom: kept for half a second.
  struct Mapped {
    ProcessIdentity process;
    std::chrono::steady_clock::time_point read;
    std::vector<MappedFile> files;
    std::string executable; ///< Build-id.
  };
  std::map<pid_t, Mapped> Mappings;
};

} // namespace ripple::agent

#endif
