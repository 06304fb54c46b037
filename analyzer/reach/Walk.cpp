//===- Walk.cpp - What is reached, by the shortest way --------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/reach/Walk.h"

#include "analyzer/link/Paths.h"

#include <algorithm>

namespace ripple::analyzer {

Walk::Walk(const Program &program, const Resolved &resolved)
    : program(program), resolved(resolved), arrivals(program.facts.entities.size()),
      followed(resolved.shared.size()) {}

void Walk::begin() {
  ++current;
  order.clear();
}

bool Walk::visit(EntityIndex entity, EntityIndex from, SourceLine at, bool begins) {
  if (arrivals[entity].run == current)
    return false;
  arrivals[entity] = {from, at, current, begins};
  order.push_back(entity);
  return true;
}

const std::vector<EntityIndex> &Walk::run(const std::vector<EntityIndex> &roots,
                                          const Limits &limits) {
  begin();
  return runOn(roots, limits);
}

const std::vector<EntityIndex> &Walk::runOn(const std::vector<EntityIndex> &roots,
                                            const Limits &limits) {
  std::size_t done = order.size();
  for (EntityIndex root : roots)
    visit(root, none, {});
  for (; done < order.size(); ++done)
    follow(order[done], limits);
  return order;
}

void Walk::follow(EntityIndex entity, const Limits &limits) {
  follow(entity, resolved.edges[entity], limits);
  // Whoever comes second finds that all of it was visited.
  if (const std::uint32_t list = resolved.listOf(entity);
      list != none && followed[list] != current) {
    followed[list] = current;
    follow(entity, resolved.shared[list], limits);
  }
}

void Walk::follow(EntityIndex entity, const std::vector<Edge> &edges, const Limits &limits) {
  for (const Edge &edge : edges) {
    if ((limits.syncOnly && edge.async) || edge.context == EdgeContext::Serving ||
        isLeftOut(edge.at))
      continue;
    if (limits.bindings && edge.slotOf != none) {
      auto held = limits.bindings->find({edge.slotOf, edge.slotParameter});
      if (held != limits.bindings->end()) {
        if (!limits.provenOnly || held->second.size() == 1)
          for (EntityIndex callable : held->second)
            if (!limits.blocked || !limits.blocked->contains(callable))
              visit(callable, entity, edge.at);
        continue;
      }
    }
    if (limits.provenOnly && !edge.proven)
      continue;
    if (limits.blocked && limits.blocked->serves(entity, edge)) {
      if (limits.met)
        limits.met->insert(edge.to);
      continue;
    }
    visit(edge.to, entity, edge.at);
  }
}

model::EvidenceStep Walk::step(EntityIndex function, SourceLine at) const {
  return {program.facts.entities[function].name,
          at.file == none ? "" : documentPath(program.facts.files[at.file], program.sourceRoot),
          at.line};
}

std::vector<model::EvidenceStep> Walk::evidence(EntityIndex entity) const {
  std::vector<model::EvidenceStep> steps{step(entity, program.facts.entities[entity].declared)};
  for (EntityIndex to = entity; arrivals[to].run == current && arrivals[to].from != none;
       to = arrivals[to].from) {
    steps.push_back(step(arrivals[to].from, arrivals[to].at));
    if (arrivals[to].begins)
      break;
  }
  std::reverse(steps.begin(), steps.end());
  return steps;
}

} // namespace ripple::analyzer
