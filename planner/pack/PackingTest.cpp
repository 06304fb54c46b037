//===- PackingTest.cpp - The fewest waves, by a second opinion ------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Random instances: what `pack` gives is a packing, and clingo (Potassco's
// answer set solver) proves that there is none with a wave less.
//
//===----------------------------------------------------------------------===//
#include "planner/pack/RandomPacking.h"
#include "planner/pack/RoomTree.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

using namespace ripple::planner;
using ripple::planner::random::PackingInstance;

namespace {

/// Does WAVE_OF keep every rule of PACKING?
bool holds(const Packing &packing, const std::vector<unsigned> &waveOf) {
  std::map<std::pair<unsigned, unsigned>, double> taken;
  for (std::size_t i = 0; i < packing.tasks.size(); ++i) {
    const PackingTask &one = packing.tasks[i];
    for (auto [resource, amount] : one.takes) {
      double &sum = taken[{waveOf[i], resource}];
      sum += amount;
      if (sum > packing.capacity[resource])
        return false;
    }
    for (std::size_t j = 0; j < packing.tasks.size(); ++j) {
      const PackingTask &two = packing.tasks[j];
      const bool together = i != j && waveOf[i] == waveOf[j];
      if (together &&
          (one.server == two.server || (packing.zonesOneAtATime && one.zone != two.zone)))
        return false;
      if (waveOf[i] >= waveOf[j] &&
          std::count(packing.before.begin(), packing.before.end(), std::pair(one.kind, two.kind)))
        return false;
    }
  }
  return true;
}

std::string factsOf(const Packing &packing, unsigned waves) {
  std::string text = fmt::format("wave(1..{}).\n", waves);
  for (std::size_t i = 0; i < packing.tasks.size(); ++i) {
    const PackingTask &task = packing.tasks[i];
    text += fmt::format("task({0}). server({0},{1}). zone({0},{2}). kind({0},{3}).\n", i,
                        task.server, task.zone, task.kind);
    for (auto [resource, amount] : task.takes)
      text += fmt::format("takes({},{},{}).\n", i, resource, static_cast<int>(amount));
  }
  for (std::size_t resource = 0; resource < packing.capacity.size(); ++resource)
    text += fmt::format("has({},{}).\n", resource, static_cast<int>(packing.capacity[resource]));
  for (auto [first, second] : packing.before)
    text += fmt::format("before({},{}).\n", first, second);
  if (packing.zonesOneAtATime)
    text += ":- at(T,W), at(U,W), zone(T,Y), zone(U,Z), Y < Z.\n";
  if (packing.before.empty()) // Waves are alike: a task opens no wave but the next.
    text += "opened(T,W) :- at(U,W), task(T), U < T.\n:- at(T,W), W > 1, not opened(T,W-1).\n";
  return text + "{at(T,W) : wave(W)} = 1 :- task(T).\n"
                ":- has(R,C), wave(W), #sum {A,T : at(T,W), takes(T,R,A)} > C.\n"
                ":- at(T,W), at(U,W), T < U, server(T,S), server(U,S).\n"
                ":- before(A,B), kind(T,A), kind(U,B), at(T,W), at(U,V), V <= W.\n";
}

enum class Answer { Possible, Impossible, Unknown };

/// Is there a packing of at most so many WAVES? Clingo gives up after so many CONFLICTS, on any
/// machine at the same place. Its documented exit codes are bits.
Answer askClingo(const Packing &packing, unsigned waves, unsigned conflicts) {
  constexpr int possible = 10, impossible = 20;
  const std::string file = fmt::format("{}/packing-{}.lp", testing::TempDir(), ::getpid());
  std::ofstream(file) << factsOf(packing, waves);
  const int status = std::system(
      fmt::format("clingo -q --solve-limit={} --outf=3 {} >/dev/null 2>&1", conflicts, file)
          .c_str());
  std::remove(file.c_str());
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  return code == possible || code == possible + impossible ? Answer::Possible
         : code == impossible                              ? Answer::Impossible
                                                           : Answer::Unknown;
}

/// `./dev packing` asks for more of them, and gives clingo longer for each.
unsigned fromEnvironment(const char *name, unsigned otherwise) {
  const char *given = std::getenv(name);
  return given ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : otherwise;
}

struct Tally {
  unsigned instances = 0, notDecided = 0, proven = 0, byRulesEqual = 0, boundEqual = 0;
};

void compare(unsigned seed, Tally &tally) {
  const Packing packing = PackingInstance(seed).packing;
  const Packed packed = pack(packing);
  const WaveOfTask byRules = packByRules(packing);
  const unsigned waves = wavesOf(packed.waveOfTask), bound = lowerBound(packing).waves;
  ASSERT_TRUE(holds(packing, packed.waveOfTask)) << "seed " << seed;
  ASSERT_TRUE(holds(packing, byRules)) << "seed " << seed;
  const unsigned conflicts = fromEnvironment("RIPPLE_CLINGO_CONFLICTS", 50000);
  const Answer fewer = waves > 1 ? askClingo(packing, waves - 1, conflicts) : Answer::Impossible;
  EXPECT_NE(fewer, Answer::Possible) << "seed " << seed << ": fewer waves than " << waves;
  EXPECT_LE(packed.bound.waves, waves) << "seed " << seed;
  EXPECT_LE(bound, packed.bound.waves) << "seed " << seed;
  EXPECT_LE(wavesOf(byRules), waves + 1) << "seed " << seed;
  ++tally.instances;
  tally.notDecided += fewer == Answer::Unknown ? 1 : 0;
  tally.proven += packed.bound.waves == waves ? 1 : 0;
  tally.byRulesEqual += wavesOf(byRules) == waves ? 1 : 0;
  tally.boundEqual += bound == waves ? 1 : 0;
}

} // namespace

