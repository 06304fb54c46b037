//===- EtcdConnection.cpp - One connection to one endpoint ----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/etcd/EtcdConnection.h"

#include <boost/asio/ssl/host_name_verification.hpp>
#include <fmt/format.h>

namespace ripple::agent {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

namespace {
constexpr std::uint64_t answerBytesMax = 256U << 20;
} // namespace

/// Starts an operation and runs it to its end, which its stream's time limit sees to. What is left
/// of an earlier one (a name's look-up) may end meanwhile; so the handler owns where it writes.
template <typename Start> EtcdConnection::Error EtcdConnection::finish(Start start) {
  auto result = std::make_shared<std::optional<Error>>();
  start([result](Error error, auto &&...) { *result = error; });
  io.restart();
  while (!*result && io.run_one() > 0) {
  }
  return result->value_or(asio::error::operation_aborted);
}

EtcdConnection::Error EtcdConnection::look(const EtcdEndpoint &endpoint,
                                           tcp::resolver::results_type &found) {
  if (endpoint.numeric) {
    tcp::endpoint numeric(asio::ip::make_address(endpoint.host),
                          static_cast<unsigned short>(std::stoi(endpoint.port)));
    found = tcp::resolver::results_type::create(numeric, endpoint.host, endpoint.port);
    return {};
  }
  struct Looked {
    std::optional<Error> error;
    tcp::resolver::results_type found;
  };
  auto looked = std::make_shared<Looked>();
  resolver.async_resolve(endpoint.host, endpoint.port,
                         [looked](Error failed, tcp::resolver::results_type results) {
                           looked->error = failed;
                           looked->found = std::move(results);
                         });
  io.restart();
  while (!looked->error && std::chrono::steady_clock::now() < until)
    io.run_one_until(until);
  if (!looked->error)
    return beast::error::timeout;
  found = looked->found;
  return *looked->error;
}

EtcdConnection::Error EtcdConnection::open(const EtcdEndpoint &endpoint) {
  close();
  tcp::resolver::results_type found;
  if (Error error = look(endpoint, found))
    return error;
  plain.emplace(io);
  plain->expires_at(until);
  Error error = finish([&](auto done) { plain->async_connect(found, std::move(done)); });
  if (!error) {
    plain->socket().set_option(tcp::no_delay(true), error);
    error = {};
  }
  if (!error && endpoint.tls)
    error = openTls(endpoint);
  if (error)
    close();
  else
    openUrl = endpoint.url;
  return error;
}

EtcdConnection::Error EtcdConnection::openTls(const EtcdEndpoint &endpoint) {
  secure.emplace(std::move(*plain), *context);
  plain.reset();
  secure->set_verify_mode(asio::ssl::verify_peer);
  secure->set_verify_callback(asio::ssl::host_name_verification(endpoint.host));
  if (!endpoint.numeric)
    ::SSL_set_tlsext_host_name(secure->native_handle(), endpoint.host.c_str());
  beast::get_lowest_layer(*secure).expires_at(until);
  return finish(
      [&](auto done) { secure->async_handshake(asio::ssl::stream_base::client, std::move(done)); });
}

void EtcdConnection::close() {
  plain.reset();
  secure.reset();
  openUrl.clear();
}

template <typename Stream>
tl::expected<EtcdAnswer, EtcdConnection::Error>
EtcdConnection::exchange(Stream &stream, http::request<http::string_body> &message) {
  beast::get_lowest_layer(stream).expires_at(until);
  Error error = finish([&](auto done) { http::async_write(stream, message, std::move(done)); });
  if (error)
    return tl::unexpected(error);
  http::response_parser<http::string_body> parser;
  parser.body_limit(answerBytesMax);
  beast::flat_buffer buffer;
  error = finish([&](auto done) { http::async_read(stream, buffer, parser, std::move(done)); });
  if (error)
    return tl::unexpected(error);
  if (!parser.get().keep_alive())
    close();
  return EtcdAnswer{static_cast<int>(parser.get().result_int()), std::move(parser.get().body())};
}

tl::expected<EtcdAnswer, EtcdConnection::Error>
EtcdConnection::exchange(const EtcdEndpoint &endpoint, const std::string &path,
                         const std::string &body, const std::string &authorization) {
  http::request<http::string_body> message(http::verb::post, path, 11);
  message.set(http::field::host, endpoint.authority);
  message.set(http::field::content_type, "application/json");
  if (!authorization.empty())
    message.set(http::field::authorization, authorization);
  message.body() = body;
  message.prepare_payload();
  return secure ? exchange(*secure, message) : exchange(*plain, message);
}

std::string EtcdConnection::explain(Error error,
                                    std::chrono::steady_clock::time_point begun) const {
  if (error != beast::error::timeout)
    return error.message();
  auto took = std::chrono::duration_cast<std::chrono::milliseconds>(until - begun);
  return fmt::format("no answer within {} ms", std::max<std::int64_t>(took.count(), 0));
}

tl::expected<EtcdAnswer, std::string>
EtcdConnection::post(const EtcdEndpoint &endpoint, const std::string &path, const std::string &body,
                     const std::string &authorization,
                     std::chrono::steady_clock::time_point deadline) {
  auto begun = std::chrono::steady_clock::now();
  until = deadline;
  bool used = openUrl == endpoint.url;
  for (;;) {
    if (!used)
      if (Error error = open(endpoint))
        return tl::unexpected(explain(error, begun));
    auto answer = exchange(endpoint, path, body, authorization);
    if (answer)
      return std::move(*answer);
    close();
    // The other side may have closed a connection that was not used for a while.
    if (!used || answer.error() == beast::error::timeout)
      return tl::unexpected(explain(answer.error(), begun));
    used = false;
  }
}

} // namespace ripple::agent
