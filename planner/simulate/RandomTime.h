//===- RandomTime.h - When something ends, by its moments -------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_SIMULATE_RANDOMTIME_H
#define RIPPLE_PLANNER_SIMULATE_RANDOMTIME_H

#include <vector>

namespace ripple::planner::simulate {

/// A time in seconds of which only the moments are known: as if it were log-normal, moved and
/// stretched so that all three fit; or normal where it is not skewed to the right.
struct RandomTime {
  double mean = 0, variance = 0;
  double third = 0; ///< The third central moment.

  auto operator<=>(const RandomTime &) const = default;
};

/// Of two that have nothing to do with each other, the sum: all three moments add up.
RandomTime operator+(const RandomTime &one, const RandomTime &other);

/// The latest of ALL, which have nothing to do with each other: from the product of their
/// distribution functions. As in PERT (Clark 1961), but for times that are skewed.
RandomTime latestOf(std::vector<RandomTime> all);

} // namespace ripple::planner::simulate

#endif
