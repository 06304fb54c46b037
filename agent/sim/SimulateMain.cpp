//===- SimulateMain.cpp - Many simulated runs -----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//   ripple-simulate FROM RUNS [PROGRESS]   runs with the seeds FROM, FROM + 1, …
//   ripple-simulate --replay SEED [MUTANT] one run, told event by event
//
// PROGRESS is a file that holds the next seed: where it is there, FROM is what it
// says. Exit code 1 where a run violates something; its seed is printed.
//
//===----------------------------------------------------------------------===//
#include "agent/sim/Simulation.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <mutex>
#include <thread>

using namespace ripple::agent::sim;

namespace {

constexpr std::uint64_t sliceRuns = 10'000;

int replay(std::uint64_t seed, const std::string &name) {
  int mutant = 0;
  while (mutant < static_cast<int>(Mutant::Count) && name != toString(static_cast<Mutant>(mutant)))
    ++mutant;
  if (mutant == static_cast<int>(Mutant::Count)) {
    std::cerr << "there is no mutant " << name << "; see agent/sim/Mutant.h\n";
    return 64;
  }
  RunResult result = simulate(seed, static_cast<Mutant>(mutant), true);
  std::cout << result.log;
  for (const std::string &violation : result.violations)
    std::cout << "VIOLATION " << violation << "\n";
  return result.violations.empty() ? 0 : 1;
}

/// False where a run violates something.
bool runSlice(std::uint64_t from, std::uint64_t end) {
  std::atomic<std::uint64_t> next = from;
  std::atomic<bool> good = true;
  std::mutex printing;
  auto work = [&] {
    for (std::uint64_t seed = next++; seed < end; seed = next++) {
      RunResult result = simulate(seed);
      if (result.violations.empty())
        continue;
      good = false;
      std::lock_guard lock(printing);
      std::cout << "seed " << seed << ": " << result.violations[0] << "\n";
    }
  };
  auto begun = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> threads;
    for (unsigned i = std::max(1U, std::thread::hardware_concurrency()); i-- > 0;)
      threads.emplace_back(work);
  }
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::printf("seeds %llu to %llu: %s; %.0f runs/s\n", static_cast<unsigned long long>(from),
              static_cast<unsigned long long>(end - 1), good ? "S1 to S6 hold" : "VIOLATED",
              static_cast<double>(end - from) / took.count());
  std::fflush(stdout);
  return good;
}

int runAll(std::uint64_t from, std::uint64_t runs, const std::string &progress) {
  if (std::ifstream in(progress); in)
    in >> from;
  std::uint64_t end = from + runs;
  bool good = true;
  while (from < end) {
    std::uint64_t until = std::min(end, from + sliceRuns);
    good = runSlice(from, until) && good;
    from = until;
    if (!progress.empty())
      std::ofstream(progress) << from << "\n";
  }
  return good ? 0 : 1;
}

} // namespace

int main(int argc, char **argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  auto number = [&](std::size_t at) { return std::strtoull(words[at].c_str(), nullptr, 10); };
  if ((words.size() == 2 || words.size() == 3) && words[0] == "--replay")
    return replay(number(1), words.size() == 3 ? words[2] : "None");
  if (words.size() == 2 || words.size() == 3)
    return runAll(number(0), number(1), words.size() == 3 ? words[2] : "");
  std::cerr << "usage: ripple-simulate FROM RUNS [PROGRESS] | --replay SEED [MUTANT]\n";
  return 64;
}
