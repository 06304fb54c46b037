//===- Run.h - One simulated upgrade ----------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_SIMULATE_RUN_H
#define RIPPLE_PLANNER_SIMULATE_RUN_H

#include "planner/simulate/Traffic.h"

namespace ripple::planner::simulate {

/// What happened in one run. Seconds.
struct Run {
  std::vector<double> quietAfter;   ///< By drain: from its forbid until its last request had ended.
  std::vector<std::size_t> overdue; ///< By drain: requests still active at the await's time limit.
  double withdrawn = 0;             ///< Server-seconds of capacity, from forbid to permit.
  double complete = 0;              ///< Until the last step had ended.
  std::size_t waitedFor = 0;        ///< Requests that were active when their drain began.
};

/// Carries TRAFFIC's steps out, each as soon as all that it comes after have ended. What is active
/// is drawn request by request when a drain asks for it: each that is found active has a duration,
/// an age and, by that, the time at which it came; it is kept with the chance with which the router
/// sent it there then (thinning: Lewis, Shedler 1979). So the arrivals between the drains, which
/// nobody looks at, cost nothing. The same RANDOM gives the same run.
///
/// A drain is waited for to its end: that the manager gives up at the time limit is not simulated,
/// but such drains can be counted (`overdue`).
Run runOnce(const Traffic &traffic, Random &random);

} // namespace ripple::planner::simulate

#endif
