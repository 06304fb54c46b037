//===- CompilerView.cpp - Code as the build's compiler sees it ------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/CompilerView.h"

#include <clang/Basic/CharInfo.h>
#include <clang/Basic/Diagnostic.h>
#include <clang/Basic/SourceManager.h>

using namespace clang;

namespace ripple::analyzer {
namespace {

/// What only Clang answers; GCC some of it, since version 14.
bool isQuestion(llvm::StringRef macro, const PredefinedMacros &macros) {
  if (macros.values.contains("__clang__"))
    return false;
  if (macro == "__has_warning" || macro == "__is_identifier")
    return true;
  if (macro != "__has_feature" && macro != "__has_extension")
    return false;
  auto version = macros.values.find("__GNUC__");
  unsigned number = 0;
  return version == macros.values.end() ||
         llvm::StringRef(version->second).getAsInteger(10, number) || number < 14;
}

} // namespace

void CompilerView::FileChanged(SourceLocation at, FileChangeReason, SrcMgr::CharacteristicKind kind,
                               FileID) {
  const SourceManager &sources = preprocessor.getSourceManager();
  const bool toOwn = kind == SrcMgr::C_User && !sources.isWrittenInBuiltinFile(at) &&
                     !sources.isWrittenInCommandLineFile(at);
  // The main file is entered first, and the predefined macros then.
  if (toOwn == isOwn || (!isFound && preprocessor.getPredefinesFileID().isInvalid()))
    return;
  isOwn = toOwn;
  if (!macros.problem.empty())
    return;
  if (!isFound)
    findNames(at);
  for (Name &name : names) {
    MacroInfo *current = preprocessor.getMacroInfo(name.identifier);
    (isOwn ? name.other : name.own) = current;
    if (MacroInfo *next = isOwn ? name.own : name.other; next != current)
      define(name.identifier, next, at);
  }
}

void CompilerView::findNames(SourceLocation at) {
  isFound = true;
  for (const auto &[name, value] : macros.values)
    if (value.empty() || value.front() == '"' || isDigit(value.front()))
      names.push_back({preprocessor.getIdentifierInfo(name), make(value, at), nullptr});
  std::vector<IdentifierInfo *> others;
  for (const auto &macro : preprocessor.macros(/*IncludeExternalMacros=*/false)) {
    const llvm::StringRef name = macro.first->getName();
    if (!macros.values.contains(name.str()) && (tellsCompilers(name) || isQuestion(name, macros)))
      others.push_back(preprocessor.getIdentifierInfo(name));
  }
  for (IdentifierInfo *name : others)
    names.push_back({name, nullptr, nullptr});
}

MacroInfo *CompilerView::make(const std::string &value, SourceLocation at) {
  MacroInfo *macro = preprocessor.AllocateMacroInfo(at);
  macro->setDefinitionEndLoc(at);
  if (value.empty())
    return macro;
  Token token;
  token.startToken();
  token.setKind(value.front() == '"' ? tok::string_literal : tok::numeric_constant);
  preprocessor.CreateString(value, token);
  macro->setTokens({token}, preprocessor.getPreprocessorAllocator());
  return macro;
}

void CompilerView::define(IdentifierInfo *name, MacroInfo *macro, SourceLocation at) {
  if (macro)
    preprocessor.appendDefMacroDirective(name, macro, at);
  else
    preprocessor.appendMacroDirective(name, new (preprocessor.getPreprocessorAllocator())
                                                UndefMacroDirective(at));
}

void CompilerView::asked(const Token &name) {
  if (macros.problem.empty() || !isOwn || !tellsCompilers(name.getIdentifierInfo()->getName()))
    return;
  DiagnosticsEngine &diagnostics = preprocessor.getDiagnostics();
  const unsigned id = diagnostics.getCustomDiagID(
      DiagnosticsEngine::Error, "asks which compiler this is (%0), and that is not known here: %1; "
                                "analyze where it can be run");
  diagnostics.Report(name.getLocation(), id) << name.getIdentifierInfo() << macros.problem;
}

void CompilerView::MacroExpands(const Token &name, const MacroDefinition &, SourceRange,
                                const MacroArgs *) {
  asked(name);
}
void CompilerView::Defined(const Token &name, const MacroDefinition &, SourceRange) { asked(name); }
void CompilerView::Ifdef(SourceLocation, const Token &name, const MacroDefinition &) {
  asked(name);
}
void CompilerView::Ifndef(SourceLocation, const Token &name, const MacroDefinition &) {
  asked(name);
}

} // namespace ripple::analyzer
