//===- HttpServer.cpp - HTTP over a unix socket or TLS --------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/http/HttpServer.h"

#include "agent/http/HttpConnection.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ripple::agent {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::local::stream_protocol;
using boost::system::error_code;
using Listened = tl::expected<std::shared_ptr<HttpServer::Listener>, std::string>;

} // namespace

/// One address.
class HttpServer::Listener {
public:
  virtual ~Listener() = default;
  virtual void stop() = 0;
};

namespace {

/// Accepts connections, and hands each to `take`, until it is stopped.
template <typename Protocol>
class Acceptor : public HttpServer::Listener,
                 public std::enable_shared_from_this<Acceptor<Protocol>> {
public:
  using Socket = typename Protocol::socket;

  Acceptor(std::shared_ptr<HttpServer::Shared> all, std::function<void(Socket)> use)
      : acceptor(all->loop), shared(std::move(all)), take(std::move(use)), pause(shared->loop) {}

  error_code open(const typename Protocol::endpoint &at) {
    error_code error;
    acceptor.open(at.protocol(), error);
    ::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
    if (!error)
      acceptor.set_option(asio::socket_base::reuse_address(true), error);
    // The mode belongs to a unix socket from its first moment on.
    auto mask = ::umask(0177);
    if (!error)
      acceptor.bind(at, error);
    ::umask(mask);
    if (!error)
      acceptor.listen(asio::socket_base::max_listen_connections, error);
    return error;
  }

  void accept() {
    acceptor.async_accept([self = this->shared_from_this()](error_code error, Socket socket) {
      if (!self->acceptor.is_open())
        return;
      if (error)
        return self->acceptLater(error);
      if (auto problem = self->shared->admit(); problem.empty())
        self->take(std::move(socket));
      else
        self->shared->log.say(problem);
      self->accept();
    });
  }

  void stop() override {
    error_code ignored;
    pause.cancel();
    acceptor.close(ignored);
    if (!remove.empty())
      ::unlink(remove.c_str());
    remove.clear();
  }

  std::string remove; ///< The file that is the socket.

private:
  void acceptLater(error_code error) { // Out of descriptors, perhaps.
    spdlog::error("cannot take a connection: {}", error.message());
    pause.expires_after(std::chrono::milliseconds(100));
    pause.async_wait([self = this->shared_from_this()](error_code stopped) {
      if (!stopped && self->acceptor.is_open())
        self->accept();
    });
  }

  typename Protocol::acceptor acceptor;
  std::shared_ptr<HttpServer::Shared> shared;
  std::function<void(Socket)> take;
  asio::steady_timer pause;
};

/// True where a server answers at PATH.
bool isAnswered(asio::io_context &loop, const std::string &path) {
  stream_protocol::socket probe(loop);
  error_code error;
  probe.connect(stream_protocol::endpoint(path), error);
  return !error;
}

tl::unexpected<std::string> cannotListen(const std::string &where, const std::string &why) {
  return tl::unexpected(fmt::format("cannot listen at {}: {}", where, why));
}

Listened listenUnix(const std::shared_ptr<HttpServer::Shared> &shared, const std::string &path) {
  if (path.size() > model::socketPathMax)
    return cannotListen(path, "the path of a socket has at most 107 bytes");
  struct stat status{};
  if (::lstat(path.c_str(), &status) == 0) {
    if (!S_ISSOCK(status.st_mode))
      return cannotListen(path, "there is a file of that name, which is no socket");
    if (isAnswered(shared->loop, path))
      return cannotListen(path, "another program answers there");
    ::unlink(path.c_str());
  }
  auto out =
      std::make_shared<Acceptor<stream_protocol>>(shared, [shared](stream_protocol::socket socket) {
        std::make_shared<UnixConnection>(shared, std::move(socket))->start();
      });
  if (auto error = out->open(stream_protocol::endpoint(path)))
    return cannotListen(path, error.message());
  out->remove = path;
  out->accept();
  return out;
}

Listened listenTls(const std::shared_ptr<HttpServer::Shared> &shared, const model::Address &address,
                   const model::TlsServer &tls) {
  auto files = std::make_shared<TlsFiles>(tls, TlsRole::Server);
  if (auto context = files->current(); !context)
    return cannotListen(address.text(), context.error());
  error_code error;
  auto found = tcp::resolver(shared->loop)
                   .resolve(address.host, std::to_string(address.port),
                            tcp::resolver::passive | tcp::resolver::numeric_service, error);
  if (error || found.empty())
    return cannotListen(address.text(), error.message());
  auto clients = std::make_shared<const std::optional<std::vector<std::string>>>(tls.clients);
  auto out = std::make_shared<Acceptor<tcp>>(shared, [shared, files, clients,
                                                      where = address.text()](tcp::socket socket) {
    if (auto context = files->current())
      std::make_shared<TlsConnection>(shared, where, *context, clients, std::move(socket))->start();
  });
  if (error = out->open(found.begin()->endpoint()); error)
    return cannotListen(address.text(), error.message());
  out->accept();
  return out;
}

} // namespace

HttpServer::HttpServer(asio::io_context &loop, std::string name, Handler handler, HttpLimits limits)
    : shared(std::make_shared<Shared>(loop, std::move(name), std::move(handler), limits)) {}

HttpServer::~HttpServer() { stop(); }

tl::expected<void, std::string> HttpServer::listen(const model::Address &address,
                                                   const std::optional<model::TlsServer> &tls) {
  if (!address.isUnix() && !tls)
    return cannotListen(address.text(), "it needs a certificate");
  auto listener =
      address.isUnix() ? listenUnix(shared, address.path) : listenTls(shared, address, *tls);
  if (!listener)
    return tl::unexpected(listener.error());
  listeners.push_back(std::move(*listener));
  return {};
}

void HttpServer::stop() {
  for (const auto &listener : listeners)
    listener->stop();
  listeners.clear();
}

} // namespace ripple::agent
