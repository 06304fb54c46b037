//===- FlowCalls.cpp - What calls hand over, and give back ----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Flows.h"
#include "analyzer/collect/LibraryCalls.h"
#include "analyzer/collect/Values.h"

#include <clang/AST/DeclTemplate.h>

using namespace clang;

namespace ripple::analyzer {

std::vector<QualType> parametersOf(QualType type) {
  type = type.getNonReferenceType();
  if (const auto *member = type->getAs<MemberPointerType>())
    type = member->getPointeeType();
  else if (type->isPointerType())
    type = type->getPointeeType();
  if (const auto *prototype = type->getAs<FunctionProtoType>())
    return prototype->getParamTypes().vec();
  return {};
}

Flows::Parts Flows::partsOf(const CallExpr *call, const FunctionDecl *callee) {
  Parts parts{nullptr, {call->getArgs(), call->getNumArgs()}};
  const auto *method = dyn_cast<CXXMethodDecl>(callee);
  if (const auto *member = dyn_cast<CXXMemberCallExpr>(call)) {
    parts.object = member->getImplicitObjectArgument();
  } else if (method && isa<CXXOperatorCallExpr>(call) && call->getNumArgs() > 0) {
    // C++23's static call operators have an object too, which they do not look at.
    parts.object = call->getArg(0);
    parts.arguments = parts.arguments.drop_front();
  }
  if (method && method->isStatic())
    parts.object = nullptr;
  return parts;
}

bool Flows::isUsers(const FunctionDecl *callee) { return !names.isSystem(callee); }

/// CALLABLE may change what is given to it by reference.
bool Flows::mayWrite(const Expr *callable) {
  const auto *record = callable->getType().getNonReferenceType()->getAsCXXRecordDecl();
  if (const std::vector<QualType> parameters = parametersOf(callable->getType());
      !parameters.empty() && !callable->getType()->isMemberPointerType())
    return llvm::any_of(parameters, [&](QualType type) { return holders.isPlace(type); });
  if (!record || !record->isLambda())
    return true;
  const CXXMethodDecl *method = record->getLambdaCallOperator();
  return llvm::any_of(method->parameters(), [&](const ParmVarDecl *parameter) {
    QualType type = parameter->getType();
    if (!type->isDependentType())
      return holders.isPlace(type);
    return !isa<TemplateTypeParmType>(type.getTypePtr()) &&
           !(type->isLValueReferenceType() && type->getPointeeType().isConstQualified());
  });
}

/// A call of a transparent function.
void Flows::hand(const Parts &parts, const FunctionDecl *callee, const Expr *whole) {
  if (isa<CallExpr>(whole) && whole->getType()->isBooleanType() && callee->isOverloadedOperator())
    return; // comparisons
  // What that calls is followed by itself (BodyWalker::callBound).
  if (const auto *method = dyn_cast<CXXMethodDecl>(callee);
      method && parts.object && method->getOverloadedOperator() == OO_Call &&
      isBound(method->getParent()))
    return;
  bool isMethod = parts.object && holders.holds(parts.object->getType());
  if (parts.object && !isMethod) {
    handAway(parts, callee);
    return;
  }
  if (given(whole, callee, parts.arguments) != none) {
    // It calls that, and does nothing else with it.
    if (holders.holds(whole->getType()))
      store(unknown(), temporary(whole));
    return;
  }
  std::vector<const Expr *> holding = holdingOf(parts);
  if (!isMethod && holding.empty() && !holders.holds(whole->getType()))
    return;
  const Handling handling = handlingOf(callee);
  NodeIndex all = none;
  if (isMethod)
    all = valueOf(parts.object);
  else if (holders.holds(whole->getType()))
    all = resultOf(parts, callee, whole);
  else
    all = temporary(whole);
  const bool isRewritten =
      handling == Handling::Calls ||
      (handling == Handling::Looks && llvm::any_of(holding, [&](const Expr *each) {
         return mayHoldCallable(each->getType()) && mayWrite(each);
       }));
  for (const Expr *each : holding) {
    NodeIndex value = argument(each);
    if (handling != Handling::Keeps)
      flow(value, unknown());
    if (isMethod)
      storeTo(parts.object, value);
    else
      store(value, all);
    // A copy of an object is of the class that the expression has.
    if (const CXXRecordDecl *record = holders.objectOf(each->getType()))
      store(object(record), all);
    if (holders.isPlace(each->getType()))
      storeTo(each, isRewritten ? unknown() : all);
  }
  if (isRewritten) {
    if (isMethod) {
      storeTo(parts.object, unknown());
      if (NodeIndex result = holders.holds(whole->getType()) ? temporary(whole) : none;
          result != none) {
        flow(all, result);
        flow(unknown(), result);
      }
    } else {
      store(unknown(), all);
    }
  }
  writeArguments(parts.arguments, callee, isRewritten ? unknown() : all,
                 holders.isPlace(whole->getType()));
  if (all != none && facts.nodes[all].kind == NodeKind::Local)
    addStoredObjects(whole->getType(), all);
  if (isMaker(callee))
    if (const TemplateArgumentList *list = callee->getTemplateSpecializationArgs();
        list && list->size() > 0 && (*list)[0].getKind() == TemplateArgument::Type)
      if (const CXXRecordDecl *record = holders.objectOf((*list)[0].getAsType()))
        flow(object(record), all);
}

/// A call of a library's function that is not followed.
void Flows::handAway(const Parts &parts, const FunctionDecl *callee) {
  auto away = [&](const Expr *each) {
    flow(argument(each), unknown());
    if (holders.isPlace(each->getType()))
      storeTo(each, unknown());
  };
  for (const Expr *each : parts.arguments)
    away(each);
  if (parts.object && holders.holds(parts.object->getType()))
    storeTo(parts.object, unknown());
  // Constructors of the standard library copy what they are given to forward.
  writeArguments(parts.arguments, callee, unknown(),
                 !(isa<CXXConstructorDecl>(callee) && Holders::isLibrary(callee)));
}

/// CALLEE may write VALUE to where its parameters refer. What it is given to forward it only keeps,
/// by reference if KEEPSPLACES.
void Flows::writeArguments(llvm::ArrayRef<const Expr *> arguments, const FunctionDecl *callee,
                           NodeIndex value, bool keepsPlaces) {
  const FunctionTemplateDecl *primary = callee->getPrimaryTemplate();
  const FunctionDecl *pattern = primary ? primary->getTemplatedDecl() : callee;
  for (unsigned i = 0; i < arguments.size() && i < callee->getNumParams(); ++i) {
    const unsigned declared = std::min(i, pattern->getNumParams() - 1);
    QualType written = pattern->getParamDecl(declared)->getType();
    if (const auto *pack = written->getAs<PackExpansionType>())
      written = pack->getPattern();
    if (!keepsPlaces && written->isRValueReferenceType())
      continue;
    if (holders.isPlace(callee->getParamDecl(i)->getType()))
      storeTo(arguments[i], value);
  }
}

void Flows::passArguments(llvm::ArrayRef<const Expr *> arguments,
                          llvm::ArrayRef<QualType> parameters, Passed &row) {
  for (unsigned i = 0; i < arguments.size(); ++i) {
    const Expr *each = arguments[i];
    const NodeIndex value = argumentOrNothing(each);
    row.arguments.push_back(value);
    NodeIndex written = none;
    if (argument(each) != none &&
        holders.isPlace(i < parameters.size() ? parameters[i] : each->getType())) {
      written = newTemporary();
      storeTo(each, written);
    }
    if (i >= parameters.size()) {
      // Nobody names what `...` takes.
      flow(value, unknown());
      flow(unknown(), written);
    }
    row.written.push_back(written);
  }
}

std::vector<const FieldDecl *> Flows::fieldsOf(QualType type, bool ofSystem, unsigned level) {
  type = type.getNonReferenceType();
  while (type->isPointerType())
    type = type->getPointeeType();
  const RecordDecl *record = type->getBaseElementTypeUnsafe()->getAsRecordDecl();
  record = record ? record->getDefinition() : nullptr;
  std::vector<const FieldDecl *> found;
  if (!record || level > 3 || record->isDependentType() ||
      (names.isSystem(record) && (!ofSystem || Holders::isLibrary(record))))
    return found;
  if (const auto *derived = dyn_cast<CXXRecordDecl>(record))
    for (const CXXBaseSpecifier &base : derived->bases()) {
      const std::vector<const FieldDecl *> inner = fieldsOf(base.getType(), ofSystem, level + 1);
      found.insert(found.end(), inner.begin(), inner.end());
    }
  for (const FieldDecl *each : record->fields()) {
    if (holders.holds(each->getType())) {
      found.push_back(each);
      continue;
    }
    const std::vector<const FieldDecl *> inner = fieldsOf(each->getType(), ofSystem, level + 1);
    found.insert(found.end(), inner.begin(), inner.end());
  }
  return found;
}

/// Fields of the user's own classes that code elsewhere may set, if it knows TYPE.
void Flows::addFields(QualType type, std::vector<NodeIndex> &fields) {
  for (const FieldDecl *each : fieldsOf(type)) {
    NodeIndex place = field(each);
    NodeKind kind = facts.nodes[place].kind;
    if (kind == NodeKind::Field)
      fields.push_back(place);
  }
}

PassedIndex Flows::keep(const FieldDecl *declaration) {
  if (!isActive)
    return none;
  Passed row;
  row.object = field(declaration);
  return add(std::move(row));
}

PassedIndex Flows::keep(NodeIndex value, NodeIndex by) {
  if (!isActive || value == none)
    return none;
  Passed row;
  row.object = value;
  row.receiver = by;
  return add(std::move(row));
}

PassedIndex Flows::keepBy(const Expr *expression, NodeIndex by) {
  return isActive ? keep(argument(expression), by) : none;
}

PassedIndex Flows::keepResult() {
  return isActive && holders.holds(function->getReturnType())
             ? keep(node(NodeKind::Result, current, 0))
             : none;
}

PassedIndex Flows::keepWritten(unsigned number) {
  return isActive && holders.isPlace(function->getParamDecl(number)->getType())
             ? keep(node(NodeKind::Written, current, number))
             : none;
}

NodeIndex Flows::called(const Expr *callable) {
  const NodeIndex value = isActive ? argument(callable) : none;
  return value == none ? unknown() : value;
}

PassedIndex Flows::add(Passed row) {
  llvm::sort(row.fields);
  row.fields.erase(std::unique(row.fields.begin(), row.fields.end()), row.fields.end());
  return collector.passed(std::move(row));
}

PassedIndex Flows::call(const CallExpr *expression, const FunctionDecl *callee, bool dispatches) {
  if (!isActive)
    return none;
  noteUntyped(callee);
  Parts parts = partsOf(expression, callee);
  if (!isUsers(callee) || names.function(callee) == none) {
    if (isTransparent(callee))
      hand(parts, callee, expression);
    else
      handAway(parts, callee);
    return none;
  }
  Passed row;
  const auto *method = dyn_cast<CXXMethodDecl>(callee);
  if (parts.object && method && holders.isObject(method->getParent())) {
    row.object = argument(parts.object);
    if (row.object == none)
      row.object = unknown();
    bool isMaking = isa_and_nonnull<CXXConstructorDecl, CXXDestructorDecl>(function);
    // The object is of this class yet, or still.
    if (dispatches && isMaking && isa<CXXThisExpr>(parts.object->IgnoreParenImpCasts()))
      row.object = object(cast<CXXMethodDecl>(function)->getParent()->getDefinition());
  }
  passArguments(parts.arguments, parametersOf(callee->getType()), row);
  // valueOfCall does not know yet whether a virtual function's class is certain.
  const auto *named = dyn_cast_or_null<CXXMethodDecl>(expression->getDirectCallee());
  if (named && named->isVirtual() && holders.holds(callee->getReturnType())) {
    row.result = temporary(expression);
    row.resultIsPlace = holders.isPlace(callee->getReturnType());
    addStoredObjects(callee->getReturnType(), row.result);
  }
  if (!callee->hasBody()) {
    for (const ParmVarDecl *parameter : callee->parameters())
      addFields(parameter->getType(), row.fields);
    if (method)
      addFields(names.context().getRecordType(method->getParent()), row.fields);
    addFields(callee->getReturnType(), row.fields);
  }
  return add(std::move(row));
}

PassedIndex Flows::callIndirectly(const CallExpr *expression, const Expr *called,
                                  llvm::ArrayRef<const Expr *> arguments,
                                  llvm::ArrayRef<QualType> parameters, const Expr *receiver) {
  if (!isActive)
    return none;
  Passed row;
  row.object = argument(called);
  if (row.object == none)
    row.object = unknown();
  row.isMember = receiver != nullptr;
  if (receiver)
    row.receiver = argument(receiver);
  passArguments(arguments, parameters, row);
  for (const Expr *each : arguments)
    addFields(each->getType(), row.fields);
  addFields(expression->getType(), row.fields);
  QualType type = expression->getType();
  if (holders.holds(type)) {
    row.result = temporary(expression);
    row.resultIsPlace = expression->isLValue() || holders.isPlace(type);
    addStoredObjects(type, row.result);
  }
  return add(std::move(row));
}

PassedIndex Flows::keep(const Expr *pointer) {
  if (!isActive)
    return none;
  Passed row;
  row.object = argument(pointer);
  return row.object == none ? none : add(std::move(row));
}

PassedIndex Flows::construct(const CXXConstructExpr *construction) {
  if (!isActive)
    return none;
  const CXXConstructorDecl *constructor = construction->getConstructor();
  Parts parts{nullptr, {construction->getArgs(), construction->getNumArgs()}};
  const CXXRecordDecl *record = constructor->getParent();
  if (!isUsers(constructor)) {
    if (given(construction, constructor, parts.arguments) != none)
      return none;
    if (!Holders::isKeeper(record))
      handAway(parts, constructor);
    else if (holders.holds(construction->getType()) && !constructor->isCopyOrMoveConstructor())
      hand(parts, constructor, construction);
    return none;
  }
  Passed row;
  if (holders.isObject(record))
    row.object = construction->getConstructionKind() == CXXConstructionKind::Complete
                     ? object(record->getDefinition())
                     : thisObject();
  passArguments(parts.arguments, parametersOf(constructor->getType()), row);
  if (const CXXConstructorDecl *base = constructor->getInheritedConstructor().getConstructor();
      base && !base->hasBody())
    handAway(parts, base);
  return add(std::move(row));
}

PassedIndex Flows::destroy(const Expr *object) {
  if (!isActive)
    return none;
  Passed row;
  row.object = argument(object);
  return add(std::move(row));
}

} // namespace ripple::analyzer
