//===- Server.h - A server in a thread of its own ----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_HTTP_TESTING_SERVER_H
#define RIPPLE_AGENT_HTTP_TESTING_SERVER_H

#include "agent/http/HttpClient.h"
#include "agent/http/HttpServer.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/spdlog.h>

#include <thread>

namespace ripple::agent::testing {

/// What the program logs while the object lives.
class LogReader {
public:
  LogReader() : sink(std::make_shared<spdlog::sinks::ringbuffer_sink_mt>(1'000)) {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", sink));
  }

  /// True as soon as TEXT is in it, within 15 s.
  bool has(const std::string &text) const {
    for (int i = 0; i < 1'500; ++i, std::this_thread::sleep_for(std::chrono::milliseconds(10)))
      if (all().find(text) != std::string::npos)
        return true;
    return false;
  }
  std::string all() const {
    std::string out;
    for (const std::string &line : sink->last_formatted())
      out += line;
    return out;
  }

private:
  std::shared_ptr<spdlog::sinks::ringbuffer_sink_mt> sink;
};

/// A port of the loopback interface that nobody listens on.
inline std::uint16_t freePort() {
  boost::asio::io_context loop;
  namespace ip = boost::asio::ip;
  return ip::tcp::acceptor(loop, {ip::address_v4::loopback(), 0}).local_endpoint().port();
}

/// Answers "METHOD TARGET CLIENT BODY", later for "/later", never for "/never".
class TestServer {
public:
  explicit TestServer(HttpLimits limits = {})
      : server(
            loop, "test",
            [this](const HttpRequest &request, const HttpServer::Reply &reply) {
              answer(request, reply);
            },
            limits) {}
  ~TestServer() {
    boost::asio::post(loop, [this] {
      server.stop();
      timers.clear();
      loop.stop();
    });
    if (thread.joinable())
      thread.join();
  }

  /// Where it can be asked; a failure of the test where it cannot listen.
  std::string listen(const std::string &address, const std::optional<model::TlsServer> &tls = {}) {
    auto parsed = model::parseAddress(address);
    EXPECT_TRUE(parsed) << address;
    auto listens = server.listen(*parsed, tls);
    EXPECT_TRUE(listens) << listens.error();
    if (!thread.joinable())
      thread = std::thread([this] {
        auto work = boost::asio::make_work_guard(loop);
        loop.run();
      });
    return address;
  }

private:
  void answer(const HttpRequest &request, const HttpServer::Reply &reply) {
    HttpResponse response{200,
                          fmt::format("{} {} {} {}", request.method, request.target,
                                      request.isLocal() ? "local" : request.client,
                                      request.body.size() < 100 ? request.body : "long"),
                          "text/plain"};
    if (request.target == "/never")
      return kept.push_back(reply);
    if (request.target != "/later")
      return reply(response);
    auto timer = std::make_unique<boost::asio::steady_timer>(loop, std::chrono::milliseconds(50));
    timer->async_wait([reply, response](boost::system::error_code error) {
      if (!error)
        reply(response);
    });
    timers.push_back(std::move(timer));
  }

  boost::asio::io_context loop;
  std::vector<std::unique_ptr<boost::asio::steady_timer>> timers;
  std::vector<HttpServer::Reply> kept;
  HttpServer server;
  std::thread thread;
};

/// GET TARGET of URL by one with IDENTITY: the body, or "403 …", or what kept it from an answer.
inline std::string get(const std::string &url, const model::TlsIdentity &identity = {},
                       const std::string &target = "/") {
  HttpQuestion question;
  question.url = url;
  question.target = target;
  question.tls = identity;
  question.timeout = model::Milliseconds(20'000);
  auto answer = askHttp(question);
  if (!answer)
    return answer.error().message;
  return answer->status == 200 ? answer->body : fmt::format("{} {}", answer->status, answer->body);
}

} // namespace ripple::agent::testing

#endif
