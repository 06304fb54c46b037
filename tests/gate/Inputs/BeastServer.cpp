//===- BeastServer.cpp - A small Boost.Beast server with the gate before it ===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// BeastServer DIRECTORY PLUGIN HOLD_MS: serves on a free port, which it prints,
// with one thread for all connections and two for work.
//
//===----------------------------------------------------------------------===//
#include "agent/gate/RippleGateBeast.h"
#include "agent/session/testing/PriceHost.h"
#include "agent/session/testing/TestTable.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

using namespace ripple::agent::test;
using ripple::gate::BeastEntry;
using ripple::gate::BeastMiddleware;
using ripple::gate::Claim;
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

TestTable table() {
  TestTable table;
  table.kinds = {{"GET /price", "GET", "/price", {"pricing"}},
                 {R"(GET ~ ^/slow/(\d+)$)", "GET", R"(~ ^/slow/(\d+)$)", {"pricing"}},
                 {R"(GET ~ ^/work/(\d+)$)", "GET", R"(~ ^/work/(\d+)$)", {"pricing"}},
                 {"GET /after", "GET", "/after", {"pricing"}},
                 {"POST /orders", "POST", "/orders", {"pricing"}},
                 {"GET /list", "GET", "/list", {"catalog"}},
                 {"GET /throw", "GET", "/throw", {"catalog"}}};
  return table;
}

struct Application {
  asio::io_context loop{1};
  asio::thread_pool workers{2};
  ripple::gate::Gate gate;
  std::uint32_t plugin = 0;
};

void rest(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

/// One connection, one request: what follows is closed.
class Connection : public std::enable_shared_from_this<Connection> {
public:
  Connection(Application &application, BeastMiddleware middleware, tcp::socket socket)
      : All(application), Middleware(std::move(middleware)), Stream(std::move(socket)),
        Timer(application.loop) {}

  void read() {
    http::async_read(Stream, Buffer, Request,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       if (!error)
                         self->enter();
                     });
  }

private:
  void enter() {
    Middleware.asyncEnter(Stream.get_executor(), Request,
                          [self = shared_from_this()](BeastEntry entry) {
                            if (entry.refused)
                              return self->write(entry.refusal(self->Request), {});
                            self->tryToHandle(std::move(entry.claim));
                          });
  }

  void tryToHandle(Claim claim) {
    try {
      handle(std::move(claim));
    } catch (const std::exception &failure) {
      answer(500, failure.what(), {});
    }
  }

  void handle(Claim claim) {
    std::string target(Request.target());
    if (target == "/price") {
      auto *price = static_cast<Price *>(ripple_gate_plugin_get(All.gate.get(), All.plugin));
      return answer(200, "version " + std::to_string(price->version()) + "\n", std::move(claim));
    }
    if (target.rfind("/slow/", 0) == 0)
      return waitAndAnswer(std::atoi(target.c_str() + 6), std::move(claim));
    if (target.rfind("/work/", 0) == 0)
      return workElsewhere(std::atoi(target.c_str() + 6), std::move(claim));
    if (target == "/after") { // The response goes at once; the work has a claim of its own.
      asio::post(All.workers, [claim = claim.another()] { rest(500); });
      return answer(200, "started\n", std::move(claim));
    }
    if (target == "/throw")
      throw std::runtime_error("as expected\n");
    if (target == "/orders")
      return answer(200, "ordered " + std::to_string(Request.body().size()) + "\n",
                    std::move(claim));
    bool known = target == "/list" || target == "/health";
    answer(known ? 200 : 404, known ? "well\n" : "nothing\n", std::move(claim));
  }

  /// The request goes on in a timer's handler.
  void waitAndAnswer(int ms, Claim claim) {
    Timer.expires_after(std::chrono::milliseconds(ms));
    Timer.async_wait([self = shared_from_this(), claim = std::move(claim)](auto) mutable {
      self->answer(200, "slow\n", std::move(claim));
    });
  }

  /// The request leaves on the worker's thread, after its response was handed over.
  void workElsewhere(int ms, Claim claim) {
    asio::post(All.workers, [self = shared_from_this(), claim = std::move(claim), ms] {
      rest(ms);
      asio::post(self->Stream.get_executor(), [self] { self->answer(200, "worked\n", {}); });
    });
  }

  void answer(unsigned status, std::string text, Claim claim) {
    http::response<http::string_body> response{http::int_to_status(status), Request.version()};
    response.body() = std::move(text);
    response.keep_alive(false);
    response.prepare_payload();
    write(std::move(response), std::move(claim));
  }

  void write(http::response<http::string_body> response, Claim claim) {
    Response = std::move(response);
    http::async_write(Stream, Response,
                      [self = shared_from_this(), claim = std::move(claim)](auto, std::size_t) {
                        beast::error_code ignored;
                        self->Stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
                      });
  }

  Application &All;
  BeastMiddleware Middleware;
  beast::tcp_stream Stream;
  asio::steady_timer Timer;
  beast::flat_buffer Buffer;
  http::request<http::string_body> Request;
  http::response<http::string_body> Response;
};

void accept(Application &all, tcp::acceptor &acceptor, const BeastMiddleware &middleware) {
  acceptor.async_accept([&](beast::error_code error, tcp::socket socket) {
    if (!error)
      std::make_shared<Connection>(all, middleware, std::move(socket))->read();
    accept(all, acceptor, middleware);
  });
}

bool open(Application &all, char **argv) {
  std::string tableFile = std::string(argv[1]) + "/table";
  std::ofstream(tableFile, std::ios::binary) << table().bytes();
  ripple_gate_options options{};
  options.table = tableFile.c_str();
  options.directory = argv[1];
  all.gate = ripple::gate::Gate::open(options);
  static PriceHost host;
  ripple_gate_plugin plugin = host.plugin("pricing", argv[2]);
  char message[512];
  return all.gate &&
         ripple_gate_plugin_add(all.gate.get(), &plugin, &all.plugin, message, sizeof message) == 0;
}

} // namespace

int main(int argc, char **argv) {
  Application all;
  if (argc != 4 || !open(all, argv)) {
    std::fprintf(stderr, "usage: BeastServer DIRECTORY PLUGIN HOLD_MS\n");
    return 64;
  }
  BeastMiddleware middleware(all.gate, {.exempt = {"/health"},
                                        .sessionHeader = "X-Session",
                                        .sessionCookie = "session",
                                        .hold = std::chrono::milliseconds(std::atoi(argv[3]))});
  tcp::acceptor acceptor(all.loop, {asio::ip::address_v4::loopback(), 0});
  std::printf("%d\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  accept(all, acceptor, middleware);
  all.loop.run();
  return 0;
}
