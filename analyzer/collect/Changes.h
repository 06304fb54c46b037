//===- Changes.h - What may give a variable another value -------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What a local variable is made with is what it holds only where nothing else
// may have changed it, under whatever name. So it is not changes that are
// searched for, but every mention of the variable that is not known to only
// look at it.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COLLECT_CHANGES_H
#define RIPPLE_ANALYZER_COLLECT_CHANGES_H

#include <clang/AST/Decl.h>

namespace ripple::analyzer {

/// What counts as a change of a number, a pointer or an iterator.
enum class Change {
  Any,
  ButLoops, ///< Not `++` and `--` between two rounds of a loop.
};

/// OWNER, of which VARIABLE is a parameter or local, may give it, or a part of it, another value
/// after its first: by its name, by another one, or by what it gives a way to it.
bool mayChange(const clang::FunctionDecl *owner, const clang::VarDecl *variable,
               Change what = Change::Any);

} // namespace ripple::analyzer

#endif
