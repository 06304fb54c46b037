//===- Implied.cpp --------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/pack/Implied.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace ripple::planner {

namespace {

constexpr double Epsilon = 1e-9;
constexpr std::uint64_t stepsAWaveMax = 200'000;

/// The linear program "each task in waves that count as one at least, the fewest in sum" by the
/// revised simplex method (Dantzig 1953), with the inverse of the basis in full. Its numbers are
/// good enough to find weights by, and nothing else is done with them.
class Waves {
public:
  /// For the tasks in OPEN, of COUNT.
  Waves(TaskSet open, std::size_t count) : count(count) {
    for (; open; open &= open - 1)
      tasks.push_back(static_cast<unsigned>(std::countr_zero(open)));
    const std::size_t rows = tasks.size();
    inverse.assign(rows, std::vector<double>(rows, 0));
    cost.assign(rows, 1);
    // Each task a wave, and each a little more than once: else the method goes on the spot.
    constexpr double little = 1e-5;
    for (std::size_t i = 0; i < rows; ++i) {
      inverse[i][i] = 1;
      value.push_back(1 + little * static_cast<double>((i * 37) % rows + 1));
    }
  }

  /// By task: what a wave is worth for having it.
  std::vector<double> duals() const {
    std::vector<double> result(count, 0);
    for (std::size_t row = 0; row < cost.size(); ++row)
      if (cost[row] != 0)
        for (std::size_t i = 0; i < tasks.size(); ++i)
          result[tasks[i]] += inverse[row][i];
    return result;
  }

  /// Takes in a wave of those in SET; false if no number of them can come in for others.
  bool add(TaskSet set) {
    std::vector<double> column(cost.size(), 0);
    for (std::size_t row = 0; row < cost.size(); ++row)
      for (std::size_t i = 0; i < tasks.size(); ++i)
        if (set & only(tasks[i]))
          column[row] += inverse[row][i];
    return enter(column, 1);
  }

  /// Lets TASK be in more waves than one.
  bool addSurplus(unsigned task) {
    const auto at =
        static_cast<std::size_t>(std::find(tasks.begin(), tasks.end(), task) - tasks.begin());
    std::vector<double> column(cost.size());
    for (std::size_t row = 0; row < cost.size(); ++row)
      column[row] = -inverse[row][at];
    return enter(column, 0);
  }

private:
  bool enter(const std::vector<double> &column, double itsCost) {
    std::size_t leaves = cost.size();
    for (std::size_t row = 0; row < cost.size(); ++row)
      if (column[row] > Epsilon &&
          (leaves == cost.size() || value[row] * column[leaves] < value[leaves] * column[row]))
        leaves = row;
    if (leaves == cost.size())
      return false;
    for (double &number : inverse[leaves])
      number /= column[leaves];
    value[leaves] /= column[leaves];
    cost[leaves] = itsCost;
    for (std::size_t row = 0; row < cost.size(); ++row) {
      if (row == leaves || column[row] == 0)
        continue;
      for (std::size_t i = 0; i < cost.size(); ++i)
        inverse[row][i] -= column[row] * inverse[leaves][i];
      value[row] -= column[row] * value[leaves];
    }
    return true;
  }

  std::size_t count;
  std::vector<unsigned> tasks;
  std::vector<std::vector<double>> inverse; ///< By row, by task.
  std::vector<double> cost, value;          ///< By row: of the wave in the basis, 1 or 0; how many.
};

} // namespace

/// Of duals that are the best, the mean over like tasks is too.
std::optional<Weights> Implied::whole(const std::vector<double> &duals, std::uint64_t &steps) {
  constexpr double scale = 1 << 20;
  const std::size_t count = duals.size();
  std::vector<double> sum(count, 0), like(count, 0);
  for (unsigned task = 0; task < count; ++task) {
    sum[alike.placeOf(task)] += std::max(0.0, duals[task]);
    like[alike.placeOf(task)] += 1;
  }
  Weights weights;
  for (unsigned task = 0; task < count; ++task)
    weights.ofTask.push_back(
        std::floor(sum[alike.placeOf(task)] / like[alike.placeOf(task)] * scale));
  const HeaviestWave::Found limit = heaviest.of(weights.ofTask, stepsAWaveMax);
  steps += limit.steps;
  weights.most = limit.weight;
  return limit.isHeaviest && limit.weight > 0 ? std::optional(weights) : std::nullopt;
}

std::optional<Weights> Implied::of(TaskSet open, unsigned waves, std::uint64_t &steps) {
  constexpr unsigned roundsMax = 2000;
  Waves program(open, packing.tasks.size());
  for (unsigned round = 0; round < roundsMax; ++round) {
    const std::vector<double> duals = program.duals();
    const auto least = std::min_element(duals.begin(), duals.end());
    if (*least < -Epsilon) {
      if (!program.addSurplus(static_cast<unsigned>(least - duals.begin())))
        return std::nullopt;
      continue;
    }
    constexpr double close = 1e-7;
    const HeaviestWave::Found found = heaviest.of(duals, stepsAWaveMax);
    steps += found.steps;
    const double sum = std::accumulate(duals.begin(), duals.end(), 0.0);
    const bool isBest = found.weight <= 1 + close;
    const bool isEnough = found.isHeaviest && sum > (waves + close) * found.weight;
    if (isBest || isEnough)
      return found.isHeaviest ? whole(duals, steps) : std::nullopt;
    if (!program.add(found.tasks))
      return std::nullopt;
  }
  return std::nullopt;
}

} // namespace ripple::planner
