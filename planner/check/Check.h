//===- Check.h - A second opinion on a plan ---------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Proves a plan against its inputs, or lists what is wrong with it. Shares the
// documents' readers with the planner and nothing else: what touches what, what
// is withdrawn and what may run at the same time are worked out here anew.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_CHECK_CHECK_H
#define RIPPLE_PLANNER_CHECK_CHECK_H

#include "model/Plan.h"

namespace ripple::check {

struct Documents {
  model::ComponentsList components;
  model::ServerList servers;
  model::ChangeSet change;
};

/// Every violation of S1, S2, the order, and every difference from DOCUMENTS, each in a line.
/// Empty: the plan holds. Assumes that ids and digests have been compared.
std::vector<std::string> violations(const model::Plan &plan, const Documents &documents);

} // namespace ripple::check

#endif
