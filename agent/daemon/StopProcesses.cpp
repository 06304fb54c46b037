//===- StopProcesses.cpp - Ends an agent and its processes ----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/Daemon.h"

#include "agent/daemon/State.h"
#include "agent/daemon/Supervisor.h"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <thread>

using namespace ripple;
using namespace ripple::agent;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::asio::local::stream_protocol;
using boost::system::error_code;

namespace {

constexpr std::chrono::seconds AnswerMax{10};

/// One question to an agent.
struct Question {
  boost::asio::io_context loop;
  beast::basic_stream<stream_protocol> stream{loop};
  http::request<http::string_body> request{http::verb::post, "/v1/shutdown", 11};
  http::response<http::string_body> response;
  beast::flat_buffer buffer;
  error_code error;

  void send() {
    http::async_write(stream, request, [this](error_code failed, std::size_t) {
      error = failed;
      if (!failed)
        receive();
    });
  }
  void receive() {
    http::async_read(stream, buffer, response,
                     [this](error_code failed, std::size_t) { error = failed; });
  }
};

/// Asks the agent at PATH to end with its processes. "" where it will, else why that is not sure.
std::string askToStop(const std::string &path, bool &answered) {
  Question ask;
  ask.stream.socket().connect(stream_protocol::endpoint(path), ask.error);
  answered = !ask.error;
  if (ask.error)
    return ask.error.message();
  ask.request.set(http::field::host, "localhost");
  ask.request.body() = R"({"processes": true})";
  ask.request.prepare_payload();
  ask.stream.expires_after(AnswerMax);
  ask.send();
  ask.loop.run();
  if (ask.error)
    return ask.error.message();
  return ask.response.result_int() == 202 ? "" : ask.response.body();
}

/// The longest that the processes may take to end, and something for the agent itself.
std::chrono::milliseconds limitOf(const model::AgentConfig &config) {
  std::chrono::milliseconds longest{5'000};
  for (const auto &process : config.processes)
    longest = std::max(longest, process.stopTimeout);
  return longest + std::chrono::seconds(10);
}

/// Without an agent: its processes are found by its journal and ended here.
int stopAlone(const model::AgentConfig &config, AgentState &state) {
  boost::asio::io_context loop;
  Supervisor supervisor(config, loop, *state.journal);
  if (auto adopted = supervisor.adoptAll(); !adopted) {
    spdlog::error("{}", adopted.error());
    return model::ExitFailed;
  }
  supervisor.stopAll([&] { loop.stop(); });
  loop.run();
  return model::ExitDone;
}

} // namespace

int agent::stopProcesses(const model::AgentConfig &config) {
  bool answered = false;
  auto problem = askToStop(config.listen, answered);
  if (answered && !problem.empty()) {
    spdlog::error("the agent at {} does not end: {}", config.listen, problem);
    return model::ExitFailed;
  }
  // The state is free when the agent has ended.
  auto deadline = std::chrono::steady_clock::now() + limitOf(config);
  for (;;) {
    auto state = openState(config);
    if (state)
      return stopAlone(config, *state);
    if (!answered || std::chrono::steady_clock::now() >= deadline) {
      spdlog::error("{}", state.error());
      return model::ExitFailed;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}
