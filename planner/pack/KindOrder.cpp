//===- KindOrder.cpp ------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/pack/KindOrder.h"

namespace ripple::planner {

KindOrder::KindOrder(const Packing &packing) : before(packing.kinds), after(packing.kinds) {
  for (auto [first, second] : packing.before) {
    before[second].push_back(first);
    after[first].push_back(second);
  }
  std::vector<std::size_t> waitsFor(packing.kinds);
  for (unsigned kind = 0; kind < packing.kinds; ++kind) {
    waitsFor[kind] = before[kind].size();
    if (waitsFor[kind] == 0)
      sequence.push_back(kind);
  }
  for (std::size_t at = 0; at < sequence.size(); ++at)
    for (unsigned next : after[sequence[at]])
      if (--waitsFor[next] == 0)
        sequence.push_back(next);
}

} // namespace ripple::planner
