//===- RoomTree.cpp -------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/pack/RoomTree.h"

#include <algorithm>
#include <bit>

namespace ripple::planner {

void RoomTree::set(unsigned wave, double room) {
  if (wave >= leaves()) {
    const std::size_t grown = std::bit_ceil(std::size_t{wave} + 1);
    std::vector<double> larger(2 * grown, capacity);
    std::copy(most.begin() + static_cast<long>(leaves()), most.end(),
              larger.begin() + static_cast<long>(grown));
    most = std::move(larger);
    for (std::size_t node = grown - 1; node > 0; --node)
      most[node] = std::max(most[2 * node], most[2 * node + 1]);
  }
  std::size_t node = leaves() + wave;
  most[node] = room;
  while (node /= 2)
    most[node] = std::max(most[2 * node], most[2 * node + 1]);
}

unsigned RoomTree::firstWith(unsigned from, double amount) const {
  if (from >= leaves())
    return from;
  // Up until a tree to the right of all that was passed has enough, then down in it.
  std::size_t node = leaves() + from;
  while (most[node] < amount) {
    while (node % 2 == 1)
      node /= 2;
    if (node == 0)
      return static_cast<unsigned>(leaves());
    ++node;
  }
  while (node < leaves())
    node = most[2 * node] >= amount ? 2 * node : 2 * node + 1;
  return static_cast<unsigned>(node - leaves());
}

} // namespace ripple::planner
