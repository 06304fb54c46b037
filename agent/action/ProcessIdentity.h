//===- ProcessIdentity.h - Which process, for ever ---------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Pids are used again. A pid with its start time and the boot that it belongs
// to names one process for ever, so it can be written to a journal and found
// again after any crash.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ACTION_PROCESSIDENTITY_H
#define RIPPLE_AGENT_ACTION_PROCESSIDENTITY_H

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <unistd.h>
#include <vector>

namespace ripple::agent {

/// A file descriptor that closes itself.
class OwnedFd {
public:
  OwnedFd() = default;
  explicit OwnedFd(int fd) : Fd(fd) {}
  OwnedFd(OwnedFd &&other) noexcept : Fd(other.release()) {}
  OwnedFd &operator=(OwnedFd &&other) noexcept {
    reset(other.release());
    return *this;
  }
  ~OwnedFd() { reset(); }

  int get() const { return Fd; }
  explicit operator bool() const { return Fd >= 0; }
  int release() {
    int fd = Fd;
    Fd = -1;
    return fd;
  }
  void reset(int fd = -1) {
    if (Fd >= 0)
      ::close(Fd);
    Fd = fd;
  }

private:
  int Fd = -1;
};

struct ProcessIdentity {
  pid_t pid = 0;
  std::uint64_t startTime = 0; ///< Clock ticks since boot: field 22 of /proc/PID/stat.
  std::string bootId;
  bool operator==(const ProcessIdentity &) const = default;
};

/// Of /proc/PID/stat.
struct ProcessStat {
  char state = '?'; ///< 'Z' and 'X' have ended.
  pid_t parent = 0, group = 0, session = 0;
  std::uint64_t startTime = 0;
};

/// This boot of the kernel. The same for all processes of the machine.
const std::string &bootId();
/// Null where there is no process PID.
std::optional<ProcessStat> processStat(pid_t pid);
/// Every process of the machine that runs, zombies left out.
std::map<pid_t, ProcessStat> runningProcesses();
/// The process PID as it is now; null where there is none.
std::optional<ProcessIdentity> identify(pid_t pid);
/// True while that very process runs; a zombie does not.
bool isAlive(const ProcessIdentity &process);
/// A descriptor that becomes readable when the process ends. Empty where it no longer runs.
OwnedFd watch(const ProcessIdentity &process);
/// Processes of process group GROUP that still run, zombies not counted.
std::vector<pid_t> membersOfGroup(pid_t group);
/// Sends SIGNAL to the group that LEADER leads or led, unless the pid now belongs to another
/// process. True where it had a member that runs.
bool signalGroup(const ProcessIdentity &leader, int signal);

} // namespace ripple::agent

#endif
