//===- Places.h - Where a file or a symbol belongs --------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What the machine says about one application, before any catalog has a word:
//
//   symbol --(dynamic symbols of the closure, in load order)--> library
//   file   --(units and targets | vendored folder | dpkg)-----> place
//   library --(build target | dpkg)---------------------------> place
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_PLACES_H
#define RIPPLE_ANALYZER_PLACES_H

#include "analyzer/Packages.h"
#include "analyzer/Pipeline.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace ripple::analyzer {

/// Where a declaration belongs.
struct Place {
  enum class Kind {
    Application, ///< The application's own code; also what only the compiler knows.
    Target,      ///< Build target `name`.
    Package,     ///< Debian package `name`.
    Vendored,    ///< A copy of other people's code in folder `name`.
    System,      ///< A library that no package owns: `name` is its SONAME.
    Unknown,     ///< A header that nobody owns, in folder `name`.
  };
  Kind kind = Kind::Application;
  std::string name;
  std::string library; ///< The file that holds the code at run time; "": the application's binary.
  auto operator<=>(const Place &) const = default;
};

/// Answers for one application. Not for several threads at one time.
class Places {
public:
  Places(const Loaded &everything, const LoadedApplication &which);

  /// The first library of the closure, in load order, that defines SYMBOL; nothing if none does.
  std::optional<Place> ofSymbol(std::string_view symbol) const;

  /// What the loader binds a library's reference to SYMBOL to: nothing where that is the program
  /// itself, or nobody.
  std::optional<Place> bound(std::string_view symbol);

  /// Whether the program or a library of this build leaves SYMBOL open, so that the loader binds it
  /// to `ofSymbol`. What is not imported is a copy of its own: inlined, or linked statically.
  bool isImported(std::string_view symbol) const { return imported.contains(symbol); }

  /// Where code (or a type) that stands in FILE belongs.
  const Place &ofFile(const std::string &file);

  /// The package or target that the shared library at PATH is from.
  Place ofLibrary(const std::string &path);

  /// Source package and version, for places that are packages; null for others.
  const Package *packageOf(const Place &place);
  const Package *package(std::string_view name) { return packages.package(name); }

  /// The build target of that name, or null.
  const BuildTarget *target(std::string_view name) const;

  LibrarySearch &libraries() { return search; }

private:
  Place findFile(const std::string &file);
  std::optional<Place> ofSource(const std::string &file) const;
  std::optional<Place> ofOwnHeader(const std::string &file, const std::string &top) const;
  Place ofTarget(const std::string &name) const;
  Place ofObjectLibrary(std::size_t index) const;
  Place ofPackageFile(const Package &package);
  void addImports(const ElfFile &file);
  bool isOwn(const std::string &file) const;

  const Loaded &loaded;
  const LoadedApplication &application;
  Packages packages;
  LibrarySearch search;
  std::vector<std::size_t> nearTargets; ///< In the binary or its closure: whose headers count.
  std::map<std::string, std::size_t> targetOfLibrary;          ///< By canonical path.
  std::vector<Place> closurePlaces;                            ///< By library of the closure.
  std::unordered_map<std::string_view, std::uint32_t> definer; ///< Symbol → library, the first.
  std::unordered_set<std::string_view> imported;
  std::map<std::string, std::string> targetOfSource; ///< Sources of the application.
  std::map<std::string, Place> places;               ///< Answers of ofFile.
};

/// The folder name that holds vendored code in PATH ("third_party/fmt"), relative to the source
/// root; "" where PATH is not in such a folder.
std::string vendoredFolder(std::string_view path);

} // namespace ripple::analyzer

#endif
