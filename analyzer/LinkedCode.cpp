//===- LinkedCode.cpp - Code without source inside a program ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/LinkedCode.h"

#include "analyzer/ElfObject.h"
#include "analyzer/Sorted.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <llvm/BinaryFormat/ELF.h>
#include <llvm/Object/Archive.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/Endian.h>
#include <llvm/Support/MemoryBuffer.h>
#include <map>
#include <optional>

namespace ripple::analyzer {
namespace {

using llvm::object::ELFObjectFileBase;
using model::mistake;

bool holds(const std::vector<std::string> &names, std::string_view name) {
  return std::binary_search(names.begin(), names.end(), name);
}

/// What GCC leaves in an object that has no machine code: its names are elsewhere.
constexpr llvm::StringRef slimMarker = "__gnu_lto_slim";

llvm::Error addObject(const ELFObjectFileBase &object, LinkedCode &out) {
  if (object.getEType() != llvm::ELF::ET_REL)
    return llvm::createStringError("it holds a linked file");
  for (const llvm::object::ELFSymbolRef &symbol : object.symbols()) {
    auto name = symbol.getName();
    if (!name)
      return name.takeError();
    auto flags = symbol.getFlags();
    if (!flags)
      return flags.takeError();
    if (*name == slimMarker)
      return llvm::createStringError(
          "it holds no machine code, only what the optimiser makes it of at link time");
    if (name->empty() || symbol.getBinding() == llvm::ELF::STB_LOCAL)
      continue;
    if (*flags & llvm::object::SymbolRef::SF_Undefined) {
      out.open.push_back(name->str());
      continue;
    }
    out.defined.push_back(name->str());
    if (!isVague(symbol.getBinding()))
      out.strong.push_back(name->str());
    else if (!name->starts_with("_Z"))
      out.open.push_back(name->str());
  }
  return llvm::Error::success();
}

llvm::Error addObject(llvm::MemoryBufferRef bytes, LinkedCode &out) {
  auto object = llvm::object::ObjectFile::createObjectFile(bytes);
  if (!object)
    return object.takeError();
  if (const auto *elf = llvm::dyn_cast<ELFObjectFileBase>(object->get()))
    return addObject(*elf, out);
  return llvm::createStringError("it has another format");
}

llvm::Error addArchive(llvm::MemoryBufferRef bytes, LinkedCode &out) {
  auto archive = llvm::object::Archive::create(bytes);
  if (!archive)
    return archive.takeError();
  llvm::Error error = llvm::Error::success();
  for (const llvm::object::Archive::Child &child : (*archive)->children(error)) {
    auto member = child.getMemoryBufferRef();
    if (!member)
      return llvm::joinErrors(std::move(error), member.takeError());
    if (llvm::Error inside = addObject(*member, out))
      return llvm::joinErrors(std::move(error), std::move(inside));
  }
  return error;
}

bool isArchive(std::string_view bytes) {
  return bytes.starts_with(llvm::object::ArchiveMagic) ||
         bytes.starts_with(llvm::object::ThinArchiveMagic);
}

constexpr llvm::StringRef typeInfoPrefix = "_ZTI";

struct TypeInfo {
  std::string name;
  std::uint64_t address, size;
};

llvm::Error addSymbols(ELFObjectFileBase::elf_symbol_iterator_range symbols, SymbolTables &out,
                       std::vector<TypeInfo> &types) {
  for (const llvm::object::ELFSymbolRef &symbol : symbols) {
    auto flags = symbol.getFlags();
    auto name = symbol.getName();
    auto address = symbol.getAddress();
    if (!flags || !name || !address) {
      llvm::Error error = llvm::joinErrors(flags.takeError(), name.takeError());
      return llvm::joinErrors(std::move(error), address.takeError());
    }
    const std::uint8_t type = symbol.getELFType();
    const bool isCode = type == llvm::ELF::STT_FUNC || type == llvm::ELF::STT_GNU_IFUNC ||
                        type == llvm::ELF::STT_NOTYPE;
    if ((*flags & llvm::object::SymbolRef::SF_Undefined) || name->empty() ||
        (!isCode && type != llvm::ELF::STT_OBJECT))
      continue;
    out.symbols.push_back({name->split('@').first.str(), *address, isCode,
                           symbol.getBinding() == llvm::ELF::STB_GLOBAL});
    if (name->starts_with(typeInfoPrefix))
      types.push_back({out.symbols.back().name, *address, symbol.getSize()});
  }
  return llvm::Error::success();
}

/// What relocations of the loader's put at an address: a symbol, or an address.
struct Relocated {
  std::string symbol;
  std::optional<std::uint64_t> address;
};

template <typename ELFT>
llvm::Error addRelocated(const llvm::object::ELFFile<ELFT> &file,
                         const typename ELFT::Shdr &section,
                         std::map<std::uint64_t, Relocated> &out) {
  auto table = file.getSection(section.sh_link);
  if (!table)
    return table.takeError();
  if ((*table)->sh_type != llvm::ELF::SHT_DYNSYM)
    return llvm::Error::success();
  auto symbols = file.symbols(*table);
  if (!symbols)
    return symbols.takeError();
  auto names = file.getStringTableForSymtab(**table);
  if (!names)
    return names.takeError();
  auto relocations = file.relas(section);
  if (!relocations)
    return relocations.takeError();
  for (const auto &relocation : *relocations) {
    const std::uint32_t index = relocation.getSymbol(file.isMips64EL());
    Relocated &row = out[relocation.r_offset];
    if (index == 0) {
      row.address = static_cast<std::uint64_t>(std::int64_t(relocation.r_addend));
    } else if (index < symbols->size()) {
      auto name = (*symbols)[index].getName(*names);
      if (!name)
        return name.takeError();
      row.symbol = name->str();
    }
  }
  return llvm::Error::success();
}

/// Finds the bases of each of TYPES: what it holds pointers to (Itanium C++ ABI, 2.9.5).
template <typename ELFT>
llvm::Error addBases(const llvm::object::ELFFile<ELFT> &file, const std::vector<TypeInfo> &types,
                     SymbolTables &out) {
  auto sections = file.sections();
  if (!sections)
    return sections.takeError();
  std::map<std::uint64_t, Relocated> relocated;
  for (const auto &section : *sections)
    if (section.sh_type == llvm::ELF::SHT_RELA)
      if (llvm::Error error = addRelocated(file, section, relocated))
        return error;
  std::multimap<std::uint64_t, std::string> typeAt;
  for (const TypeInfo &type : types)
    typeAt.emplace(type.address, type.name);
  using Word = typename ELFT::uint;
  for (const TypeInfo &type : types) {
    auto mapped = file.toMappedAddr(type.address);
    if (!mapped) {
      llvm::consumeError(mapped.takeError()); // It is not in the file, and holds no pointer.
      continue;
    }
    const std::uint64_t left = file.base() + file.getBufSize() - *mapped;
    for (std::uint64_t at = 0; at + sizeof(Word) <= std::min(type.size, left); at += sizeof(Word)) {
      std::uint64_t value = llvm::support::endian::read<Word, ELFT::Endianness>(*mapped + at);
      if (auto row = relocated.find(type.address + at); row != relocated.end()) {
        if (row->second.symbol.starts_with(typeInfoPrefix))
          out.bases[type.name].insert(row->second.symbol);
        value = row->second.address.value_or(0);
      }
      for (auto [base, end] = typeAt.equal_range(value); base != end; ++base)
        out.bases[type.name].insert(base->second);
    }
  }
  return llvm::Error::success();
}

} // namespace

bool LinkedCode::defines(std::string_view symbol) const { return holds(defined, symbol); }

bool LinkedCode::names(std::string_view symbol) const {
  return holds(defined, symbol) || holds(open, symbol);
}

model::Result<LinkedCode> readLinkedCode(const std::string &file) {
  return withBytesOf(file, parseLinkedCode);
}

model::Result<LinkedCode> parseLinkedCode(std::string_view bytes, const std::string &file) {
  LinkedCode out;
  out.path = file;
  const llvm::MemoryBufferRef buffer({bytes.data(), bytes.size()}, file);
  if (llvm::Error error = isArchive(bytes) ? addArchive(buffer, out) : addObject(buffer, out))
    return mistake({file, 0, ""},
                   "what it calls cannot be read: " + llvm::toString(std::move(error)),
                   "build it again");
  sortUnique(out.defined);
  sortUnique(out.strong);
  sortUnique(out.open);
  return out;
}

LinkFileKind linkFileKindOf(const std::string &file) {
  std::array<char, 18> header{}; // Up to the end of e_type.
  std::ifstream in(file, std::ios::binary);
  in.read(header.data(), header.size());
  const std::string_view text(header.data(), static_cast<std::size_t>(in.gcount()));
  if (isArchive(text) || text.starts_with("BC\xC0\xDE"))
    return LinkFileKind::Code;
  if (text.starts_with(llvm::ELF::ElfMagic))
    return text.size() == header.size() &&
                   (header[16] == llvm::ELF::ET_DYN || header[17] == llvm::ELF::ET_DYN)
               ? LinkFileKind::Shared
               : LinkFileKind::Code;
  const bool isText = std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\t' || c == '\r';
  });
  return isText && !text.empty() ? LinkFileKind::Text : LinkFileKind::Other;
}

