//===- Traffic.h - A plan under a load, in numbers --------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Plan, Load --trafficOf--> Traffic --runOnce--> Run    one run with a seed
//                              |
//                              +-----forecast--> Forecast   in closed form
//
// In Traffic, flows (request kinds that are asked for), drains (the plan's tasks)
// and steps are numbers. The model: request kinds arrive independently (Poisson),
// the router divides them among the servers that may have them by capacity, and
// how long a request takes depends on nothing else: M/G/∞ (Takács 1962).
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_SIMULATE_TRAFFIC_H
#define RIPPLE_PLANNER_SIMULATE_TRAFFIC_H

#include "model/Plan.h"
#include "planner/simulate/Durations.h"

#include <map>
#include <set>

namespace ripple::planner::simulate {

/// What is kept away from a server while something on it is replaced.
enum class Way {
  Plan,     ///< What the plan keeps away.
  Programs, ///< Every request of each application that the plan keeps anything of away.
  Servers,  ///< Every request of the server.
};

/// A request kind that is asked for.
struct Flow {
  double perSecond = 0; ///< For all servers together.
  Durations durations;
  unsigned group = 0; ///< Flows that every drain keeps away together share their history.
};

/// One application at one drain.
struct Away {
  unsigned set = 0; ///< In Traffic::sets.
  double part = 0;  ///< The server's part of the application's capacity, and so of its requests.
  std::vector<unsigned> places; ///< For each of the set's groups: its number at this server.
};

/// A task of the plan; or the tasks of a server that one drain of it, or of its programs, does.
struct Drain {
  std::string task, server; ///< For reports.
  unsigned wave = 1;
  std::vector<Away> away;
  double share = 0;   ///< Of the server's capacity that is withdrawn, from 0 to 1.
  double timeout = 0; ///< Seconds; the await's.
};

constexpr unsigned NoDrain = ~0U;

/// Flows of one application that drains keep away together.
struct FlowSet {
  std::vector<unsigned> flows;  ///< Sorted.
  std::vector<unsigned> groups; ///< Sorted.
};

struct TimedStep {
  enum class What { Forbid, Await, Pass, Permit } what = What::Pass;
  unsigned drain = NoDrain;     ///< A gate has none.
  double seconds = 0;           ///< Pass: how long it takes.
  unsigned waitsFor = 0;        ///< How many steps it comes after.
  std::vector<unsigned> before; ///< The steps that come after it.
};

struct Traffic {
  std::vector<Flow> flows;
  std::vector<FlowSet> sets;
  std::vector<Drain> drains; ///< By wave, then in the order of the plan's forbids.
  std::vector<TimedStep> steps;
  unsigned groups = 0; ///< How many there are.
  unsigned places = 0; ///< How many pairs of group and server are ever withdrawn.
};

/// PLAN with what WAY keeps away, under LOAD. A mistake where the load names an application that
/// the plan has not, or says nothing of one that the plan keeps requests of away, where the steps
/// wait for each other, or where more requests are active than can be drawn.
model::Result<Traffic> trafficOf(const model::Plan &plan, const model::Load &load,
                                 const std::string &loadFile, Way way);

/// The request kinds of each of PLAN's applications; *other* is always there.
std::map<std::string, std::set<std::string>> kindsIn(const model::Plan &plan);

/// What trafficOf takes for granted where LOAD does not say it.
std::vector<std::string> remarksOf(const model::Plan &plan, const model::Load &load);

} // namespace ripple::planner::simulate

#endif
