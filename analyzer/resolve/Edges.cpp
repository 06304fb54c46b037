//===- Edges.cpp - The edges of the graph, in order -----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/resolve/Edges.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace ripple::analyzer {

void sortEdges(const Facts &facts, std::vector<std::vector<Edge>> &edges) {
  std::set<SourceLine> ignored;
  for (const Ignore &row : facts.ignores)
    ignored.insert(row.at);
  auto key = [](const Edge &edge) {
    return std::tie(edge.to, edge.kind, edge.proven, edge.async, edge.slotOf, edge.slotParameter,
                    edge.context, edge.isKnown);
  };
  auto isLikeFirst = [&](const Edge &first, const Edge &edge) {
    return key(first) == key(edge) &&
           (first.at == edge.at || (facts.entities[edge.to].hasBody &&
                                    !ignored.contains(first.at) && !ignored.contains(edge.at)));
  };
  for (std::vector<Edge> &list : edges) {
    std::sort(list.begin(), list.end(), [&](const Edge &a, const Edge &b) {
      return std::pair(key(a), a.at) < std::pair(key(b), b.at);
    });
    // The first, and the last: what runs at one line only, may not at the other.
    std::vector<Edge> kept;
    for (std::size_t i = 0; i < list.size(); ++i)
      if (kept.empty() || !isLikeFirst(kept.back(), list[i]) ||
          (list[i].at != kept.back().at &&
           (i + 1 == list.size() || !isLikeFirst(list[i], list[i + 1]))))
        kept.push_back(list[i]);
    list = std::move(kept);
    std::sort(list.begin(), list.end());
    list.shrink_to_fit();
  }
}

} // namespace ripple::analyzer
