//===- Closure.cpp - Who depends on a set, and who on itself --------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/packages/Closure.h"

#include <algorithm>
#include <boost/graph/strong_components.hpp>

namespace ripple::planner::packages {

Dependents::Dependents(const PackageGraph &packages) {
  for (const auto &[name, package] : packages) {
    numbers.emplace(name, static_cast<Number>(names.size()));
    names.push_back(&name);
  }
  std::vector<std::pair<Number, Number>> found;
  for (const auto &[name, package] : packages)
    for (const std::string &needed : package.dependsOn)
      if (const Number *number = find(needed))
        found.emplace_back(*number, numbers.at(name));
  graph = Graph(boost::edges_are_unsorted_multi_pass, found.begin(), found.end(),
                static_cast<Number>(names.size()));
}

const Dependents::Number *Dependents::find(std::string_view name) const {
  auto found = numbers.find(name);
  return found != numbers.end() ? &found->second : nullptr;
}

std::vector<Dependents::Number> Dependents::of(const std::vector<Number> &changed) const {
  std::vector<bool> seen(size());
  std::vector<Number> reached;
  auto reach = [&](Number number) {
    if (!seen[number])
      reached.push_back(number);
    seen[number] = true;
  };
  for (Number number : changed)
    reach(number);
  for (std::size_t next = 0; next < reached.size(); ++next)
    for (auto [at, end] = boost::adjacent_vertices(reached[next], graph); at != end; ++at)
      reach(*at);
  std::sort(reached.begin(), reached.end());
  return reached;
}

std::vector<std::vector<Dependents::Number>> Dependents::circles() const {
  std::vector<Number> componentOf(size());
  const auto count = static_cast<std::size_t>(boost::strong_components(
      graph, boost::make_iterator_property_map(componentOf.begin(),
                                               boost::get(boost::vertex_index, graph))));
  std::vector<std::vector<Number>> members(count);
  for (Number number = 0; number < size(); ++number)
    members[componentOf[number]].push_back(number);
  std::erase_if(members, [&](const std::vector<Number> &one) {
    auto [at, end] = boost::adjacent_vertices(one.front(), graph);
    return one.size() == 1 && std::find(at, end, one.front()) == end;
  });
  std::sort(members.begin(), members.end());
  return members;
}

} // namespace ripple::planner::packages
