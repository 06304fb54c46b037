//===- Gates.h - Does everything wait where it has to? -----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_CHECK_GATES_H
#define RIPPLE_PLANNER_CHECK_GATES_H

#include "planner/check/TaskSteps.h"

namespace ripple::check {

/// The gates of CHANGE that are not in the plan, or hold something else back, each in a line.
std::vector<std::string> wrongGates(const Replay &replay, const model::ChangeSet &change);

} // namespace ripple::check

#endif
