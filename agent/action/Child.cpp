//===- Child.cpp - Starting a program that is recorded before it runs -----===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/action/Child.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

using namespace ripple::agent;

namespace {

/// Everything that the child needs between fork and exec, made before: after fork in a program
/// with threads only what is safe in a signal handler may be called.
struct Launch {
  std::vector<char *> argv, environment;
  const char *directory = nullptr;
  int log = -1, null = -1, go = -1, failure = -1;
};

/// Closes every descriptor from FIRST to LAST. What others of us opened must neither stay open in
/// a program nor in a child that waits: a listening socket would answer for an agent that died.
void closeAll(unsigned first, unsigned last) {
  if (first > last || ::syscall(SYS_close_range, first, last, 0) == 0)
    return;
  for (unsigned fd = first; fd <= last && fd < 65'536; ++fd) // Kernels before 5.9.
    ::close(static_cast<int>(fd));
}

/// Runs in the child. Never returns.
[[noreturn]] void launch(const Launch &what) {
  auto giveUp = [&](char stage) {
    int error = errno;
    char report[1 + sizeof error];
    report[0] = stage;
    std::memcpy(report + 1, &error, sizeof error);
    [[maybe_unused]] auto written = ::write(what.failure, report, sizeof report);
    ::_exit(127);
  };
  ::setsid();
  sigset_t none;
  sigemptyset(&none);
  for (int signal = 1; signal < NSIG; ++signal)
    ::signal(signal, SIG_DFL);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::dup2(what.null, 0) < 0 || ::dup2(what.log, 1) < 0 || ::dup2(what.log, 2) < 0)
    giveUp('o');
  auto low = static_cast<unsigned>(std::min(what.go, what.failure));
  auto high = static_cast<unsigned>(std::max(what.go, what.failure));
  closeAll(3, low - 1);
  closeAll(low + 1, high - 1);
  closeAll(high + 1, ~0U);
  char byte = 0;
  ssize_t got = 0;
  do
    got = ::read(what.go, &byte, 1);
  while (got < 0 && errno == EINTR);
  if (got != 1) // Whoever started us is gone or has changed its mind.
    ::_exit(127);
  if (::chdir(what.directory) != 0)
    giveUp('d');
  ::execve(what.argv[0], what.argv.data(), what.environment.data());
  giveUp('x');
  ::_exit(127);
}

std::vector<std::string> mergedEnvironment(const std::map<std::string, std::string> &added) {
  std::map<std::string, std::string> merged(added);
  for (char **at = environ; at && *at; ++at) {
    std::string_view entry = *at;
    auto equals = entry.find('=');
    if (equals != std::string_view::npos)
      merged.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  std::vector<std::string> lines;
  for (const auto &[name, value] : merged)
    lines.push_back(name + "=" + value);
  return lines;
}

std::vector<char *> pointers(const std::vector<std::string> &texts) {
  std::vector<char *> result;
  for (const auto &text : texts)
    result.push_back(const_cast<char *>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

struct Pipe {
  OwnedFd read, write;
};
bool makePipe(Pipe &pipe) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return false;
  pipe.read.reset(ends[0]);
  pipe.write.reset(ends[1]);
  return true;
}

tl::unexpected<std::string> failed(const std::string &what) {
  return tl::make_unexpected(fmt::format("{}: {}", what, std::strerror(errno)));
}

} // namespace

tl::expected<HeldChild, std::string> HeldChild::hold(const ChildSpec &spec) {
  OwnedFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  OwnedFd log(::open(spec.log.empty() ? "/dev/null" : spec.log.c_str(),
                     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!log)
    return failed("cannot open the log " + spec.log);
  Pipe go, failure;
  if (!null || !makePipe(go) || !makePipe(failure))
    return failed("cannot make a pipe");
  auto environment = mergedEnvironment(spec.environment);
  Launch what{pointers(spec.argv), pointers(environment), spec.directory.c_str(), log.get(),
              null.get(),          go.read.get(),         failure.write.get()};
  pid_t pid = ::fork();
  if (pid < 0)
    return failed("cannot make a process");
  if (pid == 0)
    launch(what);
  HeldChild child;
  child.Program = spec.argv[0];
  child.Go = std::move(go.write);
  child.Failure = std::move(failure.read);
  auto identity = identify(pid);
  if (identity) {
    child.Identity = *identity;
    child.Pidfd = watch(*identity);
  }
  if (!child.Pidfd) {
    child.Go.reset();
    ::waitpid(pid, nullptr, 0);
    return tl::make_unexpected("the new process cannot be watched; is /proc mounted?");
  }
  return child;
}

tl::expected<void, std::string> HeldChild::release() {
  [[maybe_unused]] auto written = ::write(Go.get(), "g", 1);
  Go.reset();
  char report[1 + sizeof(int)];
  ssize_t got = 0;
  do
    got = ::read(Failure.get(), report, sizeof report);
  while (got < 0 && errno == EINTR);
  Failure.reset();
  if (got == 0) // The pipe was closed by a successful exec.
    return {};
  ::waitpid(Identity.pid, nullptr, 0);
  int error = 0;
  std::memcpy(&error, report + 1, sizeof error);
  const char *stage = report[0] == 'd'   ? "cannot enter its directory"
                      : report[0] == 'o' ? "cannot open its output"
                                         : "cannot be executed";
  return tl::make_unexpected(fmt::format("{} {}: {}", Program, stage, std::strerror(error)));
}

std::string ripple::agent::describe(const ChildEnd &end) {
  if (!end.known)
    return "ended; its exit code is not known";
  if (end.signal)
    return fmt::format("killed by signal {} ({})", end.signal, ::strsignal(end.signal));
  return fmt::format("exit code {}", end.exit);
}

ChildEnd ripple::agent::reap(pid_t pid, bool keep) {
  siginfo_t information{};
  int options = WEXITED | WNOHANG | (keep ? WNOWAIT : 0);
  if (::waitid(P_PID, static_cast<id_t>(pid), &information, options) != 0 ||
      information.si_pid != pid)
    return {};
  ChildEnd end;
  end.known = true;
  if (information.si_code == CLD_EXITED)
    end.exit = information.si_status;
  else
    end.signal = information.si_status;
  return end;
}

std::string ripple::agent::tailOf(const std::string &file, std::size_t max) {
  OwnedFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (!fd || ::fstat(fd.get(), &status) != 0 || status.st_size <= 0)
    return {};
  auto size = static_cast<std::size_t>(status.st_size);
  auto take = std::min(size, max);
  std::string text(take, '\0');
  auto got = ::pread(fd.get(), text.data(), take, static_cast<off_t>(size - take));
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  if (take < size) // Not from the middle of a line.
    text.erase(0, text.find('\n') == std::string::npos ? 0 : text.find('\n') + 1);
  for (char &c : text)
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t')
      c = '?';
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  return text;
}
