//===- HandOver.cpp - What code that is not followed is given -------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A callable whose name stands in the call is taken there (BodyWalker::take).
// One that comes out of a variable is found here, by where it is handed over:
// to a library's function, or into a field or variable that a library declares.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Bodies.h"
#include "analyzer/collect/LibraryCalls.h"
#include "analyzer/collect/Values.h"

#include <clang/AST/DeclTemplate.h>

using namespace clang;

namespace ripple::analyzer {
namespace {

/// Types in types that are looked into.
constexpr unsigned DepthMax = 6;

/// A lambda, or a function by its name.
bool isNamed(const Expr *expression) {
  expression = plain(expression);
  if (isa<LambdaExpr>(expression))
    return true;
  const auto *reference = dyn_cast<DeclRefExpr>(expression);
  return reference && isa<FunctionDecl>(reference->getDecl());
}

/// Nothing: a null pointer, an empty std::function.
bool isEmpty(const Expr *expression) {
  expression = plain(expression);
  if (isa<CXXNullPtrLiteralExpr, GNUNullExpr>(expression))
    return true;
  // An object of a class that can be called holds itself.
  const auto *made = dyn_cast<CXXConstructExpr>(expression);
  return made && made->getNumArgs() == 0 &&
         (holdsTarget(made->getConstructor()->getParent()) || !mayHoldCallable(made->getType()));
}

/// The field or variable that PLACE is, or is an element of.
const ValueDecl *placeOf(const Expr *place) {
  for (;;) {
    place = place->IgnoreParenCasts();
    if (const auto *element = dyn_cast<ArraySubscriptExpr>(place))
      place = element->getBase();
    else if (const auto *member = dyn_cast<MemberExpr>(place))
      return member->getMemberDecl();
    else if (const auto *reference = dyn_cast<DeclRefExpr>(place))
      return reference->getDecl();
    else
      return nullptr;
  }
}

} // namespace

/// What CALLEE does with what it is given is known from its own code.
bool BodyWalker::isFollowed(const FunctionDecl *callee) {
  const bool hasBody = callee->hasBody() || callee->isDefaulted();
  return isTransparent(callee) ||
         (hasBody && (!names.isSystem(callee) || Holders::isLibrary(callee)));
}

void BodyWalker::handOver(PassedIndex value, QualType type, EntityIndex to, SourceLine line,
                          unsigned depth) {
  if (value == none || depth > DepthMax)
    return;
  type = type.getNonReferenceType().getCanonicalType();
  const CXXRecordDecl *record = type->getAsCXXRecordDecl();
  record = record && record->hasDefinition() ? record->getDefinition() : nullptr;
  IndirectCall row;
  row.caller = current;
  row.at = line;
  row.passed = value;
  row.to = to;
  if (type->isFunctionType() || type->isFunctionPointerType() ||
      type->isMemberFunctionPointerType()) {
    row.type = names.typeOf(type);
  } else if (record && holdsTarget(record)) {
    row.type = collector.targetType(record);
  } else if (type->isPointerType()) {
    return handOver(value, type->getPointeeType(), to, line, depth + 1);
  } else if (const auto *array = type->getAsArrayTypeUnsafe()) {
    return handOver(value, array->getElementType(), to, line, depth + 1);
  } else if (record && collector.holders.isObject(record)) {
    row.objectClass = names.record(record);
  } else if (record && Holders::isKeeper(record)) {
    auto hand = [&](const TemplateArgument &argument, auto &&self) -> void {
      if (argument.getKind() == TemplateArgument::Type)
        handOver(value, argument.getAsType(), to, line, depth + 1);
      else if (argument.getKind() == TemplateArgument::Pack)
        for (const TemplateArgument &each : argument.pack_elements())
          self(each, self);
    };
    const auto *keeper = cast<ClassTemplateSpecializationDecl>(record);
    for (const TemplateArgument &argument : keeper->getTemplateArgs().asArray())
      hand(argument, hand);
    return;
  } else if (!mayHoldCallable(type)) {
    return;
  }
  facts.indirectCalls.push_back(std::move(row));
}

void BodyWalker::handOver(const FunctionDecl *callee, EntityIndex to, const Expr *object,
                          llvm::ArrayRef<const Expr *> arguments, SourceLine line) {
  if (!isUsersOwn || to == none || isFollowed(callee))
    return;
  handPlace(callee);
  // A table of functions of the library's own.
  if (!callee->hasBody() && callee->getBuiltinID() == 0)
    for (const FieldDecl *field : flows.fieldsOf(callee->getReturnType(), /*ofSystem=*/true))
      if (field->getType()->isFunctionPointerType()) {
        flows.give(to, field);
        handPlace(field);
      }
  for (unsigned i = 0; i < arguments.size(); ++i) {
    const Expr *each = arguments[i];
    // Whatever it is cast to.
    if (const Expr *whole = each->IgnoreParenCasts();
        !collector.holders.holds(each->getType()) && whole->getType()->isFunctionPointerType())
      each = whole;
    if (!isNamed(each) && !isEmpty(each) && !collector.rules.isHandler(callee, i)) {
      handOver(flows.keep(each), each->getType(), to, line);
      handObject(each, to, line);
    }
  }
  // A method of a library's class, of an object whose own class overrides others of that one.
  if (object) {
    handOver(flows.keep(object), object->getType(), to, line);
    handObject(object, to, line);
  }
  handFields(callee, to, line);
}

/// CALLEE knows the fields of what it is given, and of its own class.
void BodyWalker::handFields(const FunctionDecl *callee, EntityIndex to, SourceLine line) {
  auto hand = [&](QualType type) {
    for (const FieldDecl *field : flows.fieldsOf(type))
      handOver(flows.keep(field), field->getType(), to, line);
  };
  for (const ParmVarDecl *parameter : callee->parameters())
    hand(parameter->getType());
  if (const auto *method = dyn_cast<CXXMethodDecl>(callee))
    hand(names.context().getRecordType(method->getParent()));
}

/// BOUND, whoever runs it, calls CALLEE.
void BodyWalker::handBound(const FunctionDecl *callee, EntityIndex to, EntityIndex bound,
                           SourceLine line) {
  const Passed *given = flows.givenTo(bound);
  if (!isUsersOwn || to == none || !given || isFollowed(callee))
    return;
  const EntityIndex outer = std::exchange(current, bound);
  for (unsigned i = 0; i < given->arguments.size() && i < callee->getNumParams(); ++i)
    handOver(flows.keep(given->arguments[i]), callee->getParamDecl(i)->getType(), to, line);
  if (const auto *method = dyn_cast<CXXMethodDecl>(callee); method && method->isInstance())
    handObject(flows.keep(given->object), method->getParent(), to, line);
  handFields(callee, to, line);
  current = outer;
}

/// OBJECT may lead to one that overrides a library's functions and is not followed: it is declared
/// as of that library's class.
void BodyWalker::handObject(const Expr *object, EntityIndex to, SourceLine line) {
  if (collector.holders.holds(object->getType()))
    return;
  QualType type = object->getType().getNonReferenceType();
  for (unsigned depth = 0; depth < DepthMax; ++depth) {
    const auto *owner =
        dyn_cast_or_null<ClassTemplateSpecializationDecl>(type->getAsCXXRecordDecl());
    if (type->isPointerType())
      type = type->getPointeeType();
    else if (owner && Holders::isKeeper(owner) && owner->getTemplateArgs().size() > 0 &&
             owner->getTemplateArgs()[0].getKind() == TemplateArgument::Type)
      type = owner->getTemplateArgs()[0].getAsType();
    else
      break;
  }
  const CXXRecordDecl *record = type->getAsCXXRecordDecl();
  if (record && record->hasDefinition())
    handObject(flows.keep(flows.called(object)), record, to, line);
}

/// VALUE leads to an object that code which is not followed knows as a RECORD.
void BodyWalker::handObject(PassedIndex value, const CXXRecordDecl *record, EntityIndex to,
                            SourceLine line) {
  record = record->getDefinition();
  if (value == none || !record || !record->isPolymorphic())
    return;
  IndirectCall row;
  row.caller = current;
  row.at = line;
  row.passed = value;
  row.to = to;
  row.objectClass = names.record(record);
  facts.indirectCalls.push_back(std::move(row));
}

/// The same, of what CALLABLE holds.
void BodyWalker::handBound(const Expr *callable, EntityIndex bound, SourceLine line) {
  const Passed *given = flows.givenTo(bound);
  if (!isUsersOwn || !given)
    return;
  const EntityIndex outer = std::exchange(current, bound);
  const std::vector<QualType> parameters = parametersOf(callable->getType());
  // A method's object comes first; it is no parameter.
  const unsigned first = callable->getType().getNonReferenceType()->isMemberFunctionPointerType();
  for (unsigned i = first; i < given->arguments.size() && i - first < parameters.size(); ++i)
    handOver(flows.keep(given->arguments[i], given->object), parameters[i - first], bound, line);
  current = outer;
}

/// CALL, by what CALLED holds, may be of code that is not followed.
void BodyWalker::handThrough(const Expr *called, llvm::ArrayRef<const Expr *> arguments,
                             const IndirectCall &call) {
  if (!isUsersOwn)
    return;
  const std::size_t before = facts.indirectCalls.size();
  for (const Expr *each : arguments)
    if (!isEmpty(each))
      handOver(flows.keepBy(each, flows.called(called)), each->getType(), current, call.at);
  for (std::size_t i = before; i < facts.indirectCalls.size(); ++i)
    facts.indirectCalls[i].through = call.through;
}

/// CALLEE, of the standard library, calls one of its arguments with what is in the others.
void BodyWalker::handToCallables(const FunctionDecl *callee, const Expr *object,
                                 llvm::ArrayRef<const Expr *> arguments, SourceLine line) {
  if (!isUsersOwn || !Holders::isLibrary(callee))
    return;
  // What std::not_fn, std::mem_fn have made calls what it holds.
  const auto *method = dyn_cast<CXXMethodDecl>(callee);
  if (object && method && method->getOverloadedOperator() == OO_Call) {
    for (const Expr *each : arguments)
      if (each != object)
        handOver(flows.keepBy(each, flows.called(object)), each->getType(), current, line);
    return;
  }
  const bool isCaller = calledArgument(callee) || Holders::isRanges(callee) ||
                        (isTransparent(callee) && handlingOf(callee) != Handling::Keeps) ||
                        !isTransparent(callee);
  if (!isCaller)
    return;
  auto isCalled = [&](const Expr *each) {
    const CXXRecordDecl *record = each->getType().getNonReferenceType()->getAsCXXRecordDecl();
    const FunctionDecl *named = functionNamed(each);
    return mayHoldCallable(each->getType()) && !(named && named->hasBody()) &&
           !(record &&
             (record->isLambda() || (Holders::isLibrary(record) && !holdsTarget(record))));
  };
  for (const Expr *each : arguments) {
    if (!isCalled(each))
      continue;
    for (const Expr *other : arguments)
      if (other != each)
        handOver(flows.keepBy(other, flows.called(each)), other->getType(), current, line);
    if (object)
      handOver(flows.keepBy(object, flows.called(each)), object->getType(), current, line);
  }
}

/// Whatever anybody puts into PLACE, code that is not followed may call.
void BodyWalker::handPlace(const ValueDecl *place) {
  const auto *variable = dyn_cast<VarDecl>(place);
  const auto *callee = dyn_cast<FunctionDecl>(place);
  if (!isUsersOwn || Holders::isLibrary(place) ||
      (!isa<FieldDecl>(place) && !callee && !(variable && variable->hasGlobalStorage())) ||
      names.line(place->getLocation()).file == none ||
      !collector.rules.ofName(model::HandlerRule::Kind::Store, place).empty())
    return;
  const QualType type = callee ? callee->getReturnType() : place->getType();
  if (callee ? !collector.holders.isPlace(type) : !collector.holders.holds(type))
    return;
  const EntityIndex entity = callee     ? names.function(callee)
                             : variable ? names.variable(variable)
                                        : names.field(cast<FieldDecl>(place));
  if (entity == none)
    return;
  const EntityIndex outer = std::exchange(current, entity);
  handOver(flows.keepPlace(entity), type, entity, names.line(place->getLocation()));
  current = outer;
}

/// Code that is not followed gets what FUNCTION returns, and what it writes to where it is told,
/// if that is what calls it.
void BodyWalker::handBack() {
  if (!isUsersOwn || !function)
    return;
  const SourceLine line = at(function->getLocation());
  handOver(flows.keepResult(), function->getReturnType(), current, line);
  for (unsigned i = 0; i < function->getNumParams(); ++i)
    handOver(flows.keepWritten(i), function->getParamDecl(i)->getType(), current, line);
}

/// A library that calls what FUNCTION overrides may call what it gets back.
void BodyWalker::handBack(const Expr *value) {
  const auto *method = dyn_cast_or_null<CXXMethodDecl>(function);
  if (!isUsersOwn || !method || !value || isEmpty(value))
    return;
  for (const CXXMethodDecl *base : method->overridden_methods())
    if (!isFollowed(base))
      handOver(flows.keep(value), value->getType(), names.function(base), at(value->getExprLoc()));
}

/// VALUE is put where a library keeps it, by what it declares.
void BodyWalker::handOver(const ValueDecl *place, const Expr *value, SourceLine line) {
  const auto *declared = dyn_cast_or_null<VarDecl>(place);
  const bool isElsewhere =
      place && (names.isSystem(place) || (declared && declared->hasGlobalStorage() &&
                                          declared->hasDefinition() == VarDecl::DeclarationOnly));
  if (!isUsersOwn || !isElsewhere || !value || Holders::isLibrary(place) ||
      names.line(place->getLocation()).file == none ||
      !collector.rules.ofName(model::HandlerRule::Kind::Store, place).empty())
    return;
  EntityIndex to = none;
  if (const auto *field = dyn_cast<FieldDecl>(place))
    to = names.field(field);
  else if (const auto *variable = dyn_cast<VarDecl>(place);
           variable && variable->hasGlobalStorage())
    to = names.variable(variable);
  if (to != none)
    handOver(flows.keep(value), value->getType(), to, line);
}

void BodyWalker::handOver(const Expr *place, const Expr *value, SourceLine line) {
  handOver(placeOf(place), value, line);
}

/// AGGREGATE is made of VALUES; of a union, its member ACTIVE is.
void BodyWalker::handOver(QualType aggregate, const FieldDecl *active,
                          llvm::ArrayRef<const Expr *> values, SourceLine line) {
  const RecordDecl *record = aggregate->getAsRecordDecl();
  record = record ? record->getDefinition() : nullptr;
  if (!record)
    return;
  if (record->isUnion()) {
    if (active && !values.empty())
      handOver(active, values[0], line);
    return;
  }
  const auto *kind = dyn_cast<CXXRecordDecl>(record);
  std::size_t position = kind ? kind->getNumBases() : 0;
  for (const FieldDecl *member : record->fields()) {
    if (member->isUnnamedBitField())
      continue;
    if (position >= values.size())
      break;
    handOver(member, values[position++], line);
  }
}

} // namespace ripple::analyzer
