//===- Reports.h - What people read -----------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_REPORTS_H
#define RIPPLE_PLANNER_REPORTS_H

#include "planner/Planning.h"

namespace ripple::planner {

/// The plan in the user's unit, wave by wave. DRIFT: what has changed since it was made.
std::string showText(const model::Plan &plan, const std::vector<std::string> &drift);

/// The plan as a graph in the DOT language, or as a flow chart of Mermaid's: which request kinds
/// wait for which component, and the tasks with their servers, wave by wave. The same plan gives
/// the same bytes.
std::string showDot(const model::Plan &plan);
std::string showMermaid(const model::Plan &plan);

/// The plan as one page that needs nothing else: who waits for what and why, the waves over the
/// servers, each request kind's capacity beside its minimum, and the versions that meet.
std::string showHtml(const model::Plan &plan, const std::vector<std::string> &drift);

/// Which of the plan's inputs are gone or mean something else now.
std::vector<std::string> driftOf(const model::Plan &plan);

/// Every difference of meaning between two plans, one a line, in words. Empty: none.
std::vector<std::string> diffPlans(const model::Plan &before, const model::Plan &after);

/// One line of `ripple query`.
struct QueryRow {
  std::string application, id;
  model::Why why = model::Why::Touches;
  std::string via;
  auto operator<=>(const QueryRow &) const = default;
};
/// Which request kinds touch COMPONENT. Sorted.
std::vector<QueryRow> queryTouching(const model::ComponentsList &list,
                                    const std::string &component);
/// Which components REQUEST touches; of one application, or of all ("") that have it. Sorted.
std::vector<QueryRow> queryRequest(const model::ComponentsList &list, const std::string &request,
                                   const std::string &application);

/// Why REQUEST touches COMPONENT, file:line by file:line; "" where it does not.
std::string explain(const model::ComponentsList &list, const std::string &request,
                    const std::string &component);

} // namespace ripple::planner

#endif
