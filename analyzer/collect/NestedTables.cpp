//===- NestedTables.cpp - Tables that the rows of others lead to ----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/NestedTables.h"

#include "analyzer/collect/Collector.h"
#include "analyzer/collect/Values.h"

using namespace clang;

namespace ripple::analyzer {

const std::vector<std::string> &NestedTables::above(const InitListExpr *row) {
  static const std::vector<std::string> None;
  if (!std::exchange(isFound, true))
    find(collector.names.context().getTranslationUnitDecl());
  auto table = tableOf.find(row);
  if (table == tableOf.end() || !parents.contains(table->second))
    return None;
  auto [known, isNew] = prefixes.try_emplace(table->second);
  if (isNew)
    addPrefixes(table->second, "", {}, known->second);
  return known->second;
}

void NestedTables::addPrefixes(const VarDecl *table, const std::string &behind,
                               std::set<const VarDecl *> met, std::vector<std::string> &out) const {
  auto above = parents.find(table);
  if (above == parents.end())
    return out.push_back(behind);
  if (!met.insert(table).second)
    return;
  for (const Parent &parent : above->second)
    addPrefixes(parent.table, parent.name + "|" + behind, met, out);
}

void NestedTables::find(const DeclContext *scope) {
  for (const Decl *each : scope->decls()) {
    const auto *table = dyn_cast<VarDecl>(each);
    if (table && table->getType()->isArrayType() && !collector.names.isSystem(table))
      if (const auto *rows = dyn_cast_or_null<InitListExpr>(table->getInit()))
        addTable(table->getCanonicalDecl(), rows);
    if (isa<NamespaceDecl, LinkageSpecDecl, RecordDecl>(each) &&
        !cast<DeclContext>(each)->isDependentContext() && !collector.names.isSystem(each))
      find(cast<DeclContext>(each));
  }
}

void NestedTables::addTable(const VarDecl *table, const InitListExpr *rows) {
  const ArrayType *array = rows->getType()->getAsArrayTypeUnsafe();
  const auto rule = array ? collector.tables.ofType(array->getElementType()) : std::nullopt;
  if (!rule)
    return;
  for (const Expr *each : rows->inits())
    if (const auto *row = dyn_cast<InitListExpr>(each)) {
      tableOf.emplace(row, table);
      addRow(table, rule->rule, row);
    }
}

/// ROW, of TABLE, may lead to others.
void NestedTables::addRow(const VarDecl *table, RuleIndex rule, const InitListExpr *row) {
  const std::optional<int> key = collector.rules[rule].key;
  std::string name;
  for (unsigned i = 0; i < row->getNumInits() && name.empty(); ++i)
    if (key ? unsigned(*key) == i : mayHoldText(row->getInit(i)->getType()))
      name = valueOf(row->getInit(i), collector).text;
  for (const Expr *column : row->inits()) {
    const auto *reference = dyn_cast<DeclRefExpr>(plain(column));
    const auto *other = reference ? dyn_cast<VarDecl>(reference->getDecl()) : nullptr;
    if (other && !name.empty() && other->getType()->isArrayType() &&
        collector.tables.ofType(column->getType()))
      parents[other->getCanonicalDecl()].push_back({table, name});
  }
}

} // namespace ripple::analyzer
