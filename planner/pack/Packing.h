//===- Packing.h - Tasks into the fewest waves ------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The scheduling problem without names: vector bin packing with an order between
// kinds of tasks, one task a server and, where asked, one zone at a time. In
// numbers of waves, barriers lose nothing: tasks by the length of the longest
// chain before them are such a packing of any plan.
//
//   pack            the whole                                  Pack.cpp
//     ├─ lowerBound     no packing has fewer waves              Bounds.cpp
//     ├─ packByRules    a good one, in about n log n            Rules.cpp, FirstFit.cpp
//     └─ ExactSearch    one with fewer, or that there is none   Exact.cpp, Alike.cpp
//          └─ Implied     what the rules say together              Implied.cpp, HeaviestWave.cpp
//   withOneFirst    a canary                                  First.cpp
//   lanesOf         what each task waits for                   Lanes.cpp
//
// Everything here is a function of its arguments alone: no clock, no threads, and
// the same random numbers every time.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_PACK_PACKING_H
#define RIPPLE_PLANNER_PACK_PACKING_H

#include <string>
#include <utility>
#include <vector>

namespace ripple::planner {

/// (resource, what is taken of it), sorted by resource, each once, in the resource's own unit.
using Takes = std::vector<std::pair<unsigned, double>>;

struct PackingTask {
  unsigned server = 0; ///< One task at a time.
  unsigned zone = 0;   ///< One at a time, if `Packing::zonesOneAtATime`.
  unsigned kind = 0;   ///< What the order is between; each kind has a task.
  Takes takes;
};

struct Packing {
  std::vector<PackingTask> tasks;
  std::vector<double> capacity; ///< By resource; each task fits alone.
  /// All tasks of the first kind are over before one of the second begins. Without a circle.
  std::vector<std::pair<unsigned, unsigned>> before;
  unsigned kinds = 0, servers = 0, zones = 1;
  bool zonesOneAtATime = false;
};

/// Amounts are sums of decimal fractions: what is over by less than this is not over.
constexpr double PackingTolerance = 1e-9;

/// The wave of each task, from 0.
using WaveOfTask = std::vector<unsigned>;
unsigned wavesOf(const WaveOfTask &waveOfTask);

/// No packing has fewer waves, and what says so.
struct PackingBound {
  enum class By { OneTask, Resource, Server, Order, Zones, Clique, Search };
  unsigned waves = 0;
  By by = By::OneTask;
  unsigned which = 0; ///< The resource or server; else 0.
};

/// The greatest of: what is taken of a resource over what there is, and its L2 (Martello and Toth,
/// Knapsack Problems, 1990, section 8.3); tasks on a server; the longest chain of kinds, and the
/// sum of zones, each with its own bound, and of up to 64 tasks every window of the order; tasks
/// that pairwise cannot meet. About n log n, the last one n² and for up to 400 tasks.
PackingBound lowerBound(const Packing &packing);

/// List scheduling in several orders, each improved; the best. About n log n for large ones.
WaveOfTask packByRules(const Packing &packing);

struct Packed {
  WaveOfTask waveOfTask;
  PackingBound bound;
};

/// As `packByRules` and `lowerBound`; for up to `ExactTasks` tasks with the fewest waves that there
/// are, and that number as the bound, as long as a fixed number of steps is enough for the search.
constexpr unsigned ExactTasks = 40;
Packed pack(const Packing &packing);

/// PACKING with a rule more: one task is over before all others begin (a canary). Of up to
/// `ExactTasks` tasks the one with which `packByRules` needs the fewest waves, else the first one
/// that may be. PACKING has a task.
Packing withOneFirst(const Packing &packing);

} // namespace ripple::planner

#endif
