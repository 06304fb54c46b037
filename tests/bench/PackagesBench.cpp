//===- PackagesBench.cpp - A reverse closure in Debian's packages ---------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Who depends on one of 64 packages, in what `apt-cache dumpavail` knows. The target is 10 ms. And
// every circle of dependencies, and what building the graph takes.
//
//===----------------------------------------------------------------------===//
#include "planner/packages/Closure.h"

#include <benchmark/benchmark.h>
#include <cstdio>
#include <memory>
#include <random>

using namespace ripple::planner::packages;

namespace {

PackageGraph readAvailable() {
  std::string text;
  std::unique_ptr<FILE, int (*)(FILE *)> pipe(::popen("apt-cache dumpavail", "r"), ::pclose);
  std::vector<char> block(1 << 20);
  while (std::size_t size = std::fread(block.data(), 1, block.size(), pipe.get()))
    text.append(block.data(), size);
  return parsePackages(text, "apt-cache dumpavail").value_or(PackageGraph());
}

const PackageGraph &available() {
  static const PackageGraph graph = readAvailable();
  return graph;
}

const Dependents &dependents() {
  static const Dependents made(available());
  return made;
}

void label(benchmark::State &state, std::size_t found, const char *what) {
  if (dependents().size() == 0)
    state.SkipWithError("apt-cache dumpavail knows no packages (apt-get update)");
  state.counters["packages"] = static_cast<double>(dependents().size());
  state.counters["edges"] = static_cast<double>(dependents().edges());
  state.counters[what] = static_cast<double>(found);
}

void closureOf64(benchmark::State &state) {
  std::mt19937_64 random(64);
  std::vector<Dependents::Number> changed;
  for (int i = 0; i < 64 && dependents().size() > 0; ++i)
    changed.push_back(static_cast<Dependents::Number>(random() % dependents().size()));
  // The worst that there is: what nearly everything depends on.
  if (const Dependents::Number *libc = dependents().find("libc6"))
    changed[0] = *libc;
  std::size_t found = 0;
  for (auto _ : state) {
    found = dependents().of(changed).size();
    benchmark::DoNotOptimize(found);
  }
  label(state, found, "found");
}
BENCHMARK(closureOf64)->Unit(benchmark::kMillisecond);

void circles(benchmark::State &state) {
  std::size_t found = 0;
  for (auto _ : state) {
    found = dependents().circles().size();
    benchmark::DoNotOptimize(found);
  }
  label(state, found, "circles");
}
BENCHMARK(circles)->Unit(benchmark::kMillisecond);

void build(benchmark::State &state) {
  std::size_t found = 0;
  for (auto _ : state) {
    found = Dependents(available()).size();
    benchmark::DoNotOptimize(found);
  }
  label(state, found, "built");
}
BENCHMARK(build)->Unit(benchmark::kMillisecond);

} // namespace
