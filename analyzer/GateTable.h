//===- GateTable.h - What the gate maps at start ----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The binary table of docs/formats/gate-table.md, for one application.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_GATETABLE_H
#define RIPPLE_ANALYZER_GATETABLE_H

#include "model/ComponentsList.h"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ripple::analyzer {

struct GateKind {
  std::string id, method, path;
  std::uint32_t matchOrder = 0;
  std::uint32_t set = 0; ///< Into GateTable::sets.
  bool operator==(const GateKind &) const = default;
};

struct GateTable {
  std::string application, buildId;
  std::vector<std::string> components;       ///< The application itself first.
  std::vector<std::set<std::uint32_t>> sets; ///< Into `components`; set 0 has every one.
  std::vector<GateKind> kinds;               ///< *other* first, then by (match order, id).
  bool operator==(const GateTable &) const = default;
};

/// The match order of request kinds whose framework has none, and of *other*.
inline constexpr std::uint32_t matchOrderNone = 4294967294U, matchOrderOther = 4294967295U;

/// The table of APPLICATION, one of LIST's.
GateTable gateTable(const model::ComponentsList &list, const model::Application &application);

/// The file's bytes.
std::string encode(const GateTable &table);

/// Reads what `encode` has written, checking every offset and count.
model::Result<GateTable> decodeGateTable(std::string_view bytes, const std::string &file);

} // namespace ripple::analyzer

#endif
