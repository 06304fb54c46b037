//===- App.cpp - Says which of its handlers ran ---------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// For the test that the router's class is the one of the handler: patterns that
// overlap, that are regular expressions without looking like one, and that the
// router must not try. Prints its port, which each answer names too, then serves
// until it is ended.
//
//===----------------------------------------------------------------------===//
#include <httplib.h>
#include <iostream>

static httplib::Server::Handler handler(const std::string &id) {
  return [id](const httplib::Request &, httplib::Response &response) {
    response.set_header("X-Handler", id);
    response.set_content(id + "\n", "text/plain");
  };
}

int main() {
  httplib::Server server;
  // As a framework whose parameters have types: the first takes numbers alone.
  server.Get(R"(/item/(\d+))", handler("GET /item/{1}"));
  server.Get("/item/me", handler("GET /item/me"));
  server.Get(R"(/item/([^/]+)/([^/]+))", handler("GET /item/{1}/{2}"));
  server.Get("/hi", handler("GET /hi"));
  server.Post("/hi", handler("POST /hi"));
  server.Get(R"(/cart/(\d+))", handler(R"(GET ~ ^/cart/(\d+)$)"));
  server.Get(R"(/cart/(\w+))", handler(R"(GET ~ ^/cart/(\w+)$)"));
  server.Get("/v1.0/list", handler("GET ~ ^/v1.0/list$"));
  server.Get(R"(/odd/(?=x)\w+)", handler(R"(GET ~ ^/odd/(?=x)\w+$)"));
  server.Get("/odd/xylophone", handler("GET /odd/xylophone"));
  server.Get(R"(/files/(.+))", handler("GET ~ ^/files/(.+)$"));
  server.Get(R"(/either/(a|b)|/or)", handler("GET ~ ^/either/(a|b)|/or$"));
  server.Get(R"(/either/(\w+))", handler(R"(GET ~ ^/either/(\w+)$)"));
  server.Get(R"(/price\$/(\d{1,3})(?:\.html)?)",
             handler(R"(GET ~ ^/price\$/(\d{1,3})(?:\.html)?$)"));
  server.Get(R"(/static/.*)", handler("GET /static/**"));
  server.Get(R"(/user/([^/]+)/mail)", handler("GET /user/{name}/mail"));
  server.Delete(R"(/cart/(\d+))", handler(R"(DELETE ~ ^/cart/(\d+)$)"));
  int port = server.bind_to_any_port("127.0.0.1");
  server.set_post_routing_handler([&](const httplib::Request &, httplib::Response &response) {
    response.set_header("X-Port", std::to_string(port));
  });
  std::cout << port << std::endl;
  return server.listen_after_bind() ? 0 : 1;
}
