//===- Objects.cpp - How the object of a registration is made -------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Objects.h"

#include "analyzer/collect/Registrar.h"
#include "analyzer/collect/Values.h"

#include <algorithm>
#include <clang/AST/DeclTemplate.h>

using namespace clang;

namespace ripple::analyzer {
namespace {

constexpr unsigned DepthMax = 32;

bool isSame(const CXXRecordDecl *one, const CXXRecordDecl *other) {
  return one && other && one->getCanonicalDecl() == other->getCanonicalDecl();
}

/// True of std::unique_ptr, std::shared_ptr and their like.
bool isOwner(const CXXRecordDecl *record) {
  return record && record->getIdentifier() && record->isInStdNamespace() &&
         record->getName().ends_with("_ptr");
}

/// The class of what CALL, of std::make_unique or std::make_shared, makes; null if it is none.
const CXXRecordDecl *madeByStandard(const CallExpr *call) {
  const FunctionDecl *callee = call->getDirectCallee();
  if (!callee || !callee->isInStdNamespace() || !callee->getIdentifier() ||
      !callee->getName().starts_with("make_"))
    return nullptr;
  const auto *owner =
      dyn_cast_or_null<ClassTemplateSpecializationDecl>(call->getType()->getAsCXXRecordDecl());
  if (!isOwner(owner))
    return nullptr;
  const TemplateArgument &held = owner->getTemplateArgs()[0];
  return held.getKind() == TemplateArgument::Type ? held.getAsType()->getAsCXXRecordDecl()
                                                  : nullptr;
}

/// What the local variable is made with that DECLARATION is; null if it is none, or holds something
/// else later.
const Expr *firstOf(const ValueDecl *declaration, Collector &collector) {
  const auto *variable = dyn_cast<VarDecl>(declaration);
  return variable && variable->hasLocalStorage() && !isa<ParmVarDecl>(variable) &&
                 !collector.replaced.find(variable)
             ? variable->getInit()
             : nullptr;
}

const CXXRecordDecl *classOf(const Expr *expression, bool &exact, Collector &collector,
                             unsigned depth) {
  expression = plain(expression);
  if (const auto *made = dyn_cast<CXXNewExpr>(expression)) {
    exact = true;
    return made->getAllocatedType()->getAsCXXRecordDecl();
  }
  if (const auto *made = dyn_cast<CXXConstructExpr>(expression);
      made && made->getNumArgs() == 1 && made->getConstructor()->getParent()->isInStdNamespace() &&
      depth < DepthMax)
    return classOf(made->getArg(0), exact, collector, depth + 1); // an owner, of a narrower one
  const ValueDecl *named = nullptr;
  if (const auto *reference = dyn_cast<DeclRefExpr>(expression)) {
    named = reference->getDecl();
    const CXXRecordDecl *record = named->getType()->getAsCXXRecordDecl();
    const bool isWay = !record || isOwner(record); // else it is of its own class, whatever made it
    if (const Expr *first = isWay && depth < DepthMax ? firstOf(named, collector) : nullptr)
      return classOf(first, exact, collector, depth + 1);
  } else if (const auto *member = dyn_cast<MemberExpr>(expression)) {
    named = member->getMemberDecl();
  }
  QualType type = expression->getType().getNonReferenceType();
  const bool isItself =
      named && !named->getType()->isReferenceType() && !named->getType()->isPointerType();
  exact = !type->isPointerType() && (expression->isPRValue() || isItself);
  if (type->isPointerType())
    type = type->getPointeeType();
  const CXXRecordDecl *record = type->getAsCXXRecordDecl();
  const auto *owner = dyn_cast_or_null<ClassTemplateSpecializationDecl>(record);
  if (!isOwner(owner))
    return record;
  const auto *call = dyn_cast<CallExpr>(expression);
  exact = call && madeByStandard(call);
  const TemplateArgument &held = owner->getTemplateArgs()[0];
  return held.getKind() == TemplateArgument::Type ? held.getAsType()->getAsCXXRecordDecl()
                                                  : nullptr;
}

/// What an object of one class is made with, in the places where it is made.
class Making {
public:
  Making(const CXXRecordDecl *record, unsigned position, Collector &collector)
      : record(record), position(position), collector(collector) {}

