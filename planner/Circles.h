//===- Circles.h - Where an order goes round ---------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_CIRCLES_H
#define RIPPLE_PLANNER_CIRCLES_H

#include <utility>
#include <vector>

namespace ripple::planner {

/// From what comes before to what comes after, by number; not from a vertex to itself.
using Edges = std::vector<std::pair<unsigned, unsigned>>;

/// For each strongly connected component of more than one of COUNT vertices, a circle in it, as
/// positions in EDGES, each leading to where the next one starts: the shortest through any of the
/// component's first hundred vertices. Without any one of its edges it is a line. Strong components
/// by Tarjan 1972, circles by breadth-first search.
std::vector<std::vector<std::size_t>> circlesOf(const Edges &edges, std::size_t count);

} // namespace ripple::planner

#endif
