//===- FuzzComponents.cpp - Bytes to a Components List --------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/ComponentsListParts.h"
#include "tests/fuzz/FuzzReader.h"

using namespace ripple::model;

namespace {

/// What is read in one go is what the strict reader reads.
void checkScan(std::string_view text) {
  const auto scanned = scanComponentsList(text);
  if (!scanned)
    return;
  const auto strict = readStrictly(text, "input");
  ripple::fuzz::require(strict.has_value(), "the scan takes what is a mistake",
                        strict ? std::string() : describe(strict.error()));
  ripple::fuzz::require(*strict == *scanned, "the two readers make different lists");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  std::string_view text(reinterpret_cast<const char *>(bytes), size);
  checkScan(text);
  ripple::fuzz::checkReader<ComponentsList>(
      text, parseComponentsList, writeComponentsList,
      [](const ComponentsList &list) { return digest(list); });
  return 0;
}
