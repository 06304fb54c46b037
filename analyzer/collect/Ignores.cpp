//===- Ignores.cpp - Comments that take a use away ------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/collect/Ignores.h"

#include <algorithm>
#include <llvm/Support/JSON.h>

using namespace clang;

namespace ripple::analyzer {
namespace {

/// TEXT as it may stand in a document: UTF-8, on one line.
std::string textOf(llvm::StringRef text) {
  std::string out = llvm::json::fixUTF8(text.trim());
  std::replace_if(
      out.begin(), out.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return out;
}

} // namespace

bool IgnoreFinder::HandleComment(Preprocessor &preprocessor, SourceRange comment) {
  const SourceManager &sources = preprocessor.getSourceManager();
  bool isInvalid = false;
  const char *begin = sources.getCharacterData(comment.getBegin(), &isInvalid);
  if (isInvalid || !begin)
    return false;
  const unsigned length =
      sources.getFileOffset(comment.getEnd()) - sources.getFileOffset(comment.getBegin());
  llvm::StringRef text = llvm::StringRef(begin, length).drop_front(2);
  const bool isBlock = begin[1] == '*';
  text = text.ltrim("/*! \t");
  if (!text.consume_front("ripple:"))
    return false;
  text = text.ltrim();
  if (!text.consume_front("ignore"))
    return false;
  if (isBlock)
    text.consume_back("*/");
  // A comment of several lines is one of its first.
  text = text.take_until([](char c) { return c == '\n' || c == '\r'; }).trim();
  Found found{comment.getBegin(), "", ""};
  if (text.consume_front("(")) {
    auto [component, reason] = text.split(')');
    if (component.size() != text.size()) { // Else it does not end.
      found.component = textOf(component);
      found.reason = textOf(reason.ltrim(": \t"));
    }
  }
  all.push_back(std::move(found));
  return false;
}

void IgnoreFinder::finish(Names &names, Facts &facts) const {
  for (const Found &found : all)
    if (SourceLine at = names.line(found.at); at.file != none)
      facts.ignores.push_back({at, found.component, found.reason});
  std::sort(facts.ignores.begin(), facts.ignores.end());
  facts.ignores.erase(std::unique(facts.ignores.begin(), facts.ignores.end()), facts.ignores.end());
}

} // namespace ripple::analyzer
