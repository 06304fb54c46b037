//===- Loads.h - Where a load comes from ------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_SIMULATE_LOADS_H
#define RIPPLE_PLANNER_SIMULATE_LOADS_H

#include "model/Load.h"
#include "model/Plan.h"
#include "model/Status.h"

namespace ripple::planner::simulate {

/// A load, and in words where it comes from.
struct KnownLoad {
  model::Load load;
  std::string file;   ///< For mistakes that only the plan shows.
  std::string origin; ///< "load.yaml", "assumed: …", "12 recorded Session Lists".
  std::vector<std::string> remarks;
};

/// Reads FILES: one `ripple.load`, or any number of `ripple.status` documents, which were recorded
/// while PLAN's servers did their usual work. No files: an assumed load.
model::Result<KnownLoad> readLoadFor(const model::Plan &plan,
                                     const std::vector<std::string> &files);

/// 200 requests a second at each server of each application, all request kinds alike, long-tailed
/// (median 500 ms, p99 20.7 s): times to quiescence like those of the model in which an upgrade of
/// 100 servers was worked out first.
model::Load assumedLoad(const model::Plan &plan);

/// The load under which Session Lists like LISTS are seen. Only the servers of PLAN count that
/// were up and had every class permitted. The ages of the requests that are active at a moment are
/// spread over their durations, which are weighted by themselves; so with log-normal durations
/// var(ln age) = sigma² + 1 and mean(ln age) = mu + sigma² - 1, and Little's law gives the rate.
/// A request kind with fewer than `SessionsLeast` requests has the durations of its application.
/// Mistakes (about FILE): an application that PLAN quiesces with fewer than that.
model::Result<model::Load> recordedLoad(const model::Plan &plan,
                                        const std::vector<model::Status> &lists,
                                        const std::string &file, std::vector<std::string> &remarks);
constexpr std::size_t SessionsLeast = 20;

} // namespace ripple::planner::simulate

#endif
