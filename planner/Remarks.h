//===- Remarks.h - What an engineer has to know of a plan -------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_REMARKS_H
#define RIPPLE_PLANNER_REMARKS_H

#include "planner/Planning.h"

namespace ripple::planner {

/// Of TASKS and upgrades, each once: where there is no gain and what would bring it, what sticky
/// sessions mean, what is for no server or only for some, what goes back or has no way back.
std::vector<std::string> planRemarks(const Inputs &inputs, const std::vector<Task> &tasks);

} // namespace ripple::planner

#endif
