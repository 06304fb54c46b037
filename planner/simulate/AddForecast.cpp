//===- AddForecast.cpp - A plan's own forecast ----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/simulate/Simulate.h"

#include <cmath>

namespace ripple::planner::simulate {

static double toMilliseconds(double seconds) {
  constexpr double perSecond = 1000;
  return std::round(seconds * perSecond) / perSecond;
}

model::Result<void> addForecast(model::Plan &plan, const KnownLoad &load) {
  auto ours = trafficOf(plan, load.load, load.file, Way::Plan);
  if (!ours)
    return tl::make_unexpected(ours.error());
  auto whole = trafficOf(plan, load.load, load.file, Way::Servers);
  if (!whole)
    return tl::make_unexpected(whole.error());
  const Forecast forecast = simulate::forecast(*ours);
  plan.summary.withdrawn = {
      toMilliseconds(forecast.withdrawn), toMilliseconds(simulate::forecast(*whole).withdrawn), {}};
  plan.summary.forecast =
      model::PlanForecast{toMilliseconds(forecast.all.p50), toMilliseconds(forecast.all.p99),
                          toMilliseconds(forecast.complete)};
  plan.id = model::planId(plan);
  return {};
}

} // namespace ripple::planner::simulate
