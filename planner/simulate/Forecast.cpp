//===- Forecast.cpp - Time to quiescence in closed form -------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/simulate/Forecast.h"

#include "planner/simulate/History.h"
#include "planner/simulate/RandomTime.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace ripple::planner::simulate {

namespace {

/// Values at the times of a grid.
using Curve = std::vector<double>;

class Forecaster {
public:
  explicit Forecaster(const Traffic &traffic) : traffic(traffic) {}

  Forecast run() {
    findActions();
    findOrder();
    makeGrid();
    usual.assign(traffic.groups, Curve(grid.size()));
    for (const Flow &flow : traffic.flows)
      for (std::size_t at = 0; at < grid.size(); ++at)
        usual[flow.group][at] += flow.perSecond * flow.durations.activeAfter(grid[at]);
    // What a drain waits for depends on when others were away, which depends on what they wait for.
    constexpr unsigned rounds = 4;
    expected.resize(traffic.drains.size());
    profileOf.resize(traffic.drains.size());
    for (unsigned round = 0; round < rounds; ++round) {
      findProfiles(round > 0);
      findTimes();
    }
    collect();
    return std::move(made);
  }

private:
  struct Profile {
    Curve quiet;
    QuietForecast forecast;
    RandomTime moments;
  };
  using Came = std::vector<std::tuple<unsigned, double, Ages>>; ///< Group, part, how they came.
  using Ways = std::map<std::size_t, double>; ///< Of `curves`, each with a chance.

  /// What is active of each drain when it begins; with HISTORY by what happened before it.
  void findProfiles(bool hasHistory) {
    const std::map<Ways, Profile> earlier = std::exchange(profiles, {}); // `expected` has them.
    std::optional<History> history;
    if (hasHistory)
      history.emplace(traffic, expected, grid);
    numberOf.clear();
    curves.clear();
    for (std::size_t i = 0; i < traffic.drains.size(); ++i) {
      std::vector<Came> moments;
      for (const Away &away : traffic.drains[i].away)
        for (unsigned group : traffic.sets[away.set].groups) {
          const auto ages =
              history ? history->before(i, group) : std::vector<Ages>{Ages{{HUGE_VAL, 1.0}}};
          moments.resize(ages.size());
          for (std::size_t moment = 0; moment < ages.size(); ++moment)
            moments[moment].emplace_back(group, away.part, ages[moment]);
        }
      moments.resize(std::max<std::size_t>(1, moments.size())); // Nothing is away: once.
      Ways ways;
      for (const Came &came : moments)
        ways[curveOf(came)] += 1 / static_cast<double>(moments.size());
      auto [found, isNew] = profiles.try_emplace(std::move(ways));
      if (isNew)
        found->second = profileFrom(found->first);
      profileOf[i] = &found->second;
    }
  }

  Profile profileFrom(const Ways &ways) const {
    Profile profile;
    profile.quiet.assign(grid.size(), 0);
    for (const auto &[number, chance] : ways)
      for (std::size_t at = 0; at < grid.size(); ++at)
        profile.quiet[at] += chance * curves[number][at];
    profile.forecast = forecastOf(profile.quiet);
    profile.moments = momentsOf(profile.quiet);
    return profile;
  }

  /// The number of the curve, in `curves`, of how quiet it is when requests CAME so.
  std::size_t curveOf(const Came &came) {
    auto [found, isNew] = numberOf.try_emplace(came, curves.size());
    if (isNew)
      curves.push_back(quietOf(activeOf(came)));
    return found->second;
  }

