//===- Values.cpp - What an expression may hold ---------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Values.h"

#include <algorithm>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/ExprCXX.h>

using namespace clang;

namespace ripple::analyzer {
namespace {

constexpr unsigned DepthMax = 32;

bool isStd(const FunctionDecl *function, std::initializer_list<llvm::StringRef> names) {
  return function && function->getIdentifier() && function->isInStdNamespace() &&
         llvm::is_contained(names, function->getName());
}

/// Classes whose objects stand for what they are made from.
bool isWrapper(const CXXRecordDecl *record) {
  if (!record->getIdentifier())
    return false;
  llvm::StringRef name = record->getName();
  if (name == "function")
    return true; // also boost's
  return record->isInStdNamespace() &&
         (name == "basic_string" || name == "basic_string_view" || name == "reference_wrapper" ||
          name == "path" || name == "move_only_function");
}

/// METHOD converts to what its object stands for. What the user's own does is not known.
bool passesOn(const CXXMethodDecl *method) {
  const SourceManager &sources = method->getASTContext().getSourceManager();
  return isa<CXXConversionDecl>(method) &&
         (method->getParent()->isLambda() || sources.isInSystemHeader(method->getLocation()));
}

/// MADE is made of its first argument, and of all of it.
bool isMadeOfFirst(const CXXConstructExpr *made) {
  return made->getNumArgs() > 0 && !isa<CXXDefaultArgExpr>(made->getArg(0)) &&
         std::all_of(made->arg_begin() + 1, made->arg_end(),
                     [](const Expr *each) { return isa<CXXDefaultArgExpr>(each); });
}

/// What EXPRESSION is made from, where it only passes that on; else null.
const Expr *inside(const Expr *expression) {
  if (const auto *temporary = dyn_cast<MaterializeTemporaryExpr>(expression))
    return temporary->getSubExpr();
  if (const auto *temporary = dyn_cast<CXXBindTemporaryExpr>(expression))
    return temporary->getSubExpr();
  if (const auto *full = dyn_cast<FullExpr>(expression))
    return full->getSubExpr();
  if (const auto *argument = dyn_cast<CXXDefaultArgExpr>(expression))
    return argument->getExpr();
  if (const auto *member = dyn_cast<CXXDefaultInitExpr>(expression))
    return member->getExpr();
  if (const auto *parameter = dyn_cast<SubstNonTypeTemplateParmExpr>(expression))
    return parameter->getReplacement();
  if (const auto *list = dyn_cast<InitListExpr>(expression)) {
    const RecordDecl *record = list->getType()->getAsRecordDecl();
    const bool isItself = !record || record->isInStdNamespace();
    return isItself && list->getNumInits() == 1 ? list->getInit(0) : nullptr;
  }
  if (const auto *unary = dyn_cast<UnaryOperator>(expression))
    return unary->getOpcode() == UO_AddrOf || unary->getOpcode() == UO_Deref ||
                   unary->getOpcode() == UO_Plus
               ? unary->getSubExpr()
               : nullptr;
  if (const auto *made = dyn_cast<CXXConstructExpr>(expression)) {
    const CXXConstructorDecl *constructor = made->getConstructor();
    bool passesOn = constructor->isCopyOrMoveConstructor() || isWrapper(constructor->getParent());
    return passesOn && isMadeOfFirst(made) ? made->getArg(0) : nullptr;
  }
  if (const auto *call = dyn_cast<CXXMemberCallExpr>(expression)) {
    const CXXMethodDecl *method = call->getMethodDecl();
    if (!method)
      return nullptr;
    bool isText = method->getIdentifier() && isWrapper(method->getParent()) &&
                  (method->getName() == "c_str" || method->getName() == "data");
    return passesOn(method) || isText ? call->getImplicitObjectArgument() : nullptr;
  }
  if (const auto *literal = dyn_cast<UserDefinedLiteral>(expression)) {
    const FunctionDecl *maker = literal->getDirectCallee();
    const bool isItself = maker && maker->isInStdNamespace() && literal->getNumArgs() > 0;
    return isItself ? literal->getArg(0) : nullptr;
  }
  if (const auto *call = dyn_cast<CallExpr>(expression))
    return call->getNumArgs() == 1 &&
                   isStd(call->getDirectCallee(), {"move", "forward", "ref", "cref", "as_const"})
               ? call->getArg(0)
               : nullptr;
  return nullptr;
}

/// The call operators of RECORD: its own, or else those that it inherits.
std::vector<const NamedDecl *> callOperatorsOf(const CXXRecordDecl *record, unsigned depth = 0) {
  std::vector<const NamedDecl *> found;
  record = record->getDefinition();
  if (!record || depth > DepthMax)
    return found;
  const DeclarationName name = record->getASTContext().DeclarationNames.getCXXOperatorName(OO_Call);
  for (const NamedDecl *each : record->lookup(name))
    found.push_back(each->getUnderlyingDecl());
  if (found.empty())
    for (const CXXBaseSpecifier &base : record->bases())
      if (const CXXRecordDecl *type = base.getType()->getAsCXXRecordDecl())
        llvm::append_range(found, callOperatorsOf(type, depth + 1));
  return found;
}

class Evaluator {
public:
  Evaluator(Collector &collector) : collector(collector) {}

