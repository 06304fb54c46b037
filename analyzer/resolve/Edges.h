//===- Edges.h - The edges of the graph, in order ---------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_RESOLVE_EDGES_H
#define RIPPLE_ANALYZER_RESOLVE_EDGES_H

#include "analyzer/Pipeline.h"

#include <vector>

namespace ripple::analyzer {

/// Sorts EDGES, each function's. Of those that differ in the line alone, the first stays: every
/// search takes that one. But a line may be left out, and each call of what has no source is told.
void sortEdges(const Facts &facts, std::vector<std::vector<Edge>> &edges);

} // namespace ripple::analyzer

#endif
