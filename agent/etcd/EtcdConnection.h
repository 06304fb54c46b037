//===- EtcdConnection.h - One connection to one endpoint --------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ETCD_ETCDCONNECTION_H
#define RIPPLE_AGENT_ETCD_ETCDCONNECTION_H

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

namespace ripple::agent {

struct EtcdEndpoint {
  bool tls = false;
  std::string host, port;
  bool numeric = false;  ///< HOST is an address, which TLS names no server by.
  std::string authority; ///< "HOST:PORT", as a request names it.
  std::string url;       ///< As it was configured.
};

struct EtcdAnswer {
  int status = 0;
  std::string body;
};

/// HTTP/1.1, kept open between posts, opened again where the other side has closed it.
class EtcdConnection {
public:
  /// TLS may be null where no endpoint is https.
  explicit EtcdConnection(std::shared_ptr<boost::asio::ssl::context> tls)
      : context(std::move(tls)) {}

  /// The answer, or why there is none. What was posted may then have arrived, even twice. Looking
  /// up a host's name is the one thing that goes on beyond DEADLINE: in a thread of its own, for
  /// which the destructor waits.
  tl::expected<EtcdAnswer, std::string> post(const EtcdEndpoint &endpoint, const std::string &path,
                                             const std::string &body,
                                             const std::string &authorization,
                                             std::chrono::steady_clock::time_point deadline);
  void close();

private:
  using Error = boost::beast::error_code;
  using Plain = boost::beast::tcp_stream;
  using Secure = boost::beast::ssl_stream<Plain>;

  Error open(const EtcdEndpoint &endpoint);
  Error openTls(const EtcdEndpoint &endpoint);
  Error look(const EtcdEndpoint &endpoint, boost::asio::ip::tcp::resolver::results_type &found);
  tl::expected<EtcdAnswer, Error> exchange(const EtcdEndpoint &endpoint, const std::string &path,
                                           const std::string &body,
                                           const std::string &authorization);
  template <typename Stream>
  tl::expected<EtcdAnswer, Error>
  exchange(Stream &stream, boost::beast::http::request<boost::beast::http::string_body> &message);
  template <typename Start> Error finish(Start start);
  std::string explain(Error error, std::chrono::steady_clock::time_point begun) const;

  std::shared_ptr<boost::asio::ssl::context> context;
  boost::asio::io_context io;
  boost::asio::ip::tcp::resolver resolver{io};
  std::optional<Plain> plain;
  std::optional<Secure> secure;
  std::string openUrl; ///< "" while it is closed.
  std::chrono::steady_clock::time_point until;
};

} // namespace ripple::agent

#endif
