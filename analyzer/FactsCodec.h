//===- FactsCodec.h - Facts as bytes ----------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What waits to be linked, and what the cache keeps on disk: the fields of the
// structs in Facts.h one after the other, compressed. There is no
// compatibility: a change to Facts.h is a new `factsCodecVersion`, which the
// cache's keys contain.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_FACTSCODEC_H
#define RIPPLE_ANALYZER_FACTSCODEC_H

#include "analyzer/Facts.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ripple::analyzer {

inline constexpr std::uint32_t factsCodecVersion = 19;

std::string encodeFacts(const UnitFacts &facts);

/// Nothing where BYTES are not what `encodeFacts` has written.
std::optional<UnitFacts> decodeFacts(std::string_view bytes);

/// The facts of one unit as a small part of the memory that they take: units that share headers
/// repeat long names.
struct PackedFacts {
  bool complete = true;                  ///< As in UnitFacts, like
  std::vector<std::string> dependencies; ///< these; the rest is packed.
  std::uint64_t size = 0;                ///< In bytes, of what is packed.
  std::string bytes;
  bool operator==(const PackedFacts &) const = default;
};

PackedFacts packFacts(UnitFacts facts);

/// Nothing where PACKED is not what `packFacts` has made.
std::optional<UnitFacts> unpackFacts(PackedFacts packed);

std::string encodePacked(const PackedFacts &packed);

/// Nothing where BYTES are not what `encodePacked` has written.
std::optional<PackedFacts> decodePacked(std::string_view bytes);

} // namespace ripple::analyzer

#endif