const PlacedSymbol *SymbolTables::find(std::string_view name) const {
  auto at = std::lower_bound(
      symbols.begin(), symbols.end(), name,
      [](const PlacedSymbol &entry, std::string_view wanted) { return entry.name < wanted; });
  return at != symbols.end() && at->name == name ? &*at : nullptr;
}

model::Result<SymbolTables> readSymbolTables(const std::string &file) {
  return withBytesOf(file, parseSymbolTables);
}

model::Result<SymbolTables> parseSymbolTables(std::string_view bytes, const std::string &file) {
  auto refuse = [&](llvm::Error error) {
    return mistake({file, 0, ""},
                   "its symbol table cannot be read: " + llvm::toString(std::move(error)),
                   "build it again, or take the table out with strip");
  };
  auto object = llvm::object::ObjectFile::createObjectFile({{bytes.data(), bytes.size()}, file});
  if (!object)
    return refuse(object.takeError());
  const auto *elf = llvm::dyn_cast<ELFObjectFileBase>(object->get());
  if (!elf)
    return refuse(llvm::createStringError("it has another format"));
  SymbolTables out;
  std::vector<TypeInfo> types;
  if (llvm::Error error = addSymbols(elf->symbols(), out, types))
    return refuse(std::move(error));
  out.isStripped = out.symbols.empty();
  if (llvm::Error error = addSymbols(elf->getDynamicSymbolIterators(), out, types))
    return refuse(std::move(error));
  sortUnique(out.symbols);
  if (llvm::Error error =
          onFile(*elf, [&](const auto &opened) { return addBases(opened, types, out); }))
    return refuse(std::move(error));
  return out;
}

} // namespace ripple::analyzer
