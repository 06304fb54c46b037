//===- DebugUnits.h - What debug information says of sources ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_DEBUGUNITS_H
#define RIPPLE_ANALYZER_DEBUGUNITS_H

#include "model/Document.h"

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ripple::analyzer {

/// The main source file of a compile unit, as its compiler has written it.
struct DebugUnit {
  std::string directory; ///< Where the compiler ran; perhaps not its true name (`WrittenPaths`).
  std::string name;      ///< Absolute, or as seen from there.
  auto operator<=>(const DebugUnit &) const = default;
};

/// Those of FILE, sorted; where it was stripped, of the file that was split from it, if that is
/// where debuggers look for it too: by build-id below /usr/lib/debug, by .gnu_debuglink beside it,
/// in .debug and below /usr/lib/debug. Empty where there is none. Debug information that is
/// damaged, or that leaves the source of a unit to a file (.dwo) that is not there, is a mistake:
/// its units would be too few.
model::Result<std::vector<DebugUnit>> debugUnits(const std::string &file);

/// The same of BYTES alone.
model::Result<std::vector<DebugUnit>> parseDebugUnits(std::string_view bytes,
                                                      const std::string &file);

/// The paths behind what compilers have written: they can be told to write others, so that a build
/// gives the same bytes in any folder (`-ffile-prefix-map=OLD=NEW`, `-fdebug-prefix-map`; Debian's
/// packages are built so).
class WrittenPaths {
public:
  /// Takes note of a command of the build, run in DIRECTORY.
  void add(const std::vector<std::string> &argv, const std::string &directory);

  /// All paths that UNIT may mean, each once, absolute as far as it says; the one that is written
  /// first.
  std::vector<std::string> of(const DebugUnit &unit) const;

private:
  std::vector<std::string> before(const std::string &written) const;

  std::set<std::pair<std::string, std::string>>
      prefixes; ///< What is written, and what it stands for.
  std::set<std::string> directories;
};

} // namespace ripple::analyzer

#endif
