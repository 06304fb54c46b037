//===- Ledger.h - Which versions will meet -----------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_LEDGER_H
#define RIPPLE_PLANNER_LEDGER_H

#include "planner/Planning.h"

namespace ripple::planner {

/// Every pair of versions that may be in service at one time while TASKS, in their WAVES, are
/// carried out, of one component and of two that have to do with each other: an application has
/// both, or a rule of the change set names both. Not the pairs that there were before, nor those
/// that are wanted. Sorted. ORDER: by task, and behind them by gate, what comes before it.
std::vector<model::MixedVersions> ledgerOf(const Inputs &inputs, const std::vector<Task> &tasks,
                                           const std::vector<std::vector<unsigned>> &order,
                                           unsigned waves);

} // namespace ripple::planner

#endif
