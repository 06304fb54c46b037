//===- Methods.h - The HTTP methods that code names -------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COLLECT_METHODS_H
#define RIPPLE_ANALYZER_COLLECT_METHODS_H

#include <clang/AST/Expr.h>
#include <string>
#include <vector>

namespace ripple::analyzer {

/// The HTTP methods that EXPRESSION names: texts, enumerators, constants, lists of them. {"*"}
/// where that cannot be said, empty where it names none.
std::vector<std::string> methodsIn(const clang::Expr *expression);

} // namespace ripple::analyzer

#endif
