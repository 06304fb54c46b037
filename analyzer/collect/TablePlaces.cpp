//===- TablePlaces.cpp - What is put into a table's rows -------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A table is found from a place in it by the names, pointers and iterators that
// lead there. Where these end at what nobody knows, such as a parameter, any
// row of the same type may be a row of a table.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Registrar.h"

#include "analyzer/collect/Values.h"

#include <clang/AST/ExprCXX.h>

using namespace clang;

namespace ripple::analyzer {
namespace {

constexpr unsigned WayMax = 64;

using Table = TableRules::Table;

const ValueDecl *named(const Expr *expression) {
  expression = plain(expression);
  if (const auto *reference = dyn_cast<DeclRefExpr>(expression))
    return reference->getDecl();
  const auto *member = dyn_cast<MemberExpr>(expression);
  return member ? member->getMemberDecl() : nullptr;
}

/// A pointer, a reference, an iterator, or what else leads to objects that it has not in it.
bool isWay(QualType type) {
  if (type->isReferenceType() || type->isPointerType())
    return true;
  const CXXRecordDecl *record = type->getAsCXXRecordDecl();
  return record && record->hasDefinition() &&
         llvm::any_of(record->methods(), [](const CXXMethodDecl *method) {
           return method->getOverloadedOperator() == OO_Star ||
                  method->getOverloadedOperator() == OO_Arrow;
         });
}

/// What CALL, of the standard library or an operator, leads on from; null if it is none.
const Expr *leadsFrom(const CallExpr *call) {
  const FunctionDecl *callee = call->getDirectCallee();
  if (!callee || call->getNumArgs() == 0) {
    const auto *member = dyn_cast<CXXMemberCallExpr>(call);
    return member && callee && Holders::isLibrary(callee) ? member->getImplicitObjectArgument()
                                                          : nullptr;
  }
  if (const auto *operation = dyn_cast<CXXOperatorCallExpr>(call)) {
    const bool isAlgorithm = operation->getOperator() == OO_Call; // of std::ranges
    if (isAlgorithm && (!Holders::isLibrary(callee) || call->getNumArgs() < 2))
      return nullptr;
    return call->getArg(isAlgorithm ? 1 : 0);
  }
  if (!Holders::isLibrary(callee))
    return nullptr;
  if (const auto *member = dyn_cast<CXXMemberCallExpr>(call))
    return member->getImplicitObjectArgument();
  return call->getArg(0);
}

/// What leads from a place to the table that it is in.
class Way {
public:
  explicit Way(Collector &collector) : collector(collector), tables(collector.tables) {}

  std::optional<Table> from(const Expr *place) {
    for (unsigned depth = 0; place && depth < WayMax; ++depth) {
      place = place->IgnoreParenCasts();
      if (depth > 0)
        if (auto table = tables.ofType(place->getType()))
          return table;
      note(place);
      if (auto table = step(place))
        return table;
    }
    return isOpen || place ? byRow : std::nullopt;
  }

private:
  void note(const Expr *place) {
    const auto *member = dyn_cast<MemberExpr>(place);
    const QualType type = member ? member->getMemberDecl()->getType() : place->getType();
    if (!byRow && (!member || type->isPointerType() || type->isReferenceType()))
      byRow = tables.withRow(type);
  }

  /// Sets PLACE to what it leads on from; to null at the end.
  std::optional<Table> step(const Expr *&place) {
    const Expr *here = std::exchange(place, nullptr);
    if (const auto *temporary = dyn_cast<MaterializeTemporaryExpr>(here)) {
      place = temporary->getSubExpr();
    } else if (const auto *bound = dyn_cast<CXXBindTemporaryExpr>(here)) {
      place = bound->getSubExpr();
    } else if (const auto *full = dyn_cast<FullExpr>(here)) {
      place = full->getSubExpr();
    } else if (const auto *made = dyn_cast<CXXConstructExpr>(here)) {
      place = made->getNumArgs() == 1 ? made->getArg(0) : nullptr;
    } else if (const auto *element = dyn_cast<ArraySubscriptExpr>(here)) {
      place = element->getBase();
    } else if (const auto *unary = dyn_cast<UnaryOperator>(here)) {
      place = unary->getSubExpr();
    } else if (const auto *binary = dyn_cast<BinaryOperator>(here)) {
      place = binary->getLHS()->getType()->isIntegerType() ? binary->getRHS() : binary->getLHS();
    } else if (const auto *call = dyn_cast<CallExpr>(here)) {
      place = leadsFrom(call);
      isOpen |= !place;
    } else if (const auto *reference = dyn_cast<DeclRefExpr>(here)) {
      return stepName(reference->getDecl(), place);
    } else if (const auto *member = dyn_cast<MemberExpr>(here)) {
      if (auto table = tables.named(member->getMemberDecl()))
        return table;
      const QualType type = member->getMemberDecl()->getType();
      if (isWay(type) && !type->isFunctionPointerType())
        isOpen = true;
      else
        place = member->getBase();
    } else {
      isOpen = true;
    }
    return std::nullopt;
  }

