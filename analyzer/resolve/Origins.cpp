//===- Origins.cpp - Where what a place holds comes from ------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What is asked of ValueFlow when it is solved, against the flow.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Sorted.h"
#include "analyzer/resolve/Library.h"
#include "analyzer/resolve/ValueFlow.h"

#include <algorithm>

namespace ripple::analyzer {

/// NODE, and all from which what it holds may come.
std::vector<NodeIndex> ValueFlow::leadingTo(NodeIndex node) const {
  if (previous.empty()) {
    previous.resize(next.size());
    for (NodeIndex from = 0; from < next.size(); ++from)
      if (from != unknownNode)
        for (NodeIndex to : next[from])
          previous[to].push_back(from);
    findCallers();
  }
  std::set<NodeIndex> met{node};
  std::vector<NodeIndex> found{node};
  for (std::size_t i = 0; i < found.size(); ++i)
    for (NodeIndex from : previous[found[i]])
      if (from != unknownNode && met.insert(from).second)
        found.push_back(from);
  return found;
}

ValueFlow::Origins ValueFlow::originsOf(NodeIndex node) const {
  Origins found;
  for (NodeIndex each : leadingTo(node)) {
    const Node &place = facts.nodes[each];
    if (isOpenPlace(place))
      found.places.push_back(place.entity);
    if (auto exposed = exposedBy.find(each); exposed != exposedBy.end())
      for (EntityIndex entity : exposed->second) {
        if (auto callers = callersOf.find(entity); callers != callersOf.end())
          found.callers.insert(found.callers.end(), callers->second.begin(), callers->second.end());
        else if (facts.entities[entity].kind == EntityKind::Variable)
          found.places.push_back(entity);
      }
    if (auto callers = callersOf.find(place.entity);
        callers != callersOf.end() &&
        (place.kind == NodeKind::Parameter || place.kind == NodeKind::Variable ||
         (place.kind == NodeKind::Result && isPlace(each))))
      found.callers.insert(found.callers.end(), callers->second.begin(), callers->second.end());
  }
  sortUnique(found.places);
  sortUnique(found.callers);
  return found;
}

bool ValueFlow::isNull(NodeIndex node) const {
  if (unknown[node])
    return false;
  const std::vector<NodeIndex> from = leadingTo(node);
  // What a function that is seen returns comes from somewhere, if it is anything.
  auto isNothing = [&](NodeIndex each) {
    return each == nullNode || !previous[each].empty() ||
           (facts.nodes[each].kind == NodeKind::Untyped && facts.nodes[each].number == lookedUp) ||
           (facts.nodes[each].kind == NodeKind::Result && !isOpenPlace(facts.nodes[each]));
  };
  return std::ranges::find(from, nullNode) != from.end() && std::ranges::all_of(from, isNothing);
}

bool ValueFlow::mayBeOpened(NodeIndex node) const {
  const std::vector<NodeIndex> from = leadingTo(node);
  return std::any_of(from.begin(), from.end(), [&](NodeIndex each) {
    const Node &place = facts.nodes[each];
    const bool isGiven = ((place.kind == NodeKind::Parameter && place.number != thisParameter) ||
                          (place.kind == NodeKind::Result && isPlace(each))) &&
                         givenAway[place.entity];
    const bool isSymbol =
        place.kind == NodeKind::Result && looksUpSymbol(facts.entities[place.entity]);
    return isGiven || isSymbol || looked.contains(each) || exposedBy.contains(each);
  });
}

/// PLACE is code that is not seen, or what such code may use.
static bool isUnseen(const Entity &place) {
  switch (place.kind) {
  case EntityKind::Field:
    return place.isSystem;
  case EntityKind::Variable:
    return place.isSystem || place.defined.file == none;
  default:
    return !place.hasBody;
  }
}

/// What a library calls: by its name, because it was given it, because it was put into a place of
/// the library's, or because it overrides the library's.
void ValueFlow::findCallers() const {
  callersOf = named;
  auto add = [&](EntityIndex function, EntityIndex caller) {
    if (caller != none && isUnseen(facts.entities[caller]))
      for (EntityIndex each : targets.ofMethod(function))
        callersOf[each].insert(caller);
  };
  for (const Taken &row : facts.taken)
    add(row.callable, row.to);
  for (const IndirectCall &row : facts.indirectCalls)
    if (row.to != none && row.passed != none && facts.passed[row.passed].object != none)
      for (NodeIndex value : held[facts.passed[row.passed].object])
        if (facts.nodes[value].kind == NodeKind::Callable)
          add(facts.nodes[value].entity, row.to);
  for (NodeIndex place = 0; place < facts.nodes.size(); ++place)
    if (isLibrarys(place))
      for (NodeIndex value : held[place])
        if (facts.nodes[value].kind == NodeKind::Callable)
          add(facts.nodes[value].entity, facts.nodes[place].entity);
  for (const Override &row : facts.overrides)
    add(row.method, row.overridden);
  for (const auto &[variable, users] : named)
    if (facts.entities[variable].kind == EntityKind::Variable)
      for (EntityIndex function : foundIn(variable))
        callersOf[function].insert(users.begin(), users.end());
}

bool ValueFlow::mayBeRegistered(NodeIndex node) const {
  const std::vector<NodeIndex> from = leadingTo(node);
  return !registering.empty() && std::any_of(from.begin(), from.end(), [&](NodeIndex each) {
    const Node &place = facts.nodes[each];
    if (place.kind == NodeKind::Parameter && place.number != thisParameter)
      return registering.contains(place.entity);
    auto exposed = exposedBy.find(each);
    return exposed != exposedBy.end() &&
           std::any_of(exposed->second.begin(), exposed->second.end(),
                       [&](EntityIndex entity) { return registering.contains(entity); });
  });
}

std::vector<EntityIndex> ValueFlow::foundIn(EntityIndex variable) const {
  std::vector<EntityIndex> found;
  auto add = [&](NodeIndex place) {
    for (NodeIndex value : held[place])
      if (facts.nodes[value].kind == NodeKind::Callable) {
        const std::vector<EntityIndex> &all = targets.ofMethod(facts.nodes[value].entity);
        found.insert(found.end(), all.begin(), all.end());
      } else if (facts.nodes[value].kind == NodeKind::Object) {
        addCallOperators(facts.nodes[value].number, found);
      }
  };
  if (const NodeIndex place = nodeOf(NodeKind::Variable, variable, 0); place != none)
    add(place);
  for (const auto &[field, entities] : exposedBy)
    if (entities.contains(variable))
      add(field);
  sortUnique(found);
  return found;
}

/// What RESULT returns leads to a place that can be changed through it.
bool ValueFlow::isPlace(NodeIndex result) const {
  return std::any_of(next[result].begin(), next[result].end(), [&](NodeIndex each) {
    return each != unknownNode &&
           std::find(next[each].begin(), next[each].end(), result) != next[each].end();
  });
}

} // namespace ripple::analyzer
