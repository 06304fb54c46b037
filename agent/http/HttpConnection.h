//===- HttpConnection.h - One client of a server -----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Included by HttpServer.cpp alone.
//
//   start [-> handshake] -> receive -> handler -> send -> receive … -> close
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_HTTP_HTTPCONNECTION_H
#define RIPPLE_AGENT_HTTP_HTTPCONNECTION_H

#include "agent/http/HttpServer.h"
#include "agent/http/Tls.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <set>

namespace ripple::agent {

/// Says what strangers do wrong: each thing once, and not too many, in ten seconds. They must not
/// fill the disk.
class StrangersLog {
public:
  void say(const std::string &what) {
    constexpr std::size_t linesMax = 20;
    auto now = std::chrono::steady_clock::now();
    if (now - begun > std::chrono::seconds(10)) {
      if (unsaid > 0)
        spdlog::warn("{} more of what is said above, or like it", unsaid);
      begun = now;
      unsaid = 0;
      said.clear();
    }
    if (said.size() < linesMax && said.insert(what).second)
      spdlog::warn("{}", what);
    else
      ++unsaid;
  }

private:
  std::chrono::steady_clock::time_point begun;
  std::set<std::string> said;
  std::size_t unsaid = 0;
};

/// What all connections of a server use; it lives as long as the last of them.
struct HttpServer::Shared {
  Shared(boost::asio::io_context &on, std::string called, Handler handler, HttpLimits most)
      : loop(on), name(std::move(called)), answer(std::move(handler)), limits(most) {}

  /// "" where there may be another connection.
  std::string admit() const {
    return open < limits.connectionsMax
               ? ""
               : fmt::format("{} connections are open: no more is taken", open);
  }

  boost::asio::io_context &loop;
  std::string name;
  Handler answer;
  HttpLimits limits;
  StrangersLog log;
  std::size_t open = 0;
};

/// Counts itself among the open connections.
class OpenConnection {
public:
  explicit OpenConnection(std::shared_ptr<HttpServer::Shared> all) : shared(std::move(all)) {
    ++shared->open;
  }
  ~OpenConnection() { --shared->open; }
  OpenConnection(const OpenConnection &) = delete;
  OpenConnection &operator=(const OpenConnection &) = delete;

protected:
  std::shared_ptr<HttpServer::Shared> shared;
};

/// What does not depend on how the bytes travel. DERIVED has `stream` and ends the connection in
/// its own way (`close`).
template <typename Derived>
class HttpConnection : public OpenConnection, public std::enable_shared_from_this<Derived> {
  friend Derived;
  explicit HttpConnection(std::shared_ptr<HttpServer::Shared> all)
      : OpenConnection(std::move(all)) {}

protected:
  using ErrorCode = boost::system::error_code;

  auto &lowest() { return boost::beast::get_lowest_layer(derived().stream); }

  void receive() {
    parser.emplace();
    parser->body_limit(shared->limits.bodyMax);
    lowest().expires_after(shared->limits.time);
    boost::beast::http::async_read(derived().stream, buffer, *parser,
                                   [self = this->shared_from_this()](ErrorCode error, std::size_t) {
                                     self->onRequest(error);
                                   });
  }

  /// An answer of the server's own, after which the connection ends.
  void refuse(unsigned status, const std::string &error, const std::string &remedy = {}) {
    nlohmann::json body = {{"error", error}};
    if (!remedy.empty())
      body["remedy"] = remedy;
    using Json = nlohmann::json;
    send({status, body.dump(-1, ' ', false, Json::error_handler_t::replace)}, false);
  }

  /// Has the other side read what it was sent: a connection that is closed with bytes unread is
  /// reset, and the answer would be lost with it.
  void linger() {
    ErrorCode ignored;
    lowest().socket().shutdown(boost::asio::socket_base::shutdown_send, ignored);
    lowest().expires_after(std::chrono::seconds(2));
    drain();
  }

  std::string client;  ///< HttpRequest::client
  std::string refused; ///< Why nothing of this client's is answered; "" where it may ask.

private:
  Derived &derived() { return static_cast<Derived &>(*this); }

  void drain() {
    lowest().async_read_some(boost::asio::buffer(scrap),
                             [self = this->shared_from_this()](ErrorCode error, std::size_t got) {
                               self->drained += got;
                               if (!error && self->drained < self->shared->limits.bodyMax)
                                 self->drain();
                             });
  }

  void onRequest(ErrorCode error) {
    namespace http = boost::beast::http;
    if (error == http::error::body_limit)
      return refuse(413, fmt::format("the body has more than {} MiB",
                                     static_cast<double>(shared->limits.bodyMax) / (1U << 20)));
    if (error == http::error::end_of_stream || error == boost::beast::error::timeout)
      return derived().close();
    if (error && error.category() != http::make_error_code(http::error::bad_method).category())
      return derived().close(); // The connection is broken: nobody would read an answer.
    if (error)
      return refuse(400, "this is not HTTP: " + error.message());
    if (!refused.empty())
      return refuse(403, refused);
    auto &message = parser->get();
    HttpRequest request{std::string(message.method_string()), std::string(message.target()),
                        std::move(message.body()), client};
    shared->answer(request, [self = this->shared_from_this(), keepAlive = message.keep_alive()](
                                const HttpResponse &answer) { self->send(answer, keepAlive); });
  }

