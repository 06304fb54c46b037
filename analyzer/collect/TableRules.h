//===- TableRules.h - What is a table, or a row of one ----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COLLECT_TABLERULES_H
#define RIPPLE_ANALYZER_COLLECT_TABLERULES_H

#include "analyzer/collect/Rules.h"

#include <clang/AST/Type.h>
#include <llvm/ADT/DenseMap.h>
#include <optional>

namespace ripple::analyzer {

/// The catalog's rules for tables, by all that makes a place known for one.
class TableRules {
public:
  struct Table {
    RuleIndex rule = none;
    bool byName = false; ///< It is this table itself that the rule names, not its type.
  };

  TableRules(Names &names, Rules &rules) : names(names), rules(rules) {}

  bool any() const { return rules.has(Rules::Kind::Table); }
  /// The rule names DECLARATION itself.
  std::optional<Table> named(const clang::NamedDecl *declaration);
  /// The rule names TYPE, of a table or its rows, or what it leads to.
  std::optional<Table> ofType(clang::QualType type);
  /// What is of TYPE, or where that leads, may be a row of a table, for all that its type says: of
  /// one that is known by its own name, or of a container.
  std::optional<Table> withRow(clang::QualType type);

private:
  void findRows(const clang::DeclContext *scope);
  void addRows(const Table &table, clang::QualType type, unsigned depth = 0);

  Names &names;
  Rules &rules;
  /// By the canonical type of what is in a table; found when first asked for.
  std::optional<llvm::DenseMap<const clang::Type *, Table>> rows;
};

/// A value of TYPE, or a part of it, may be called.
bool holdsCallable(clang::QualType type, unsigned depth = 0);

} // namespace ripple::analyzer

#endif
