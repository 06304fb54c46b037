//===- EtcdClient.cpp - Asks an etcd --------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/etcd/EtcdClient.h"

#include "agent/etcd/EtcdConnection.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <thread>

namespace ripple::agent {

namespace asio = boost::asio;

namespace {

tl::expected<EtcdEndpoint, std::string> readEndpoint(const std::string &url) {
  auto refused = [&](const char *why) { return tl::unexpected(fmt::format("'{}': {}", url, why)); };
  EtcdEndpoint endpoint;
  endpoint.url = url;
  endpoint.tls = url.starts_with("https://");
  if (!endpoint.tls && !url.starts_with("http://"))
    return refused("an endpoint of etcd is http://HOST:PORT or https://HOST:PORT");
  std::string rest = url.substr(url.find("//") + 2);
  if (rest.ends_with('/'))
    rest.pop_back();
  std::size_t colon = rest.rfind(':');
  if (colon == std::string::npos || colon == 0 || rest.find('/') != std::string::npos)
    return refused("an endpoint of etcd has a host and a port and nothing else");
  endpoint.authority = rest;
  endpoint.host = rest.substr(0, colon);
  endpoint.port = rest.substr(colon + 1);
  if (endpoint.host.starts_with('[') && endpoint.host.ends_with(']'))
    endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
  else if (endpoint.host.find_first_of(":@ ") != std::string::npos)
    return refused("that is no host (IPv6 addresses stand in brackets)");
  int port = 0;
  auto [end, error] =
      std::from_chars(endpoint.port.data(), endpoint.port.data() + endpoint.port.size(), port);
  if (error != std::errc() || end != endpoint.port.data() + endpoint.port.size() || port < 1 ||
      port > 65535)
    return refused("a port is a number from 1 to 65535");
  boost::system::error_code notNumeric;
  asio::ip::make_address(endpoint.host, notNumeric);
  endpoint.numeric = !notNumeric;
  return endpoint;
}

using TlsContext = std::shared_ptr<asio::ssl::context>;

tl::expected<TlsContext, std::string> makeTls(const EtcdConfig &config) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  ::SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  boost::system::error_code error;
  auto failed = [&](const std::string &file) {
    return tl::unexpected(fmt::format("{}: {}", file, error.message()));
  };
  if (config.caFile.empty())
    context->set_default_verify_paths(error);
  else
    context->load_verify_file(config.caFile, error);
  if (error)
    return failed(config.caFile.empty() ? "the system's authorities" : config.caFile);
  if (config.certificateFile.empty() != config.keyFile.empty())
    return tl::unexpected(std::string("a client's certificate and its key go together: give both "
                                      "files, or neither"));
  if (config.certificateFile.empty())
    return context;
  if (context->use_certificate_chain_file(config.certificateFile, error); error)
    return failed(config.certificateFile);
  if (context->use_private_key_file(config.keyFile, asio::ssl::context::pem, error); error)
    return failed(config.keyFile);
  return context;
}

} // namespace

std::string refusedEndpoint(const std::string &url) {
  auto endpoint = readEndpoint(url);
  return endpoint ? std::string() : endpoint.error();
}

class EtcdClient::Impl {
public:
  Impl(EtcdConfig wanted, std::vector<EtcdEndpoint> all, TlsContext tls)
      : config(std::move(wanted)), endpoints(std::move(all)), connection(std::move(tls)) {}

  /// The body of the answer with status 200.
  EtcdResult<std::string> call(const std::string &path, const std::string &body) {
    const Clock::time_point until = std::min(Clock::now() + config.timeout, deadline);
    bool renewed = false;
    for (;;) {
      if (!config.user.empty() && token.empty())
        if (auto logged = logIn(until); !logged)
          return tl::unexpected(logged.error());
      auto answer = callAny(path, body, until);
      if (answer || answer.error().kind != EtcdError::Kind::NoToken || config.user.empty() ||
          renewed)
        return answer;
      token.clear(); // It has run out; etcd has done nothing.
      renewed = true;
    }
  }