  void send(const HttpResponse &answer, bool keepAlive) {
    namespace http = boost::beast::http;
    lowest().expires_after(shared->limits.time);
    response = {};
    response.version(11);
    response.result(answer.status);
    response.set(http::field::server, shared->name);
    response.set(http::field::content_type, answer.contentType);
    response.keep_alive(keepAlive);
    response.body() = answer.body + "\n";
    response.prepare_payload();
    http::async_write(derived().stream, response,
                      [self = this->shared_from_this()](ErrorCode error, std::size_t) {
                        if (error || self->response.need_eof())
                          return self->derived().close();
                        self->receive();
                      });
  }

  boost::beast::flat_buffer buffer;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser;
  boost::beast::http::response<boost::beast::http::string_body> response;
  std::array<char, 4096> scrap;
  std::size_t drained = 0;
};

class UnixConnection : public HttpConnection<UnixConnection> {
public:
  using Protocol = boost::asio::local::stream_protocol;

  UnixConnection(std::shared_ptr<HttpServer::Shared> all, Protocol::socket socket)
      : HttpConnection(std::move(all)), stream(std::move(socket)) {}

  void start() { receive(); }

private:
  friend HttpConnection<UnixConnection>;

  void close() { linger(); }

  boost::beast::basic_stream<Protocol> stream;
};

class TlsConnection : public HttpConnection<TlsConnection> {
public:
  /// WHERE is the server's own address; CLIENTS the names that may ask, none: all.
  TlsConnection(std::shared_ptr<HttpServer::Shared> all, std::string where, TlsContext with,
                std::shared_ptr<const std::optional<std::vector<std::string>>> clients,
                boost::asio::ip::tcp::socket socket)
      : HttpConnection(std::move(all)), context(std::move(with)), where(std::move(where)),
        clients(std::move(clients)), stream(std::move(socket), *context) {}

  void start() {
    ErrorCode error;
    auto endpoint = lowest().socket().remote_endpoint(error);
    if (!error)
      peer = endpoint.address().to_string();
    stream.set_verify_callback(problem, error);
    lowest().expires_after(shared->limits.handshakeTime);
    stream.async_handshake(
        boost::asio::ssl::stream_base::server,
        [self = this->shared_from_this()](ErrorCode failed) { self->onHandshake(failed); });
  }

private:
  friend HttpConnection<TlsConnection>;

  void onHandshake(ErrorCode error) {
    if (error == boost::beast::error::timeout)
      return say("it does not finish its handshake");
    if (error && isPlainHttp(error)) {
      say(describeTls(error, problem));
      return answerPlainHttp();
    }
    if (error) {
      say(describeTls(error, problem));
      return linger();
    }
    std::unique_ptr<X509, decltype(&X509_free)> certificate(
        SSL_get1_peer_certificate(stream.native_handle()), X509_free);
    admit(namesOf(certificate.get()));
    receive();
  }

  /// May one with a certificate of these NAMES ask?
  void admit(const std::vector<std::string> &names) {
    client = names.empty() ? "a certificate without a name" : names.front();
    if (!*clients)
      return;
    for (const std::string &name : names)
      if (std::ranges::find(**clients, name) != (*clients)->end()) {
        client = name;
        return;
      }
    refused =
        fmt::format("the certificate of {} is not among those that may ask here", joined(names));
    say(refused + " (`clients`)");
  }

  void say(const std::string &what) {
    shared->log.say(fmt::format("{}: refused {}: {}", where, peer, what));
  }

  /// In its own language; no more than that is said to a stranger.
  void answerPlainHttp() {
    static constexpr std::string_view body =
        "{\"error\": \"this address speaks https, and no http\"}\n";
    static const std::string text =
        fmt::format("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: "
                    "application/json\r\nContent-Length: {}\r\n\r\n{}",
                    body.size(), body);
    lowest().expires_after(std::chrono::seconds(2));
    boost::asio::async_write(
        lowest(), boost::asio::buffer(text),
        [self = this->shared_from_this()](ErrorCode, std::size_t) { self->linger(); });
  }

  void close() {
    lowest().expires_after(std::chrono::seconds(2));
    stream.async_shutdown([self = this->shared_from_this()](ErrorCode) { self->linger(); });
  }

  TlsContext context;
  std::string where, peer = "somebody";
  std::shared_ptr<const std::optional<std::vector<std::string>>> clients;
  CertificateProblem problem;
  boost::beast::ssl_stream<boost::beast::tcp_stream> stream;
};

} // namespace ripple::agent

#endif
