//===- Tables.cpp - Handlers in the rows of tables ------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A rule names the type of the rows, the type of the table, or the one table.
// Rows are written as aggregates, made by constructors, or put into a map.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Registrar.h"

#include "analyzer/collect/Rows.h"
#include "analyzer/collect/Values.h"

#include <clang/AST/DeclTemplate.h>
#include <llvm/ADT/StringSwitch.h>

using namespace clang;

namespace ripple::analyzer {
namespace {

using Kind = model::HandlerRule::Kind;

constexpr unsigned DepthMax = 8;

/// COLUMN may be, or have in it, what serves the row. Further tables are no part of it.
bool mayServe(const Expr *column) {
  QualType type = plain(column)->getType();
  return holdsCallable(column->getType()) || (!type->isArrayType() && holdsCallable(type));
}

} // namespace

void Registrar::misunderstood(const Table &table, SourceLocation at, const std::string &why) {
  Registration row = start(table.rule, none, at);
  row.doubt = "the table that the rule names is filled here, and " + why;
  finish(std::move(row));
}

/// METHOD of TABLE's object is called.
void Registrar::fill(const Table &table, const CallExpr *call, const FunctionDecl *method,
                     Exprs arguments) {
  if (method->getOverloadedOperator() == OO_Equal) {
    if (!rowsIn(table, arguments[0]))
      misunderstood(table, call->getExprLoc(), "its rows are not written here");
    return;
  }
  if (!method->getIdentifier())
    return;
  const llvm::StringRef name = method->getName();
  // An iterator first says where.
  const Exprs columns = name == "emplace_hint" ? arguments.drop_front() : arguments;
  enum class Way { None, Columns, Row, Other };
  const Way way = llvm::StringSwitch<Way>(name)
                      .Cases("emplace", "emplace_hint", "try_emplace", "insert_or_assign",
                             "emplace_back", "emplace_front", Way::Columns)
                      .Cases("insert", "push_back", "push_front", Way::Row)
                      .Cases("swap", "merge", "assign", "insert_range", "append_range", Way::Other)
                      .Default(Way::None);
  if (way == Way::None)
    return;
  if (way == Way::Columns && columns.size() > 1)
    return row(table, columns, call->getExprLoc());
  if (way != Way::Other && columns.size() == 1 && rowsIn(table, columns[0]))
    return;
  misunderstood(table, call->getExprLoc(), "its rows are not written here");
}

bool Registrar::rowsIn(const Table &table, const Expr *expression, unsigned depth) {
  expression = bare(expression);
  if (depth > DepthMax)
    return false;
  if (const auto *list = dyn_cast<InitListExpr>(expression)) {
    const InitListExpr *meaning = list->isSemanticForm() ? list : list->getSemanticForm();
    meaning = meaning ? meaning : list;
    Exprs parts{meaning->getInits(), meaning->getNumInits()};
    // An array, or what stands for one.
    if (meaning->getType()->isArrayType())
      return llvm::all_of(parts, [&](const Expr *part) { return rowsIn(table, part, depth + 1); });
    if (parts.size() == 1 && parts[0]->getType()->isArrayType())
      return rowsIn(table, parts[0], depth + 1);
    row(table, parts, meaning->getBeginLoc(), meaning);
    return true;
  }
  if (isa<ImplicitValueInitExpr>(expression))
    return true;
  if (const auto *made = dyn_cast<CXXConstructExpr>(expression)) {
    if (made->getNumArgs() == 0)
      return true;
    if (isList(made->getArg(0)))
      return rowsIn(table, made->getArg(0), depth + 1);
    const auto *special =
        dyn_cast<ClassTemplateSpecializationDecl>(made->getConstructor()->getParent());
    if (special && special->isInStdNamespace() && special->getName() != "pair" &&
        special->getName() != "tuple")
      return false;
    // A pair made of another one.
    if (special && special->isInStdNamespace() && made->getNumArgs() == 1)
      return rowsIn(table, made->getArg(0), depth + 1);
    row(table, {made->getArgs(), made->getNumArgs()}, made->getBeginLoc());
    return true;
  }
  const auto *call = dyn_cast<CallExpr>(expression);
  const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
  if (callee && callee->isInStdNamespace() && callee->getIdentifier() &&
      (callee->getName() == "make_pair" || callee->getName() == "make_tuple")) {
    row(table, {call->getArgs(), call->getNumArgs()}, call->getBeginLoc());
    return true;
  }
  if (callee && callee->isInStdNamespace() && callee->getIdentifier() &&
      callee->getName() == "move" && call->getNumArgs() == 1)
    return rowsIn(table, call->getArg(0), depth + 1);
  return false;
}

void Registrar::construct(const CXXConstructExpr *construction) {
  const CXXConstructorDecl *constructor = construction->getConstructor();
  if (!rules.has(Kind::Table) || constructor->isCopyOrMoveConstructor() ||
      construction->getNumArgs() == 0)
    return;
  auto table = collector.tables.ofType(construction->getType());
  if (!table || rowsIn(*table, construction))
    return;
  // An allocator or a comparison alone puts nothing there.
  if (std::any_of(construction->arg_begin(), construction->arg_end(),
                  [](const Expr *each) { return holdsCallable(plain(each)->getType()); }) ||
      construction->getNumArgs() > 2)
    misunderstood(*table, construction->getExprLoc(), "its rows are not written here");
}

void Registrar::row(const Table &table, Exprs columns, SourceLocation at,
                    const InitListExpr *list) {
  const model::HandlerRule &said = rules[table.rule];
  const Expr *key = nullptr;
  std::vector<const Expr *> handlers;
  for (unsigned i = 0; i < columns.size(); ++i) {
    if (!columns[i])
      continue;
    const Expr *column = collector.rows.part(columns[i]);
    if (said.key ? unsigned(*said.key) == i : !key && mayHoldText(column->getType()))
      key = column;
    else if (said.handler ? unsigned(*said.handler) == i : mayServe(column))
      handlers.push_back(column);
  }
  std::erase_if(handlers, [&](const Expr *each) { return isNull(each, names.context()); });
  // The row that ends the table, or one that nobody serves.
  if (handlers.empty())
    return;
  Registration out = start(table.rule, none, at);
  if (key)
    out.path = keyOf(key);
  out.handler.kind = ValueKind::Several;
  for (const Expr *each : handlers) {
    Value one = callablesIn(each);
    if (one.kind != ValueKind::Several || !one.arguments.empty())
      out.handler.arguments.push_back(std::move(one));
  }
  if (out.handler.arguments.empty())
    return;
  const std::vector<std::string> above =
      list && said.method.empty() && out.path.kind == ValueKind::Text ? collector.nested.above(list)
                                                                      : std::vector<std::string>();
  for (const std::string &prefix : above) {
    Registration nested = out;
    nested.path.text = prefix + out.path.text;
    finish(std::move(nested));
  }
  if (above.empty())
    finish(std::move(out));
}

/// The text, the enumerator's name or the number that names a row.
Value Registrar::keyOf(const Expr *expression) {
  expression = collector.rows.part(expression);
  Value key = valueOf(expression, collector);
  if (key.kind != ValueKind::Unknown)
    return key;
  const auto *reference = dyn_cast<DeclRefExpr>(plain(expression));
  Expr::EvalResult result;
  if (const auto *enumerator =
          reference ? dyn_cast<EnumConstantDecl>(reference->getDecl()) : nullptr)
    key.text = enumerator->getNameAsString();
  else if (!expression->isValueDependent() &&
           expression->getType()->isIntegralOrEnumerationType() &&
           expression->EvaluateAsInt(result, names.context()))
    key.text = std::to_string(result.Val.getInt().getExtValue());
  if (!key.text.empty())
    key.kind = ValueKind::Text;
  return key;
}

/// The callables that a column holds, be they within an aggregate.
Value Registrar::callablesIn(const Expr *expression, unsigned depth) {
  const Expr *inner = bare(expression);
  llvm::ArrayRef<const Expr *> parts;
  if (const auto *list = dyn_cast<InitListExpr>(inner); list && !mayHoldCallable(list->getType())) {
    const InitListExpr *meaning = list->isSemanticForm() ? list : list->getSemanticForm();
    meaning = meaning ? meaning : list;
    parts = {meaning->getInits(), meaning->getNumInits()};
  } else if (const auto *made = dyn_cast<CXXConstructExpr>(inner);
             made && !mayHoldCallable(made->getType())) {
    parts = {made->getArgs(), made->getNumArgs()};
  } else {
    return valueOf(expression, collector);
  }
  Value all;
  all.kind = ValueKind::Several;
  for (const Expr *part : parts)
    if (depth < DepthMax && part && !isNull(part, names.context()) &&
        (holdsCallable(part->getType()) || holdsCallable(plain(part)->getType())))
      all.arguments.push_back(callablesIn(part, depth + 1));
  return all;
}

} // namespace ripple::analyzer
