//===- Collector.cpp - One unit's facts, from what it makes run -----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Collector.h"

#include "analyzer/Sorted.h"
#include "analyzer/collect/Bodies.h"
#include "analyzer/collect/Changes.h"
#include "analyzer/collect/LibraryCalls.h"
#include "analyzer/collect/Macros.h"
#include "analyzer/collect/Objects.h"
#include "analyzer/collect/Values.h"

#include <algorithm>
#include <clang/AST/Attr.h>
#include <clang/AST/DeclTemplate.h>
#include <tuple>

using namespace clang;

namespace ripple::analyzer {
namespace {

const VarDecl *definitionOf(const VarDecl *variable) {
  const VarDecl *definition = variable->getDefinition();
  return definition ? definition : variable->getActingDefinition(); // C: `int x;`
}

} // namespace

void Collector::run(const IgnoreFinder &ignores) {
  ignores.finish(names, facts);
  node({NodeKind::Unknown, none, 0}); // What code without source gets goes there, whoever gives it.
  rootsIn(names.context().getTranslationUnitDecl());
  while (!functions.empty() || !variables.empty()) {
    if (!functions.empty()) {
      const FunctionDecl *next = functions.back();
      functions.pop_back();
      walk(next);
    } else {
      const VarDecl *next = variables.back();
      variables.pop_back();
      walk(next);
    }
  }
  finish();
}

void Collector::finish() {
  notePlainDefinitions();
  // The first use of one in a thread makes all of the unit.
  for (std::size_t i = 0; i < threadInitialisers.size(); ++i) {
    const EntityIndex next = threadInitialisers[(i + 1) % threadInitialisers.size()];
    if (const EntityIndex one = threadInitialisers[i]; one != next)
      facts.calls.push_back({one, next, CallKind::Initialises, names.entity(one).defined, none});
  }
  std::sort(facts.calls.begin(), facts.calls.end());
  // What is called twice on one line may run after itself, as if in a loop.
  for (std::size_t i = 1; i < facts.calls.size(); ++i)
    if (const Call &one = facts.calls[i - 1], &other = facts.calls[i];
        one.at.file != none && !names.entity(one.callee).isSystem &&
        std::tie(one.caller, one.callee, one.kind, one.at) ==
            std::tie(other.caller, other.callee, other.kind, other.at))
      facts.loops.push_back({one.caller, one.at, one.at});
  sortUnique(facts.calls);
  sortUnique(facts.indirectCalls);
  sortUnique(facts.taken);
  sortUnique(facts.typeFlows);
  sortUnique(facts.overrides);
  sortUnique(facts.flows);
  sortUnique(facts.loops);
  sortUnique(facts.spreads);
  sortUnique(facts.threadEnds);
  sortUnique(facts.programEnds);
  sortUnique(facts.initialisers);
}

bool Collector::isKeptUnused(const DeclaratorDecl *declaration) const {
  const auto *function = dyn_cast<FunctionDecl>(declaration);
  return !declaration->isExternallyVisible() && !names.isSystem(declaration) &&
         !(function && function->isInlined());
}

void Collector::rootsIn(const DeclContext *scope) {
  for (const Decl *declaration : scope->decls())
    root(declaration);
}

void Collector::root(const Decl *declaration) {
  if (const auto *function = dyn_cast<FunctionDecl>(declaration)) {
    const bool isNeeded = function->doesThisDeclarationHaveABody() &&
                          (names.context().DeclMustBeEmitted(function) ||
                           rules.isStartup(function) || isKeptUnused(function));
    if (!function->isDependentContext() && (isNeeded || function->hasDefiningAttr()))
      need(function);
  } else if (const auto *variable = dyn_cast<VarDecl>(declaration)) {
    noteDefinition(variable);
    noteAlias(variable);
    noteConstant(variable);
    if (variable->isThisDeclarationADefinition() && !variable->getType()->isDependentType() &&
        !variable->getDeclContext()->isDependentContext() &&
        !isa<VarTemplatePartialSpecializationDecl>(variable) &&
        !variable->getDescribedVarTemplate() &&
        (names.context().DeclMustBeEmitted(variable) || isKeptUnused(variable)))
      need(variable);
  } else if (const auto *classes = dyn_cast<ClassTemplateDecl>(declaration)) {
    for (const ClassTemplateSpecializationDecl *special : classes->specializations())
      for (const Decl *member : special->decls()) {
        const auto *method = dyn_cast<CXXMethodDecl>(member);
        if (isa<FunctionTemplateDecl>(member))
          root(member);
        else if (method && method->hasBody() &&
                 method->getTemplateSpecializationKind() == TSK_ExplicitInstantiationDefinition)
          need(method);
      }
  } else if (const auto *pattern = dyn_cast<FunctionTemplateDecl>(declaration)) {
    for (const FunctionDecl *special : pattern->specializations())
      if (special->getTemplateSpecializationKind() == TSK_ExplicitInstantiationDefinition)
        need(special);
  } else if (const auto *record = dyn_cast<CXXRecordDecl>(declaration)) {
    if (record->isDependentContext() || !record->isThisDeclarationADefinition())
      return;
    if (const auto *special = dyn_cast<ClassTemplateSpecializationDecl>(record);
        special && special->getTemplateSpecializationKind() == TSK_ExplicitInstantiationDefinition)
      for (const CXXMethodDecl *method : special->methods())
        if (method->hasBody())
          need(method);
    if (!names.isSystem(record) && rules.isMade(record))
      make(record);
    rootsIn(record);
  } else if (isa<NamespaceDecl, LinkageSpecDecl, ExportDecl>(declaration)) {
    rootsIn(cast<DeclContext>(declaration));
  }
}

/// The framework makes an object of RECORD before it serves.
bool Collector::isKeyFunction(const CXXMethodDecl *method) {
  const CXXMethodDecl *key = method->getASTContext().getCurrentKeyFunction(method->getParent());
  return key && key->getCanonicalDecl() == method->getCanonicalDecl();
}

void Collector::make(const CXXRecordDecl *record) {
  needVirtuals(record);
  for (const CXXConstructorDecl *constructor : record->ctors())
    if (constructor->isDefaultConstructor() && constructor->hasBody())
      facts.initialisers.push_back(need(constructor));
}

EntityIndex Collector::need(const FunctionDecl *function) {
  EntityIndex index = names.function(function);
  if (index == none || !seen.insert(function->getCanonicalDecl()).second)
    return index;
  const FunctionDecl *definition = nullptr;
  bool hasBody = function->hasBody(definition);
  if (hasBody)
    functions.push_back(definition);
  else if (isa<CXXDestructorDecl>(function) && function->isDefaulted())
    functions.push_back(function); // its members' and bases' destructors are its body
  if (hasBody || function->isDefaulted() || function->isTrivial())
    names.entity(index).hasBody = true;
  noteAlias(function, index);
  // Which version runs is for the processor to say; all have one name.
  if (function->isMultiVersion())
    names.context().forEachMultiversionedFunctionVersion(
        function, [&](const FunctionDecl *version) { need(version); });
  if (const auto *method = dyn_cast<CXXMethodDecl>(function)) {
    if (method->isVirtual())
      noteOverrides(method);
    // Their bodies name the table of virtual functions; and it is where the key function is.
    if (isa<CXXConstructorDecl, CXXDestructorDecl>(method) || (hasBody && isKeyFunction(method)))
      needVirtuals(method->getParent());
  }
  return index;
}

/// FUNCTION, which is INDEX, may be another name of one in this unit, or be chosen by one when the
/// program is loaded.
void Collector::noteAlias(const FunctionDecl *function, EntityIndex index) {
  llvm::StringRef other;
  const auto *chosen = function->getAttr<IFuncAttr>();
  if (const auto *alias = function->getAttr<AliasAttr>())
    other = alias->getAliasee();
  else if (const auto *weak = function->getAttr<WeakRefAttr>())
    other = weak->getAliasee();
  else if (chosen)
    other = chosen->getResolver();
  if (other.empty())
    return;
  ASTContext &context = names.context();
  const auto found = context.getTranslationUnitDecl()->lookup(&context.Idents.get(other));
  const FunctionDecl *target = nullptr;
  for (const NamedDecl *each : found)
    if (const auto *candidate = dyn_cast<FunctionDecl>(each); candidate && candidate != function)
      target = candidate;
  if (!target)
    return; // By its mangled name: it has no source, then.
  const EntityIndex run = need(target);
  if (run == none)
    return;
  names.entity(index).hasBody = true;
  const SourceLine line = names.line(function->getLocation());
  facts.calls.push_back({index, run, CallKind::Direct, line, none});
  if (!chosen) {
    if (holders.holds(function->getReturnType()))
      facts.flows.push_back({node({NodeKind::Result, run, 0}), node({NodeKind::Result, index, 0})});
    return;
  }
  IndirectCall row;
  row.caller = index;
  row.type = names.typeOf(function);
  row.at = line;
  Passed what;
  what.object = node({NodeKind::Result, run, 0});
  row.passed = passed(std::move(what));
  facts.indirectCalls.push_back(std::move(row));
}

/// VARIABLE may be another name of one in this unit.
void Collector::noteAlias(const VarDecl *variable) {
  const auto *alias = variable->getAttr<AliasAttr>();
  if (!alias || !holders.holds(variable->getType()))
    return;
  ASTContext &context = names.context();
  for (const NamedDecl *each :
       context.getTranslationUnitDecl()->lookup(&context.Idents.get(alias->getAliasee())))
    if (const auto *target = dyn_cast<VarDecl>(each); target && target != variable) {
      const NodeIndex place = node({NodeKind::Variable, names.variable(target), 0});
      const NodeIndex other = node({NodeKind::Variable, names.variable(variable), 0});
      facts.flows.push_back({place, other});
      facts.flows.push_back({other, place});
    }
}

/// VARIABLE may be a text that other units name.
void Collector::noteConstant(const VarDecl *variable) {
  if (!variable->hasInit() || variable->getDeclContext()->isDependentContext() ||
      names.isSystem(variable) || !isSharedText(variable))
    return;
  if (Value value = valueOf(variable->getInit(), *this); value.kind != ValueKind::Unknown)
    facts.constants.push_back({names.variable(variable), std::move(value)});
}

void Collector::needVirtuals(const CXXRecordDecl *record) {
  record = record->getDefinition();
  if (!record || !record->isPolymorphic() || !seen.insert(record).second)
    return;
  for (const CXXMethodDecl *method : record->methods())
    if (method->isVirtual())
      need(method);
}

/// What is kept in a variable that no unit defines is set by code that is not seen; and any that no
/// unit defines is that code's.
void Collector::noteDefinition(const VarDecl *variable) {
  if (variable->isThisDeclarationADefinition() != VarDecl::DeclarationOnly &&
      !variable->getDeclContext()->isDependentContext() && !variable->getDescribedVarTemplate() &&
      !isa<VarTemplatePartialSpecializationDecl>(variable) && !names.isSystem(variable) &&
      (holders.holds(variable->getType()) ||
       (variable->isExternallyVisible() && !variable->isInline())))
    names.entity(names.variable(variable)).defined = names.line(variable->getLocation());
}

/// Variables that keep nothing that is called, and others' own, of which the unit has the
/// definition: of these only is asked whose they are.
void Collector::notePlainDefinitions() {
  for (const auto &[variable, index] : names.variables()) {
    const VarDecl *definition = definitionOf(variable);
    if (const VarDecl *pattern = variable->getTemplateInstantiationPattern();
        pattern && !definition)
      definition = definitionOf(pattern);
    Entity &entity = names.entity(index);
    if (definition && entity.defined.file == none &&
        (entity.isSystem || !holders.holds(variable->getType())))
      entity.defined = names.line(definition->getLocation());
  }
}

void Collector::noteOverrides(const CXXMethodDecl *method) {
  if (!overridesNoted.insert(method->getCanonicalDecl()).second)
    return;
  for (const CXXMethodDecl *base : method->overridden_methods()) {
    EntityIndex from = names.function(method), to = names.function(base);
    if (from == none || to == none)
      continue;
    facts.overrides.push_back({from, to});
    // Only its place in the hierarchy: whether its body runs is for its own class to say.
    noteOverrides(base);
  }
}

TypeIndex Collector::targetType(const CXXRecordDecl *record) {
  if (const FieldDecl *invoker = invokerOf(record))
    return names.typeOf(invoker->getType());
  const std::vector<const CXXMethodDecl *> runners = runnersOf(record);
  if (runners.empty())
    return none;
  const TypeIndex type = names.taskType(record);
  // Where it is not known what a task holds, all that run one of its type may be called.
  for (const CXXMethodDecl *runner : runners)
    if (tasksNoted.insert(runner->getCanonicalDecl()).second)
      if (const EntityIndex run = names.function(runner); run != none)
        facts.taken.push_back({run, run, type, none, names.line(runner->getLocation())});
  return type;
}

void Collector::need(const VarDecl *variable) {
  const VarDecl *definition = nullptr;
  if (!variable->getAnyInitializer(definition) || definition->isStaticLocal() ||
      definition->getType()->isDependentType())
    return;
  if (seen.insert(variable->getCanonicalDecl()).second)
    variables.push_back(definition);
}

void Collector::walk(const FunctionDecl *definition) {
  EntityIndex index = names.function(definition);
  names.entity(index).defined = names.line(definition->getLocation());
  if (definition->hasAttr<ConstructorAttr>() || definition->hasAttr<DestructorAttr>() ||
      rules.isStartup(definition))
    facts.initialisers.push_back(index);
  if (definition->hasAttr<DestructorAttr>())
    facts.programEnds.push_back({index, index, names.entity(index).defined});
  registerByName(definition);
  BodyWalker(*this, index, definition).walkFunction(definition);
}

void Collector::walk(const VarDecl *definition) {
  const Expr *value = definition->getAnyInitializer();
  if (isa<IntegerLiteral, FloatingLiteral, StringLiteral, CXXBoolLiteralExpr>(
          value->IgnoreParenImpCasts()) &&
      definition->getType()->isScalarType())
    return;
  EntityIndex index = names.initialiser(definition);
  BodyWalker(*this, index, nullptr).walkVariable(definition);
  if (definition->getTLSKind() == VarDecl::TLS_None)
    facts.initialisers.push_back(index);
  else
    threadInitialisers.push_back(index);
}

NodeIndex Collector::node(Node node) {
  auto [place, isNew] = nodes.try_emplace(node, facts.nodes.size());
  if (isNew)
    facts.nodes.push_back(node);
  return place->second;
}

PassedIndex Collector::passed(Passed row) {
  auto [place, isNew] = passedRows.try_emplace(row, facts.passed.size());
  if (isNew)
    facts.passed.push_back(std::move(row));
  return place->second;
}

void Collector::registerByName(const FunctionDecl *definition) {
  const CXXMethodDecl *overridden = nullptr;
  const RuleIndex index = rules.ofDefinition(definition, overridden);
  if (index == none)
    return;
  const model::HandlerRule &rule = rules[index];
  Registration row;
  row.rule = index;
  row.at = names.line(definition->getLocation());
  row.callee = names.function(definition);
  row.handler.kind = ValueKind::Function;
  row.handler.entity = row.callee;
  if (overridden && rule.protocol == "grpc")
    row.name = serviceName(names.name(overridden));
  else if (overridden && rule.nameOverridden)
    row.name = names.name(overridden);
  if (!rule.macro.empty())
    readMacro(definition, rule, row, names.context());
  if (const auto *method = dyn_cast<CXXMethodDecl>(definition); method && rule.pathOfObject)
    if (const CXXRecordDecl *base = rules.baseOf(method->getParent(), rule.base)) {
      Value start = textMadeWith(method->getParent(), base, *rule.pathOfObject, *this);
      row.path = rule.path ? joined(std::move(start), std::move(row.path)) : std::move(start);
    }
  facts.registrations.push_back(std::move(row));
}

bool Collector::isReassigned(const VarDecl *variable, const FunctionDecl *owner) {
  auto [known, isNew] = reassigned.try_emplace(variable, false);
  if (isNew) {
    bool result = mayChange(owner, variable);
    reassigned[variable] = result;
    return result;
  }
  return known->second;
}

} // namespace ripple::analyzer
