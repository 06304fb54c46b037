//===- Flows.cpp - Where callables and objects go -------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Flows.h"

#include "analyzer/collect/LibraryCalls.h"
#include "analyzer/collect/Values.h"

#include <clang/AST/DeclTemplate.h>
#include <clang/Basic/SourceManager.h>

using namespace clang;

namespace ripple::analyzer {
namespace {

/// Expressions nested deeper are not followed.
constexpr unsigned DepthMax = 256;
/// Marks the numbers of temporaries; those of variables are their places in the file.
constexpr std::uint32_t TemporaryBit = std::uint32_t(1) << 31;

bool isUnion(const FieldDecl *field) {
  for (const RecordDecl *record = field->getParent(); record;
       record = dyn_cast<RecordDecl>(record->getParent())) {
    if (record->isUnion())
      return true;
    if (!record->isAnonymousStructOrUnion())
      return false;
  }
  return false;
}

/// The function that DECLARATION is local to.
const FunctionDecl *ownerOf(const VarDecl *declaration) {
  const DeclContext *scope = declaration->getDeclContext();
  while (scope && !isa<FunctionDecl>(scope) && !scope->isFileContext())
    scope = scope->getParent();
  return dyn_cast_or_null<FunctionDecl>(scope);
}

} // namespace

Flows::Flows(Collector &collector, EntityIndex current, const FunctionDecl *function)
    : collector(collector), names(collector.names), facts(collector.facts),
      holders(collector.holders), current(current), function(function),
      isActive(!names.entity(current).isSystem) {}

// ---- places ----------------------------------------------------------------

NodeIndex Flows::node(NodeKind kind, EntityIndex entity, std::uint32_t number) {
  return collector.node({kind, entity, number});
}

NodeIndex Flows::temporary(const Expr *expression) {
  auto [place, isNew] = temporaryOf.try_emplace(expression, none);
  if (isNew)
    place->second = newTemporary();
  return place->second;
}

NodeIndex Flows::newTemporary() {
  return node(NodeKind::Local, current, temporaries++ | TemporaryBit);
}

NodeIndex Flows::object(const CXXRecordDecl *record) {
  return node(NodeKind::Object, none, names.record(record));
}

NodeIndex Flows::callable(const FunctionDecl *callee) {
  EntityIndex index = collector.need(callee);
  return index == none ? unknown() : node(NodeKind::Callable, index, 0);
}

/// An object of FUNCTOR, as a callable.
NodeIndex Flows::callable(const CXXRecordDecl *functor, const Expr *expression) {
  std::vector<NodeIndex> found;
  DeclarationName name = functor->getASTContext().DeclarationNames.getCXXOperatorName(OO_Call);
  for (const NamedDecl *each : functor->lookup(name)) {
    if (const auto *method = dyn_cast<CXXMethodDecl>(each)) {
      found.push_back(callable(method));
    } else if (const auto *pattern = dyn_cast<FunctionTemplateDecl>(each)) {
      for (const FunctionDecl *special : pattern->specializations())
        if (special->hasBody())
          found.push_back(callable(special));
    } else {
      found.push_back(unknown()); // another class's, by a using-declaration
    }
  }
  if (found.size() == 1)
    return found[0];
  NodeIndex all = temporary(expression);
  for (NodeIndex each : found)
    flow(each, all);
  return all;
}

NodeIndex Flows::thisObject() {
  // A lambda's object is that of the function it stands in.
  const FunctionDecl *owner = function;
  while (owner) {
    const auto *method = dyn_cast<CXXMethodDecl>(owner);
    if (!method || !method->getParent()->isLambda())
      break;
    owner = dyn_cast_or_null<FunctionDecl>(
        Decl::castFromDeclContext(method->getParent()->getDeclContext())->getNonClosureContext());
    if (!owner)
      return unknown();
  }
  EntityIndex index = owner ? names.function(owner) : none;
  return index == none ? unknown() : node(NodeKind::Parameter, index, thisParameter);
}

NodeIndex Flows::variable(const VarDecl *variable) {
  QualType type = variable->getType();
  if (const CXXRecordDecl *record = holders.objectOf(type))
    return object(record);
  NodeIndex place = none;
  if (variable->hasGlobalStorage()) {
    place = node(NodeKind::Variable, names.variable(variable), 0);
  } else {
    const FunctionDecl *owner = ownerOf(variable);
    EntityIndex index = owner ? names.function(owner) : none;
    if (index == none || names.entity(index).isSystem)
      return unknown();
    if (const auto *parameter = dyn_cast<ParmVarDecl>(variable)) {
      place = node(NodeKind::Parameter, index, parameter->getFunctionScopeIndex());
    } else {
      const SourceManager &sources = names.context().getSourceManager();
      std::uint32_t offset = sources.getFileOffset(sources.getSpellingLoc(variable->getLocation()));
      place = node(NodeKind::Local, index, offset & ~TemporaryBit);
    }
  }
  addStoredObjects(type, place);
  return place;
}

NodeIndex Flows::field(const FieldDecl *field) {
  if (const CXXRecordDecl *record = holders.objectOf(field->getType()))
    return object(record);
  if (isUnion(field) || names.line(field->getLocation()).file == none)
    return unknown();
  NodeIndex place = node(NodeKind::Field, names.field(field), 0);
  addStoredObjects(field->getType(), place);
  return place;
}

/// Containers of objects make them without a word of which class; it is that of their elements.
void Flows::addStoredObjects(QualType type, NodeIndex place, unsigned level) {
  type = type.getNonReferenceType();
  while (type->isPointerType())
    type = type->getPointeeType();
  const auto *record = dyn_cast_or_null<ClassTemplateSpecializationDecl>(
      type->getBaseElementTypeUnsafe()->getAsCXXRecordDecl());
  if (!record || level > 6 || !Holders::isKeeper(record) || !holders.holds(type) ||
      record->getName() == "default_delete")
    return;
  auto add = [&](const TemplateArgument &argument, auto &&self) -> void {
    if (argument.getKind() == TemplateArgument::Pack)
      for (const TemplateArgument &each : argument.pack_elements())
        self(each, self);
    if (argument.getKind() != TemplateArgument::Type)
      return;
    llvm::StringRef name = record->getName();
    bool isOwner = name.ends_with("_ptr") || name == "reference_wrapper";
    if (const CXXRecordDecl *element = holders.objectOf(argument.getAsType()); element && !isOwner)
      flow(object(element), place);
    else if (argument.getAsType()->getAsCXXRecordDecl())
      addStoredObjects(argument.getAsType(), place, level + 1);
  };
  for (const TemplateArgument &argument : record->getTemplateArgs().asArray())
    add(argument, add);
}

NodeIndex Flows::declared(const ValueDecl *declaration) {
  if (const auto *callee = dyn_cast<FunctionDecl>(declaration))
    return callable(callee);
  if (const auto *holder = dyn_cast<VarDecl>(declaration))
    return variable(holder);
  if (const auto *member = dyn_cast<FieldDecl>(declaration))
    return field(member);
  if (const auto *binding = dyn_cast<BindingDecl>(declaration))
    return binding->getBinding() ? valueOf(binding->getBinding()) : unknown();
  return unknown();
}

// ---- values ----------------------------------------------------------------

/// Where EXPRESSION, of a type that holds, keeps its value; none for null.
NodeIndex Flows::valueOf(const Expr *expression) {
  if (depth > DepthMax)
    return unknown();
  ++depth;
  struct Leave {
    unsigned &depth;
    ~Leave() { --depth; }
  } leave{depth};
  expression = expression->IgnoreParens();
  const CXXRecordDecl *record = expression->getType()->getAsCXXRecordDecl();
  record = record && record->hasDefinition() ? record->getDefinition() : nullptr;
  if (record && !Holders::isKeeper(record) && mayHoldCallable(expression->getType()) &&
      !holders.isObject(record))
    return names.isSystem(record) && !record->isLambda() ? unknown() : callable(record, expression);
  if (const auto *conversion = dyn_cast<CastExpr>(expression))
    return valueOfCast(conversion);
  if (const auto *call = dyn_cast<CallExpr>(expression))
    return valueOfCall(call);
  if (const auto *reference = dyn_cast<DeclRefExpr>(expression))
    return declared(reference->getDecl());
  if (const auto *member = dyn_cast<MemberExpr>(expression)) {
    const auto *owner = dyn_cast<CXXRecordDecl>(member->getMemberDecl()->getDeclContext());
    // A pair is one with what it keeps.
    return owner && Holders::isKeeper(owner) && holders.holds(member->getBase()->getType())
               ? valueOf(member->getBase())
               : declared(member->getMemberDecl());
  }
  if (const auto *unary = dyn_cast<UnaryOperator>(expression)) {
    const Expr *operand = unary->getSubExpr();
    return holders.holds(operand->getType()) ? valueOf(operand) : unknown();
  }
  if (const auto *element = dyn_cast<ArraySubscriptExpr>(expression))
    return valueOf(element->getBase());
  if (const auto *operation = dyn_cast<BinaryOperator>(expression))
    return valueOfOperation(operation);
  if (const auto *choice = dyn_cast<AbstractConditionalOperator>(expression))
    return joined(choice, {choice->getTrueExpr(), choice->getFalseExpr()});
  if (const auto *opaque = dyn_cast<OpaqueValueExpr>(expression))
    return opaque->getSourceExpr() ? valueOf(opaque->getSourceExpr()) : unknown();
  if (const auto *made = dyn_cast<CXXConstructExpr>(expression)) {
    const CXXConstructorDecl *constructor = made->getConstructor();
    if (holders.isObject(constructor->getParent()))
      return object(constructor->getParent()->getDefinition());
    if (constructor->isCopyOrMoveConstructor() && made->getNumArgs() > 0)
      return argument(made->getArg(0));
    return temporary(made);
  }
  if (const auto *made = dyn_cast<CXXNewExpr>(expression)) {
    if (const CXXRecordDecl *kind = holders.objectOf(made->getAllocatedType()))
      return object(kind);
    return made->getInitializer() ? argument(made->getInitializer()) : none;
  }
  if (isa<CXXThisExpr>(expression))
    return thisObject();
  if (const auto *list = dyn_cast<InitListExpr>(expression)) {
    const InitListExpr *meaning = list->isSemanticForm() ? list : list->getSemanticForm();
    if (holders.objectOf(expression->getType()))
      return unknown();
    std::vector<const Expr *> parts;
    for (const Expr *each : (meaning ? meaning : list)->inits())
      if (holders.holds(each->getType()))
        parts.push_back(each);
    return parts.size() == 1 ? valueOf(parts[0]) : joined(list, parts);
  }
  if (const auto *wrapped = dyn_cast<MaterializeTemporaryExpr>(expression))
    return valueOf(wrapped->getSubExpr());
  if (const auto *wrapped = dyn_cast<CXXBindTemporaryExpr>(expression))
    return valueOf(wrapped->getSubExpr());
  if (const auto *wrapped = dyn_cast<FullExpr>(expression))
    return valueOf(wrapped->getSubExpr());
  if (const auto *wrapped = dyn_cast<CXXDefaultArgExpr>(expression))
    return valueOf(wrapped->getExpr());
  if (const auto *wrapped = dyn_cast<CXXDefaultInitExpr>(expression))
    return valueOf(wrapped->getExpr());
  if (const auto *wrapped = dyn_cast<SubstNonTypeTemplateParmExpr>(expression))
    return valueOf(wrapped->getReplacement());
  if (const auto *wrapped = dyn_cast<CXXStdInitializerListExpr>(expression))
    return valueOf(wrapped->getSubExpr());
  if (const auto *wrapped = dyn_cast<CompoundLiteralExpr>(expression))
    return valueOf(wrapped->getInitializer());
  if (const auto *block = dyn_cast<StmtExpr>(expression)) {
    const auto *last = dyn_cast_or_null<Expr>(block->getSubStmt()->body_back());
    return last ? valueOf(last) : unknown();
  }
  if (const auto *selection = dyn_cast<GenericSelectionExpr>(expression))
    return valueOf(selection->getResultExpr());
  if (isa<CXXNullPtrLiteralExpr, GNUNullExpr, ImplicitValueInitExpr, CXXScalarValueInitExpr,
          NoInitExpr>(expression))
    return none;
  return unknown();
}

NodeIndex Flows::valueOfOperation(const BinaryOperator *operation) {
  if (operation->isPtrMemOp())
    return unknown();
  if (operation->isAssignmentOp())
    return valueOf(operation->getLHS());
  if (operation->isCommaOp())
    return valueOf(operation->getRHS());
  const Expr *pointer =
      holders.holds(operation->getLHS()->getType()) ? operation->getLHS() : operation->getRHS();
  return argument(pointer);
}

NodeIndex Flows::joined(const Expr *expression, llvm::ArrayRef<const Expr *> parts) {
  const bool isNew = !temporaryOf.contains(expression);
  NodeIndex all = temporary(expression);
  for (const Expr *part : parts) {
    flow(argument(part), all);
    if (isNew && holders.isPlace(part->getType()))
      storeTo(part, all);
  }
  return all;
}

/// The value of EXPRESSION; none where its type holds nothing.
NodeIndex Flows::argument(const Expr *expression) {
  if (holders.holds(expression->getType()))
    return valueOf(expression);
  return mayHoldCallable(expression->getType()) ? unknown() : none;
}

/// The same, but for a null pointer.
NodeIndex Flows::argumentOrNothing(const Expr *expression) {
  const NodeIndex value = argument(expression);
  return value == none && holders.holds(expression->getType()) ? node(NodeKind::Nothing, none, 0)
                                                               : value;
}

NodeIndex Flows::valueOfCall(const CallExpr *call) {
  const FunctionDecl *callee = call->getDirectCallee();
  if (!callee)
    return temporary(call);
  if (const auto *conversion = dyn_cast<CXXConversionDecl>(callee);
      conversion && conversion->getParent()->isLambda())
    return callable(conversion->getParent(), call);
  if (callee->getBuiltinID() != 0 && !callee->hasBody())
    return call->getNumArgs() > 0 && holders.holds(call->getArg(0)->getType())
               ? valueOf(call->getArg(0))
               : unknown();
  if (isUsers(callee)) {
    const auto *method = dyn_cast<CXXMethodDecl>(callee);
    if (method && method->isVirtual())
      return temporary(call);
    EntityIndex index = names.function(callee);
    return index == none ? unknown() : node(NodeKind::Result, index, 0);
  }
  if (EntityIndex bound = given(call, callee, {call->getArgs(), call->getNumArgs()});
      bound != none) {
    if (isBound(call->getType()->getAsCXXRecordDecl()))
      return node(NodeKind::Callable, bound, 0);
    if (callee->getIdentifier() && callee->getName() == "invoke")
      return node(NodeKind::Result, bound, 0);
  }
  if (isTransparent(callee))
    return resultOf(partsOf(call, callee), callee, call);
  if (EntityIndex index = names.function(callee);
      index != none && !Holders::isLibrary(callee) && holders.isPlace(callee->getReturnType()))
    return node(NodeKind::Result, index, 0);
  return unknown();
}

/// What WHOLE, a call of a transparent function, gives back.
NodeIndex Flows::resultOf(const Parts &parts, const FunctionDecl *callee, const Expr *whole) {
  const auto *method = dyn_cast<CXXMethodDecl>(callee);
  // std::function's call operator gives back what its target does.
  if (method && method->getOverloadedOperator() == OO_Call)
    return method->getParent()->getName() == "function" || isBound(method->getParent())
               ? temporary(whole)
               : unknown();
  const Handling handling = handlingOf(callee);
  if (parts.object) {
    if (!holders.holds(parts.object->getType()))
      return unknown();
    return handling == Handling::Keeps ? valueOf(parts.object) : temporary(whole);
  }
  std::vector<const Expr *> holding = holdingOf(parts);
  if (handling == Handling::Keeps && !isMaker(callee) && !isa<CXXConstructExpr>(whole)) {
    if (holding.size() == 1)
      return argument(holding[0]);
    if (holding.empty())
      return unknown();
  }
  return temporary(whole);
}

/// The arguments that a callable or an object may come with.
std::vector<const Expr *> Flows::holdingOf(const Parts &parts) {
  std::vector<const Expr *> holding;
  for (const Expr *each : parts.arguments)
    if (holders.holds(each->getType()) || mayHoldCallable(each->getType()))
      holding.push_back(each);
  return holding;
}

// ---- flows -----------------------------------------------------------------

void Flows::flow(NodeIndex from, NodeIndex to) {
  if (from != none && to != none && from != to)
    facts.flows.push_back({from, to});
}

void Flows::store(NodeIndex value, NodeIndex place) {
  if (place == none)
    return;
  Node at = facts.nodes[place];
  if (at.kind == NodeKind::Callable || at.kind == NodeKind::Object)
    return;
  // Null pointers count where nothing else is, and that is asked of what outlives a function.
  if (value != none && facts.nodes[value].kind == NodeKind::Nothing && at.kind == NodeKind::Local)
    return;
  flow(value, place);
  if (at.kind == NodeKind::Parameter && at.number != thisParameter)
    flow(value, node(NodeKind::Written, at.entity, at.number));
  if (at.kind == NodeKind::Field || at.kind == NodeKind::Variable || at.kind == NodeKind::Result)
    if (mayBeElsewhere(names.entity(at.entity)))
      flow(value, node(NodeKind::Written, at.entity, thisParameter));
}

/// What is kept there may be for code to use that is not seen.
bool Flows::mayBeElsewhere(const Entity &place) {
  return place.isSystem || (place.kind == EntityKind::Variable && place.defined.file == none) ||
         (place.kind == EntityKind::Function && !place.hasBody);
}

PassedIndex Flows::keepPlace(EntityIndex place) {
  return isActive && mayBeElsewhere(names.entity(place))
             ? keep(node(NodeKind::Written, place, thisParameter))
             : none;
}

void Flows::storeTo(const Expr *place, NodeIndex value) {
  place = place->IgnoreParenCasts();
  if (const auto *choice = dyn_cast<AbstractConditionalOperator>(place)) {
    storeTo(choice->getTrueExpr(), value);
    storeTo(choice->getFalseExpr(), value);
  } else if (holders.holds(place->getType())) {
    store(value, valueOf(place));
  }
}

/// VALUE is kept in PLACE, of TYPE.
void Flows::bind(const Expr *value, QualType type, NodeIndex place) {
  store(argumentOrNothing(value), place);
  if (holders.isPlace(type))
    storeTo(value, place);
}

void Flows::initialise(const VarDecl *declaration, const Expr *value) {
  if (isActive && value && holders.holds(declaration->getType()))
    bind(value, declaration->getType(), variable(declaration));
}

void Flows::initialise(const FieldDecl *declaration, const Expr *value) {
  expose(declaration);
  if (isActive && value && holders.holds(declaration->getType()))
    bind(value, declaration->getType(), field(declaration));
}

void Flows::assign(const Expr *place, const Expr *value) {
  if (const auto *member = dyn_cast<MemberExpr>(place->IgnoreParens()))
    if (const auto *declaration = dyn_cast<FieldDecl>(member->getMemberDecl()))
      expose(declaration);
  if (!isActive || !holders.holds(place->getType()))
    return;
  storeTo(place, argumentOrNothing(value));
  if (holders.isPlace(place->getType().getNonReferenceType()))
    storeTo(value, valueOf(place));
}

void Flows::expose(const ValueDecl *place, bool isRead) {
  const QualType type = place->getType();
  if (!isActive && !Holders::isLibrary(place) && holders.holds(type) &&
      (!isRead || holders.isPlace(type)))
    store(unknown(), declared(place));
}

void Flows::takeOffset(const FieldDecl *declaration) {
  if (!holders.holds(declaration->getType()))
    return;
  store(unknown(), field(declaration));
  flow(field(declaration), unknown());
}

/// C lets the common beginning of structures in a union be read by any of them.
void Flows::overlap(const FieldDecl *declaration) {
  auto definitionOf = [](const FieldDecl *each) {
    const RecordDecl *record = each->getType()->getBaseElementTypeUnsafe()->getAsRecordDecl();
    return record ? record->getDefinition() : nullptr;
  };
  const RecordDecl *record = definitionOf(declaration);
  if (!record || !declaration->getParent()->isUnion())
    return;
  for (const FieldDecl *beside : declaration->getParent()->fields()) {
    const RecordDecl *other = definitionOf(beside);
    if (!other || other == record)
      continue;
    auto mine = record->field_begin(), theirs = other->field_begin();
    for (; mine != record->field_end() && theirs != other->field_end() &&
           names.context().hasSameType((*mine)->getType(), (*theirs)->getType());
         ++mine, ++theirs)
      if (holders.holds((*mine)->getType())) {
        store(field(*mine), field(*theirs));
        store(field(*theirs), field(*mine));
      }
  }
}

void Flows::place(const CXXNewExpr *made) {
  if (!isActive || !holders.holds(made->getType()))
    return;
  for (unsigned i = 0; i < made->getNumPlacementArgs(); ++i) {
    const Expr *place = made->getPlacementArg(i)->IgnoreParenCasts();
    if (holders.holds(place->getType()))
      storeTo(place, valueOf(made));
  }
}

void Flows::returns(const Expr *value) {
  if (!isActive || !value || !function || !holders.holds(function->getReturnType()))
    return;
  NodeIndex result = node(NodeKind::Result, current, 0);
  addStoredObjects(function->getReturnType(), result);
  bind(value, function->getReturnType(), result);
}

void Flows::forget(const VarDecl *declaration) {
  if (isActive && holders.holds(declaration->getType()))
    store(unknown(), variable(declaration));
}

void Flows::forget(const Expr *expression) {
  if (!isActive)
    return;
  for (const Stmt *child : expression->children())
    if (const auto *operand = dyn_cast_or_null<Expr>(child);
        operand && holders.holds(operand->getType())) {
      flow(valueOf(operand), unknown());
      storeTo(operand, unknown());
    }
}

void Flows::forget(const FieldDecl *declaration) {
  if (isActive && holders.holds(declaration->getType()))
    store(unknown(), field(declaration));
}

void Flows::capture(const LambdaExpr *lambda) {
  if (!isActive)
    return;
  for (const LambdaCapture &each : lambda->captures())
    if (each.capturesVariable())
      if (const auto *captured = dyn_cast<VarDecl>(each.getCapturedVar())) {
        if (captured->isInitCapture())
          initialise(captured, captured->getInit());
        // The copy is of the class that the variable is declared with.
        if (const CXXRecordDecl *record =
                holders.objectOf(captured->getType().getNonReferenceType());
            record && each.getCaptureKind() == LCK_ByCopy)
          store(object(record), variable(captured));
      }
}

void Flows::elements(QualType type, const FieldDecl *active, llvm::ArrayRef<const Expr *> values) {
  const RecordDecl *record = type->getAsRecordDecl();
  record = record ? record->getDefinition() : nullptr;
  if (!record)
    return;
  if (record->isUnion()) {
    if (active && !values.empty())
      initialise(active, values[0]);
    return;
  }
  const auto *kind = dyn_cast<CXXRecordDecl>(record);
  std::size_t position = kind ? kind->getNumBases() : 0;
  for (const FieldDecl *member : record->fields()) {
    if (member->isUnnamedBitField())
      continue;
    if (position >= values.size())
      break;
    initialise(member, values[position++]);
  }
}

void Flows::isOwnClass(const CXXRecordDecl *record) {
  if (isActive && holders.isObject(record))
    flow(object(record->getDefinition()), node(NodeKind::Parameter, current, thisParameter));
}

} // namespace ripple::analyzer
