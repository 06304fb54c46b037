//===- FuzzFacts.cpp - Bytes to a unit's facts ----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The codec, on bytes that no digest protects, and the cache, which takes none
// of them for an entry.
//
//===----------------------------------------------------------------------===//
#include "analyzer/FactsCache.h"
#include "analyzer/FactsCodec.h"
#include "tests/fuzz/FuzzReader.h"

#include <filesystem>
#include <fstream>

using namespace ripple;

namespace {

/// A cache in a folder of its own, with the name of the entry of its only unit.
struct Cache {
  Cache() {
    std::string name = std::filesystem::temp_directory_path() / "fuzz-facts-XXXXXX";
    fuzz::require(::mkdtemp(name.data()), "no temporary folder");
    folder = name;
    unit.file = folder / "unit.cpp";
    unit.argv = {"c++", "unit.cpp"};
    std::ofstream(unit.file) << "int a();\n";
    analyzer::FactsCache(folder / "cache", "").keep(unit, analyzer::packFacts({}));
    entry = std::filesystem::directory_iterator(folder / "cache")->path();
  }
  ~Cache() { std::filesystem::remove_all(folder); }
  Cache(const Cache &) = delete;
  Cache &operator=(const Cache &) = delete;

  std::filesystem::path folder, entry;
  analyzer::Unit unit;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char *>(bytes), size);
  if (auto facts = analyzer::decodeFacts(text)) {
    const std::string written = analyzer::encodeFacts(*facts);
    fuzz::require(analyzer::decodeFacts(written) == facts, "what was written reads as another");
  }
  if (auto packed = analyzer::decodePacked(text); packed && packed->size < (1U << 20)) {
    if (auto facts = analyzer::unpackFacts(*packed))
      fuzz::require(analyzer::unpackFacts(analyzer::packFacts(*facts)) == facts,
                    "what was packed reads as another");
  }
  if (size % 16 != 0)
    return 0; // The disk is slow.
  static Cache cache;
  std::ofstream(cache.entry, std::ios::binary) << text;
  fuzz::require(!analyzer::FactsCache(cache.folder / "cache", "").find(cache.unit),
                "the cache takes these bytes for an entry");
  return 0;
}
