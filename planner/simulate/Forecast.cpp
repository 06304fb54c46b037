//===- Forecast.cpp - Time to quiescence in closed form -------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/simulate/Forecast.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace ripple::planner::simulate {

namespace {

/// Values at the times of a grid.
using Curve = std::vector<double>;

class Forecaster {
public:
  explicit Forecaster(const Traffic &traffic) : traffic(traffic) {}

  Forecast run() {
    findActions();
    makeGrid();
    usual.assign(traffic.groups, Curve(grid.size()));
    for (const Flow &flow : traffic.flows)
      for (std::size_t at = 0; at < grid.size(); ++at)
        usual[flow.group][at] += flow.perSecond * flow.durations.activeAfter(grid[at]);
    std::map<unsigned, std::vector<std::size_t>> waves;
    for (std::size_t i = 0; i < traffic.drains.size(); ++i)
      waves[traffic.drains[i].wave].push_back(i);
    made.drains.resize(traffic.drains.size());
    quietOfAll.assign(grid.size(), 0);
    made.complete = gates;
    WaveBefore before;
    for (const auto &[wave, drains] : waves)
      before = addWave(drains, activeAfter(before));
    if (!traffic.drains.empty())
      made.all = forecastOf(quietOfAll);
    return std::move(made);
  }

private:
  struct Profile {
    Curve active;
    QuietForecast forecast;
  };

  /// What a wave leaves behind for the next one.
  struct WaveBefore {
    double seconds = 0;                ///< How long it took.
    double meanAway = 0;               ///< How much of that one of its drains did.
    std::map<unsigned, double> partOf; ///< By group: of its capacity, what was away.
  };

  /// By group, over all servers: requests active after a wave that BEFORE describes, which gave the
  /// servers that stayed more than they usually have. Servers that were away for a part of the time
  /// count as that part of them for all of it.
  std::vector<Curve> activeAfter(const WaveBefore &before) const {
    std::vector<Curve> active = usual;
    for (const auto &[group, part] : before.partOf) {
      if (part > 0.99) // Nobody stayed.
        continue;
      const double more = (1 / (1 - part) - 1) * before.meanAway / before.seconds;
      for (std::size_t at = 0; at < grid.size(); ++at)
        active[group][at] +=
            more * (usual[group][at] - valueAt(usual[group], grid[at] + before.seconds));
    }
    return active;
  }

  double valueAt(const Curve &curve, double time) const {
    const auto after = std::upper_bound(grid.begin(), grid.end(), time);
    if (after == grid.end())
      return 0;
    const auto at = static_cast<std::size_t>(after - grid.begin());
    return curve[at - 1] +
           (curve[at] - curve[at - 1]) * (time - grid[at - 1]) / (grid[at] - grid[at - 1]);
  }

  WaveBefore addWave(const std::vector<std::size_t> &drains, const std::vector<Curve> &active) {
    std::map<std::vector<std::pair<unsigned, double>>, Profile> profiles; // Servers that are alike.
    WaveBefore left;
    Curve all(grid.size());
    double actions = 0;
    for (std::size_t i : drains) {
      const Drain &drain = traffic.drains[i];
      const Profile &profile = profileOf(drain, active, profiles);
      made.drains[i] = profile.forecast;
      made.withdrawn += drain.share * (profile.forecast.mean + actionsOf[i]);
      left.meanAway += (profile.forecast.mean + actionsOf[i]) / static_cast<double>(drains.size());
      for (const Away &away : drain.away)
        for (unsigned group : traffic.sets[away.set].groups)
          left.partOf[group] += away.part;
      for (std::size_t at = 0; at < grid.size(); ++at) {
        all[at] += profile.active[at];
        quietOfAll[at] +=
            std::exp(-profile.active[at]) / static_cast<double>(traffic.drains.size());
      }
      actions = std::max(actions, actionsOf[i]);
    }
    left.seconds = forecastOf(quietOf(all)).mean + actions;
    made.complete += left.seconds;
    return left;
  }

  void findActions() {
    actionsOf.resize(traffic.drains.size());
    for (const TimedStep &step : traffic.steps)
      (step.drain == NoDrain ? gates : actionsOf[step.drain]) += step.seconds;
  }

  /// From a millisecond on, each 1 % later than the one before, until nothing is active any more.
  void makeGrid() {
    constexpr double first = 1e-3, factor = 1.01, nothing = 1e-7, never = 1e12;
    grid = {0};
    for (double time = first; time < never; time *= factor) {
      grid.push_back(time);
      double active = 0;
      for (const Flow &flow : traffic.flows)
        active += flow.perSecond * flow.durations.activeAfter(time);
      if (active < nothing)
        break;
    }
  }

  const Profile &
  profileOf(const Drain &drain, const std::vector<Curve> &activeOf,
            std::map<std::vector<std::pair<unsigned, double>>, Profile> &profiles) const {
    std::vector<std::pair<unsigned, double>> key;
    for (const Away &away : drain.away)
      key.emplace_back(away.set, away.part);
    auto [found, isNew] = profiles.try_emplace(std::move(key));
    if (isNew) {
      Curve active(grid.size());
      for (const Away &away : drain.away)
        for (unsigned group : traffic.sets[away.set].groups)
          for (std::size_t at = 0; at < grid.size(); ++at)
            active[at] += away.part * activeOf[group][at];
      found->second.forecast = forecastOf(quietOf(active));
      found->second.active = std::move(active);
    }
    return found->second;
  }

  static Curve quietOf(const Curve &active) {
    Curve quiet;
    for (double count : active)
      quiet.push_back(std::exp(-count));
    return quiet;
  }

  /// QUIET: with which chance it is quiet by the times of the grid.
  QuietForecast forecastOf(const Curve &quiet) const {
    QuietForecast result;
    for (std::size_t at = 1; at < grid.size(); ++at)
      result.mean += (1 - (quiet[at - 1] + quiet[at]) / 2) * (grid[at] - grid[at - 1]);
    result.p50 = quantile(quiet, 0.5);
    result.p99 = quantile(quiet, 0.99);
    return result;
  }

  double quantile(const Curve &quiet, double chance) const {
    for (std::size_t at = 0; at < grid.size(); ++at) {
      if (quiet[at] < chance)
        continue;
      if (at == 0)
        return 0;
      return grid[at - 1] +
             (grid[at] - grid[at - 1]) * (chance - quiet[at - 1]) / (quiet[at] - quiet[at - 1]);
    }
    return grid.back();
  }

  const Traffic &traffic;
  Forecast made;
  std::vector<double> grid; ///< Seconds.
  std::vector<Curve> usual; ///< By group: active later while all servers are there.
  Curve quietOfAll;
  std::vector<double> actionsOf; ///< By drain: seconds of its actions.
  double gates = 0;              ///< Seconds that all gates wait.
};

} // namespace

Forecast forecast(const Traffic &traffic) { return Forecaster(traffic).run(); }

} // namespace ripple::planner::simulate
