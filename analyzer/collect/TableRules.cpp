//===- TableRules.cpp - What is a table, or a row of one ------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/TableRules.h"

#include "analyzer/collect/Values.h"

#include <clang/AST/DeclTemplate.h>

using namespace clang;

namespace ripple::analyzer {
namespace {

using Kind = model::HandlerRule::Kind;

constexpr unsigned DepthMax = 8;

/// TYPE, without what leads there.
QualType target(QualType type) {
  type = type.getNonReferenceType();
  return type->isPointerType() ? type->getPointeeType() : type;
}

/// What a container of class RECORD has in it; null if it is none.
QualType elementOf(const CXXRecordDecl *record) {
  if (!record || !record->isInStdNamespace() || !record->hasDefinition())
    return {};
  const IdentifierInfo &name = record->getASTContext().Idents.get("value_type");
  for (const NamedDecl *each : record->lookup(&name))
    if (const auto *alias = dyn_cast<TypedefNameDecl>(each))
      return alias->getUnderlyingType();
  return {};
}

} // namespace

bool holdsCallable(QualType type, unsigned depth) {
  if (type.isNull() || depth > DepthMax)
    return false;
  type = type.getNonReferenceType();
  if (mayHoldCallable(type))
    return true;
  const RecordDecl *record = type->getBaseElementTypeUnsafe()->getAsRecordDecl();
  record = record ? record->getDefinition() : nullptr;
  if (!record)
    return false;
  if (const auto *special = dyn_cast<ClassTemplateSpecializationDecl>(record);
      special && special->isInStdNamespace()) {
    auto holds = [&](const TemplateArgument &argument, auto &&self) -> bool {
      if (argument.getKind() == TemplateArgument::Type)
        return holdsCallable(argument.getAsType(), depth + 1);
      return argument.getKind() == TemplateArgument::Pack &&
             llvm::any_of(argument.pack_elements(),
                          [&](const TemplateArgument &each) { return self(each, self); });
    };
    // Not what compares or hashes keys.
    llvm::ArrayRef<TemplateArgument> all = special->getTemplateArgs().asArray();
    return llvm::any_of(all.take_front(special->getName().contains("map") ? 2 : all.size()),
                        [&](const TemplateArgument &each) { return holds(each, holds); });
  }
  return llvm::any_of(record->fields(), [&](const FieldDecl *field) {
    return holdsCallable(field->getType(), depth + 1);
  });
}

std::optional<TableRules::Table> TableRules::named(const NamedDecl *declaration) {
  if (!any() || !isa<FieldDecl, VarDecl>(declaration))
    return std::nullopt;
  const std::vector<RuleIndex> &found = rules.ofName(Kind::Table, declaration);
  return found.empty() ? std::nullopt : std::optional<Table>({found.front(), true});
}

std::optional<TableRules::Table> TableRules::ofType(QualType type) {
  if (!any())
    return std::nullopt;
  type = target(type);
  // A rule may name the library's containers, of which most are no tables.
  if (const RecordDecl *container = type->getAsRecordDecl();
      container && container->isInStdNamespace() && !holdsCallable(type))
    return std::nullopt;
  for (QualType each = type;;) {
    const auto *alias = each->getAs<TypedefType>();
    if (!alias)
      break;
    if (const auto &found = rules.ofName(Kind::Table, alias->getDecl()); !found.empty())
      return Table{found.front(), false};
    each = alias->desugar();
  }
  const RecordDecl *record = type->getAsRecordDecl();
  if (!record)
    return std::nullopt;
  const std::vector<RuleIndex> &found = rules.ofName(Kind::Table, record);
  return found.empty() ? std::nullopt : std::optional<Table>({found.front(), false});
}

std::optional<TableRules::Table> TableRules::withRow(QualType type) {
  if (!any())
    return std::nullopt;
  if (!rows) {
    rows.emplace();
    findRows(names.context().getTranslationUnitDecl());
  }
  type = type.getNonReferenceType();
  if (type->isPointerType() && type->getPointeeType()->isRecordType())
    type = type->getPointeeType();
  auto found = rows->find(type.getCanonicalType().getTypePtr());
  return found == rows->end() ? std::nullopt : std::optional<Table>(found->second);
}

void TableRules::findRows(const DeclContext *scope) {
  for (const Decl *each : scope->decls()) {
    if (const auto *value = dyn_cast<DeclaratorDecl>(each);
        value && !names.isSystem(value) && isa<VarDecl, FieldDecl>(value)) {
      const QualType type = value->getType();
      if (type->isDependentType())
        continue;
      if (auto table = named(value))
        addRows(*table, target(type));
      else if (const CXXRecordDecl *record = target(type)->getAsCXXRecordDecl();
               record && record->isInStdNamespace())
        if (auto container = ofType(type))
          addRows(*container, target(type));
    }
    if (isa<NamespaceDecl, LinkageSpecDecl, RecordDecl, FunctionDecl>(each) &&
        !cast<DeclContext>(each)->isDependentContext() && !names.isSystem(each))
      findRows(cast<DeclContext>(each));
  }
}

/// What is in TABLE, which has TYPE; in a container's pairs, also what these have of records.
void TableRules::addRows(const Table &table, QualType type, unsigned depth) {
  type = names.context().getBaseElementType(type);
  if (depth > DepthMax || !holdsCallable(type))
    return;
  const CXXRecordDecl *record = type->getAsCXXRecordDecl();
  if (const QualType element = elementOf(record); !element.isNull())
    return addRows(table, element, depth + 1);
  rows->try_emplace(type.getCanonicalType().getUnqualifiedType().getTypePtr(), table);
  const auto *pair = dyn_cast_or_null<ClassTemplateSpecializationDecl>(record);
  if (!pair || !pair->isInStdNamespace() || pair->getName() != "pair")
    return;
  const QualType second = pair->getTemplateArgs()[1].getAsType();
  if (second->isRecordType() && !mayHoldCallable(second))
    addRows(table, second, depth + 1);
}

} // namespace ripple::analyzer
