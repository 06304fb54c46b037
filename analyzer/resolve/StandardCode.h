//===- StandardCode.h - What is reached of the standard library -*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_RESOLVE_STANDARDCODE_H
#define RIPPLE_ANALYZER_RESOLVE_STANDARDCODE_H

#include "analyzer/Pipeline.h"

#include <functional>
#include <vector>

namespace ripple::analyzer {

/// VISIT of each function of the standard library whose source is seen, and which is reached in
/// EDGES, but for those that are reached only through calls that are known by what they give
/// (collect/Given.cpp). VISIT may add edges of what it is given.
void visitStandardCode(const Facts &facts, const std::vector<std::vector<Edge>> &edges,
                       const std::function<void(EntityIndex)> &visit);

} // namespace ripple::analyzer

#endif
