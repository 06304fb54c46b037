//===- ComponentTable.h - The components of one application -----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Turns places and catalog rules into components: id, kind, version, SONAME,
// origin, restart domain, the file that holds them, and what they depend on.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_COMPONENTTABLE_H
#define RIPPLE_ANALYZER_COMPONENTTABLE_H

#include "analyzer/Places.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ripple::analyzer {

class ComponentTable {
public:
  ComponentTable(const Loaded &everything, const LoadedApplication &which,
                 const model::Catalog &rules, Places &where)
      : loaded(everything), application(which), catalog(rules), places(where) {}

  /// The rule that names PLACE by its package, target or library; `nothing` if none does.
  std::size_t ruleOf(const Place &place);
  static constexpr std::size_t nothing = ~std::size_t(0);

  /// The id of the component at PLACE, as RULE (or `nothing`) has it; "" for the application's own
  /// code. HASBODY: its code was seen in a header, so it is compiled into the application.
  const std::string &idOf(const Place &place, std::size_t rule, bool hasBody);
  const std::string &idOf(const Place &place, bool hasBody) {
    return idOf(place, ruleOf(place), hasBody);
  }

  /// SYMBOLS are those of functions that some unit has the body of.
  void setSeen(std::set<std::string_view> symbols) { seen = std::move(symbols); }

  /// Adds every library that the loader maps with the application, and the application itself.
  void addClosure();

  /// What RULE's functions and library open: it has the components FOUND. Who calls or is one of
  /// these depends on them.
  void addOpened(const model::LoaderRule &rule, std::set<std::string> found) {
    opened.emplace_back(&rule, std::move(found));
  }

  /// Everything asked for so far, and what it depends on; sorted by id. Call once, at the end.
  /// Mistakes: a plug-in that is not built.
  model::Result<std::vector<model::Component>> finish();

  /// Component → those whose copy of code that both hold the loader has it use. After `finish`.
  std::map<std::string, std::set<std::string>> bindings() const;

  /// Component → those whose functions stand before its own of the same names. After `finish`.
  std::map<std::string, std::set<std::string>> interposed() const;

  /// Component, but for the application → symbols that it leaves to others to define, or that the
  /// loader may take from them. After `finish`.
  std::map<std::string, std::set<std::string>> imports() const;

  /// Component → symbols of inline code and of templates, and of what is static in them, that it
  /// has as well and the loader may take from others. After `finish`.
  std::map<std::string, std::set<std::string>> copies() const;

  /// Whether code of ID's is inside the program.
  bool isLinked(const std::string &id) const { return !entries.at(id).linked.empty(); }

private:
  struct Entry {
    model::Component component;
    std::set<std::string> libraries;                  ///< Files that hold it.
    std::map<std::string, const LinkedCode *> linked; ///< The same, inside the program; by path.
    std::set<std::string> dependsOn;
    std::set<std::string> bindsTo;
    std::set<std::string> interposedBy;
    std::set<std::string> imports; ///< Symbols.
    std::set<std::string> copies;  ///< Symbols.
    const Package *package = nullptr;
    const model::ComponentRule *rule = nullptr;
  };

  Entry &entryOf(const std::string &id) { return entries[id]; }
  Entry makeEntry(const Place &place, std::size_t rule, bool hasBody);
  void applyRule(Entry &entry, const model::ComponentRule &rule);
  void locate(Entry &entry);
  void addLibrary(Entry &entry, const std::string &file);
  void connectLibraries();
  void connectLibrary(const std::string &id, const std::string &file);
  std::map<std::string, std::set<std::string>> byId(std::set<std::string> Entry::*what) const;
  void connectSymbols(const std::string &id, const ElfFile &library);
  void connectNext(const std::string &id, const ElfFile &library);
  void connectInside(const std::string &id, const DynamicSymbol &symbol);
  void connectLinked(const std::string &id, const LinkedCode &code);
  bool isUnaccounted(const std::string &symbol) const {
    return !seen.contains(symbol) && places.isUnaccounted(symbol, true);
  }
  std::set<std::string> boundTo(const DynamicSymbol &symbol, const std::string &id);
  void connectPackages();
  void connectOpened();
  void connectTargets();
  void describeFile(Entry &entry);
  std::string relative(const std::string &path) const;

  const Loaded &loaded;
  const LoadedApplication &application;
  const model::Catalog &catalog;
  Places &places;
  std::set<std::string_view> seen;
  std::map<std::string, Entry> entries;
  struct Key {
    Place place;
    std::size_t rule;
    bool hasBody;
    auto operator<=>(const Key &) const = default;
  };
  std::map<Key, std::string> ids;
  std::map<Place, std::size_t> rules;
  std::vector<std::pair<const model::LoaderRule *, std::set<std::string>>> opened;
  model::Mistakes mistakes;
};

/// The name that Debian's convention gives the package of a library: "libssl.so.3" → "libssl3".
std::string debianNameOf(std::string_view soname);

/// "/opt/lib/libcatalog.so.1.2.0" → "1.2.0"; "" where the name has no version.
std::string versionInName(std::string_view path);

} // namespace ripple::analyzer

#endif
