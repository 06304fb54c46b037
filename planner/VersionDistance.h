//===- VersionDistance.h - How far apart two versions are -------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_VERSIONDISTANCE_H
#define RIPPLE_PLANNER_VERSIONDISTANCE_H

#include "model/ChangeSet.h"

namespace ripple::planner {

enum class Distance { Near, TooFar, Unreadable };

/// Whether RULE lets its component at VERSION be in service beside OTHER of the one that it is
/// measured against. Unreadable: one of them does not begin with a number, after an epoch (`1:`) or
/// a `v`.
Distance distanceOf(const model::DistanceRule &rule, const std::string &version,
                    const std::string &other);

/// "kubelet may be at most 0 minor versions newer than kube-apiserver: its maker says so".
std::string textOf(const model::DistanceRule &rule);

} // namespace ripple::planner

#endif
