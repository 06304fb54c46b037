//===- HttpProbe.cpp - Does it answer? ------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/HttpProbe.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

using namespace ripple::agent;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

class Probe : public std::enable_shared_from_this<Probe> {
public:
  Probe(boost::asio::io_context &loop, const std::string &url, std::chrono::milliseconds timeout,
        std::function<void(std::string)> done)
      : Resolver(loop), Stream(loop), Timeout(timeout), Done(std::move(done)) {
    constexpr std::string_view Scheme = "http://";
    auto rest = url.substr(url.rfind(Scheme, 0) == 0 ? Scheme.size() : 0);
    auto slash = rest.find('/');
    auto authority = rest.substr(0, slash);
    auto colon = authority.rfind(':');
    Host = authority.substr(0, colon);
    if (Host.size() > 1 && Host.front() == '[')
      Host = Host.substr(1, Host.size() - 2);
    Port = colon == std::string::npos ? "80" : authority.substr(colon + 1);
    Request = {http::verb::get, slash == std::string::npos ? "/" : rest.substr(slash), 11};
    Request.set(http::field::host, authority);
    Request.set(http::field::connection, "close");
    Parser.body_limit(std::uint64_t{1} << 20);
  }

  void start() {
    Stream.expires_after(Timeout);
    Resolver.async_resolve(Host, Port,
                           [self = shared_from_this()](error_code error, const auto &endpoints) {
                             if (error)
                               return self->finish(error.message());
                             self->connect(endpoints);
                           });
  }

private:
  void connect(const tcp::resolver::results_type &endpoints) {
    Stream.async_connect(endpoints, [self = shared_from_this()](error_code error, const auto &) {
      if (error)
        return self->finish(error.message());
      self->send();
    });
  }
  void send() {
    http::async_write(Stream, Request, [self = shared_from_this()](error_code error, std::size_t) {
      if (error)
        return self->finish(error.message());
      self->receive();
    });
  }
  void receive() {
    http::async_read_header(
        Stream, Buffer, Parser, [self = shared_from_this()](error_code error, std::size_t) {
          if (error)
            return self->finish(error.message());
          auto status = self->Parser.get().result_int();
          self->finish(status / 100 == 2 ? "" : fmt::format("status {}", status));
        });
  }
  void finish(const std::string &message) {
    Stream.close();
    if (auto done = std::exchange(Done, nullptr))
      done(message);
  }

  tcp::resolver Resolver;
  beast::tcp_stream Stream;
  std::chrono::milliseconds Timeout;
  std::function<void(std::string)> Done;
  std::string Host, Port;
  http::request<http::empty_body> Request;
  http::response_parser<http::string_body> Parser;
  beast::flat_buffer Buffer;
};

} // namespace

void ripple::agent::probe(boost::asio::io_context &loop, const std::string &url,
                          std::chrono::milliseconds timeout,
                          std::function<void(std::string)> done) {
  std::make_shared<Probe>(loop, url, timeout, std::move(done))->start();
}
