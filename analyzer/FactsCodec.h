//===- FactsCodec.h - Facts as bytes ----------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What the cache keeps on disk: the fields of the structs in Facts.h one after
// the other. There is no compatibility: a change to Facts.h is a new
// `factsCodecVersion`, which the cache's keys contain.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_FACTSCODEC_H
#define RIPPLE_ANALYZER_FACTSCODEC_H

#include "analyzer/Facts.h"

#include <optional>
#include <string>
#include <string_view>

namespace ripple::analyzer {

inline constexpr std::uint32_t factsCodecVersion = 7;

std::string encodeFacts(const UnitFacts &facts);

/// Nothing where BYTES are not what `encodeFacts` has written.
std::optional<UnitFacts> decodeFacts(std::string_view bytes);

} // namespace ripple::analyzer

#endif
