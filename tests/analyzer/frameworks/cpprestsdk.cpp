// REQUIRES: cpprest-headers
// RUN: %handlers %s
// The C++ REST SDK with its own headers.
#include <cpprest/http_listener.h>

using namespace web::http;
using web::http::experimental::listener::http_listener;

static void show(http_request request) { request.reply(status_codes::OK); }
class Items {
public:
  explicit Items(const utility::string_t &address) : listener(address) {
    listener.support(methods::GET, [this](http_request request) { get(request); }); // handler: transaction lambda = Items::Items::lambda, by cpprestsdk
    listener.support(methods::DEL, std::bind(&Items::remove, this, std::placeholders::_1)); // handler: transaction remove = Items::remove, by cpprestsdk
    listener.support(show); // handler: transaction show = show, by cpprestsdk
    listener.open().wait();
  }

private:
  void get(http_request request) { request.reply(status_codes::OK); }
  void remove(http_request request) { request.reply(status_codes::OK); }
  http_listener listener;
};
int main() { Items items("http://0.0.0.0:8080/items"); }
