//===- Answers.cpp - What the shop's handlers share -----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "Routes.h"

#include <charconv>

namespace shop {

void answer(httplib::Response &response, const nlohmann::json &body, int status) {
  response.status = status;
  response.set_content(body.dump() + "\n", "application/json");
}

void answerNotFound(httplib::Response &response, const char *what) {
  answer(response, {{"error", std::string("there is no such ") + what}}, 404);
}

std::uint32_t positive(const std::string &text) {
  std::uint32_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0)
    throw std::invalid_argument("'" + text + "' is not a number from 1 on");
  return value;
}

nlohmann::json bodyOf(const httplib::Request &request) {
  nlohmann::json body = nlohmann::json::parse(request.body, nullptr, false);
  if (!body.is_object())
    throw std::invalid_argument("the body must be a JSON object");
  return body;
}

} // namespace shop
