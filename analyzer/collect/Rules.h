//===- Rules.h - Which handler rules fit a declaration ----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COLLECT_RULES_H
#define RIPPLE_ANALYZER_COLLECT_RULES_H

#include "analyzer/collect/Names.h"
#include "model/Catalog.h"

#include <clang/AST/DeclCXX.h>
#include <clang/AST/ExprCXX.h>
#include <llvm/ADT/StringMap.h>
#include <map>
#include <string>
#include <vector>

namespace ripple::analyzer {

/// The catalog's handler rules, found by declaration. Each declaration is asked for once; rules
/// are in the catalog's order.
class Rules {
public:
  using Kind = model::HandlerRule::Kind;
  Rules(Names &names, const model::Catalog &catalog);

  /// Of KIND (call, acceptLoop), whose pattern fits FUNCTION or what it overrides.
  const std::vector<RuleIndex> &ofFunction(Kind kind, const clang::FunctionDecl *function);
  /// True if by a rule the argument POSITION of FUNCTION is a handler.
  bool isHandler(const clang::FunctionDecl *function, unsigned position);
  /// The first rule of kind acceptLoop that fits what CALL calls, by the object's class too; or
  /// none.
  RuleIndex acceptedBy(const clang::CallExpr *call);
  /// Of KIND (store, table), whose pattern is DECLARATION's name: a field, variable or type.
  const std::vector<RuleIndex> &ofName(Kind kind, const clang::NamedDecl *declaration);
  /// The first rule of kind override or function by which DEFINITION is a handler; none if there
  /// is no such rule. OVERRIDDEN is set to what the rule fits, of an override.
  RuleIndex ofDefinition(const clang::FunctionDecl *definition,
                         const clang::CXXMethodDecl *&overridden);
  /// The class that RECORD derives from and GLOB fits; null if there is none.
  const clang::CXXRecordDecl *baseOf(const clang::CXXRecordDecl *record,
                                     const std::string &glob) const;
  /// The framework runs FUNCTION before serving.
  bool isStartup(const clang::FunctionDecl *function) const;
  /// The framework makes an object of RECORD, a definition, though no source does.
  bool isMade(const clang::CXXRecordDecl *record) const;

  const model::HandlerRule &operator[](RuleIndex index) const { return catalog.handlers[index]; }
  bool has(Kind kind) const { return !kinds[static_cast<std::size_t>(kind)].any.empty(); }

private:
  /// The rules of one kind: those whose patterns end with a plain name, by it; all the others.
  struct OfKind {
    llvm::StringMap<std::vector<RuleIndex>> byName;
    std::vector<RuleIndex> others, any;
  };
  std::vector<RuleIndex> find(Kind kind, const std::string &name) const;
  void addOverridden(Kind kind, const clang::CXXMethodDecl *method,
                     std::vector<RuleIndex> &found) const;
  const clang::CXXMethodDecl *overriddenBy(const clang::CXXMethodDecl *method,
                                           const model::HandlerRule &rule) const;
  void findAliases(const clang::DeclContext *scope);
  std::vector<std::string> namesOf(const clang::NamedDecl *declaration);
  bool derives(const clang::CXXRecordDecl *record, const std::string &glob) const {
    return baseOf(record, glob) != nullptr;
  }
  bool hasBeside(const clang::CXXRecordDecl *record, const std::string &glob) const;
  bool fits(const clang::FunctionDecl *definition, const model::HandlerRule &rule,
            const clang::CXXMethodDecl *&overridden) const;

  Names &names;
  const model::Catalog &catalog;
  std::vector<OfKind> kinds;
  /// Other names of records: `typedef struct server_s {…} server_t;`.
  llvm::DenseMap<const clang::Decl *, std::vector<std::string>> aliases;
  bool hasAliases = false;
  std::map<std::pair<const clang::Decl *, unsigned>, std::vector<RuleIndex>> known;
};

/// How gRPC names METHOD, of a class that is generated within that of its service:
/// "shop::Cart::Service::Add" is "shop.Cart/Add".
std::string serviceName(const std::string &method);

} // namespace ripple::analyzer

#endif
