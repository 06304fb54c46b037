//===- SegmentText.h - Texts that another process wrote ----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SESSION_SEGMENTTEXT_H
#define RIPPLE_AGENT_SESSION_SEGMENTTEXT_H

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace ripple::agent {

/// TEXT as valid UTF-8 without control characters: what is none becomes '?'.
std::string printable(std::string_view text);

/// The text in an array of SIZE bytes, up to its NUL or its end.
inline std::string printable(const char *text, std::size_t size) {
  return printable(std::string_view(text, ::strnlen(text, size)));
}

} // namespace ripple::agent

#endif
