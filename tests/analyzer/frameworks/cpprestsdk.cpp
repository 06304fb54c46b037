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
    listener.support(methods::GET, [this](http_request request) { get(request); }); // handler: GET /items/** = Items::Items::lambda, by cpprestsdk; GET <dynamic> = Items::Items::lambda, by cpprestsdk
    listener.support(methods::DEL, std::bind(&Items::remove, this, std::placeholders::_1)); // handler: DELETE /items/** = Items::remove, by cpprestsdk; DELETE <dynamic> = Items::remove, by cpprestsdk
    listener.support(show); // handler: * /items/** = show, by cpprestsdk; * <dynamic> = show, by cpprestsdk
    listener.open().wait();
  }

private:
  void get(http_request request) { request.reply(status_codes::OK); }
  void remove(http_request request) { request.reply(status_codes::OK); }
  http_listener listener;
};
class Later {
  http_listener listener;

public:
  void open(const utility::string_t &address) {
    listener = http_listener(address);
    listener.support(methods::GET, show); // handler: GET <dynamic> = show, by cpprestsdk
  }
};
int main(int, char **words) {
  Items items("http://0.0.0.0:8080/items");
  auto other = std::make_unique<Items>(words[0]);
  http_listener root(U("http://localhost:8081"));
  root.support(methods::POST, show); // handler: POST /** = show, by cpprestsdk
  auto owned = std::make_shared<http_listener>("https://localhost/owned/");
  owned->support("REPORT", show); // handler: REPORT /owned/** = show, by cpprestsdk
  web::uri_builder address(U("http://localhost"));
  http_listener built(address.append_path("built").to_uri());
  built.support(methods::GET, show); // handler: GET <dynamic> = show, by cpprestsdk
  Later().open(words[0]);
}
