//===- Pack.cpp -----------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/pack/Exact.h"

#include <algorithm>

namespace ripple::planner {

unsigned wavesOf(const WaveOfTask &waveOfTask) {
  return waveOfTask.empty() ? 0 : *std::max_element(waveOfTask.begin(), waveOfTask.end()) + 1;
}

Packed pack(const Packing &packing) {
  constexpr std::uint64_t stepsMax = 600'000'000; // some 40 seconds
  Packed result{packByRules(packing), lowerBound(packing)};
  if (packing.tasks.size() > ExactTasks)
    return result;
  ExactSearch search(packing, stepsMax);
  while (wavesOf(result.waveOfTask) > result.bound.waves) {
    const unsigned waves = wavesOf(result.waveOfTask);
    switch (search.within(waves - 1)) {
    case ExactSearch::Outcome::Found:
      result.waveOfTask = search.packed();
      break;
    case ExactSearch::Outcome::None:
      result.bound = {waves, PackingBound::By::Search, 0};
      break;
    case ExactSearch::Outcome::OutOfSteps:
      return result;
    }
  }
  return result;
}

} // namespace ripple::planner
