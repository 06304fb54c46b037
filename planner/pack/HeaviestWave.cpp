//===- HeaviestWave.cpp ---------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/pack/HeaviestWave.h"

#include "planner/pack/Bounds.h"

#include <algorithm>
#include <bit>

namespace ripple::planner {

namespace {

/// More than the search for packings allows, so that no wave of its is left out here.
constexpr double Tolerance = 4 * PackingTolerance;

} // namespace

HeaviestWave::HeaviestWave(const Packing &packing)
    : packing(packing), takes(packing.capacity.size()), takers(packing.capacity.size()) {
  const std::vector<std::vector<bool>> conflicts = Bounds(packing).conflicts();
  for (std::vector<double> &ofResource : takes)
    ofResource.assign(packing.tasks.size(), 0);
  for (unsigned task = 0; task < packing.tasks.size(); ++task) {
    TaskSet &set = apart.emplace_back(0);
    for (unsigned other = 0; other < packing.tasks.size(); ++other)
      if (conflicts[task][other])
        set |= only(other);
    for (auto [resource, amount] : packing.tasks[task].takes) {
      takes[resource][task] = amount;
      takers[resource] |= only(task);
    }
  }
}

HeaviestWave::Found HeaviestWave::of(const std::vector<double> &given, std::uint64_t limit) {
  weights = given;
  stepsMax = limit;
  best = {};
  chosen = 0;
  room = packing.capacity;
  prepare();
  TaskSet open = 0;
  for (unsigned task : byWeight)
    open |= only(task);
  decide(0, open, 0);
  best.isHeaviest = best.steps <= stepsMax;
  return best;
}

/// What the bounds need of the weights.
void HeaviestWave::prepare() {
  byWeight.clear();
  for (unsigned task = 0; task < weights.size(); ++task)
    if (weights[task] > 0)
      byWeight.push_back(task);
  std::stable_sort(byWeight.begin(), byWeight.end(),
                   [&](unsigned a, unsigned b) { return weights[a] > weights[b]; });
  cliques.clear();
  for (unsigned task : byWeight) {
    auto clique = std::find_if(cliques.begin(), cliques.end(),
                               [&](TaskSet set) { return (set & ~apart[task]) == 0; });
    if (clique == cliques.end())
      cliques.push_back(only(task));
    else
      *clique |= only(task);
  }
  byValue.assign(packing.capacity.size(), {});
  for (unsigned resource = 0; resource < byValue.size(); ++resource) {
    const std::vector<double> &amounts = takes[resource];
    for (unsigned task : byWeight)
      if (takers[resource] & only(task))
        byValue[resource].push_back(task);
    std::stable_sort(
        byValue[resource].begin(), byValue[resource].end(),
        [&](unsigned a, unsigned b) { return weights[a] * amounts[b] > weights[b] * amounts[a]; });
  }
}

/// With and without each task of OPEN, from AT in `byWeight` on.
void HeaviestWave::decide(std::size_t at, TaskSet open, double weight) {
  if (weight > best.weight) {
    best.weight = weight;
    best.tasks = chosen;
  }
  while (at < byWeight.size() && !(open & only(byWeight[at])))
    ++at;
  if (at == byWeight.size() || ++best.steps > stepsMax)
    return;
  if (weight + boundByCliques(open) <= best.weight)
    return;
  for (unsigned resource = 0; resource < room.size(); ++resource)
    if (weight + boundByResource(resource, open) <= best.weight)
      return;
  const unsigned task = byWeight[at];
  const Takes &its = packing.tasks[task].takes;
  for (auto [resource, amount] : its)
    room[resource] -= amount;
  TaskSet rest = open & ~only(task) & ~apart[task];
  for (TaskSet left = rest; left; left &= left - 1)
    if (const auto other = static_cast<unsigned>(std::countr_zero(left)); !canAdd(other))
      rest &= ~only(other);
  chosen |= only(task);
  decide(at + 1, rest, weight + weights[task]);
  chosen &= ~only(task);
  for (auto [resource, amount] : its)
    room[resource] += amount;
  decide(at + 1, open & ~only(task), weight);
}

bool HeaviestWave::canAdd(unsigned task) const {
  const Takes &its = packing.tasks[task].takes;
  return std::all_of(its.begin(), its.end(),
                     [&](const auto &take) { return take.second <= room[take.first] + Tolerance; });
}

double HeaviestWave::boundByCliques(TaskSet open) const {
  double sum = 0;
  for (TaskSet clique : cliques) {
    double most = 0;
    for (TaskSet left = clique & open; left; left &= left - 1)
      most = std::max(most, weights[static_cast<unsigned>(std::countr_zero(left))]);
    sum += most;
  }
  return sum;
}

/// As if tasks could be in parts (Dantzig 1957), and all who take nothing of RESOURCE be there.
double HeaviestWave::boundByResource(unsigned resource, TaskSet open) const {
  double sum = 0;
  for (TaskSet left = open & ~takers[resource]; left; left &= left - 1)
    sum += weights[static_cast<unsigned>(std::countr_zero(left))];
  double free = room[resource] + Tolerance;
  for (unsigned task : byValue[resource]) {
    if (!(open & only(task)))
      continue;
    const double amount = takes[resource][task];
    if (amount >= free)
      return sum + weights[task] * free / amount;
    sum += weights[task];
    free -= amount;
  }
  return sum;
}

} // namespace ripple::planner
