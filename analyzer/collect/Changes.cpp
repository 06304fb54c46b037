//===- Changes.cpp - What may give a variable another value ---------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Changes.h"

#include <array>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/StmtCXX.h>
#include <llvm/ADT/SmallPtrSet.h>

using namespace clang;

namespace ripple::analyzer {
namespace {

bool isStd(const FunctionDecl *function, std::initializer_list<llvm::StringRef> names) {
  return function && function->getIdentifier() && function->isInStdNamespace() &&
         llvm::is_contained(names, function->getName());
}

/// CALL only gives its argument, or a part of it, another name.
bool isName(const CallExpr *call) {
  return call->getNumArgs() == 1 && isStd(call->getDirectCallee(), {"move", "forward", "get"});
}

bool isMove(const Stmt *statement) {
  if (const auto *unary = dyn_cast<UnaryOperator>(statement))
    return unary->isIncrementDecrementOp() && isa<DeclRefExpr>(unary->getSubExpr());
  const auto *call = dyn_cast<CXXOperatorCallExpr>(statement);
  return call && (call->getOperator() == OO_PlusPlus || call->getOperator() == OO_MinusMinus) &&
         isa<DeclRefExpr>(call->getArg(0));
}

/// STATEMENT does nothing but `++` and `--`, and looks.
bool onlyMoves(const Stmt *statement) {
  if (!statement || isMove(statement))
    return true;
  const auto *binary = dyn_cast<BinaryOperator>(statement);
  return !isa<CallExpr, LambdaExpr, DeclStmt>(statement) && !(binary && binary->isAssignmentOp()) &&
         llvm::all_of(statement->children(), onlyMoves);
}

/// What LOOP does between two rounds.
std::array<const Stmt *, 3> betweenRounds(const Stmt *loop) {
  const Stmt *condition = nullptr, *step = nullptr, *body = nullptr;
  if (const auto *counting = dyn_cast<ForStmt>(loop)) {
    condition = counting->getCond();
    step = counting->getInc();
    body = counting->getBody();
  } else if (const auto *checking = dyn_cast<WhileStmt>(loop)) {
    condition = checking->getCond();
    body = checking->getBody();
  } else if (const auto *doing = dyn_cast<DoStmt>(loop)) {
    condition = doing->getCond();
    body = doing->getBody();
  }
  const auto *block = dyn_cast_or_null<CompoundStmt>(body);
  return {condition, step, block && !block->body_empty() ? block->body_back() : nullptr};
}

/// MADE, of the standard library, copies what it is made of, although it forwards that.
bool copiesForwarded(const CXXConstructExpr *made, unsigned argument) {
  const CXXConstructorDecl *constructor = made->getConstructor();
  const CXXRecordDecl *record = constructor->getParent();
  const FunctionDecl *pattern = constructor->getTemplateInstantiationPattern();
  if (!record->isInStdNamespace() || !pattern || pattern->getNumParams() == 0 ||
      (record->getIdentifier() && record->getName() == "reference_wrapper"))
    return false;
  if (const auto *special = dyn_cast<ClassTemplateSpecializationDecl>(record))
    for (const TemplateArgument &each : special->getTemplateArgs().asArray())
      for (const TemplateArgument &part :
           each.getKind() == TemplateArgument::Pack ? each.pack_elements() : llvm::ArrayRef(each))
        if (part.getKind() == TemplateArgument::Type && part.getAsType()->isReferenceType())
          return false;
  // A pack is the last parameter.
  const unsigned at = std::min(argument, pattern->getNumParams() - 1);
  QualType type = pattern->getParamDecl(at)->getType();
  if (const auto *pack = type->getAs<PackExpansionType>())
    type = pack->getPattern();
  return type->isRValueReferenceType() && type->getPointeeType()->isTemplateTypeParmType();
}

/// Finds what may change one variable.
class Finder {
public:
  Finder(const VarDecl *variable, Change what) : variable(variable), what(what) {}

