//===- AgentClient.cpp - Asks an agent over its socket --------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/AgentClient.h"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

namespace ripple::agent {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace asio = boost::asio;

constexpr std::string_view unixPrefix = "unix:";
constexpr std::uint64_t answerBytesMax = 64U << 20;

class Exchange : public std::enable_shared_from_this<Exchange> {
public:
  Exchange(asio::io_context &loop, AgentRequest wanted, std::function<void(AgentResult)> then)
      : stream(loop), request(std::move(wanted)), done(std::move(then)) {}

  void start() {
    message.method(request.body.is_null() ? http::verb::get : http::verb::post);
    message.target(request.path);
    message.version(11);
    message.set(http::field::host, "agent");
    message.set(http::field::connection, "close");
    if (!request.body.is_null()) {
      message.set(http::field::content_type, "application/json");
      message.body() = request.body.dump();
    }
    message.prepare_payload();
    parser.body_limit(answerBytesMax);
    stream.expires_after(request.timeout);
    asio::local::stream_protocol::endpoint endpoint(socketPath());
    stream.async_connect(
        endpoint, [self = shared_from_this()](beast::error_code error) { self->connected(error); });
  }

  std::string socketPath() const { return request.url.substr(unixPrefix.size()); }

private:
  void connected(beast::error_code error) {
    if (error)
      return fail("cannot be reached", error);
    http::async_write(
        stream, message,
        [self = shared_from_this()](beast::error_code e, std::size_t) { self->written(e); });
  }

  void written(beast::error_code error) {
    if (error)
      return fail("cannot be asked", error);
    http::async_read(
        stream, buffer, parser,
        [self = shared_from_this()](beast::error_code e, std::size_t) { self->answered(e); });
  }

  void answered(beast::error_code error) {
    if (error)
      return fail("gave no answer", error);
    AgentAnswer answer{static_cast<int>(parser.get().result_int()), {}};
    answer.body = nlohmann::json::parse(parser.get().body(), nullptr, false);
    if (answer.body.is_discarded())
      return finish(tl::unexpected(fmt::format("{} gave an answer that is no JSON (status {})",
                                               socketPath(), answer.status)));
    finish(std::move(answer));
  }

  void fail(const char *what, beast::error_code error) {
    std::string why =
        error == beast::error::timeout
            ? fmt::format("no answer within {}", model::formatDuration(request.timeout))
            : error.message();
    finish(tl::unexpected(fmt::format("{} {}: {}", socketPath(), what, why)));
  }

  void finish(AgentResult result) {
    if (auto then = std::exchange(done, nullptr))
      then(std::move(result));
  }

  beast::basic_stream<asio::local::stream_protocol> stream;
  AgentRequest request;
  std::function<void(AgentResult)> done;
  http::request<http::string_body> message;
  http::response_parser<http::string_body> parser;
  beast::flat_buffer buffer;
};

} // namespace

std::string AgentAnswer::error() const {
  if (!body.is_object() || !body.contains("error") || !body["error"].is_string())
    return fmt::format("status {}", status);
  std::string text = body["error"].get<std::string>();
  if (body.contains("remedy") && body["remedy"].is_string() && !body["remedy"].empty())
    text += "; " + body["remedy"].get<std::string>();
  return text;
}

std::string refusedUrl(const std::string &url) {
  if (!url.starts_with(unixPrefix))
    return fmt::format("'{}': only agents at unix:PATH can be asked yet", url);
  constexpr std::size_t pathMax = 107; // sun_path of Linux, with its NUL.
  if (url.size() - unixPrefix.size() > pathMax || url.size() == unixPrefix.size())
    return fmt::format("'{}': the path of a socket has 1 to {} bytes", url, pathMax);
  return {};
}

void askAgent(asio::io_context &loop, AgentRequest request, std::function<void(AgentResult)> done) {
  if (std::string why = refusedUrl(request.url); !why.empty())
    return done(tl::unexpected(why));
  std::make_shared<Exchange>(loop, std::move(request), std::move(done))->start();
}

AgentResult askAgent(AgentRequest request) {
  asio::io_context loop;
  AgentResult result = tl::unexpected(std::string("no answer"));
  askAgent(loop, std::move(request), [&](AgentResult given) { result = std::move(given); });
  loop.run();
  return result;
}

std::string actionPath(const std::string &id) {
  std::string path = "/v1/actions/";
  for (unsigned char c : id)
    if (std::isalnum(c) || c == '-' || c == '.' || c == '_' || c == '/' || c == ':')
      path += static_cast<char>(c);
    else
      path += fmt::format("%{:02X}", c);
  return path;
}

} // namespace ripple::agent
