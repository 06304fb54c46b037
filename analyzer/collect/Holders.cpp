//===- Holders.cpp - Which types hold callables and objects ---------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Holders.h"

#include <clang/AST/DeclTemplate.h>

using namespace clang;

namespace ripple::analyzer {
namespace {

constexpr unsigned DepthMax = 8;

/// A call of an object of RECORD is a call of its own.
bool isCallable(const CXXRecordDecl *record) {
  if (record->isLambda())
    return true;
  DeclarationName name = record->getASTContext().DeclarationNames.getCXXOperatorName(OO_Call);
  return !record->lookup(name).empty();
}

/// Owners and iterators: a copy leads to the same place.
bool isPointerLike(llvm::StringRef name) {
  return name.contains("iterator") || name == "span" || name == "reference_wrapper" ||
         name == "shared_ptr" || name == "weak_ptr" || name == "unique_ptr" ||
         name == "__shared_ptr" || name == "__shared_ptr_access";
}

} // namespace

bool Holders::isLibrary(const Decl *declaration) {
  for (const DeclContext *scope = declaration->getDeclContext(); scope; scope = scope->getParent())
    if (const auto *space = dyn_cast<NamespaceDecl>(scope))
      if (space->isStdNamespace() || (space->getIdentifier() && space->getName() == "__gnu_cxx"))
        return true;
  return false;
}

bool Holders::isRanges(const Decl *declaration) {
  for (const DeclContext *scope = declaration->getDeclContext(); scope; scope = scope->getParent())
    if (const auto *space = dyn_cast<NamespaceDecl>(scope);
        space && space->getIdentifier() && space->getName() == "ranges")
      return true;
  return false;
}

bool Holders::isObject(const CXXRecordDecl *record) const {
  record = record ? record->getDefinition() : nullptr;
  if (!record || record->isDependentContext() || !record->isPolymorphic())
    return false;
  // A library's template may derive from what it is given.
  return !names.isSystem(record) ||
         llvm::any_of(record->bases(), [&](const CXXBaseSpecifier &base) {
           return isObject(base.getType()->getAsCXXRecordDecl());
         });
}

const CXXRecordDecl *Holders::objectOf(QualType type) const {
  if (type.isNull() || type->isReferenceType() || type->isPointerType())
    return nullptr;
  const CXXRecordDecl *record = type->getBaseElementTypeUnsafe()->getAsCXXRecordDecl();
  return isObject(record) ? record->getDefinition() : nullptr;
}

bool Holders::isKeeper(const CXXRecordDecl *record) {
  return isa<ClassTemplateSpecializationDecl>(record) && isLibrary(record) && !isRanges(record);
}

bool Holders::holds(QualType type) {
  if (type.isNull() || type->isDependentType())
    return false;
  const Type *key = type.getNonReferenceType().getCanonicalType().getTypePtr();
  auto [place, isNew] = known.try_emplace(key, false);
  if (!isNew)
    return place->second;
  bool result = find(QualType(key, 0), 0);
  return known[key] = result;
}

bool Holders::find(QualType type, unsigned depth) {
  if (type.isNull())
    return false;
  // Nobody writes such types to hold nothing.
  if (depth > DepthMax)
    return true;
  type = type.getNonReferenceType().getCanonicalType();
  if (type->isFunctionType() || type->isMemberFunctionPointerType())
    return true;
  if (const auto *array = type->getAsArrayTypeUnsafe())
    return find(array->getElementType(), depth + 1);
  if (type->isPointerType())
    return find(type->getPointeeType(), depth + 1);
  if (const auto *atomic = type->getAs<AtomicType>())
    return find(atomic->getValueType(), depth + 1);
  const CXXRecordDecl *record = type->getAsCXXRecordDecl();
  record = record ? record->getDefinition() : nullptr;
  return record && findIn(record, depth);
}

bool Holders::findIn(const CXXRecordDecl *record, unsigned depth) {
  if (isObject(record))
    return true;
  // What is called by its static type needs no following, but may be put into a std::function.
  if (isCallable(record) && (depth == 0 || !names.isSystem(record)))
    return true;
  if (const auto *special = dyn_cast<ClassTemplateSpecializationDecl>(record);
      special && isLibrary(record)) {
    auto holdsIn = [&](const TemplateArgument &argument, auto &&self) -> bool {
      if (argument.getKind() == TemplateArgument::Type)
        return find(argument.getAsType(), depth + 1);
      return argument.getKind() == TemplateArgument::Pack &&
             llvm::any_of(argument.pack_elements(),
                          [&](const TemplateArgument &each) { return self(each, self); });
    };
    for (const TemplateArgument &argument : special->getTemplateArgs().asArray())
      if (holdsIn(argument, holdsIn))
        return true;
  }
  return llvm::any_of(record->bases(), [&](const CXXBaseSpecifier &base) {
    const CXXRecordDecl *definition = base.getType()->getAsCXXRecordDecl();
    return definition && definition->hasDefinition() && isLibrary(definition) &&
           findIn(definition->getDefinition(), depth + 1);
  });
}

bool Holders::isPlace(QualType type) { return !type.isNull() && isPlace(type, 0); }

bool Holders::isPlace(QualType type, unsigned depth) {
  if (!holds(type))
    return false;
  if (depth > DepthMax)
    return true;
  const CXXRecordDecl *keeper = type.getNonReferenceType()->getAsCXXRecordDecl();
  if (keeper && isKeeper(keeper) && keeper->getIdentifier() && keepsPlace(keeper, depth))
    return true;
  QualType pointee =
      type->isPointerType() || type->isReferenceType() ? type->getPointeeType() : QualType();
  if (const auto *array = type->getAsArrayTypeUnsafe())
    pointee = array->getElementType();
  if (pointee.isNull() || pointee->isFunctionType())
    return false;
  if (const CXXRecordDecl *record = pointee->getAsCXXRecordDecl();
      record && (isObject(record) || (isCallable(record) && !isKeeper(record))))
    return false;
  return !pointee.isConstQualified() || isPlace(pointee, depth + 1);
}

bool Holders::keepsPlace(const CXXRecordDecl *keeper, unsigned depth) {
  const TemplateArgumentList &arguments =
      cast<ClassTemplateSpecializationDecl>(keeper)->getTemplateArgs();
  if (isPointerLike(keeper->getName())) {
    if (arguments.size() == 0 || arguments[0].getKind() != TemplateArgument::Type)
      return true;
    const bool isOwner = !keeper->getName().contains("iterator");
    if (!(isOwner && isObject(arguments[0].getAsType()->getAsCXXRecordDecl())))
      return true;
  }
  auto isIn = [&](const TemplateArgument &argument, auto &&self) -> bool {
    if (argument.getKind() == TemplateArgument::Type)
      return isPlace(argument.getAsType(), depth + 1);
    return argument.getKind() == TemplateArgument::Pack &&
           llvm::any_of(argument.pack_elements(),
                        [&](const TemplateArgument &each) { return self(each, self); });
  };
  return llvm::any_of(arguments.asArray(),
                      [&](const TemplateArgument &each) { return isIn(each, isIn); });
}

} // namespace ripple::analyzer