  Value value(const Expr *expression, unsigned depth) {
    if (depth > DepthMax)
      return {};
    expression = plain(expression);
    if (const Expr *part = collector.rows.part(expression); part != expression)
      return value(part, depth + 1);
    if (const auto *literal = dyn_cast<StringLiteral>(expression))
      return literal->getCharByteWidth() == 1 ? text(literal->getBytes()) : Value();
    if (Value made = byType(expression->getType()); made.kind != ValueKind::Unknown)
      return made;
    if (const auto *choice = dyn_cast<ConditionalOperator>(expression))
      return group(ValueKind::Several, {choice->getTrueExpr(), choice->getFalseExpr()}, depth);
    if (const auto *reference = dyn_cast<DeclRefExpr>(expression))
      return declared(reference->getDecl(), depth);
    if (const auto *member = dyn_cast<MemberExpr>(expression))
      return declared(member->getMemberDecl(), depth);
    if (const auto *operation = dyn_cast<CXXOperatorCallExpr>(expression);
        operation && operation->getOperator() == OO_Plus && operation->getNumArgs() == 2 &&
        operation->getDirectCallee() && operation->getDirectCallee()->isInStdNamespace())
      return group(ValueKind::Joined, {operation->getArg(0), operation->getArg(1)}, depth);
    if (const auto *call = dyn_cast<CallExpr>(expression))
      return returned(call, depth);
    return {};
  }

private:
  /// TEXT, which ends where a string does.
  static Value text(llvm::StringRef text) {
    Value value;
    value.kind = ValueKind::Text;
    value.text = text.take_until([](char c) { return c == 0; }).str();
    return value;
  }

  Value group(ValueKind kind, llvm::ArrayRef<const Expr *> parts, unsigned depth) {
    Value value;
    value.kind = kind;
    for (const Expr *part : parts)
      value.arguments.push_back(this->value(part, depth + 1));
    return value;
  }

  Value callable(const FunctionDecl *function) {
    Value value;
    value.entity = collector.need(function);
    if (value.entity != none)
      value.kind = ValueKind::Function;
    return value;
  }

  /// Objects of a closure or functor class: its call operator.
  Value byType(QualType type) {
    const CXXRecordDecl *record = type.getNonReferenceType()->getAsCXXRecordDecl();
    if (!record || !record->hasDefinition() || record->isDependentContext())
      return {};
    if (!record->isLambda() && record->isInStdNamespace())
      return {};
    Value all;
    all.kind = ValueKind::Several;
    for (const NamedDecl *found : callOperatorsOf(record)) {
      if (const auto *method = dyn_cast<CXXMethodDecl>(found)) {
        if (method->isVirtual())
          return {}; // or one that overrides it
        all.arguments.push_back(callable(method));
      } else if (const auto *pattern = dyn_cast<FunctionTemplateDecl>(found))
        for (const FunctionDecl *special : pattern->specializations())
          if (special->hasBody())
            all.arguments.push_back(callable(special));
    }
    if (all.arguments.empty() || isWrapper(record))
      return {};
    return all.arguments.size() == 1 ? all.arguments[0] : all;
  }

  Value declared(const ValueDecl *declaration, unsigned depth) {
    if (const auto *function = dyn_cast<FunctionDecl>(declaration)) {
      Value named = callable(function);
      const auto *method = dyn_cast<CXXMethodDecl>(function);
      if (method && method->isVirtual() && named.kind == ValueKind::Function)
        named.kind = ValueKind::Method;
      return named;
    }
    const auto *variable = dyn_cast<VarDecl>(declaration);
    if (!variable)
      return {};
    if (const auto *parameter = dyn_cast<ParmVarDecl>(variable))
      return this->parameter(parameter);
    const VarDecl *definition = nullptr;
    const Expr *first = variable->getAnyInitializer(definition);
    if (!first)
      return constant(variable);
    bool isFixed = variable->getType().isConstQualified() || variable->isConstexpr();
    const auto *owner = dyn_cast<FunctionDecl>(variable->getDeclContext());
    if (!isFixed &&
        !(owner && variable->hasLocalStorage() && !collector.isReassigned(variable, owner)))
      return {};
    return value(first, depth + 1);
  }

  /// VARIABLE, which another unit defines.
  Value constant(const VarDecl *variable) {
    Value value;
    if (isSharedText(variable)) {
      value.kind = ValueKind::Constant;
      value.entity = collector.names.variable(variable);
    }
    return value;
  }

