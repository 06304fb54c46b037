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
  const auto *made = dyn_cast<CXXConstructExpr>(expression);
  return isa<CXXNullPtrLiteralExpr, GNUNullExpr>(expression) || (made && made->getNumArgs() == 0);
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
  const FieldDecl *invoker = record ? invokerOf(record) : nullptr;
  IndirectCall row;
  row.caller = current;
  row.at = line;
  row.passed = value;
  row.to = to;
  if (type->isFunctionType() || type->isFunctionPointerType() ||
      type->isMemberFunctionPointerType()) {
    row.type = names.typeOf(type);
  } else if (invoker) {
    row.type = names.typeOf(invoker->getType());
  } else if (type->isPointerType()) {
    return handOver(value, type->getPointeeType(), to, line, depth + 1);
  } else if (const auto *array = type->getAsArrayTypeUnsafe()) {
    return handOver(value, array->getElementType(), to, line, depth + 1);
  } else if (record && collector.holders.isObject(record)) {
    row.objectClass = names.recordIndex(record);
  } else if (record && Holders::isKeeper(record)) {
    const auto *keeper = cast<ClassTemplateSpecializationDecl>(record);
    for (const TemplateArgument &argument : keeper->getTemplateArgs().asArray())
      if (argument.getKind() == TemplateArgument::Type)
        handOver(value, argument.getAsType(), to, line, depth + 1);
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
  for (unsigned i = 0; i < arguments.size(); ++i) {
    const Expr *each = arguments[i];
    // Whatever it is cast to.
    if (const Expr *whole = each->IgnoreParenCasts();
        !collector.holders.holds(each->getType()) && whole->getType()->isFunctionPointerType())
      each = whole;
    if (!isNamed(each) && !isEmpty(each) && !collector.rules.isHandler(callee, i))
      handOver(flows.keep(each), each->getType(), to, line);
  }
  // A method of a library's class, of an object whose own class overrides others of that one.
  if (object)
    handOver(flows.keep(object), object->getType(), to, line);
  auto handFields = [&](QualType type) {
    for (const FieldDecl *field : flows.fieldsOf(type))
      handOver(flows.keep(field), field->getType(), to, line);
  };
  for (const ParmVarDecl *parameter : callee->parameters())
    handFields(parameter->getType());
  if (const auto *method = dyn_cast<CXXMethodDecl>(callee))
    handFields(names.context().getRecordType(method->getParent()));
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

void BodyWalker::handOver(QualType aggregate, llvm::ArrayRef<const Expr *> values,
                          SourceLine line) {
  const RecordDecl *record = aggregate->getAsRecordDecl();
  record = record ? record->getDefinition() : nullptr;
  if (!record || record->isUnion())
    return;
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
