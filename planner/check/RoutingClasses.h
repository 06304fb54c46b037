//===- RoutingClasses.h - Are a plan's routing classes those? ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_CHECK_ROUTINGCLASSES_H
#define RIPPLE_PLANNER_CHECK_ROUTINGCLASSES_H

#include "planner/check/Check.h"

namespace ripple::check {

/// What of PLAN's routing classes cannot be by what the router is told (`ripple routes`), each in a
/// line. The finest ones are those of request kinds with the same components; one in no class is
/// *other*'s, as it must be where the router may take it for another. Of others the names say how
/// they divide the request kinds.
std::vector<std::string> wrongClasses(const model::Plan &plan, const Documents &documents);

} // namespace ripple::check

#endif
