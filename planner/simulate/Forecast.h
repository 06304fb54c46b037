//===- Forecast.h - What a plan costs, without simulating it ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_SIMULATE_FORECAST_H
#define RIPPLE_PLANNER_SIMULATE_FORECAST_H

#include "planner/simulate/Traffic.h"

namespace ripple::planner::simulate {

/// Seconds.
struct QuietForecast {
  double mean = 0, p50 = 0, p99 = 0;
};

struct Forecast {
  std::vector<QuietForecast> drains; ///< By drain.
  QuietForecast all;                 ///< Of a drain taken at random.
  double withdrawn = 0;              ///< Server-seconds of capacity, from forbid to permit.
  double complete = 0;               ///< Until the last step ends, on average.
};

/// What TRAFFIC leads to. In M/G/∞ the requests that were active when a drain began and still are
/// SECONDS later are Poisson in number, with mean sum(rate * activeAfter(SECONDS)); so the drain is
/// quiet by then with the chance of none (Eick, Massey, Whitt 1993, theorem 1). The rate is a
/// server's usual one, and while others were away its share of theirs (History.h). When each drain
/// begins and when all are done is the mean of trials, in which the steps follow each other and
/// each drain takes a time that is drawn from its chances, always the same ones: no sum of moments
/// knows how long the longest request of a whole fleet takes.
Forecast forecast(const Traffic &traffic);

} // namespace ripple::planner::simulate

#endif
