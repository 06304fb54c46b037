//===- Elf.cpp - What an ELF file offers and needs --------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Elf.h"

#include "analyzer/ElfObject.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <llvm/ADT/StringExtras.h>
#include <llvm/BinaryFormat/ELF.h>
#include <llvm/Object/BuildID.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/Endian.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/Path.h>
#include <set>

namespace ripple::analyzer {
namespace {

using llvm::object::ELFObjectFileBase;
using model::mistake;

std::string messageOf(llvm::Error error) { return llvm::toString(std::move(error)); }

/// The error of an Expected that is not needed: what it says is reported by the caller.
template <typename T> std::string takeMessage(llvm::Expected<T> &value) {
  return messageOf(value.takeError());
}

std::vector<std::string> splitPath(llvm::StringRef text) {
  std::vector<std::string> out;
  llvm::SmallVector<llvm::StringRef> parts;
  text.split(parts, ':', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef part : parts)
    out.push_back(part.str());
  return out;
}

/// A string of the dynamic string table.
llvm::StringRef stringAt(llvm::StringRef table, std::uint64_t offset) {
  return offset < table.size() ? llvm::StringRef(table.data() + offset) : llvm::StringRef();
}

/// The dynamic string table: DT_STRTAB and DT_STRSZ, whatever the section headers say.
template <typename ELFT>
llvm::Expected<llvm::StringRef> stringTable(const llvm::object::ELFFile<ELFT> &file,
                                            typename ELFT::DynRange dynamic) {
  std::uint64_t address = 0, size = 0;
  for (const auto &entry : dynamic) {
    if (entry.getTag() == llvm::ELF::DT_STRTAB)
      address = entry.getPtr();
    if (entry.getTag() == llvm::ELF::DT_STRSZ)
      size = entry.getVal();
  }
  if (!address || !size)
    return llvm::StringRef();
  auto mapped = file.toMappedAddr(address);
  if (!mapped)
    return mapped.takeError();
  const std::uint8_t *end = file.base() + file.getBufSize();
  if (size > static_cast<std::uint64_t>(end - *mapped))
    return llvm::createStringError("its dynamic string table reaches beyond the end of the file");
  if ((*mapped)[size - 1] != 0)
    return llvm::createStringError("its dynamic string table does not end with a zero byte");
  return llvm::StringRef(reinterpret_cast<const char *>(*mapped), size);
}

/// LLVM 19's `dynamicEntries` adds offset and size, and takes a sum that overflows for one that is
/// inside the file.
template <typename ELFT> llvm::Error checkSegments(const llvm::object::ELFFile<ELFT> &file) {
  auto segments = file.program_headers();
  if (!segments)
    return segments.takeError();
  const std::uint64_t size = file.getBufSize();
  for (const auto &segment : *segments)
    if (segment.p_type == llvm::ELF::PT_DYNAMIC &&
        (segment.p_offset > size || segment.p_filesz > size - segment.p_offset))
      return llvm::createStringError("its dynamic segment reaches beyond the end of the file");
  return llvm::Error::success();
}

/// LLVM has no names for these.
constexpr std::uint64_t dtAuxiliary = 0x7ffffffd, dtFilter = 0x7fffffff;

template <typename ELFT>
llvm::Error readDynamic(const llvm::object::ELFFile<ELFT> &file, ElfFile &out) {
  out.machine = file.getHeader().e_machine;
  out.is64 = ELFT::Is64Bits;
  if (llvm::Error error = checkSegments(file))
    return error;
  auto dynamic = file.dynamicEntries();
  if (!dynamic)
    return dynamic.takeError();
  auto strings = stringTable<ELFT>(file, *dynamic);
  if (!strings)
    return strings.takeError();
  for (const auto &entry : *dynamic) {
    llvm::StringRef text = stringAt(*strings, entry.getVal());
    switch (static_cast<std::uint64_t>(entry.getTag())) {
    case llvm::ELF::DT_NEEDED:
      out.needed.push_back(text.str());
      break;
    case dtFilter:
    case dtAuxiliary:
      out.filters.push_back(text.str());
      break;
    case llvm::ELF::DT_SONAME:
      out.soname = text.str();
      break;
    case llvm::ELF::DT_RPATH:
      out.rpath = splitPath(text);
      break;
    case llvm::ELF::DT_RUNPATH:
      out.runpath = splitPath(text);
      break;
    default:
      break;
    }
  }
  return llvm::Error::success();
}

/// Whether a relocation of TYPE puts an address into data: what code goes by is in a table of its
/// own (JUMP_SLOT, GLOB_DAT, COPY). False where no such type is known.
bool isInData(std::uint16_t machine, std::uint32_t type) {
  switch (machine) {
  case llvm::ELF::EM_X86_64:
    return type == llvm::ELF::R_X86_64_64;
  case llvm::ELF::EM_386:
    return type == llvm::ELF::R_386_32;
  case llvm::ELF::EM_AARCH64:
    return type == llvm::ELF::R_AARCH64_ABS64;
  case llvm::ELF::EM_ARM:
    return type == llvm::ELF::R_ARM_ABS32;
  default:
    return false;
  }
}

/// By place in the dynamic symbol table, of symbols that relocations of the loader's name: whether
/// all of these are in data.
using Relocated = std::map<std::size_t, bool>;

template <typename ELFT>
llvm::Expected<Relocated> relocatedSymbols(const llvm::object::ELFFile<ELFT> &file) {
  Relocated out;
  auto sections = file.sections();
  if (!sections)
    return sections.takeError();
  const bool mips64 = file.isMips64EL();
  auto note = [&](const auto &relocations) {
    for (const auto &relocation : relocations) {
      const bool data = isInData(file.getHeader().e_machine, relocation.getType(mips64));
      auto [at, isNew] = out.emplace(relocation.getSymbol(mips64), data);
      at->second &= data;
    }
  };
  for (const auto &section : *sections) {
    if (section.sh_type != llvm::ELF::SHT_RELA && section.sh_type != llvm::ELF::SHT_REL)
      continue;
    auto symbols = file.getSection(section.sh_link);
    if (!symbols)
      return symbols.takeError();
    if ((*symbols)->sh_type != llvm::ELF::SHT_DYNSYM)
      continue;
    if (section.sh_type == llvm::ELF::SHT_RELA) {
      auto relocations = file.relas(section);
      if (!relocations)
        return relocations.takeError();
      note(*relocations);
    } else {
      auto relocations = file.rels(section);
      if (!relocations)
        return relocations.takeError();
      note(*relocations);
    }
  }
  return out;
}

llvm::Expected<Relocated> relocatedSymbols(const ELFObjectFileBase &object) {
  return onFile(object, [](const auto &file) { return relocatedSymbols(file); });
}

/// How the entries of a section of versions are chained, the same in files of both classes.
struct VersionChain {
  std::uint32_t sectionType;
  std::size_t entryBytes, countAt, nextAt; ///< An entry, and where in it those two numbers are.
  std::size_t partBytes;                   ///< What it counts.
};
constexpr VersionChain versionChains[] = {{llvm::ELF::SHT_GNU_verdef, 20, 6, 16, 8},
                                          {llvm::ELF::SHT_GNU_verneed, 16, 2, 12, 16}};

/// LLVM 19 goes round in chains that do not end, and keeps what it finds each time.
template <typename ELFT>
llvm::Error checkChain(const VersionChain &chain, llvm::ArrayRef<std::uint8_t> bytes,
                       std::uint64_t entries) {
  constexpr llvm::endianness order = ELFT::Endianness;
  std::uint64_t at = 0, parts = 0;
  for (std::uint64_t entry = 0; entry < entries; ++entry) {
    if (at + chain.entryBytes > bytes.size())
      return llvm::createStringError("its versions reach beyond the end of their section");
    const std::uint8_t *start = bytes.data() + at;
    parts += llvm::support::endian::read16(start + chain.countAt, order);
    const std::uint64_t next = llvm::support::endian::read32(start + chain.nextAt, order);
    if (parts * chain.partBytes > bytes.size() || (next == 0 && entry + 1 < entries))
      return llvm::createStringError("it claims to have more versions than there is room for");
    at += next;
  }
  return llvm::Error::success();
}

template <typename ELFT> llvm::Error checkVersions(const llvm::object::ELFFile<ELFT> &file) {
  auto sections = file.sections();
  if (!sections)
    return sections.takeError();
  for (const auto &section : *sections)
    for (const VersionChain &chain : versionChains) {
      if (section.sh_type != chain.sectionType)
        continue;
      auto bytes = file.getSectionContents(section);
      if (!bytes)
        return bytes.takeError();
      if (llvm::Error error = checkChain<ELFT>(chain, *bytes, section.sh_info))
        return error;
    }
  return llvm::Error::success();
}

/// By symbol: the number of its version, with the bit of those that are hidden; empty where there
/// are no versions.
template <typename ELFT>
llvm::Expected<std::vector<std::uint16_t>> versionNumbers(const llvm::object::ELFFile<ELFT> &file) {
  std::vector<std::uint16_t> out;
  auto sections = file.sections();
  if (!sections)
    return sections.takeError();
  for (const auto &section : *sections) {
    if (section.sh_type != llvm::ELF::SHT_GNU_versym)
      continue;
    auto bytes = file.getSectionContents(section);
    if (!bytes)
      return bytes.takeError();
    for (std::size_t at = 0; at + 2 <= bytes->size(); at += 2)
      out.push_back(llvm::support::endian::read16(bytes->data() + at, ELFT::Endianness));
  }
  return out;
}

/// The loader takes the oldest version for whoever asks for none, even where it is hidden.
bool isHidden(std::uint16_t version) {
  return (version & llvm::ELF::VERSYM_HIDDEN) && (version & llvm::ELF::VERSYM_VERSION) > 2;
}

llvm::Error readSymbols(const ELFObjectFileBase &object, ElfFile &out) {
  if (llvm::Error error = onFile(object, [](const auto &file) { return checkVersions(file); }))
    return error;
  auto versions = object.readDynsymVersions();
  if (!versions)
    return versions.takeError();
  auto numbers = onFile(object, [](const auto &file) { return versionNumbers(file); });
  if (!numbers)
    return numbers.takeError();
  auto relocated = relocatedSymbols(object);
  if (!relocated)
    return relocated.takeError();
  std::size_t index = 0;
  for (const llvm::object::ELFSymbolRef &symbol : object.getDynamicSymbolIterators()) {
    const std::size_t at = index++;
    auto name = symbol.getName();
    if (!name)
      return name.takeError();
    auto flags = symbol.getFlags();
    if (!flags)
      return flags.takeError();
    if (name->empty() || symbol.getBinding() == llvm::ELF::STB_LOCAL)
      continue;
    // The name may carry its version (name@VERSION); versions stand apart here.
    DynamicSymbol entry{
        name->split('@').first.str(), at < versions->size() ? (*versions)[at].Name : std::string(),
        isVague(symbol.getBinding()), at < numbers->size() && isHidden((*numbers)[at]), false};
    const bool open = *flags & llvm::object::SymbolRef::SF_Undefined;
    const auto named = relocated->find(symbol.getRawDataRefImpl().d.b);
    if (open)
      entry.isInData = named != relocated->end() && named->second;
    else if (named != relocated->end())
      out.preemptible.push_back(entry);
    (open ? out.undefined : out.defined).push_back(std::move(entry));
  }
  for (auto *list : {&out.defined, &out.undefined, &out.preemptible}) {
    std::sort(list->begin(), list->end());
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
  return llvm::Error::success();
}

tl::unexpected<model::Mistakes> notReadable(const std::string &file, const std::string &why) {
  return mistake({file, 0, ""}, "cannot be read as an ELF file: " + why,
                 "build it again, or name another file: a program or shared library for Linux");
}

/// FILE begins as scripts do.
tl::unexpected<model::Mistakes> isScript(const std::string &file) {
  const std::filesystem::path path(file);
  const auto real = path.parent_path() / ".libs" / path.filename();
  std::error_code ignored;
  return mistake({file, 0, ""}, "is a script, not a program",
                 std::filesystem::exists(real, ignored)
                     ? "libtool has made it; name the program: " + real.string()
                     : "name the program that it runs");
}

template <typename ELFT> llvm::Error checkSymbolTable(const llvm::object::ELFFile<ELFT> &file) {
  auto dynamic = file.dynamicEntries();
  auto sections = file.sections();
  if (!dynamic || !sections)
    return llvm::joinErrors(dynamic.takeError(), sections.takeError());
  auto is = [](auto type) {
    return [type](const auto &section) { return section.sh_type == type; };
  };
  const bool has = std::any_of(sections->begin(), sections->end(), is(llvm::ELF::SHT_DYNSYM));
  const bool needs = std::any_of(dynamic->begin(), dynamic->end(), [](const auto &entry) {
    return entry.getTag() == llvm::ELF::DT_SYMTAB;
  });
  if (needs && !has)
    return llvm::createStringError(
        "it was stripped of its section headers, so its symbols cannot be found");
  return llvm::Error::success();
}

/// The first of SYMBOLS, which are sorted, of that name; or null.
const DynamicSymbol *find(const std::vector<DynamicSymbol> &symbols, std::string_view name) {
  auto at = std::lower_bound(
      symbols.begin(), symbols.end(), name,
      [](const DynamicSymbol &entry, std::string_view wanted) { return entry.name < wanted; });
  return at != symbols.end() && at->name == name ? &*at : nullptr;
}

} // namespace

model::Result<std::unique_ptr<llvm::object::ObjectFile>> openObject(llvm::MemoryBufferRef bytes,
                                                                    const std::string &file) {
  if (bytes.getBuffer().starts_with("#!"))
    return isScript(file);
  auto object = llvm::object::ObjectFile::createObjectFile(bytes);
  if (!object)
    return notReadable(file, takeMessage(object));
  if (!llvm::isa<ELFObjectFileBase>(**object))
    return notReadable(file, "it has another format");
  return std::move(*object);
}

const DynamicSymbol *ElfFile::definition(std::string_view symbol) const {
  return find(defined, symbol);
}

bool ElfFile::leavesOpen(std::string_view symbol) const { return find(undefined, symbol); }

std::string buildIdOf(const ELFObjectFileBase &object) {
  // LLVM adds 32-bit numbers here, which go round, and reads what is not there.
  const bool isInside = onFile(object, [](const auto &opened) {
    auto headers = opened.program_headers();
    if (!headers) {
      llvm::consumeError(headers.takeError());
      return false;
    }
    return std::all_of(headers->begin(), headers->end(), [&](const auto &header) {
      const std::uint64_t offset = header.p_offset, size = header.p_filesz;
      return header.p_type != llvm::ELF::PT_NOTE ||
             (offset <= opened.getBufSize() && size <= opened.getBufSize() - offset);
    });
  });
  return isInside ? llvm::toHex(llvm::object::getBuildID(&object), /*LowerCase=*/true)
                  : std::string();
}

model::Result<ElfFile> readElf(const std::string &file) { return withBytesOf(file, parseElf); }

model::Result<ElfFile> parseElf(std::string_view bytes, const std::string &file) {
  auto object = openObject(bufferOf(bytes), file);
  if (!object)
    return tl::unexpected(object.error());
  const auto &elf = *llvm::cast<ELFObjectFileBase>(object->get());
  if (elf.getEType() != llvm::ELF::ET_EXEC && elf.getEType() != llvm::ELF::ET_DYN)
    return notReadable(file, "it is not linked");
  ElfFile out;
  out.path = file;
  out.buildId = buildIdOf(elf);
  if (llvm::Error error = onFile(elf, [&](const auto &opened) { return readDynamic(opened, out); }))
    return notReadable(file, messageOf(std::move(error)));
  if (llvm::Error error = onFile(elf, [](const auto &opened) { return checkSymbolTable(opened); }))
    return notReadable(file, messageOf(std::move(error)));
  if (llvm::Error error = readSymbols(elf, out))
    return notReadable(file, messageOf(std::move(error)));
  return out;
}

std::optional<ElfKind> elfKindOf(const std::string &file) {
  std::array<char, 20> header{}; // Up to the end of e_machine.
  std::ifstream in(file, std::ios::binary);
  in.read(header.data(), header.size());
  const std::string_view text(header.data(), static_cast<std::size_t>(in.gcount()));
  if (!text.starts_with(llvm::ELF::ElfMagic))
    return std::nullopt;
  if (text.size() < header.size())
    return ElfKind{llvm::ELF::EM_NONE, true};
  const bool little = header[llvm::ELF::EI_DATA] == llvm::ELF::ELFDATA2LSB;
  const char *machine = header.data() + 18;
  return ElfKind{little ? llvm::support::endian::read16le(machine)
                        : llvm::support::endian::read16be(machine),
                 header[llvm::ELF::EI_CLASS] == llvm::ELF::ELFCLASS64};
}

std::string machineName(std::uint16_t machine) {
  const llvm::StringRef name = llvm::ELF::convertEMachineToArchName(machine);
  return name.empty() || name == "None" ? "machine " + std::to_string(machine) : name.str();
}

} // namespace ripple::analyzer
