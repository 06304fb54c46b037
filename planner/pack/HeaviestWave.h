//===- HeaviestWave.h - What one wave may weigh at most ---------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_PACK_HEAVIESTWAVE_H
#define RIPPLE_PLANNER_PACK_HEAVIESTWAVE_H

#include "planner/pack/Alike.h"

#include <optional>

namespace ripple::planner {

/// A knapsack with several resources and with tasks that cannot meet, by branch and bound. For a
/// PACKING of up to 64 tasks, which must outlive it.
class HeaviestWave {
public:
  explicit HeaviestWave(const Packing &packing);

  struct Found {
    TaskSet tasks = 0;
    double weight = 0;
    std::uint64_t steps = 0;
    bool isHeaviest = false; ///< False where the steps were not enough.
  };

  /// By WEIGHTS of tasks; those that weigh nothing or less are left out.
  Found of(const std::vector<double> &weights, std::uint64_t stepsMax);

private:
  void prepare();
  bool canAdd(unsigned task) const;
  void decide(std::size_t at, TaskSet open, double weight);
  double boundByCliques(TaskSet open) const;
  double boundByResource(unsigned resource, TaskSet open) const;

  const Packing &packing;
  std::vector<TaskSet> apart; ///< By task: those that it cannot be in one wave with.
  std::vector<double> weights;
  std::vector<unsigned> byWeight;             ///< Tasks, the heaviest first.
  std::vector<TaskSet> cliques;               ///< Each task in one; of each, one in a wave.
  std::vector<std::vector<unsigned>> byValue; ///< By resource: those that take of it, best first.
  std::vector<std::vector<double>> takes;     ///< By resource, by task.
  std::vector<TaskSet> takers;                ///< By resource.
  std::vector<double> room;
  TaskSet chosen = 0;
  Found best;
  std::uint64_t stepsMax = 0;
};

} // namespace ripple::planner

#endif
