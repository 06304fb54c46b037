//===- Registrar.h - What registers request handlers ------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Writes a Registration wherever the code does what a handler rule of the
// catalog names. What looks like that and is not understood is written down as
// well, with a doubt: it must not vanish.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COLLECT_REGISTRAR_H
#define RIPPLE_ANALYZER_COLLECT_REGISTRAR_H

#include "analyzer/collect/Collector.h"

#include <clang/AST/ExprCXX.h>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ripple::analyzer {

/// The registrations in one function's body. The walk over the body calls it at each expression.
class Registrar {
public:
  Registrar(Collector &collector, EntityIndex current, const clang::FunctionDecl *function);

  /// CALL, of CALLEE, whose entity is INDEX, with ARGUMENTS for its parameters.
  void call(const clang::CallExpr *call, const clang::FunctionDecl *callee, EntityIndex index,
            llvm::ArrayRef<const clang::Expr *> arguments);
  /// The same of CALL, which calls what a variable or field holds.
  void callThrough(const clang::CallExpr *call, llvm::ArrayRef<const clang::Expr *> arguments);
  /// FUNCTION is named, but not called.
  void take(const clang::FunctionDecl *taken, clang::SourceLocation at);
  /// VALUE is kept or handed on.
  void keep(const clang::Expr *value);
  /// VALUE is put into PLACE.
  void store(const clang::Expr *place, const clang::Expr *value);
  /// PLACE is handed on by its address or by reference: anything may be put there.
  void expose(const clang::Expr *place, clang::SourceLocation at);
  /// VARIABLE or field HOLDER is made with VALUE.
  void initialise(const clang::ValueDecl *holder, const clang::Expr *value);
  void aggregate(const clang::InitListExpr *list);
  /// VALUE is returned.
  void handBack(const clang::Expr *value);
  void construct(const clang::CXXConstructExpr *construction);

  /// What calls the handler that an expression holds (Flows::handlerIn).
  std::function<EntityIndex(const clang::Expr *)> handlerIn;

  /// The rule by which LOOP takes requests; none if it takes none.
  RuleIndex acceptRule(const clang::Stmt *loop);
  /// The loop at AT takes requests: BODY stands for what it does.
  void acceptLoop(RuleIndex rule, EntityIndex body, clang::SourceLocation at);
  bool isInAcceptLoop = false;

private:
  using Exprs = llvm::ArrayRef<const clang::Expr *>;

  Registration start(RuleIndex rule, EntityIndex callee, clang::SourceLocation at);
  void finish(Registration row) { facts.registrations.push_back(std::move(row)); }

  // Calls.
  bool isRegistering();
  void registerBy(const clang::CallExpr *call, const clang::FunctionDecl *callee, EntityIndex index,
                  Exprs arguments);
  bool registerCall(RuleIndex rule, const clang::CallExpr *call, const clang::FunctionDecl *callee,
                    EntityIndex index, Exprs arguments, bool strict);
  bool describe(const model::HandlerRule &said, const clang::CallExpr *call,
                const clang::FunctionDecl *callee, Exprs arguments, Registration &row);
  bool isCallable(const clang::Expr *expression, const std::string &name);
  bool registerRest(RuleIndex rule, EntityIndex index, Exprs arguments);
  bool followChain(const model::HandlerRule &rule, const clang::CallExpr *call, Registration &row);
  Value pathBelowObject(const model::HandlerRule &rule, const clang::Expr *object,
                        const clang::FunctionDecl *callee, Value path);
  Value pathBelowClass(const clang::Expr *below, Value path);
  Value methodOfObject(const clang::Expr *object, const model::HandlerRule &rule,
                       const clang::FunctionDecl *callee);
  void setHandler(Registration &row, const clang::Expr *expression);
  Value methodNamed(const clang::CXXRecordDecl *record, const model::HandlerRule &rule,
                    bool isExact);

  void handOut(clang::QualType type, const clang::Expr *value);
  void exposeArguments(const clang::FunctionDecl *callee, Exprs arguments);

  // Places.
  bool isPlaceOf(RuleIndex rule, const clang::Expr *expression);
  const std::vector<RuleIndex> &storeRules(const clang::Expr *place);
  void storeRow(const clang::Expr *place, const clang::Expr *value);
  void storeAs(RuleIndex rule, const clang::NamedDecl *place, const clang::Expr *value,
               const clang::Expr *where);

  // Tables, in Tables.cpp; and places in them, in TablePlaces.cpp.
  using Table = TableRules::Table;
  void fill(const Table &table, const clang::CallExpr *call, const clang::FunctionDecl *method,
            Exprs arguments);
  /// A place in a row of a table that a rule names: the table, and the row's key.
  struct Element {
    Table table;
    const clang::Expr *key;
  };
  std::optional<Table> tableOf(const clang::Expr *object);
  std::optional<Element> elementAt(const clang::Expr *place);
  std::optional<Table> tableAround(const clang::Expr *place);
  bool storeKey(const clang::Expr *place, const clang::Expr *value);
  bool storeInRow(const Table &table, const clang::Expr *place, const clang::Expr *value);
  bool storeInTable(const clang::Expr *place, const clang::Expr *value);
  bool exposeTable(const clang::Expr *place, clang::SourceLocation at);
  void exposeWay(const clang::Expr *way);
  /// False where EXPRESSION is not made of rows that are written there.
  bool rowsIn(const Table &table, const clang::Expr *expression, unsigned depth = 0);
  /// LIST is what COLUMNS are written in, where they are an aggregate.
  void row(const Table &table, Exprs columns, clang::SourceLocation at,
           const clang::InitListExpr *list = nullptr);
  void misunderstood(const Table &table, clang::SourceLocation at, const std::string &why);
  Value keyOf(const clang::Expr *expression);
  Value callablesIn(const clang::Expr *expression, unsigned depth = 0);

  Collector &collector;
  Names &names;
  Facts &facts;
  Rules &rules;
  EntityIndex current;
  const clang::FunctionDecl *function; ///< Null in the initialiser of a static variable.
  std::optional<bool> registering;
};

/// True if EXPRESSION is a null pointer.
bool isNull(const clang::Expr *expression, clang::ASTContext &context);

/// What a local reference that EXPRESSION names is bound to; EXPRESSION, where it is none.
const clang::Expr *boundTo(const clang::Expr *expression);

/// The object that CALL's method is called on; null if there is none.
const clang::Expr *objectOf(const clang::CallExpr *call);

} // namespace ripple::analyzer

#endif
