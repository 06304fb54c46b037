//===- Load.h - `ripple.load` -----------------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What is asked of the applications, and how long it takes: what `ripple
// simulate` and the forecasts of `ripple plan` go by. Written by people.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_LOAD_H
#define RIPPLE_MODEL_LOAD_H

#include "model/Document.h"

#include <compare>
#include <string>
#include <variant>
#include <vector>

namespace ripple::model {

/// Long-tailed: the logarithm of the duration is normal. MEDIAN < P99.
struct LogNormal {
  Milliseconds median{0}, p99{0};
  auto operator<=>(const LogNormal &) const = default;
};
/// Memoryless.
struct Exponential {
  Milliseconds mean{0};
  auto operator<=>(const Exponential &) const = default;
};
/// All requests take the same time.
struct Fixed {
  Milliseconds always{0};
  auto operator<=>(const Fixed &) const = default;
};
/// How long a request takes, from its arrival to the end of the last thing that it does.
using RequestDuration = std::variant<LogNormal, Exponential, Fixed>;

/// One request kind.
struct RequestLoad {
  std::string application, id; ///< The id "other": what the router cannot tell apart.
  double perSecond = 0;        ///< Arrivals at the router, for all servers together.
  RequestDuration duration;
};

/// How long each step of a plan takes.
struct ActionTimes {
  Milliseconds install{1'000}, restart{5'000}, check{1'000};
  bool operator==(const ActionTimes &) const = default;
};

struct Load {
  std::vector<RequestLoad> requests; ///< Sorted by application and id.
  ActionTimes actions;
};

Result<Load> readLoad(const std::string &file);
Result<Load> parseLoad(std::string_view text, const std::string &file);
std::string writeLoad(const Load &load);
std::string digest(const Load &load);

} // namespace ripple::model

#endif
