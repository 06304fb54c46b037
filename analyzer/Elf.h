//===- Elf.h - What an ELF file offers and needs ----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// LLVM's object readers behind one plain struct: who it is (build-id, SONAME),
// what it needs (DT_NEEDED and where to look for it), what it defines and what
// it leaves open for others to define.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_ELF_H
#define RIPPLE_ANALYZER_ELF_H

#include "model/Document.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ripple::analyzer {

struct DynamicSymbol {
  std::string name;    ///< Mangled, without its version.
  std::string version; ///< "GLIBC_2.34"; "" where it has none.
  /// As inline functions and templates are, of which several files may hold the same.
  bool isWeak = false;
  bool isHidden = false; ///< An old version: only for those that ask for it by its name.
  /// Of an open one: relocated in data alone, as tables of virtual functions are.
  bool isInData = false;
  bool operator==(const DynamicSymbol &) const = default;
  auto operator<=>(const DynamicSymbol &) const = default;

  /// Whether the loader takes DEFINITION, of the same name, for this open one (ld.so's
  /// check_match).
  bool takes(const DynamicSymbol &definition) const {
    return version.empty() ? !definition.isHidden
                           : definition.version.empty() || definition.version == version;
  }
};

struct ElfFile {
  std::string path;                     ///< As it was asked for.
  std::string buildId;                  ///< Lower-case hexadecimal; "" where it has none.
  std::string soname;                   ///< "" where it has none.
  std::uint16_t machine = 0;            ///< e_machine.
  bool is64 = true;                     ///< A loader takes files of its own class and machine only.
  std::vector<std::string> needed;      ///< DT_NEEDED, in the file's order.
  std::vector<std::string> rpath;       ///< DT_RPATH's folders, `$ORIGIN` not yet replaced.
  std::vector<std::string> runpath;     ///< DT_RUNPATH's folders, likewise.
  std::vector<std::string> filters;     ///< DT_FILTER and DT_AUXILIARY: they answer in its place.
  std::vector<DynamicSymbol> defined;   ///< That other files can link to; sorted.
  std::vector<DynamicSymbol> undefined; ///< That other files must define; sorted.
  /// That it defines and yet refers to by name, so that the loader binds it to whichever file
  /// defines it first: inline functions and templates that several libraries hold; sorted.
  std::vector<DynamicSymbol> preemptible;

  /// Its definition of SYMBOL, in whichever version; null where it has none.
  const DynamicSymbol *definition(std::string_view symbol) const;
  bool leavesOpen(std::string_view symbol) const;
  bool defines(std::string_view symbol) const { return definition(symbol) != nullptr; }
};

/// Reads FILE. A file that is missing, unreadable or no ELF file for the loader is a mistake; so is
/// one whose dynamic symbols cannot be found because it was stripped of its section headers.
model::Result<ElfFile> readElf(const std::string &file);

/// The same of BYTES; FILE is what mistakes and ElfFile::path name.
model::Result<ElfFile> parseElf(std::string_view bytes, const std::string &file);

/// By what the loader tells files apart that it may map, from those that it passes over.
struct ElfKind {
  std::uint16_t machine = 0; ///< e_machine.
  bool is64 = true;
  bool operator==(const ElfKind &) const = default;
};

/// What FILE's first bytes say; nothing where it does not start as an ELF file does. Cheap. A file
/// that ends in its header is of no machine (EM_NONE).
std::optional<ElfKind> elfKindOf(const std::string &file);

/// That of a file that was read.
inline ElfKind kindOf(const ElfFile &file) { return {file.machine, file.is64}; }

/// "x86-64", "AArch64"; "machine 4660" where it has no name.
std::string machineName(std::uint16_t machine);

} // namespace ripple::analyzer

#endif
