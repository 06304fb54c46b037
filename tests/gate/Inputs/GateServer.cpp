//===- GateServer.cpp - A small server with the gate before it ------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// GateServer DIRECTORY PLUGIN HOLD_MS: serves on a free port, which it prints.
//
//===----------------------------------------------------------------------===//
#include "agent/gate/RippleGateHttplib.h"
#include "agent/session/testing/PriceHost.h"
#include "agent/session/testing/TestTable.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

using namespace ripple::agent::test;
using ripple::gate::Claim;
using ripple::gate::HttplibMiddleware;

namespace {

TestTable table() {
  TestTable table;
  table.kinds = {{"GET /price", "GET", "/price", {"pricing"}},
                 {"HEAD /price", "HEAD", "/price", {"pricing"}},
                 {R"(GET ~ ^/slow/(\d+)$)", "GET", R"(~ ^/slow/(\d+)$)", {"pricing"}},
                 {"GET /slow/list", "GET", "/slow/list", {"catalog"}},
                 {"POST /orders", "POST", "/orders", {"pricing"}},
                 {"GET /throw", "GET", "/throw", {"catalog"}},
                 {"GET /stream", "GET", "/stream", {"pricing"}},
                 {"GET /async", "GET", "/async", {"pricing"}},
                 {"GET /late", "GET", "/late", {"catalog"}}};
  return table;
}

void pause(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

/// Something that the response holds: as long as it is there, the request has to be.
struct Held {
  ~Held() { pause(300); }
};

void stream(const httplib::Request &, httplib::Response &response) {
  auto held = std::make_shared<Held>();
  response.set_chunked_content_provider(
      "text/plain", [held, sent = 0](std::size_t, httplib::DataSink &sink) mutable {
        std::string line = "line " + std::to_string(++sent) + "\n";
        pause(100);
        if (sent > 20 || !sink.write(line.data(), line.size()))
          sink.done();
        return true;
      });
}

void async(const httplib::Request &, httplib::Response &response) {
  std::thread([claim = HttplibMiddleware::claim()] { pause(500); }).detach();
  response.set_content("started\n", "text/plain");
}

void routes(httplib::Server &server, ripple::gate::Gate gate, std::uint32_t plugin) {
  server.Get("/price", [=](const httplib::Request &, httplib::Response &response) {
    auto *price = static_cast<Price *>(ripple_gate_plugin_get(gate.get(), plugin));
    response.set_content("version " + std::to_string(price->version()) + "\n", "text/plain");
  });
  server.Get(R"(/slow/(\d+))", [](const httplib::Request &request, httplib::Response &response) {
    pause(std::stoi(request.matches[1]));
    response.set_content("slow\n", "text/plain");
  });
  server.Get("/slow/list", [](const httplib::Request &, httplib::Response &response) {
    pause(1000);
    response.set_content("slow list\n", "text/plain");
  });
  server.Post("/orders", [](const httplib::Request &request, httplib::Response &response) {
    response.set_content("ordered " + std::to_string(request.body.size()) + "\n", "text/plain");
  });
  server.Get("/throw", [](const httplib::Request &, httplib::Response &) {
    throw std::runtime_error("as expected");
  });
  server.Get("/stream", stream);
  server.Get("/async", async);
  server.Get("/late", [](const httplib::Request &request, httplib::Response &response) {
    if (request.has_param("after"))
      pause(std::stoi(request.get_param_value("after")));
    response.status = HttplibMiddleware::claim().use("pricing") ? 200 : 503;
    pause(300);
  });
  server.Get("/health", [](const httplib::Request &, httplib::Response &response) {
    response.set_content("well\n", "text/plain");
  });
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: GateServer DIRECTORY PLUGIN HOLD_MS\n");
    return 64;
  }
  std::string tableFile = std::string(argv[1]) + "/table";
  std::ofstream(tableFile, std::ios::binary) << table().bytes();
  ripple_gate_options options{};
  options.table = tableFile.c_str();
  options.directory = argv[1];
  options.hold_ms = static_cast<std::uint32_t>(std::atoi(argv[3]));
  auto gate = ripple::gate::Gate::open(options);
  if (!gate)
    return 1;
  PriceHost host;
  ripple_gate_plugin plugin = host.plugin("pricing", argv[2]);
  std::uint32_t index = 0;
  char message[512];
  if (ripple_gate_plugin_add(gate.get(), &plugin, &index, message, sizeof message) != 0) {
    std::fprintf(stderr, "%s\n", message);
    return 1;
  }
  httplib::Server server;
  server.new_task_queue = [] { return new httplib::ThreadPool(32); };
  HttplibMiddleware middleware(
      gate, {.exempt = {"/health"}, .sessionHeader = "X-Session", .sessionCookie = "session"});
  middleware.install(server);
  routes(server, gate, index);
  int port = server.bind_to_any_port("127.0.0.1");
  std::printf("%d\n", port);
  std::fflush(stdout);
  return server.listen_after_bind() ? 0 : 1;
}
