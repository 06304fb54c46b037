// REQUIRES: beast-headers
// RUN: %handlers --catalog %S/Inputs/beast.yaml %s
// Boost.Beast with its own headers: a program dispatches by itself, so its own rule names the
// functions; and nothing of the library's is taken for a registration.
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace beast = boost::beast;
namespace http = beast::http;
using tcp = boost::asio::ip::tcp;

namespace shop {
http::response<http::string_body> handleCart(const http::request<http::string_body> &request) { // handler: transaction handleCart = shop::handleCart, by own
  return {http::status::ok, request.version()};
}
} // namespace shop

class Session : public std::enable_shared_from_this<Session> {
public:
  explicit Session(tcp::socket socket) : stream(std::move(socket)) {}
  void run() {
    http::async_read(stream, buffer, request, beast::bind_front_handler(&Session::onRead, shared_from_this()));
  }

private:
  void onRead(beast::error_code error, std::size_t) {
    if (error)
      return;
    response = shop::handleCart(request);
    http::async_write(stream, response, [self = shared_from_this()](beast::error_code, std::size_t) { self->run(); });
  }
  beast::tcp_stream stream;
  beast::flat_buffer buffer;
  http::request<http::string_body> request;
  http::response<http::string_body> response;
};

int main() {
  boost::asio::io_context context;
  tcp::acceptor acceptor(context, {tcp::v4(), 8080});
  acceptor.async_accept([](beast::error_code, tcp::socket socket) { std::make_shared<Session>(std::move(socket))->run(); });
  context.run();
}
