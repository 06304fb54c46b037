//===- Simulate.h - `ripple simulate` ---------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_SIMULATE_SIMULATE_H
#define RIPPLE_PLANNER_SIMULATE_SIMULATE_H

#include "planner/simulate/Forecast.h"
#include "planner/simulate/Loads.h"
#include "planner/simulate/Run.h"

#include <array>

namespace ripple::planner::simulate {

/// Enough runs that this many times to quiescence are drawn, if nothing else is asked for.
constexpr std::size_t DrawnLeast = 1000;

/// One task over all runs. Seconds.
struct TaskResult {
  std::string task, server;
  unsigned wave = 1;
  QuietForecast simulated, forecast; ///< Time to quiescence.
  double overLimit = 0; ///< Share of runs in which it takes longer than its time limit.
};

/// One way to do the change. Means over all runs, but for times to quiescence.
struct WayResult {
  std::vector<TaskResult> tasks;
  QuietForecast simulated; ///< Time to quiescence over all tasks and runs.
  Forecast forecast;
  double withdrawn = 0;      ///< Server-seconds of capacity.
  double complete = 0;       ///< Seconds.
  double waitedFor = 0;      ///< Requests that are active when their drain begins.
  double overdue = 0;        ///< Of these: still active at the await's time limit.
  double tasksOverLimit = 0; ///< Tasks with such a request.
};

struct Simulation {
  KnownLoad load;
  std::uint64_t seed = 1;
  std::size_t runs = 1;
  WayResult plan, programs, servers;
  std::vector<std::string> remarks;
};

/// RUNS (0: enough for `DrawnLeast`) of PLAN under LOAD, and of the same steps with what a drain of
/// each program, and of each whole server, keeps away. Mistakes as of trafficOf.
model::Result<Simulation> simulate(const model::Plan &plan, KnownLoad load, std::uint64_t seed,
                                   std::size_t runs);

/// Puts what LOAD leads to, in closed form, into PLAN's summary in place of what was assumed, and
/// gives the plan its new id. Rounded to milliseconds, so that no machine's last digit is in it.
/// Mistakes as of trafficOf; the plan is as it was then.
model::Result<void> addForecast(model::Plan &plan, const KnownLoad &load);

std::string textOf(const model::Plan &plan, const Simulation &simulation);
std::string jsonOf(const model::Plan &plan, const Simulation &simulation);

} // namespace ripple::planner::simulate

#endif
