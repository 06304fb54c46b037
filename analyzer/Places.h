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
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
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

  /// All libraries that are loaded and define SYMBOL.
  std::vector<Place> definers(const std::string &symbol) const;

  /// What the loader binds a library's reference to SYMBOL to: the first that defines it in the
  /// version that is asked for, else whichever was opened beside the program. Empty where that is
  /// the program itself, or nobody.
  std::vector<Place> bound(const DynamicSymbol &symbol) const;

  /// What the loader binds SYMBOL to, where the program (then the first) or libraries of this build
  /// leave it open. What is not imported is a copy of its own: inlined, or linked statically.
  const std::vector<Place> &importedFrom(std::string_view symbol) const;

  /// The program's own definition of SYMBOL that libraries are bound to, or null.
  const DynamicSymbol *ofProgram(std::string_view symbol) const;

  /// What the loader binds a library's reference to SYMBOL to, the program's own too, or null.
  const DynamicSymbol *firstDefinition(const DynamicSymbol &symbol) const;

  /// Code without source inside the program, or inside a library of this build, that defines
  /// SYMBOL, under whichever name the linker knows it; with ISSTRONG, for a definition that was
  /// seen: only such code as may be in its place.
  std::vector<Place> linkedFrom(std::string_view symbol, bool isStrong = false) const;

  /// Such code defines SYMBOL or leaves it open.
  bool isNamedInside(const std::string &symbol) const;

  /// What of `linkedFrom` is at PLACE.
  std::vector<const LinkedCode *> codeAt(const Place &place) const;

  /// Knows the archives of the development package at PLACE from now on.
  void addArchives(const Place &place);

  /// Names of the same function as SYMBOL, itself among them; or null.
  const std::vector<std::string> *aliasesOf(std::string_view symbol) const;

  /// What the linker has SYMBOL be, itself first.
  std::vector<std::string> namesOf(const std::string &symbol) const;

  /// SYMBOL is in the program, and nobody knows in which code: no unit is asked.
  bool isUnaccounted(std::string_view symbol, bool isCode) const;

  /// The same of a function of which a library's definition was seen, and the program's was not.
  bool isUnaccountedCopy(std::string_view symbol) const;

  /// The libraries that the loader maps with the program, and those that it opens.
  std::vector<std::shared_ptr<const ElfFile>> loadedLibraries() const;

  /// The libraries, and the code that is linked, that leave SYMBOL open.
  std::vector<Place> naming(const std::string &symbol) const;

  /// The libraries, and the code that is linked, that may have classes which derive from one whose
  /// type information is among TYPES: they name it, or its methods, or the same of a class that
  /// derives from it; or they are no package's, which cannot know it, and built without such
  /// information.
  const std::vector<Place> &knowing(const std::set<std::string> &types);

  /// Where the loader finds NAME for what LOADERS lead to, the nearest first: what is loaded by
  /// that name already, else as LibrarySearch::find says.
  std::string find(const std::string &name, const std::vector<const ElfFile *> &loaders);

  /// The program opens the library at PATH while it runs. Gives what that needs and is not found.
  std::vector<MissingLibrary> open(const std::string &path);

  /// Where code (or a type) that stands in FILE belongs.
  const Place &ofFile(const std::string &file);

  /// The package or target that the shared library at PATH is from.
  Place ofLibrary(const std::string &path) const;

  /// Source package and version, for places that are packages; null for others.
  const Package *packageOf(const Place &place);
  const Package *package(std::string_view name) { return packages.package(name); }

  /// The build target of that name, or null.
  const BuildTarget *target(std::string_view name) const;

  LibrarySearch &libraries() { return search; }

  /// The program and the libraries of this build, whose source was read.
  const std::vector<std::shared_ptr<const ElfFile>> &built() const { return importers; }

private:
  bool isCopied(const PlacedSymbol &variable) const;
  Place findFile(const std::string &file);
  std::optional<Place> ofSource(const std::string &file) const;
  std::optional<Place> ofOwnHeader(const std::string &file, const std::string &top) const;
  Place ofTarget(const std::string &name) const;
  Place ofObjectLibrary(std::size_t index) const;
  Place ofPackageFile(const Package &package);
  Place ofLinked(const std::string &path) const;
  void addLinked(std::shared_ptr<const LinkedCode> file, const Place &place);
  void addImports(const ElfFile &file);
  bool isOwn(const std::string &file) const;
  bool addDerived(const std::string &file, std::set<std::string> &types);

  const Loaded &loaded;
  const LoadedApplication &application;
  mutable Packages packages; // Both read files once.
  mutable LibrarySearch search;
  std::vector<std::size_t> nearTargets; ///< In the binary or its closure: whose headers count.
  std::map<std::string, std::size_t> targetOfLibrary; ///< By canonical path.
  std::vector<Place> closurePlaces;                   ///< By library of the closure.
  struct Definition {
    std::uint32_t library; ///< Of the closure.
    const DynamicSymbol *symbol;
  };
  const Definition *definerOf(const DynamicSymbol &symbol) const;
  std::unordered_map<std::string_view, std::vector<Definition>> definitions; ///< In load order.
  std::unordered_map<std::string_view, std::vector<Place>> imported;
  std::shared_ptr<const ElfFile> binary;                 ///< Null where it is not built.
  std::vector<std::shared_ptr<const ElfFile>> importers; ///< Whose imports count: see importedFrom.
  struct Linked {
    std::shared_ptr<const LinkedCode> file;
    Place place;
  };
  std::vector<Linked> linked;
  std::unordered_map<std::string_view, std::vector<std::size_t>>
      linkedBy; ///< By symbol: of `linked`.
  std::unordered_map<std::string_view, const std::vector<std::string> *> aliases;
  std::set<std::string> packagesAdded;
  std::vector<std::shared_ptr<const ElfFile>> opened;
  std::map<std::string, std::string> openedByName;           ///< As LibraryClosure::byName.
  std::map<std::string, std::string> targetOfSource;         ///< Sources of the application.
  std::map<std::set<std::string>, std::vector<Place>> known; ///< Of knowing.
  std::map<std::string, std::map<std::string, std::set<std::string>>> basesIn; ///< By file.
  std::map<std::string, Place> places; ///< Answers of ofFile.
};

/// A library that compilers call by themselves, by its SONAME.
bool isRuntimeLibrary(std::string_view soname);

/// The folder name that holds vendored code in PATH ("third_party/fmt"), relative to the source
/// root; "" where PATH is not in such a folder.
std::string vendoredFolder(std::string_view path);

} // namespace ripple::analyzer

#endif
