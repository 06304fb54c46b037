//===- Forecast.cpp -------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/simulate/Forecast.h"

#include "planner/simulate/History.h"

#include <algorithm>
#include <boost/random/uniform_01.hpp>
#include <boost/random/uniform_int_distribution.hpp>
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
    drawChances();
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

  /// The steps, each behind all that it waits for, and which drain each drain comes after alone.
  void findOrder() {
    std::vector<unsigned> waits;
    afterOne.assign(traffic.drains.size(), NoDrain);
    for (unsigned step = 0; step < traffic.steps.size(); ++step) {
      waits.push_back(traffic.steps[step].waitsFor);
      if (waits.back() == 0)
        order.push_back(step);
    }
    for (std::size_t at = 0; at < order.size(); ++at) {
      const TimedStep &step = traffic.steps[order[at]];
      for (unsigned next : step.before) {
        const TimedStep &later = traffic.steps[next];
        if (step.what == TimedStep::What::Permit && later.what == TimedStep::What::Forbid &&
            later.waitsFor == 1)
          afterOne[later.drain] = step.drain;
        if (--waits[next] == 0)
          order.push_back(next);
      }
    }
  }

  /// For each trial and drain, with which chance it is quiet by the time that it takes then: of
  /// each drain one in each of so many equal parts, so that few trials say much.
  void drawChances() {
    constexpr std::size_t drawnMost = 1'000'000, trialsMost = 4000, trialsLeast = 50;
    const std::size_t drains = std::max<std::size_t>(1, traffic.drains.size());
    trials = std::clamp(drawnMost / drains, trialsLeast, trialsMost);
    Random random(1);
    boost::random::uniform_01<> within;
    std::vector<std::size_t> parts(trials);
    chances.reserve(drains * trials);
    for (std::size_t drain = 0; drain < drains; ++drain) {
      for (std::size_t part = 0; part < trials; ++part) { // Shuffled as they are made.
        boost::random::uniform_int_distribution<std::size_t> upTo(0, part);
        const std::size_t other = upTo(random);
        parts[part] = parts[other];
        parts[other] = part;
      }
      for (std::size_t part : parts) {
        const double inPart = within(random);
        chances.push_back((static_cast<double>(part) + inPart) / static_cast<double>(trials));
      }
    }
  }

  /// When each drain begins, and when all steps are over: on average over trials, in which each
  /// drain takes a time that is drawn from its own chances.
  void findTimes() {
    std::vector<double> begins(traffic.drains.size()), starts;
    double complete = 0;
    for (std::size_t trial = 0; trial < trials; ++trial) {
      starts.assign(traffic.steps.size(), 0);
      double last = 0;
      for (unsigned number : order) {
        const TimedStep &step = traffic.steps[number];
        double end = starts[number] + step.seconds;
        if (step.what == TimedStep::What::Await)
          end = starts[number] +
                quantile(profileOf[step.drain]->quiet, chances[step.drain * trials + trial]);
        else if (step.what == TimedStep::What::Forbid)
          begins[step.drain] += starts[number] / static_cast<double>(trials);
        for (unsigned next : step.before)
          starts[next] = std::max(starts[next], end);
        last = std::max(last, end);
      }
      complete += last / static_cast<double>(trials);
    }
    made.complete = complete;
    const std::vector<double> alike = averageOfAlike(begins);
    for (std::size_t i = 0; i < traffic.drains.size(); ++i)
      expected[i] = {alike[i], profileOf[i]->forecast.mean + actionsOf[i], actionsOf[i],
                     &profileOf[i]->quiet, afterOne[i]};
  }

  /// BEGINS of the drains, each as the average of those that the same comes before: what happened
  /// before them is then the same too, and is looked at once.
  std::vector<double> averageOfAlike(const std::vector<double> &begins) const {
    using Key = std::tuple<TimedStep::What, double, const Profile *, std::vector<unsigned>>;
    std::map<Key, unsigned> numbers; // of steps that are alike
    std::vector<std::vector<unsigned>> earlier(traffic.steps.size());
    std::vector<unsigned> kindOf(traffic.drains.size());
    for (unsigned number : order) {
      const TimedStep &step = traffic.steps[number];
      std::sort(earlier[number].begin(), earlier[number].end());
      const bool lasts = step.what == TimedStep::What::Await;
      const auto kind =
          numbers
              .try_emplace({step.what, step.seconds, lasts ? profileOf[step.drain] : nullptr,
                            std::move(earlier[number])},
                           static_cast<unsigned>(numbers.size()))
              .first->second;
      if (step.what == TimedStep::What::Forbid)
        kindOf[step.drain] = kind;
      for (unsigned next : step.before)
        earlier[next].push_back(kind);
    }
    std::vector<std::pair<double, double>> sums(numbers.size()); // with how many there are
    for (std::size_t i = 0; i < begins.size(); ++i) {
      sums[kindOf[i]].first += begins[i];
      ++sums[kindOf[i]].second;
    }
    std::vector<double> averages;
    for (unsigned kind : kindOf)
      averages.push_back(sums[kind].first / sums[kind].second);
    return averages;
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

  double quantile(const Curve &quiet, double chance) const {
    const auto found = std::lower_bound(quiet.begin(), quiet.end(), chance);
    if (found == quiet.end())
      return grid.back();
    if (found == quiet.begin())
      return 0;
    const auto at = static_cast<std::size_t>(found - quiet.begin());
    return grid[at - 1] +
           (grid[at] - grid[at - 1]) * (chance - quiet[at - 1]) / (quiet[at] - quiet[at - 1]);
  }

  const Traffic &traffic;
  Forecast made;
  std::vector<double> grid;       ///< Seconds.
  std::vector<Curve> usual;       ///< By group: active later while all servers are there.
  std::vector<double> actionsOf;  ///< By drain: seconds of its actions.
  std::vector<unsigned> order;    ///< Of the steps.
  std::vector<unsigned> afterOne; ///< By drain: the only one that it waits for, if it is one.
  std::size_t trials = 0;
  std::vector<double> chances; ///< By drain, then by trial.
  std::map<Came, std::size_t> numberOf;
  std::vector<Curve> curves; ///< How quiet it is at the times of the grid.
  std::map<Ways, Profile> profiles;
  std::vector<const Profile *> profileOf; ///< By drain.
  std::vector<ExpectedDrain> expected;    ///< By drain.
};

} // namespace

Forecast forecast(const Traffic &traffic) { return Forecaster(traffic).run(); }

} // namespace ripple::planner::simulate
