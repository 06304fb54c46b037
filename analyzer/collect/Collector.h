//===- Collector.h - One unit's facts, from what it makes run ---*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Walks what the unit would emit code for, as a compiler does: from what must
// be emitted (functions that others can call, initialisers with effects) to
// all that it mentions. Inline functions and templates that nothing uses cost
// nothing.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COLLECT_COLLECTOR_H
#define RIPPLE_ANALYZER_COLLECT_COLLECTOR_H

#include "analyzer/collect/Changes.h"
#include "analyzer/collect/Holders.h"
#include "analyzer/collect/Ignores.h"
#include "analyzer/collect/Names.h"
#include "analyzer/collect/NestedTables.h"
#include "analyzer/collect/Rows.h"
#include "analyzer/collect/Rules.h"
#include "analyzer/collect/TableRules.h"
#include "model/Catalog.h"

#include <clang/AST/Decl.h>
#include <llvm/ADT/DenseSet.h>
#include <map>
#include <set>
#include <vector>

namespace ripple::analyzer {

class Collector {
public:
  Collector(clang::ASTContext &context, std::string mainFile, const model::Catalog &catalog,
            Facts &facts)
      : names(context, std::move(mainFile), facts), holders(names), rules(names, catalog),
        tables(names, rules), replaced(names), rows(*this), nested(*this), facts(facts) {}

  /// Fills the facts. Once.
  /// IGNORES: comments of the unit.
  void run(const IgnoreFinder &ignores);

  /// FUNCTION is used: its entity, and its body is walked if the unit has one.
  EntityIndex need(const clang::FunctionDecl *function);
  /// VARIABLE, of static storage duration, is used: its initialiser is walked if it has one.
  void need(const clang::VarDecl *variable);
  /// An object of RECORD is made: its virtual functions may be called.
  void needVirtuals(const clang::CXXRecordDecl *record);

  /// The type that calls of what RECORD holds go by; none where it does not hold one callable.
  TypeIndex targetType(const clang::CXXRecordDecl *record);

  /// True if VARIABLE, a parameter or local of OWNER, may be given another value after its first.
  bool isReassigned(const clang::VarDecl *variable, const clang::FunctionDecl *owner);
  /// VARIABLE, of static storage duration, is declared; it may be defined here.
  void noteDefinition(const clang::VarDecl *variable);

  /// Its place in the table.
  NodeIndex node(Node node);
  PassedIndex passed(Passed row);

  std::set<const clang::VarDecl *> isExposed; ///< Those that have a row.

  Names names;
  Holders holders;
  Rules rules;
  TableRules tables;
  Replaced replaced;
  Rows rows;
  NestedTables nested;
  Facts &facts;

private:
  void rootsIn(const clang::DeclContext *scope);
  /// GCC keeps what is static and not inline when it does not optimise, used or not: the program
  /// then names what that names.
  bool isKeptUnused(const clang::DeclaratorDecl *declaration) const;
  void root(const clang::Decl *declaration);
  /// Where METHOD's body is, the table of its class's virtual functions is.
  static bool isKeyFunction(const clang::CXXMethodDecl *method);
  void make(const clang::CXXRecordDecl *record);
  void walk(const clang::FunctionDecl *definition);
  void walk(const clang::VarDecl *definition);
  void noteAlias(const clang::FunctionDecl *function, EntityIndex index);
  void noteAlias(const clang::VarDecl *variable);
  void noteConstant(const clang::VarDecl *variable);
  void noteOverrides(const clang::CXXMethodDecl *method);
  void registerByName(const clang::FunctionDecl *definition);
  void notePlainDefinitions();
  void finish();

  std::vector<const clang::FunctionDecl *> functions;
  std::vector<const clang::VarDecl *> variables;
  std::vector<EntityIndex> threadInitialisers;
  llvm::DenseSet<const clang::Decl *> seen, overridesNoted, tasksNoted;
  llvm::DenseMap<const clang::VarDecl *, bool> reassigned;
  std::map<Node, NodeIndex> nodes;
  std::map<Passed, PassedIndex> passedRows;
};

} // namespace ripple::analyzer

#endif
