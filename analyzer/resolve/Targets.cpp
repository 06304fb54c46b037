//===- Targets.cpp - What a virtual or indirect call may call -------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/resolve/Targets.h"

#include <algorithm>

namespace ripple::analyzer {
namespace {

using Graph = std::vector<std::vector<std::uint32_t>>;

/// What is reached from START in GRAPH, START among it, sorted.
std::vector<std::uint32_t> closure(const Graph &graph, std::uint32_t start) {
  std::vector<std::uint32_t> found{start};
  for (std::size_t i = 0; i < found.size(); ++i)
    for (std::uint32_t next : graph[found[i]])
      if (std::find(found.begin(), found.end(), next) == found.end())
        found.push_back(next);
  std::sort(found.begin(), found.end());
  return found;
}

} // namespace

Targets::Targets(const Facts &facts) {
  closeHierarchy(facts);
  fillTypes(facts);
}

void Targets::closeHierarchy(const Facts &facts) {
  Graph down(facts.entities.size()), up(facts.entities.size());
  for (const Override &row : facts.overrides) {
    down[row.overridden].push_back(row.method);
    up[row.method].push_back(row.overridden);
  }
  overriders.resize(facts.entities.size());
  overridden.resize(facts.entities.size());
  for (EntityIndex i = 0; i < facts.entities.size(); ++i) {
    overriders[i] = closure(down, i);
    overridden[i] = closure(up, i);
    std::erase(overridden[i], i);
  }
}

void Targets::fillTypes(const Facts &facts) {
  std::vector<std::vector<EntityIndex>> taken(facts.types.size());
  for (const Taken &row : facts.taken) {
    if (row.type == none)
      continue;
    const std::vector<EntityIndex> &all = overriders[row.callable];
    taken[row.type].insert(taken[row.type].end(), all.begin(), all.end());
  }
  Graph sources(facts.types.size());
  for (const TypeFlow &row : facts.typeFlows)
    sources[row.to].push_back(row.from);
  byType.resize(facts.types.size());
  typeSources.resize(facts.types.size());
  for (TypeIndex type = 0; type < facts.types.size(); ++type) {
    std::vector<EntityIndex> &all = byType[type];
    typeSources[type] = closure(sources, type);
    for (TypeIndex source : typeSources[type])
      all.insert(all.end(), taken[source].begin(), taken[source].end());
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
  }
}

bool Targets::mayBecome(TypeIndex from, TypeIndex to) const {
  return std::binary_search(typeSources[to].begin(), typeSources[to].end(), from);
}

} // namespace ripple::analyzer