  bool find(const Stmt *statement) {
    if (!statement || skipped.contains(statement))
      return false;
    if (changes(statement))
      return true;
    if (what == Change::ButLoops)
      for (const Stmt *each : betweenRounds(statement))
        if (each && onlyMoves(each))
          skipped.insert(each);
    return llvm::any_of(statement->children(), [&](const Stmt *child) { return find(child); });
  }

private:
  /// The variable can be written to through EXPRESSION: an lvalue of it or of a part of it, or a
  /// pointer there, none of them to a constant.
  bool leads(const Expr *expression) const {
    if (!expression)
      return false;
    QualType type = expression->getType();
    if (type->isPointerType() && expression->isPRValue())
      type = type->getPointeeType();
    if (type.isConstQualified())
      return false;
    if (const auto *reference = dyn_cast<DeclRefExpr>(expression)) {
      const ValueDecl *named = reference->getDecl();
      if (const auto *binding = dyn_cast<BindingDecl>(named))
        named = binding->getDecomposedDecl();
      return named == variable;
    }
    if (const auto *cast = dyn_cast<CastExpr>(expression))
      return leadsCast(cast);
    if (const auto *member = dyn_cast<MemberExpr>(expression))
      return leads(member->getBase());
    if (const auto *element = dyn_cast<ArraySubscriptExpr>(expression))
      return leads(element->getBase());
    if (const auto *choice = dyn_cast<AbstractConditionalOperator>(expression))
      return leads(choice->getTrueExpr()) || leads(choice->getFalseExpr());
    if (const auto *unary = dyn_cast<UnaryOperator>(expression))
      return (unary->getOpcode() == UO_AddrOf || unary->getOpcode() == UO_Deref ||
              unary->getOpcode() == UO_Extension) &&
             leads(unary->getSubExpr());
    if (const auto *binary = dyn_cast<BinaryOperator>(expression)) {
      const bool isPointer = binary->isAdditiveOp() && binary->getType()->isPointerType();
      return ((isPointer || binary->isPtrMemOp()) && leads(binary->getLHS())) ||
             ((isPointer || binary->isCommaOp()) && leads(binary->getRHS()));
    }
    if (const auto *call = dyn_cast<CallExpr>(expression))
      return isName(call) && leads(call->getArg(0));
    if (const auto *known = dyn_cast<OpaqueValueExpr>(expression))
      return leads(known->getSourceExpr());
    if (isa<ParenExpr, FullExpr, MaterializeTemporaryExpr>(expression))
      return leads(dyn_cast_or_null<Expr>(*expression->child_begin()));
    return false;
  }

  bool leadsCast(const CastExpr *cast) const {
    switch (cast->getCastKind()) {
    case CK_FunctionToPointerDecay:
    case CK_LValueToRValue:
    case CK_PointerToBoolean:
    case CK_ToVoid:
      return false;
    default:
      return leads(cast->getSubExpr());
    }
  }

  /// STATEMENT itself may change the variable.
  bool changes(const Stmt *statement) const {
    if (const auto *declaration = dyn_cast<DeclStmt>(statement))
      return llvm::any_of(declaration->decls(), [&](const Decl *each) {
        const auto *made = dyn_cast<VarDecl>(each);
        return made && !made->isImplicit() && leads(made->getInit());
      });
    if (const auto *loop = dyn_cast<CXXForRangeStmt>(statement)) {
      const QualType type = loop->getLoopVariable()->getType();
      return type->isReferenceType() && !type->getPointeeType().isConstQualified() &&
             leads(loop->getRangeInit());
    }
    if (const auto *lambda = dyn_cast<LambdaExpr>(statement))
      return llvm::any_of(lambda->captures(), [&](const LambdaCapture &capture) {
        const auto *made =
            capture.capturesVariable() ? dyn_cast<VarDecl>(capture.getCapturedVar()) : nullptr;
        return made && made->isInitCapture() && leads(made->getInit());
      });
    if (const auto *call = dyn_cast<CallExpr>(statement))
      return changesBy(call);
    if (const auto *made = dyn_cast<CXXConstructExpr>(statement)) {
      for (unsigned i = 0; i < made->getNumArgs(); ++i)
        if (isGivenAway(made->getArg(i)) && !copiesForwarded(made, i))
          return true;
      return false;
    }
    if (const auto *unary = dyn_cast<UnaryOperator>(statement))
      return unary->isIncrementDecrementOp() && leads(unary->getSubExpr());
    if (const auto *binary = dyn_cast<BinaryOperator>(statement))
      return binary->isAssignmentOp() && (leads(binary->getLHS()) || leads(binary->getRHS()));
    if (isa<CastExpr, MemberExpr, ArraySubscriptExpr, AbstractConditionalOperator, ParenExpr,
            FullExpr, MaterializeTemporaryExpr, UnaryExprOrTypeTraitExpr, CXXTypeidExpr,
            CXXNoexceptExpr>(statement))
      return false; // it leads there, or looks
    // Whatever else an expression does with what leads there; and what is not an expression, but
    // takes one that does: to throw it away, as a rule.
    if (isa<Expr, ReturnStmt, AsmStmt>(statement))
      return llvm::any_of(statement->children(),
                          [&](const Stmt *child) { return leads(dyn_cast_or_null<Expr>(child)); });
    return false;
  }

  /// EXPRESSION, an argument, leads there, and is not moved away.
  bool isGivenAway(const Expr *expression) const {
    return !expression->isXValue() && leads(expression);
  }

  bool changesBy(const CallExpr *call) const {
    if (isName(call))
      return false;
    return leads(call->getCallee()) ||
           llvm::any_of(call->arguments(), [&](const Expr *each) { return isGivenAway(each); });
  }

  const VarDecl *variable;
  Change what;
  llvm::SmallPtrSet<const Stmt *, 8> skipped; ///< Done between two rounds of a loop.
};

} // namespace

bool mayChange(const FunctionDecl *owner, const VarDecl *variable, Change what) {
  Finder finder(variable, what);
  if (const auto *constructor = dyn_cast<CXXConstructorDecl>(owner))
    for (const CXXCtorInitializer *each : constructor->inits())
      if (finder.find(each->getInit()))
        return true;
  return finder.find(owner->getBody());
}

} // namespace ripple::analyzer
