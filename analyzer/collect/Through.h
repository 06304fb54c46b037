//===- Through.h - The declarations that an indirect call goes through -*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COLLECT_THROUGH_H
#define RIPPLE_ANALYZER_COLLECT_THROUGH_H

#include "analyzer/collect/Collector.h"

#include <clang/AST/Expr.h>

namespace ripple::analyzer {

/// Fills `through` and `slotOf` of ROW, which calls what POINTER holds.
void goThrough(const clang::Expr *pointer, IndirectCall &row, Collector &collector);
/// Adds the typedefs that TYPE is written with, and those of what it points to.
void goThroughType(clang::QualType type, std::vector<EntityIndex> &through, Names &names);

} // namespace ripple::analyzer

#endif
