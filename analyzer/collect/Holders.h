//===- Holders.h - Which types hold callables and objects -------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The flow of values is followed for pointers to functions, std::function and
// pointers to the user's own polymorphic classes, and for what the standard
// library keeps them in: owners, containers, iterators, pairs, optionals. Such
// a type is a holder. A container is one with its elements, a pointer or a
// reference one with what it points to.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COLLECT_HOLDERS_H
#define RIPPLE_ANALYZER_COLLECT_HOLDERS_H

#include "analyzer/collect/Names.h"

namespace ripple::analyzer {

class Holders {
public:
  explicit Holders(const Names &names) : names(names) {}

  /// True if a value of TYPE may be, or lead to, a callable or an object that is followed.
  bool holds(clang::QualType type);
  /// True for holders through which what they point to can be changed: pointers and references
  /// that are not const, iterators, spans, and what keeps such.
  bool isPlace(clang::QualType type);
  /// True for a class of the user's own with virtual functions.
  bool isObject(const clang::CXXRecordDecl *record) const;
  /// The class of which an object of TYPE, no pointer or reference, is: user's, with virtual
  /// functions; else null.
  const clang::CXXRecordDecl *objectOf(clang::QualType type) const;
  /// True for classes of the standard library that only keep what they are given.
  static bool isKeeper(const clang::CXXRecordDecl *record);

  /// True for what the standard library declares.
  static bool isLibrary(const clang::Decl *declaration);
  /// Of that, what makes elements of its own as it hands them out: views.
  static bool isRanges(const clang::Decl *declaration);

private:
  bool find(clang::QualType type, unsigned depth);
  bool findIn(const clang::CXXRecordDecl *record, unsigned depth);
  bool isPlace(clang::QualType type, unsigned depth);
  bool keepsPlace(const clang::CXXRecordDecl *keeper, unsigned depth);

  const Names &names;
  llvm::DenseMap<const clang::Type *, bool> known;
};

} // namespace ripple::analyzer

#endif
