//===- Circles.cpp --------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/Circles.h"

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <map>

namespace ripple::planner {

namespace {

/// By vertex: the number of its strongly connected component.
std::vector<std::size_t> componentsOf(const Edges &edges, std::size_t count) {
  using Graph = boost::compressed_sparse_row_graph<boost::directedS>;
  std::vector<std::size_t> component(count);
  Graph graph(boost::edges_are_unsorted_multi_pass, edges.begin(), edges.end(), count);
  boost::strong_components(
      graph, boost::make_iterator_property_map(component.begin(), get(boost::vertex_index, graph)));
  return component;
}

/// Searches within strong components, where every search comes round.
class CircleSearch {
public:
  CircleSearch(const Edges &edges, const std::vector<std::size_t> &component)
      : edges(edges), out(component.size()), reachedBy(component.size()) {
    for (std::size_t edge = 0; edge < edges.size(); ++edge)
      if (component[edges[edge].first] == component[edges[edge].second])
        out[edges[edge].first].push_back(edge);
  }

  /// The edges of a shortest circle through START, in their order from there on.
  std::vector<std::size_t> through(unsigned start) {
    std::fill(reachedBy.begin(), reachedBy.end(), None);
    std::vector<unsigned> line{start};
    for (std::size_t at = 0; at < line.size(); ++at)
      for (std::size_t edge : out[line[at]]) {
        const unsigned next = edges[edge].second;
        if (reachedBy[next] != None)
          continue;
        reachedBy[next] = edge;
        if (next == start)
          return backFrom(start);
        line.push_back(next);
      }
    return {};
  }

private:
  static constexpr std::size_t None = ~std::size_t{0};

  std::vector<std::size_t> backFrom(unsigned start) const {
    std::vector<std::size_t> circle;
    unsigned vertex = start;
    do {
      circle.push_back(reachedBy[vertex]);
      vertex = edges[circle.back()].first;
    } while (vertex != start);
    std::reverse(circle.begin(), circle.end());
    return circle;
  }

  const Edges &edges;
  std::vector<std::vector<std::size_t>> out; ///< By vertex: edges that stay in its component.
  std::vector<std::size_t> reachedBy;
};

} // namespace

std::vector<std::vector<std::size_t>> circlesOf(const Edges &edges, std::size_t count) {
  if (count == 0)
    return {};
  const std::vector<std::size_t> component = componentsOf(edges, count);
  std::map<std::size_t, std::vector<unsigned>> members;
  for (unsigned vertex = 0; vertex < count; ++vertex)
    members[component[vertex]].push_back(vertex);
  CircleSearch search(edges, component);
  constexpr std::size_t startsMost = 100;
  std::vector<std::vector<std::size_t>> circles;
  for (const auto &[number, vertices] : members) {
    if (vertices.size() < 2)
      continue;
    std::vector<std::size_t> shortest;
    for (std::size_t at = 0; at < std::min(vertices.size(), startsMost); ++at)
      if (std::vector<std::size_t> found = search.through(vertices[at]);
          shortest.empty() || found.size() < shortest.size())
        shortest = std::move(found);
    circles.push_back(std::move(shortest));
  }
  return circles;
}

} // namespace ripple::planner
