//===- Simulate.cpp - Many runs, three ways -------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/simulate/Simulate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ripple::planner::simulate {

namespace {

/// The smallest of TIMES that PART of them do not pass.
double quantile(const std::vector<double> &sorted, double part) {
  const double rank = std::ceil(part * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

QuietForecast quantilesOf(std::vector<double> times) {
  if (times.empty())
    return {};
  std::sort(times.begin(), times.end());
  const double sum = std::accumulate(times.begin(), times.end(), 0.0);
  return {sum / static_cast<double>(times.size()), quantile(times, 0.5), quantile(times, 0.99)};
}

WayResult resultOf(const Traffic &traffic, std::uint64_t seed, std::size_t runs) {
  WayResult result;
  result.forecast = forecast(traffic);
  std::vector<std::vector<double>> times(traffic.drains.size());
  std::vector<double> all, over(traffic.drains.size());
  Random random(seed);
  const auto count = static_cast<double>(runs);
  for (std::size_t i = 0; i < runs; ++i) {
    const Run run = runOnce(traffic, random);
    result.withdrawn += run.withdrawn / count;
    result.complete += run.complete / count;
    result.waitedFor += static_cast<double>(run.waitedFor) / count;
    for (std::size_t drain = 0; drain < times.size(); ++drain) {
      times[drain].push_back(run.quietAfter[drain]);
      all.push_back(run.quietAfter[drain]);
      result.overdue += static_cast<double>(run.overdue[drain]) / count;
      over[drain] += run.overdue[drain] > 0 ? 1 / count : 0;
    }
  }
  result.simulated = quantilesOf(std::move(all));
  result.tasksOverLimit = std::accumulate(over.begin(), over.end(), 0.0);
  for (std::size_t i = 0; i < times.size(); ++i) {
    const Drain &drain = traffic.drains[i];
    result.tasks.push_back({drain.task, drain.server, drain.wave, quantilesOf(std::move(times[i])),
                            result.forecast.drains[i], over[i]});
  }
  return result;
}

} // namespace

model::Result<Simulation> simulate(const model::Plan &plan, KnownLoad load, std::uint64_t seed,
                                   std::size_t runs) {
  Simulation made;
  made.seed = seed;
  made.remarks = load.remarks;
  const std::vector<std::string> taken = remarksOf(plan, load.load);
  made.remarks.insert(made.remarks.end(), taken.begin(), taken.end());
  for (auto [way, result] : {std::pair(Way::Plan, &made.plan),
                             {Way::Programs, &made.programs},
                             {Way::Servers, &made.servers}}) {
    auto traffic = trafficOf(plan, load.load, load.file, way);
    if (!traffic)
      return tl::make_unexpected(traffic.error());
    const std::size_t drains = std::max<std::size_t>(1, traffic->drains.size());
    made.runs = runs ? runs : (DrawnLeast + drains - 1) / drains;
    *result = resultOf(*traffic, seed, made.runs);
  }
  made.load = std::move(load);
  return made;
}

} // namespace ripple::planner::simulate
