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
#include <llvm/ADT/DenseMap.h>
#include <optional>
#include <vector>

namespace ripple::analyzer {

class Names;

/// What counts as a change of a number, a pointer or an iterator.
enum class Change {
  Any,
  ButLoops, ///< Not `++` and `--` between two rounds of a loop.
};

/// OWNER, of which VARIABLE is a parameter or local, may give it, or a part of it, another value
/// after its first: by its name, by another one, or by what it gives a way to it.
bool mayChange(const clang::FunctionDecl *owner, const clang::VarDecl *variable,
               Change what = Change::Any);

/// All that OWNER does with VARIABLE, its own, is to call it.
bool isOnlyCalled(const clang::FunctionDecl *owner, const clang::VarDecl *variable);

/// Where the unit's own code may put another object in place of the first. What the object's own
/// methods do, and functions of its library, leaves it the object that it is.
class Replaced {
public:
  explicit Replaced(Names &names) : names(names) {}

  /// PLACE: a variable or field that is an object, or leads to one; or a class, of which a method
  /// may do so with its own object.
  bool find(const clang::Decl *place);
  /// What one of ARGUMENTS does that is given to parameter POSITION of CALLEE.
  bool findBehind(const clang::FunctionDecl *callee, unsigned position,
                  const clang::Expr *argument);

private:
  bool search(const clang::Decl *place);

  Names &names;
  llvm::DenseMap<const clang::Decl *, bool> known;
  std::vector<const clang::Decl *> searched; ///< At present, one for the sake of the other.
  bool isCut = false;                        ///< One of them was met again.
  /// The user's own, with bodies; found when first asked for.
  std::optional<std::vector<const clang::FunctionDecl *>> functions;
};

} // namespace ripple::analyzer

#endif