  std::optional<Table> stepName(const ValueDecl *declaration, const Expr *&place) {
    if (const auto *binding = dyn_cast<BindingDecl>(declaration)) {
      const VarDecl *holder = binding->getHoldingVar();
      place = holder ? holder->getInit() : binding->getBinding();
      return std::nullopt;
    }
    if (auto table = tables.named(declaration))
      return table;
    if (!isWay(declaration->getType()))
      return std::nullopt;
    const auto *variable = dyn_cast<VarDecl>(declaration);
    const auto *owner = variable ? dyn_cast<FunctionDecl>(variable->getDeclContext()) : nullptr;
    if (!owner || !variable->hasLocalStorage() || isa<ParmVarDecl>(variable)) {
      isOpen = true;
      return std::nullopt;
    }
    isOpen |= !variable->getType()->isReferenceType() && !variable->isImplicit() &&
              collector.isReassigned(variable, owner);
    place = variable->getInit();
    isOpen |= !place;
    return std::nullopt;
  }

  Collector &collector;
  TableRules &tables;
  std::optional<Table> byRow; ///< A table that has rows of a type met on the way.
  bool isOpen = false;        ///< The way may start elsewhere.
};

} // namespace

std::optional<TableRules::Table> Registrar::tableOf(const Expr *object) {
  object = boundTo(object);
  if (const ValueDecl *declaration = named(object))
    if (auto table = collector.tables.named(declaration))
      return table;
  return collector.tables.ofType(object->getType());
}

std::optional<Registrar::Element> Registrar::elementAt(const Expr *place) {
  const Expr *element = place->IgnoreParens();
  while (const auto *member = dyn_cast<MemberExpr>(element))
    element = member->getBase()->IgnoreParenImpCasts();
  const auto *call = dyn_cast<CallExpr>(element);
  const auto *method = call ? dyn_cast_or_null<CXXMethodDecl>(call->getDirectCallee()) : nullptr;
  if (!method)
    return std::nullopt;
  const bool isAt = method->getIdentifier() && method->getName() == "at";
  if (method->getOverloadedOperator() != OO_Subscript && !isAt)
    return std::nullopt;
  auto table = tableOf(objectOf(call));
  return table ? std::optional<Element>({*table, call->getArg(call->getNumArgs() - 1)})
               : std::nullopt;
}

/// The table that PLACE is a row or a part of. Libraries change what they are given only.
std::optional<TableRules::Table> Registrar::tableAround(const Expr *place) {
  if (!collector.tables.any() || (function && names.isSystem(function)))
    return std::nullopt;
  return Way(collector).from(place);
}

namespace {

/// ONE and OTHER are the same row; in arrays, unless constants say that they are not.
bool isSame(const Expr *one, const Expr *other, const ASTContext &context) {
  one = one->IgnoreParenImpCasts();
  other = other->IgnoreParenImpCasts();
  const auto *element = dyn_cast<ArraySubscriptExpr>(one);
  const auto *otherElement = dyn_cast<ArraySubscriptExpr>(other);
  if (element && otherElement) {
    Expr::EvalResult at, otherAt;
    const bool isApart = element->getIdx()->EvaluateAsInt(at, context) &&
                         otherElement->getIdx()->EvaluateAsInt(otherAt, context) &&
                         at.Val.getInt().getExtValue() != otherAt.Val.getInt().getExtValue();
    return !isApart && isSame(element->getBase(), otherElement->getBase(), context);
  }
  llvm::FoldingSetNodeID id, otherId;
  one->Profile(id, context, true);
  other->Profile(otherId, context, true);
  return id == otherId;
}

/// STATEMENT puts a callable into ROW.
bool fills(const Stmt *statement, const Expr *row, const ASTContext &context) {
  if (!statement)
    return false;
  const Expr *place = nullptr;
  if (const auto *binary = dyn_cast<BinaryOperator>(statement); binary && binary->isAssignmentOp())
    place = binary->getLHS();
  else if (const auto *call = dyn_cast<CXXOperatorCallExpr>(statement);
           call && call->getOperator() == OO_Equal)
    place = call->getArg(0);
  const auto *member = place ? dyn_cast<MemberExpr>(place->IgnoreParens()) : nullptr;
  return (member && holdsCallable(member->getType()) && isSame(member->getBase(), row, context)) ||
         llvm::any_of(statement->children(),
                      [&](const Stmt *child) { return fills(child, row, context); });
}

} // namespace

/// A row gets another key, or its first one where the function that gives it does not say who
/// serves it: whoever serves the row already has one more.
bool Registrar::storeKey(const Expr *place, const Expr *value) {
  const auto *member = dyn_cast<MemberExpr>(place->IgnoreParens());
  const auto *field = member ? dyn_cast<FieldDecl>(member->getMemberDecl()) : nullptr;
  if (!field || !mayHoldText(field->getType()) || !function || names.isSystem(function) ||
      isa<CXXConstructorDecl>(function))
    return false;
  const auto table = collector.tables.ofType(names.context().getRecordType(field->getParent()));
  if (!table)
    return false;
  const auto isText = [](const FieldDecl *each) { return mayHoldText(each->getType()); };
  const std::optional<int> key = rules[table->rule].key;
  const FieldDecl *first = *llvm::find_if(field->getParent()->fields(), isText);
  if (key ? unsigned(*key) != field->getFieldIndex() : first != field)
    return false;
  if (fills(function->getBody(), member->getBase(), names.context()))
    return true;
  Registration out = start(table->rule, none, value->getExprLoc());
  out.path = keyOf(value);
  out.doubt = "a row of the table that the rule names gets another key here: who serves it is not "
              "known";
  finish(std::move(out));
  return true;
}

/// TABLE[KEY] = VALUE, or a part of it.
bool Registrar::storeInTable(const Expr *place, const Expr *value) {
  if (storeKey(place, value))
    return true;
  if (!holdsCallable(value->getType()) && !holdsCallable(place->getType()))
    return false;
  if (auto element = elementAt(place)) {
    row(element->table, {element->key, value}, value->getExprLoc());
    return true;
  }
  // A method that stands for the assignment of a whole table has been looked at.
  const auto *reference = dyn_cast<DeclRefExpr>(place->IgnoreParens());
  if (reference && isa<VarDecl>(reference->getDecl()) &&
      !reference->getDecl()->getType()->isReferenceType())
    return false;
  auto table = tableAround(place);
  return table && storeInRow(*table, place, value);
}

/// VALUE is put into PLACE, a row of TABLE or a part of one, which does not say by what key.
bool Registrar::storeInRow(const Table &table, const Expr *place, const Expr *value) {
  const auto *to = dyn_cast<MemberExpr>(place->IgnoreParens());
  if (!mayHoldCallable(place->getType())) {
    if (collector.tables.ofType(place->getType()))
      return true; // what has a row's type is a row where it is written
    if (!to || collector.tables.named(to->getMemberDecl())) {
      if (!rowsIn(table, value))
        misunderstood(table, value->getExprLoc(), "its rows are not written here");
      return true;
    }
  }
  const auto *from = dyn_cast<MemberExpr>(plain(value));
  const bool isCopied = from && to && from->getMemberDecl() == to->getMemberDecl();
  // A constructor makes the row; where it is called, its key stands, too.
  if (isCopied || isNull(value, names.context()) || isa_and_nonnull<CXXConstructorDecl>(function))
    return true;
  Registration out = start(table.rule, none, value->getExprLoc());
  out.handler = callablesIn(value);
  finish(std::move(out));
  return true;
}

/// PLACE is a row, a part of one, or a table that is known by its own name: what has a table's type
/// is known for one wherever it gets.
bool Registrar::exposeTable(const Expr *place, SourceLocation at) {
  if (!collector.tables.any() || !holdsCallable(place->getType()))
    return false;
  std::optional<Table> table;
  if (auto element = elementAt(place))
    table = element->table;
  else if (auto around = tableAround(place);
           around && (around->byName || !collector.tables.ofType(place->getType())))
    table = around;
  if (table)
    misunderstood(*table, at, "what is handed on may be filled elsewhere");
  return table.has_value();
}

/// WAY, a pointer, is handed on: it may be a row's.
void Registrar::exposeWay(const Expr *way) {
  way = way->IgnoreParenCasts();
  const QualType type = way->getType();
  const bool leads = type->isPointerType() && !type->isFunctionPointerType();
  const QualType target = leads ? type->getPointeeType() : names.context().getBaseElementType(type);
  if (!collector.tables.any() || !(leads || type->isArrayType()) || target.isConstQualified() ||
      !holdsCallable(target))
    return;
  auto table = tableAround(way);
  if (table && (table->byName || !collector.tables.ofType(type)))
    misunderstood(*table, way->getExprLoc(), "what is handed on may be filled elsewhere");
}

/// VALUE, of TYPE, is kept or returned: others may get where it leads.
void Registrar::handOut(QualType type, const Expr *value) {
  if ((!type->isReferenceType() && !type->isPointerType()) ||
      type->getPointeeType().isConstQualified())
    return;
  if (type->isReferenceType())
    expose(value->IgnoreParens(), value->getExprLoc());
  else
    exposeWay(value);
}

void Registrar::handBack(const Expr *value) {
  if (!value || !function)
    return;
  keep(value);
  const Expr *returned = plain(value);
  const auto *reference = dyn_cast<DeclRefExpr>(returned);
  // The caller has got it already.
  if (!isa<CXXThisExpr>(returned) && !(reference && isa<ParmVarDecl>(reference->getDecl())))
    handOut(function->getReturnType(), value);
}

} // namespace ripple::analyzer
