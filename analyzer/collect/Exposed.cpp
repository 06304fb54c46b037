//===- Exposed.cpp - What who names a function or variable comes to -------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Collector.h"
#include "analyzer/collect/Flows.h"

namespace ripple::analyzer {

using namespace clang;

void Flows::expose(EntityIndex entity, llvm::ArrayRef<QualType> types) {
  Passed row;
  for (QualType type : types)
    addFields(type, row.fields);
  if (!row.fields.empty())
    facts.exposed.push_back({entity, add(std::move(row))});
}

/// What is of TYPE can be changed, or what that leads to.
static bool isChangeable(QualType type) {
  type = type.getNonReferenceType().getCanonicalType();
  if (const auto *array = type->getAsArrayTypeUnsafe())
    return isChangeable(array->getElementType());
  return !type.isConstQualified() ||
         (type->isPointerType() && isChangeable(type->getPointeeType()));
}

void Flows::expose(const FunctionDecl *callee) {
  if (!isActive)
    return;
  llvm::SmallVector<QualType> types;
  for (const ParmVarDecl *parameter : callee->parameters())
    types.push_back(parameter->getType());
  if (const QualType result = callee->getReturnType();
      (result->isReferenceType() || result->isPointerType()) &&
      isChangeable(result->getPointeeType()))
    types.push_back(result);
  expose(current, types);
}

void Flows::expose(const VarDecl *variable) {
  if (isActive && variable->hasGlobalStorage() && variable->isExternallyVisible() &&
      !Holders::isLibrary(variable) &&
      (isChangeable(variable->getType()) || !variable->getDefinition()) &&
      collector.isExposed.insert(variable->getCanonicalDecl()).second)
    expose(names.variable(variable), variable->getType());
}

} // namespace ripple::analyzer
