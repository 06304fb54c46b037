//===- Objects.h - How the object of a registration is made -----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COLLECT_OBJECTS_H
#define RIPPLE_ANALYZER_COLLECT_OBJECTS_H

#include "analyzer/collect/Collector.h"

#include <clang/AST/ExprCXX.h>
#include <vector>

namespace ripple::analyzer {

/// The class of the object that EXPRESSION is or leads to; null if it is none. EXACT: no object of
/// a class that derives from it may be there instead.
const clang::CXXRecordDecl *classOf(const clang::Expr *expression, bool &exact,
                                    Collector &collector);

/// The arguments with which the object that EXPRESSION makes, or a local variable of that name
/// holds, is made; empty if that cannot be said.
std::vector<const clang::Expr *> madeWith(const clang::Expr *expression, Collector &collector);

/// The text that the constructor of RECORD is given as argument POSITION where OBJECT is made,
/// which is of that class or of one that derives from it. Unknown where that cannot be said; a null
/// pointer is no text, "".
Value textMadeWith(const clang::Expr *object, const clang::CXXRecordDecl *record, unsigned position,
                   Collector &collector);
/// The same of any object of class DERIVED; of all its constructors.
Value textMadeWith(const clang::CXXRecordDecl *derived, const clang::CXXRecordDecl *record,
                   unsigned position, Collector &collector);

/// The text that EXPRESSION holds, or of what is made of one text: a string of the standard
/// library's, or of the framework's own that declares FRAMEWORK (null if none does).
Value pathOf(const clang::Expr *expression, const clang::Decl *framework, Collector &collector);

/// START and what comes behind it, as one text.
Value joined(Value start, Value rest);

/// A C structure is made by a call, often of what another call has made. The call of a function
/// whose name PATTERN fits, among those that made what EXPRESSION leads to, each the first argument
/// of the one before; null if there is none.
const clang::CallExpr *makerOf(const clang::Expr *expression, const std::string &pattern,
                               Collector &collector);

} // namespace ripple::analyzer

#endif
