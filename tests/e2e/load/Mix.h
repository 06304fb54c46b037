//===- Mix.h - What the load generator sends --------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_TESTS_E2E_LOAD_MIX_H
#define RIPPLE_TESTS_E2E_LOAD_MIX_H

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace ripple::load {

/// One kind of request, with how often it is sent. In `target`, `body` and headers,
/// "{token}" stands for a token that no other request has, "{int:A:B}" for a number.
struct Template {
  std::string name;
  std::string host;
  std::uint16_t port = 0;
  std::string method = "GET";
  std::string target;
  std::string body;
  std::map<std::string, std::string> headers;
  double weight = 1;
  std::vector<std::string> tags;
  std::vector<int> expect{200}; ///< Any other status counts as failed.
};

struct Mix {
  double ratePerSecond = 100;
  double seconds = 10;
  std::uint64_t seed = 1;
  bool poisson = true; ///< Else evenly spaced.
  int timeoutMs = 10'000;
  std::string stopFile; ///< Nothing new is sent once this file is there; "": none.
  std::vector<Template> requests;
};

/// Reads a mix (YAML). The error says file, line and what is wrong.
tl::expected<Mix, std::string> readMix(const std::string &file);

/// When each request of the run is due, in seconds from its start, ascending; and which it is.
struct Arrival {
  double atSeconds = 0;
  std::size_t request = 0;
};
std::vector<Arrival> arrivals(const Mix &mix);

/// TEXT with its placeholders filled in.
std::string fill(const std::string &text, const std::string &token, std::mt19937_64 &random);

} // namespace ripple::load

#endif
