//===- AcceptLoops.cpp - Loops that take requests -------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Registrar.h"

#include "analyzer/collect/Rules.h"

#include <clang/AST/ExprCXX.h>

using namespace clang;

namespace ripple::analyzer {
namespace {

/// The rule of a function that STATEMENT calls to take a request, in the loop itself.
RuleIndex acceptedIn(const Stmt *statement, Rules &rules) {
  if (!statement || isa<LambdaExpr>(statement))
    return none;
  if (const auto *call = dyn_cast<CallExpr>(statement))
    if (RuleIndex rule = rules.acceptedBy(call); rule != none)
      return rule;
  for (const Stmt *child : statement->children())
    if (RuleIndex rule = acceptedIn(child, rules); rule != none)
      return rule;
  return none;
}

} // namespace

RuleIndex Registrar::acceptRule(const Stmt *loop) {
  return rules.has(model::HandlerRule::Kind::AcceptLoop) ? acceptedIn(loop, rules) : none;
}

void Registrar::acceptLoop(RuleIndex rule, EntityIndex body, SourceLocation at) {
  Registration row = start(rule, body, at);
  row.handler.kind = ValueKind::Function;
  row.handler.entity = body;
  finish(std::move(row));
}

} // namespace ripple::analyzer
