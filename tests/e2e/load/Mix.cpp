//===- Mix.cpp ------------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "tests/e2e/load/Mix.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

namespace ripple::load {

static Template readTemplate(const YAML::Node &node) {
  Template request;
  request.name = node["name"].as<std::string>();
  auto address = node["address"].as<std::string>();
  auto colon = address.rfind(':');
  if (colon == std::string::npos)
    throw YAML::Exception(node.Mark(), "'address' is HOST:PORT");
  request.host = address.substr(0, colon);
  request.port = static_cast<std::uint16_t>(std::stoul(address.substr(colon + 1)));
  request.method = node["method"].as<std::string>("GET");
  request.target = node["target"].as<std::string>();
  request.body = node["body"].as<std::string>("");
  request.weight = node["weight"].as<double>(1);
  if (node["headers"])
    request.headers = node["headers"].as<std::map<std::string, std::string>>();
  if (node["tags"])
    request.tags = node["tags"].as<std::vector<std::string>>();
  if (node["expect"])
    request.expect = node["expect"].as<std::vector<int>>();
  return request;
}

tl::expected<Mix, std::string> readMix(const std::string &file) {
  try {
    YAML::Node root = YAML::LoadFile(file);
    Mix mix;
    mix.ratePerSecond = root["rate"].as<double>();
    mix.seconds = root["seconds"].as<double>();
    mix.seed = root["seed"].as<std::uint64_t>(1);
    mix.poisson = root["arrivals"].as<std::string>("poisson") == "poisson";
    mix.timeoutMs = root["timeoutMs"].as<int>(10'000);
    mix.stopFile = root["stopFile"].as<std::string>("");
    for (const YAML::Node &node : root["requests"])
      mix.requests.push_back(readTemplate(node));
    if (mix.requests.empty() || mix.ratePerSecond <= 0 || mix.seconds <= 0)
      return tl::unexpected(file + ": needs requests, and a rate and seconds above 0");
    return mix;
  } catch (const std::exception &error) {
    return tl::unexpected(fmt::format("{}: {}", file, error.what()));
  }
}

std::vector<Arrival> arrivals(const Mix &mix) {
  std::mt19937_64 random(mix.seed);
  std::exponential_distribution<double> gap(mix.ratePerSecond);
  std::vector<double> weights;
  for (const Template &request : mix.requests)
    weights.push_back(request.weight);
  std::discrete_distribution<std::size_t> which(weights.begin(), weights.end());

  std::vector<Arrival> all;
  double at = 0;
  while (at < mix.seconds) {
    all.push_back({at, which(random)});
    at += mix.poisson ? gap(random) : 1 / mix.ratePerSecond;
  }
  return all;
}

/// The number that stands for "{int:A:B}", or what was between the braces if it is not that.
static std::string number(const std::string &inside, std::mt19937_64 &random) {
  auto second = inside.rfind(':');
  if (inside.rfind("int:", 0) != 0 || second < 5)
    return "{" + inside + "}";
  std::uniform_int_distribution<long> any(std::stol(inside.substr(4, second - 4)),
                                          std::stol(inside.substr(second + 1)));
  return std::to_string(any(random));
}

std::string fill(const std::string &text, const std::string &token, std::mt19937_64 &random) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto end = text[i] == '{' ? text.find('}', i) : std::string::npos;
    std::string inside = end == std::string::npos ? std::string() : text.substr(i + 1, end - i - 1);
    bool placeholder = inside == "token" || inside.rfind("int:", 0) == 0;
    if (!placeholder) {
      out += text[i];
      continue;
    }
    out += inside == "token" ? token : number(inside, random);
    i = end;
  }
  return out;
}

} // namespace ripple::load
