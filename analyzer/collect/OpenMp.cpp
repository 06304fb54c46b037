//===- OpenMp.cpp - What OpenMP's directives run --------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Bodies.h"

#include <clang/AST/DeclOpenMP.h>
#include <clang/AST/StmtOpenMP.h>

using namespace clang;

namespace ripple::analyzer {

void BodyWalker::VisitCapturedStmt(const CapturedStmt *region) {
  VisitStmt(region);
  walk(region->getCapturedStmt());
}

void BodyWalker::VisitOMPExecutableDirective(const OMPExecutableDirective *directive) {
  for (const OMPClause *clause : directive->clauses()) {
    for (const Stmt *child : clause->children())
      walk(child);
    if (const auto *before = OMPClauseWithPreInit::get(clause))
      walk(before->getPreInitStmt());
    walkClause(clause);
  }
  VisitStmt(directive);
}

/// The copies of variables that each thread has, and what makes one of them in the end.
void BodyWalker::walkClause(const OMPClause *clause) {
  auto copies = [&](const auto &references) {
    for (const Expr *each : references)
      if (const auto *reference = dyn_cast_or_null<DeclRefExpr>(each))
        if (const auto *copy = dyn_cast<VarDecl>(reference->getDecl()))
          walkVariable(copy);
  };
  auto all = [&](const auto &operations) {
    for (const Expr *each : operations)
      walkReduction(each);
  };
  if (const auto *plain = dyn_cast<OMPPrivateClause>(clause)) {
    copies(plain->private_copies());
  } else if (const auto *first = dyn_cast<OMPFirstprivateClause>(clause)) {
    copies(first->private_copies());
  } else if (const auto *final = dyn_cast<OMPLastprivateClause>(clause)) {
    copies(final->private_copies());
    all(final->assignment_ops());
  } else if (const auto *reduction = dyn_cast<OMPReductionClause>(clause)) {
    copies(reduction->privates());
    all(reduction->reduction_ops());
  } else if (const auto *task = dyn_cast<OMPTaskReductionClause>(clause)) {
    copies(task->privates());
    all(task->reduction_ops());
  } else if (const auto *inner = dyn_cast<OMPInReductionClause>(clause)) {
    copies(inner->privates());
    all(inner->reduction_ops());
  } else if (const auto *in = dyn_cast<OMPCopyinClause>(clause)) {
    all(in->assignment_ops());
  } else if (const auto *given = dyn_cast<OMPCopyprivateClause>(clause)) {
    all(given->assignment_ops());
  }
}

/// OPERATION may stand for one that the user has declared.
void BodyWalker::walkReduction(const Expr *operation) {
  const auto *call = dyn_cast_or_null<CallExpr>(operation);
  const auto *opaque = call ? dyn_cast<OpaqueValueExpr>(call->getCallee()) : nullptr;
  const auto *reference =
      opaque ? dyn_cast_or_null<DeclRefExpr>(opaque->getSourceExpr()->IgnoreImpCasts()) : nullptr;
  const auto *declared =
      reference ? dyn_cast<OMPDeclareReductionDecl>(reference->getDecl()) : nullptr;
  if (!declared)
    return walk(operation);
  walk(declared->getCombiner());
  walk(declared->getInitializer());
}

} // namespace ripple::analyzer
