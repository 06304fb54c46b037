// REQUIRES: httplib-headers
// RUN: %handlers %s -- -DCPPHTTPLIB_OPENSSL_SUPPORT
// cpp-httplib with its own header: all methods, what runs with every request, and who is no server.
#include <httplib.h>

static void show(const httplib::Request &, httplib::Response &response) { response.status = 200; }
static void add(httplib::Server &server, const std::string &name, httplib::Server::Handler handler) {
  server.Get("/api/" + name, handler); // handler: GET /api/one = show, by cpp-httplib; HEAD /api/one = show, by cpp-httplib; GET <dynamic> = show, by cpp-httplib; HEAD <dynamic> = show, by cpp-httplib
}
class Shop : public httplib::Server {
public:
  Shop() {
    Put(R"(/items/(\d+))", [this](const httplib::Request &, httplib::Response &) { count++; }); // handler: PUT ~ ^/items/(\d+)$ = Shop::Shop::lambda, by cpp-httplib
    Delete("/items", Handler(std::bind(&Shop::remove, this, std::placeholders::_1, std::placeholders::_2))); // handler: DELETE /items = Shop::remove, by cpp-httplib
  }

private:
  void remove(const httplib::Request &, httplib::Response &) { count = 0; }
  int count = 0;
};

int main(int, char **words) {
  httplib::Server server;
  server.Get("/hi", show); // handler: GET /hi = show + main::lambda, by cpp-httplib; HEAD /hi = show + main::lambda, by cpp-httplib
  server.Post("/hi", show).Patch("/hi", show).Options("/hi", show); // handler: POST /hi = show, by cpp-httplib; PATCH /hi = show, by cpp-httplib; OPTIONS /hi = show, by cpp-httplib
  add(server, "one", show);
  add(server, words[0], show);
  server.Get("/hi", [](const httplib::Request &, httplib::Response &) {});
  server.Put("/read", [](const httplib::Request &, httplib::Response &, const httplib::ContentReader &) {}); // handler: PUT /read = main::lambda, by cpp-httplib
  server.set_mount_point("/static", "./www"); // handler: GET /static/** = httplib::Server::set_mount_point, by cpp-httplib; HEAD /static/** = httplib::Server::set_mount_point, by cpp-httplib
  server.set_pre_routing_handler([](const httplib::Request &, httplib::Response &) { // handler: (every request) = main::lambda, by cpp-httplib
    return httplib::Server::HandlerResponse::Unhandled;
  });
  server.set_post_routing_handler(show); // handler: (every request) = show, by cpp-httplib
  server.set_file_request_handler(show); // handler: (every request) = show, by cpp-httplib
  server.set_error_handler(show); // handler: (every request) = show, by cpp-httplib
  server.set_exception_handler([](const httplib::Request &, httplib::Response &, std::exception_ptr) {}); // handler: (every request) = main::lambda, by cpp-httplib
  server.set_expect_100_continue_handler([](const httplib::Request &, httplib::Response &) { return 100; }); // handler: (every request) = main::lambda, by cpp-httplib
  server.new_task_queue = [] { return new httplib::ThreadPool(4); }; // handler: (every request) = main::lambda, by cpp-httplib
  auto get = &httplib::Server::Get; // not understood: GET <dynamic> = *, by cpp-httplib; HEAD <dynamic> = *, by cpp-httplib
  (server.*get)("/by-pointer", show);
  server.set_logger([](const httplib::Request &, const httplib::Response &) {}); // handler: (every request) = main::lambda, by cpp-httplib
  Shop shop;
  httplib::Client client("localhost", 80);
  client.Get("/hi");
  server.listen("localhost", 8080);
}
