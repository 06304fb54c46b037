//===- Merge.h - Many units' facts as one -----------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_LINK_MERGE_H
#define RIPPLE_ANALYZER_LINK_MERGE_H

#include "analyzer/Facts.h"

#include <vector>

namespace ripple::analyzer {

/// The facts of UNITS as one: what has one key, name or spelling is one row, and every table is
/// sorted, so that the order of UNITS makes no difference.
Facts merge(const std::vector<const UnitFacts *> &units);

} // namespace ripple::analyzer

#endif
