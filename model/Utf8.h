//===- Utf8.h - One UTF-8 sequence ------------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Private to model/.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_UTF8_H
#define RIPPLE_MODEL_UTF8_H

#include <cstddef>
#include <string_view>

namespace ripple::model {

/// The length of the UTF-8 sequence at the start of TEXT (not empty), or 0 where there is none
/// (overlong forms, surrogates and what is above U+10FFFF are none: RFC 3629, section 4).
std::size_t sequenceLength(std::string_view text);

} // namespace ripple::model

#endif
