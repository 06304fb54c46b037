//===- BuildTargets.h - What the build makes, and from what -----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// CMake's own answer (File API, codemodel version 2) as a table of targets.
// CMake writes it when it runs after somebody has asked for it; for a build
// that was never asked, `askForCodemodel` asks.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_BUILDTARGETS_H
#define RIPPLE_ANALYZER_BUILDTARGETS_H

#include "model/Document.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ripple::analyzer {

enum class TargetType {
  Executable,
  SharedLibrary,
  ModuleLibrary,
  StaticLibrary,
  ObjectLibrary,
  Other
};

struct BuildTarget {
  std::string name;
  TargetType type = TargetType::Other;
  std::string sourceFolder; ///< Where it is declared, absolute.
  std::string objectFolder; ///< Below which its object files are, absolute, with a '/' at its end.
  std::string artefact;     ///< What it makes, absolute; "" for none.
  std::vector<std::string> sources;   ///< Absolute, headers too where the build lists them; sorted.
  std::vector<std::string> compiled;  ///< Those of `sources` that are compiled as C or C++; sorted.
  std::vector<std::size_t> dependsOn; ///< Into BuildTargets::targets; sorted.
  std::vector<std::size_t> links;     ///< Those whose artefacts are on its link line; sorted.
  /// Archives and objects that are in what it makes, and that no unit is the source of: those on
  /// its link line that no target makes, and its own of other languages; absolute, sorted.
  std::vector<std::string> code;
  std::vector<std::string> absent; ///< What is on its link line and is not found; sorted.
  std::vector<std::pair<std::string, std::string>> aliases; ///< As LinkLine::aliases.
};

struct BuildTargets {
  std::string sourceRoot;           ///< The build's home directory; "" where it is not known.
  std::vector<BuildTarget> targets; ///< Sorted by name.

  /// Index of the target of that name, or `nothing`.
  std::size_t find(std::string_view name) const;
  static constexpr std::size_t nothing = ~std::size_t(0);

  /// The targets whose code is inside the file that INDEX makes: itself, and the static and object
  /// libraries in it; sorted.
  std::vector<std::size_t> inside(std::size_t index) const;
};

/// What CMake says of the build in BUILDFOLDER (absolute); nothing where it has said nothing. An
/// answer that cannot be understood is a mistake.
model::Result<std::optional<BuildTargets>> readCodemodel(const std::string &buildFolder);

/// Asks CMake to answer when it runs next; false where that cannot be written.
bool askForCodemodel(const std::string &buildFolder);

/// PATH made absolute below FOLDER, without "." and "..".
std::string absoluteIn(const std::string &folder, std::string_view path);

} // namespace ripple::analyzer

#endif
