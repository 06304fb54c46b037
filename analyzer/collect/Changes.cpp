//===- Changes.cpp - What may give a variable another value ---------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Changes.h"

#include "analyzer/collect/Holders.h"
#include "analyzer/collect/Names.h"

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

/// std::unique_ptr, std::shared_ptr and their like.
bool isOwner(QualType type) {
  const CXXRecordDecl *record = type.getNonReferenceType()->getAsCXXRecordDecl();
  return record && record->getIdentifier() && record->isInStdNamespace() &&
         record->getName().ends_with("_ptr");
}

/// Adds to FOUND the functions in SCOPE that are the user's own and have bodies.
void findFunctions(const DeclContext *scope, const Names &names,
                   std::vector<const FunctionDecl *> &found) {
  for (const Decl *each : scope->decls()) {
    if (const auto *pattern = dyn_cast<FunctionTemplateDecl>(each))
      each = pattern->getTemplatedDecl();
    else if (const auto *outer = dyn_cast<ClassTemplateDecl>(each))
      each = outer->getTemplatedDecl();
    if (const auto *function = dyn_cast<FunctionDecl>(each)) {
      if (function->doesThisDeclarationHaveABody() && !names.isSystem(function))
        found.push_back(function);
    } else if (isa<NamespaceDecl, LinkageSpecDecl, RecordDecl>(each)) {
      findFunctions(cast<DeclContext>(each), names, found);
    }
  }
}

/// Finds what may change one variable.
class Finder {
public:
  /// REPLACED, if there is one: it is another object that is searched for.
  Finder(const Decl *place, Change what, Replaced *replaced = nullptr)
      : place(place), what(what), replaced(replaced) {}

  /// In all of OWNER.
  bool findIn(const FunctionDecl *owner) {
    if (const auto *constructor = dyn_cast<CXXConstructorDecl>(owner))
      for (const CXXCtorInitializer *each : constructor->inits()) {
        const FieldDecl *field = each->getAnyMember();
        if (find(each->getInit()) ||
            (replaced && field && field->getCanonicalDecl() != place &&
             (field->getType()->isReferenceType() || field->getType()->isPointerType() ||
              isOwner(field->getType())) &&
             givesWay(each->getInit()) && replaced->find(field)))
          return true;
      }
    return find(owner->getBody());
  }

