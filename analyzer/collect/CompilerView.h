//===- CompilerView.h - Code as the build's compiler sees it ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COLLECT_COMPILERVIEW_H
#define RIPPLE_ANALYZER_COLLECT_COMPILERVIEW_H

#include "analyzer/Compilers.h"

#include <clang/Lex/PPCallbacks.h>
#include <clang/Lex/Preprocessor.h>
#include <vector>

namespace ripple::analyzer {

/// Gives the user's own files the predefined macros of the compiler that builds them. System
/// headers keep Clang's: what they have for other compilers, Clang need not understand. Where the
/// macros are not known, code that asks for them is an error.
class CompilerView : public clang::PPCallbacks {
public:
  CompilerView(clang::Preprocessor &preprocessor, const PredefinedMacros &macros)
      : preprocessor(preprocessor), macros(macros) {}

  void FileChanged(clang::SourceLocation at, FileChangeReason reason,
                   clang::SrcMgr::CharacteristicKind kind, clang::FileID previous) override;
  void MacroExpands(const clang::Token &name, const clang::MacroDefinition &definition,
                    clang::SourceRange range, const clang::MacroArgs *arguments) override;
  void Defined(const clang::Token &name, const clang::MacroDefinition &definition,
               clang::SourceRange range) override;
  void Ifdef(clang::SourceLocation at, const clang::Token &name,
             const clang::MacroDefinition &definition) override;
  void Ifndef(clang::SourceLocation at, const clang::Token &name,
              const clang::MacroDefinition &definition) override;

private:
  /// What one name stands for in either kind of files; null where it is not defined.
  struct Name {
    clang::IdentifierInfo *identifier = nullptr;
    clang::MacroInfo *own = nullptr, *other = nullptr;
  };
  void findNames(clang::SourceLocation at);
  clang::MacroInfo *make(const std::string &value, clang::SourceLocation at);
  void define(clang::IdentifierInfo *name, clang::MacroInfo *macro, clang::SourceLocation at);
  void asked(const clang::Token &name);

  clang::Preprocessor &preprocessor;
  const PredefinedMacros &macros;
  std::vector<Name> names;
  bool isFound = false, isOwn = false;
};

} // namespace ripple::analyzer

#endif
