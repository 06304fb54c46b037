//===- Bounds.h - What no packing can be shorter than -----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_PACK_BOUNDS_H
#define RIPPLE_PLANNER_PACK_BOUNDS_H

#include "planner/pack/KindOrder.h"

namespace ripple::planner {

/// Lower bounds of PACKING, which must outlive it, and of parts of it.
class Bounds {
public:
  explicit Bounds(const Packing &packing);

  /// For TASKS alone, as if the others did not exist: all but the clique.
  PackingBound of(const std::vector<unsigned> &tasks) const;

  /// As many waves as there are tasks of which no two can be in one: cliques of the conflict graph,
  /// grown greedily from each task (Johnson 1974), so not the largest. 0 above 400 tasks.
  unsigned clique() const;

  /// By two tasks: can they never be in one wave, for what they are or for their kinds' order?
  std::vector<std::vector<bool>> conflicts() const;

  /// By kind: if TASKS are all there is, so many waves at least come after the last one with such a
  /// task. For a packing of up to 64 tasks.
  std::vector<unsigned> tails(const std::vector<unsigned> &tasks) const;

private:
  using ByKind = std::vector<std::vector<unsigned>>; ///< Tasks.
  using Part = PackingBound (Bounds::*)(const std::vector<unsigned> &) const;
  PackingBound sumOfZones(const std::vector<unsigned> &tasks, Part part) const;
  PackingBound unordered(const std::vector<unsigned> &tasks) const;
  PackingBound ordered(const std::vector<unsigned> &tasks) const;
  PackingBound within(const std::vector<unsigned> &tasks) const;
  ByKind splitByKind(const std::vector<unsigned> &tasks) const;
  PackingBound longestChain(const ByKind &byKind) const;
  PackingBound windows(const ByKind &byKind) const;
  std::vector<unsigned> waitsOf(const ByKind &byKind, bool backwards) const;
  bool apart(const PackingTask &one, const PackingTask &two) const;

  const Packing &packing;
  KindOrder order;
  std::vector<std::vector<bool>> isBefore; ///< By two kinds: by one rule or several.
};

/// L2 of one resource: the waves that AMOUNTS, sorted, take at least of a CAPACITY (Martello and
/// Toth, Knapsack Problems, 1990, section 8.3).
unsigned martelloToth(const std::vector<double> &amounts, double capacity);

} // namespace ripple::planner

#endif
