//===- Rows.h - What a loop goes through -------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// `for (const Row &row : rows) server.Get(row.path, row.handler);` registers as
// many handlers as `rows` has rows. Where those are written at their table, and
// nobody can change them, what is said of the loop's body is said of each row.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COLLECT_ROWS_H
#define RIPPLE_ANALYZER_COLLECT_ROWS_H

#include <clang/AST/Expr.h>
#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/STLFunctionalExtras.h>
#include <optional>
#include <utility>
#include <vector>

namespace ripple::analyzer {

class Collector;

class Rows {
public:
  explicit Rows(Collector &collector) : collector(collector) {}

  /// ACTION, for each row of the tables from which EXPRESSIONS take a part: meanwhile `part` knows
  /// that row. Once, where they take none, or where it is not known what the tables hold.
  void forEach(llvm::ArrayRef<const clang::Expr *> expressions, llvm::function_ref<void()> action);

  /// What EXPRESSION is in the present row, or in the row that it names by its number; EXPRESSION
  /// itself where it is no part of one.
  const clang::Expr *part(const clang::Expr *expression) const {
    const clang::Expr *found = partOf(expression, 0);
    return found ? found : expression;
  }

  /// CLOSURE is called for each element of RANGE.
  void goesThrough(const clang::CXXRecordDecl *closure, const clang::Expr *range) {
    ranges[closure] = range;
  }

private:
  const clang::Expr *rangeBehind(const clang::VarDecl *variable) const;
  /// What stands for the present row: a loop's variable, be it an element, a pointer or an iterator
  /// to it; or a table, and the variable that is the row's number.
  using Element = std::pair<const clang::VarDecl *, const clang::VarDecl *>;

  struct Source {
    Element element;
    std::vector<const clang::Expr *> rows;
  };
  void find(const clang::Stmt *statement, std::vector<Source> &found, unsigned depth = 0);
  void add(Element element, std::optional<std::vector<const clang::Expr *>> rows,
           std::vector<Source> &found) const;
  void each(llvm::ArrayRef<Source> sources, llvm::function_ref<void()> action);
  bool isConstant(clang::QualType type) const;
  const clang::Expr *tableBehind(const clang::VarDecl *place) const;
  bool isFixed(const clang::VarDecl *table, const clang::VarDecl *element) const;
  const clang::Expr *partOf(const clang::Expr *expression, unsigned depth) const;
  const clang::Expr *elementOf(const clang::VarDecl *table, const clang::Expr *index) const;

  Collector &collector;
  llvm::DenseMap<Element, const clang::Expr *> present;
  llvm::DenseMap<const clang::CXXRecordDecl *, const clang::Expr *> ranges;
};

/// EXPRESSION without what only converts, names or copies a temporary.
const clang::Expr *bare(const clang::Expr *expression);

/// EXPRESSION is what stands in braces, as a std::initializer_list.
bool isList(const clang::Expr *expression);

} // namespace ripple::analyzer

#endif
