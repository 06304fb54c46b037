//===- FuzzElf.cpp - Bytes to an ELF file ---------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What the analyzer reads of a program or library: what it needs and offers,
// the sources that its debug information names, its symbol tables, and what the
// loader maps with it; and of an archive or object file, what it defines and leaves
// open.
//
//===----------------------------------------------------------------------===//
#include "analyzer/DebugUnits.h"
#include "analyzer/Elf.h"
#include "analyzer/LibraryClosure.h"
#include "analyzer/LinkedCode.h"
#include "tests/fuzz/FuzzReader.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace ripple;

// LLVM's headers poison the arenas' memory where they are compiled into this program, and LLVM's
// own libraries, which are built without the sanitizer, never take that back.
extern "C" const char *__asan_default_options() { // NOLINT: the sanitizer's name
  return "allow_user_poisoning=0";
}

namespace {

/// A folder of its own, with the library.
struct Machine {
  Machine() {
    std::string name = std::filesystem::temp_directory_path() / "fuzz-elf-XXXXXX";
    fuzz::require(::mkdtemp(name.data()), "no temporary folder");
    root = name;
    std::filesystem::create_directories(root / "lib");
    library = root / "lib" / "liba.so.1";
  }
  ~Machine() { std::filesystem::remove_all(root); }
  Machine(const Machine &) = delete;
  Machine &operator=(const Machine &) = delete;

  std::filesystem::path root, library;
};

void checkClosure(std::string_view bytes, const analyzer::ElfFile &elf) {
  static Machine machine;
  std::ofstream(machine.library, std::ios::binary) << bytes;
  fuzz::require(analyzer::elfKindOf(machine.library) == analyzer::kindOf(elf),
                "the first bytes say something else than the whole");
  // Libraries alone: a damaged path could lead to any file of the machine.
  auto isPath = [](const std::string &name) { return name.find('/') != std::string::npos; };
  if (!elf.rpath.empty() || !elf.runpath.empty() ||
      std::any_of(elf.needed.begin(), elf.needed.end(), isPath))
    return;
  auto closure = analyzer::LibrarySearch().closureOf(machine.library);
  fuzz::require(closure.has_value(), "a file that can be read has no closure");
  for (const auto &library : closure->libraries)
    fuzz::require(std::filesystem::exists(library->path), "something is loaded that is not there");
  for (const analyzer::MissingLibrary &missing : closure->missing)
    fuzz::require(!missing.why.empty(), "missing without a reason");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char *>(bytes), size);
  if (auto elf = analyzer::parseElf(text, "input")) {
    for (const auto *symbols : {&elf->defined, &elf->undefined, &elf->preemptible})
      fuzz::require(std::is_sorted(symbols->begin(), symbols->end()), "symbols are not sorted");
    for (const analyzer::DynamicSymbol &symbol : elf->preemptible)
      fuzz::require(elf->defines(symbol.name), "what may come from others is not its own");
    checkClosure(text, *elf);
  } else {
    fuzz::require(!describe(elf.error()).empty(), "refused without a mistake");
  }
  if (auto tables = analyzer::parseSymbolTables(text, "input"))
    fuzz::require(std::is_sorted(tables->symbols.begin(), tables->symbols.end()),
                  "names are not sorted");
  else
    fuzz::require(!describe(tables.error()).empty(), "refused without a mistake");
  // A thin one names files of the machine.
  if (!text.starts_with("!<thin>")) {
    if (auto code = analyzer::parseLinkedCode(text, "input"))
      for (const std::string &symbol : code->strong)
        fuzz::require(code->defines(symbol) && code->names(symbol), "a definition is none");
    else
      fuzz::require(!describe(code.error()).empty(), "refused without a mistake");
  }
  if (auto units = analyzer::parseDebugUnits(text, "input"))
    fuzz::require(std::is_sorted(units->begin(), units->end()), "units are not sorted");
  else
    fuzz::require(!describe(units.error()).empty(), "refused without a mistake");
  return 0;
}
