//===- UnitProcess.h - A process that systemd runs ----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// systemd starts, watches and ends it; the agent has it restarted, and looks:
//
//   systemctl show UNIT --property=…        now, and again when its process ends
//   systemctl restart --no-block UNIT       and look until another process is ready
//
// `--no-block`, since what `systemctl` awaits goes on in systemd whether or not
// somebody waits: an agent that dies meanwhile leaves no child behind, and the
// next one sees by the main process whether the restart has happened.
//
// `systemctl` is run on a thread of its own; all else happens on the loop's.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_UNITPROCESS_H
#define RIPPLE_AGENT_DAEMON_UNITPROCESS_H

#include "agent/action/RunProgram.h"
#include "agent/daemon/OwnProcess.h"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>

namespace ripple::agent {

/// What `systemctl show` says of a unit.
struct UnitView {
  std::string load; ///< "loaded", "not-found", …
  std::string
      active; ///< "active", "reloading", "inactive", "failed", "activating", "deactivating".
  std::string result; ///< "success", "exit-code", "timeout", …
  bool job = false;   ///< Something is still to be done to it.
  pid_t mainPid = 0;
};

/// Of the lines "KEY=VALUE" of `systemctl show`. Fails where a key is missing.
tl::expected<UnitView, std::string> parseUnit(std::string_view shown);

class UnitProcess final : public OwnProcess {
public:
  UnitProcess(const model::SupervisedProcess &config, ProcessSurroundings &surroundings);
  ~UnitProcess() override;

  /// The first look; blocks until `systemctl` has answered. Goes on looking.
  void begin();
  void restart(Done done) override;
  void awaitRunning(Done done) override;
  /// Does nothing: it is systemd's.
  void stop(Done done) override { done(""); }
  ProcessReport report() const override;

private:
  using Clock = std::chrono::steady_clock;
  using View = tl::expected<UnitView, std::string>;

  View ask() const;
  void look();
  void lookLater();
  void take(const View &view);
  void takeMain(pid_t pid);
  void setIdle(ProcessState state, std::string message);
  void checkReady();
  void onReady(const std::string &message);
  void becomeRunning();
  void restartAsked(const ProgramAnswer &answer);
  void finish(const std::string &message);

  const model::SupervisedProcess &Config;
  ProcessSurroundings &Around;
  boost::asio::posix::stream_descriptor Watch; ///< Of the main process: a pidfd.
  boost::asio::steady_timer Timer;
  ProcessState State = ProcessState::Stopped;
  ProcessIdentity Identity;
  ProcessIdentity Leaving; ///< While a restart is under way: the main process that is to end.
  std::string Message = "not looked at yet";
  unsigned Restarts = 0;
  unsigned Generation = 0; ///< Answers to questions about an earlier process are ignored by it.
  unsigned Question = 0;   ///< The newest one to systemd; answers to older ones are ignored.
  bool Asking = false;
  bool AskAgain = false;
  bool Seen = false;     ///< It has run since this agent looks.
  bool Expected = false; ///< The next process is one that was asked for.
  bool LateTold = false;
  Clock::time_point Asked; ///< When systemd had taken the restart.
  Clock::time_point Since; ///< Of the main process that runs now.
  Done Waiting;
  boost::asio::thread_pool Worker{1};
};

} // namespace ripple::agent

#endif
