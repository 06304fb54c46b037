//===- KindOrder.h - Which kinds come before which --------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_PACK_KINDORDER_H
#define RIPPLE_PLANNER_PACK_KINDORDER_H

#include "planner/pack/Packing.h"

namespace ripple::planner {

/// `Packing::before` as lists, by kind.
struct KindOrder {
  explicit KindOrder(const Packing &packing);

  std::vector<std::vector<unsigned>> before, after; ///< Those that a rule names, not all.
  std::vector<unsigned> sequence; ///< Each kind behind all that come before it (Kahn 1962).
};

} // namespace ripple::planner

#endif
