//===- Spreads.cpp - Where lines do not say what runs first ---------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Bodies.h"

#include <clang/AST/ExprCXX.h>

using namespace clang;

namespace ripple::analyzer {
namespace {

bool mayCall(const Stmt *statement) {
  if (!statement)
    return false;
  if (isa<CallExpr, CXXNewExpr, CXXDeleteExpr, CXXBindTemporaryExpr, LambdaExpr,
          CXXInheritedCtorInitExpr, CoroutineSuspendExpr>(statement))
    return true;
  const auto *made = dyn_cast<CXXConstructExpr>(statement);
  return (made && !made->getConstructor()->isTrivial()) ||
         llvm::any_of(statement->children(), mayCall);
}

/// The parts of EXPRESSION run one after the other, in the order in which they are written.
bool isInOrder(const Expr *expression) {
  const auto *operation = dyn_cast<BinaryOperator>(expression);
  return isa<InitListExpr, AbstractConditionalOperator>(expression) ||
         (operation && (operation->isLogicalOp() || operation->isCommaOp()));
}

} // namespace

/// WHOLE is an expression that is a part of no other.
void BodyWalker::noteSpread(const Expr *whole) {
  const Spread row = spreadOf(whole);
  if (row.from.file == none || row.from.file != row.to.file || row.from.line >= row.to.line)
    return;
  llvm::SmallVector<const Expr *> parts;
  for (const Stmt *child : whole->children())
    if (const auto *part = dyn_cast_or_null<Expr>(child); part && mayCall(part))
      parts.push_back(part);
  // What has one part is called when that has run, as a rule on a line behind.
  const bool isBehind =
      parts.size() == 1 && (row.at.file == none || names.line(parts[0]->getEndLoc()) <= row.at);
  if (isInOrder(whole) || isBehind)
    for (const Expr *part : parts)
      noteSpread(part);
  else if (!parts.empty())
    facts.spreads.push_back(row);
}

Spread BodyWalker::spreadOf(const Expr *whole) {
  Spread row{current, names.line(whole->getBeginLoc()), names.line(whole->getEndLoc()), none, {}};
  if (const auto *call = dyn_cast<CallExpr>(whole)) {
    row.at = names.line(call->getExprLoc());
    if (const FunctionDecl *callee = call->getDirectCallee())
      row.last = names.function(callee);
  } else if (const auto *made = dyn_cast<CXXConstructExpr>(whole)) {
    row.at = names.line(made->getLocation());
    row.last = names.function(made->getConstructor());
  }
  return row;
}

/// Members are made in the order of their declarations, wherever that is written, and before the
/// body runs.
void BodyWalker::noteMembers(const CXXConstructorDecl *constructor) {
  const SourceLine own = names.line(constructor->getLocation());
  Spread row{current, own, own, none, {}};
  SourceLine end{own.file, 0};
  bool isInLines = true;
  auto add = [&](SourceLine from, SourceLine to) {
    if (from.file != own.file || to.file != own.file)
      return;
    isInLines &= end <= from;
    end = to;
    row.from = std::min(row.from, from);
    row.to = std::max(row.to, to);
  };
  for (const CXXCtorInitializer *initialiser : constructor->inits()) {
    const Expr *value = initialiser->getInit();
    if (const auto *written = dyn_cast<CXXDefaultInitExpr>(value))
      value = written->getExpr();
    else if (!initialiser->isWritten()) {
      add(own, own);
      continue;
    }
    add(names.line(value->getBeginLoc()), names.line(value->getEndLoc()));
  }
  if (const Stmt *body = constructor->getBody())
    add(names.line(body->getBeginLoc()), names.line(body->getEndLoc()));
  if (!isInLines && isUsersOwn)
    facts.spreads.push_back(row);
}

} // namespace ripple::analyzer
