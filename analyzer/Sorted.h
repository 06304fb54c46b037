//===- Sorted.h - Rows in order, each once ----------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_SORTED_H
#define RIPPLE_ANALYZER_SORTED_H

#include <algorithm>

namespace ripple::analyzer {

void sortUnique(auto &rows) {
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
}

} // namespace ripple::analyzer

#endif
