//===- ManagedProcess.h - One process of the agent's own ----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//            start            ready check passes
//   stopped ------> starting --------------------> running
//      ^               |  ^                           |
//      | asked for     |  | back-off                  | ends by itself
//      +---- stopping  +--+-- (failed, after a few) <-+
//
// It runs in a session of its own and does not end with the agent; its identity
// is in the journal before its program is executed, so that the next agent
// finds and watches it again. All of this happens on the loop's thread.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_MANAGEDPROCESS_H
#define RIPPLE_AGENT_DAEMON_MANAGEDPROCESS_H

#include "agent/daemon/OwnProcess.h"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace ripple::agent {

class ManagedProcess final : public OwnProcess {
public:
  ManagedProcess(const model::SupervisedProcess &config, ProcessSurroundings &surroundings);

  /// Takes over the process that an earlier agent started; false where it no longer runs.
  bool adopt(const ProcessIdentity &identity);
  void start();
  void restart(Done done) override;
  void awaitRunning(Done done) override;
  void stop(Done done) override;
  ProcessReport report() const override;

private:
  using Clock = std::chrono::steady_clock;

  void launch();
  void observe(OwnedFd watch);
  void onEnd();
  void afterCrash(const std::string &how);
  void signalStop();
  void checkReady();
  void onReady(const std::string &message);
  void pollReadyLater();
  void becomeRunning();
  void finish(const std::string &message);
  std::string logFile() const;

  const model::SupervisedProcess &Config;
  ProcessSurroundings &Around;
  boost::asio::posix::stream_descriptor Watch;
  boost::asio::steady_timer Timer;     ///< Ready checks, back-off.
  boost::asio::steady_timer StopTimer; ///< From the stop signal to SIGKILL.
  ProcessState State = ProcessState::Stopped;
  ProcessIdentity Identity;
  std::string Message;
  unsigned Restarts = 0;
  unsigned Crashes = 0;    ///< In succession, without a good while of running in between.
  unsigned Generation = 0; ///< Answers to checks of an earlier process are ignored by it.
  Clock::time_point Since; ///< Of the start.
  bool Stopping = false;   ///< It was told to end.
  bool StartAfter = false; ///< … and is to be started then.
  bool LateTold = false;   ///< The ready timeout has been told.
  Done Waiting;            ///< Of restart, awaitRunning or stop.
};

} // namespace ripple::agent

#endif
