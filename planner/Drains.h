//===- Drains.h - The same change by drains of whole servers ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_DRAINS_H
#define RIPPLE_PLANNER_DRAINS_H

#include "model/Plan.h"

namespace ripple::planner {

/// What one restart or swap replaces somewhere.
struct DrainedTask {
  std::string place; ///< A server, or programs of one, or whatever is drained as a whole.
  std::vector<std::string> components;
};

/// By task: the first of TASKS, by its number, whose drain does it as well. One drain of a place
/// does everything there that ORDER lets be done at once: it is drained again only for what has to
/// wait until something else is everywhere.
std::vector<std::size_t> drainOfTask(const std::vector<DrainedTask> &tasks,
                                     const std::vector<model::OrderRule> &order);

} // namespace ripple::planner

#endif
