//===- StateDirectory.h - Where the manager keeps its state -----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_JOURNAL_STATEDIRECTORY_H
#define RIPPLE_AGENT_JOURNAL_STATEDIRECTORY_H

#include <string>
#include <tl/expected.hpp>

namespace ripple::agent {

/// $XDG_STATE_HOME/ripple, else ~/.local/state/ripple; /var/lib/ripple for root.
std::string defaultStateDirectory();

/// Makes DIRECTORY (0700) where it is missing.
tl::expected<void, std::string> makeStateDirectory(const std::string &directory);

/// Held as long as a manager works with a state directory. The kernel lets go of it when the
/// process dies, in whatever way.
class StateLock {
public:
  /// Fails with a message that names the process that holds it.
  static tl::expected<StateLock, std::string> take(const std::string &directory);
  StateLock(StateLock &&other) noexcept;
  StateLock &operator=(StateLock &&) = delete;
  ~StateLock();

private:
  explicit StateLock(int fd) : fd(fd) {}
  int fd;
};

/// Where the manager that runs takes commands.
std::string controlSocket(const std::string &directory);

} // namespace ripple::agent

#endif
