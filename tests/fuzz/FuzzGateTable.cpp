//===- FuzzGateTable.cpp - Bytes to a gate's table ------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The reader that the gate runs inside of applications, and the agent over what a
// segment holds. A table that it lets through is read to its end.
//
//===----------------------------------------------------------------------===//
#include "agent/gate/Table.h"
#include "tests/fuzz/FuzzReader.h"

#include <cstring>
#include <vector>

using ripple::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size) {
  std::vector<std::uint64_t> aligned((size + 7) / 8);
  if (size > 0)
    std::memcpy(aligned.data(), bytes, size);
  ripple_table table;
  if (const char *problem = ripple_table_check(aligned.data(), size, &table)) {
    require(problem[0] != 0, "refused without a reason");
    return 0;
  }
  std::size_t length = 0;
  for (std::uint32_t kind = 0; kind < table.kinds; ++kind) {
    for (unsigned text : {RIPPLE_KIND_ID, RIPPLE_KIND_METHOD, RIPPLE_KIND_PATH})
      length += std::strlen(ripple_table_kind_text(&table, kind, text));
    const std::uint64_t *set =
        ripple_table_set(&table, ripple_table_kind(&table, kind, RIPPLE_KIND_SET));
    require(set[0] & 1, "a request kind that does not use its application");
    for (std::uint32_t word = 0; word < table.words; ++word)
      length += set[word];
  }
  for (std::uint32_t i = 0; i < table.components; ++i) {
    const char *component = ripple_table_component(&table, i);
    require(ripple_table_find(&table, component) <= i, "a component that is not found");
  }
  // So that no read is left out.
  static volatile std::size_t total;
  total = total + length;
  return 0;
}
