//===- Random.h - A generator that is the same everywhere -------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// SplitMix64 (Steele, Lea, Flood 2014). The standard library's distributions
// differ between implementations, and a seed has to mean the same run on all.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SIM_RANDOM_H
#define RIPPLE_AGENT_SIM_RANDOM_H

#include <cstdint>

namespace ripple::agent::sim {

class Random {
public:
  explicit Random(std::uint64_t seed) : state(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// 0 … bound - 1; bound is at least 1.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  /// Both ends included.
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return low + below(high - low + 1);
  }
  bool chance(unsigned percent) { return below(100) < percent; }
  /// A stream of its own, so that a draw more in one part changes nothing in another.
  Random split() { return Random(next()); }

private:
  std::uint64_t state;
};

} // namespace ripple::agent::sim

#endif
