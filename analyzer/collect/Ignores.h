//===- Ignores.h - Comments that take a use away ----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COLLECT_IGNORES_H
#define RIPPLE_ANALYZER_COLLECT_IGNORES_H

#include "analyzer/collect/Names.h"

#include <clang/Lex/Preprocessor.h>

namespace ripple::analyzer {

/// Finds `// ripple: ignore(COMPONENT) REASON` while a unit is read. Not in code that the
/// preprocessor leaves out.
class IgnoreFinder : public clang::CommentHandler {
public:
  bool HandleComment(clang::Preprocessor &preprocessor, clang::SourceRange comment) override;

  /// Adds what was found to FACTS, whose files NAMES knows.
  void finish(Names &names, Facts &facts) const;

private:
  struct Found {
    clang::SourceLocation at;
    std::string component, reason;
  };
  std::vector<Found> all;
};

} // namespace ripple::analyzer

#endif