  EtcdConfig config;
  Clock::time_point deadline = Clock::time_point::max();
  std::function<bool()> giveUp = [] { return false; };

private:
  EtcdResult<void> logIn(Clock::time_point until) {
    nlohmann::json body = {{"name", config.user}, {"password", config.password}};
    auto answer =
        callAny("/v3/auth/authenticate",
                body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), until);
    auto given = answer ? parseToken(*answer) : tl::unexpected(answer.error());
    if (!given)
      return tl::unexpected(given.error());
    token = std::move(*given);
    return {};
  }

  /// At one endpoint after the other, until one answers.
  EtcdResult<std::string> callAny(const std::string &path, const std::string &body,
                                  Clock::time_point until) {
    constexpr std::chrono::milliseconds pause(50);
    std::vector<std::string> why(endpoints.size());
    for (std::size_t tries = 1;; ++tries) {
      const EtcdEndpoint &endpoint = endpoints[current];
      auto answer = callOne(endpoint, path, body, until);
      if (answer || answer.error().kind != EtcdError::Kind::Unreachable) {
        if (!answer)
          answer.error().message =
              fmt::format("etcd at {}: {}", endpoint.url, answer.error().message);
        return answer;
      }
      // That the last try had no time left is not why.
      if (why[current].empty() || Clock::now() < until)
        why[current] = fmt::format("{}: {}", endpoint.url, answer.error().message);
      current = (current + 1) % endpoints.size();
      if (Clock::now() + pause >= until || giveUp()) {
        std::erase(why, "");
        return tl::unexpected(EtcdError{EtcdError::Kind::Unreachable,
                                        fmt::format("no etcd answers: {}", fmt::join(why, "; "))});
      }
      if (tries % endpoints.size() == 0)
        std::this_thread::sleep_for(pause);
    }
  }

  EtcdResult<std::string> callOne(const EtcdEndpoint &endpoint, const std::string &path,
                                  const std::string &body, Clock::time_point until) {
    auto answer = connection.post(endpoint, path, body, token,
                                  std::min(until, Clock::now() + config.tryTimeout));
    if (!answer)
      return tl::unexpected(EtcdError{EtcdError::Kind::Unreachable, answer.error()});
    if (answer->status != 200)
      return tl::unexpected(parseError(answer->status, answer->body));
    return std::move(answer->body);
  }

  std::vector<EtcdEndpoint> endpoints;
  std::size_t current = 0; ///< The one that answered last.
  std::string token;
  EtcdConnection connection;
};

EtcdClient::EtcdClient(std::unique_ptr<Impl> made) : impl(std::move(made)) {}
EtcdClient::~EtcdClient() = default;

tl::expected<std::unique_ptr<EtcdClient>, std::string> EtcdClient::make(EtcdConfig config) {
  if (config.endpoints.empty())
    return tl::unexpected(std::string("etcd: name at least one endpoint"));
  std::vector<EtcdEndpoint> endpoints;
  for (const std::string &url : config.endpoints) {
    auto endpoint = readEndpoint(url);
    if (!endpoint)
      return tl::unexpected(endpoint.error());
    endpoints.push_back(std::move(*endpoint));
  }
  TlsContext tls;
  if (std::ranges::any_of(endpoints, &EtcdEndpoint::tls)) {
    auto made = makeTls(config);
    if (!made)
      return tl::unexpected(made.error());
    tls = std::move(*made);
  }
  return std::unique_ptr<EtcdClient>(
      new EtcdClient(std::make_unique<Impl>(std::move(config), std::move(endpoints), tls)));
}

namespace {
/// What PARSE makes of ANSWER; says who gave it, where that is nothing.
template <typename Parse>
auto read(const EtcdClient &client, const EtcdResult<std::string> &answer, Parse parse)
    -> decltype(parse(std::string_view())) {
  if (!answer)
    return tl::unexpected(answer.error());
  auto parsed = parse(*answer);
  if (!parsed)
    parsed.error().message = fmt::format("etcd at {}: {}", client.name(), parsed.error().message);
  return parsed;
}
} // namespace

EtcdResult<RangeAnswer> EtcdClient::range(const RangeQuery &query) {
  return read(*this, impl->call("/v3/kv/range", writeRange(query)), parseRange);
}

EtcdResult<TxnAnswer> EtcdClient::txn(const TxnQuery &query) {
  return read(*this, impl->call("/v3/kv/txn", writeTxn(query)), parseTxn);
}

EtcdResult<LeaseAnswer> EtcdClient::grantLease(std::int64_t ttlSeconds) {
  nlohmann::json body = {{"TTL", std::to_string(ttlSeconds)}};
  return read(*this, impl->call("/v3/lease/grant", body.dump()), parseLease);
}

EtcdResult<LeaseAnswer> EtcdClient::keepAlive(std::int64_t lease) {
  nlohmann::json body = {{"ID", std::to_string(lease)}};
  return read(*this, impl->call("/v3/lease/keepalive", body.dump()), parseLease);
}

EtcdResult<void> EtcdClient::revokeLease(std::int64_t lease) {
  nlohmann::json body = {{"ID", std::to_string(lease)}};
  auto answer = impl->call("/v3/lease/revoke", body.dump());
  if (!answer && answer.error().kind != EtcdError::Kind::NotFound)
    return tl::unexpected(answer.error());
  return {};
}

void EtcdClient::setDeadline(Clock::time_point deadline) { impl->deadline = deadline; }

void EtcdClient::setGiveUp(std::function<bool()> giveUp) { impl->giveUp = std::move(giveUp); }

std::string EtcdClient::name() const {
  return fmt::format("{}", fmt::join(impl->config.endpoints, ", "));
}

} // namespace ripple::agent