  Value of(const Expr *object, unsigned depth = 0) {
    object = plain(object);
    if (depth > DepthMax)
      return {};
    if (isa<CXXThisExpr>(object))
      return ofClass(object->getType()->getPointeeCXXRecordDecl(), depth + 1);
    if (const auto *allocation = dyn_cast<CXXNewExpr>(object))
      return allocation->getInitializer() ? of(allocation->getInitializer(), depth + 1) : Value();
    if (const auto *made = dyn_cast<CXXConstructExpr>(object))
      return ofConstruction(made, depth);
    if (const auto *reference = dyn_cast<DeclRefExpr>(object))
      return ofVariable(dyn_cast<VarDecl>(reference->getDecl()), depth);
    if (const auto *member = dyn_cast<MemberExpr>(object))
      return ofField(dyn_cast<FieldDecl>(member->getMemberDecl()), depth);
    const auto *call = dyn_cast<CallExpr>(object);
    if (!call)
      return {};
    if (const CXXRecordDecl *made = madeByStandard(call))
      return isSame(made, record)
                 ? text(position < call->getNumArgs() ? call->getArg(position) : nullptr)
                 : ofClass(made, depth + 1);
    const Expr *owner = objectOf(call);
    return owner && isOwner(owner->IgnoreParenImpCasts()->getType()->getAsCXXRecordDecl())
               ? of(owner->IgnoreParenImpCasts(), depth + 1) // what it holds
               : Value();
  }

  Value ofClass(const CXXRecordDecl *derived, unsigned depth = 0) {
    derived = derived ? derived->getDefinition() : nullptr;
    if (!derived || isSame(derived, record) || depth > DepthMax || collector.replaced.find(derived))
      return {};
    for (const Decl *each : derived->decls())
      if (const auto *pattern = dyn_cast<FunctionTemplateDecl>(each);
          pattern && isa<CXXConstructorDecl>(pattern->getTemplatedDecl()))
        return {};
    return ofConstructors(
        derived,
        [&](const CXXCtorInitializer *initialiser) {
          const Type *base =
              initialiser->isBaseInitializer() ? initialiser->getBaseClass() : nullptr;
          const CXXRecordDecl *made = base ? base->getAsCXXRecordDecl() : nullptr;
          return made && (isSame(made, record) || made->isDerivedFrom(record));
        },
        depth);
  }

private:
  /// What each constructor of OWNER makes of what FITS, a base or member.
  template <typename Fits>
  Value ofConstructors(const CXXRecordDecl *owner, Fits fits, unsigned depth) {
    Value all;
    all.kind = ValueKind::Several;
    for (const CXXConstructorDecl *each : owner->ctors()) {
      if (each->isDeleted() || each->isCopyOrMoveConstructor())
        continue;
      const FunctionDecl *definition = nullptr;
      if (!each->isDefined(definition) && each->isImplicit())
        continue; // nobody uses it
      const auto *constructor = dyn_cast_or_null<CXXConstructorDecl>(definition);
      if (!constructor)
        return {};
      if (constructor->isDelegatingConstructor())
        continue;
      auto found = llvm::find_if(constructor->inits(), fits);
      if (found == constructor->init_end())
        return {};
      all.arguments.push_back(of((*found)->getInit(), depth + 1));
    }
    return all.arguments.empty() ? Value() : all;
  }

  Value ofConstruction(const CXXConstructExpr *made, unsigned depth) {
    const CXXRecordDecl *type = made->getConstructor()->getParent();
    if (isSame(type, record))
      return text(position < made->getNumArgs() ? made->getArg(position) : nullptr);
    if (isOwner(type))
      return made->getNumArgs() > 0 ? of(made->getArg(0), depth + 1) : Value();
    return type->getDefinition() && type->getDefinition()->isDerivedFrom(record)
               ? ofClass(type, depth + 1)
               : Value();
  }

  Value ofVariable(const VarDecl *variable, unsigned depth) {
    const VarDecl *definition = nullptr;
    const Expr *first =
        variable && !isa<ParmVarDecl>(variable) ? variable->getAnyInitializer(definition) : nullptr;
    return first && !collector.replaced.find(variable) ? of(first, depth + 1) : Value();
  }

  Value ofField(const FieldDecl *field, unsigned depth) {
    const auto *owner = field ? dyn_cast<CXXRecordDecl>(field->getParent()) : nullptr;
    owner = owner ? owner->getDefinition() : nullptr;
    if (!owner || collector.replaced.find(field))
      return {};
    return ofConstructors(
        owner,
        [&](const CXXCtorInitializer *initialiser) { return initialiser->getAnyMember() == field; },
        depth);
  }

