//===- Registrar.cpp - What registers request handlers --------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Registrar.h"

#include "analyzer/collect/Methods.h"
#include "analyzer/collect/Objects.h"
#include "analyzer/collect/Values.h"

#include <algorithm>
#include <clang/AST/DeclTemplate.h>
#include <clang/Basic/SourceManager.h>
#include <set>

using namespace clang;

namespace ripple::analyzer {
namespace {

using Kind = model::HandlerRule::Kind;

constexpr unsigned ChainMax = 32;

/// True if a value of TYPE may be a handler, for all that a call's argument says.
bool mayBeHandler(QualType type) {
  type = type.getNonReferenceType();
  return !type->isArithmeticType() && !type->isEnumeralType() &&
         (!mayHoldText(type) || mayHoldCallable(type));
}

} // namespace

const Expr *boundTo(const Expr *expression) {
  for (unsigned depth = 0; depth < ChainMax; ++depth) {
    const auto *reference = dyn_cast<DeclRefExpr>(expression->IgnoreParens());
    const auto *variable = reference ? dyn_cast<VarDecl>(reference->getDecl()) : nullptr;
    if (!variable || !variable->hasLocalStorage() || !variable->getType()->isReferenceType() ||
        !variable->getInit())
      break;
    expression = variable->getInit()->IgnoreParenImpCasts();
  }
  return expression;
}

namespace {

/// VALUE names each callable that it may be.
bool isAll(const Value &value) {
  return value.kind == ValueKind::Function || value.kind == ValueKind::Method ||
         (value.kind == ValueKind::Several && llvm::all_of(value.arguments, isAll));
}

const Expr *argumentAt(llvm::ArrayRef<const Expr *> arguments, std::optional<int> position) {
  return position && *position >= 0 && unsigned(*position) < arguments.size() ? arguments[*position]
                                                                              : nullptr;
}

} // namespace

const Expr *objectOf(const CallExpr *call) {
  if (const auto *member = dyn_cast<CXXMemberCallExpr>(call))
    return member->getImplicitObjectArgument();
  return isa<CXXOperatorCallExpr>(call) && call->getNumArgs() > 0 ? call->getArg(0) : nullptr;
}

bool isNull(const Expr *expression, ASTContext &context) {
  expression = plain(expression);
  return isa<ImplicitValueInitExpr, CXXScalarValueInitExpr>(expression) ||
         expression->isNullPointerConstant(context, Expr::NPC_ValueDependentIsNotNull) !=
             Expr::NPCK_NotNull;
}

Registrar::Registrar(Collector &collector, EntityIndex current, const FunctionDecl *function)
    : collector(collector), names(collector.names), facts(collector.facts), rules(collector.rules),
      current(current), function(function) {}

Registration Registrar::start(RuleIndex rule, EntityIndex callee, SourceLocation at) {
  const SourceManager &sources = names.context().getSourceManager();
  Registration row;
  row.rule = rule;
  row.in = current;
  row.callee = callee;
  row.at = names.line(at);
  row.column = at.isValid() ? sources.getExpansionColumnNumber(at) : 0;
  return row;
}

// ---- calls -----------------------------------------------------------------

/// What a function that a rule names does itself, its own framework does; not what overrides one.
bool Registrar::isRegistering() {
  if (!registering)
    registering =
        function && llvm::any_of(rules.ofFunction(Kind::Call, function), [&](RuleIndex rule) {
          return model::matchesGlob(rules[rule].pattern, names.name(function));
        });
  return *registering;
}

void Registrar::call(const CallExpr *call, const FunctionDecl *callee, EntityIndex index,
                     Exprs arguments) {
  if (isRegistering())
    return;
  exposeArguments(callee, arguments);
  for (const Expr *each : arguments)
    keep(each);
  collector.rows.forEach(call, [&] { registerBy(call, callee, index, arguments); });
}

/// In the present row, where a loop goes through a table.
void Registrar::registerBy(const CallExpr *call, const FunctionDecl *callee, EntityIndex index,
                           Exprs arguments) {
  std::vector<RuleIndex> found = rules.ofFunction(Kind::Call, callee);
  std::erase_if(found, [&](RuleIndex rule) {
    return rules[rule].parameters && unsigned(*rules[rule].parameters) != callee->getNumParams();
  });
  // What serves whom: one rule each. Those come first of which all is found.
  std::set<std::pair<int, std::string>> served;
  for (bool isStrict : {true, false})
    for (RuleIndex rule : found) {
      const model::HandlerRule &said = rules[rule];
      std::pair<int, std::string> what(said.handler.value_or(said.handlersFrom.value_or(-1)),
                                       said.handlerMethod);
      if (!served.count(what) && registerCall(rule, call, callee, index, arguments, isStrict))
        served.insert(std::move(what));
    }
  if (!found.empty() && served.empty()) {
    Registration row = start(found.front(), index, call->getExprLoc());
    row.doubt = "the call has no handler where the rule says: add a rule for these arguments";
    describe(rules[found.front()], call, callee, arguments, row);
    finish(std::move(row));
  }
  if (RuleIndex accepts = isInAcceptLoop ? none : rules.acceptedBy(call); accepts != none) {
    Registration row = start(accepts, index, call->getExprLoc());
    row.doubt = "a request is taken outside a loop: name the function that does it in a rule with "
                "'acceptLoop', or what serves the request in one with 'function'";
    finish(std::move(row));
  }
  const auto *method = dyn_cast<CXXMethodDecl>(callee);
  if (!method || !rules.has(Kind::Table) || arguments.empty())
    return;
  if (const Expr *object = objectOf(call))
    if (auto table = tableOf(object))
      fill(*table, call, method, arguments);
}

/// A call of what a variable or field holds, which a rule may name like a function.
void Registrar::callThrough(const CallExpr *call, Exprs arguments) {
  const Expr *called = call->getCallee()->IgnoreParenCasts();
  if (const auto *unary = dyn_cast<UnaryOperator>(called); unary && unary->getOpcode() == UO_Deref)
    called = unary->getSubExpr()->IgnoreParenCasts();
  const ValueDecl *holder = nullptr;
  if (const auto *reference = dyn_cast<DeclRefExpr>(called))
    holder = reference->getDecl();
  else if (const auto *member = dyn_cast<MemberExpr>(called))
    holder = member->getMemberDecl();
  EntityIndex index = none;
  if (const auto *field = dyn_cast_or_null<FieldDecl>(holder);
      field && names.line(field->getLocation()).file != none)
    index = names.field(field);
  else if (const auto *variable = dyn_cast_or_null<VarDecl>(holder);
           variable && variable->hasGlobalStorage())
    index = names.variable(variable);
  if (index == none || isRegistering())
    return;
  collector.rows.forEach(call, [&] {
    for (RuleIndex rule : rules.ofName(Kind::Call, holder))
      if (!registerCall(rule, call, nullptr, index, arguments, false)) {
        Registration row = start(rule, index, call->getExprLoc());
        row.doubt = "the call has no handler where the rule says: add a rule for these arguments";
        describe(rules[rule], call, nullptr, arguments, row);
        finish(std::move(row));
      }
  });
}

/// STRICT: only if the object's chain has the path where the rule says.
bool Registrar::registerCall(RuleIndex rule, const CallExpr *call, const FunctionDecl *callee,
                             EntityIndex index, Exprs arguments, bool strict) {
  const model::HandlerRule &said = rules[rule];
  if (said.handlersFrom)
    return registerRest(rule, index, arguments);
  const Expr *handler = argumentAt(arguments, said.handler);
  if (handler)
    handler = collector.rows.part(handler);
  if (said.handler && (!handler || !mayBeHandler(plain(handler)->getType())) &&
      !(handler && isNull(handler, names.context())))
    return false;
  if (handler && isNull(handler, names.context()))
    return true; // it takes a handler away, or sets none
  Registration row = start(rule, index, call->getExprLoc());
  if (!describe(said, call, callee, arguments, row) && strict)
    return false;
  if (said.protocol == "grpc" && callee)
    row.name = serviceName(names.name(callee));
  const bool isCalled =
      handler && (said.handlerMethod.empty() || isCallable(handler, said.handlerMethod));
  if (isCalled) {
    setHandler(row, argumentAt(arguments, said.handler));
    if (callee && unsigned(*said.handler) < callee->getNumParams())
      row.handler.type = names.spelled(callee->getParamDecl(*said.handler)->getType());
  } else if (handler && callee) {
    row.handler = methodOfObject(handler, said, callee);
    if (row.handler.kind == ValueKind::Several && row.handler.arguments.empty() &&
        !said.base.empty())
      return true; // its class has none of its own
  } else if (const auto *method = dyn_cast_or_null<CXXMethodDecl>(function);
             method && !said.handlerMethod.empty()) {
    row.handler = methodNamed(method->getParent(), said, true);
  } else if (said.isItself) {
    row.handler.kind = ValueKind::Function;
    row.handler.entity = index;
  }
  finish(std::move(row));
  return true;
}

/// Path and methods of CALL, by what the rule says of its arguments, of the calls that made its
/// object, and of how that is made. False if a call that has the path is not there.
bool Registrar::describe(const model::HandlerRule &said, const CallExpr *call,
                         const FunctionDecl *callee, Exprs arguments, Registration &row) {
  if (const Expr *path = argumentAt(arguments, said.path); path && said.pathIn.empty())
    row.path = pathOf(path, callee, collector);
  if (const Expr *key = argumentAt(arguments, said.key))
    row.path = pathOf(key, callee, collector);
  if (said.classInPath)
    row.path = pathBelowClass(argumentAt(arguments, said.classInPath), std::move(row.path));
  if (said.pathIn.empty())
    row.path = pathBelowObject(said, objectOf(call), callee, std::move(row.path));
  if (const Expr *method = argumentAt(arguments, said.methodAt)) {
    row.methods = methodsIn(collector.rows.part(method));
    if (row.methods.empty())
      row.methods = {"*"};
  }
  return followChain(said, call, row);
}

/// True if what EXPRESSION holds is called itself, and not the method NAME of it.
bool Registrar::isCallable(const Expr *expression, const std::string &name) {
  const QualType type = plain(expression)->getType();
  bool isExact = false;
  const CXXRecordDecl *record = classOf(expression, isExact, collector);
  return mayHoldCallable(type) &&
         !(record && record->hasDefinition() &&
           llvm::any_of(record->methods(), [&](const CXXMethodDecl *method) {
             return method->getIdentifier() && method->getName() == name;
           }));
}

/// What EXPRESSION holds is the handler of ROW; where its name does not stand there, what flows
/// there.
void Registrar::setHandler(Registration &row, const Expr *expression) {
  row.handler = valueOf(expression, collector);
  if (isAll(row.handler))
    return;
  row.held = handlerIn(expression);
  if (row.handler.kind == ValueKind::Unknown && row.held != none) {
    row.handler.kind = ValueKind::Function;
    row.handler.entity = row.held;
  }
}

/// Each of the variable arguments that may be called.
bool Registrar::registerRest(RuleIndex rule, EntityIndex index, Exprs arguments) {
  for (const Expr *each :
       arguments.drop_front(std::min<std::size_t>(*rules[rule].handlersFrom, arguments.size())))
    if (!isNull(each, names.context()) &&
        (mayHoldCallable(plain(each)->getType()) || mayHoldCallable(each->getType()))) {
      Registration row = start(rule, index, each->getExprLoc());
      row.handler = valueOf(each, collector);
      finish(std::move(row));
    }
  return true;
}

/// Path and methods from the calls that made the object which CALL is on. False if none of them
/// has the path.
bool Registrar::followChain(const model::HandlerRule &rule, const CallExpr *call,
                            Registration &row) {
  if (rule.pathIn.empty() && rule.methodIn.empty())
    return true;
  bool isFound = rule.pathIn.empty();
  const Expr *next = objectOf(call);
  bool isKept = false; // part of the chain is in a variable, on which methods may be set besides
  for (unsigned depth = 0; next && depth < ChainMax; ++depth) {
    next = plain(next);
    if (const auto *reference = dyn_cast<DeclRefExpr>(next)) {
      const auto *variable = dyn_cast<VarDecl>(reference->getDecl());
      isKept = true;
      next = variable && variable->hasLocalStorage() && !isa<ParmVarDecl>(variable) &&
                     !collector.replaced.find(variable)
                 ? variable->getInit()
                 : nullptr;
      continue;
    }
    const auto *link = dyn_cast<CallExpr>(next);
    const FunctionDecl *callee = link ? link->getDirectCallee() : nullptr;
    if (!callee)
      break;
    const std::string name = names.name(callee);
    if (!rule.pathIn.empty() && model::matchesGlob(rule.pathIn, name) && rule.path &&
        unsigned(*rule.path) < link->getNumArgs()) {
      row.path = pathBelowObject(rule, objectOf(link), callee,
                                 pathOf(link->getArg(*rule.path), callee, collector));
      if (isKept && !rule.methodIn.empty())
        row.methods = {"*"};
      isFound = true;
      break;
    }
    if (!rule.methodIn.empty() && model::matchesGlob(rule.methodIn, name))
      for (const Expr *argument : link->arguments())
        for (std::string &method : methodsIn(argument))
          row.methods.push_back(std::move(method));
    next = objectOf(link);
  }
  if (llvm::is_contained(row.methods, "*"))
    row.methods = {"*"};
  return isFound;
}

/// PATH, below what OBJECT, whose method is CALLEE, is made with, where the rule says so.
Value Registrar::pathBelowObject(const model::HandlerRule &rule, const Expr *object,
                                 const FunctionDecl *callee, Value path) {
  if (!rule.pathOfObject)
    return path;
  const auto *method = dyn_cast_or_null<CXXMethodDecl>(callee);
  if (!object || !method)
    return {};
  Value start = textMadeWith(object, method->getParent(), *rule.pathOfObject, collector);
  return rule.path ? joined(std::move(start), std::move(path)) : start;
}

/// PATH, below that of the class whose function registers if BELOW is true.
Value Registrar::pathBelowClass(const Expr *below, Value path) {
  bool isBelow = false;
  const auto *method = dyn_cast_or_null<CXXMethodDecl>(function);
  if (!below || !method || path.kind != ValueKind::Text ||
      !below->EvaluateAsBooleanCondition(isBelow, names.context()))
    return {};
  if (!isBelow)
    return path;
  std::string folder = "/" + names.name(method->getParent());
  for (std::size_t at = folder.find("::"); at != std::string::npos; at = folder.find("::"))
    folder.replace(at, 2, "/");
  const bool isSeparate = path.text.empty() || path.text.front() == '/';
  path.text = folder + (isSeparate ? "" : "/") + path.text;
  return path;
}

/// The method NAME of the object that CALLEE is given. An object of a class of the framework's own
/// is called back through what it was made with.
Value Registrar::methodOfObject(const Expr *object, const model::HandlerRule &rule,
                                const FunctionDecl *callee) {
  bool isExact = false;
  const CXXRecordDecl *record = classOf(object, isExact, collector);
  if (!record || !record->hasDefinition())
    return valueOf(object, collector);
  Value found = methodNamed(record->getDefinition(), rule, isExact);
  if (!names.isSystem(record) && (!spaceOf(callee) || spaceOf(record) != spaceOf(callee)))
    return found;
  Value given;
  given.kind = ValueKind::Several;
  for (const Expr *each : madeWith(object, collector))
    if (mayHoldCallable(plain(each)->getType()))
      given.arguments.push_back(valueOf(each, collector));
  return given.arguments.empty() ? found : given;
}

/// The method of RECORD that the rule names; of the rule's base none, because that does nothing.
Value Registrar::methodNamed(const CXXRecordDecl *record, const model::HandlerRule &rule,
                             bool isExact) {
  Value found;
  found.kind = ValueKind::Several;
  if (isExact && !rule.base.empty() && model::matchesGlob(rule.base, names.name(record)))
    return found;
  for (const CXXMethodDecl *method : record->methods())
    if (method->getIdentifier() && method->getName() == rule.handlerMethod &&
        !method->isPureVirtual()) {
      Value each;
      each.entity = collector.need(method);
      each.kind = each.entity == none ? ValueKind::Unknown : ValueKind::Function;
      found.arguments.push_back(std::move(each));
    }
  if (found.arguments.empty())
    for (const CXXBaseSpecifier &base : record->bases())
      if (const CXXRecordDecl *each = base.getType()->getAsCXXRecordDecl();
          each && each->hasDefinition())
        if (Value inherited = methodNamed(each->getDefinition(), rule, true);
            !inherited.arguments.empty())
          found.arguments.push_back(std::move(inherited));
  if (!isExact && !record->isEffectivelyFinal())
    found.arguments.emplace_back(); // a class that derives from this one
  return found;
}

void Registrar::take(const FunctionDecl *taken, SourceLocation at) {
  for (Kind kind : {Kind::Call, Kind::AcceptLoop})
    if (const std::vector<RuleIndex> &found = rules.ofFunction(kind, taken);
        !found.empty() && !isRegistering()) {
      Registration row = start(found.front(), names.function(taken), at);
      row.doubt =
          "the function that the rule names is not called here, but kept or handed on: what "
          "is registered through it is not known; call it by its name";
      finish(std::move(row));
    }
}

void Registrar::keep(const Expr *value) {
  if (!value || !rules.has(Kind::Call) || !value->getType()->isFunctionPointerType() ||
      isRegistering())
    return;
  value = plain(value);
  const ValueDecl *holder = nullptr;
  if (const auto *reference = dyn_cast<DeclRefExpr>(value))
    holder = dyn_cast<VarDecl>(reference->getDecl());
  else if (const auto *member = dyn_cast<MemberExpr>(value))
    holder = member->getMemberDecl();
  if (!holder || rules.ofName(Kind::Call, holder).empty())
    return;
  Registration row = start(rules.ofName(Kind::Call, holder).front(), none, value->getExprLoc());
  row.doubt = "what the rule names is not called here, but kept or handed on: what is registered "
              "through it is not known; call it by its name";
  finish(std::move(row));
}

// ---- places ----------------------------------------------------------------

/// EXPRESSION is a place that RULE names, or another one of its framework's, for what runs as
/// often.
bool Registrar::isPlaceOf(RuleIndex rule, const Expr *expression) {
  const model::HandlerRule &one = rules[rule];
  return llvm::any_of(storeRules(plain(expression)), [&](RuleIndex each) {
    const model::HandlerRule &other = rules[each];
    return each == rule || (one.framework == other.framework && !one.path && !other.path &&
                            one.ambient == other.ambient && one.startup == other.startup);
  });
}

const std::vector<RuleIndex> &Registrar::storeRules(const Expr *place) {
  static const std::vector<RuleIndex> None;
  place = place->IgnoreParens();
  if (const auto *member = dyn_cast<MemberExpr>(place))
    return rules.ofName(Kind::Store, member->getMemberDecl());
  if (const auto *reference = dyn_cast<DeclRefExpr>(place)) {
    const auto *variable = dyn_cast<VarDecl>(reference->getDecl());
    return variable && variable->hasGlobalStorage() ? rules.ofName(Kind::Store, variable) : None;
  }
  const auto *unary = dyn_cast<UnaryOperator>(place);
  if (!(unary && unary->getOpcode() == UO_Deref) && !isa<ArraySubscriptExpr>(place))
    return None;
  // An element of an array: by the name of its type.
  QualType type = place->getType();
  while (const auto *alias = type->getAs<TypedefType>()) {
    if (const auto &found = rules.ofName(Kind::Store, alias->getDecl()); !found.empty())
      return found;
    type = alias->desugar();
  }
  return None;
}

/// WHERE: the expression that leads to PLACE, if there is one.
void Registrar::storeAs(RuleIndex rule, const NamedDecl *place, const Expr *value,
                        const Expr *where) {
  const Expr *source = plain(value);
  if (const auto *made = dyn_cast<CXXConstructExpr>(source); made && made->getNumArgs() == 0)
    return; // nothing yet
  // From one such place to another: what is there was registered when it came there.
  if (isNull(source, names.context()) || isPlaceOf(rule, source))
    return;
  EntityIndex stored = none;
  if (const auto *field = dyn_cast_or_null<FieldDecl>(place);
      field && names.line(field->getLocation()).file != none)
    stored = names.field(field);
  else if (const auto *variable = dyn_cast_or_null<VarDecl>(place))
    stored = names.variable(variable);
  Registration row = start(rule, stored, value->getExprLoc());
  row.handler = valueOf(value, collector);
  const model::HandlerRule &said = rules[rule];
  const CallExpr *maker = where && said.path ? makerOf(where, said.pathIn, collector) : nullptr;
  if (maker && unsigned(*said.path) < maker->getNumArgs())
    row.path = pathOf(maker->getArg(*said.path), maker->getDirectCallee(), collector);
  finish(std::move(row));
}

void Registrar::store(const Expr *place, const Expr *value) {
  place = boundTo(place);
  keep(value);
  const auto *reference = dyn_cast<DeclRefExpr>(place->IgnoreParens());
  const auto *local = reference ? dyn_cast<VarDecl>(reference->getDecl()) : nullptr;
  if (!local || !local->hasLocalStorage())
    handOut(place->getType(), value);
  collector.rows.forEach({place, value}, [&] { storeRow(place, collector.rows.part(value)); });
}

/// In the present row, where a loop goes through a table.
void Registrar::storeRow(const Expr *place, const Expr *value) {
  if (rules.has(Kind::Table) && storeInTable(place, value))
    return;
  if (!mayHoldCallable(place->getType()))
    return;
  const std::vector<RuleIndex> &found = storeRules(place);
  if (found.empty())
    return;
  const NamedDecl *named = nullptr;
  if (const auto *member = dyn_cast<MemberExpr>(place->IgnoreParens()))
    named = member->getMemberDecl();
  else if (const auto *reference = dyn_cast<DeclRefExpr>(place->IgnoreParens()))
    named = reference->getDecl();
  storeAs(found.front(), named, value, place);
}

void Registrar::expose(const Expr *place, SourceLocation at) {
  place = boundTo(place);
  if (exposeTable(place, at))
    return;
  if (!mayHoldCallable(place->getType()) || place->getType()->isFunctionType())
    return;
  if (const std::vector<RuleIndex> &found = storeRules(place); !found.empty()) {
    Registration row = start(found.front(), none, at);
    row.doubt = "the place that the rule names is handed on: what is stored there is not known; "
                "assign the handler to it by its name";
    finish(std::move(row));
  }
}

/// What CALLEE may change of ARGUMENTS. The standard library's own functions have their rules.
void Registrar::exposeArguments(const FunctionDecl *callee, Exprs arguments) {
  if (callee->isInStdNamespace() &&
      !(callee->getIdentifier() && llvm::is_contained({"swap", "exchange"}, callee->getName())))
    return;
  for (unsigned i = 0; i < arguments.size() && i < callee->getNumParams(); ++i) {
    const QualType type = callee->getParamDecl(i)->getType();
    if (type->isLValueReferenceType() && !type->getPointeeType().isConstQualified())
      expose(arguments[i]->IgnoreParens(), arguments[i]->getExprLoc());
    else if (type->isPointerType() && !type->getPointeeType().isConstQualified() &&
             !callee->hasBody())
      exposeWay(arguments[i]);
  }
}

void Registrar::initialise(const ValueDecl *holder, const Expr *value) {
  if (!value)
    return;
  keep(value);
  const auto *variable = dyn_cast<VarDecl>(holder);
  if (!variable || !variable->hasLocalStorage())
    handOut(holder->getType(), value);
  if (mayHoldCallable(holder->getType()) && (!variable || variable->hasGlobalStorage()))
    if (const std::vector<RuleIndex> &found = rules.ofName(Kind::Store, holder); !found.empty())
      storeAs(found.front(), holder, value, nullptr);
  if (auto table = collector.tables.named(holder); table && !rowsIn(*table, value))
    misunderstood(*table, value->getExprLoc(), "its rows are not written here");
}

void Registrar::aggregate(const InitListExpr *list) {
  const RecordDecl *record = list->getType()->getAsRecordDecl();
  record = record ? record->getDefinition() : nullptr;
  if (!record)
    return;
  if (record->isUnion()) {
    if (const FieldDecl *field = list->getInitializedFieldInUnion(); field && list->getNumInits())
      initialise(field, list->getInit(0));
    return;
  }
  if (auto table = collector.tables.ofType(list->getType()))
    rowsIn(*table, list);
  const auto *derived = dyn_cast<CXXRecordDecl>(record);
  unsigned at = derived ? derived->getNumBases() : 0;
  for (const FieldDecl *field : record->fields()) {
    if (field->isUnnamedBitField())
      continue;
    if (at < list->getNumInits() && list->getInit(at))
      initialise(field, list->getInit(at));
    ++at;
  }
}

} // namespace ripple::analyzer
