//===- GateWatch.h - Notices what happens at the gates -----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//   a gated process ends  --pidfd-->              changed(), on the loop
//   a request ends or is held  --futex, thread--> changed(), on the loop
//
// So the agent knows within a moment when a component is idle or a process has
// died with its requests, and need not ask the gates again and again. Requests
// are listened to only while `listen(true)` holds: otherwise nothing here wakes up.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_GATEWATCH_H
#define RIPPLE_AGENT_DAEMON_GATEWATCH_H

#include "agent/action/ProcessIdentity.h"
#include "agent/session/SessionList.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <thread>

namespace ripple::agent {

/// All but the constructor and destructor: on the loop's thread.
class GateWatch {
public:
  /// Calls CHANGED on the loop's thread, for requests at most once a millisecond and for less than
  /// half of its time. SESSIONS has to outlive this, and this the loop's last turn. While requests
  /// are listened to, WAITMAX is how long a gate that came since, a lost wake and `listen(false)`
  /// may go unnoticed, and how long the destructor may take.
  GateWatch(boost::asio::io_context &loop, SessionList &sessions, std::function<void()> changed,
            std::chrono::milliseconds waitMax = std::chrono::milliseconds(50));
  ~GateWatch();
  GateWatch(const GateWatch &) = delete;
  GateWatch &operator=(const GateWatch &) = delete;

  /// Watches the processes that the Session List knows now; to be called after each refresh.
  void follow();
  /// From now on (or no longer) the ends of requests count too. One that ended before is not told:
  /// look once after this.
  void listen(bool on);

private:
  using Watched = boost::asio::posix::stream_descriptor;
  void watchProcess(const ProcessIdentity &process);
  void wait();
  void tell();

  boost::asio::io_context &Loop;
  SessionList &Sessions;
  std::function<void()> Changed;
  std::chrono::milliseconds WaitMax;
  std::map<std::pair<pid_t, std::uint64_t>, Watched> Processes; ///< By pid and start time.
  std::mutex Mutex;
  std::condition_variable Wanted;
  bool Listening = false, Ending = false;       ///< Under Mutex.
  std::atomic<bool> Told = false;               ///< Posted, and not yet run.
  std::atomic<std::chrono::nanoseconds> Look{}; ///< How long CHANGED took last.
  std::thread Waiter;
};

} // namespace ripple::agent

#endif
