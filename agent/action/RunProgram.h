//===- RunProgram.h - Running a program to its end, or to its limit -*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A program's output goes to a file and not to a pipe: what outlives the
// program, or us, neither blocks nor breaks. Its end is the end of its first
// process; what it left in its process group is ended then, so that nothing
// changes afterwards. (What leaves the group and the session escapes that.)
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ACTION_RUNPROGRAM_H
#define RIPPLE_AGENT_ACTION_RUNPROGRAM_H

#include "agent/action/Child.h"

#include <chrono>
#include <functional>

namespace ripple::agent {

struct ProgramLimits {
  std::chrono::milliseconds timeout{60'000};
  std::chrono::milliseconds grace{3'000};    ///< Between SIGTERM and SIGKILL.
  std::size_t logMax = std::size_t{4} << 20; ///< Beyond, the log keeps its first half and goes on.
  std::size_t tailMax = 2'000;
};

struct ProgramOutcome {
  enum class How {
    Ended,      ///< By itself: see `end`.
    TimedOut,   ///< Its group was ended.
    NotStarted, ///< `message` says why.
    Abandoned,  ///< We were told to stop waiting; it goes on running.
  };
  How how = How::NotStarted;
  ChildEnd end;
  bool leftovers = false; ///< It left processes in its group; they were ended.
  std::string tail;       ///< Its last lines of output.
  std::string message;    ///< "exit code 3", "no end within 2s: its processes were ended".

  bool succeeded() const { return how == How::Ended && end.known && end.exit == 0; }
};

/// Runs SPEC to its end. RECORD is called with the identity of the process before it executes
/// anything; where it returns a text, nothing is executed and that is the message. ABANDON, a
/// descriptor or -1, ends the waiting when it becomes readable. Blocks up to timeout + 2 × grace.
ProgramOutcome runProgram(const ChildSpec &spec, const ProgramLimits &limits,
                          const std::function<std::string(const ProcessIdentity &)> &record,
                          int abandon = -1);

/// The same from the middle: PROCESS was started before (perhaps by an earlier run of ours).
ProgramOutcome awaitProgram(const ProcessIdentity &process, OwnedFd watch, const std::string &log,
                            const ProgramLimits &limits, int abandon = -1);

struct ProgramAnswer {
  ProgramOutcome program;
  std::string text; ///< All that it printed, at most `ProgramLimits::logMax`.
};

/// Runs ARGV, which only looks, with ENVIRONMENT added, and takes all that it prints.
ProgramAnswer askProgram(const std::vector<std::string> &argv,
                         const std::map<std::string, std::string> &environment,
                         std::chrono::milliseconds timeout);

/// Ends the group of LEADER: SIGNAL, up to GRACE, SIGKILL. Blocks. True when none of it runs.
bool endGroup(const ProcessIdentity &leader, int signal, std::chrono::milliseconds grace);

} // namespace ripple::agent

#endif
