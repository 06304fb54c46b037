//===- History.cpp --------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/simulate/History.h"

#include <algorithm>
#include <cmath>

namespace ripple::planner::simulate {

History::History(const Traffic &traffic, const std::vector<ExpectedDrain> &expected,
                 const std::vector<double> &grid)
    : traffic(traffic), expected(expected), grid(grid), leastPart(traffic.groups, 1) {
  double end = 0, shortest = 0;
  for (const ExpectedDrain &drain : expected) {
    end = std::max(end, drain.ends());
    shortest = shortest > 0 ? std::min(shortest, drain.seconds) : drain.seconds;
  }
  // Fine enough for the shortest drain, as far as memory lets it be.
  constexpr double perDrain = 16, cellsLeast = 64, cellsMostOfAll = 4e6;
  const double cellsMost =
      std::clamp(cellsMostOfAll / std::max(1U, traffic.groups), cellsLeast, 20'000.0);
  const double cells =
      std::clamp(shortest > 0 ? perDrain * end / shortest : cellsLeast, cellsLeast, cellsMost);
  cell = end > 0 ? end / cells : 1;
  const auto count = static_cast<std::size_t>(cells) + 1;
  handsOn.assign(expected.size(), false);
  for (const ExpectedDrain &drain : expected)
    if (drain.after != NoDrain)
      handsOn[drain.after] = true;
  away.assign(traffic.groups, std::vector<double>(count));
  uncertain = away;
  for (std::size_t i = 0; i < expected.size(); ++i)
    addDrain(i);
  sumUp();
}

void History::addDrain(std::size_t number) {
  const ExpectedDrain &drain = expected[number];
  const std::size_t count = away.empty() ? 0 : away.front().size();
  constexpr double nothing = 1e-3;
  for (auto there = static_cast<std::size_t>(drain.begins / cell); there < count; ++there) {
    const double middle = (static_cast<double>(there) + 0.5) * cell - drain.begins;
    const double covered = std::clamp(middle / cell + 0.5, 0.0, 1.0); // Of its first cell.
    const double chance = lasts(number, std::max(0.0, middle));
    if (chance < nothing)
      break;
    for (const Away &gone : traffic.drains[number].away)
      for (unsigned group : traffic.sets[gone.set].groups) {
        away[group][there] += gone.part * chance * covered;
        uncertain[group][there] += gone.part * gone.part * chance * (1 - chance);
      }
  }
  for (const Away &gone : traffic.drains[number].away)
    for (unsigned group : traffic.sets[gone.set].groups) {
      if (gone.part > 0)
        leastPart[group] = std::min(leastPart[group], gone.part);
      drainsAt[{traffic.drains[number].server, group}].push_back(number);
    }
}

double History::lasts(std::size_t number, double seconds) const {
  const ExpectedDrain &drain = expected[number];
  if (seconds < drain.actions)
    return seconds < 0 ? 0 : 1;
  if (handsOn[number])
    return seconds < drain.seconds ? 1 : 0;
  const auto at = std::upper_bound(grid.begin(), grid.end(), seconds - drain.actions);
  return 1 - (*drain.quiet)[static_cast<std::size_t>(at - grid.begin()) - 1];
}

double History::quantile(const ExpectedDrain &drain, double part) const {
  const auto at = std::lower_bound(drain.quiet->begin(), drain.quiet->end(), part);
  const std::size_t found =
      std::min(static_cast<std::size_t>(at - drain.quiet->begin()), grid.size() - 1);
  return grid[found] + drain.actions;
}

double History::timesAsMany(unsigned group, double gone, double variance) const {
  // The mean of one over what is left, to its second moment. The server itself is there.
  const double left = std::max(1 - gone, leastPart[group]);
  return std::min(1 / left + variance / (left * left * left), 1 / leastPart[group]);
}

void History::sumUp() {
  for (unsigned group = 0; group < traffic.groups; ++group) {
    std::vector<double> &sums = more.emplace_back(1, 0.0);
    for (std::size_t at = 0; at < away[group].size(); ++at) {
      sums.push_back(sums.back() + timesAsMany(group, away[group][at], uncertain[group][at]));
    }
  }
  for (auto &[place, drains] : drainsAt)
    std::sort(drains.begin(), drains.end(), [&](std::size_t a, std::size_t b) {
      return std::tie(expected[a].begins, a) < std::tie(expected[b].begins, b);
    });
}

double History::meanBetween(unsigned group, double from, double to) const {
  const std::vector<double> &sums = more[group];
  const auto last = static_cast<double>(sums.size() - 1);
  auto sumUpTo = [&](double time) {
    const double cells = time / cell;
    if (cells <= 0)
      return cells; // 1 for each cell that there would have been; and behind the last one.
    if (cells >= last)
      return sums.back() + cells - last;
    const auto whole = static_cast<std::size_t>(cells);
    return sums[whole] + (cells - static_cast<double>(whole)) * (sums[whole + 1] - sums[whole]);
  };
  return (sumUpTo(to) - sumUpTo(from)) * cell / (to - from);
}

double History::partOf(std::size_t number, unsigned group) const {
  double part = 0;
  for (const Away &gone : traffic.drains[number].away)
    if (const auto &groups = traffic.sets[gone.set].groups;
        std::binary_search(groups.begin(), groups.end(), group))
      part += gone.part;
  return part;
}

double History::meanBeside(std::size_t number, unsigned group, double from, double to) const {
  const unsigned other = expected[number].after;
  const double middle = (from + to) / 2;
  const auto there = static_cast<std::size_t>(std::max(0.0, middle) / cell);
  double gone = 0, variance = 0;
  if (there < away[group].size()) {
    gone = away[group][there];
    variance = uncertain[group][there];
    for (std::size_t one : {number, std::size_t{other}}) { // As they are on average: not here.
      const double chance = lasts(one, middle - expected[one].begins), part = partOf(one, group);
      gone -= part * chance;
      variance -= part * part * chance * (1 - chance);
    }
  }
  return timesAsMany(group, std::max(0.0, gone) + partOf(other, group), std::max(0.0, variance));
}

Ages History::agesAt(std::size_t number, double now, double oldest, bool wasAway,
                     unsigned group) const {
  const unsigned after = expected[number].after;
  constexpr double growth = 1.5, alike = 0.01;
  Ages ages;
  double from = 0;
  for (double to = cell; from < oldest; to *= growth) {
    if (wasAway)
      to = std::min(to, oldest);
    const bool isBeside = after != NoDrain && now - (from + to) / 2 > expected[after].begins;
    const double mean = isBeside ? meanBeside(number, group, now - to, now - from)
                                 : meanBetween(group, now - to, now - from);
    const double times = std::round(mean / alike) * alike;
    if (!ages.empty() && ages.back().second == times)
      ages.back().first = to;
    else
      ages.emplace_back(to, times);
    from = to;
  }
  const double always = wasAway ? 0 : 1;
  if (!ages.empty() && ages.back().second == always)
    ages.back().first = HUGE_VAL;
  else
    ages.emplace_back(HUGE_VAL, always);
  return ages;
}

std::vector<Ages> History::before(std::size_t number, unsigned group) const {
  const ExpectedDrain &drain = expected[number];
  double opened = -1; // Before all of it.
  for (std::size_t other : drainsAt.at({traffic.drains[number].server, group})) {
    if (other == number)
      break;
    opened = expected[other].ends();
  }
  const bool wasAway = opened >= 0;
  const double since = std::max(0.0, drain.begins - opened);
  if (drain.after == NoDrain)
    return {agesAt(number, drain.begins, wasAway ? since : drain.begins, wasAway, group)};
  constexpr unsigned moments = 8;
  std::vector<Ages> all;
  for (unsigned i = 0; i < moments; ++i) {
    const double now =
        expected[drain.after].begins + quantile(expected[drain.after], (i + 0.5) / moments);
    all.push_back(agesAt(number, now, wasAway ? since : now, wasAway, group));
  }
  return all;
}

} // namespace ripple::planner::simulate
