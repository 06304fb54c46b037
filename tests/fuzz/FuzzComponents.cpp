//===- FuzzComponents.cpp - Bytes to a Components List --------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/ComponentsList.h"
#include "tests/fuzz/FuzzReader.h"

using namespace ripple::model;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  std::string_view text(reinterpret_cast<const char *>(bytes), size);
  ripple::fuzz::checkReader<ComponentsList>(
      text, parseComponentsList, writeComponentsList,
      [](const ComponentsList &list) { return digest(list); });
  return 0;
}