  bool find(const Stmt *statement) {
    if (!statement || skipped.contains(statement))
      return false;
    if (replaced ? replaces(statement) : changes(statement))
      return true;
    if (const auto *region = dyn_cast<CapturedStmt>(statement)) // of OpenMP
      return find(region->getCapturedStmt());
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
    if (type.isConstQualified() && !(replaced && isOwner(type)))
      return false;
    if (replaced)
      if (const Expr *inner = ownedBy(expression))
        return leads(inner);
    if (isa<CXXThisExpr>(expression)) {
      const CXXRecordDecl *record = expression->getType()->getPointeeType()->getAsCXXRecordDecl();
      return record && record->getCanonicalDecl() == place;
    }
    if (const auto *reference = dyn_cast<DeclRefExpr>(expression)) {
      const ValueDecl *named = reference->getDecl();
      if (const auto *binding = dyn_cast<BindingDecl>(named))
        named = binding->getDecomposedDecl();
      return named->getCanonicalDecl() == place;
    }
    if (const auto *cast = dyn_cast<CastExpr>(expression))
      return leadsCast(cast);
    if (const auto *member = dyn_cast<MemberExpr>(expression))
      return member->getMemberDecl()->getCanonicalDecl() == place ||
             (!isa<CXXThisExpr>(member->getBase()->IgnoreParenImpCasts()) &&
              leads(member->getBase()));
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
    case CK_LValueToRValue: // what a pointer leads to is not the pointer, but may be the object
      return replaced && cast->getType()->isPointerType() && leads(cast->getSubExpr());
    case CK_FunctionToPointerDecay:
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

  /// The owner that EXPRESSION takes its object from; null if there is none.
  static const Expr *ownedBy(const Expr *expression) {
    const auto *call = dyn_cast<CallExpr>(expression);
    const auto *method = call ? dyn_cast_or_null<CXXMethodDecl>(call->getDirectCallee()) : nullptr;
    if (!method || !method->getParent()->isInStdNamespace())
      return nullptr;
    const auto *member = dyn_cast<CXXMemberCallExpr>(call);
    const bool isGet = member && method->getIdentifier() && method->getName() == "get";
    const bool isAccess =
        method->getOverloadedOperator() == OO_Star || method->getOverloadedOperator() == OO_Arrow;
    const Expr *owner = isGet      ? member->getImplicitObjectArgument()
                        : isAccess ? call->getArg(0)
                                   : nullptr;
    owner = owner ? owner->IgnoreParenImpCasts() : nullptr;
    return owner && isOwner(owner->getType()) ? owner : nullptr;
  }

  /// EXPRESSION gives a way to the object: an lvalue or pointer, or one more owner.
  bool givesWay(const Expr *expression) const {
    if (!expression)
      return false;
    expression = expression->IgnoreParenImpCasts();
    while (isa<FullExpr, MaterializeTemporaryExpr, CXXBindTemporaryExpr>(expression))
      expression = cast<Expr>(*expression->child_begin())->IgnoreParenImpCasts();
    if (const auto *made = dyn_cast<CXXConstructExpr>(expression))
      return made->getNumArgs() > 0 && isOwner(made->getType()) &&
             !made->getConstructor()->isMoveConstructor() && givesWay(made->getArg(0));
    return !expression->isXValue() && leads(expression);
  }

  bool givesTo(const FunctionDecl *callee, llvm::ArrayRef<const Expr *> arguments) const {
    for (unsigned i = 0; i < arguments.size(); ++i)
      if (!arguments[i]->getType().isConstQualified() && givesWay(arguments[i]) &&
          (!callee || replaced->findBehind(callee, i, arguments[i])))
        return true;
    return false;
  }

  /// STATEMENT itself may put another object there.
  bool replaces(const Stmt *statement) const {
    auto isWay = [&](const VarDecl *made) {
      const QualType type = made->getType();
      return (type->isReferenceType() || type->isPointerType() || isOwner(type)) &&
             givesWay(made->getInit()) && replaced->find(made);
    };
    if (const auto *declaration = dyn_cast<DeclStmt>(statement))
      return llvm::any_of(declaration->decls(), [&](const Decl *each) {
        const auto *made = dyn_cast<VarDecl>(each);
        return made && isWay(made);
      });
    if (const auto *lambda = dyn_cast<LambdaExpr>(statement))
      return llvm::any_of(lambda->captures(), [&](const LambdaCapture &capture) {
        const auto *made =
            capture.capturesVariable() ? dyn_cast<VarDecl>(capture.getCapturedVar()) : nullptr;
        return made && made->isInitCapture() && isWay(made);
      });
    if (const auto *call = dyn_cast<CallExpr>(statement))
      return replacesBy(call);
    if (const auto *made = dyn_cast<CXXConstructExpr>(statement))
      return !isOwner(made->getType()) &&
             givesTo(made->getConstructor(), {made->getArgs(), made->getNumArgs()});
    if (const auto *binary = dyn_cast<BinaryOperator>(statement))
      return binary->isAssignmentOp() && (leads(binary->getLHS()) || leads(binary->getRHS()));
    if (isa<ReturnStmt, InitListExpr>(statement))
      return llvm::any_of(statement->children(), [&](const Stmt *child) {
        return givesWay(dyn_cast_or_null<Expr>(child));
      });
    return false;
  }

  bool replacesBy(const CallExpr *call) const {
    if (isName(call) || ownedBy(call))
      return false;
    const FunctionDecl *callee = call->getDirectCallee();
    llvm::ArrayRef<const Expr *> arguments(call->getArgs(), call->getNumArgs());
    const auto *operation = dyn_cast<CXXOperatorCallExpr>(call);
    if (operation && operation->isAssignmentOp())
      return leads(arguments[0]) || (isOwner(arguments[0]->getType()) && givesWay(arguments[1]));
    if (const auto *member = dyn_cast<CXXMemberCallExpr>(call); member && callee) {
      const bool isOther = callee->getOverloadedOperator() == OO_Equal ||
                           (callee->getIdentifier() &&
                            llvm::is_contained({"reset", "swap", "release"}, callee->getName()));
      if (isOther && leads(member->getImplicitObjectArgument()))
        return true;
    }
    if (operation && isa_and_nonnull<CXXMethodDecl>(callee))
      arguments = arguments.drop_front();
    return givesTo(callee, arguments);
  }

  const Decl *place;
  Change what;
  Replaced *replaced;
  llvm::SmallPtrSet<const Stmt *, 8> skipped; ///< Done between two rounds of a loop.
};

} // namespace

