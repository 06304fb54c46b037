//===- FuzzCatalog.cpp - Bytes to a catalog -------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Catalog.h"
#include "tests/fuzz/FuzzReader.h"

using namespace ripple::model;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  std::string_view text(reinterpret_cast<const char *>(bytes), size);
  auto catalog = parseCatalog(text, "input");
  ripple::fuzz::require(catalog || !describe(catalog.error()).empty(), "refused without a mistake");
  return 0;
}