  /// How many that CAME before are active still.
  Curve activeOf(const Came &came) const {
    Curve active(grid.size());
    for (const auto &[group, part, ages] : came) {
      // The integral over the ages, by parts: the usual, and where it changes the difference.
      double age = 0, times = 0;
      for (const auto &[upTo, now] : ages) {
        for (std::size_t at = 0; at < grid.size(); ++at)
          active[at] += part * (now - times) *
                        (age == 0 ? usual[group][at] : valueAt(usual[group], grid[at] + age));
        age = upTo;
        times = now;
      }
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

  /// The steps, each behind all that it waits for, and what that is.
  void findOrder() {
    std::vector<unsigned> waits;
    after.resize(traffic.steps.size());
    for (unsigned step = 0; step < traffic.steps.size(); ++step) {
      waits.push_back(traffic.steps[step].waitsFor);
      if (waits.back() == 0)
        order.push_back(step);
    }
    for (std::size_t at = 0; at < order.size(); ++at)
      for (unsigned next : traffic.steps[order[at]].before) {
        after[next].push_back(order[at]);
        if (--waits[next] == 0)
          order.push_back(next);
      }
    for (std::vector<unsigned> &some : after)
      std::sort(some.begin(), some.end());
  }

  /// When each step ends, and from that when each drain begins and is over.
  void findTimes() {
    std::map<std::vector<unsigned>, std::pair<unsigned, RandomTime>>
        starts; // by what is waited for
    for (const std::vector<unsigned> &some : after)
      ++starts[some].first;
    std::vector<RandomTime> ends(traffic.steps.size());
    std::vector<RandomTime> last;
    std::set<const std::vector<unsigned> *> known;
    for (unsigned number : order) {
      const TimedStep &step = traffic.steps[number];
      const auto found = starts.find(after[number]);
      auto &[count, start] = found->second;
      if (known.insert(&found->first).second) {
        std::vector<RandomTime> all;
        for (unsigned before : found->first)
          all.push_back(ends[before]);
        start = latestOf(std::move(all));
        // What several wait for is when they all begin: it makes none of them the last one.
        if (count > 1)
          start.variance = start.third = 0;
      }
      ends[number] = start + RandomTime{step.seconds, 0, 0};
      if (step.what == TimedStep::What::Await)
        ends[number] = start + profileOf[step.drain]->moments;
      else if (step.what == TimedStep::What::Forbid)
        expect(step.drain, start.mean, after[number]);
      if (step.before.empty())
        last.push_back(ends[number]);
    }
    made.complete = latestOf(std::move(last)).mean;
  }

  void expect(unsigned number, double begins, const std::vector<unsigned> &afterSteps) {
    const Profile &profile = *profileOf[number];
    const bool isAfterOne =
        afterSteps.size() == 1 && traffic.steps[afterSteps[0]].what == TimedStep::What::Permit;
    expected[number] = {begins, profile.forecast.mean + actionsOf[number], actionsOf[number],
                        &profile.quiet, isAfterOne ? traffic.steps[afterSteps[0]].drain : NoDrain};
  }

  void collect() {
    Curve quietOfAll(grid.size());
    const auto count = static_cast<double>(traffic.drains.size());
    for (std::size_t i = 0; i < traffic.drains.size(); ++i) {
      const Profile &profile = *profileOf[i];
      made.drains.push_back(profile.forecast);
      made.withdrawn += traffic.drains[i].share * expected[i].seconds;
      for (std::size_t at = 0; at < grid.size(); ++at)
        quietOfAll[at] += profile.quiet[at] / count;
    }
    if (!traffic.drains.empty())
      made.all = forecastOf(quietOfAll);
  }

  void findActions() {
    actionsOf.resize(traffic.drains.size());
    for (const TimedStep &step : traffic.steps)
      if (step.drain != NoDrain)
        actionsOf[step.drain] += step.seconds;
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

  RandomTime momentsOf(const Curve &quiet) const {
    double first = 0, second = 0, third = 0;
    for (std::size_t at = 1; at < grid.size(); ++at) {
      const double later = 1 - (quiet[at - 1] + quiet[at]) / 2, from = grid[at - 1], to = grid[at];
      first += later * (to - from);
      second += later * (to * to - from * from);
      third += later * (to * to * to - from * from * from);
    }
    const double variance = std::max(0.0, second - first * first);
    return {first, variance, third - 3 * first * variance - first * first * first};
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
  std::vector<double> grid;                 ///< Seconds.
  std::vector<Curve> usual;                 ///< By group: active later while all servers are there.
  std::vector<double> actionsOf;            ///< By drain: seconds of its actions.
  std::vector<unsigned> order;              ///< Of the steps.
  std::vector<std::vector<unsigned>> after; ///< By step: those that it waits for.
  std::map<Came, std::size_t> numberOf;
  std::vector<Curve> curves; ///< How quiet it is at the times of the grid.
  std::map<Ways, Profile> profiles;
  std::vector<const Profile *> profileOf; ///< By drain.
  std::vector<ExpectedDrain> expected;    ///< By drain.
};

} // namespace

Forecast forecast(const Traffic &traffic) { return Forecaster(traffic).run(); }

} // namespace ripple::planner::simulate
