//===- Durations.h - How long requests of a kind take -----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_SIMULATE_DURATIONS_H
#define RIPPLE_PLANNER_SIMULATE_DURATIONS_H

#include "model/Load.h"

#include <random>

namespace ripple::planner::simulate {

/// The same numbers with every compiler and library: the standard says what this generator gives,
/// and Boost.Random says what its distributions make of it (the standard's own say not).
using Random = std::mt19937_64;

double secondsOf(model::Milliseconds time);

/// The numbers of one distribution that the model needs. Seconds.
class Durations {
public:
  explicit Durations(const model::RequestDuration &duration);

  double mean() const { return mean_; }

  /// Of a steady stream of one arrival a second, how many of the requests that are active at a
  /// moment still are SECONDS later: the integral of P(duration > x) for x from SECONDS on.
  /// Without SECONDS that is the mean (Little 1961).
  double activeAfter(double seconds) const;

  /// The whole duration of a request that is found active. Long ones are found more often: the
  /// distribution weighted by the duration itself (Cox, Renewal Theory, 1962, section 5.4).
  double drawFound(Random &random) const;

private:
  enum class Shape { LogNormal, Exponential, Fixed } shape_ = Shape::Fixed;
  double mean_ = 0;
  double mu_ = 0, sigma_ = 0; ///< Of the logarithm; LogNormal only.
};

} // namespace ripple::planner::simulate

#endif
