//===- PlanView.h - A plan as pictures need it -------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What a plan says step by step, put together task by task and request by
// request. Everything points into the plan, which must live longer.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_PLANVIEW_H
#define RIPPLE_PLANNER_PLANVIEW_H

#include "model/Plan.h"

#include <map>

namespace ripple::planner {

/// One task of a plan: one server, from its forbid to its permit.
struct TaskView {
  std::string id, server;
  unsigned wave = 1;
  std::vector<std::string> components; ///< What is replaced, sorted.
  const model::Step *forbid = nullptr; ///< Never null.
  std::vector<const model::QuiesceSet *> quiesce;
  std::vector<const model::Step *> steps; ///< In the plan's order.

  /// Request kinds that wait, each application's *other* among them.
  std::size_t waiting() const;
};

/// The part of what whole-server drains withdraw that the plan does not, from 0 to 1.
double savedBy(const model::Withdrawn &withdrawn);

/// The tasks, by wave, then as the plan has them.
std::vector<TaskView> tasksIn(const model::Plan &plan);

/// Tasks of the wave after the first WAVES ones that do not wait for all tasks of those, and so may
/// be over before them. In the plan's order.
std::vector<std::string> aheadOf(const model::Plan &plan, unsigned waves);
/// Whether a task may begin before all of the waves before it are over: its wave is how many come
/// one after the other up to it, and no barrier.
bool wavesOverlap(const model::Plan &plan);

/// Until when there is a way back, what ends it, and how to take it: "from every wave …".
std::string wayBackOf(const model::Plan &plan);

/// For each application that something is kept away of: whose word alone there is where it has no
/// gate, and what is assumed then. Nobody knows before the agents are asked whether it has one.
std::vector<std::string> assumptionsOf(const model::Plan &plan);

/// Why one request kind waits: one reason of each (component, why, via), sorted.
struct Reason {
  std::string component;
  model::Why why = model::Why::Touches;
  std::string via;
  auto operator<=>(const Reason &) const = default;
};
/// "touches pricing", "ambient libssl3 through libcurl4".
std::string describe(const Reason &reason);

/// Every request kind of the plan, those that nothing touches and *other* included, with why it
/// waits anywhere. In order: by application, then id, *other* last.
struct RequestView {
  std::string application, id;
  std::vector<Reason> reasons; ///< Empty: it never waits.
};
std::vector<RequestView> requestsIn(const model::Plan &plan);

/// Request kinds of one application that wait for the same reasons.
struct RequestGroup {
  std::string application;
  std::vector<std::string> ids;
  std::vector<Reason> reasons;
};
/// Those of REQUESTS that wait, in the order of the first of each.
std::vector<RequestGroup> groupsOf(const std::vector<RequestView> &requests);

/// What is left of one application for one request kind, wave by wave, in the unit of its minimum,
/// if all tasks of a wave are at work at once.
struct CapacityCurve {
  std::string application;
  std::vector<std::string> ids; ///< Request kinds that share it.
  std::vector<double> left;     ///< One for each wave, from wave 1.
  double total = 0, minimum = 0;
};
/// One for each way in which capacity runs, those that nothing withdraws included.
std::vector<CapacityCurve> capacityIn(const model::Plan &plan);

/// "3 servers", "1 server".
std::string plural(std::size_t count, const std::string &word);

} // namespace ripple::planner

#endif