  Value text(const Expr *argument) {
    if (!argument)
      return {};
    Value found = pathOf(argument, record, collector);
    if (found.kind == ValueKind::Unknown && isNullText(argument))
      found.kind = ValueKind::Text;
    return found;
  }

  bool isNullText(const Expr *argument) {
    for (unsigned depth = 0; depth < DepthMax; ++depth) {
      if (isNull(argument, collector.names.context()))
        return true;
      const auto *made = dyn_cast<CXXConstructExpr>(plain(argument));
      if (!made || made->getNumArgs() != 1)
        return false;
      argument = made->getArg(0);
    }
    return false;
  }

  const CXXRecordDecl *record;
  unsigned position;
  Collector &collector;
};

} // namespace

const CXXRecordDecl *classOf(const Expr *expression, bool &exact, Collector &collector) {
  return classOf(expression, exact, collector, 0);
}

std::vector<const Expr *> madeWith(const Expr *expression, Collector &collector) {
  for (unsigned depth = 0; depth < DepthMax; ++depth) {
    expression = plain(expression);
    if (const auto *made = dyn_cast<CXXNewExpr>(expression))
      if (const auto *construction = dyn_cast_or_null<CXXConstructExpr>(made->getInitializer()))
        return {construction->arg_begin(), construction->arg_end()};
    if (const auto *call = dyn_cast<CallExpr>(expression))
      return {call->arg_begin(), call->arg_end()};
    const auto *reference = dyn_cast<DeclRefExpr>(expression);
    expression = reference ? firstOf(reference->getDecl(), collector) : nullptr;
    if (!expression)
      break;
  }
  return {};
}

Value textMadeWith(const Expr *object, const CXXRecordDecl *record, unsigned position,
                   Collector &collector) {
  return Making(record, position, collector).of(object);
}

Value textMadeWith(const CXXRecordDecl *derived, const CXXRecordDecl *record, unsigned position,
                   Collector &collector) {
  return Making(record, position, collector).ofClass(derived);
}

Value pathOf(const Expr *expression, const Decl *framework, Collector &collector) {
  // What classes of the user's own make of a text is not known.
  auto isFramework = [&](const CXXRecordDecl *record) {
    const NamespaceDecl *space = spaceOf(record);
    return collector.names.isSystem(record) || (space && framework && space == spaceOf(framework));
  };
  Value path = valueOf(expression, collector);
  for (unsigned depth = 0; path.kind == ValueKind::Unknown && depth < DepthMax; ++depth) {
    const auto *made = dyn_cast<CXXConstructExpr>(plain(expression));
    if (!made || made->getNumArgs() == 0 || !isFramework(made->getConstructor()->getParent()) ||
        !std::all_of(made->arg_begin() + 1, made->arg_end(),
                     [](const Expr *each) { return isa<CXXDefaultArgExpr>(each); }))
      break;
    expression = made->getArg(0);
    path = valueOf(expression, collector);
  }
  return path;
}

Value joined(Value start, Value rest) {
  Value whole;
  whole.kind = ValueKind::Joined;
  whole.arguments = {std::move(start), std::move(rest)};
  return whole;
}

const CallExpr *makerOf(const Expr *expression, const std::string &pattern, Collector &collector) {
  for (unsigned depth = 0; expression && depth < DepthMax; ++depth) {
    expression = plain(expression);
    if (const auto *member = dyn_cast<MemberExpr>(expression)) {
      expression = member->getBase();
      continue;
    }
    if (const auto *reference = dyn_cast<DeclRefExpr>(expression)) {
      const auto *variable = dyn_cast<VarDecl>(reference->getDecl());
      const auto *owner = variable ? dyn_cast<FunctionDecl>(variable->getDeclContext()) : nullptr;
      if (!owner || !variable->hasLocalStorage() || isa<ParmVarDecl>(variable) ||
          collector.isReassigned(variable, owner))
        return nullptr;
      expression = variable->getInit();
      continue;
    }
    const auto *call = dyn_cast<CallExpr>(expression);
    const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
    if (!callee)
      return nullptr;
    if (model::matchesGlob(pattern, collector.names.name(callee)))
      return call;
    expression = call->getNumArgs() > 0 ? call->getArg(0) : nullptr;
  }
  return nullptr;
}

} // namespace ripple::analyzer
