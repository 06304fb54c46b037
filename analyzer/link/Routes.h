//===- Routes.h - Registrations become request kinds ------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_LINK_ROUTES_H
#define RIPPLE_ANALYZER_LINK_ROUTES_H

#include "analyzer/Pipeline.h"

namespace ripple::analyzer {

/// The routes of PROGRAM's registrations, in matching order; ids are unique among those that are
/// not ambient. A registration in a function of the user's own whose parameters are the path or
/// the handler is one route for each call of that function.
std::vector<Route> routesOf(const Program &program, const model::Catalog &catalog);

} // namespace ripple::analyzer

#endif
