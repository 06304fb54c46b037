//===- Macros.h - What a macro that makes a handler is given ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COLLECT_MACROS_H
#define RIPPLE_ANALYZER_COLLECT_MACROS_H

#include "analyzer/Facts.h"
#include "model/Catalog.h"

#include <clang/AST/ASTContext.h>

namespace ripple::analyzer {

/// True if a macro of a name that GLOB fits makes DEFINITION, and no macro around that one.
bool standsInMacro(const clang::FunctionDecl *definition, const std::string &glob,
                   clang::ASTContext &context);

/// Fills ROW's path and methods from the source text of the macro's call that DEFINITION stands in,
/// as RULE says. Only string literals count; where the macro is called by another, nothing is
/// known.
void readMacro(const clang::FunctionDecl *definition, const model::HandlerRule &rule,
               Registration &row, clang::ASTContext &context);

} // namespace ripple::analyzer

#endif
