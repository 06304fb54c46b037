//===- StopProcesses.cpp - Ends an agent and its processes ----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/Daemon.h"

#include "agent/daemon/State.h"
#include "agent/daemon/Supervisor.h"
#include "agent/http/HttpClient.h"

#include <spdlog/spdlog.h>

#include <csignal>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

using namespace ripple;
using namespace ripple::agent;

namespace {

/// Asks the agent at SOCKET to end with its processes. "" where it will, else why that is not sure.
std::string askToStop(const std::string &socket, bool &answered) {
  HttpQuestion question;
  question.url = socket;
  question.method = "POST";
  question.target = "/v1/shutdown";
  question.body = R"({"processes": true})";
  question.timeout = model::Milliseconds(10'000);
  auto answer = askHttp(std::move(question));
  answered = answer || answer.error().kind != HttpFailure::Kind::Unreachable;
  if (!answer)
    return answer.error().message;
  return answer->status == 202 ? "" : answer->body;
}

/// An agent that is asked by https alone takes no such request: its process, which the state
/// names, gets a SIGTERM. True where there was one. It leaves its processes to this program, or
/// ends them itself.
bool signalAgent(const model::AgentConfig &config) {
  OwnedFd lock(::open((config.state + "/agent.lock").c_str(), O_RDWR | O_CLOEXEC));
  char text[32] = {};
  if (!lock || ::pread(lock.get(), text, sizeof text - 1, 0) <= 0)
    return false;
  OwnedFd agent(static_cast<int>(::syscall(SYS_pidfd_open, std::atoi(text), 0)));
  // Only who holds the lock is the agent, and not somebody with a number that was used again.
  bool runs = agent && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0;
  return runs && ::syscall(SYS_pidfd_send_signal, agent.get(), SIGTERM, nullptr, 0) == 0;
}

/// The longest that the processes may take to end, and something for the agent itself.
std::chrono::milliseconds limitOf(const model::AgentConfig &config) {
  std::chrono::milliseconds longest{5'000};
  for (const auto &process : config.processes)
    longest = std::max(longest, process.stopTimeout);
  return longest + std::chrono::seconds(10);
}

/// Without an agent: its processes are found by its journal and ended here.
int stopAlone(const model::AgentConfig &config, AgentState &state) {
  boost::asio::io_context loop;
  Supervisor supervisor(config, loop, *state.journal);
  if (auto adopted = supervisor.adoptAll(); !adopted) {
    spdlog::error("{}", adopted.error());
    return model::ExitFailed;
  }
  supervisor.stopAll([&] { loop.stop(); });
  loop.run();
  return model::ExitDone;
}

} // namespace

int agent::stopProcesses(const model::AgentConfig &config) {
  bool answered = false;
  const model::Address *socket = config.socket();
  if (!socket)
    answered = signalAgent(config);
  else if (auto problem = askToStop(socket->text(), answered); answered && !problem.empty()) {
    spdlog::error("the agent at {} does not end: {}", socket->path, problem);
    return model::ExitFailed;
  }
  // The state is free when the agent has ended.
  auto deadline = std::chrono::steady_clock::now() + limitOf(config);
  for (;;) {
    auto state = openState(config);
    if (state)
      return stopAlone(config, *state);
    if (!answered || std::chrono::steady_clock::now() >= deadline) {
      spdlog::error("{}", state.error());
      return model::ExitFailed;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}
