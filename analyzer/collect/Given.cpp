//===- Given.cpp - What the standard library calls with arguments ---------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// `std::thread(f, x)`, `std::bind(f, x, _1)`, `std::call_once(flag, f, x)`: as
// if a lambda were given that calls f. That is a function of its own here, so
// who gives what to f stays apart; what the library itself does with a pointer
// to f then says nothing more (Resolve.cpp).
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Flows.h"
#include "analyzer/collect/LibraryCalls.h"
#include "analyzer/collect/Through.h"
#include "analyzer/collect/Values.h"

#include <clang/AST/DeclTemplate.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Lex/Lexer.h>

using namespace clang;

namespace ripple::analyzer {
namespace {

/// N of std::placeholders::_N; 0 for all else.
unsigned placeholderOf(const Expr *expression) {
  const auto *record = dyn_cast_or_null<ClassTemplateSpecializationDecl>(
      expression->getType().getNonReferenceType()->getAsCXXRecordDecl());
  if (!record || !Holders::isLibrary(record) || record->getName() != "_Placeholder")
    return 0;
  const TemplateArgument &number = record->getTemplateArgs()[0];
  return number.getKind() == TemplateArgument::Integral ? number.getAsIntegral().getZExtValue() : 0;
}

bool isInstance(const FunctionDecl *function) {
  const auto *method = dyn_cast<CXXMethodDecl>(function);
  return method && method->isInstance() && !method->getParent()->isLambda() &&
         method->getOverloadedOperator() != OO_Call;
}

/// What is made of CALLEE takes more arguments, behind those that are given here.
bool takesMore(const FunctionDecl *callee) {
  return callee->getIdentifier() && callee->getName() == "bind_front";
}

} // namespace

const FunctionDecl *functionNamed(const Expr *callable) {
  callable = plain(callable);
  if (const auto *reference = dyn_cast<DeclRefExpr>(callable))
    if (const auto *function = dyn_cast<FunctionDecl>(reference->getDecl()))
      return function;
  const CXXRecordDecl *record = callable->getType().getNonReferenceType()->getAsCXXRecordDecl();
  if (!record || !record->hasDefinition() || record->isInStdNamespace() || record->isPolymorphic())
    return nullptr;
  DeclarationName name = record->getASTContext().DeclarationNames.getCXXOperatorName(OO_Call);
  const auto found = record->getDefinition()->lookup(name);
  return found.isSingleResult() ? dyn_cast<CXXMethodDecl>(found.front()) : nullptr;
}

bool isFunctionName(const Expr *callable) {
  const auto *reference = dyn_cast<DeclRefExpr>(plain(callable));
  return reference && isa<FunctionDecl>(reference->getDecl());
}

EntityIndex Flows::given(const Expr *whole, const FunctionDecl *callee,
                         llvm::ArrayRef<const Expr *> arguments) {
  const std::optional<unsigned> position = isActive ? calledArgument(callee) : std::nullopt;
  if (!position || arguments.size() <= *position)
    return none;
  if (auto known = givenBy.find(whole); known != givenBy.end())
    return known->second;
  givenBy[whole] = none;
  // A lambda by itself says all.
  const CXXRecordDecl *closure = plain(arguments[*position])->getType()->getAsCXXRecordDecl();
  if (closure && closure->isLambda() && arguments.size() == *position + 1 &&
      !isBound(whole->getType()->getAsCXXRecordDecl()))
    return none;
  const SourceManager &sources = names.context().getSourceManager();
  const SourceLine line = names.line(whole->getExprLoc());
  const EntityIndex bound =
      names.boundAt(current, line, sources.getExpansionColumnNumber(whole->getExprLoc()));
  if (!give(arguments[*position], arguments.drop_front(*position + 1), bound, takesMore(callee),
            line))
    return none;
  return givenBy[whole] = bound;
}

EntityIndex Flows::handlerIn(const Expr *callable) {
  if (!isActive)
    return none;
  const SourceManager &sources = names.context().getSourceManager();
  const SourceLine line = names.line(callable->getExprLoc());
  const EntityIndex handler =
      names.handlerAt(current, line, sources.getExpansionColumnNumber(callable->getExprLoc()));
  if (auto known = heldBy.find(callable); known != heldBy.end())
    return known->second;
  const bool isKnown = give(callable, {}, handler, true, line);
  const llvm::StringRef written =
      Lexer::getSourceText(CharSourceRange::getTokenRange(callable->getSourceRange()), sources,
                           names.context().getLangOpts());
  if (!written.empty() && !written.contains('\n'))
    names.entity(handler).signature = ("what " + written + " holds").str();
  return heldBy[callable] = isKnown ? handler : none;
}

/// BOUND calls CALLABLE with ARGUMENTS, and if TAKESMORE with its own behind them. False where
/// CALLABLE is of a kind that is not known.
bool Flows::give(const Expr *callable, llvm::ArrayRef<const Expr *> arguments, EntityIndex bound,
                 bool takesMore, SourceLine line) {
  Passed row;
  if (const FunctionDecl *target = functionNamed(callable)) {
    if (Holders::isLibrary(target))
      return false;
    CallKind kind = CallKind::Direct;
    if (isInstance(target)) {
      if (arguments.empty())
        return false;
      row.object = boundArgument(arguments[0], bound);
      if (row.object == none)
        row.object = unknown();
      if (cast<CXXMethodDecl>(target)->isVirtual())
        kind = CallKind::Virtual;
      arguments = arguments.drop_front();
    }
    bindArguments(arguments, parametersOf(target->getType()), bound, takesMore, row);
    const EntityIndex callee = collector.need(target);
    if (callee == none)
      return false;
    boundRows[bound] = row;
    if (!isUsers(target)) {
      giveAway(row);
      store(unknown(), node(NodeKind::Result, bound, 0));
      facts.calls.push_back({bound, callee, kind, line, none});
      return true;
    }
    if (row.object != none && !holders.isObject(cast<CXXMethodDecl>(target)->getParent()))
      row.object = none;
    if (kind == CallKind::Virtual)
      row.result = node(NodeKind::Result, bound, 0);
    else if (holders.holds(target->getReturnType()))
      flow(node(NodeKind::Result, callee, 0), node(NodeKind::Result, bound, 0));
    facts.calls.push_back({bound, callee, kind, line, add(std::move(row))});
    return true;
  }
  QualType type = callable->getType().getNonReferenceType();
  const CXXRecordDecl *record = type->getAsCXXRecordDecl();
  record = record && record->hasDefinition() ? record->getDefinition() : nullptr;
  IndirectCall made;
  if (type->isFunctionPointerType() || type->isMemberFunctionPointerType())
    made.type = names.typeOf(type);
  else if (record && holdsTarget(record))
    made.type = collector.targetType(record);
  else if (isBound(record))
    made.type = names.boundType(record);
  if (made.type == none)
    return false;
  row.object = argument(callable);
  if (row.object == none)
    row.object = unknown();
  std::vector<QualType> parameters = parametersOf(type);
  if (type->isMemberFunctionPointerType() && !arguments.empty())
    parameters.insert(parameters.begin(), arguments[0]->getType());
  bindArguments(arguments, parameters, bound, takesMore, row);
  boundRows[bound] = row;
  row.result = node(NodeKind::Result, bound, 0);
  made.caller = bound;
  made.at = line;
  goThrough(callable, made, collector);
  // What a parameter holds is bound by callers of this function, not of that one.
  made.slotOf = none;
  made.passed = add(std::move(row));
  facts.indirectCalls.push_back(std::move(made));
  return true;
}

NodeIndex Flows::boundArgument(const Expr *expression, EntityIndex bound) {
  if (const unsigned number = placeholderOf(expression))
    return node(NodeKind::Parameter, bound, number - 1);
  const auto *record = expression->getType().getNonReferenceType()->getAsCXXRecordDecl();
  // It is called, or converted, and what comes of it is given.
  if (isBound(record) || (record && !holders.holds(expression->getType())))
    return unknown();
  return argument(expression);
}

void Flows::bindArguments(llvm::ArrayRef<const Expr *> arguments,
                          llvm::ArrayRef<QualType> parameters, EntityIndex bound, bool takesMore,
                          Passed &row) {
  for (unsigned i = 0; i < arguments.size(); ++i) {
    // What holds nothing is given to what holds nothing.
    const bool matters =
        i >= parameters.size() || holders.holds(parameters[i]) || mayHoldCallable(parameters[i]);
    const NodeIndex value = matters ? boundArgument(arguments[i], bound) : none;
    row.arguments.push_back(value);
    NodeIndex written = none;
    if (value != none && holders.isPlace(i < parameters.size() ? parameters[i] : QualType()) &&
        holders.holds(arguments[i]->getType())) {
      written = newTemporary();
      storeTo(arguments[i], written);
    }
    row.written.push_back(written);
  }
  for (std::uint32_t i = arguments.size(); takesMore && i < parameters.size(); ++i) {
    row.arguments.push_back(node(NodeKind::Parameter, bound, i - arguments.size()));
    row.written.push_back(none);
  }
}

/// Code that is not followed gets all of ROW.
void Flows::giveAway(const Passed &row) {
  flow(row.object, unknown());
  for (std::uint32_t i = 0; i < row.arguments.size(); ++i) {
    flow(row.arguments[i], unknown());
    flow(unknown(), row.written[i]);
  }
}

const Passed *Flows::givenTo(EntityIndex bound) const {
  auto found = boundRows.find(bound);
  return found == boundRows.end() ? nullptr : &found->second;
}

} // namespace ripple::analyzer
