//===- RunProgram.cpp - Running a program to its end, or to its limit -----===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/action/RunProgram.h"

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <thread>

using namespace ripple::agent;
using std::chrono::milliseconds;

namespace {

using Clock = std::chrono::steady_clock;

/// How often the length of a log and the emptiness of a group are looked at.
constexpr milliseconds Tick{100};

void boundLog(const std::string &log, std::size_t max) {
  struct stat status{};
  if (::stat(log.c_str(), &status) != 0 || static_cast<std::size_t>(status.st_size) <= max)
    return;
  // Writers append, so that cutting the file is safe while they write.
  [[maybe_unused]] int cut = ::truncate(log.c_str(), static_cast<off_t>(max / 2));
}

enum class Wakeup { Ended, Deadline, Abandoned };

Wakeup awaitEnd(int watch, int abandon, Clock::time_point deadline, const std::string &log,
                std::size_t logMax) {
  for (;;) {
    auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    pollfd entries[2] = {{watch, POLLIN, 0}, {abandon, POLLIN, 0}};
    auto wait = std::clamp(left, milliseconds(0), Tick).count();
    ::poll(entries, abandon >= 0 ? 2 : 1, static_cast<int>(wait));
    if (!log.empty())
      boundLog(log, logMax);
    if (entries[0].revents)
      return Wakeup::Ended;
    if (abandon >= 0 && entries[1].revents)
      return Wakeup::Abandoned;
    if (Clock::now() >= deadline)
      return Wakeup::Deadline;
  }
}

bool awaitEmptyGroup(const ProcessIdentity &leader, milliseconds limit) {
  auto deadline = Clock::now() + limit;
  while (!membersOfGroup(leader.pid).empty()) {
    if (Clock::now() >= deadline)
      return false;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return true;
}

} // namespace

bool ripple::agent::endGroup(const ProcessIdentity &leader, int signal, milliseconds grace) {
  if (!signalGroup(leader, signal) || awaitEmptyGroup(leader, grace))
    return true;
  signalGroup(leader, SIGKILL);
  return awaitEmptyGroup(leader, milliseconds(5'000));
}

ProgramOutcome ripple::agent::awaitProgram(const ProcessIdentity &process, OwnedFd fd,
                                           const std::string &log, const ProgramLimits &limits,
                                           int abandon) {
  ProgramOutcome outcome;
  auto wakeup = fd ? awaitEnd(fd.get(), abandon, Clock::now() + limits.timeout, log, limits.logMax)
                   : Wakeup::Ended;
  if (wakeup == Wakeup::Abandoned) {
    outcome.how = ProgramOutcome::How::Abandoned;
    outcome.message = "it goes on running";
    return outcome;
  }
  // The group is ended before its leader is reaped: as long as that is a zombie, its pid, and so
  // the group's number, belongs to nobody else.
  if (wakeup == Wakeup::Ended)
    outcome.end = reap(process.pid, true);
  outcome.leftovers =
      wakeup == Wakeup::Ended && !membersOfGroup(process.pid).empty() && signalGroup(process, 0);
  bool gone = endGroup(process, SIGTERM, limits.grace);
  reap(process.pid);
  outcome.tail = tailOf(log, limits.tailMax);
  if (wakeup == Wakeup::Ended) {
    outcome.how = ProgramOutcome::How::Ended;
    outcome.message = describe(outcome.end);
    if (outcome.leftovers)
      outcome.message += "; it left processes behind, which were ended";
  } else {
    outcome.how = ProgramOutcome::How::TimedOut;
    outcome.message =
        fmt::format("no end within {} ms; its processes were ended", limits.timeout.count());
  }
  if (!gone)
    outcome.message += "; one of them does not end even by SIGKILL";
  return outcome;
}

ProgramOutcome
ripple::agent::runProgram(const ChildSpec &spec, const ProgramLimits &limits,
                          const std::function<std::string(const ProcessIdentity &)> &record,
                          int abandon) {
  ProgramOutcome outcome;
  auto child = HeldChild::hold(spec);
  if (!child) {
    outcome.message = child.error();
    return outcome;
  }
  if (record) {
    outcome.message = record(child->identity());
    if (!outcome.message.empty()) {
      auto identity = child->identity();
      {
        HeldChild dropped = std::move(*child);
      }
      endGroup(identity, SIGKILL, milliseconds(0));
      reap(identity.pid);
      return outcome;
    }
  }
  auto identity = child->identity();
  auto fd = child->takeWatch();
  if (auto released = child->release(); !released) {
    outcome.message = released.error();
    return outcome;
  }
  return awaitProgram(identity, std::move(fd), spec.log, limits, abandon);
}

ProgramAnswer ripple::agent::askProgram(const std::vector<std::string> &argv,
                                        const std::map<std::string, std::string> &environment,
                                        milliseconds timeout) {
  ProgramAnswer answer;
  char name[] = "/tmp/ripple-query-XXXXXX";
  OwnedFd file(::mkostemp(name, O_CLOEXEC));
  if (!file) {
    answer.program.message = fmt::format("cannot make a file in /tmp: {}", std::strerror(errno));
    return answer;
  }
  ProgramLimits limits;
  limits.timeout = timeout;
  limits.grace = milliseconds(500);
  answer.program = runProgram({argv, environment, "/", name}, limits, {});
  ::unlink(name);
  char buffer[4096];
  off_t at = 0;
  for (ssize_t got; (got = ::pread(file.get(), buffer, sizeof buffer, at)) > 0; at += got)
    answer.text.append(buffer, static_cast<std::size_t>(got));
  return answer;
}