  Value parameter(const ParmVarDecl *parameter) {
    const auto *owner = dyn_cast<FunctionDecl>(parameter->getDeclContext());
    Value value;
    if (!owner || collector.isReassigned(parameter, owner))
      return value;
    value.entity = collector.names.function(owner);
    value.number = parameter->getFunctionScopeIndex();
    value.kind = value.entity == none ? ValueKind::Unknown : ValueKind::Parameter;
    return value;
  }

  /// What a call is given. What is no callable looks like a text, so that nobody waits for one.
  Value given(const Expr *argument, unsigned depth) {
    Value value = this->value(argument, depth + 1);
    if (value.kind != ValueKind::Unknown && value.kind != ValueKind::Parameter)
      return value;
    const bool isCallable =
        mayHoldCallable(argument->getType()) || mayHoldCallable(plain(argument)->getType());
    if (isCallable)
      return value;
    Value text;
    text.kind = ValueKind::Joined;
    text.arguments.push_back(std::move(value));
    return text;
  }

  Value returned(const CallExpr *call, unsigned depth) {
    const FunctionDecl *callee = call->getDirectCallee();
    if (!callee)
      return {};
    unsigned shift = 0;
    const auto *method = dyn_cast<CXXMethodDecl>(callee);
    if (method && method->isInstance() && isa<CXXOperatorCallExpr>(call))
      shift = 1;
    // What a library's object has in it may come back, or what that makes.
    if (method && method->isInstance() &&
        (method->getParent()->isInStdNamespace() ||
         (method->getOverloadedOperator() == OO_Call && collector.names.isSystem(method))))
      return {};
    if (isStd(callee, {"bind", "bind_front", "mem_fn"}) && call->getNumArgs() > 0) {
      Value bound = value(call->getArg(0), depth + 1);
      // Which one is called, its object says; what it calls in turn, what else is given.
      const bool isSaid =
          bound.kind != ValueKind::Method &&
          std::none_of(call->arg_begin() + 1, call->arg_end(), [](const Expr *each) {
            return mayHoldCallable(each->getType()) || mayHoldCallable(plain(each)->getType());
          });
      return isSaid ? bound : Value();
    }
    Value value;
    value.kind = ValueKind::Returned;
    value.entity = collector.names.function(callee);
    if (value.entity == none)
      return {};
    for (unsigned i = shift; i < call->getNumArgs(); ++i)
      value.arguments.push_back(given(call->getArg(i), depth));
    return value;
  }

  Collector &collector;
};

} // namespace

const Expr *plain(const Expr *expression) {
  for (;;) {
    expression = expression->IgnoreParenCasts();
    const Expr *next = inside(expression);
    if (!next)
      return expression;
    expression = next;
  }
}

Value valueOf(const Expr *expression, Collector &collector) {
  return Evaluator(collector).value(expression, 0);
}

const ParmVarDecl *parameterOf(const Expr *expression, Collector &collector) {
  for (unsigned depth = 0; depth < DepthMax; ++depth) {
    const auto *reference = dyn_cast<DeclRefExpr>(plain(expression));
    const auto *variable = reference ? dyn_cast<VarDecl>(reference->getDecl()) : nullptr;
    if (!variable)
      return nullptr;
    if (const auto *parameter = dyn_cast<ParmVarDecl>(variable)) {
      const auto *owner = dyn_cast<FunctionDecl>(parameter->getDeclContext());
      return owner && !collector.isReassigned(parameter, owner) ? parameter : nullptr;
    }
    const auto *owner = dyn_cast<FunctionDecl>(variable->getDeclContext());
    if (!variable->isInitCapture() || !variable->getInit() || !owner ||
        collector.isReassigned(variable, owner))
      return nullptr;
    expression = variable->getInit();
  }
  return nullptr;
}

bool mayHoldCallable(QualType type) {
  type = type.getNonReferenceType();
  if (type->isFunctionPointerType() || type->isMemberFunctionPointerType() ||
      type->isFunctionType())
    return true;
  const CXXRecordDecl *record = type->getAsCXXRecordDecl();
  if (!record || !record->hasDefinition())
    return false;
  return record->isLambda() || !callOperatorsOf(record).empty();
}

bool isSharedText(const VarDecl *variable) {
  const QualType type = variable->getType();
  const ASTContext &context = variable->getASTContext();
  return variable->hasGlobalStorage() && variable->isExternallyVisible() &&
         !type->isDependentType() && mayHoldText(type) && type.isConstant(context) &&
         (!type->isPointerType() || type->getPointeeType().isConstant(context));
}

bool mayHoldText(QualType type) {
  type = type.getNonReferenceType();
  if (const Type *element = type->getPointeeOrArrayElementType();
      element != type.getTypePtr() && element->isAnyCharacterType())
    return true;
  const CXXRecordDecl *record = type->getAsCXXRecordDecl();
  return record && isWrapper(record) && record->getName() != "function";
}

} // namespace ripple::analyzer
