//===- Rows.cpp - What a loop goes through ---------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Rows.h"

#include "analyzer/collect/Changes.h"
#include "analyzer/collect/Collector.h"
#include "analyzer/collect/Values.h"

#include <clang/AST/DeclTemplate.h>
#include <clang/AST/ExprCXX.h>

using namespace clang;

namespace ripple::analyzer {
namespace {

constexpr unsigned DepthMax = 8;
constexpr std::size_t CombinationsMax = 10000; ///< Of rows, where loops are within each other.

using Exprs = std::vector<const Expr *>;

/// The variable that EXPRESSION names; null if it names none.
const VarDecl *variableIn(const Expr *expression) {
  const auto *reference = dyn_cast<DeclRefExpr>(bare(expression));
  return reference ? dyn_cast<VarDecl>(reference->getDecl()) : nullptr;
}

/// The first variable that STATEMENT names of those that the compiler makes for a loop.
const VarDecl *implicitIn(const Stmt *statement) {
  if (!statement)
    return nullptr;
  if (const auto *reference = dyn_cast<DeclRefExpr>(statement))
    if (const auto *variable = dyn_cast<VarDecl>(reference->getDecl());
        variable && variable->isImplicit())
      return variable;
  for (const Stmt *child : statement->children())
    if (const VarDecl *found = implicitIn(child))
      return found;
  return nullptr;
}

/// What the loop goes through whose variable is ELEMENT.
const Expr *rangeOf(const VarDecl *element) {
  const VarDecl *begin = implicitIn(element->getInit());
  const VarDecl *range = begin ? implicitIn(begin->getInit()) : nullptr;
  return range ? range->getInit() : nullptr;
}

const InitListExpr *meaningOf(const InitListExpr *list) {
  const InitListExpr *meaning = list->isSemanticForm() ? list : list->getSemanticForm();
  return meaning ? meaning : list;
}

/// The rows that are written in INITIALISER.
std::optional<Exprs> rowsIn(const Expr *initialiser, unsigned depth = 0) {
  initialiser = bare(initialiser);
  if (depth > DepthMax)
    return std::nullopt;
  if (const auto *list = dyn_cast<InitListExpr>(initialiser)) {
    list = meaningOf(list);
    if (list->getType()->isArrayType())
      return Exprs(list->inits().begin(), list->inits().end());
    // What stands for an array.
    if (list->getNumInits() == 1 && list->getInit(0)->getType()->isArrayType())
      return rowsIn(list->getInit(0), depth + 1);
    return std::nullopt;
  }
  const auto *made = dyn_cast<CXXConstructExpr>(initialiser);
  if (!made || !made->getConstructor()->getParent()->isInStdNamespace())
    return std::nullopt;
  if (made->getNumArgs() == 0)
    return Exprs();
  return isList(made->getArg(0)) ? rowsIn(made->getArg(0), depth + 1) : std::nullopt;
}

/// N of std::get<N>.
std::optional<unsigned> numberOfGet(const CallExpr *call) {
  const FunctionDecl *callee = call->getDirectCallee();
  const TemplateArgumentList *arguments =
      callee && callee->isInStdNamespace() && callee->getIdentifier() &&
              callee->getName() == "get" && call->getNumArgs() == 1
          ? callee->getTemplateSpecializationArgs()
          : nullptr;
  if (!arguments || arguments->size() == 0 ||
      arguments->get(0).getKind() != TemplateArgument::Integral)
    return std::nullopt;
  return static_cast<unsigned>(arguments->get(0).getAsIntegral().getZExtValue());
}

const ReturnStmt *returnIn(const Stmt *statement, unsigned &count) {
  if (!statement || isa<LambdaExpr>(statement))
    return nullptr;
  if (const auto *found = dyn_cast<ReturnStmt>(statement)) {
    ++count;
    return found;
  }
  const ReturnStmt *found = nullptr;
  for (const Stmt *child : statement->children())
    if (const ReturnStmt *each = returnIn(child, count))
      found = each;
  return found;
}

/// What the function returns that RANGE calls, where there is one such place; else RANGE.
const Expr *givenBy(const Expr *range) {
  const auto *call = dyn_cast<CallExpr>(bare(range));
  const FunctionDecl *definition = nullptr;
  if (!call || !call->getDirectCallee() || !call->getDirectCallee()->hasBody(definition))
    return range;
  const auto *method = dyn_cast<CXXMethodDecl>(definition);
  unsigned count = 0;
  const ReturnStmt *found = returnIn(definition->getBody(), count);
  const bool isOnly = count == 1 && found->getRetValue() && !(method && method->isVirtual());
  return isOnly ? found->getRetValue() : range;
}

/// What EXPRESSION, a std::span or one of the library's views, shows elements of; null if it is
/// none, or makes others of them.
const Expr *shownBy(const Expr *expression) {
  const CXXRecordDecl *record = expression->getType()->getAsCXXRecordDecl();
  static constexpr llvm::StringRef Views[] = {"span",      "ref_view",  "reverse_view",
                                              "take_view", "drop_view", "filter_view"};
  if (!record || !Holders::isLibrary(record) || !record->getIdentifier() ||
      !llvm::is_contained(Views, record->getName()))
    return nullptr;
  if (const auto *made = dyn_cast<CXXConstructExpr>(expression))
    return made->getNumArgs() == 1 ? made->getArg(0) : nullptr;
  const auto *operation = dyn_cast<CXXOperatorCallExpr>(expression);
  if (operation && operation->getOperator() == OO_Pipe)
    return operation->getArg(0);
  return operation && operation->getOperator() == OO_Call && operation->getNumArgs() > 1
             ? operation->getArg(1)
             : nullptr;
}

/// What FIELD, a constant, is made with wherever an object of its class is made; null if that
/// differs.
const Expr *madeAlways(const FieldDecl *field) {
  const auto *owner = dyn_cast<CXXRecordDecl>(field->getParent());
  if (!owner || owner->isAggregate() || !field->getType().isConstQualified())
    return nullptr;
  for (const CXXConstructorDecl *each : owner->ctors()) {
    const FunctionDecl *definition = nullptr;
    if (each->isCopyOrMoveConstructor() || each->isImplicit() || each->isDefaulted())
      continue;
    if (!each->isDefined(definition))
      return nullptr;
    for (const CXXCtorInitializer *member : cast<CXXConstructorDecl>(definition)->inits())
      if (member->getAnyMember() == field && member->isWritten())
        return nullptr;
  }
  return field->getInClassInitializer();
}

struct Numbered {
  const VarDecl *table;
  const Expr *index;
};

/// EXPRESSION as an element of a table by its number.
std::optional<Numbered> elementIn(const Expr *expression) {
  const Expr *table = nullptr, *index = nullptr;
  if (const auto *element = dyn_cast<ArraySubscriptExpr>(expression)) {
    table = element->getBase();
    index = element->getIdx();
  } else if (const auto *call = dyn_cast<CallExpr>(expression)) {
    const auto *method = dyn_cast_or_null<CXXMethodDecl>(call->getDirectCallee());
    const bool isAt = method && method->getIdentifier() && method->getName() == "at";
    if (!method || !method->getParent()->isInStdNamespace() ||
        (method->getOverloadedOperator() != OO_Subscript && !isAt))
      return std::nullopt;
    index = call->getArg(call->getNumArgs() - 1);
    if (const auto *member = dyn_cast<CXXMemberCallExpr>(call))
      table = member->getImplicitObjectArgument();
    else if (call->getNumArgs() == 2)
      table = call->getArg(0);
  }
  const VarDecl *variable = table ? variableIn(table) : nullptr;
  if (!variable || !index->getType()->isIntegralOrEnumerationType())
    return std::nullopt;
  return Numbered{variable, index};
}

/// The variable that is INDEX; null where it is none, or may be another number later in the same
/// round of a loop.
const VarDecl *numberIn(const Expr *index) {
  const VarDecl *variable = variableIn(index);
  const auto *owner = variable ? dyn_cast<FunctionDecl>(variable->getDeclContext()) : nullptr;
  return owner && variable->hasLocalStorage() && !mayChange(owner, variable, Change::ButLoops)
             ? variable
             : nullptr;
}

std::optional<Exprs> rowsOf(const VarDecl *table) {
  if (isa<ParmVarDecl>(table))
    return std::nullopt; // what it has is for when nobody gives another one
  const VarDecl *definition = nullptr;
  const Expr *initialiser = table->getAnyInitializer(definition);
  return initialiser ? rowsIn(initialiser) : std::nullopt;
}

/// The parts that ROW, a pair or a tuple, is made of.
Exprs partsOf(const Expr *row) {
  row = bare(row);
  if (const auto *list = dyn_cast<InitListExpr>(row)) {
    list = meaningOf(list);
    return {list->inits().begin(), list->inits().end()};
  }
  if (const auto *made = dyn_cast<CXXConstructExpr>(row)) {
    if (!made->getConstructor()->getParent()->isInStdNamespace())
      return {};
    // A pair made of another one.
    if (made->getNumArgs() == 1)
      return partsOf(made->getArg(0));
    return {made->arg_begin(), made->arg_end()};
  }
  const auto *call = dyn_cast<CallExpr>(row);
  const FunctionDecl *maker = call ? call->getDirectCallee() : nullptr;
  const bool isMaker = maker && maker->isInStdNamespace() && maker->getIdentifier() &&
                       (maker->getName() == "make_pair" || maker->getName() == "make_tuple");
  return isMaker ? Exprs(call->arg_begin(), call->arg_end()) : Exprs();
}

/// What the constructor of MADE gives FIELD.
const Expr *givenTo(const FieldDecl *field, const CXXConstructExpr *made) {
  const FunctionDecl *definition = nullptr;
  if (!made->getConstructor()->hasBody(definition))
    return nullptr;
  // What it does then may change the field.
  if (const auto *body = dyn_cast<CompoundStmt>(definition->getBody());
      !body || !body->body_empty())
    return nullptr;
  for (const CXXCtorInitializer *each : cast<CXXConstructorDecl>(definition)->inits()) {
    if (each->getMember() != field)
      continue;
    const auto *reference = dyn_cast<DeclRefExpr>(plain(each->getInit()));
    const auto *parameter = reference ? dyn_cast<ParmVarDecl>(reference->getDecl()) : nullptr;
    if (!parameter)
      return each->getInit();
    const unsigned at = parameter->getFunctionScopeIndex();
    return at < made->getNumArgs() ? made->getArg(at) : nullptr;
  }
  return nullptr;
}

/// FIELD of ROW.
const Expr *fieldOf(const Expr *row, const FieldDecl *field) {
  if (field->isMutable())
    return nullptr;
  row = bare(row);
  const auto *record = cast<RecordDecl>(field->getDeclContext());
  if (record->isInStdNamespace()) {
    const llvm::StringRef name = field->getName();
    const Exprs parts = partsOf(row);
    const unsigned at = name == "second" ? 1 : 0;
    return (at == 1 || name == "first") && parts.size() == 2 ? parts[at] : nullptr;
  }
  if (const auto *made = dyn_cast<CXXConstructExpr>(row))
    return givenTo(field, made);
  const auto *list = dyn_cast<InitListExpr>(row);
  list = list ? meaningOf(list) : nullptr;
  if (!list || list->getType()->getAsRecordDecl() != record || record->isUnion())
    return nullptr;
  const auto *derived = dyn_cast<CXXRecordDecl>(record);
  unsigned at = derived ? derived->getNumBases() : 0;
  for (const FieldDecl *each : record->fields()) {
    if (each->isUnnamedBitField())
      continue;
    if (each == field)
      return at < list->getNumInits() ? list->getInit(at) : nullptr;
    ++at;
  }
  return nullptr;
}

/// What is behind the views, and variables that hold some, that RANGE leads through.
const Expr *behindViews(const Expr *range, Collector &collector) {
  for (unsigned depth = 0; depth < DepthMax; ++depth) {
    range = bare(range);
    if (const Expr *shown = shownBy(range)) {
      range = shown;
      continue;
    }
    if (const auto *member = dyn_cast<MemberExpr>(range)) {
      const auto *field = dyn_cast<FieldDecl>(member->getMemberDecl());
      const Expr *made = field ? madeAlways(field) : nullptr;
      return made ? made : range;
    }
    const VarDecl *view = variableIn(range);
    const auto *owner = view ? dyn_cast<FunctionDecl>(view->getDeclContext()) : nullptr;
    if (!owner || !view->hasLocalStorage() || !view->getInit() || isa<ParmVarDecl>(view) ||
        !shownBy(bare(view->getInit())) || collector.isReassigned(view, owner))
      break;
    range = view->getInit();
  }
  return range;
}

} // namespace

const Expr *bare(const Expr *expression) {
  for (;;) {
    expression = expression->IgnoreParenImpCasts();
    if (const auto *cast = dyn_cast<CXXFunctionalCastExpr>(expression))
      expression = cast->getSubExpr();
    else if (const auto *temporary = dyn_cast<MaterializeTemporaryExpr>(expression))
      expression = temporary->getSubExpr();
    else if (const auto *bound = dyn_cast<CXXBindTemporaryExpr>(expression))
      expression = bound->getSubExpr();
    else if (const auto *full = dyn_cast<FullExpr>(expression))
      expression = full->getSubExpr();
    else if (const auto *member = dyn_cast<CXXDefaultInitExpr>(expression))
      expression = member->getExpr();
    else if (const auto *list = dyn_cast<CXXStdInitializerListExpr>(expression))
      expression = list->getSubExpr();
    else if (const auto *literal = dyn_cast<CompoundLiteralExpr>(expression))
      expression = literal->getInitializer();
    else if (const auto *made = dyn_cast<CXXConstructExpr>(expression);
             made && made->getNumArgs() > 0 && made->getConstructor()->isCopyOrMoveConstructor())
      expression = made->getArg(0);
    else
      return expression;
  }
}

bool isList(const Expr *expression) {
  for (;;) {
    expression = expression->IgnoreParenImpCasts();
    if (isa<CXXStdInitializerListExpr>(expression))
      return true;
    if (const auto *temporary = dyn_cast<MaterializeTemporaryExpr>(expression))
      expression = temporary->getSubExpr();
    else if (const auto *full = dyn_cast<FullExpr>(expression))
      expression = full->getSubExpr();
    else if (const auto *bound = dyn_cast<CXXBindTemporaryExpr>(expression))
      expression = bound->getSubExpr();
    else
      return false;
  }
}

/// Of references: what they refer to.
bool Rows::isConstant(QualType type) const {
  return collector.names.context()
      .getBaseElementType(type.getNonReferenceType())
      .isConstQualified();
}

/// Nobody gives TABLE other rows than it is made with.
bool Rows::isFixed(const VarDecl *table, const VarDecl *element) const {
  if (isConstant(table->getType()))
    return true;
  const auto *owner = dyn_cast<FunctionDecl>(table->getDeclContext());
  const QualType type = element->getType();
  const bool isReadOnly = !type->isReferenceType() || isConstant(type);
  return owner && table->hasLocalStorage() && !isa<ParmVarDecl>(table) && isReadOnly &&
         table->getType()->isRecordType() && !collector.isReassigned(table, owner);
}

/// What PLACE, a pointer or an iterator, goes through: it starts there and is only moved.
const Expr *Rows::tableBehind(const VarDecl *place) const {
  const auto *owner = dyn_cast<FunctionDecl>(place->getDeclContext());
  const Expr *start = place->getInit();
  if (!owner || !start)
    return nullptr;
  if (place->getType()->isPointerType()) {
    const VarDecl *table = variableIn(start);
    const bool isTable = table && table->getType()->isArrayType();
    return isTable && !mayChange(owner, place, Change::ButLoops) ? start : nullptr;
  }
  const auto *call = dyn_cast<CXXMemberCallExpr>(plain(start));
  const CXXMethodDecl *method = call ? call->getMethodDecl() : nullptr;
  const bool isBegin = method && method->getIdentifier() &&
                       method->getParent()->isInStdNamespace() &&
                       (method->getName() == "begin" || method->getName() == "cbegin");
  return isBegin && !mayChange(owner, place, Change::ButLoops) ? call->getImplicitObjectArgument()
                                                               : nullptr;
}

/// What VARIABLE, of a loop or of what stands for its body, goes through; null if it is none.
const Expr *Rows::rangeBehind(const VarDecl *variable) const {
  const auto *parameter = dyn_cast<ParmVarDecl>(variable);
  if (!parameter)
    return variable->isCXXForRangeDecl() ? rangeOf(variable) : tableBehind(variable);
  const auto *method = dyn_cast<CXXMethodDecl>(parameter->getDeclContext());
  return method && parameter->getFunctionScopeIndex() == 0 ? ranges.lookup(method->getParent())
                                                           : nullptr;
}

void Rows::add(Element element, std::optional<Exprs> rows, std::vector<Source> &found) const {
  auto isIt = [&](const Source &each) { return each.element == element; };
  if (rows && !rows->empty() && !present.count(element) && llvm::none_of(found, isIt))
    found.push_back({element, std::move(*rows)});
}

void Rows::find(const Stmt *statement, std::vector<Source> &found, unsigned depth) {
  if (!statement || isa<LambdaExpr>(statement) || depth > DepthMax)
    return;
  if (const auto *reference = dyn_cast<DeclRefExpr>(statement)) {
    const ValueDecl *named = reference->getDecl();
    if (const auto *binding = dyn_cast<BindingDecl>(named))
      named = binding->getDecomposedDecl();
    const auto *variable = dyn_cast_or_null<VarDecl>(named);
    if (!variable || !variable->hasLocalStorage())
      return;
    const Expr *range = rangeBehind(variable);
    if (!range)
      return isa<ParmVarDecl>(variable) ? void() : find(variable->getInit(), found, depth + 1);
    const auto *owner = dyn_cast<FunctionDecl>(variable->getDeclContext());
    const bool isElement = variable->isCXXForRangeDecl() || isa<ParmVarDecl>(variable);
    if (!owner ||
        (isElement && !isConstant(variable->getType()) && collector.isReassigned(variable, owner)))
      return;
    range = behindViews(givenBy(behindViews(range, collector)), collector);
    const VarDecl *table = variableIn(range);
    if (!table)
      add({variable, nullptr}, rowsIn(range), found);
    else if (isFixed(table, variable))
      add({variable, nullptr}, rowsOf(table), found);
    return;
  }
  if (const auto *expression = dyn_cast<Expr>(statement))
    if (const auto element = elementIn(expression))
      if (const VarDecl *number = numberIn(element->index);
          number && isFixed(element->table, element->table))
        add({element->table, number}, rowsOf(element->table), found);
  for (const Stmt *child : statement->children())
    find(child, found, depth);
}

void Rows::each(llvm::ArrayRef<Source> sources, llvm::function_ref<void()> action) {
  if (sources.empty())
    return action();
  const Source &source = sources.front();
  for (const Expr *row : source.rows) {
    present[source.element] = row;
    each(sources.drop_front(), action);
  }
  present.erase(source.element);
}

void Rows::forEach(llvm::ArrayRef<const Expr *> expressions, llvm::function_ref<void()> action) {
  std::vector<Source> sources;
  for (const Expr *expression : expressions)
    find(expression, sources);
  std::size_t combinations = 1;
  for (const Source &source : sources) {
    combinations *= source.rows.size();
    if (combinations > CombinationsMax)
      return action();
  }
  each(sources, action);
}

const Expr *Rows::elementOf(const VarDecl *table, const Expr *index) const {
  if (const VarDecl *number = numberIn(index))
    if (const Expr *row = present.lookup({table, number}))
      return row;
  Expr::EvalResult number;
  if (index->isValueDependent() || !isFixed(table, table) ||
      !index->EvaluateAsInt(number, collector.names.context()))
    return nullptr;
  const std::uint64_t at = number.Val.getInt().getLimitedValue();
  const auto rows = rowsOf(table);
  return rows && at < rows->size() ? (*rows)[at] : nullptr;
}

const Expr *Rows::partOf(const Expr *expression, unsigned depth) const {
  if (depth > DepthMax)
    return nullptr;
  expression = plain(expression);
  if (const auto *reference = dyn_cast<DeclRefExpr>(expression)) {
    const ValueDecl *named = reference->getDecl();
    if (const auto *binding = dyn_cast<BindingDecl>(named)) {
      const VarDecl *holder = binding->getHoldingVar();
      const Expr *bound = holder ? holder->getInit() : binding->getBinding();
      return bound ? partOf(bound, depth + 1) : nullptr;
    }
    const auto *variable = dyn_cast<VarDecl>(named);
    if (!variable || !variable->hasLocalStorage())
      return nullptr;
    if (const Expr *row = present.lookup({variable, nullptr});
        row || variable->isCXXForRangeDecl() || isa<ParmVarDecl>(variable))
      return row;
    const bool isName =
        variable->getType()->isReferenceType() || variable->getType().isConstQualified();
    return isName && variable->getInit() ? partOf(variable->getInit(), depth + 1) : nullptr;
  }
  if (const auto *member = dyn_cast<MemberExpr>(expression)) {
    const auto *field = dyn_cast<FieldDecl>(member->getMemberDecl());
    const Expr *row = field ? partOf(member->getBase(), depth + 1) : nullptr;
    return row ? fieldOf(row, field) : nullptr;
  }
  if (const auto *call = dyn_cast<CXXOperatorCallExpr>(expression);
      call && call->getNumArgs() == 1 &&
      (call->getOperator() == OO_Star || call->getOperator() == OO_Arrow))
    return partOf(call->getArg(0), depth + 1);
  if (auto element = elementIn(expression))
    return elementOf(element->table, element->index);
  if (const auto *call = dyn_cast<CallExpr>(expression))
    if (auto number = numberOfGet(call))
      if (const Expr *row = partOf(call->getArg(0), depth + 1)) {
        const Exprs parts = partsOf(row);
        return *number < parts.size() ? parts[*number] : nullptr;
      }
  return nullptr;
}

} // namespace ripple::analyzer
