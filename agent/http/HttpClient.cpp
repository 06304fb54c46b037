//===- HttpClient.cpp - One question to a daemon --------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/http/HttpClient.h"

#include "agent/http/Tls.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <fmt/format.h>

#include <map>

namespace ripple::agent {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Kind = HttpFailure::Kind;

constexpr std::uint64_t answerBytesMax = std::uint64_t{64} << 20;

/// What one identity's connections are made with. A program has one identity, or few.
tl::expected<TlsContext, std::string> contextOf(const model::TlsIdentity &identity) {
  static std::mutex mutex;
  static std::map<model::TlsIdentity, std::unique_ptr<TlsFiles>> all;
  std::unique_lock lock(mutex);
  auto &files = all[identity];
  if (!files)
    files = std::make_unique<TlsFiles>(identity, TlsRole::Client);
  lock.unlock(); // Never removed; and it locks for itself.
  return files->current();
}

/// What does not depend on how the bytes travel.
template <typename Stream> class Exchange : public std::enable_shared_from_this<Exchange<Stream>> {
public:
  using Done = std::function<void(HttpResult)>;

  template <typename... StreamArguments>
  Exchange(asio::io_context &loop, HttpQuestion asked, model::Address where, Done then,
           StreamArguments &&...arguments)
      : stream(std::forward<StreamArguments>(arguments)...), limit(loop), resolver(loop),
        question(std::move(asked)), address(std::move(where)), done(std::move(then)) {}

  void start() {
    message.method_string(question.method);
    message.target(question.target);
    message.version(11);
    message.set(http::field::host, hostHeader());
    message.set(http::field::connection, "close");
    if (!question.body.empty()) {
      message.set(http::field::content_type, question.contentType);
      message.body() = std::move(question.body);
    }
    message.prepare_payload();
    parser.body_limit(answerBytesMax);
    limit.expires_after(question.timeout);
    limit.async_wait([self = this->shared_from_this()](error_code error) {
      if (!error)
        self->expire();
    });
    connect();
  }

private:
  static constexpr bool isTls = !std::is_same_v<Stream, asio::local::stream_protocol::socket>;

  std::string hostHeader() const {
    return isTls ? address.text().substr(std::string_view("https://").size()) : "agent";
  }

  /// Binds a step to this object, and ends the exchange where ERROR says so.
  template <typename Step> auto then(Kind kind, const char *what, Step step) {
    return [self = this->shared_from_this(), kind, what, step](error_code error, auto &&...) {
      if (!self->done)
        return;
      error ? self->fail(kind, what, error) : step(*self);
    };
  }

  void connect() {
    auto connected = then(Kind::Unreachable, "cannot be reached", [](Exchange &self) {
      if constexpr (isTls)
        self.shakeHands();
      else
        self.write();
    });
    if constexpr (isTls) {
      error_code isName;
      auto ip = asio::ip::make_address(address.host, isName);
      if (!isName)
        return stream.next_layer().async_connect(tcp::endpoint(ip, address.port), connected);
      resolver.async_resolve(
          address.host, std::to_string(address.port),
          [self = this->shared_from_this(), connected](error_code error, const auto &found) {
            if (error)
              return connected(error);
            asio::async_connect(self->stream.next_layer(), found, connected);
          });
    } else {
      stream.async_connect(asio::local::stream_protocol::endpoint(address.path), connected);
    }
  }

  /// The host's name or address must be in the certificate.
  void shakeHands() {
    SSL *native = stream.native_handle();
    error_code isName;
    asio::ip::make_address(address.host, isName);
    X509_VERIFY_PARAM *wanted = SSL_get0_param(native);
    bool set = isName ? X509_VERIFY_PARAM_set1_host(wanted, address.host.c_str(), 0) == 1 &&
                            SSL_set_tlsext_host_name(native, address.host.c_str()) == 1
                      : X509_VERIFY_PARAM_set1_ip_asc(wanted, address.host.c_str()) == 1;
    if (!set)
      return finish(tl::unexpected(HttpFailure{
          Kind::Unreachable, fmt::format("{}: no certificate can be for that host", place())}));
    stream.set_verify_callback(problem);
    stream.async_handshake(
        asio::ssl::stream_base::client,
        then(Kind::Unreachable, "cannot be reached", [](Exchange &self) { self.write(); }));
  }

  void write() {
    http::async_write(stream, message,
                      [self = this->shared_from_this()](error_code error, std::size_t) {
                        self->writeError = error; // It may have answered without reading all of it.
                        self->read();
                      });
  }

  void read() {
    if (!done)
      return;
    http::async_read(stream, buffer, parser,
                     [self = this->shared_from_this()](error_code error, std::size_t) {
                       if (error && self->writeError)
                         return self->fail(Kind::Broken, "cannot be asked", self->writeError);
                       if (error)
                         return self->fail(Kind::Broken, "gave no answer", error);
                       self->answered();
                     });
  }

  void answered() {
    auto &answer = parser.get();
    finish(HttpAnswer{answer.result_int(), std::string(answer[http::field::content_type]),
                      std::move(answer.body())});
  }

  std::string place() const { return address.isUnix() ? address.path : address.text(); }

  void fail(Kind kind, const char *what, error_code error) {
    std::string why = isTls ? describeTls(error, problem) : error.message();
    finish(tl::unexpected(HttpFailure{kind, fmt::format("{} {}: {}", place(), what, why)}));
  }

  void expire() {
    finish(tl::unexpected(
        HttpFailure{Kind::Timeout, fmt::format("{} gave no answer: no answer within {}", place(),
                                               model::formatDuration(question.timeout))}));
  }

  void finish(HttpResult result) {
    auto then = std::exchange(done, nullptr);
    if (!then)
      return;
    limit.cancel();
    resolver.cancel();
    error_code ignored;
    beast::get_lowest_layer(stream).close(ignored);
    then(std::move(result));
  }

  Stream stream;
  asio::steady_timer limit;
  tcp::resolver resolver;
  HttpQuestion question;
  model::Address address;
  Done done;
  CertificateProblem problem;
  http::request<http::string_body> message;
  http::response_parser<http::string_body> parser;
  beast::flat_buffer buffer;
  error_code writeError;
};

} // namespace

