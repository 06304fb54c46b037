//===- LibraryCalls.h - What the standard library does with values -*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COLLECT_LIBRARYCALLS_H
#define RIPPLE_ANALYZER_COLLECT_LIBRARYCALLS_H

#include <clang/AST/DeclCXX.h>

#include <cstdint>
#include <optional>
#include <vector>

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
/// Of functions that call one of their arguments with those behind it, now or later (std::thread,
/// std::bind, std::invoke): which one.
std::optional<unsigned> calledArgument(const clang::FunctionDecl *callee);
/// dlsym and dlvsym.
bool looksUpSymbol(const clang::FunctionDecl *callee);
/// What std::bind and std::bind_front return.
bool isBound(const clang::CXXRecordDecl *record);
/// The field of a std::function that holds what calls its target; null for other classes.
const clang::FieldDecl *invokerOf(const clang::CXXRecordDecl *record);
/// Of a std::packaged_task, the virtual functions that run what it holds; none of other classes.
std::vector<const clang::CXXMethodDecl *> runnersOf(const clang::CXXRecordDecl *record);
/// A std::function or std::packaged_task: it holds one callable, and a call of it calls that.
bool holdsTarget(const clang::CXXRecordDecl *record);
/// std::make_unique and its like: the object is of the class that is their first argument.
bool isMaker(const clang::FunctionDecl *callee);

} // namespace ripple::analyzer

#endif
