//===- Conversions.h - What std::function does around its target -*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Who calls a std::function is charged with its target, not with the standard
// library's code between the two. That code makes the target's parameters of
// what it is called with, and its own result of what the target gives back: the
// user's constructors, conversions and destructors. They are charged to the
// target, so whoever runs it, by whatever way, runs them too.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_RESOLVE_CONVERSIONS_H
#define RIPPLE_ANALYZER_RESOLVE_CONVERSIONS_H

#include "analyzer/Pipeline.h"
#include "analyzer/resolve/Targets.h"

#include <map>

namespace ripple::analyzer {

/// Calls of pointers that the standard library's code makes, by caller.
using StandardCalls = std::map<EntityIndex, std::vector<const IndirectCall *>>;

struct Conversion {
  EntityIndex target = none, callee = none;
  bool proven = false; ///< TARGET is an object that the std::function was made of.
};

/// EDGES: all but those of CALLS. In the order of the entities.
std::vector<Conversion> conversionsOf(const Facts &facts, const Targets &targets,
                                      const std::vector<std::vector<Edge>> &edges,
                                      const StandardCalls &calls);

} // namespace ripple::analyzer

#endif
