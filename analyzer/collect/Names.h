//===- Names.h - Declarations as facts --------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Gives each declaration, file and type of one unit its place in the tables.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COLLECT_NAMES_H
#define RIPPLE_ANALYZER_COLLECT_NAMES_H

#include "analyzer/Facts.h"

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/GlobalDecl.h>
#include <clang/AST/Mangle.h>
#include <clang/Basic/FileManager.h>
#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/StringMap.h>
#include <memory>
#include <string>

namespace ripple::analyzer {

/// PATH, made absolute. Where it goes up ("x/../y"), as the disk has it: x may be a symlink.
std::string absolutePath(clang::FileManager &files, llvm::StringRef path);

class Names {
public:
  /// MAINFILE sets apart what is not visible outside the unit.
  Names(clang::ASTContext &context, std::string mainFile, Facts &facts);

  /// The entity of FUNCTION; none for what is no code: templates, builtins, deduction guides.
  EntityIndex function(const clang::FunctionDecl *function);
  EntityIndex variable(const clang::VarDecl *variable);
  /// The code that initialises VARIABLE.
  EntityIndex initialiser(const clang::VarDecl *variable);
  /// What resuming the coroutine that FUNCTION makes runs.
  EntityIndex coroutineOf(EntityIndex function);
  EntityIndex field(const clang::FieldDecl *field);
  /// What the loops of FUNCTION do that take requests.
  EntityIndex loopOf(EntityIndex function);
  /// What FUNCTION gives to a library to be called, with arguments, by an expression at AT. COLUMN
  /// tells those of one line apart.
  EntityIndex boundAt(EntityIndex function, SourceLine at, unsigned column);
  /// What is run as the handler that FUNCTION registers by an expression there, which holds it.
  EntityIndex handlerAt(EntityIndex function, SourceLine at, unsigned column);
  /// A named type: a typedef or a record.
  EntityIndex type(const clang::TypeDecl *type);
  /// What a call at AT returns that nobody can name.
  EntityIndex unknown(const std::string &callee, SourceLine at);

  /// Where RECORD stands in Facts::records.
  RecordIndex record(const clang::CXXRecordDecl *record);

  /// Of pointers to FUNCTION.
  TypeIndex typeOf(const clang::FunctionDecl *function);
  /// Of a pointer, reference or member pointer to a function, or a function type: that function.
  /// `none` for other types, but for "void *".
  /// Compilers know what FUNCTION does (std::move, std::forward), and call nothing.
  static bool isOnlyCast(const clang::FunctionDecl *function);
  TypeIndex typeOf(clang::QualType type);
  TypeIndex voidPointer();
  /// Of calls of what std::bind has made, an object of BOUND.
  TypeIndex boundType(const clang::CXXRecordDecl *bound);
  /// The same for a std::packaged_task.
  TypeIndex taskType(const clang::CXXRecordDecl *task);
  /// Of handles to coroutines whose promise is a PROMISE.
  TypeIndex coroutineType(const clang::CXXRecordDecl *promise);

  SourceLine line(clang::SourceLocation location);
  std::string spelled(clang::QualType type) const;
  /// Qualified, without template arguments, inline and unnamed namespaces.
  std::string name(const clang::NamedDecl *declaration) const;
  bool isSystem(const clang::Decl *declaration) const;

  clang::ASTContext &context() { return astContext; }
  Entity &entity(EntityIndex index) { return facts.entities[index]; }
  /// Those that were asked for, in that order.
  const std::vector<std::pair<const clang::VarDecl *, EntityIndex>> &variables() const {
    return askedFor;
  }

private:
  std::string mangled(clang::GlobalDecl declaration) const;
  std::string keyOf(const clang::NamedDecl *declaration, const std::string &mangledName) const;
  std::string signature(const clang::FunctionDecl *function) const;
  void describeTemplate(const clang::FunctionDecl *function, Entity &entity) const;
  EntityIndex add(Entity entity);
  EntityIndex partOf(EntityIndex function, const std::string &part);
  TypeIndex typeNamed(const std::string &spelling);

  clang::ASTContext &astContext;
  std::string mainFile;
  Facts &facts;
  clang::PrintingPolicy policy;
  std::unique_ptr<clang::MangleContext> mangler;
  llvm::DenseMap<const clang::Decl *, EntityIndex> entities, initialisers;
  std::vector<std::pair<const clang::VarDecl *, EntityIndex>> askedFor;
  llvm::DenseMap<const clang::Decl *, RecordIndex> records;
  llvm::StringMap<RecordIndex> recordsByKey;
  llvm::StringMap<EntityIndex> byKey;
  llvm::StringMap<TypeIndex> types;
  llvm::DenseMap<const clang::Type *, TypeIndex> typesByPointer;
  llvm::DenseMap<clang::FileID, FileIndex> files;
  llvm::StringMap<FileIndex> filesByName;
};

/// The outermost namespace around DECLARATION; null if there is none.
const clang::NamespaceDecl *spaceOf(const clang::Decl *declaration);

} // namespace ripple::analyzer

#endif
