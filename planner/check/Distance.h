//===- Distance.h - Versions that are too far apart -------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_CHECK_DISTANCE_H
#define RIPPLE_PLANNER_CHECK_DISTANCE_H

#include "planner/check/Check.h"

namespace ripple::check {

/// Each two versions that DOCUMENTS' `versionDistance` does not let be in service together, of
/// those that there are before, after or without the change. Also those of which it cannot be told.
std::vector<std::pair<model::ComponentVersion, model::ComponentVersion>>
tooFarApart(const Documents &documents);

} // namespace ripple::check

#endif
