//===- Antichain.h - What may happen at the same time -----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_CHECK_ANTICHAIN_H
#define RIPPLE_PLANNER_CHECK_ANTICHAIN_H

#include "model/Plan.h"

#include <functional>
#include <string>
#include <vector>

namespace ripple::check {

/// The order that steps' `after` imposes, directly or through others.
class After {
public:
  /// False, with what is wrong added to FOUND: ids that repeat or are not there, a cycle.
  bool build(const std::vector<model::Step> &steps, std::vector<std::string> &found);
  /// The steps at these positions.
  bool isAfter(std::size_t later, std::size_t earlier) const { return has(later, earlier); }

  /// Positions of all steps, each after those that it comes after.
  const std::vector<std::size_t> &order() const { return sorted; }
  std::size_t count() const { return direct.size(); }
  /// Positions of the steps that the one at STEP says it comes after.
  const std::vector<std::size_t> &directlyBefore(std::size_t step) const { return direct[step]; }

private:
  void sort();
  void collect();
  bool has(std::size_t later, std::size_t earlier) const {
    return before[later][earlier / 64] >> (earlier % 64) & 1;
  }

  std::vector<std::vector<std::size_t>> direct;
  std::vector<std::size_t> sorted;
  std::vector<std::vector<std::uint64_t>> before; ///< Bit sets of all earlier steps.
};

/// A step at which something of a weight begins to be away, and a later one at which it is back.
struct Span {
  std::size_t begin = 0, end = 0;
  double weight = 0;
};

/// The greatest sum of weights of SPANS of which none begins after another one has ended, by AFTER.
/// No step is the beginning of one and the end of another.
/// As below, but the flow goes along the steps themselves, so its size is theirs: for many spans.
double heaviestTogether(const std::vector<Span> &spans, const After &after);

/// The greatest sum of WEIGHTS over items of which none precedes another, by the relation
/// PRECEDES, which must be a partial order. Exact: the least flow that covers every item with its
/// weight (Dilworth's theorem, weighted).
double heaviestAntichain(const std::vector<double> &weights,
                         const std::function<bool(std::size_t, std::size_t)> &precedes);

} // namespace ripple::check

#endif
