//===- Downstream.cpp - The slow service that requests wait for -----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "common/Downstream.h"

#include <thread>

namespace apps {
namespace {

/// A number from 0 to 1 from a counter (Steele, Lea, Flood: splitmix64, OOPSLA 2014).
double uniform(std::uint64_t state) {
  state += 0x9e3779b97f4a7c15;
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
  state = (state ^ (state >> 27)) * 0x94d049bb133111eb;
  return static_cast<double>((state ^ (state >> 31)) >> 11) * 0x1.0p-53;
}

} // namespace

Downstream::Duration Downstream::next(double weight) {
  double share = 0.6 + 0.8 * uniform(seed * 1'000'003 + calls.fetch_add(1));
  return std::chrono::duration_cast<Duration>(mean * (weight * share));
}

Downstream::Call Downstream::begin(double weight) {
  Duration whole = next(weight);
  SlotPool::Slot slot = pool ? pool->acquire() : SlotPool::Slot();
  std::this_thread::sleep_for(whole / 2);
  return Call(std::move(slot), whole - whole / 2);
}

void Downstream::Call::finish() {
  if (rest.count() > 0)
    std::this_thread::sleep_for(rest);
  rest = Duration{0};
  slot.release();
}

} // namespace apps
