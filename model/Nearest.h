//===- Nearest.h - The name that was probably meant -------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_NEAREST_H
#define RIPPLE_MODEL_NEAREST_H

#include <span>
#include <string>
#include <string_view>

namespace ripple::model {

/// The one of NAMES that WORD was probably meant to be: the fewest letters added, dropped, changed
/// or swapped with their neighbour (optimal string alignment), and not more than a third of WORD's.
/// "" where none is near. The first of several that are as near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> names);
std::string nearest(std::string_view word, std::span<const std::string> names);

} // namespace ripple::model

#endif
