//===- GateWatch.cpp - Notices what happens at the gates ------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/GateWatch.h"

#include "agent/session/GateSegment.h"

#include <boost/asio/post.hpp>
#include <pthread.h>

#include <csignal>
#include <set>

using namespace ripple::agent;
using namespace std::chrono_literals;

namespace {

/// Between two looks, besides twice the time of one: busy gates wake the agent, and are themselves
/// slowed, at most so often.
constexpr std::chrono::nanoseconds LooksApart = 1ms;

} // namespace

GateWatch::GateWatch(boost::asio::io_context &loop, SessionList &sessions,
                     std::function<void()> changed, std::chrono::milliseconds waitMax)
    : Loop(loop), Sessions(sessions), Changed(std::move(changed)), WaitMax(waitMax) {
  // Signals are for the loop's thread.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  Waiter = std::thread([this] { wait(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

GateWatch::~GateWatch() {
  {
    std::lock_guard lock(Mutex);
    Ending = true;
  }
  Wanted.notify_one();
  Waiter.join();
}

void GateWatch::listen(bool on) {
  {
    std::lock_guard lock(Mutex);
    Listening = on;
  }
  Wanted.notify_one();
}

/// The waiter's thread.
void GateWatch::wait() {
  for (;;) {
    {
      std::unique_lock lock(Mutex);
      Wanted.wait(lock, [this] { return Listening || Ending; });
      if (Ending)
        return;
    }
    if (Sessions.waitActivity(WaitMax))
      tell();
    std::this_thread::sleep_for(LooksApart + 2 * Look.load());
  }
}

/// Any thread.
void GateWatch::tell() {
  if (Told.exchange(true))
    return;
  boost::asio::post(Loop, [this] {
    Told = false; // Before the look: what ends during it may not have been seen.
    auto before = std::chrono::steady_clock::now();
    Changed();
    Look = std::chrono::steady_clock::now() - before;
  });
}

void GateWatch::follow() {
  std::set<std::pair<pid_t, std::uint64_t>> present;
  for (const auto &segment : Sessions.segments()) {
    const ProcessIdentity &process = segment->process();
    std::pair key(process.pid, process.startTime);
    present.insert(key);
    if (Processes.find(key) == Processes.end())
      watchProcess(process);
  }
  std::erase_if(Processes, [&](const auto &entry) { return present.count(entry.first) == 0; });
}

void GateWatch::watchProcess(const ProcessIdentity &process) {
  OwnedFd fd = watch(process);
  if (!fd) // It has ended just now, or only its first thread has: the next refresh tells.
    return;
  Watched watched(Loop);
  boost::system::error_code refused;
  if (watched.assign(fd.get(), refused); refused)
    return; // Nor then: tried again after the next refresh.
  fd.release();
  watched.async_wait(Watched::wait_read, [this](boost::system::error_code error) {
    if (!error)
      tell();
  });
  Processes.insert_or_assign({process.pid, process.startTime}, std::move(watched));
}
