//===- Macros.cpp - What a macro that makes a handler is given ------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Macros.h"

#include <clang/AST/Decl.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Lex/Lexer.h>
#include <optional>

using namespace clang;

namespace ripple::analyzer {
namespace {

/// The arguments of the macro's call at START, each as its tokens; empty if it is not one of a name
/// that GLOB fits.
std::vector<std::vector<Token>> argumentsAt(SourceLocation start, const std::string &glob,
                                            const SourceManager &sources,
                                            const LangOptions &language) {
  auto [file, offset] = sources.getDecomposedLoc(start);
  bool isInvalid = false;
  llvm::StringRef text = sources.getBufferData(file, &isInvalid);
  if (isInvalid)
    return {};
  Lexer lexer(sources.getLocForStartOfFile(file), language, text.begin(), text.data() + offset,
              text.end());
  Token token;
  lexer.LexFromRawLexer(token);
  if (token.isNot(tok::raw_identifier) || !model::matchesGlob(glob, token.getRawIdentifier().str()))
    return {};
  lexer.LexFromRawLexer(token);
  if (token.isNot(tok::l_paren))
    return {};
  std::vector<std::vector<Token>> arguments(1);
  for (unsigned depth = 1;;) {
    lexer.LexFromRawLexer(token);
    if (token.is(tok::eof))
      return {};
    if (token.isOneOf(tok::l_paren, tok::l_brace, tok::l_square))
      ++depth;
    if (token.isOneOf(tok::r_paren, tok::r_brace, tok::r_square) && --depth == 0)
      return arguments;
    if (token.is(tok::comma) && depth == 1)
      arguments.emplace_back();
    else
      arguments.back().push_back(token);
  }
}

/// The text of string literals without escapes; nothing for all else.
std::optional<std::string> textOf(const std::vector<Token> &tokens) {
  std::string text;
  for (const Token &token : tokens) {
    llvm::StringRef literal = token.is(tok::string_literal)
                                  ? llvm::StringRef(token.getLiteralData(), token.getLength())
                                  : llvm::StringRef();
    if (literal.size() < 2 || literal.front() != '"' || literal.contains('\\'))
      return std::nullopt;
    text += literal.drop_front().drop_back();
  }
  return tokens.empty() ? std::nullopt : std::optional(text);
}

} // namespace

bool standsInMacro(const FunctionDecl *definition, const std::string &glob, ASTContext &context) {
  const SourceManager &sources = context.getSourceManager();
  return definition->getLocation().isMacroID() &&
         !argumentsAt(sources.getExpansionLoc(definition->getLocation()), glob, sources,
                      context.getLangOpts())
              .empty();
}

void readMacro(const FunctionDecl *definition, const model::HandlerRule &rule, Registration &row,
               ASTContext &context) {
  const SourceManager &sources = context.getSourceManager();
  if (!definition->getLocation().isMacroID())
    return;
  const SourceLocation start = sources.getExpansionLoc(definition->getLocation());
  auto arguments = argumentsAt(start, rule.macro, sources, context.getLangOpts());
  auto text = [&](std::optional<int> position) -> std::optional<std::string> {
    return position && std::size_t(*position) < arguments.size() ? textOf(arguments[*position])
                                                                 : std::nullopt;
  };
  if (auto path = text(rule.path)) {
    row.path.kind = ValueKind::Text;
    row.path.text = *path;
  }
  if (rule.methodAt)
    row.methods = {text(rule.methodAt).value_or("*")};
}

} // namespace ripple::analyzer
