//===- RoomTree.h - The first wave with so much room ------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_PACK_ROOMTREE_H
#define RIPPLE_PLANNER_PACK_ROOMTREE_H

#include <vector>

namespace ripple::planner {

/// What is free of one resource, by wave, in a tree of maxima: first fit in log n (Johnson 1973,
/// "Near-optimal bin packing algorithms", section 3). A wave that was never set is empty.
class RoomTree {
public:
  explicit RoomTree(double capacity) : capacity(capacity) {}

  void clear() { most.clear(); }
  void set(unsigned wave, double room);

  /// The first wave from FROM on with at least AMOUNT free. There always is one, as AMOUNT is at
  /// most the capacity.
  unsigned firstWith(unsigned from, double amount) const;

private:
  std::size_t leaves() const { return most.size() / 2; }

  double capacity;
  std::vector<double> most; ///< Node i is over nodes 2i and 2i + 1; the second half are the waves.
};

} // namespace ripple::planner

#endif