bool mayChange(const FunctionDecl *owner, const VarDecl *variable, Change what) {
  return Finder(variable->getCanonicalDecl(), what).findIn(owner);
}

namespace {

/// STATEMENT does something else with VARIABLE than to call it.
bool handsOn(const Stmt *statement, const VarDecl *variable) {
  if (!statement)
    return false;
  auto isIt = [&](const Stmt *expression) {
    const auto *reference = dyn_cast<DeclRefExpr>(cast<Expr>(expression)->IgnoreParenImpCasts());
    return reference && reference->getDecl() == variable;
  };
  if (isa<DeclRefExpr>(statement))
    return isIt(statement);
  if (const auto *lambda = dyn_cast<LambdaExpr>(statement)) {
    // A copy for the lambda is called by the same name.
    for (const LambdaCapture &capture : lambda->captures())
      if (capture.capturesVariable())
        if (const auto *made = dyn_cast<VarDecl>(capture.getCapturedVar());
            made && made->isInitCapture() && handsOn(made->getInit(), variable))
          return true;
    return handsOn(lambda->getBody(), variable);
  }
  llvm::ArrayRef<const Expr *> arguments;
  if (const auto *call = dyn_cast<CXXOperatorCallExpr>(statement);
      call && call->getOperator() == OO_Call && isIt(call->getArg(0)))
    arguments = {call->getArgs() + 1, call->getNumArgs() - 1};
  else if (const auto *dependent = dyn_cast<CallExpr>(statement);
           dependent && isIt(dependent->getCallee()))
    arguments = {dependent->getArgs(), dependent->getNumArgs()};
  else
    return llvm::any_of(statement->children(),
                        [&](const Stmt *child) { return handsOn(child, variable); });
  return llvm::any_of(arguments, [&](const Expr *each) { return handsOn(each, variable); });
}

} // namespace

bool isOnlyCalled(const FunctionDecl *owner, const VarDecl *variable) {
  const CXXRecordDecl *record = variable->getType()->getAsCXXRecordDecl();
  return record && record->isLambda() && owner->hasBody() && !handsOn(owner->getBody(), variable);
}

bool Replaced::find(const Decl *place) {
  place = place->getCanonicalDecl();
  if (auto found = known.find(place); found != known.end())
    return found->second;
  if (!llvm::is_contained(searched, place)) // else whoever searches for it will see
    return search(place);
  isCut = true;
  return false;
}

bool Replaced::search(const Decl *place) {
  searched.push_back(place);
  const auto *variable = dyn_cast<VarDecl>(place);
  const auto *owner = variable ? dyn_cast<FunctionDecl>(variable->getDeclContext()) : nullptr;
  bool result = false;
  if (owner) {
    const FunctionDecl *definition = nullptr;
    result = !owner->hasBody(definition) || Finder(place, Change::Any, this).findIn(definition);
  } else {
    if (!functions) {
      functions.emplace();
      findFunctions(names.context().getTranslationUnitDecl(), names, *functions);
    }
    result = llvm::any_of(*functions, [&](const FunctionDecl *each) {
      return Finder(place, Change::Any, this).findIn(each);
    });
  }
  searched.pop_back();
  // What was found without a part of the search holds only where that is done, too.
  if (result || !isCut || searched.empty())
    known[place] = result;
  isCut &= !searched.empty();
  return result;
}

bool Replaced::findBehind(const FunctionDecl *callee, unsigned position, const Expr *argument) {
  if (Holders::isLibrary(callee))
    return !argument->isPRValue() || !isOwner(argument->getType());
  const FunctionDecl *definition = nullptr;
  if (callee->hasBody(definition) && position < definition->getNumParams())
    return find(definition->getParamDecl(position));
  QualType type = argument->getType().getNonReferenceType();
  type = type->isPointerType() ? type->getPointeeType() : type;
  const CXXRecordDecl *record = type->getAsCXXRecordDecl();
  const bool isItsOwn = record && spaceOf(record) && spaceOf(record) == spaceOf(callee);
  return !isItsOwn && !names.isSystem(callee);
}

} // namespace ripple::analyzer
