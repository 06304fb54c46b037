//===- Rules.cpp - Which handler rules fit a declaration ------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Rules.h"

#include "analyzer/collect/Macros.h"

#include <algorithm>
#include <cstring>

using namespace clang;

namespace ripple::analyzer {
namespace {

constexpr std::size_t KindCount = 6;

/// What follows the last "::", where that is no pattern.
llvm::StringRef plainEnd(llvm::StringRef name) {
  auto [scope, last] = name.rsplit("::");
  if (last.empty())
    last = scope;
  return last.find_first_of("*?[") == llvm::StringRef::npos ? last : llvm::StringRef();
}

template <typename T> bool contains(const std::vector<T> &globs, const std::string &name) {
  return llvm::any_of(globs, [&](const T &glob) { return model::matchesGlob(glob, name); });
}

} // namespace

Rules::Rules(Names &names, const model::Catalog &catalog)
    : names(names), catalog(catalog), kinds(KindCount) {
  for (RuleIndex index = 0; index < catalog.handlers.size(); ++index) {
    const model::HandlerRule &rule = catalog.handlers[index];
    OfKind &kind = kinds[static_cast<std::size_t>(rule.kind)];
    kind.any.push_back(index);
    if (llvm::StringRef end = plainEnd(rule.pattern); !end.empty())
      kind.byName[end].push_back(index);
    else
      kind.others.push_back(index);
  }
}

std::vector<RuleIndex> Rules::find(Kind kind, const std::string &name) const {
  const OfKind &rules = kinds[static_cast<std::size_t>(kind)];
  std::vector<RuleIndex> found;
  auto look = [&](const std::vector<RuleIndex> &among) {
    for (RuleIndex index : among)
      if (model::matchesGlob(catalog.handlers[index].pattern, name))
        found.push_back(index);
  };
  auto [scope, last] = llvm::StringRef(name).rsplit("::");
  if (auto named = rules.byName.find(last.empty() ? scope : last); named != rules.byName.end())
    look(named->second);
  look(rules.others);
  std::sort(found.begin(), found.end());
  return found;
}

void Rules::addOverridden(Kind kind, const CXXMethodDecl *method,
                          std::vector<RuleIndex> &found) const {
  for (const CXXMethodDecl *base : method->overridden_methods()) {
    std::vector<RuleIndex> more = find(kind, names.name(base));
    found.insert(found.end(), more.begin(), more.end());
    addOverridden(kind, base, found);
  }
}

const std::vector<RuleIndex> &Rules::ofFunction(Kind kind, const FunctionDecl *function) {
  function = function->getCanonicalDecl();
  auto [place, isNew] = known.try_emplace({function, unsigned(kind)}, std::vector<RuleIndex>());
  if (isNew && has(kind)) {
    std::vector<RuleIndex> found = find(kind, names.name(function));
    if (const auto *method = dyn_cast<CXXMethodDecl>(function))
      addOverridden(kind, method, found);
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    place->second = std::move(found);
  }
  return place->second;
}

void Rules::findAliases(const DeclContext *scope) {
  for (const Decl *declaration : scope->decls()) {
    if (const auto *alias = dyn_cast<TypedefNameDecl>(declaration)) {
      if (const auto *record = alias->getUnderlyingType()->getAs<RecordType>())
        aliases[record->getDecl()->getCanonicalDecl()].push_back(names.name(alias));
    } else if (isa<NamespaceDecl, LinkageSpecDecl>(declaration)) {
      findAliases(cast<DeclContext>(declaration));
    }
  }
}

/// The names that a rule may know DECLARATION by, its own first.
std::vector<std::string> Rules::namesOf(const NamedDecl *declaration) {
  if (!hasAliases)
    findAliases(names.context().getTranslationUnitDecl());
  hasAliases = true;
  std::string suffix;
  const NamedDecl *record = declaration;
  if (const auto *field = dyn_cast<FieldDecl>(declaration)) {
    record = field->getParent();
    suffix = "::" + field->getNameAsString();
  }
  std::vector<std::string> all = {names.name(record) + suffix};
  if (auto found = aliases.find(record->getCanonicalDecl()); found != aliases.end())
    for (const std::string &alias : found->second)
      all.push_back(alias + suffix);
  return all;
}

bool Rules::isHandler(const FunctionDecl *function, unsigned position) {
  return llvm::any_of(ofFunction(Kind::Call, function), [&](RuleIndex index) {
    const model::HandlerRule &rule = catalog.handlers[index];
    return (rule.handler && unsigned(*rule.handler) == position) ||
           (rule.handlersFrom && unsigned(*rule.handlersFrom) <= position);
  });
}

RuleIndex Rules::acceptedBy(const CallExpr *call) {
  const FunctionDecl *callee = call->getDirectCallee();
  if (!callee || !has(Kind::AcceptLoop))
    return none;
  if (const std::vector<RuleIndex> &found = ofFunction(Kind::AcceptLoop, callee); !found.empty())
    return found.front();
  const auto *member = dyn_cast<CXXMemberCallExpr>(call);
  const CXXRecordDecl *record = member ? member->getImplicitObjectArgument()
                                             ->IgnoreParenImpCasts()
                                             ->getType()
                                             .getNonReferenceType()
                                             ->getAsCXXRecordDecl()
                                       : nullptr;
  if (member && !record)
    record = member->getImplicitObjectArgument()
                 ->IgnoreParenImpCasts()
                 ->getType()
                 ->getPointeeCXXRecordDecl();
  if (!record || !callee->getIdentifier())
    return none;
  std::vector<RuleIndex> found =
      find(Kind::AcceptLoop, names.name(record) + "::" + callee->getNameAsString());
  return found.empty() ? none : found.front();
}

const std::vector<RuleIndex> &Rules::ofName(Kind kind, const NamedDecl *declaration) {
  auto [place, isNew] = known.try_emplace({declaration->getCanonicalDecl(), unsigned(kind)},
                                          std::vector<RuleIndex>());
  if (isNew && has(kind)) {
    for (const std::string &name : namesOf(declaration))
      for (RuleIndex rule : find(kind, name))
        place->second.push_back(rule);
    std::sort(place->second.begin(), place->second.end());
  }
  return place->second;
}

const CXXRecordDecl *Rules::baseOf(const CXXRecordDecl *record, const std::string &glob) const {
  record = record ? record->getDefinition() : nullptr;
  if (!record)
    return nullptr;
  for (const CXXBaseSpecifier &base : record->bases()) {
    const CXXRecordDecl *each = base.getType()->getAsCXXRecordDecl();
    if (each && model::matchesGlob(glob, names.name(each)))
      return each;
    if (const CXXRecordDecl *further = each ? baseOf(each, glob) : nullptr)
      return further;
  }
  return nullptr;
}

bool Rules::hasBeside(const CXXRecordDecl *record, const std::string &glob) const {
  return llvm::any_of(record->getDeclContext()->decls(), [&](const Decl *each) {
    const auto *other = dyn_cast<CXXRecordDecl>(each);
    return other && derives(other, glob);
  });
}

const CXXMethodDecl *Rules::overriddenBy(const CXXMethodDecl *method,
                                         const model::HandlerRule &rule) const {
  for (const CXXMethodDecl *base : method->overridden_methods()) {
    const CXXRecordDecl *record = base->getParent();
    if (model::matchesGlob(rule.pattern, names.name(base)) &&
        (rule.base.empty() || derives(record, rule.base)) &&
        (rule.beside.empty() || hasBeside(record, rule.beside)))
      return base;
    if (const CXXMethodDecl *further = overriddenBy(base, rule))
      return further;
  }
  return nullptr;
}

bool Rules::fits(const FunctionDecl *definition, const model::HandlerRule &rule,
                 const CXXMethodDecl *&overridden) const {
  const auto *method = dyn_cast<CXXMethodDecl>(definition);
  if (rule.kind == Kind::Override) {
    // A destructor overrides as well, and is no handler.
    if (!method || !method->isVirtual() || isa<CXXDestructorDecl>(method))
      return false;
    overridden = overriddenBy(method, rule);
    return overridden && !contains(rule.except, names.name(definition));
  }
  const std::string name = names.name(definition);
  return model::matchesGlob(rule.pattern, name) && !contains(rule.except, name) &&
         (rule.base.empty() || (method && derives(method->getParent(), rule.base)));
}

RuleIndex Rules::ofDefinition(const FunctionDecl *definition, const CXXMethodDecl *&overridden) {
  std::vector<RuleIndex> all = kinds[static_cast<std::size_t>(Kind::Override)].any;
  if (const auto *method = dyn_cast<CXXMethodDecl>(definition); !method || !method->isVirtual())
    all.clear();
  const std::vector<RuleIndex> &byName = kinds[static_cast<std::size_t>(Kind::Function)].any;
  all.insert(all.end(), byName.begin(), byName.end());
  std::sort(all.begin(), all.end());
  RuleIndex byOtherMacro = none;
  for (RuleIndex index : all) {
    overridden = nullptr;
    const model::HandlerRule &rule = catalog.handlers[index];
    if (!fits(definition, rule, overridden))
      continue;
    if (rule.macro.empty() || standsInMacro(definition, rule.macro, names.context()))
      return index;
    if (byOtherMacro == none)
      byOtherMacro = index;
  }
  return byOtherMacro;
}

std::string serviceName(const std::string &method) {
  std::vector<std::string> parts;
  for (std::size_t at = 0, end = 0; at <= method.size(); at = end + 2) {
    end = std::min(method.find("::", at), method.size());
    parts.push_back(method.substr(at, end - at));
  }
  // …, service, the class within it, method.
  if (parts.size() < 3)
    return method;
  std::string name;
  for (std::size_t i = 0; i + 2 < parts.size(); ++i)
    name += (i > 0 ? "." : "") + parts[i];
  // A class that changes how one method is served has its name: WithAsyncMethod_Add::RequestAdd.
  const std::string &within = parts[parts.size() - 2];
  const std::size_t named = within.starts_with("With") ? within.find("Method_") : std::string::npos;
  return name + "/" +
         (named == std::string::npos ? parts.back() : within.substr(named + strlen("Method_")));
}

bool Rules::isStartup(const FunctionDecl *function) const {
  return llvm::any_of(catalog.startup, [&](const std::string &glob) {
    llvm::StringRef end = plainEnd(glob);
    bool mayFit = end.empty() || (function->getIdentifier() && function->getName() == end);
    return mayFit && model::matchesGlob(glob, names.name(function));
  });
}

bool Rules::isMade(const CXXRecordDecl *record) const {
  return record->getNumBases() > 0 && !record->isDependentContext() &&
         llvm::any_of(catalog.makes,
                      [&](const std::string &glob) { return derives(record, glob); });
}

} // namespace ripple::analyzer
