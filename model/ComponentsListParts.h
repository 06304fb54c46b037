//===- ComponentsListParts.h - Two readers and a digest ---------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Private to model/ and its tests. A Components List may have a million request
// kinds, so what is in order is read straight into the structs; the strict reader
// is asked wherever that did not work out, and it alone says what is a mistake.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_COMPONENTSLISTPARTS_H
#define RIPPLE_MODEL_COMPONENTSLISTPARTS_H

#include "model/ComponentsList.h"
#include "model/JsonWriter.h"

#include <optional>

namespace ripple::model {

/// By way of a tree, with every mistake and its place.
Result<ComponentsList> readStrictly(std::string_view text, const std::string &file);

/// What `readStrictly` makes of TEXT, or nothing. Nothing for every text in which that finds a
/// mistake, for YAML, and for what is rare (surrogates written as escapes, 1.0 for 1).
std::optional<ComponentsList> scanComponentsList(std::string_view text);

/// The canonical form of LIST (what its digest is made of), piece by piece.
void writeCanonical(const ComponentsList &list, const JsonWriter::Sink &sink);

/// Puts everything into the order that the structs promise.
void normalize(ComponentsList &list);

} // namespace ripple::model

#endif
