//===- Peers.h - Applications and routers of a test's own --------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ROUTER_TESTING_PEERS_H
#define RIPPLE_AGENT_ROUTER_TESTING_PEERS_H

#include "agent/router/Router.h"

#include <gmock/gmock.h>

#include <map>
#include <mutex>
#include <thread>

namespace ripple::agent::peers {

/// A port of the loopback interface that nobody listens on.
int freePort();

/// An application on a loopback port: answers each request with 200 and its name as the body, those
/// to paths with "/slow" only when it is told to.
class NamedApplication {
public:
  explicit NamedApplication(std::string name);
  ~NamedApplication();
  NamedApplication(const NamedApplication &) = delete;
  NamedApplication &operator=(const NamedApplication &) = delete;

  int port() const { return Port; }
  std::string address() const { return "127.0.0.1:" + std::to_string(Port); }
  std::size_t held(); ///< Slow requests that wait.
  void finish();      ///< Answers them.

private:
  void serve();
  void answer(int fd) const;

  std::string Name;
  int Listener = -1, Port = 0;
  std::mutex Mutex;
  std::vector<int> Slow;
  std::thread Thread;
};

/// A program that runs until the object ends, in a process group of its own.
class TestProgram {
public:
  ~TestProgram() { end(); }
  /// False where it cannot be started.
  bool start(const std::vector<std::string> &argv);
  void signal(int number) const;
  void end(); ///< SIGTERM, and SIGKILL to its group after five seconds.
  pid_t pid() const { return Pid; }

private:
  pid_t Pid = -1;
};

/// The body of the answer to GET PATH of 127.0.0.1:PORT, with HEADERS ("Cookie: a=b\r\n"); or
/// "status N"; or "no answer".
std::string get(int port, const std::string &path, const std::string &headers = {});

/// A request that stays open as long as the object.
class OpenRequest {
public:
  OpenRequest(int port, const std::string &path);
  ~OpenRequest();
  OpenRequest(const OpenRequest &) = delete;
  OpenRequest &operator=(const OpenRequest &) = delete;

private:
  int Fd = -1;
};

/// True as soon as CONDITION is, within 15 s.
template <typename Condition> bool comesTrue(Condition condition) {
  for (int i = 0; i < 1'500; ++i) {
    if (condition())
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

/// TARGET as ROUTER observes it; a failure of the test where it does not.
RouterServer seenBy(Router &router, const RouterTarget &target);

/// How many of COUNT requests to PATH each application answers.
std::map<std::string, int> spread(int port, const std::string &path, int count = 20,
                                  const std::string &headers = {});

} // namespace ripple::agent::peers

#endif
