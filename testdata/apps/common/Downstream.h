//===- Downstream.h - The slow service that requests wait for ---*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef APPS_COMMON_DOWNSTREAM_H
#define APPS_COMMON_DOWNSTREAM_H

#include "common/SlotPool.h"

#include <atomic>
#include <chrono>

namespace apps {

/// Stands for what a request waits for: a worker of the server, then a slow service behind it.
class Downstream {
public:
  using Duration = std::chrono::nanoseconds;

  /// One call of it. Holds a worker slot, and ends (waiting out its time) with this object.
  class Call {
  public:
    Call(const Call &) = delete;
    Call &operator=(const Call &) = delete;
    ~Call() { finish(); }
    /// Waits for the answer and gives the worker back.
    void finish();

  private:
    friend class Downstream;
    Call(SlotPool::Slot slot, Duration rest) : slot(std::move(slot)), rest(rest) {}
    SlotPool::Slot slot;
    Duration rest;
  };

  /// POOL may be null: no limit then. Calls take MEAN on average, 0.6 to 1.4 of it.
  Downstream(SlotPool *pool, Duration mean, std::uint64_t seed)
      : pool(pool), mean(mean), seed(seed) {}

  /// Waits for a worker, and for the first half of an answer that takes WEIGHT times the usual.
  Call begin(double weight = 1);

private:
  Duration next(double weight);

  SlotPool *pool;
  Duration mean;
  std::uint64_t seed;
  std::atomic<std::uint64_t> calls{0};
};

} // namespace apps

#endif
