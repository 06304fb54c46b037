//===- Coroutines.cpp - What makes a coroutine, and what it runs ----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Bodies.h"

#include <clang/AST/DeclTemplate.h>

using namespace clang;

namespace ripple::analyzer {
namespace {

bool isStandard(const CXXRecordDecl *record, llvm::StringRef name) {
  return record && record->isInStdNamespace() && record->getIdentifier() &&
         record->getName() == name;
}

/// What a std::coroutine_handle that HANDLE is leads to; null where that is not said.
const CXXRecordDecl *promiseOf(const CXXRecordDecl *handle) {
  const auto *special = dyn_cast_or_null<ClassTemplateSpecializationDecl>(handle);
  return special && isStandard(handle, "coroutine_handle")
             ? special->getTemplateArgs()[0].getAsType()->getAsCXXRecordDecl()
             : nullptr;
}

} // namespace

void BodyWalker::VisitCoroutineBodyStmt(const CoroutineBodyStmt *coroutine) {
  const SourceLine line = at(coroutine->getBeginLoc());
  // The promise and the copies of parameters are made here, and destroyed when the coroutine ends.
  const auto walkShared = [&] {
    walk(coroutine->getPromiseDeclStmt());
    for (const Stmt *copy : coroutine->getParamMoves())
      walk(copy);
  };
  walkShared();
  for (const Stmt *part : {static_cast<const Stmt *>(coroutine->getAllocate()),
                           static_cast<const Stmt *>(coroutine->getReturnValueInit()),
                           static_cast<const Stmt *>(coroutine->getResultDecl()),
                           static_cast<const Stmt *>(coroutine->getReturnStmt()),
                           static_cast<const Stmt *>(coroutine->getReturnStmtOnAllocFailure()),
                           static_cast<const Stmt *>(coroutine->getDeallocate())})
    walk(part);

  const EntityIndex body = names.coroutineOf(current);
  const EntityIndex maker = std::exchange(current, body);
  walkShared();
  for (const Stmt *part : {static_cast<const Stmt *>(coroutine->getInitSuspendStmt()),
                           static_cast<const Stmt *>(coroutine->getBody()),
                           static_cast<const Stmt *>(coroutine->getFinalSuspendStmt()),
                           static_cast<const Stmt *>(coroutine->getExceptionHandler()),
                           static_cast<const Stmt *>(coroutine->getFallthroughHandler()),
                           static_cast<const Stmt *>(coroutine->getDeallocate())})
    walk(part);
  current = maker;

  if (!maySuspend) {
    facts.calls.push_back({current, body, CallKind::Direct, line, none});
    return;
  }
  // A handle may also name a base of the promise.
  const CXXRecordDecl *promise = coroutine->getPromiseDecl()->getType()->getAsCXXRecordDecl();
  const auto take = [&](const CXXRecordDecl *record) {
    facts.taken.push_back({current, body, names.coroutineType(record), none, line});
    return true;
  };
  if (!promise)
    facts.taken.push_back({current, body, none, none, line});
  else if (take(promise); promise->hasDefinition())
    promise->forallBases(take);
}

void BodyWalker::VisitCoroutineSuspendExpr(const CoroutineSuspendExpr *expression) {
  const QualType awaiter = expression->getCommonExpr()->getType();
  maySuspend |= !isStandard(awaiter->getAsCXXRecordDecl(), "suspend_never");
  VisitStmt(expression);
}

/// Who makes a coroutine answers for all that it runs, whoever resumes it. The user's own code that
/// resumes those of one promise may get hold of any of them.
void BodyWalker::resume(const FunctionDecl *callee, SourceLine line) {
  const auto *method = dyn_cast<CXXMethodDecl>(callee);
  if (!isUsersOwn || !method)
    return;
  const CXXRecordDecl *promise = promiseOf(method->getParent());
  const bool isResuming = method->getOverloadedOperator() == OO_Call ||
                          (method->getIdentifier() &&
                           (method->getName() == "resume" || method->getName() == "destroy"));
  if (!promise || !isResuming)
    return;
  IndirectCall row;
  row.caller = current;
  row.type = names.coroutineType(promise);
  row.through.push_back(names.type(promise));
  row.at = line;
  facts.indirectCalls.push_back(std::move(row));
}

} // namespace ripple::analyzer
