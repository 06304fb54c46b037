//===- Commands.h - The planner's command lines -----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_TOOL_COMMANDS_H
#define RIPPLE_PLANNER_TOOL_COMMANDS_H

namespace ripple::planner {

/// plan, show, diff, check, query, explain, simulate, routes, advisory, widen. Returns the exit
/// code.
int runPlanner(int argc, char **argv);

} // namespace ripple::planner

#endif
