//===- Link.cpp - All units' facts as one program -------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Pipeline.h"
#include "analyzer/link/Merge.h"
#include "analyzer/link/Paths.h"
#include "analyzer/link/Routes.h"

#include <algorithm>
#include <unordered_map>

namespace ripple::analyzer {

namespace {

/// With `--wrap=f` the linker has calls of f go to __wrap_f, and those of __real_f to f. Where a
/// unit defines the one or calls the other, that is meant. And names of one function are one.
void rename(Facts &facts, const std::vector<std::vector<std::string>> &aliases) {
  std::unordered_map<std::string_view, EntityIndex> bySymbol;
  for (EntityIndex i = 0; i < facts.entities.size(); ++i)
    if (!symbolOf(facts.entities[i]).empty())
      bySymbol.emplace(symbolOf(facts.entities[i]), i);
  auto lead = [&](EntityIndex from, EntityIndex to) {
    const Entity &callee = facts.entities[to];
    facts.calls.push_back(
        {from, to, CallKind::Direct, callee.hasBody ? callee.defined : callee.declared, none});
  };
  for (const auto &[symbol, entity] : bySymbol)
    for (const bool isReal : {false, true}) {
      const std::string_view prefix = isReal ? "__real_" : "__wrap_";
      if (!symbol.starts_with(prefix))
        continue;
      if (auto at = bySymbol.find(symbol.substr(prefix.size())); at != bySymbol.end())
        isReal ? lead(entity, at->second) : lead(at->second, entity);
    }
  for (const std::vector<std::string> &names : aliases) {
    EntityIndex first = none;
    for (const std::string &name : names)
      if (auto at = bySymbol.find(name); at != bySymbol.end() && at->second != first) {
        if (first != none) {
          lead(first, at->second);
          lead(at->second, first);
        }
        first = at->second;
      }
  }
  std::sort(facts.calls.begin(), facts.calls.end());
}

} // namespace

Program link(const std::vector<const UnitFacts *> &units, const model::Catalog &catalog,
             const std::string &sourceRoot, const std::vector<std::vector<std::string>> &aliases) {
  Program program;
  program.sourceRoot = sourceRoot;
  program.facts = merge(units);
  rename(program.facts, aliases);
  for (const UnitFacts *unit : units)
    if (!unit->complete) {
      program.complete = false;
      program.incompleteUnits.push_back(documentPath(unit->unit, sourceRoot));
    }
  std::sort(program.incompleteUnits.begin(), program.incompleteUnits.end());
  program.routes = routesOf(program, catalog);
  return program;
}

} // namespace ripple::analyzer
