//===- AgentClient.cpp - Asks an agent ------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/AgentClient.h"

#include "agent/http/HttpClient.h"

#include <fmt/format.h>

namespace ripple::agent {

namespace {

AgentResult answerOf(const std::string &url, HttpResult result) {
  if (!result)
    return tl::unexpected(std::move(result.error().message));
  AgentAnswer answer{static_cast<int>(result->status), {}};
  answer.body = nlohmann::json::parse(result->body, nullptr, false);
  if (answer.body.is_discarded())
    return tl::unexpected(
        fmt::format("{} gave an answer that is no JSON (status {})", url, answer.status));
  return answer;
}

} // namespace

std::string AgentAnswer::error() const {
  if (!body.is_object() || !body.contains("error") || !body["error"].is_string())
    return fmt::format("status {}", status);
  std::string text = body["error"].get<std::string>();
  if (body.contains("remedy") && body["remedy"].is_string() && !body["remedy"].empty())
    text += "; " + body["remedy"].get<std::string>();
  return text;
}

void askAgent(boost::asio::io_context &loop, AgentRequest request,
              std::function<void(AgentResult)> done) {
  HttpQuestion question;
  question.url = request.url;
  question.method = request.body.is_null() ? "GET" : "POST";
  question.target = std::move(request.path);
  if (!request.body.is_null())
    question.body = request.body.dump();
  question.timeout = request.timeout;
  question.tls = std::move(request.tls);
  askHttp(loop, std::move(question),
          [url = request.url, done = std::move(done)](HttpResult result) {
            done(answerOf(url, std::move(result)));
          });
}

AgentResult askAgent(AgentRequest request) {
  boost::asio::io_context loop;
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
