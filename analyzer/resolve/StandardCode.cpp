//===- StandardCode.cpp - What is reached of the standard library ---------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/resolve/StandardCode.h"

#include "analyzer/resolve/Library.h"

#include <set>
#include <utility>

namespace ripple::analyzer {

void visitStandardCode(const Facts &facts, const std::vector<std::vector<Edge>> &edges,
                       const std::function<void(EntityIndex)> &visit) {
  std::set<std::pair<EntityIndex, EntityIndex>> known;
  for (const Taken &row : facts.taken)
    if (row.to != none && facts.entities[row.callable].enclosing == row.in &&
        facts.entities[row.callable].isBound)
      known.emplace(row.in, row.to);
  // But what else the same functions are given, or are made of, is not known.
  std::set<TypeIndex> openTypes;
  for (const Taken &row : facts.taken)
    if (row.to == row.callable) {
      known.erase({row.in, row.to});
      openTypes.insert(row.type);
    }
  std::set<EntityIndex> callsOpen;
  for (const IndirectCall &call : facts.indirectCalls)
    if (call.type != none && openTypes.count(call.type) > 0)
      callsOpen.insert(call.caller);
  std::vector<bool> isEntered(facts.entities.size());
  std::vector<EntityIndex> work;
  auto enter = [&](EntityIndex from) {
    for (const Edge &edge : edges[from])
      if (isStandard(facts.entities[edge.to]) && !isEntered[edge.to]) {
        const bool isKnown = known.count({from, edge.to}) > 0 ||
                             (!facts.entities[from].isSystem && callsOpen.count(from) == 0 &&
                              callsBound(facts.entities[edge.to]));
        if (isKnown && !isStandard(facts.entities[from]))
          continue;
        isEntered[edge.to] = true;
        work.push_back(edge.to);
      }
  };
  for (EntityIndex i = 0; i < facts.entities.size(); ++i)
    if (!isStandard(facts.entities[i]))
      enter(i);
  while (!work.empty()) {
    const EntityIndex next = work.back();
    work.pop_back();
    visit(next);
    enter(next);
  }
}

} // namespace ripple::analyzer
