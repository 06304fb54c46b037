//===- Planning.h - From inputs to a plan -----------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_PLANNING_H
#define RIPPLE_PLANNER_PLANNING_H

#include "planner/Inputs.h"

namespace ripple::planner {

/// True where the router can match KIND exactly; else it belongs to *other*, and WHY says so.
bool isRoutable(const model::RequestKind &kind, std::string &why);

/// An application's request kinds in the order in which the framework matches them, each with the
/// reason for which the router cannot match it exactly ("" if it can). A kind that stands behind
/// one that cannot be matched, and that the same request might match, cannot be either.
struct RoutedKind {
  const model::RequestKind *kind = nullptr;
  std::string notRoutable;
  /// Its requests are given to *other* by a rule of their own, before all others: the framework may
  /// take them, or what the rule of a pattern before it would.
  bool isToldApart = false;
};
std::vector<RoutedKind> routedKinds(const model::Application &application);

/// The routing classes of all applications of the Server List, application by application, *other*
/// last. Where INPUTS ask for fewer than there are sets of components, each name ends with a digest
/// of all of the application's classes: a plan and a router that divide the request kinds
/// differently have no class in common.
std::vector<model::RoutingClass> routingClasses(const Inputs &inputs);

/// The changes of one restart domain on one server.
struct Task {
  std::string server;
  std::vector<std::string> components;    ///< Sorted.
  std::vector<model::QuiesceSet> quiesce; ///< One for each application; `task` not yet set.
  std::vector<const model::HostedApplication *> restarts;
  bool phasedIn = false; ///< Only loads a plug-in beside the one in use: nothing is kept away.
  unsigned wave = 0;     ///< From 1; by `schedule`.
  std::vector<unsigned> after; ///< Places of the tasks that are over before it begins; likewise.
};

/// The tasks of every server, in a stable order. A quiesce set has whole routing classes.
std::vector<Task> tasksOf(const Inputs &inputs);

/// Those of CHANGE, as if each request kind were a class of its own.
std::vector<Task> tasksBeforeClasses(const Inputs &inputs, const model::ChangeSet &change);

/// Why no plan can keep every minimum and every rule; empty if one can. Each reason stands alone:
/// it makes every plan impossible whatever the others say, and none of the rules that it names
/// could be left out of it.
struct Infeasible {
  std::vector<std::string> reasons;
};

/// The order between upgrades that the change set's rules ask for: `order` as it stands, and of
/// `forbidTogether` each pair that one order of the two keeps apart.
struct Ordering {
  std::vector<model::OrderRule> rules;
  std::vector<std::string> reasons; ///< Why no order keeps them all; as in Infeasible.
  std::vector<std::string> remarks; ///< Rules that order nothing here, and why.
};
Ordering orderingOf(const Inputs &inputs);

struct Schedule {
  unsigned waves = 0, lowerBound = 0; ///< Without gates.
  std::string boundBy;
  std::vector<model::OrderRule> order; ///< As a plan has it.
  std::vector<std::string> remarks;
};

/// Gives each task what it comes after (pack/Lanes.h) and the wave that follows from it: the fewest
/// waves that there are for up to `ExactTasks` tasks (pack/Packing.h). Sorts TASKS by wave, server
/// and components.
tl::expected<Schedule, Infeasible> schedule(const Inputs &inputs, std::vector<Task> &tasks);

/// The whole: INPUTS to a plan with its id.
tl::expected<model::Plan, Infeasible> makePlan(const Inputs &inputs);

} // namespace ripple::planner

#endif
