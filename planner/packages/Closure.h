//===- Closure.h - Who depends on a set, and who on itself ------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_PACKAGES_CLOSURE_H
#define RIPPLE_PLANNER_PACKAGES_CLOSURE_H

#include "planner/packages/PackageGraph.h"

#include <boost/graph/compressed_sparse_row_graph.hpp>

namespace ripple::planner::packages {

/// A graph's packages by number, in the order of their names. For many questions.
class Dependents {
public:
  using Number = std::uint32_t;

  explicit Dependents(const PackageGraph &graph);

  std::size_t size() const { return names.size(); }
  std::size_t edges() const { return boost::num_edges(graph); }
  const std::string &name(Number number) const { return *names[number]; }
  /// Null where there is none of that name.
  const Number *find(std::string_view name) const;

  /// CHANGED and everything that depends on one of it, by way of others too: sorted. Linear in the
  /// part of the graph that it meets.
  std::vector<Number> of(const std::vector<Number> &changed) const;

  /// Every circle of dependencies: the strongly connected components of more than one package, and
  /// those that depend on themselves; each sorted, in the order of their first. (Tarjan 1972.)
  std::vector<std::vector<Number>> circles() const;

private:
  using Graph = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property,
                                                   boost::no_property, boost::no_property, Number>;

  std::vector<const std::string *> names;
  std::map<std::string_view, Number> numbers;
  Graph graph; ///< From what is depended on to what depends.
};

} // namespace ripple::planner::packages

#endif
