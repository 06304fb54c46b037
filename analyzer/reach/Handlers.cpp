//===- Handlers.cpp - What serves requests --------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/reach/Handlers.h"

#include <algorithm>

namespace ripple::analyzer {

Handlers::Handlers(const Program &program, const Resolved &resolved, const model::Catalog &catalog,
                   bool withAmbient)
    : entities(program.facts.entities), kinds(program.facts.entities.size()) {
  using Rule = model::HandlerRule::Kind;
  std::vector<Kind> ofRule(catalog.handlers.size(), Kind::Given);
  for (std::size_t i = 0; i < ofRule.size(); ++i)
    if (const Rule kind = catalog.handlers[i].kind;
        kind == Rule::Store || kind == Rule::Table || kind == Rule::Override)
      ofRule[i] = Kind::Called;
    else if (kind != Rule::Call)
      ofRule[i] = Kind::Named;
  for (const Registration &row : program.facts.registrations)
    if (row.callee != none && ofRule[row.rule] == Kind::Given) {
      if (resolved.startsThread[row.callee])
        ofRule[row.rule] = Kind::Named;
      else if (entities[row.callee].hasBody)
        ofRule[row.rule] = Kind::Called;
    }
  for (const Route &route : program.routes)
    if (!route.startup && (withAmbient || !route.ambient)) {
      for (EntityIndex handler : route.handlers)
        kinds[handler] = std::max(kinds[handler], ofRule[route.rule]);
      for (EntityIndex maker : route.makes)
        kinds[maker] = Kind::Named;
    }
  // As a handler may be bound: `route("/x", std::bind(&C::show, this))`.
  std::vector<std::pair<EntityIndex, Kind>> bound;
  for (const Taken &row : program.facts.taken)
    if (entities[row.callable].isBound)
      for (const Edge &edge : resolved.edges[row.callable])
        bound.emplace_back(row.callable, kinds[edge.to]);
  for (const auto &[function, kind] : bound)
    kinds[function] = std::max(kinds[function], kind);
}

/// Templates call what they hold as if it had been named.
bool Handlers::callsByName(EntityIndex from, EntityIndex handler) const {
  const bool isLambda = entities[handler].enclosing != none;
  if (!isLambda && !entities[handler].name.ends_with("operator()"))
    return true;
  return entities[handler].enclosing == from ||
         (kinds[handler] == Kind::Given && !entities[from].isSystem);
}

bool Handlers::serves(EntityIndex from, const Edge &edge) const {
  if (!contains(edge.to) || kinds[edge.to] == Kind::Named)
    return contains(edge.to);
  switch (edge.kind) {
  case EdgeKind::Direct:
    return !callsByName(from, edge.to);
  case EdgeKind::Virtual:
  case EdgeKind::Pointer:
    return !edge.isKnown || kinds[edge.to] == Kind::Called;
  case EdgeKind::Callback:
    return !edge.isKnown && !edge.async;
  case EdgeKind::Escape:
    break;
  }
  return true;
}

} // namespace ripple::analyzer
