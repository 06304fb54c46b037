//===- Run.cpp - One simulated upgrade ------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/simulate/Run.h"

#include <algorithm>
#include <boost/random/poisson_distribution.hpp>
#include <boost/random/uniform_01.hpp>
#include <limits>
#include <queue>

namespace ripple::planner::simulate {

namespace {

constexpr double Always = -std::numeric_limits<double>::infinity();

/// The part of an application's capacity that may have a group's requests, over time.
class History {
public:
  double at(double time) const {
    if (time >= changes.back().first)
      return changes.back().second;
    auto after = std::upper_bound(changes.begin(), changes.end(), time,
                                  [](double t, const auto &change) { return t < change.first; });
    return std::prev(after)->second;
  }
  /// The smallest from SINCE on.
  double leastSince(double since) const {
    if (since == Always)
      return leastEver;
    double least = changes.back().second;
    for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
      least = std::min(least, change->second);
      if (change->first <= since)
        break;
    }
    return least;
  }
  void change(double time, double by) {
    changes.emplace_back(time, changes.back().second + by);
    leastEver = std::min(leastEver, changes.back().second);
  }

private:
  double leastEver = 1;
  std::vector<std::pair<double, double>> changes{{Always, 1.0}};
};

class Runner {
public:
  Runner(const Traffic &traffic, Random &random)
      : traffic(traffic), random(random), histories(traffic.groups),
        openSince(traffic.places, Always), startedAt(traffic.drains.size()) {
    run.quietAfter.resize(traffic.drains.size());
    run.overdue.resize(traffic.drains.size());
    for (const TimedStep &step : traffic.steps)
      waitsFor.push_back(step.waitsFor);
  }

  Run carryOut() {
    for (unsigned step = 0; step < traffic.steps.size(); ++step)
      if (waitsFor[step] == 0)
        start(step, 0);
    while (!ends.empty()) {
      const auto [time, ended] = ends.top();
      ends.pop();
      run.complete = time;
      for (unsigned next : traffic.steps[ended].before)
        if (--waitsFor[next] == 0)
          start(next, time);
    }
    return std::move(run);
  }

private:
  void start(unsigned number, double now) {
    const TimedStep &step = traffic.steps[number];
    double end = now + step.seconds;
    if (step.what == TimedStep::What::Forbid)
      forbid(step.drain, now);
    else if (step.what == TimedStep::What::Await)
      end = std::max(now, startedAt[step.drain] + run.quietAfter[step.drain]);
    else if (step.what == TimedStep::What::Permit)
      permit(step.drain, now);
    ends.emplace(end, number);
  }

  void forbid(unsigned number, double now) {
    const Drain &drain = traffic.drains[number];
    startedAt[number] = now;
    for (const Away &away : drain.away)
      if (away.part > 0)
        drawActive(number, away, now);
    for (const Away &away : drain.away)
      for (unsigned group : traffic.sets[away.set].groups)
        histories[group].change(now, -away.part);
  }

  void permit(unsigned number, double now) {
    const Drain &drain = traffic.drains[number];
    run.withdrawn += drain.share * (now - startedAt[number]);
    for (const Away &away : drain.away) {
      const std::vector<unsigned> &groups = traffic.sets[away.set].groups;
      for (std::size_t i = 0; i < groups.size(); ++i) {
        histories[groups[i]].change(now, away.part);
        openSince[away.places[i]] = now;
      }
    }
  }

  /// The requests that are active at the server of drain NUMBER when it begins.
  void drawActive(unsigned number, const Away &away, double now) {
    const FlowSet &set = traffic.sets[away.set];
    std::vector<Share> shares;
    for (std::size_t i = 0; i < set.groups.size(); ++i) {
      const History &history = histories[set.groups[i]];
      const double since = openSince[away.places[i]];
      // While the server may have them, at least its own part is there.
      shares.push_back(
          {&history, since, away.part, std::max(history.leastSince(since), away.part)});
    }
    for (unsigned flow : set.flows) {
      const auto group =
          std::lower_bound(set.groups.begin(), set.groups.end(), traffic.flows[flow].group);
      drawActive(number, traffic.flows[flow],
                 shares[static_cast<std::size_t>(group - set.groups.begin())], now);
    }
  }

  /// What a group's requests had of a server.
  struct Share {
    const History *history;
    double since; ///< Those that came before have all ended.
    double part;
    double least; ///< Of `history` since then, and at least PART.
  };

  void drawActive(unsigned number, const Flow &flow, const Share &share, double now) {
    const double expected = flow.perSecond * share.part / share.least * flow.durations.mean();
    if (expected <= 0)
      return;
    const auto candidates = boost::random::poisson_distribution<std::int64_t>(expected)(random);
    boost::random::uniform_01<> uniform;
    for (std::int64_t i = 0; i < candidates; ++i) {
      const double duration = flow.durations.drawFound(random);
      const double age = duration * uniform(random);
      const double chance = uniform(random);
      const double came = now - age;
      if (came >= share.since &&
          chance * std::max(share.history->at(came), share.part) < share.least)
        waitFor(number, duration - age);
    }
  }

  void waitFor(unsigned number, double seconds) {
    ++run.waitedFor;
    run.quietAfter[number] = std::max(run.quietAfter[number], seconds);
    if (seconds > traffic.drains[number].timeout)
      ++run.overdue[number];
  }

  using End = std::pair<double, unsigned>; ///< When, and which step: ties go by number.

  const Traffic &traffic;
  Random &random;
  Run run;
  std::vector<History> histories; ///< By group.
  std::vector<double> openSince;  ///< By place: when it was permitted last.
  std::vector<double> startedAt;  ///< By drain.
  std::vector<unsigned> waitsFor; ///< By step: how many have yet to end.
  std::priority_queue<End, std::vector<End>, std::greater<>> ends;
};

} // namespace

Run runOnce(const Traffic &traffic, Random &random) { return Runner(traffic, random).carryOut(); }

} // namespace ripple::planner::simulate
