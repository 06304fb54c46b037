//===- Calls.cpp - What one call expression does --------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Bodies.h"
#include "analyzer/collect/LibraryCalls.h"
#include "analyzer/collect/Through.h"
#include "analyzer/collect/Values.h"

#include <clang/AST/DeclTemplate.h>
#include <clang/Basic/SourceManager.h>

using namespace clang;

namespace ripple::analyzer {
namespace {

/// Functions that only hand on the callables that they are given.
bool handsOn(const FunctionDecl *function) {
  if (const auto *constructor = dyn_cast<CXXConstructorDecl>(function)) {
    if (constructor->isCopyOrMoveConstructor())
      return true;
    const CXXRecordDecl *record = constructor->getParent();
    if (!record->isInStdNamespace() || !record->getIdentifier())
      return false;
    llvm::StringRef name = record->getName();
    return name == "function" || name == "tuple" || name == "pair" || name == "reference_wrapper" ||
           name.starts_with("_Bind");
  }
  static constexpr llvm::StringRef Names[] = {"move",       "forward",    "ref",        "cref",
                                              "bind",       "bind_front", "mem_fn",     "make_pair",
                                              "make_tuple", "addressof",  "__addressof"};
  return function->isInStdNamespace() && function->getIdentifier() &&
         llvm::is_contained(Names, function->getName());
}

/// FUNCTION as the method that calls what a std::function or std::packaged_task holds; else null.
const CXXMethodDecl *targetCall(const FunctionDecl *function) {
  const auto *method = dyn_cast_or_null<CXXMethodDecl>(function);
  if (!method)
    return nullptr;
  const bool isCall = method->getOverloadedOperator() == OO_Call ||
                      (method->getIdentifier() && method->getName() == "make_ready_at_thread_exit");
  return isCall && holdsTarget(method->getParent()) ? method : nullptr;
}

/// The arguments for the parameters of CALLEE: without the object of an operator.
llvm::ArrayRef<const Expr *> argumentsOf(const CallExpr *call, const FunctionDecl *callee) {
  llvm::ArrayRef<const Expr *> all(call->getArgs(), call->getNumArgs());
  const auto *method = dyn_cast_or_null<CXXMethodDecl>(callee);
  bool hasObject = method && method->isInstance() && isa<CXXOperatorCallExpr>(call);
  return hasObject ? all.drop_front() : all;
}

/// A pointer of TYPE leads to a record, or to a table of them: its fields are called, not the
/// symbol itself. Nor is a table of texts.
bool leadsToData(QualType type) {
  unsigned depth = 0;
  for (; type->isPointerType(); ++depth)
    type = type->getPointeeType();
  return (depth > 0 && type->isRecordType()) || (depth > 1 && type->isAnyCharacterType());
}

} // namespace

EntityIndex BodyWalker::call(const FunctionDecl *callee, SourceLine line, CallKind kind,
                             PassedIndex passed) {
  EntityIndex index = collector.need(callee);
  if (index != none && !Names::isOnlyCast(callee))
    facts.calls.push_back({current, index, kind, line, passed});
  return index;
}

void BodyWalker::VisitCallExpr(const CallExpr *expression) {
  if (const FunctionDecl *callee = expression->getDirectCallee())
    callDirectly(expression, callee);
  else
    callIndirectly(expression);
}

/// CALL, of std::for_each or std::ranges::for_each, is a loop with a lambda as its body.
void BodyWalker::noteForEach(const CallExpr *call, const FunctionDecl *callee) {
  const bool isAlgorithm =
      callee->isInStdNamespace() && callee->getIdentifier() && callee->getName() == "for_each";
  const auto *operation = dyn_cast<CXXOperatorCallExpr>(call);
  const auto *method = dyn_cast<CXXMethodDecl>(callee);
  const bool isRanges = operation && operation->getOperator() == OO_Call && method &&
                        Holders::isRanges(method) && method->getParent()->getIdentifier() &&
                        method->getParent()->getName() == "__for_each_fn";
  if (!isAlgorithm && !isRanges)
    return;
  // Without a projection, which is a default argument.
  const llvm::ArrayRef<const Expr *> given = argumentsOf(call, callee);
  const auto *closure =
      llvm::find_if(given, [](const Expr *each) { return isa<LambdaExpr>(bare(each)); });
  const auto count = closure - given.begin();
  if (closure == given.end() || count < 1 || count > 2 ||
      !std::all_of(closure + 1, given.end(),
                   [](const Expr *each) { return isa<CXXDefaultArgExpr>(each); }))
    return;
  const Expr *range = given.front();
  if (count == 2) {
    const auto *begin = dyn_cast<CallExpr>(bare(range));
    const FunctionDecl *named = begin ? begin->getDirectCallee() : nullptr;
    if (!named || !named->getIdentifier() || !Holders::isLibrary(named) ||
        (named->getName() != "begin" && named->getName() != "cbegin"))
      return;
    const auto *member = dyn_cast<CXXMemberCallExpr>(begin);
    range = member ? member->getImplicitObjectArgument() : begin->getArg(0);
  }
  collector.rows.goesThrough(cast<LambdaExpr>(bare(*closure))->getLambdaClass(), range);
}

void BodyWalker::callDirectly(const CallExpr *expression, const FunctionDecl *callee) {
  // Whoever calls a std::packaged_task is charged with its target, not its call operator.
  if (callee->isVirtualAsWritten() && targetCall(function))
    return;
  SourceLine line = at(expression->getExprLoc());
  EntityIndex index = none;
  const auto *method = dyn_cast<CXXMethodDecl>(callee);
  if (const auto *conversion = dyn_cast<CXXConversionDecl>(callee);
      conversion && conversion->getParent()->isLambda()) {
    takeLambda(conversion->getParent(), names.typeOf(expression->getType()), line);
  } else if (!callTarget(expression, callee)) {
    CallKind kind = CallKind::Direct;
    if (method && method->isVirtual()) {
      const Expr *object = objectOf(expression);
      const auto *member = dyn_cast<MemberExpr>(expression->getCallee()->IgnoreParens());
      bool dispatches = !member || member->performsVirtualDispatch(names.context().getLangOpts());
      const CXXMethodDecl *exact =
          object && dispatches ? method->getDevirtualizedMethod(object, false) : nullptr;
      // Of a temporary that is seen as one of a base, Clang says the base's.
      if (const CXXRecordDecl *made = exact ? object->getBestDynamicClassType() : nullptr)
        if (const CXXMethodDecl *own = method->getCorrespondingMethodInClass(made))
          exact = own;
      if (exact)
        callee = exact;
      else if (dispatches)
        kind = CallKind::Virtual;
    }
    if (method && method->getOverloadedOperator() == OO_Equal && expression->getNumArgs() == 2)
      keepPointer(method->getParent(), expression->getArg(1), line);
    callBound(expression, callee);
    PassedIndex passed = flows.call(expression, callee, kind == CallKind::Virtual);
    index = call(callee, line, kind, passed);
  }
  if (method && method->getOverloadedOperator() == OO_Equal && expression->getNumArgs() == 2) {
    registrar.store(expression->getArg(0), expression->getArg(1));
    handOver(expression->getArg(0), expression->getArg(1), line);
  }
  noteForEach(expression, callee);
  flows.freeOrMove(expression, callee);
  lookUp(expression, callee, line);
  resume(callee, line);
  const CastExpr *outer = std::exchange(castOf, nullptr);
  if (index != none) {
    noteArguments(argumentsOf(expression, callee), callee, index, line);
    handOver(callee, index, objectOf(expression), argumentsOf(expression, callee), line);
    registrar.call(expression, callee, index, argumentsOf(expression, callee));
  }
  walkCallee(expression->getCallee());
  // What a std::function is given is not given to whoever gets its result.
  const EntityIndex outerArgument = argumentOf;
  if (targetCall(callee))
    argumentOf = none;
  if (!giveTo(expression, callee, index, objectOf(expression),
              {expression->getArgs(), expression->getNumArgs()}, line))
    walkArguments({expression->getArgs(), expression->getNumArgs()}, index, callee);
  argumentOf = outerArgument;
  castOf = outer;
}

/// WHOLE calls a function of the standard library that calls one of its ARGUMENTS.
bool BodyWalker::giveTo(const Expr *whole, const FunctionDecl *callee, EntityIndex index,
                        const Expr *object, llvm::ArrayRef<const Expr *> arguments,
                        SourceLine line) {
  const EntityIndex bound = flows.given(whole, callee, arguments);
  const CXXRecordDecl *made = whole->getType()->getAsCXXRecordDecl();
  const bool isKept = isBound(made);
  if (bound == none) {
    handToCallables(callee, object, arguments, line);
    // The same function, called here with something that is known, says nothing of this call.
    if (isUsersOwn && index != none && calledArgument(callee))
      facts.taken.push_back(
          {current, index, isKept ? names.boundType(made->getDefinition()) : none, index, line});
    return false;
  }
  facts.taken.push_back({current, bound, isKept ? names.boundType(made->getDefinition()) : none,
                         isKept ? argumentOf : index, line});
  const unsigned position = *calledArgument(callee);
  const Expr *callable = arguments[position];
  const FunctionDecl *named = functionNamed(callable);
  if (named) {
    llvm::ArrayRef<const Expr *> rest = arguments.drop_front(position + 1);
    const auto *method = dyn_cast<CXXMethodDecl>(named);
    if (method && method->isInstance() && isFunctionName(callable) && !rest.empty())
      rest = rest.drop_front();
    if (EntityIndex target = names.function(named); target != none) {
      noteArguments(rest, named, target, line);
      handBound(named, target, bound, line);
    }
  }
  if (!named)
    handBound(callable, bound, line);
  const EntityIndex outer = argumentOf;
  if (index != none && !isKept)
    argumentOf = index;
  for (const Expr *each : arguments)
    if (each == callable && isFunctionName(callable))
      registrar.take(named, callable->getExprLoc());
    else
      walk(each);
  argumentOf = outer;
  return true;
}

void BodyWalker::walkCallee(const Expr *callee) {
  callee = callee->IgnoreParenImpCasts();
  if (const auto *member = dyn_cast<MemberExpr>(callee))
    walk(member->getBase());
  else if (const auto *binary = dyn_cast<BinaryOperator>(callee))
    walk(binary->getLHS());
}

void BodyWalker::walkArguments(llvm::ArrayRef<const Expr *> arguments, EntityIndex callee,
                               const FunctionDecl *calleeDecl) {
  EntityIndex outer = argumentOf;
  if (callee != none && !handsOn(calleeDecl))
    argumentOf = callee;
  for (const Expr *argument : arguments)
    walk(argument);
  argumentOf = outer;
}

/// A call of what std::bind has made.
void BodyWalker::callBound(const CallExpr *expression, const FunctionDecl *callee) {
  const auto *method = dyn_cast<CXXMethodDecl>(callee);
  const Expr *object = method && method->getOverloadedOperator() == OO_Call && isUsersOwn &&
                               isBound(method->getParent())
                           ? objectOf(expression)
                           : nullptr;
  if (!object)
    return;
  IndirectCall row;
  row.at = at(expression->getExprLoc());
  row.caller = current;
  row.type = names.boundType(method->getParent());
  row.passed = flows.callIndirectly(expression, object, argumentsOf(expression, callee),
                                    parametersOf(callee->getType()));
  handThrough(object, argumentsOf(expression, callee), row);
  facts.indirectCalls.push_back(std::move(row));
}

bool BodyWalker::callTarget(const CallExpr *expression, const FunctionDecl *callee) {
  const CXXMethodDecl *method = targetCall(callee);
  if (!method)
    return false;
  IndirectCall row;
  row.at = at(expression->getExprLoc());
  row.caller = current;
  row.type = collector.targetType(method->getParent());
  if (row.type == none)
    return false;
  call(callee, row.at);
  if (const Expr *object = objectOf(expression)) {
    row.passed = flows.callIndirectly(expression, object, argumentsOf(expression, callee),
                                      parametersOf(callee->getType()));
    goThrough(object, row, collector);
    handThrough(object, argumentsOf(expression, callee), row);
  }
  facts.indirectCalls.push_back(std::move(row));
  return true;
}

void BodyWalker::callIndirectly(const CallExpr *expression) {
  const Expr *pointer = expression->getCallee()->IgnoreParens();
  const Expr *receiver = nullptr;
  if (const auto *binary = dyn_cast<BinaryOperator>(pointer); binary && binary->isPtrMemOp()) {
    pointer = binary->getRHS();
    receiver = binary->getLHS();
  }
  IndirectCall row;
  row.caller = current;
  row.at = at(expression->getExprLoc());
  row.type = names.typeOf(pointer->getType());
  // Whoever calls a std::function is charged with its target, not its call operator.
  if (row.type != none && !targetCall(function)) {
    row.passed =
        flows.callIndirectly(expression, pointer, {expression->getArgs(), expression->getNumArgs()},
                             parametersOf(pointer->getType()), receiver);
    goThrough(pointer, row, collector);
    handThrough(pointer, {expression->getArgs(), expression->getNumArgs()}, row);
    facts.indirectCalls.push_back(std::move(row));
  }
  registrar.callThrough(expression, {expression->getArgs(), expression->getNumArgs()});
  const CastExpr *outer = std::exchange(castOf, nullptr);
  EntityIndex outerArgument = std::exchange(argumentOf, none);
  walk(expression->getCallee());
  for (const Expr *argument : expression->arguments())
    walk(argument);
  argumentOf = outerArgument;
  castOf = outer;
}

/// A std::function made of a pointer hides which: the standard library's own code calls any of its
/// type. What std::bind makes is called by way of it.
void BodyWalker::keepPointer(const CXXRecordDecl *keeper, const Expr *pointer, SourceLine line) {
  if (const CXXRecordDecl *made = pointer->getType().getNonReferenceType()->getAsCXXRecordDecl();
      isBound(made) && holdsTarget(keeper))
    if (const TypeIndex type = collector.targetType(keeper); type != none)
      facts.typeFlows.push_back({names.boundType(made->getDefinition()), type});
  if (!isUsersOwn || !invokerOf(keeper))
    return;
  QualType type = pointer->getType();
  if (!type->isFunctionPointerType() && !type->isMemberFunctionPointerType() &&
      !type->isFunctionType())
    return;
  IndirectCall row;
  row.caller = current;
  row.at = line;
  row.type = names.typeOf(type);
  row.passed = flows.keep(pointer);
  row.isKept = true;
  if (row.type != none)
    facts.indirectCalls.push_back(std::move(row));
}

void BodyWalker::take(const FunctionDecl *callable, TypeIndex type, SourceLine line) {
  EntityIndex index = collector.need(callable);
  if (index != none)
    facts.taken.push_back(
        {current, index, type == none ? names.typeOf(callable) : type, argumentOf, line});
}

void BodyWalker::takeLambda(const CXXRecordDecl *closure, TypeIndex type, SourceLine line) {
  if (!closure->isGenericLambda()) {
    if (const CXXMethodDecl *callable = closure->getLambdaCallOperator())
      take(callable, type, line);
    return;
  }
  if (const FunctionTemplateDecl *pattern = closure->getDependentLambdaCallOperator())
    for (const FunctionDecl *callable : pattern->specializations())
      if (callable->hasBody())
        take(callable, type, line);
}

void BodyWalker::lookUp(const CallExpr *expression, const FunctionDecl *callee, SourceLine line) {
  if (!callee->getIdentifier() || !callee->isExternC())
    return;
  llvm::StringRef name = callee->getName();
  bool isSymbol = looksUpSymbol(callee);
  bool isLibrary = name == "dlopen" || name == "dlmopen";
  unsigned position = name == "dlopen" ? 0 : 1;
  if ((!isSymbol && !isLibrary) || expression->getNumArgs() <= position)
    return;
  // The program itself, whose functions are known.
  if (isLibrary && expression->getArg(position)->isNullPointerConstant(
                       names.context(), Expr::NPC_ValueDependentIsNotNull))
    return;
  UnresolvedSite site;
  site.in = current;
  site.at = line;
  site.isOpening = isLibrary;
  Value value = valueOf(expression->getArg(position), collector);
  site.reason = value.kind == ValueKind::Text
                    ? (name + "(\"" + value.text + "\")").str()
                    : (name + (isSymbol ? " with a name that is not constant"
                                        : " of a file that is not constant"))
                          .str();
  if (isLibrary && value.kind == ValueKind::Text)
    site.library = value.text;
  if (isSymbol) {
    QualType wanted = castOf ? castOf->getType() : QualType();
    if (!wanted.isNull()) {
      goThroughType(wanted, site.unlessOwned, names);
      if (const auto *record = wanted->getPointeeCXXRecordDecl())
        site.unlessOwned.push_back(names.type(record));
      else if (wanted->isPointerType())
        if (const auto *plainRecord = wanted->getPointeeType()->getAsRecordDecl())
          site.unlessOwned.push_back(names.type(plainRecord));
    }
    if (wanted.isNull() || wanted->isVoidPointerType() || wanted->isIntegerType())
      flows.lookUp(callee);
    TypeIndex type = wanted.isNull() ? none : names.typeOf(wanted);
    if (wanted.isNull() || !leadsToData(wanted))
      facts.taken.push_back({current, names.unknown(name.str(), line),
                             type == none ? names.voidPointer() : type, none, line});
  }
  facts.unresolved.push_back(std::move(site));
}

/// CONVERSION may make a structure of what dlsym has found, as that stands there, was put into a
/// local variable, or comes from somewhere: nobody knows what its fields lead to.
void BodyWalker::openTable(const CastExpr *conversion) {
  const RecordDecl *record = conversion->getType()->isPointerType()
                                 ? conversion->getType()->getPointeeType()->getAsRecordDecl()
                                 : nullptr;
  if (!isUsersOwn || !record || !conversion->getSubExpr()->getType()->isVoidPointerType())
    return;
  const Expr *found = conversion->getSubExpr()->IgnoreParenImpCasts();
  if (const auto *reference = dyn_cast<DeclRefExpr>(found))
    if (const auto *variable = dyn_cast<VarDecl>(reference->getDecl());
        variable && variable->hasLocalStorage() && variable->getInit())
      found = variable->getInit()->IgnoreParenCasts();
  const auto *call = dyn_cast<CallExpr>(found);
  const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
  if (!callee || !looksUpSymbol(callee)) {
    // Fresh memory, and what libraries have, is something else.
    if (!callee || !names.isSystem(callee))
      forEachCalled(record, [&](const FieldDecl *field) { flows.giveLookedUp(field); });
    return;
  }
  const SourceLine line = names.line(call->getExprLoc());
  const EntityIndex symbol = names.unknown(callee->getName().str(), line);
  forEachCalled(record, [&](const FieldDecl *field) {
    flows.forget(field);
    facts.taken.push_back({current, symbol, names.typeOf(field->getType()), none, line});
  });
}

/// VISIT of each pointer to a function in RECORD, and in what that has and leads to.
void BodyWalker::forEachCalled(const RecordDecl *record,
                               llvm::function_ref<void(const FieldDecl *)> visit, unsigned depth) {
  constexpr unsigned TablesMax = 4;
  record = record->getDefinition();
  if (!record || depth > TablesMax)
    return;
  for (const FieldDecl *field : record->fields()) {
    QualType type = field->getType();
    if (type->isFunctionPointerType() && names.typeOf(type) != none)
      visit(field);
    while (type->isPointerType() || type->isArrayType())
      type = QualType(type->getPointeeOrArrayElementType(), 0);
    if (const RecordDecl *inner = type->getAsRecordDecl())
      forEachCalled(inner, visit, depth + 1);
  }
}

void BodyWalker::noteArguments(llvm::ArrayRef<const Expr *> arguments, const FunctionDecl *callee,
                               EntityIndex index, SourceLine line) {
  if (!isUsersOwn || names.isSystem(callee))
    return;
  bool matters = llvm::any_of(callee->parameters(), [](const ParmVarDecl *parameter) {
    return mayHoldCallable(parameter->getType()) || mayHoldText(parameter->getType());
  });
  if (!matters)
    return;
  collector.rows.forEach(arguments, [&] {
    Arguments row{current, index, line, {}};
    for (const Expr *argument : arguments)
      row.values.push_back(mayHoldCallable(argument->getType()) ? callableIn(argument)
                           : mayHoldText(argument->getType())   ? valueOf(argument, collector)
                                                                : Value());
    facts.arguments.push_back(std::move(row));
  });
}

/// What EXPRESSION holds, be it that of which only the way there is known.
Value BodyWalker::callableIn(const Expr *expression) {
  Value value = valueOf(expression, collector);
  if (value.kind != ValueKind::Unknown)
    return value;
  value.entity = flows.handlerIn(expression);
  if (value.entity != none)
    value.kind = ValueKind::Function;
  return value;
}

} // namespace ripple::analyzer
