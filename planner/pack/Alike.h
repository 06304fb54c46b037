//===- Alike.h - Servers that may stand for each other ----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_PACK_ALIKE_H
#define RIPPLE_PLANNER_PACK_ALIKE_H

#include "planner/pack/Packing.h"

#include <cstdint>

namespace ripple::planner {

/// A set of up to 64 tasks: a bit each.
using TaskSet = std::uint64_t;
constexpr TaskSet only(unsigned task) { return TaskSet{1} << task; }

/// Servers are alike if their tasks are, one by one, in kind, takes and, where it matters, zone. To
/// exchange such servers changes nothing but names: of sets of tasks that this maps onto each other
/// only one has to be looked at.
class Alike {
public:
  explicit Alike(const Packing &packing);

  /// The same set for all that differ only in which of like servers have what left.
  TaskSet canonical(TaskSet left) const;

  /// Equal for two tasks on like servers, in the same place there.
  unsigned placeOf(unsigned task) const { return place[task]; }

  /// What of LEFT is on the server of TASK, as places there.
  TaskSet leftBeside(unsigned task, TaskSet left) const;

private:
  static TaskSet places(const std::vector<unsigned> &tasks, TaskSet left);

  /// The tasks of each server, in one order for like servers, by class of such servers.
  std::vector<std::vector<std::vector<unsigned>>> classes;
  std::vector<unsigned> place;
  std::vector<std::vector<unsigned>> beside; ///< By task: its server's, in that order.
};

} // namespace ripple::planner

#endif
