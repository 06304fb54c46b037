//===- Bodies.cpp - What one function's body does -------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Bodies.h"

#include "analyzer/collect/Changes.h"
#include "analyzer/collect/Values.h"

#include <clang/AST/Attr.h>
#include <clang/AST/DeclTemplate.h>

using namespace clang;

namespace ripple::analyzer {

BodyWalker::BodyWalker(Collector &collector, EntityIndex current, const FunctionDecl *function)
    : collector(collector), names(collector.names), facts(collector.facts), current(current),
      function(function), isUsersOwn(!names.entity(current).isSystem),
      flows(collector, current, function), registrar(collector, current, function),
      last(names.entity(current).defined) {
  registrar.handlerIn = [this](const Expr *callable) { return flows.handlerIn(callable); };
}

SourceLine BodyWalker::at(SourceLocation location) {
  if (!isPinned)
    if (SourceLine line = names.line(location); line.file != none)
      last = line;
  return last;
}

void BodyWalker::walk(const Stmt *statement) {
  if (!statement)
    return;
  const auto *expression = dyn_cast<Expr>(statement);
  const bool isInside = std::exchange(isInExpression, expression != nullptr);
  const SourceLine outer = wholeEnd;
  if (expression && !isInside && isUsersOwn) {
    noteSpread(expression);
    wholeEnd = names.line(expression->getEndLoc());
  }
  Visit(statement);
  wholeEnd = outer;
  isInExpression = isInside;
}

void BodyWalker::VisitStmt(const Stmt *statement) {
  for (const Stmt *child : statement->children())
    walk(child);
}

/// C computes the sizes of arrays where a type is written.
void BodyWalker::walkSizes(QualType type) {
  while (!type.isNull() && type->isVariablyModifiedType()) {
    if (const ArrayType *array = names.context().getAsArrayType(type)) {
      if (const auto *variable = dyn_cast<VariableArrayType>(array))
        walk(variable->getSizeExpr());
      type = array->getElementType();
    } else if (const auto *called = type->getAs<FunctionType>()) {
      type = called->getReturnType();
    } else {
      type = type->getPointeeType();
    }
  }
}

void BodyWalker::walkFunction(const FunctionDecl *definition) {
  if (definition->hasBody())
    blockEnd = names.line(definition->getBody()->getEndLoc());
  for (const ParmVarDecl *parameter : definition->parameters()) {
    destroyLocal(parameter, at(parameter->getLocation()));
    walkSizes(parameter->getOriginalType());
  }
  if (isa<CXXConstructorDecl, CXXDestructorDecl>(definition))
    flows.isOwnClass(cast<CXXMethodDecl>(definition)->getParent());
  if (const auto *constructor = dyn_cast<CXXConstructorDecl>(definition))
    walkConstructor(constructor);
  if (definition->hasBody())
    walk(definition->getBody());
  handBack();
  flows.expose(definition);
  if (const auto *destructor = dyn_cast<CXXDestructorDecl>(definition)) {
    last = names.line(definition->getLocation());
    destroyParts(destructor->getParent(), last);
    if (destructor->isVirtual() && destructor->getOperatorDelete())
      call(destructor->getOperatorDelete(), last);
  }
}

/// VALUE does not compile: it is a list without a type.
static bool isBroken(const Expr *value) { return value && value->getType().isNull(); }

void BodyWalker::walkConstructor(const CXXConstructorDecl *constructor) {
  noteMembers(constructor);
  for (const CXXCtorInitializer *initialiser : constructor->inits()) {
    last = names.line(initialiser->isWritten() ? initialiser->getSourceLocation()
                                               : constructor->getLocation());
    if (isBroken(initialiser->getInit()))
      continue;
    if (const FieldDecl *member = initialiser->getAnyMember()) {
      flows.initialise(member, initialiser->getInit());
      registrar.initialise(member, initialiser->getInit());
    }
    walk(initialiser->getInit());
  }
  // When it throws, what is made so far is destroyed.
  last = names.line(constructor->getLocation());
  destroyParts(constructor->getParent(), last);
}

void BodyWalker::destroyParts(const CXXRecordDecl *record, SourceLine line) {
  if (record->isUnion())
    return;
  for (const FieldDecl *field : record->fields())
    destroy(field->getType(), line);
  for (const CXXBaseSpecifier &base : record->bases())
    destroy(base.getType(), line);
  for (const CXXBaseSpecifier &base : record->vbases())
    destroy(base.getType(), line);
}

EntityIndex BodyWalker::destroy(QualType type, SourceLine line) {
  if (type.isNull() || type->isReferenceType() || type->isDependentType())
    return none;
  const CXXRecordDecl *record = type->getBaseElementTypeUnsafe()->getAsCXXRecordDecl();
  if (!record || !record->hasDefinition() || record->hasTrivialDestructor())
    return none;
  const CXXDestructorDecl *destructor = record->getDestructor();
  return destructor && !destructor->isDeleted() ? call(destructor, line) : none;
}

/// Where it is written down what ends an object that lives for DURATION; null where that is a part
/// of the function.
std::vector<End> *BodyWalker::endsOf(StorageDuration duration) {
  return duration == SD_Static   ? &facts.programEnds
         : duration == SD_Thread ? &facts.threadEnds
                                 : nullptr;
}

/// VARIABLE is destroyed where its block ends; if what is made with it throws, where it is made.
void BodyWalker::destroyLocal(const VarDecl *variable, SourceLine line) {
  QualType type = variable->getType();
  if (type->isReferenceType() && variable->getInit()) {
    // A temporary lives as long as the reference.
    const Expr *first = variable->getInit();
    if (const auto *full = dyn_cast<FullExpr>(first))
      first = full->getSubExpr();
    if (!isa<MaterializeTemporaryExpr>(first))
      return;
    if (!variable->hasLocalStorage())
      return; // VisitMaterializeTemporaryExpr does it.
    type = first->getType();
  }
  destroy(type, line);
  if (variable->hasLocalStorage() && endsAt(blockEnd, line))
    destroy(type, blockEnd);
}

/// What is made on LINE has an end of its own at END. Who says what its line uses, says it of its
/// end, too.
bool BodyWalker::endsAt(SourceLine end, SourceLine line) const {
  return isUsersOwn && end.file == line.file && end != line &&
         llvm::none_of(facts.ignores, [&](const Ignore &row) { return row.at == line; });
}

void BodyWalker::VisitCompoundStmt(const CompoundStmt *block) {
  const SourceLine outer = std::exchange(blockEnd, names.line(block->getEndLoc()));
  VisitStmt(block);
  blockEnd = outer;
}

void BodyWalker::noteLoop(SourceLocation from, SourceLocation to) {
  if (const SourceLine begin = names.line(from), end = names.line(to);
      isUsersOwn && begin.file != none && begin.file == end.file)
    facts.loops.push_back({current, begin, end});
}

void BodyWalker::VisitCXXForRangeStmt(const CXXForRangeStmt *loop) {
  noteLoop(loop->getBeginLoc(), loop->getEndLoc());
  VisitStmt(loop);
}

void BodyWalker::VisitGotoStmt(const GotoStmt *jump) {
  const SourceLocation label = jump->getLabel()->getLocation();
  if (names.line(label) <= names.line(jump->getGotoLoc()))
    noteLoop(label, jump->getGotoLoc());
}

void BodyWalker::VisitDeclStmt(const DeclStmt *statement) {
  for (const Decl *declaration : statement->decls())
    if (const auto *variable = dyn_cast<VarDecl>(declaration))
      walkVariable(variable);
    else if (const auto *named = dyn_cast<TypedefNameDecl>(declaration))
      walkSizes(named->getUnderlyingType());
}

void BodyWalker::walkVariable(const VarDecl *variable) {
  flows.expose(variable);
  if (isBroken(variable->getInit()))
    return;
  if (variable->hasExternalStorage() && !variable->hasInit())
    return;
  EntityIndex outer = std::exchange(argumentOf, none);
  SourceLine line = at(variable->getLocation());
  walkSizes(variable->getType());
  flows.initialise(variable, variable->getInit());
  registrar.initialise(variable, variable->getInit());
  if (variable->isStaticLocal())
    collector.noteDefinition(variable);
  if (const Expr *first = variable->getInit();
      first && function && variable->hasLocalStorage() && isOnlyCalled(function, variable))
    calledByName = dyn_cast<LambdaExpr>(bare(first));
  walk(variable->getInit());
  const std::size_t before = facts.calls.size();
  destroyLocal(variable, line);
  if (auto *ends = endsOf(variable->getStorageDuration()))
    for (std::size_t i = before; i < facts.calls.size(); ++i)
      ends->push_back({current, facts.calls[i].callee, line});
  if (const auto *cleanup = variable->getAttr<CleanupAttr>())
    for (SourceLine each : {line, endsAt(blockEnd, line) ? blockEnd : line})
      call(cleanup->getFunctionDecl(), each);
  if (const auto *group = dyn_cast<DecompositionDecl>(variable))
    for (const BindingDecl *binding : group->bindings())
      if (const VarDecl *holder = binding->getHoldingVar())
        walkVariable(holder);
  argumentOf = outer;
}

void BodyWalker::VisitIfStmt(const IfStmt *statement) {
  walk(statement->getInit());
  if (!statement->isConstexpr() || statement->getCond()->isValueDependent()) {
    for (const Stmt *part : {static_cast<const Stmt *>(statement->getConditionVariableDeclStmt()),
                             static_cast<const Stmt *>(statement->getCond()), statement->getThen(),
                             statement->getElse()})
      walk(part);
    return;
  }
  if (auto taken = statement->getNondiscardedCase(names.context()))
    walk(*taken);
}

void BodyWalker::VisitCXXCatchStmt(const CXXCatchStmt *statement) {
  if (const VarDecl *variable = statement->getExceptionDecl()) {
    flows.forget(variable);
    walkVariable(variable);
  }
  walk(statement->getHandlerBlock());
}

void BodyWalker::VisitCXXConstructExpr(const CXXConstructExpr *construction) {
  const CXXConstructorDecl *constructor = construction->getConstructor();
  SourceLine line = at(construction->getLocation());
  collector.needVirtuals(constructor->getParent());
  PassedIndex passed = flows.construct(construction);
  registrar.construct(construction);
  EntityIndex callee =
      constructor->isTrivial() ? none : call(constructor, line, CallKind::Direct, passed);
  llvm::ArrayRef<const Expr *> arguments(construction->getArgs(), construction->getNumArgs());
  if (callee != none) {
    noteArguments(arguments, constructor, callee, line);
    if (!Holders::isKeeper(constructor->getParent()))
      handOver(constructor, callee, nullptr, arguments, line);
    if (const CXXConstructorDecl *base = constructor->getInheritedConstructor().getConstructor())
      handOver(base, names.function(base), nullptr, arguments, line);
  }
  if (construction->getNumArgs() > 0)
    keepPointer(constructor->getParent(), construction->getArg(0), line);
  if (!giveTo(construction, constructor, callee, nullptr, arguments, line))
    walkArguments(arguments, callee, constructor);
}

void BodyWalker::VisitCXXInheritedCtorInitExpr(const CXXInheritedCtorInitExpr *construction) {
  const CXXConstructorDecl *base = construction->getConstructor();
  const SourceLine line = at(construction->getLocation());
  const EntityIndex callee = call(base, line);
  // It gets what the constructor gets that inherits it.
  if (callee == none || !isUsersOwn || !function || names.isSystem(base) ||
      function->getNumParams() != base->getNumParams())
    return;
  Arguments row{current, callee, line, {}};
  for (std::uint32_t i = 0; i < base->getNumParams(); ++i) {
    Value value;
    value.kind = ValueKind::Parameter;
    value.entity = current;
    value.number = i;
    row.values.push_back(std::move(value));
  }
  facts.arguments.push_back(std::move(row));
}

void BodyWalker::VisitCXXBindTemporaryExpr(const CXXBindTemporaryExpr *temporary) {
  if (const CXXDestructorDecl *destructor = temporary->getTemporary()->getDestructor()) {
    const SourceLine line = at(temporary->getExprLoc());
    call(destructor, line);
    if (endsAt(wholeEnd, line))
      call(destructor, wholeEnd);
  }
  walk(temporary->getSubExpr());
}

/// A temporary lives as long as the static reference that is bound to it.
void BodyWalker::VisitMaterializeTemporaryExpr(const MaterializeTemporaryExpr *temporary) {
  if (auto *ends = endsOf(temporary->getStorageDuration())) {
    const SourceLine line = at(temporary->getExprLoc());
    if (const EntityIndex destructor = destroy(temporary->getType(), line); destructor != none)
      ends->push_back({current, destructor, line});
  }
  VisitStmt(temporary);
}

void BodyWalker::VisitCXXNewExpr(const CXXNewExpr *allocation) {
  SourceLine line = at(allocation->getBeginLoc());
  for (const FunctionDecl *callee : {allocation->getOperatorNew(), allocation->getOperatorDelete()})
    if (callee)
      call(callee, line);
  flows.place(allocation);
  VisitStmt(allocation);
}

void BodyWalker::VisitCXXDeleteExpr(const CXXDeleteExpr *deletion) {
  SourceLine line = at(deletion->getBeginLoc());
  if (const FunctionDecl *callee = deletion->getOperatorDelete())
    call(callee, line);
  QualType type = deletion->getDestroyedType();
  if (!type.isNull())
    if (const CXXRecordDecl *record = type->getBaseElementTypeUnsafe()->getAsCXXRecordDecl();
        record && record->hasDefinition() && !record->hasTrivialDestructor())
      if (const CXXDestructorDecl *destructor = record->getDestructor())
        call(destructor, line,
             destructor->isVirtual() && !record->isEffectivelyFinal() ? CallKind::Virtual
                                                                      : CallKind::Direct,
             flows.destroy(deletion->getArgument()));
  VisitStmt(deletion);
}

void BodyWalker::VisitCXXThrowExpr(const CXXThrowExpr *raise) {
  if (const Expr *object = raise->getSubExpr())
    if (const EntityIndex destructor = destroy(object->getType(), at(raise->getThrowLoc()));
        destructor != none)
      names.entity(destructor).isThrown = true;
  VisitStmt(raise);
}

void BodyWalker::VisitCXXDefaultArgExpr(const CXXDefaultArgExpr *argument) {
  // It runs where the call is, not where it is written.
  at(argument->getUsedLocation());
  bool outer = std::exchange(isPinned, true);
  walk(argument->getExpr());
  isPinned = outer;
}

void BodyWalker::VisitCXXDefaultInitExpr(const CXXDefaultInitExpr *initialiser) {
  walk(initialiser->getExpr());
}

void BodyWalker::VisitInitListExpr(const InitListExpr *list) {
  if (const InitListExpr *meaning = list->isSemanticForm() ? list : list->getSemanticForm()) {
    flows.elements(meaning->getType(), meaning->getInitializedFieldInUnion(),
                   {meaning->getInits(), meaning->getNumInits()});
    handOver(meaning->getType(), meaning->getInitializedFieldInUnion(),
             {meaning->getInits(), meaning->getNumInits()}, at(meaning->getBeginLoc()));
    registrar.aggregate(meaning);
    VisitStmt(meaning);
    if (const Expr *filler = meaning->getArrayFiller())
      walk(filler);
    // When making a later element throws, the earlier ones are destroyed.
    destroy(meaning->getType(), at(meaning->getBeginLoc()));
  } else {
    VisitStmt(list);
  }
}

void BodyWalker::VisitLambdaExpr(const LambdaExpr *lambda) {
  SourceLine line = at(lambda->getBeginLoc());
  if (lambda != calledByName)
    takeLambda(lambda->getLambdaClass(), none, line);
  flows.capture(lambda);
  if (const CXXMethodDecl *callable = lambda->getCallOperator();
      callable && !lambda->isGenericLambda())
    if (EntityIndex index = collector.need(callable); index != none)
      names.entity(index).enclosing = current;
  EntityIndex outer = std::exchange(argumentOf, none);
  for (const Expr *captured : lambda->capture_inits())
    walk(captured);
  argumentOf = outer;
}

void BodyWalker::VisitDeclRefExpr(const DeclRefExpr *reference) {
  SourceLine line = at(reference->getLocation());
  if (const auto *callable = dyn_cast<FunctionDecl>(reference->getDecl())) {
    take(callable, names.typeOf(callable), line);
    registrar.take(callable, reference->getLocation());
  } else if (const auto *variable = dyn_cast<VarDecl>(reference->getDecl())) {
    use(variable, line);
    handPlace(variable);
    flows.expose(variable);
  } else if (const auto *field = dyn_cast<FieldDecl>(reference->getDecl()))
    flows.forget(field);
}

void BodyWalker::VisitBinaryOperator(const BinaryOperator *operation) {
  if (operation->getOpcode() == BO_Assign) {
    flows.assign(operation->getLHS(), operation->getRHS());
    handOver(operation->getLHS(), operation->getRHS(), at(operation->getOperatorLoc()));
    registrar.store(operation->getLHS(), operation->getRHS());
  }
  VisitStmt(operation);
}

void BodyWalker::VisitUnaryOperator(const UnaryOperator *operation) {
  if (operation->getOpcode() == UO_AddrOf)
    registrar.expose(operation->getSubExpr(), operation->getOperatorLoc());
  VisitStmt(operation);
}

void BodyWalker::walkLoop(const Stmt *loop) {
  noteLoop(loop->getBeginLoc(), loop->getEndLoc());
  const RuleIndex rule = registrar.isInAcceptLoop ? none : registrar.acceptRule(loop);
  if (rule == none)
    return VisitStmt(loop);
  // What the loop does, it does for requests: a function of its own to all that follows.
  const EntityIndex body = names.loopOf(current);
  facts.calls.push_back({current, body, CallKind::Direct, at(loop->getBeginLoc()), none});
  registrar.acceptLoop(rule, body, loop->getBeginLoc());
  const EntityIndex outer = std::exchange(current, body);
  registrar.isInAcceptLoop = true;
  VisitStmt(loop);
  registrar.isInAcceptLoop = false;
  current = outer;
}

void BodyWalker::VisitAtomicExpr(const AtomicExpr *operation) {
  flows.forget(operation);
  VisitStmt(operation);
}

void BodyWalker::VisitCXXParenListInitExpr(const CXXParenListInitExpr *list) {
  std::vector<const Expr *> values;
  for (const Expr *value : list->getInitExprs())
    values.push_back(value);
  flows.elements(list->getType(), list->getInitializedFieldInUnion(), values);
  handOver(list->getType(), list->getInitializedFieldInUnion(), values, at(list->getBeginLoc()));
  VisitStmt(list);
}

void BodyWalker::VisitMemberExpr(const MemberExpr *member) {
  SourceLine line = at(member->getMemberLoc());
  if (const auto *callable = dyn_cast<FunctionDecl>(member->getMemberDecl())) {
    take(callable, names.typeOf(callable), line);
    registrar.take(callable, member->getMemberLoc());
  } else if (const auto *variable = dyn_cast<VarDecl>(member->getMemberDecl()))
    use(variable, line);
  handPlace(member->getMemberDecl());
  if (const auto *field = dyn_cast<FieldDecl>(member->getMemberDecl())) {
    flows.expose(field, isRead());
    flows.overlap(field);
  }
  walk(member->getBase());
}

/// What is being walked is read, and nothing else.
bool BodyWalker::isRead() const { return castOf && castOf->getCastKind() == CK_LValueToRValue; }

void BodyWalker::use(const VarDecl *variable, SourceLine line) {
  if (!variable->hasGlobalStorage() || variable->isStaticLocal())
    return;
  collector.need(variable);
  if (variable->isExternallyVisible() && !variable->getType()->isDependentType())
    facts.calls.push_back({current, names.variable(variable), CallKind::Use, line});
  flows.expose(variable, isRead());
  // Another unit may define it.
  const VarDecl *definition = variable;
  if (variable->getTLSKind() == VarDecl::TLS_Dynamic &&
      (variable->getAnyInitializer(definition) || variable->isExternallyVisible()))
    facts.calls.push_back({current, names.initialiser(definition), CallKind::Initialises, line});
}

void BodyWalker::VisitCastExpr(const CastExpr *conversion) {
  const Expr *operand = conversion->getSubExpr();
  flows.convert(conversion);
  openTable(conversion);
  TypeIndex from = names.typeOf(operand->getType()), to = names.typeOf(conversion->getType());
  bool isDecay = conversion->getCastKind() == CK_FunctionToPointerDecay ||
                 conversion->getCastKind() == CK_BuiltinFnToFnPtr;
  bool isCode = operand->getType()->isFunctionPointerType() ||
                operand->getType()->isMemberFunctionPointerType() ||
                conversion->getType()->isFunctionPointerType() ||
                conversion->getType()->isMemberFunctionPointerType();
  if (!isDecay && isCode && from != to) {
    // Integers and what else may hold an address pass for "void *".
    bool isNull = isNoAddress(operand, names.context()) ||
                  conversion->getCastKind() == CK_NullToPointer ||
                  conversion->getCastKind() == CK_NullToMemberPointer ||
                  conversion->getType()->isBooleanType() || conversion->getType()->isVoidType();
    if (!isNull)
      becomes(operand, from == none ? names.voidPointer() : from,
              to == none ? names.voidPointer() : to, at(conversion->getExprLoc()));
  }
  if (const auto *written = dyn_cast<ExplicitCastExpr>(conversion))
    walkSizes(written->getTypeAsWritten());
  const CastExpr *outer = std::exchange(castOf, conversion);
  walk(operand);
  castOf = outer;
}

/// A pointer to code, of type FROM, becomes one of type TO: any of that type, or a function by
/// name.
void BodyWalker::becomes(const Expr *operand, TypeIndex from, TypeIndex to, SourceLine line) {
  if (isFunctionName(operand))
    take(functionNamed(operand), to, line);
  else
    facts.typeFlows.push_back({from, to});
}

void BodyWalker::VisitUnaryExprOrTypeTraitExpr(const UnaryExprOrTypeTraitExpr *query) {
  if (query->getKind() != UETT_SizeOf || !query->getTypeOfArgument()->isVariablyModifiedType())
    return;
  if (query->isArgumentType())
    walkSizes(query->getArgumentType());
  else
    walk(query->getArgumentExpr());
}

void BodyWalker::VisitOffsetOfExpr(const OffsetOfExpr *offset) {
  for (unsigned i = 0; i < offset->getNumComponents(); ++i)
    if (offset->getComponent(i).getKind() == OffsetOfNode::Field)
      flows.takeOffset(offset->getComponent(i).getField());
  VisitStmt(offset);
}

void BodyWalker::VisitVAArgExpr(const VAArgExpr *argument) {
  walkSizes(argument->getType());
  VisitStmt(argument);
}

void BodyWalker::VisitGenericSelectionExpr(const GenericSelectionExpr *selection) {
  if (!selection->isResultDependent())
    walk(selection->getResultExpr());
}

void BodyWalker::VisitCXXTypeidExpr(const CXXTypeidExpr *query) {
  if (!query->isTypeOperand() && query->isPotentiallyEvaluated())
    VisitStmt(query);
}

void BodyWalker::VisitReturnStmt(const ReturnStmt *statement) {
  const Expr *value = statement->getRetValue();
  flows.returns(value);
  registrar.handBack(value);
  handBack(value);
  if (value && isUsersOwn && function && mayHoldCallable(value->getType()))
    facts.returned.push_back({current, callableIn(value)});
  VisitStmt(statement);
}

} // namespace ripple::analyzer