TEST(Packing, IsAsShortAsClingoProves) {
  Tally tally;
  for (unsigned seed = 1; seed <= fromEnvironment("RIPPLE_PACKING_INSTANCES", 40); ++seed)
    compare(seed, tally);
  fmt::print("{} instances of up to {} tasks: {} that clingo does not decide; {} that the "
             "search does; by rules alone {} as short; the bound equal for {}\n",
             tally.instances, ExactTasks, tally.notDecided, tally.proven, tally.byRulesEqual,
             tally.boundEqual);
  EXPECT_LE(tally.notDecided * 10, tally.instances);
  EXPECT_GE(tally.proven * 100, tally.instances * 99);
  EXPECT_GE(tally.byRulesEqual * 100, tally.instances * 96);
  EXPECT_GE(tally.boundEqual * 100, tally.instances * 80);
}

// List scheduling took two waves more than there have to be, where zones come one at a time.
TEST(Packing, ByRulesIsNeverMoreThanOneOff) {
  for (unsigned seed = 41; seed <= 400; ++seed) {
    const Packing packing = PackingInstance(seed).packing;
    const Packed packed = pack(packing);
    EXPECT_TRUE(holds(packing, packed.waveOfTask)) << "seed " << seed;
    EXPECT_LE(wavesOf(packByRules(packing)), wavesOf(packed.waveOfTask) + 1) << "seed " << seed;
  }
}

// The canary was one of the first wave, and what could have been with the others came after them.
TEST(Packing, WithOneFirstItIsAsShortAsWithAnyTaskFirst) {
  unsigned added = 0;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    const Packing packing = PackingInstance(seed, 2, 9).packing;
    const WaveOfTask waveOf = pack(withOneFirst(packing)).waveOfTask;
    EXPECT_TRUE(holds(packing, waveOf)) << "seed " << seed;
    EXPECT_EQ(std::count(waveOf.begin(), waveOf.end(), 0), 1) << "seed " << seed;
    unsigned fewest = ~0U;
    for (unsigned first = 0; first < packing.tasks.size(); ++first) {
      Packing others = packing;
      bool mayBeFirst = true, isOnlyOne = true;
      for (auto [before, after] : packing.before)
        mayBeFirst = mayBeFirst && after != packing.tasks[first].kind;
      for (unsigned other = 0; other < packing.tasks.size(); ++other)
        isOnlyOne =
            isOnlyOne && (other == first || packing.tasks[other].kind != packing.tasks[first].kind);
      unsigned &its = others.tasks[first].kind;
      if (!isOnlyOne) // Each kind has a task.
        its = others.kinds++;
      for (unsigned kind = 0; kind < packing.kinds; ++kind)
        if (kind != its)
          others.before.emplace_back(its, kind);
      if (mayBeFirst)
        fewest = std::min(fewest, wavesOf(pack(others).waveOfTask));
    }
    EXPECT_EQ(wavesOf(waveOf), fewest) << "seed " << seed;
    added += fewest - wavesOf(pack(packing).waveOfTask);
  }
  EXPECT_GT(added, 10U);
}

TEST(Packing, LargeOnesHold) {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    const Packing packing = PackingInstance(seed, 1000, 1500).packing;
    const Packed packed = pack(packing);
    EXPECT_TRUE(holds(packing, packed.waveOfTask)) << "seed " << seed;
    const unsigned waves = wavesOf(packed.waveOfTask);
    EXPECT_LE(packed.bound.waves, waves) << "seed " << seed;
    EXPECT_LE(waves * 100, packed.bound.waves * 125) << "seed " << seed;
  }
}

TEST(RoomTree, FindsWhatALineOfNumbersHas) {
  std::mt19937 random(5);
  for (unsigned round = 0; round < 50; ++round) {
    RoomTree tree(10);
    std::vector<double> room(1 + random() % 40, 10);
    for (unsigned change = 0; change < 100; ++change) {
      const auto wave = static_cast<unsigned>(random() % room.size());
      room[wave] = static_cast<double>(random() % 11);
      tree.set(wave, room[wave]);
      auto from = static_cast<unsigned>(random() % (room.size() + 5));
      const auto amount = static_cast<double>(random() % 11);
      const unsigned found = tree.firstWith(from, amount);
      while (from < room.size() && room[from] < amount)
        ++from;
      ASSERT_EQ(found, from);
    }
  }
}

TEST(Packing, NothingNeedsNoWave) {
  EXPECT_EQ(wavesOf(pack({}).waveOfTask), 0U);
  EXPECT_EQ(lowerBound({}).waves, 0U);
}

TEST(Packing, UnitsTakeTheirNumberOverWhatThereIs) {
  Packing packing;
  packing.kinds = 1;
  packing.servers = 1000;
  packing.capacity = {7};
  for (unsigned i = 0; i < packing.servers; ++i)
    packing.tasks.push_back({i, 0, 0, {{0, 1.0}}});
  EXPECT_EQ(wavesOf(pack(packing).waveOfTask), 143U);
  EXPECT_EQ(lowerBound(packing).waves, 143U);
}
