//===- Durations.cpp ------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/simulate/Durations.h"

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/normal_distribution.hpp>
#include <cmath>
#include <numbers>

namespace ripple::planner::simulate {

double secondsOf(model::Milliseconds time) { return std::chrono::duration<double>(time).count(); }

namespace {

constexpr double NormalQuantile99 = 2.3263478740408408;

/// The standard normal distribution function.
double normal(double x) { return std::erfc(-x / std::numbers::sqrt2) / 2; }

} // namespace

Durations::Durations(const model::RequestDuration &duration) {
  if (const auto *tailed = std::get_if<model::LogNormal>(&duration)) {
    shape_ = Shape::LogNormal;
    mu_ = std::log(secondsOf(tailed->median));
    sigma_ = (std::log(secondsOf(tailed->p99)) - mu_) / NormalQuantile99;
    mean_ = std::exp(mu_ + sigma_ * sigma_ / 2);
  } else if (const auto *memoryless = std::get_if<model::Exponential>(&duration)) {
    shape_ = Shape::Exponential;
    mean_ = secondsOf(memoryless->mean);
  } else {
    mean_ = secondsOf(std::get<model::Fixed>(duration).always);
  }
}

double Durations::activeAfter(double seconds) const {
  if (seconds <= 0)
    return mean_;
  if (shape_ == Shape::Fixed)
    return std::max(0.0, mean_ - seconds);
  if (shape_ == Shape::Exponential)
    return mean_ * std::exp(-seconds / mean_);
  // E max(D - x, 0), as of a call option (Black, Scholes 1973).
  const double away = (mu_ - std::log(seconds)) / sigma_;
  return std::max(0.0, mean_ * normal(away + sigma_) - seconds * normal(away));
}

double Durations::drawFound(Random &random) const {
  if (shape_ == Shape::Fixed)
    return mean_;
  if (shape_ == Shape::LogNormal) // Weighted by itself it is log-normal again.
    return std::exp(boost::random::normal_distribution<>(mu_ + sigma_ * sigma_, sigma_)(random));
  boost::random::exponential_distribution<> half(1 / mean_);
  const double first = half(random);
  const double second = half(random);
  return first + second;
}

} // namespace ripple::planner::simulate
