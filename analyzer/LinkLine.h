//===- LinkLine.h - What the linker is given --------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_LINKLINE_H
#define RIPPLE_ANALYZER_LINKLINE_H

#include <string>
#include <utility>
#include <vector>

namespace ripple::analyzer {

struct LinkLine {
  std::vector<std::string> code;   ///< Archives and object files; absolute, sorted.
  std::vector<std::string> absent; ///< Files and `-l` that are not found; sorted.
  /// Names that it makes of others: calls of the first run the second (`--defsym`, linker scripts).
  std::vector<std::pair<std::string, std::string>> aliases;
};

/// What WORDS, of which those behind -Wl stand apart, give to the linker. Relative files are in one
/// of FOLDERS; libraries where `-L` says, and where the system has them.
LinkLine readLinkLine(const std::vector<std::string> &words,
                      const std::vector<std::string> &folders);

} // namespace ripple::analyzer

#endif
