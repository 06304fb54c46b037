//===- Patches.h - Bytes as damage to something whole -----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What has a form that random bytes never have is fuzzed as a good one that the
// input damages: a sequence of (offset, length, bytes), cut short at the end.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_TESTS_FUZZ_PATCHES_H
#define RIPPLE_TESTS_FUZZ_PATCHES_H

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace ripple::fuzz {

/// GOOD, damaged as INPUT says: a flag and two bytes of size say whether and where it is cut short;
/// then two bytes of offset, one of length and so many bytes, again and again. GOOD is read up to
/// 64 KiB.
inline std::string damaged(std::string good, std::string_view input) {
  auto take = [&](std::size_t count) {
    std::string_view taken = input.substr(0, count);
    input.remove_prefix(taken.size());
    return taken;
  };
  auto number = [&](std::size_t count) {
    std::uint32_t value = 0;
    std::string_view bytes = take(count);
    std::memcpy(&value, bytes.data(), bytes.size());
    return value;
  };
  bool isCut = number(1) == 1;
  std::size_t size = number(2);
  while (!input.empty()) {
    std::size_t at = number(2);
    std::string_view bytes = take(number(1));
    for (std::size_t i = 0; i < bytes.size() && at + i < good.size(); ++i)
      good[at + i] = bytes[i];
  }
  if (isCut)
    good.resize(std::min(good.size(), size));
  return good;
}

} // namespace ripple::fuzz

#endif
