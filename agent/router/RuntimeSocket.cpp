//===- RuntimeSocket.cpp - One question to a router, one answer -----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/router/RuntimeSocket.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace ripple;
using namespace ripple::agent;

namespace {

using Clock = std::chrono::steady_clock;

/// A file descriptor that closes itself.
class Descriptor {
public:
  explicit Descriptor(int fd) : Fd(fd) {}
  Descriptor(Descriptor &&other) noexcept : Fd(other.Fd) { other.Fd = -1; }
  Descriptor &operator=(Descriptor &&) = delete;
  ~Descriptor() {
    if (Fd >= 0)
      ::close(Fd);
  }
  int get() const { return Fd; }

private:
  int Fd;
};

/// One exchange: where, until when, and how its failures are told.
struct Exchange {
  const std::string &address;
  const std::string &who;
  model::Milliseconds timeout;
  Clock::time_point deadline = Clock::now() + timeout;

  tl::unexpected<RouterError> fail(RouterError::Kind kind, const std::string &what,
                                   std::string remedy = {}) const {
    return tl::make_unexpected(
        RouterError{kind, fmt::format("{}: {}", who, what), std::move(remedy)});
  }

  tl::unexpected<RouterError> late() const {
    return fail(RouterError::Kind::Timeout, fmt::format("no answer within {} ms", timeout.count()),
                "see whether the router hangs or its host is overloaded");
  }

  /// Waits until FD is ready for EVENTS; false at the deadline.
  bool await(int fd, short events) const {
    for (;;) {
      auto left = std::chrono::duration_cast<model::Milliseconds>(deadline - Clock::now()).count();
      if (left <= 0)
        return false;
      pollfd entry{fd, events, 0};
      int ready = ::poll(&entry, 1, static_cast<int>(left));
      if (ready > 0)
        return true;
      if (ready == 0 || errno != EINTR)
        return false;
    }
  }
};

tl::unexpected<RouterError> cannotConnect(const Exchange &exchange, int error, bool unixSocket) {
  using Kind = RouterError::Kind;
  switch (error) {
  case ENOENT:
  case ENOTDIR:
    return exchange.fail(Kind::Unreachable, "there is no such socket",
                         "is the router running, and does its configuration have this path "
                         "(`stats socket PATH level admin`)?");
  case EACCES:
  case EPERM:
    return exchange.fail(Kind::Unreachable, "no permission to open the socket",
                         "run as a user that may, or give this user's group access to it");
  case ECONNREFUSED:
    return exchange.fail(Kind::Unreachable, "nobody listens there",
                         unixSocket ? "the socket is left over from a router that has ended: "
                                      "start the router"
                                    : "start the router, or correct host:port");
  default:
    return exchange.fail(Kind::Unreachable,
                         fmt::format("cannot be reached: {}", std::strerror(error)));
  }
}

/// Connects FD without blocking beyond the deadline; 0 or an errno value.
int connectWithin(const Exchange &exchange, int fd, const sockaddr *address, socklen_t size) {
  if (::connect(fd, address, size) == 0)
    return 0;
  // A unix socket whose backlog is full says EAGAIN: there is nothing to wait for by poll.
  while (errno == EAGAIN) {
    if (Clock::now() >= exchange.deadline)
      return ETIMEDOUT;
    ::usleep(1'000);
    if (::connect(fd, address, size) == 0)
      return 0;
  }
  if (errno != EINPROGRESS)
    return errno;
  if (!exchange.await(fd, POLLOUT))
    return ETIMEDOUT;
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
  return error;
}

RouterResult<Descriptor> openUnix(const Exchange &exchange) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (exchange.address.size() >= sizeof address.sun_path)
    return exchange.fail(RouterError::Kind::Unreachable, "the socket's path is too long",
                         "a unix socket's path has at most 107 bytes");
  std::memcpy(address.sun_path, exchange.address.c_str(), exchange.address.size() + 1);
  Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (int error = connectWithin(exchange, fd.get(), reinterpret_cast<sockaddr *>(&address),
                                sizeof address)) {
    if (error == ETIMEDOUT)
      return exchange.late();
    return cannotConnect(exchange, error, true);
  }
  return fd;
}

RouterResult<Descriptor> openTcp(const Exchange &exchange) {
  auto colon = exchange.address.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == exchange.address.size())
    return exchange.fail(RouterError::Kind::Unreachable, "neither a path nor host:port",
                         "write /run/haproxy/admin.sock or 127.0.0.1:9999");
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo *found = nullptr;
  auto host = exchange.address.substr(0, colon), port = exchange.address.substr(colon + 1);
  if (int error = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found))
    return exchange.fail(RouterError::Kind::Unreachable,
                         fmt::format("the address has no meaning here: {}", ::gai_strerror(error)));
  std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  int error = 0;
  for (addrinfo *at = found; at; at = at->ai_next) {
    Descriptor fd(::socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    error = connectWithin(exchange, fd.get(), at->ai_addr, at->ai_addrlen);
    if (!error)
      return fd;
  }
  if (error == ETIMEDOUT)
    return exchange.late();
  return cannotConnect(exchange, error, false);
}

RouterResult<void> send(const Exchange &exchange, int fd, std::string_view text) {
  while (!text.empty()) {
    if (!exchange.await(fd, POLLOUT))
      return exchange.late();
    auto sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR))
      continue;
    if (sent < 0)
      return exchange.fail(RouterError::Kind::Unreachable,
                           fmt::format("the connection broke: {}", std::strerror(errno)));
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

RouterResult<std::string> receiveAll(const Exchange &exchange, int fd) {
  std::string answer;
  char buffer[16'384];
  for (;;) {
    if (!exchange.await(fd, POLLIN))
      return exchange.late();
    auto got = ::recv(fd, buffer, sizeof buffer, 0);
    if (got == 0)
      return answer;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
      continue;
    if (got < 0)
      return exchange.fail(RouterError::Kind::Timeout,
                           fmt::format("the connection broke in the middle of the answer: {}",
                                       std::strerror(errno)));
    answer.append(buffer, static_cast<std::size_t>(got));
    if (answer.size() > RuntimeAnswerMax)
      return exchange.fail(RouterError::Kind::Garbage, "an answer of more than 64 MiB");
  }
}

} // namespace

RouterResult<std::string> agent::exchange(const std::string &address, std::string_view text,
                                          model::Milliseconds timeout, const std::string &who) {
  Exchange exchange{address, who, timeout};
  auto fd = address.find('/') == std::string::npos ? openTcp(exchange) : openUnix(exchange);
  if (!fd)
    return tl::make_unexpected(fd.error());
  if (auto sent = send(exchange, fd->get(), text); !sent)
    return tl::make_unexpected(sent.error());
  return receiveAll(exchange, fd->get());
}

RouterResult<std::string> agent::askRuntime(const std::string &address, std::string_view line,
                                            model::Milliseconds timeout, const std::string &who) {
  return exchange(address, std::string(line) + "\n", timeout, who);
}
