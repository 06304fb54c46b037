//===- LinkedCode.h - Code without source inside a program ------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What the linker puts into a program beside what its units make: archives and
// object files. Like a library's, their code is told by names: what they define
// and what they leave to others; and what a program's own symbol tables say is
// in it.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_LINKEDCODE_H
#define RIPPLE_ANALYZER_LINKEDCODE_H

#include "model/Document.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ripple::analyzer {

/// An archive, all members together, or an object file.
struct LinkedCode {
  std::string path;
  std::vector<std::string> defined; ///< Symbols that other files can link to; sorted.
  std::vector<std::string> strong;  ///< Those of them that stand before weak ones; sorted.
  /// Symbols that other files must define, or may define before it (weak ones, but for copies of
  /// inline functions and templates); sorted.
  std::vector<std::string> open;

  bool defines(std::string_view symbol) const;
  bool names(std::string_view symbol) const; ///< Defines it or leaves it open.
};

/// Reads FILE. One that is no archive or object file of machine code is a mistake: it is damaged,
/// or made for the optimiser at link time only.
model::Result<LinkedCode> readLinkedCode(const std::string &file);

/// The same of BYTES. Members of a thin archive are files beside FILE.
model::Result<LinkedCode> parseLinkedCode(std::string_view bytes, const std::string &file);

enum class LinkFileKind { Code, Shared, Text, Other };

/// What FILE, which a link line names, is by its first bytes.
LinkFileKind linkFileKindOf(const std::string &file);

/// A place in a linked file that has a name.
struct PlacedSymbol {
  std::string name; ///< Without its version.
  std::uint64_t address = 0;
  bool isCode = false;   ///< A function, or what has no type: a label, a name made by the linker.
  bool isStrong = false; ///< Neither weak, nor hidden from other files.
  auto operator<=>(const PlacedSymbol &) const = default;
};

/// What the symbol tables of FILE, a program or library, say is in it, the one that can be stripped
/// too, and local names: hidden ones have become that. Sorted. ISSTRIPPED: that table is gone.
struct SymbolTables {
  std::vector<PlacedSymbol> symbols;
  bool isStripped = true;
  /// Of a class's type information ("_ZTI4Mine"), as far as that has a name: that of its bases.
  std::map<std::string, std::set<std::string>> bases;

  const PlacedSymbol *find(std::string_view name) const; ///< The first of that name, or null.
};
model::Result<SymbolTables> readSymbolTables(const std::string &file);

/// The same of BYTES.
model::Result<SymbolTables> parseSymbolTables(std::string_view bytes, const std::string &file);

} // namespace ripple::analyzer

#endif
