//===- StateDirectory.cpp - Where the manager keeps its state -------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/journal/StateDirectory.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ripple::agent {

namespace fs = std::filesystem;

std::string defaultStateDirectory() {
  if (const char *xdg = std::getenv("XDG_STATE_HOME"); xdg && *xdg == '/')
    return std::string(xdg) + "/ripple";
  if (::geteuid() == 0)
    return "/var/lib/ripple";
  const char *home = std::getenv("HOME");
  return std::string(home && *home ? home : "/") + "/.local/state/ripple";
}

tl::expected<void, std::string> makeStateDirectory(const std::string &directory) {
  std::error_code error;
  fs::path path(directory);
  if (path.has_parent_path())
    fs::create_directories(path.parent_path(), error);
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    return tl::unexpected(fmt::format("{}: cannot be made: {}; name another one with --state",
                                      directory, std::strerror(errno)));
  if (!fs::is_directory(path, error))
    return tl::unexpected(
        fmt::format("{}: is no directory; name another one with --state", directory));
  return {};
}

tl::expected<StateLock, std::string> StateLock::take(const std::string &directory) {
  std::string path = directory + "/lock";
  int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return tl::unexpected(fmt::format("{}: {}", path, std::strerror(errno)));
  StateLock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    char text[32] = {};
    ssize_t size = ::pread(fd, text, sizeof text - 1, 0);
    std::string pid = size > 0 ? std::to_string(std::atoll(text)) : std::string("unknown");
    return tl::unexpected(
        fmt::format("another manager (pid {}) works with the state in {}; see `ripple status "
                    "--state {}`, or wait until it has ended",
                    pid, directory, directory));
  }
  std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd, 0) != 0 ||
      ::pwrite(fd, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size()))
    return tl::unexpected(fmt::format("{}: {}", path, std::strerror(errno)));
  return lock;
}

StateLock::StateLock(StateLock &&other) noexcept : fd(other.fd) { other.fd = -1; }

StateLock::~StateLock() {
  if (fd >= 0)
    ::close(fd);
}

std::string controlSocket(const std::string &directory) { return directory + "/control.sock"; }

} // namespace ripple::agent
