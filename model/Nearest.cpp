//===- Nearest.cpp - The name that was probably meant ---------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/Nearest.h"

#include <algorithm>
#include <vector>

namespace ripple::model {
namespace {

/// Of another case is the mistake that is easiest to make: it counts nothing.
bool isSame(char a, char b) {
  auto small = [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  };
  return small(a) == small(b);
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::size_t width = b.size() + 1;
  std::vector<std::size_t> table((a.size() + 1) * width);
  auto at = [&](std::size_t i, std::size_t j) -> std::size_t & { return table[i * width + j]; };
  for (std::size_t i = 0; i <= a.size(); ++i)
    at(i, 0) = i;
  for (std::size_t j = 0; j <= b.size(); ++j)
    at(0, j) = j;
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t changed = at(i - 1, j - 1) + !isSame(a[i - 1], b[j - 1]);
      at(i, j) = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, changed});
      if (i > 1 && j > 1 && isSame(a[i - 1], b[j - 2]) && isSame(a[i - 2], b[j - 1]))
        at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
    }
  return at(a.size(), b.size());
}

template <typename Name> Name nearestOf(std::string_view word, std::span<const Name> names) {
  constexpr std::size_t lengthMax = 100; // Longer ones are no typing mistakes.
  Name best;
  std::size_t bestDistance = std::max<std::size_t>(1, (word.size() + 1) / 3) + 1;
  if (word.size() > lengthMax)
    return best;
  for (const Name &name : names) {
    if (name.size() > lengthMax)
      continue;
    std::size_t here = distance(word, name);
    if (here < bestDistance) {
      best = name;
      bestDistance = here;
    }
  }
  return best;
}

} // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> names) {
  return nearestOf(word, names);
}

std::string nearest(std::string_view word, std::span<const std::string> names) {
  return nearestOf(word, names);
}

} // namespace ripple::model
