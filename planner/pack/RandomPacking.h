//===- RandomPacking.h - Random packings, for tests -------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_PACK_RANDOMPACKING_H
#define RIPPLE_PLANNER_PACK_RANDOMPACKING_H

#include "planner/pack/Packing.h"

#include <algorithm>
#include <random>

namespace ripple::planner::random {

/// Whole numbers throughout, so that both mean exactly the same. With zones, rules and resources
/// of several applications, few or many tasks a server, many sizes or three, one or many in a wave.
class PackingInstance {
public:
  explicit PackingInstance(unsigned seed) : PackingInstance(seed, 1, ExactTasks) {}

  PackingInstance(unsigned seed, unsigned least, unsigned most) : random(seed) {
    const unsigned count = least + any(most - least + 1);
    packing.kinds = 1 + any(std::min(count, 6U));
    packing.zones = 1 + any(3);
    packing.zonesOneAtATime = any(4) == 0;
    packing.servers = 1 + any(any(2) == 0 ? count : 2 * count);
    addRules(2 + any(6));
    // Each draw a statement: compilers evaluate arguments in different orders.
    const unsigned capacityMost = any(2) == 0 ? 12 : 90;
    addResources(1 + any(4), capacityMost);
    addTasks(count);
  }

  Packing packing;

private:
  unsigned any(unsigned below) { return static_cast<unsigned>(random() % below); }

  void addRules(unsigned oneIn) {
    for (unsigned first = 0; first < packing.kinds; ++first)
      for (unsigned second = first + 1; second < packing.kinds; ++second)
        if (any(oneIn) == 0)
          packing.before.emplace_back(first, second);
  }

  void addResources(unsigned count, unsigned capacityMost) {
    const unsigned tasksAWave = 1 + any(4);
    const bool threeSizes = any(2) == 0;
    for (unsigned resource = 0; resource < count; ++resource) {
      const unsigned capacity = 4 + any(capacityMost);
      packing.capacity.push_back(capacity);
      std::vector<unsigned> &amounts = amountsOf.emplace_back();
      for (unsigned amount = 1; amount <= std::max(1U, capacity / tasksAWave); ++amount)
        amounts.push_back(amount);
      std::shuffle(amounts.begin(), amounts.end(), random);
      if (threeSizes && amounts.size() > 3)
        amounts.resize(3);
    }
  }

  void addTasks(unsigned count) {
    std::vector<unsigned> zoneOf;
    for (unsigned server = 0; server < packing.servers; ++server)
      zoneOf.push_back(any(packing.zones));
    for (unsigned i = 0; i < count; ++i) {
      PackingTask &task = packing.tasks.emplace_back();
      task.server = any(packing.servers);
      task.zone = zoneOf[task.server];
      task.kind = i < packing.kinds ? i : any(packing.kinds);
      for (unsigned resource = 0; resource < amountsOf.size(); ++resource)
        if (const auto &amounts = amountsOf[resource]; any(2) == 0)
          task.takes.emplace_back(resource, amounts[any(static_cast<unsigned>(amounts.size()))]);
    }
  }

  std::mt19937 random;
  std::vector<std::vector<unsigned>> amountsOf; ///< By resource: what a task may take of it.
};

} // namespace ripple::planner::random

#endif
