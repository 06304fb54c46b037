//===- Values.h - What an expression may hold -------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COLLECT_VALUES_H
#define RIPPLE_ANALYZER_COLLECT_VALUES_H

#include "analyzer/collect/Collector.h"

#include <clang/AST/Expr.h>
#include <utility>

namespace ripple::analyzer {

/// The callables or the text that EXPRESSION
/// may hold. Unknown where that cannot be said; parts of Several may be Unknown.
Value valueOf(const clang::Expr *expression, Collector &collector);

/// True if a value of TYPE may be called: pointers to functions, std::function, functors.
bool mayHoldCallable(clang::QualType type);
/// True if a value of TYPE may be a path: characters, strings, views of them.
bool mayHoldText(clang::QualType type);

/// True if VARIABLE is a constant text that units share, each by its name.
bool isSharedText(const clang::VarDecl *variable);

/// The parameter whose value EXPRESSION is, seen through captures, copies and moves; null if it
/// is none, or one that is given another value meanwhile.
const clang::ParmVarDecl *parameterOf(const clang::Expr *expression, Collector &collector);

/// EXPRESSION without what only copies, moves, converts or names it.
const clang::Expr *plain(const clang::Expr *expression);

} // namespace ripple::analyzer

#endif
