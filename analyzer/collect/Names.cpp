//===- Names.cpp - Declarations as facts ----------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Names.h"

#include "analyzer/collect/LibraryCalls.h"

#include <clang/AST/DeclTemplate.h>
#include <clang/Basic/SourceManager.h>
#include <llvm/Support/Path.h>
#include <llvm/Support/raw_ostream.h>

using namespace clang;

namespace ripple::analyzer {
namespace {

/// C and C++ units must spell one type alike.
PrintingPolicy policyFor(const ASTContext &context) {
  PrintingPolicy policy(context.getLangOpts());
  policy.SuppressTagKeyword = true;
  policy.Bool = true;
  policy.SuppressInlineNamespace = false;
  policy.AnonymousTagLocations = true;
  policy.FullyQualifiedName = true;
  policy.PrintCanonicalTypes = true;
  return policy;
}

bool isCompilerBuiltin(const FunctionDecl *function) {
  if (!function->getBuiltinID() || !function->getIdentifier())
    return false;
  llvm::StringRef name = function->getName();
  return name.starts_with("__builtin_") || name.starts_with("__sync_") ||
         name.starts_with("__atomic_") || name.starts_with("__c11_");
}

std::string operand(const NamedDecl *declaration) {
  if (const auto *record = dyn_cast<CXXRecordDecl>(declaration); record && record->isLambda())
    return "lambda";
  if (!declaration->getDeclName().isEmpty())
    return declaration->getNameAsString();
  if (const auto *tag = dyn_cast<TagDecl>(declaration))
    if (const TypedefNameDecl *alias = tag->getTypedefNameForAnonDecl())
      return alias->getNameAsString();
  return "(unnamed)";
}

const CXXRecordDecl *lambdaOf(const FunctionDecl *function) {
  const auto *method = dyn_cast<CXXMethodDecl>(function);
  return method && method->getParent()->isLambda() ? method->getParent() : nullptr;
}

} // namespace

std::string absolutePath(FileManager &files, llvm::StringRef path) {
  llvm::SmallString<256> result(path);
  files.makeAbsolutePath(result);
  llvm::sys::path::remove_dots(result);
  if (result.str().contains("/../")) {
    llvm::SmallString<256> folder;
    if (!files.getVirtualFileSystem().getRealPath(llvm::sys::path::parent_path(result), folder)) {
      llvm::sys::path::append(folder, llvm::sys::path::filename(result));
      result = folder;
    }
    llvm::sys::path::remove_dots(result, /*remove_dot_dot=*/true);
  }
  return result.str().str();
}

Names::Names(ASTContext &context, std::string mainFile, Facts &facts)
    : astContext(context), mainFile(std::move(mainFile)), facts(facts), policy(policyFor(context)),
      mangler(ItaniumMangleContext::create(context, context.getDiagnostics())) {}

std::string Names::mangled(GlobalDecl declaration) const {
  const auto *named = cast<NamedDecl>(declaration.getDecl());
  std::string text;
  llvm::raw_string_ostream out(text);
  if (mangler->shouldMangleDeclName(named))
    mangler->mangleName(declaration, out);
  else
    out << named->getNameAsString();
  out.flush();
  if (!text.empty() && text[0] == '\1')
    text.erase(0, 1);
  return text;
}

std::string Names::keyOf(const NamedDecl *declaration, const std::string &mangledName) const {
  return declaration->isExternallyVisible() ? mangledName : mangledName + "@" + mainFile;
}

std::string Names::name(const NamedDecl *declaration) const {
  std::string text = operand(declaration);
  if (const auto *method = dyn_cast<CXXMethodDecl>(declaration);
      method && method->getParent()->isLambda()) {
    // The call operator of a lambda stands for the lambda.
    declaration = method->getParent();
    text = "lambda";
  }
  for (const DeclContext *scope = declaration->getDeclContext(); scope;
       scope = scope->getParent()) {
    const auto *named = dyn_cast<NamedDecl>(scope);
    if (!named)
      continue;
    if (const auto *space = dyn_cast<NamespaceDecl>(named);
        space && (space->isInline() || space->isAnonymousNamespace()))
      continue;
    if (const auto *method = dyn_cast<CXXMethodDecl>(named);
        method && method->getParent()->isLambda())
      continue;
    text = operand(named) + "::" + text;
  }
  return text;
}

std::string Names::signature(const FunctionDecl *function) const {
  std::string text = name(function) + "(";
  PrintingPolicy written(astContext.getLangOpts());
  for (const ParmVarDecl *parameter : function->parameters()) {
    if (parameter->getFunctionScopeIndex() > 0)
      text += ", ";
    text += parameter->getType().getAsString(written);
  }
  text += ")";
  if (const auto *method = dyn_cast<CXXMethodDecl>(function);
      method && method->isConst() && !lambdaOf(function))
    text += " const";
  return text;
}

void Names::describeTemplate(const FunctionDecl *function, Entity &entity) const {
  // Needed only where the library's own containers of callables and owners are modelled.
  const auto *method = dyn_cast<CXXMethodDecl>(function);
  const DeclContext *owner = method ? method->getParent() : nullptr;
  // std::atomic<std::shared_ptr<T>> counts in a class of its own.
  if (const auto *inner = dyn_cast_or_null<CXXRecordDecl>(owner);
      inner && inner->getIdentifier() && inner->getName() == "_Atomic_count")
    owner = inner->getDeclContext();
  const auto *special = dyn_cast_or_null<ClassTemplateSpecializationDecl>(owner);
  if (!special || !special->isInStdNamespace())
    return;
  llvm::StringRef record = special->getName();
  if (record != "function" && record != "_Function_handler" && record != "__shared_ptr" &&
      record != "__weak_ptr" && record != "_Sp_atomic" && !record.starts_with("_Sp_counted_"))
    return;
  const TemplateArgumentList &list = special->getTemplateArgs();
  if (list.size() > 0 && list[0].getKind() == TemplateArgument::Type)
    entity.classArgument = spelled(list[0].getAsType());
  // What the function that is called through it is.
  if (record == "_Function_handler" && list.size() > 1 &&
      list[1].getKind() == TemplateArgument::Type) {
    QualType held = list[1].getAsType();
    if (held->isFunctionPointerType() || held->isMemberFunctionPointerType() ||
        isBound(held->getAsCXXRecordDecl()))
      entity.functionArgument = spelled(held);
    return;
  }
  if (const TemplateArgumentList *own = function->getTemplateSpecializationArgs();
      own && own->size() > 0 && (*own)[0].getKind() == TemplateArgument::Type)
    entity.functionArgument = spelled((*own)[0].getAsType());
}

EntityIndex Names::add(Entity entity) {
  auto [place, isNew] = byKey.try_emplace(entity.key, facts.entities.size());
  if (isNew)
    facts.entities.push_back(std::move(entity));
  return place->second;
}

bool Names::isOnlyCast(const FunctionDecl *function) {
  return function->isInStdNamespace() && function->getBuiltinID() != 0 && !function->isExternC();
}

EntityIndex Names::function(const FunctionDecl *function) {
  function = function->getCanonicalDecl();
  if (auto known = entities.find(function); known != entities.end())
    return known->second;
  EntityIndex &slot = entities[function];
  slot = none;
  if (function->isDependentContext() || function->getDescribedFunctionTemplate() ||
      isa<CXXDeductionGuideDecl>(function) || isCompilerBuiltin(function))
    return none;
  Entity entity;
  GlobalDecl global(function);
  if (const auto *constructor = dyn_cast<CXXConstructorDecl>(function)) {
    entity.kind = EntityKind::Constructor;
    global = GlobalDecl(constructor, Ctor_Complete);
  } else if (const auto *destructor = dyn_cast<CXXDestructorDecl>(function)) {
    entity.kind = EntityKind::Destructor;
    global = GlobalDecl(destructor, Dtor_Complete);
  }
  entity.key = keyOf(function, mangled(global));
  entity.isLinkable = function->isExternallyVisible();
  entity.name = name(function);
  entity.isSystem = isSystem(function);
  if (!entity.isSystem)
    entity.signature = signature(function);
  const FunctionDecl *home = function;
  if (const FunctionDecl *pattern = function->getTemplateInstantiationPattern())
    home = pattern->getFirstDecl();
  entity.declared = line(home->getLocation());
  if (isOnlyCast(function)) {
    entity.hasBody = true;
    entity.defined = entity.declared;
  }
  if (const auto *method = dyn_cast<CXXMethodDecl>(function)) {
    entity.isVirtual = method->isVirtual();
    entity.isPure = method->isPureVirtual();
    entity.isInstance = method->isInstance() && !isa<CXXConstructorDecl, CXXDestructorDecl>(method);
    entity.record = record(method->getParent());
  }
  describeTemplate(function, entity);
  // `entities` may have grown meanwhile.
  return entities[function] = add(std::move(entity));
}

EntityIndex Names::variable(const VarDecl *variable) {
  variable = variable->getCanonicalDecl();
  if (auto known = entities.find(variable); known != entities.end())
    return known->second;
  Entity entity;
  entity.kind = EntityKind::Variable;
  entity.key = keyOf(variable, mangled(GlobalDecl(variable)));
  entity.isLinkable = variable->isExternallyVisible();
  entity.name = name(variable);
  entity.declared = line(variable->getLocation());
  entity.isSystem = isSystem(variable);
  entity.hasBody = true;
  const EntityIndex index = add(std::move(entity));
  askedFor.emplace_back(variable, index);
  return entities[variable] = index;
}

EntityIndex Names::initialiser(const VarDecl *variable) {
  variable = variable->getCanonicalDecl();
  if (auto known = initialisers.find(variable); known != initialisers.end())
    return known->second;
  Entity entity = facts.entities[this->variable(variable)];
  entity.kind = EntityKind::Initialiser;
  entity.key += "#init";
  entity.isLinkable = false;
  entity.signature = entity.name = "initialiser of " + entity.name;
  entity.defined = line(variable->getLocation());
  return initialisers[variable] = add(std::move(entity));
}

EntityIndex Names::partOf(EntityIndex function, const std::string &part) {
  Entity entity = facts.entities[function];
  entity.kind = EntityKind::Function;
  entity.key += "#" + part;
  entity.isLinkable = false;
  entity.signature = part + " of " + (entity.signature.empty() ? entity.name : entity.signature);
  entity.isVirtual = entity.isPure = entity.isInstance = entity.isBound = false;
  entity.hasBody = true;
  entity.record = none;
  entity.enclosing = none;
  return add(std::move(entity));
}

EntityIndex Names::boundAt(EntityIndex function, SourceLine at, unsigned column) {
  const EntityIndex bound =
      partOf(function, "call at " + std::to_string(at.line) + ":" + std::to_string(column));
  facts.entities[bound].enclosing = function;
  facts.entities[bound].isBound = true;
  return bound;
}

EntityIndex Names::handlerAt(EntityIndex function, SourceLine at, unsigned column) {
  return partOf(function, "handler at " + std::to_string(at.line) + ":" + std::to_string(column));
}

EntityIndex Names::loopOf(EntityIndex function) { return partOf(function, "loop"); }

EntityIndex Names::coroutineOf(EntityIndex function) {
  const EntityIndex body = partOf(function, "coroutine");
  facts.entities[body].kind = EntityKind::Coroutine;
  facts.entities[body].enclosing = function;
  return body;
}

namespace {

std::string layoutOf(const RecordDecl *record) {
  if (!record->isExternallyVisible() || !record->hasNameForLinkage())
    return "";
  std::string text;
  for (const FieldDecl *each : record->fields())
    text += operand(each) + ",";
  return text;
}

} // namespace

EntityIndex Names::field(const FieldDecl *field) {
  field = field->getCanonicalDecl();
  if (auto known = entities.find(field); known != entities.end())
    return known->second;
  Entity entity;
  entity.kind = EntityKind::Field;
  entity.name = name(field->getParent()) + "::" + operand(field);
  entity.declared = line(field->getLocation());
  entity.key = "field:" + entity.name + "@" + facts.files[entity.declared.file];
  entity.layout = layoutOf(field->getParent());
  entity.isSystem = isSystem(field);
  entity.hasBody = true;
  return entities[field] = add(std::move(entity));
}

EntityIndex Names::type(const TypeDecl *type) {
  if (auto known = entities.find(type); known != entities.end())
    return known->second;
  Entity entity;
  entity.kind = EntityKind::Type;
  entity.name = name(type);
  entity.declared = line(type->getLocation());
  entity.key = "type:" + entity.name +
               (entity.declared.file == none ? "" : "@" + facts.files[entity.declared.file]);
  entity.isSystem = isSystem(type);
  entity.hasBody = true;
  return entities[type] = add(std::move(entity));
}

EntityIndex Names::unknown(const std::string &callee, SourceLine at) {
  Entity entity;
  entity.kind = EntityKind::Unknown;
  entity.name = "what " + callee + " returns";
  entity.declared = at;
  entity.key = "unknown:" + callee + "@" + (at.file == none ? "" : facts.files[at.file]) + ":" +
               std::to_string(at.line);
  return add(std::move(entity));
}

RecordIndex Names::record(const CXXRecordDecl *record) {
  record = record->getCanonicalDecl();
  if (auto known = records.find(record); known != records.end())
    return known->second;
  std::string key;
  llvm::raw_string_ostream out(key);
  mangler->mangleCanonicalTypeName(astContext.getRecordType(record), out);
  out.flush();
  if (!record->isExternallyVisible())
    key += "@" + mainFile;
  auto [place, isNew] = recordsByKey.try_emplace(key, facts.records.size());
  const RecordIndex index = records[record] = place->second;
  if (!isNew)
    return index;
  Record row;
  row.key = std::move(key);
  row.name = name(record);
  row.declared = line(record->getLocation());
  row.isSystem = isSystem(record);
  facts.records.push_back(std::move(row));
  if (const CXXRecordDecl *definition = record->getDefinition())
    for (const CXXBaseSpecifier &base : definition->bases())
      if (const CXXRecordDecl *baseRecord = base.getType()->getAsCXXRecordDecl()) {
        const RecordIndex baseIndex = this->record(baseRecord);
        facts.records[index].bases.push_back(baseIndex);
      }
  return index;
}

std::string Names::spelled(QualType type) const {
  return type.getCanonicalType().getAsString(policy);
}

TypeIndex Names::typeNamed(const std::string &spelling) {
  auto [place, isNew] = types.try_emplace(spelling, facts.types.size());
  if (isNew)
    facts.types.push_back(spelling);
  return place->second;
}

TypeIndex Names::coroutineType(const CXXRecordDecl *promise) {
  return typeNamed("coroutine " + spelled(astContext.getRecordType(promise)));
}

TypeIndex Names::boundType(const CXXRecordDecl *bound) {
  return typeNamed("bound " + spelled(astContext.getRecordType(bound)));
}

TypeIndex Names::taskType(const CXXRecordDecl *task) {
  return typeNamed("task " + spelled(astContext.getRecordType(task)));
}

TypeIndex Names::voidPointer() { return typeNamed("void *"); }

TypeIndex Names::typeOf(QualType type) {
  if (type.isNull() || type->isDependentType())
    return none;
  type = type.getNonReferenceType().getCanonicalType().getUnqualifiedType();
  if (auto known = typesByPointer.find(type.getTypePtr()); known != typesByPointer.end())
    return known->second;
  std::string scope;
  QualType called = type;
  if (const auto *member = type->getAs<MemberPointerType>()) {
    if (!member->isMemberFunctionPointer())
      return none;
    scope = spelled(QualType(member->getClass(), 0)) + "::* ";
    called = member->getPointeeType();
  } else if (type->isPointerType()) {
    if (type->isVoidPointerType())
      return voidPointer();
    called = type->getPointeeType();
  }
  if (!called->isFunctionType())
    return none;
  if (called->getAs<FunctionProtoType>())
    called = astContext.getFunctionTypeWithExceptionSpec(called, EST_None);
  return typesByPointer[type.getTypePtr()] = typeNamed(scope + spelled(called));
}

TypeIndex Names::typeOf(const FunctionDecl *function) {
  QualType type = function->getType();
  const auto *method = dyn_cast<CXXMethodDecl>(function);
  if (method && method->isInstance() && !isa<CXXConstructorDecl, CXXDestructorDecl>(method))
    type = astContext.getMemberPointerType(
        type, astContext.getRecordType(method->getParent()).getTypePtr());
  return typeOf(type);
}

SourceLine Names::line(SourceLocation location) {
  const SourceManager &sources = astContext.getSourceManager();
  if (location.isInvalid())
    return {};
  auto [file, offset] = sources.getDecomposedExpansionLoc(location);
  std::uint32_t number = sources.getLineNumber(file, offset);
  if (auto known = files.find(file); known != files.end())
    return known->second == none ? SourceLine() : SourceLine{known->second, number};
  OptionalFileEntryRef entry = sources.getFileEntryRefForID(file);
  if (!entry) {
    files[file] = none;
    return {};
  }
  std::string path = absolutePath(sources.getFileManager(), entry->getName());
  auto [place, isNew] = filesByName.try_emplace(path, facts.files.size());
  if (isNew)
    facts.files.push_back(path);
  files[file] = place->second;
  return {place->second, number};
}

bool Names::isSystem(const Decl *declaration) const {
  SourceLocation location = declaration->getLocation();
  return location.isInvalid() || astContext.getSourceManager().isInSystemHeader(location);
}

const NamespaceDecl *spaceOf(const Decl *declaration) {
  const NamespaceDecl *found = nullptr;
  for (const DeclContext *scope = declaration->getDeclContext(); scope; scope = scope->getParent())
    if (const auto *space = dyn_cast<NamespaceDecl>(scope))
      found = space->getCanonicalDecl();
  return found;
}

} // namespace ripple::analyzer
