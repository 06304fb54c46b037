//===- HttpServer.h - HTTP over a unix socket or TLS -------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_HTTP_HTTPSERVER_H
#define RIPPLE_AGENT_HTTP_HTTPSERVER_H

#include "model/Network.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>

namespace ripple::agent {

struct HttpRequest {
  std::string method, target, body;
  /// Over TLS the name of the client's certificate by which it may ask; "" over a unix socket.
  std::string client;

  /// It came over a unix socket: from this host, by who may open it.
  bool isLocal() const { return client.empty(); }
};
struct HttpResponse {
  unsigned status = 200;
  std::string body; ///< A line end is added to it.
  std::string contentType = "application/json";
};

struct HttpLimits {
  std::uint64_t bodyMax = std::uint64_t{1} << 20; ///< Bytes of a request's body.
  std::chrono::milliseconds time{30'000};         ///< For a request to come, an answer to go.
  std::chrono::milliseconds handshakeTime{10'000};
  std::size_t connectionsMax = 256; ///< At a time; one more is closed at once.
};

/// Hands requests to a handler, on the loop's thread. What is wrong with a connection is said in
/// the log, and to the other side where it can be.
class HttpServer {
public:
  /// Sends the answer; to be called once, on the loop's thread, at once or later.
  using Reply = std::function<void(const HttpResponse &)>;
  /// Must not block for long: nothing else happens meanwhile. May throw nothing.
  using Handler = std::function<void(const HttpRequest &, Reply)>;

  /// NAME is what the Server header says.
  HttpServer(boost::asio::io_context &loop, std::string name, Handler handler,
             HttpLimits limits = {});
  ~HttpServer();
  HttpServer(const HttpServer &) = delete;
  HttpServer &operator=(const HttpServer &) = delete;

  /// Listens at ADDRESS, besides those before. A unix socket has mode 0600; what a server that died
  /// left there is replaced; one that answers is not. HTTPS needs TLS, whose files are read now and
  /// again when they have changed; who has no certificate of its authority gets no answer, who is
  /// not among its `clients` 403.
  tl::expected<void, std::string> listen(const model::Address &address,
                                         const std::optional<model::TlsServer> &tls = {});
  /// Takes no more connections and removes the sockets. What is being answered is finished.
  void stop();

  class Listener;
  struct Shared;

private:
  std::shared_ptr<Shared> shared;
  std::vector<std::shared_ptr<Listener>> listeners;
};

} // namespace ripple::agent

#endif
