//===- Copies.h - Does the plan carry what its inputs say? ------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_CHECK_COPIES_H
#define RIPPLE_PLANNER_CHECK_COPIES_H

#include "planner/check/Check.h"

namespace ripple::check {

/// What UPGRADE asks for, or its component has.
model::RestartDomain domainOf(const Documents &documents, const model::Upgrade &upgrade);

/// What of PLAN's servers, upgrades, order, budget and windows is not that of DOCUMENTS; one text
/// each.
std::vector<std::string> wrongCopies(const model::Plan &plan, const Documents &documents);

} // namespace ripple::check

#endif
