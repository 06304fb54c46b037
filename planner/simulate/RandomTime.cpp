//===- RandomTime.cpp -----------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/simulate/RandomTime.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ripple::planner::simulate {

namespace {

double normal(double x) { return std::erfc(-x / std::numbers::sqrt2) / 2; }

/// The distribution function of a RandomTime.
class Distribution {
public:
  explicit Distribution(const RandomTime &time)
      : mean(time.mean), deviation(std::sqrt(std::max(0.0, time.variance))) {
    constexpr double skewLeast = 0.05;
    const double skew = deviation > 0 ? time.third / (deviation * deviation * deviation) : 0;
    if (skew < skewLeast)
      return;
    // With w = exp(sigma²) the skewness is (w + 2) sqrt(w - 1), which w = 1 + 4 sinh²(u) solves.
    const double u = std::asinh(skew / 2) / 3;
    const double w = 1 + 4 * std::sinh(u) * std::sinh(u);
    sigma = std::sqrt(std::log(w));
    mu = std::log(deviation) - std::log(w * (w - 1)) / 2;
    least = mean - deviation / std::sqrt(w - 1);
  }

  double upTo(double time) const {
    if (deviation <= 0)
      return time >= mean ? 1 : 0;
    if (sigma <= 0)
      return normal((time - mean) / deviation);
    return time > least ? normal((std::log(time - least) - mu) / sigma) : 0;
  }

  /// Nothing to speak of is before.
  double earliest() const {
    constexpr double deviations = 6;
    return sigma > 0 ? std::max(least, mean - deviations * deviation)
                     : mean - deviations * deviation;
  }
  double spread() const { return deviation; }

private:
  double mean, deviation;
  double sigma = 0, mu = 0, least = 0; ///< Log-normal beyond LEAST; sigma 0: normal.
};

} // namespace

RandomTime operator+(const RandomTime &one, const RandomTime &other) {
  return {one.mean + other.mean, one.variance + other.variance, one.third + other.third};
}

RandomTime latestOf(std::vector<RandomTime> all) {
  if (all.size() < 2)
    return all.empty() ? RandomTime() : all.front();
  std::sort(all.begin(), all.end());
  std::vector<std::pair<Distribution, double>> different; // with how many there are
  double from = all.front().mean, step = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i == 0 || all[i] != all[i - 1]) {
      const Distribution &one = different.emplace_back(all[i], 0).first;
      from = i == 0 ? one.earliest() : std::max(from, one.earliest());
      step = std::max(step, one.spread());
    }
    ++different.back().second;
  }
  if (step <= 0)
    return all.back();
  // E max(T - from, 0)^k is the integral of k x^(k-1) P(T - from > x), the first steps alike.
  constexpr double firstPart = 0.05, growth = 1.05, nothing = 1e-7;
  double first = 0, second = 0, third = 0, x = 0;
  for (double width = step * firstPart, later = 1; later > nothing; x += width) {
    if (x > step)
      width *= growth;
    double together = 1;
    for (const auto &[distribution, count] : different)
      together *= std::pow(distribution.upTo(from + x + width / 2), count);
    later = 1 - together;
    const double end = x + width;
    first += later * width;
    second += later * (end * end - x * x);
    third += later * (end * end * end - x * x * x);
  }
  const double variance = std::max(0.0, second - first * first);
  return {from + first, variance, third - 3 * first * variance - first * first * first};
}

} // namespace ripple::planner::simulate
