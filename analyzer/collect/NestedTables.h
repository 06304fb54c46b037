//===- NestedTables.h - Tables that the rows of others lead to --*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COLLECT_NESTEDTABLES_H
#define RIPPLE_ANALYZER_COLLECT_NESTEDTABLES_H

#include "analyzer/Facts.h"

#include <clang/AST/Expr.h>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace ripple::analyzer {

class Collector;

/// A command with subcommands: a row that has in one of its columns another table of such rows, by
/// its name. As far as one unit says it.
class NestedTables {
public:
  explicit NestedTables(Collector &collector) : collector(collector) {}

  /// What stands before the name of ROW, as "config|", once for each table that leads there; empty
  /// where none does.
  const std::vector<std::string> &above(const clang::InitListExpr *row);

private:
  struct Parent {
    const clang::VarDecl *table = nullptr;
    std::string name;
  };

  void find(const clang::DeclContext *scope);
  void addTable(const clang::VarDecl *table, const clang::InitListExpr *rows);
  void addRow(const clang::VarDecl *table, RuleIndex rule, const clang::InitListExpr *row);
  void addPrefixes(const clang::VarDecl *table, const std::string &behind,
                   std::set<const clang::VarDecl *> met, std::vector<std::string> &out) const;

  Collector &collector;
  bool isFound = false;
  std::map<const clang::InitListExpr *, const clang::VarDecl *> tableOf; ///< By row.
  std::map<const clang::VarDecl *, std::vector<Parent>> parents;
  std::map<const clang::VarDecl *, std::vector<std::string>> prefixes; ///< Once asked for.
};

} // namespace ripple::analyzer

#endif
