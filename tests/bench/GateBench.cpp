//===- GateBench.cpp - What a request pays for the gate -------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Enter and exit, beside two that anyone would think of first, in the same run:
// one shared counter of active requests (incremented and decremented), and one
// such counter for each of eight components. Compare the lines of one number of
// threads with each other; the times alone say more about the machine.
//
//===----------------------------------------------------------------------===//
#include "agent/gate/RippleGate.hpp"

#include <array>
#include <atomic>
#include <benchmark/benchmark.h>
#include <cstdlib>
#include <filesystem>

namespace {

/// A gate without a table: every request has the one set, as with any table.
ripple_gate *gate() {
  static std::string directory = [] {
    std::string name = (std::filesystem::temp_directory_path() / "ripple-bench-XXXXXX").string();
    return std::string(::mkdtemp(name.data()));
  }();
  static ripple::gate::Gate opened = ripple::gate::Gate::open(
      {.application = "bench", .table = "", .directory = directory.c_str()});
  static bool registered = std::atexit([] { std::filesystem::remove_all(directory); }) == 0;
  return registered ? opened.get() : nullptr;
}

void enterAndExit(benchmark::State &state) {
  ripple_gate *opened = gate();
  if (!opened) {
    state.SkipWithError("the gate cannot be opened");
    return;
  }
  for (auto _ : state) {
    ripple_gate_handle handle;
    ripple_gate_enter(opened, 0, nullptr, &handle);
    benchmark::DoNotOptimize(handle);
    ripple_gate_exit(opened, handle);
  }
}

void sharedCounter(benchmark::State &state) {
  static std::atomic<std::uint64_t> active;
  for (auto _ : state) {
    active.fetch_add(1);
    active.fetch_sub(1);
  }
}

void counterOfEachComponent(benchmark::State &state) {
  struct alignas(128) Counter {
    std::atomic<std::uint64_t> active;
  };
  static std::array<Counter, 8> counters;
  for (auto _ : state) {
    for (Counter &counter : counters)
      counter.active.fetch_add(1);
    for (Counter &counter : counters)
      counter.active.fetch_sub(1);
  }
}

/// The coarse clock that enter reads for the start time: part of its cost.
void coarseClock(benchmark::State &state) {
  for (auto _ : state) {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
    benchmark::DoNotOptimize(time);
  }
}

} // namespace

BENCHMARK(enterAndExit)->Threads(1)->Threads(2)->UseRealTime();
BENCHMARK(sharedCounter)->Threads(1)->Threads(2)->UseRealTime();
BENCHMARK(counterOfEachComponent)->Threads(1)->Threads(2)->UseRealTime();
BENCHMARK(coarseClock)->Threads(1)->UseRealTime();
