//===- Sort.h - Sorts by a key and keeps the order of equals ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_SORT_H
#define RIPPLE_MODEL_SORT_H

#include <algorithm>
#include <functional>
#include <vector>

namespace ripple::model {

/// Pointers to the elements of LIST, sorted by KEY (a member or a function); what has the same key
/// stays in its order. libstdc++ 12's std::stable_sort uses what C++20 has deprecated, so the place
/// in the list breaks ties.
template <typename T, typename Key>
std::vector<const T *> sorted(const std::vector<T> &list, Key key) {
  std::vector<const T *> result;
  result.reserve(list.size());
  for (const T &element : list)
    result.push_back(&element);
  std::sort(result.begin(), result.end(), [&](const T *a, const T *b) {
    if (std::invoke(key, *a) < std::invoke(key, *b))
      return true;
    return !(std::invoke(key, *b) < std::invoke(key, *a)) && std::less<>()(a, b);
  });
  return result;
}

/// Sorts LIST itself, in the same way.
template <typename T, typename Key> void sortBy(std::vector<T> &list, Key key) {
  auto isLess = [&](const T &a, const T &b) { return std::invoke(key, a) < std::invoke(key, b); };
  if (std::is_sorted(list.begin(), list.end(), isLess))
    return;
  std::vector<T> result;
  result.reserve(list.size());
  for (const T *element : sorted(list, key))
    result.push_back(std::move(list[static_cast<std::size_t>(element - list.data())]));
  list = std::move(result);
}

} // namespace ripple::model

#endif
