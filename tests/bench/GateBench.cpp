//===- GateBench.cpp - What a request pays for the gate -------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Enter and exit with a set of one and of eight components, beside what anyone
// would think of first, in the same run: liburcu's read-side section (by its
// public functions, not inlined), one shared counter of active requests
// (incremented and decremented), and one such counter for each component.
// Compare the lines of one number of threads with each other; the times alone say
// more about the machine. With two threads Time is for each of all requests, and
// CPU is what one of them pays. At most 25 ns for one component and 50 ns for eight are
// promised, and no allocation: `allocations` counts those of all threads for each
// request, and AllocationTest is the test.
//
//===----------------------------------------------------------------------===//
#include "agent/session/testing/CountAllocations.h"
#include "agent/session/testing/TestTable.h"

#include <array>
#include <atomic>
#include <benchmark/benchmark.h>
#include <urcu/urcu-memb.h>

using namespace ripple::agent::test;

namespace {

/// An application with nine components, of which "GET /one" uses itself and "GET /eight" seven
/// more.
TestTable table() {
  TestTable table;
  table.application = "bench";
  table.components = {"bench", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8"};
  table.kinds = {{"GET /one", "GET", "/one", {}},
                 {"GET /eight", "GET", "/eight", {"c1", "c2", "c3", "c4", "c5", "c6", "c7"}}};
  return table;
}

void enterAndExit(benchmark::State &state, const char *id) {
  static TestDirectory directory;
  static ripple::gate::Gate gate = openGate(directory, table());
  std::uint32_t kind = gate.kindOf(id);
  std::uint64_t before = allocations();
  for (auto _ : state) {
    ripple_gate_handle handle;
    ripple_gate_enter(gate.get(), kind, nullptr, &handle);
    benchmark::DoNotOptimize(handle);
    ripple_gate_exit(gate.get(), handle);
  }
  if (state.thread_index() == 0)
    state.counters["allocations"] = benchmark::Counter(static_cast<double>(allocations() - before),
                                                       benchmark::Counter::kAvgIterations);
}

void readSideSection(benchmark::State &state) {
  urcu_memb_register_thread();
  for (auto _ : state) {
    urcu_memb_read_lock();
    benchmark::ClobberMemory();
    urcu_memb_read_unlock();
  }
  urcu_memb_unregister_thread();
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

BENCHMARK_CAPTURE(enterAndExit, one, "GET /one")->Threads(1)->Threads(2)->UseRealTime();
BENCHMARK_CAPTURE(enterAndExit, eight, "GET /eight")->Threads(1)->Threads(2)->UseRealTime();
BENCHMARK(readSideSection)->Threads(1)->Threads(2)->UseRealTime();
BENCHMARK(sharedCounter)->Threads(1)->Threads(2)->UseRealTime();
BENCHMARK(counterOfEachComponent)->Threads(1)->Threads(2)->UseRealTime();
BENCHMARK(coarseClock)->Threads(1)->UseRealTime();
