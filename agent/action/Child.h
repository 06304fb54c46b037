//===- Child.h - Starting a program that is recorded before it runs -*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//   hold() -> a process that exists, has an identity and waits
//          -> (the caller writes the identity to its journal)
//          -> release(): it executes the program, or says why it cannot
//
// Whoever dies in between leaves nothing behind: the held process sees the end
// of its pipe and ends. So every program that ever ran stands in the journal.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ACTION_CHILD_H
#define RIPPLE_AGENT_ACTION_CHILD_H

#include "agent/action/ProcessIdentity.h"

#include <map>
#include <tl/expected.hpp>

namespace ripple::agent {

struct ChildSpec {
  std::vector<std::string> argv; ///< argv[0] is an absolute path; no shell, no search.
  std::map<std::string, std::string> environment; ///< Added to our own, or replacing it there.
  std::string directory = "/";
  std::string log; ///< Both outputs are appended to this file; made with mode 0600.
};

/// A process of its own session and process group, not yet running its program. It does not
/// end with us. One thread may use an object; several may make some at the same time.
class HeldChild {
public:
  HeldChild(HeldChild &&) = default;
  HeldChild &operator=(HeldChild &&) = default;

  static tl::expected<HeldChild, std::string> hold(const ChildSpec &spec);

  const ProcessIdentity &identity() const { return Identity; }
  /// Lets it execute its program. On failure it has ended and is reaped; the text says why.
  tl::expected<void, std::string> release();
  /// Readable when it has ended. To be called once.
  OwnedFd takeWatch() { return std::move(Pidfd); }

private:
  HeldChild() = default;

  ProcessIdentity Identity;
  OwnedFd Pidfd, Go, Failure;
  std::string Program;
};

/// How a child ended.
struct ChildEnd {
  bool known = false; ///< False where it was no child of ours (we were started again since).
  int exit = -1;      ///< Exit code, or -1.
  int signal = 0;     ///< That ended it, or 0.
};
/// "exit code 3", "killed by signal 9 (Killed)", "ended; its exit code is not known".
std::string describe(const ChildEnd &end);

/// What became of the ended process PID. Reaps it unless KEEP, and does not wait.
ChildEnd reap(pid_t pid, bool keep = false);

/// The last lines of FILE, at most MAX bytes, without what cannot be printed. "" if none.
std::string tailOf(const std::string &file, std::size_t max);

} // namespace ripple::agent

#endif
