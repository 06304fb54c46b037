//===- TaskSteps.h - A plan's steps, by task ---------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_CHECK_TASKSTEPS_H
#define RIPPLE_PLANNER_CHECK_TASKSTEPS_H

#include "planner/check/Antichain.h"
#include "planner/check/Check.h"

#include <map>

namespace ripple::check {

/// The steps of one task, by what they do.
struct TaskSteps {
  std::string server;
  const model::Step *forbid = nullptr, *await = nullptr, *permit = nullptr;
  std::map<std::string, const model::Step *> installs, checks,
      restarts; ///< restarts by application

  bool isWhole() const { return forbid && permit; }
};

using TasksById = std::map<std::string, TaskSteps>;

/// The steps of a plan, each of which has its place in `plan.steps`, and what comes after what.
struct Replay {
  const model::Plan &plan;
  const TasksById &tasks;
  const After &after;

  std::size_t placeOf(const model::Step &step) const {
    return static_cast<std::size_t>(&step - plan.steps.data());
  }
  /// Both are the plan's own.
  bool isAfter(const model::Step &later, const model::Step &earlier) const {
    return after.isAfter(placeOf(later), placeOf(earlier));
  }
};

} // namespace ripple::check

#endif
