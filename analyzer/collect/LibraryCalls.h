//===- LibraryCalls.h - What the standard library does with values -*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COLLECT_LIBRARYCALLS_H
#define RIPPLE_ANALYZER_COLLECT_LIBRARYCALLS_H

#include <clang/AST/DeclCXX.h>

#include <cstdint>

namespace ripple::analyzer {

/// What a transparent function does with callables and objects that it is given.
enum class Handling : std::uint8_t {
  Keeps, ///< Hands them out again, or puts them where they belong.
  Looks, ///< Calls callables with elements; what it gives back is among what it is given.
  Calls, ///< And what comes of it is not known.
};

/// Functions of the standard library that do with values what their types say: keep, hand out.
bool isTransparent(const clang::FunctionDecl *callee);
/// CALLEE is transparent.
Handling handlingOf(const clang::FunctionDecl *callee);
/// The field of a std::function that holds what calls its target; null for other classes.
const clang::FieldDecl *invokerOf(const clang::CXXRecordDecl *record);
/// std::make_unique and its like: the object is of the class that is their first argument.
bool isMaker(const clang::FunctionDecl *callee);

} // namespace ripple::analyzer

#endif
