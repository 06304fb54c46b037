//===- State.cpp - The agent's folder -------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/State.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>

namespace fs = std::filesystem;
using namespace ripple;
using namespace ripple::agent;

namespace {

/// Makes FOLDER for its owner alone. "" or why not.
std::string makeFolder(const std::string &folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  return error ? fmt::format("{}: {}", folder, error.message()) : "";
}

/// The state belongs to one agent at a time. "" or whose it is.
std::string lockState(const std::string &state, OwnedFd &lock) {
  auto file = state + "/agent.lock";
  lock.reset(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock)
    return fmt::format("{}: {}", file, std::strerror(errno));
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    char pid[32] = {};
    [[maybe_unused]] auto got = ::pread(lock.get(), pid, sizeof pid - 1, 0);
    return fmt::format("the state {} belongs to an agent that runs, pid {}", state, pid);
  }
  auto pid = std::to_string(::getpid());
  if (::ftruncate(lock.get(), 0) != 0 || ::pwrite(lock.get(), pid.data(), pid.size(), 0) < 0)
    return fmt::format("{}: {}", file, std::strerror(errno));
  return {};
}

} // namespace

tl::expected<AgentState, std::string> agent::openState(const model::AgentConfig &config) {
  ::umask(0077);
  for (const auto &folder :
       {config.state, config.state + "/logs", config.state + "/actions", config.gateDirectory})
    if (auto error = makeFolder(folder); !error.empty())
      return tl::make_unexpected(error);
  AgentState state;
  if (auto error = lockState(config.state, state.lock); !error.empty())
    return tl::make_unexpected(error);
  auto journal = AgentJournal::open(config.state + "/journal.db");
  if (!journal)
    return tl::make_unexpected(journal.error());
  state.journal = std::move(*journal);
  return state;
}
