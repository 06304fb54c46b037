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

namespace ripple::analyzer {

Program link(const std::vector<const UnitFacts *> &units, const model::Catalog &catalog,
             const std::string &sourceRoot) {
  Program program;
  program.sourceRoot = sourceRoot;
  program.facts = merge(units);
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
