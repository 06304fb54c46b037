//===- HttpServer.cpp - HTTP over a unix socket ---------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/HttpServer.h"

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace ripple::agent;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::asio::local::stream_protocol;
using boost::system::error_code;

namespace {

constexpr std::chrono::seconds TimeMax{30};

class Connection : public std::enable_shared_from_this<Connection> {
public:
  Connection(stream_protocol::socket socket, const HttpServer::Handler &handler,
             std::uint64_t bodyMax)
      : Stream(std::move(socket)), Handler(handler), BodyMax(bodyMax) {}

  void receive() {
    Parser.emplace();
    Parser->body_limit(BodyMax);
    Stream.expires_after(TimeMax);
    http::async_read(
        Stream, Buffer, *Parser,
        [self = shared_from_this()](error_code error, std::size_t) { self->onRequest(error); });
  }

private:
  void onRequest(error_code error) {
    if (error == http::error::body_limit)
      return send({413, fmt::format(R"({{"error": "the body has more than {} bytes"}})", BodyMax)},
                  false);
    if (error == http::error::end_of_stream || error == beast::error::timeout)
      return close();
    if (error)
      return send({400, nlohmann::json{{"error", "this is not HTTP: " + error.message()}}.dump()},
                  false);
    auto &message = Parser->get();
    HttpRequest request{std::string(message.method_string()), std::string(message.target()),
                        std::move(message.body())};
    Handler(request, [self = shared_from_this(), keepAlive = message.keep_alive()](
                         const HttpResponse &answer) { self->send(answer, keepAlive); });
  }

  void send(const HttpResponse &answer, bool keepAlive) {
    Stream.expires_after(TimeMax);
    Response = {};
    Response.version(11);
    Response.result(answer.status);
    Response.set(http::field::server, "ripple-agent");
    Response.set(http::field::content_type, "application/json");
    Response.keep_alive(keepAlive);
    Response.body() = answer.body + "\n";
    Response.prepare_payload();
    http::async_write(Stream, Response, [self = shared_from_this()](error_code error, std::size_t) {
      if (error || self->Response.need_eof())
        return self->close();
      self->receive();
    });
  }

  void close() {
    error_code ignored;
    Stream.socket().shutdown(stream_protocol::socket::shutdown_send, ignored);
    Stream.close();
  }

  beast::basic_stream<stream_protocol> Stream;
  const HttpServer::Handler &Handler;
  std::uint64_t BodyMax;
  beast::flat_buffer Buffer;
  std::optional<http::request_parser<http::string_body>> Parser;
  http::response<http::string_body> Response;
};

/// True where a server answers at PATH.
bool isAnswered(boost::asio::io_context &loop, const std::string &path) {
  stream_protocol::socket probe(loop);
  error_code error;
  probe.connect(stream_protocol::endpoint(path), error);
  return !error;
}

} // namespace

HttpServer::HttpServer(boost::asio::io_context &loop, Handler handler, std::uint64_t bodyMax)
    : Acceptor(loop), Retry(loop), Answer(std::move(handler)), BodyMax(bodyMax) {}

HttpServer::~HttpServer() { stop(); }

tl::expected<void, std::string> HttpServer::listen(const std::string &path) {
  auto fail = [&](const std::string &what) {
    return tl::make_unexpected(fmt::format("cannot listen at {}: {}", path, what));
  };
  struct stat status{};
  if (::lstat(path.c_str(), &status) == 0) {
    if (!S_ISSOCK(status.st_mode))
      return fail("there is a file of that name, which is no socket");
    if (isAnswered(static_cast<boost::asio::io_context &>(Acceptor.get_executor().context()), path))
      return fail("another program answers there");
    ::unlink(path.c_str());
  }
  error_code error;
  Acceptor.open(stream_protocol(), error);
  ::fcntl(Acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
  // The mode belongs to the socket from its first moment on.
  auto mask = ::umask(0177);
  if (!error)
    Acceptor.bind(stream_protocol::endpoint(path), error);
  ::umask(mask);
  if (!error)
    Acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error)
    return fail(error.message());
  Path = path;
  accept();
  return {};
}

void HttpServer::accept() {
  Acceptor.async_accept([this](error_code error, stream_protocol::socket socket) {
    if (error == boost::asio::error::operation_aborted)
      return;
    if (!error) {
      std::make_shared<Connection>(std::move(socket), Answer, BodyMax)->receive();
      return accept();
    }
    spdlog::error("cannot take a connection: {}", error.message());
    Retry.expires_after(std::chrono::milliseconds(100)); // Out of descriptors, perhaps.
    Retry.async_wait([this](error_code stopped) {
      if (!stopped)
        accept();
    });
  });
}

void HttpServer::stop() {
  error_code ignored;
  Retry.cancel();
  Acceptor.close(ignored);
  if (!Path.empty())
    ::unlink(Path.c_str());
  Path.clear();
}
