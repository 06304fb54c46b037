//===- Compilers.h - What the build's compilers define ----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Code asks which compiler it is compiled by, and goes another way for each.
// The analyzer reads it as Clang does; what a build with another compiler runs
// is what stands behind that one's macros. So the compiler is asked for them.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COMPILERS_H
#define RIPPLE_ANALYZER_COMPILERS_H

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ripple::analyzer {

/// Predefined macros by which code tells compilers and what they can do apart, as a compiler that
/// is not this Clang has them.
struct PredefinedMacros {
  std::map<std::string, std::string> values; ///< By name; other such macros are not defined.
  std::string problem; ///< Why they are not known: "gcc-13 is not found"; "" where they are.
};

/// True for macros that PredefinedMacros is about: "__GNUC__", "__clang__", "__cpp_concepts".
bool tellsCompilers(std::string_view macro);

/// ARGV without programs that only start the compiler (ccache, distcc, …).
std::vector<std::string> withoutLaunchers(std::vector<std::string> argv);

/// The compilers of one build, each asked once for each set of options that matters.
class Compilers {
public:
  /// What the compiler of ARGV, which compiles FILE and runs in DIRECTORY, defines. Null for Clang
  /// of the version that reads the code here.
  std::shared_ptr<const PredefinedMacros> macrosOf(const std::vector<std::string> &argv,
                                                   const std::string &directory,
                                                   const std::string &file);

private:
  std::map<std::vector<std::string>, std::shared_ptr<const PredefinedMacros>> known;
};

} // namespace ripple::analyzer

#endif
