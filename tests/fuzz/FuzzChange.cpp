//===- FuzzChange.cpp - Bytes to a change set -----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/ChangeSet.h"
#include "tests/fuzz/FuzzReader.h"

using namespace ripple::model;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  std::string_view text(reinterpret_cast<const char *>(bytes), size);
  ripple::fuzz::checkReader<ChangeSet>(text, parseChangeSet, writeChangeSet,
                                       [](const ChangeSet &change) { return digest(change); });
  return 0;
}
