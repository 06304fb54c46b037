//===- DebugUnits.cpp - What debug information says of sources --*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/DebugUnits.h"

#include "analyzer/ElfObject.h"
#include "analyzer/Sorted.h"

#include <array>
#include <filesystem>
#include <llvm/ADT/StringExtras.h>
#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/Object/BuildID.h>
#include <llvm/Object/Decompressor.h>
#include <llvm/Support/CRC.h>

namespace ripple::analyzer {
namespace {

namespace fs = std::filesystem;

using llvm::object::ELFObjectFileBase;

std::string messageOf(llvm::Error error) { return llvm::toString(std::move(error)); }

/// What UNIT says; an empty name where it is of no source, nothing where it does not say which.
std::optional<DebugUnit> sourceOf(llvm::DWARFUnit &unit) {
  if (unit.isTypeUnit())
    return DebugUnit();
  const llvm::DWARFDie die = unit.getNonSkeletonUnitDIE(/*ExtractUnitDIEOnly=*/true);
  if (!die)
    return std::nullopt;
  if (die.getTag() == llvm::dwarf::DW_TAG_partial_unit)
    return DebugUnit(); // What dwz has found to be the same in several units.
  const char *name = die.getShortName();
  if (!name)
    return std::nullopt;
  if (llvm::StringRef(name).starts_with("<"))
    return DebugUnit(); // Of the link-time optimiser; the sources have units of their own.
  const char *directory = unit.getCompilationDir();
  return DebugUnit{directory ? directory : "", name};
}

/// zlib makes nothing smaller than by this; more is damage that would take all memory.
constexpr std::uint64_t compressionMax = 1032;

/// Of sections that are compressed: what their headers claim to become.
llvm::Error checkCompressed(const llvm::object::ObjectFile &object) {
  for (const llvm::object::SectionRef &section : object.sections()) {
    if (!section.isCompressed())
      continue;
    auto contents = section.getContents();
    if (!contents)
      return contents.takeError();
    auto opened = llvm::object::Decompressor::create("", *contents, object.isLittleEndian(),
                                                     object.is64Bit());
    if (!opened)
      return opened.takeError();
    if (opened->getDecompressedSize() / compressionMax > contents->size())
      return llvm::createStringError("a compressed section claims to be larger than it can be");
  }
  return llvm::Error::success();
}

tl::unexpected<model::Mistakes> notWhole(const std::string &file, const std::string &why) {
  return model::mistake({file, 0, ""}, "its debug information cannot be read whole: " + why,
                        "build it again; with -gsplit-dwarf keep its .dwo files");
}

/// How to find the file that was split from another one, and to know it again.
struct SplitFrom {
  std::string buildId; ///< As hexadecimal digits.
  std::string link;    ///< .gnu_debuglink: its name, and the CRC of its bytes.
  std::uint32_t crc = 0;
};

SplitFrom splitFrom(std::string_view bytes, const std::string &file) {
  SplitFrom out;
  auto object = openObject(bufferOf(bytes), file);
  if (!object)
    return out;
  const auto &elf = *llvm::cast<ELFObjectFileBase>(object->get());
  out.buildId = buildIdOf(elf);
  for (const llvm::object::SectionRef &section : elf.sections()) {
    auto name = section.getName();
    auto contents = section.getContents();
    if (!name || !contents) {
      llvm::consumeError(name.takeError());
      llvm::consumeError(contents.takeError());
    } else if (*name == ".gnu_debuglink" && contents->size() >= sizeof out.crc) {
      out.link = contents->take_until([](char each) { return each == '\0'; }).str();
      out.crc = elf.isLittleEndian()
                    ? llvm::support::endian::read32le(contents->end() - sizeof out.crc)
                    : llvm::support::endian::read32be(contents->end() - sizeof out.crc);
    }
  }
  return out;
}

/// The compile units of the file that FROM says was split from FILE; none where it is not there, or
/// is of another build.
model::Result<std::vector<DebugUnit>> splitUnits(const std::string &file, const SplitFrom &from) {
  const fs::path debug = "/usr/lib/debug";
  std::vector<fs::path> places;
  if (from.buildId.size() > 2)
    places.push_back(debug / ".build-id" / from.buildId.substr(0, 2) /
                     (from.buildId.substr(2) + ".debug"));
  std::error_code ignored;
  const fs::path folder = fs::canonical(file, ignored).parent_path();
  if (!from.link.empty())
    for (const fs::path &place : {folder, folder / ".debug", debug / folder.relative_path()})
      places.push_back(place / from.link);
  for (const fs::path &place : places) {
    if (!fs::is_regular_file(place, ignored) || fs::equivalent(place, file, ignored))
      continue;
    auto units =
        withBytesOf(place.string(),
                    [&](std::string_view bytes,
                        const std::string &name) -> model::Result<std::vector<DebugUnit>> {
                      const SplitFrom own = splitFrom(bytes, name);
                      const bool same =
                          !from.buildId.empty()
                              ? own.buildId == from.buildId
                              : llvm::crc32(llvm::arrayRefFromStringRef(bytes)) == from.crc;
                      return same ? parseDebugUnits(bytes, name) : std::vector<DebugUnit>();
                    });
    if (!units || !units->empty())
      return units;
  }
  return std::vector<DebugUnit>();
}

} // namespace

model::Result<std::vector<DebugUnit>> debugUnits(const std::string &file) {
  SplitFrom from;
  auto units = withBytesOf(file, [&](std::string_view bytes, const std::string &name) {
    auto own = parseDebugUnits(bytes, name);
    if (own && own->empty())
      from = splitFrom(bytes, name);
    return own;
  });
  return units && units->empty() ? splitUnits(file, from) : units;
}

model::Result<std::vector<DebugUnit>> parseDebugUnits(std::string_view bytes,
                                                      const std::string &file) {
  auto object = openObject(bufferOf(bytes), file);
  if (!object)
    return tl::unexpected(object.error());
  if (llvm::Error error = checkCompressed(**object))
    return notWhole(file, messageOf(std::move(error)));
  std::string problem;
  auto keep = [&](llvm::Error error) {
    std::string message = messageOf(std::move(error));
    if (problem.empty())
      problem = std::move(message);
  };
  auto context =
      llvm::DWARFContext::create(**object, llvm::DWARFContext::ProcessDebugRelocations::Process,
                                 nullptr, file + ".dwp", keep, keep);
  std::vector<DebugUnit> out;
  for (const auto &unit : context->compile_units()) {
    std::optional<DebugUnit> source = sourceOf(*unit);
    if (!source)
      keep(llvm::createStringError("a unit does not say which source it is made of"));
    else if (!source->name.empty())
      out.push_back(std::move(*source));
  }
  if (!problem.empty())
    return notWhole(file, problem);
  sortUnique(out);
  return out;
}

void WrittenPaths::add(const std::vector<std::string> &argv, const std::string &directory) {
  directories.insert(directory);
  for (llvm::StringRef argument : argv)
    if (argument.consume_front("-ffile-prefix-map=") ||
        argument.consume_front("-fdebug-prefix-map=")) {
      const auto [stands, written] = argument.split('=');
      prefixes.emplace(written.str(), stands.str());
    }
}

/// WRITTEN, and all that may have been before prefixes were put in its place.
std::vector<std::string> WrittenPaths::before(const std::string &written) const {
  std::vector<std::string> out{written};
  for (const auto &[prefix, stands] : prefixes) {
    if (!written.starts_with(prefix))
      continue;
    const std::string rest = written.substr(prefix.size());
    if (rest.empty() || rest.front() == '/' || prefix.empty() || prefix.back() == '/')
      out.push_back(stands + rest);
  }
  return out;
}

std::vector<std::string> WrittenPaths::of(const DebugUnit &unit) const {
  // The folder that a process runs in, for whoever asks: Bazel's compilers are told that it is
  // there.
  const fs::path anyDirectory = "/proc/self/cwd";
  std::vector<std::string> out;
  auto add = [&](const fs::path &path) {
    std::string text = path.lexically_normal().string();
    if (std::find(out.begin(), out.end(), text) == out.end())
      out.push_back(std::move(text));
  };
  for (const std::string &name : before(unit.name))
    for (const std::string &directory : before(unit.directory)) {
      const fs::path path = fs::path(directory) / name; // NAME alone where it is absolute.
      const auto [rest, at] =
          std::mismatch(anyDirectory.begin(), anyDirectory.end(), path.begin(), path.end());
      if (rest != anyDirectory.end()) {
        add(path);
        continue;
      }
      for (fs::path whole : directories) {
        for (auto part = at; part != path.end(); ++part)
          whole /= *part;
        add(whole);
      }
    }
  return out;
}

} // namespace ripple::analyzer
