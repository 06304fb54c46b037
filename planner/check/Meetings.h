//===- Meetings.h - Is the ledger of mixed versions true? --------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_CHECK_MEETINGS_H
#define RIPPLE_PLANNER_CHECK_MEETINGS_H

#include "planner/check/Antichain.h"
#include "planner/check/Needed.h"

namespace ripple::check {

/// What PLAN's ledger says of two versions that meet and that its steps do not, and the other way
/// round; one text each. AFTER is the order of PLAN's steps.
std::vector<std::string> wrongMeetings(const model::Plan &plan, const Documents &documents,
                                       Needs &needs, const After &after);

} // namespace ripple::check

#endif