std::string refusedUrl(const std::string &url, const model::TlsIdentity &identity) {
  auto address = model::parseAddress(url);
  if (!address)
    return address.error() + "; write unix:PATH or https://HOST:PORT";
  if (address->path.size() > model::socketPathMax)
    return fmt::format("'{}': the path of a socket has 1 to {} bytes", url, model::socketPathMax);
  if (!address->isUnix() && identity.empty())
    return fmt::format("'{}': https needs a certificate of one's own: give --tls-certificate, "
                       "--tls-key and --tls-authority",
                       url);
  return {};
}

void askHttp(asio::io_context &loop, HttpQuestion question, std::function<void(HttpResult)> done) {
  auto refuse = [&](const std::string &why) {
    done(tl::unexpected(HttpFailure{HttpFailure::Kind::Unreachable, why}));
  };
  if (std::string why = refusedUrl(question.url, question.tls); !why.empty())
    return refuse(why);
  model::Address address = *model::parseAddress(question.url);
  if (address.isUnix()) {
    using Stream = asio::local::stream_protocol::socket;
    return std::make_shared<Exchange<Stream>>(loop, std::move(question), std::move(address),
                                              std::move(done), loop)
        ->start();
  }
  auto context = contextOf(question.tls);
  if (!context)
    return refuse(fmt::format("{} cannot be asked: {}", question.url, context.error()));
  using Stream = beast::ssl_stream<tcp::socket>;
  std::make_shared<Exchange<Stream>>(loop, std::move(question), std::move(address), std::move(done),
                                     loop, **context)
      ->start();
}

HttpResult askHttp(HttpQuestion question) {
  asio::io_context loop;
  HttpResult result = tl::unexpected(HttpFailure{HttpFailure::Kind::Broken, "no answer"});
  askHttp(loop, std::move(question), [&](HttpResult given) { result = std::move(given); });
  loop.run();
  return result;
}

} // namespace ripple::agent
