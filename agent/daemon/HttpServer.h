//===- HttpServer.h - HTTP over a unix socket ---------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_HTTPSERVER_H
#define RIPPLE_AGENT_DAEMON_HTTPSERVER_H

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <string>
#include <tl/expected.hpp>

namespace ripple::agent {

struct HttpRequest {
  std::string method, target, body;
};
struct HttpResponse {
  unsigned status = 200;
  std::string body; ///< JSON.
};

/// Hands requests to a handler, on the loop's thread. Each has 30 s to arrive and to be taken
/// away, and at most as many bytes as the server was made for.
class HttpServer {
public:
  /// Sends the answer; to be called once, on the loop's thread, at once or later.
  using Reply = std::function<void(const HttpResponse &)>;
  /// Must not block for long: nothing else happens meanwhile. May throw nothing.
  static constexpr std::uint64_t DefaultBodyMax = std::uint64_t{1} << 20;
  using Handler = std::function<void(const HttpRequest &, Reply)>;

  HttpServer(boost::asio::io_context &loop, Handler handler,
             std::uint64_t bodyMax = DefaultBodyMax);
  ~HttpServer();

  /// Listens at PATH, with mode 0600. What a server that died left there is replaced; one that
  /// answers is not.
  tl::expected<void, std::string> listen(const std::string &path);
  /// Takes no more connections and removes the socket. What is being answered is finished.
  void stop();

private:
  void accept();

  boost::asio::local::stream_protocol::acceptor Acceptor;
  boost::asio::steady_timer Retry;
  Handler Answer;
  std::uint64_t BodyMax;
  std::string Path;
};

} // namespace ripple::agent

#endif
