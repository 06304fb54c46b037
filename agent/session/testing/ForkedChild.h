//===- ForkedChild.h - A child process that runs a test's code ---*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SESSION_TESTING_FORKEDCHILD_H
#define RIPPLE_AGENT_SESSION_TESTING_FORKEDCHILD_H

#include <csignal>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace ripple::agent::test {

/// A child of fork that runs BODY and then waits to be told to end.
class ForkedChild {
public:
  template <typename Body> explicit ForkedChild(Body body) {
    int ready[2], ending[2];
    if (::pipe(ready) != 0 || ::pipe(ending) != 0)
      throw std::runtime_error("no pipe");
    Pid = ::fork();
    if (Pid == 0) {
      ::close(ending[1]);
      body();
      char byte = 0;
      (void)!::write(ready[1], &byte, 1);
      (void)!::read(ending[0], &byte, 1);
      ::_exit(0);
    }
    char byte;
    ::close(ready[1]);
    ::close(ending[0]);
    (void)!::read(ready[0], &byte, 1);
    ::close(ready[0]);
    End = ending[1];
  }
  ForkedChild(const ForkedChild &) = delete;
  ForkedChild &operator=(const ForkedChild &) = delete;
  ~ForkedChild() {
    ::close(End);
    end(0);
  }
  /// Waits until it has ended; sends SIGNAL before where that is not 0.
  void end(int signal) {
    if (signal)
      ::kill(Pid, signal);
    if (Pid > 0 && !Reaped)
      ::waitpid(Pid, nullptr, 0);
    Reaped = true;
  }
  pid_t pid() const { return Pid; }

private:
  pid_t Pid = 0;
  int End = -1;
  bool Reaped = false;
};

} // namespace ripple::agent::test

#endif
