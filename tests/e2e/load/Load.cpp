//===- Load.cpp -----------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "tests/e2e/load/Load.h"

#include <algorithm>
#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <memory>
#include <unistd.h>

namespace ripple::load {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Clock = std::chrono::steady_clock;

const char *toString(Outcome outcome) {
  switch (outcome) {
  case Outcome::Ok:
    return "ok";
  case Outcome::Failed:
    return "failed";
  case Outcome::Cut:
    return "cut";
  }
  return "";
}

namespace {

using Finished = std::function<void(const Record &)>;

/// One request on a connection of its own.
class Exchange : public std::enable_shared_from_this<Exchange> {
public:
  Exchange(asio::io_context &io, const Template &what, Record record, Clock::time_point due,
           int timeoutMs, Finished finished)
      : stream(io), what(what), record(std::move(record)), due(due), timeoutMs(timeoutMs),
        finished(std::move(finished)) {
    parser.body_limit(64U << 20);
    parser.skip(what.method == "HEAD");
  }

  void start(std::mt19937_64 &random) {
    request.method_string(what.method);
    request.target(fill(what.target, record.token, random));
    request.version(11);
    request.set(http::field::host, what.host + ":" + std::to_string(what.port));
    request.set(http::field::connection, "close");
    for (const auto &[name, value] : what.headers)
      request.set(name, fill(value, record.token, random));
    request.body() = fill(what.body, record.token, random);
    if (!request.body().empty() || what.method == "POST")
      request.prepare_payload();

    stream.expires_at(due + std::chrono::milliseconds(timeoutMs));
    auto self = shared_from_this();
    stream.async_connect(asio::ip::tcp::endpoint(asio::ip::make_address(what.host), what.port),
                         [self](beast::error_code error) { self->connected(error); });
  }

private:
  void connected(beast::error_code error) {
    if (error)
      return end(Outcome::Failed, "connect: " + error.message());
    auto self = shared_from_this();
    http::async_write(stream, request,
                      [self](beast::error_code failed, std::size_t) { self->written(failed); });
  }

  void written(beast::error_code error) {
    if (error)
      return end(Outcome::Failed, "send: " + error.message());
    auto self = shared_from_this();
    http::async_read(stream, buffer, parser,
                     [self](beast::error_code failed, std::size_t) { self->answered(failed); });
  }

  void answered(beast::error_code error) {
    bool began = parser.is_header_done();
    if (began)
      record.status = static_cast<int>(parser.get().result_int());
    if (error)
      return end(began ? Outcome::Cut : Outcome::Failed, "answer: " + error.message());
    const auto &expect = what.expect;
    if (std::find(expect.begin(), expect.end(), record.status) == expect.end())
      return end(Outcome::Failed, "status " + std::to_string(record.status));
    end(Outcome::Ok, "");
  }

  void end(Outcome outcome, std::string error) {
    record.outcome = outcome;
    record.error = std::move(error);
    record.latencyMs = std::chrono::duration<double, std::milli>(Clock::now() - due).count();
    beast::error_code ignored;
    stream.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    finished(record);
  }

  beast::tcp_stream stream;
  const Template &what;
  Record record;
  Clock::time_point due;
  int timeoutMs;
  Finished finished;
  http::request<http::string_body> request;
  http::response_parser<http::string_body> parser;
  beast::flat_buffer buffer;
};

/// Starts each request when it is due.
class Schedule {
public:
  Schedule(const Mix &mix, Finished finished)
      : mix(mix), all(arrivals(mix)), random(mix.seed + 1), timer(io),
        finished(std::move(finished)) {}

  void run() {
    start = Clock::now() + std::chrono::milliseconds(20);
    next();
    io.run();
  }

private:
  Clock::time_point dueOf(const Arrival &arrival) const {
    return start + std::chrono::duration_cast<Clock::duration>(
                       std::chrono::duration<double>(arrival.atSeconds));
  }

  void next() {
    while (at < all.size() && dueOf(all[at]) <= Clock::now())
      launch(at++);
    if (at == all.size() || stopped())
      return;
    timer.expires_at(dueOf(all[at]));
    timer.async_wait([this](boost::system::error_code) { next(); });
  }

  /// Looks at most ten times a second.
  bool stopped() {
    if (mix.stopFile.empty() || Clock::now() < lookAgain)
      return false;
    lookAgain = Clock::now() + std::chrono::milliseconds(100);
    return access(mix.stopFile.c_str(), F_OK) == 0;
  }

  void launch(std::size_t index) {
    const Arrival &arrival = all[index];
    const Template &what = mix.requests[arrival.request];
    Record record;
    record.request = arrival.request;
    record.atSeconds = arrival.atSeconds;
    if (usesToken(what))
      record.token =
          std::to_string(mix.seed) + "-" + std::to_string(getpid()) + "-" + std::to_string(index);
    std::make_shared<Exchange>(io, what, std::move(record), dueOf(arrival), mix.timeoutMs, finished)
        ->start(random);
  }

  static bool usesToken(const Template &what) {
    auto in = [](const std::string &text) { return text.find("{token}") != std::string::npos; };
    return in(what.target) || in(what.body) ||
           std::any_of(what.headers.begin(), what.headers.end(),
                       [&](const auto &header) { return in(header.second); });
  }

  const Mix &mix;
  std::vector<Arrival> all;
  std::mt19937_64 random;
  asio::io_context io{1};
  asio::steady_timer timer;
  Clock::time_point start, lookAgain;
  std::size_t at = 0;
  Finished finished;
};

} // namespace

void run(const Mix &mix, const std::function<void(const Record &)> &done) {
  Schedule(mix, done).run();
}

} // namespace ripple::load
