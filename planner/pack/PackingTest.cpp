//===- PackingTest.cpp - The fewest waves, by a second opinion ------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Random instances: what `pack` gives is a packing, and clingo (Potassco's
// answer set solver) proves that there is none with a wave less.
//
//===----------------------------------------------------------------------===//
#include "planner/pack/Implied.h"
#include "planner/pack/KindOrder.h"
#include "planner/pack/RandomPacking.h"
#include "planner/pack/RoomTree.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <numeric>
#include <random>
#include <set>
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
  return text + ":- has(R,C), wave(W), #sum {A,T : at(T,W), takes(T,R,A)} > C.\n"
                ":- at(T,W), at(U,W), T < U, server(T,S), server(U,S).\n"
                ":- before(A,B), kind(T,A), kind(U,B), at(T,W), at(U,V), V <= W.\n";
}

/// Is there a packing of WAVES?
std::string packingIn(const Packing &packing, unsigned waves) {
  std::string text = factsOf(packing, waves) + "{at(T,W) : wave(W)} = 1 :- task(T).\n";
  if (packing.before.empty()) // Waves are alike: a task opens no wave but the next.
    text += "opened(T,W) :- at(U,W), task(T), U < T.\n:- at(T,W), W > 1, not opened(T,W-1).\n";
  return text;
}

/// Is there a wave that weighs more than WEIGHTS say is most?
std::string heavierWave(const Packing &packing, const Weights &weights) {
  std::string text = factsOf(packing, 1) + "{at(T,1)} :- task(T).\n";
  for (std::size_t i = 0; i < packing.tasks.size(); ++i)
    text += fmt::format("weighs({},{}).\n", i, static_cast<int>(weights.ofTask[i]));
  // Kinds between the two may have no task in the wave.
  text += "before(A,C) :- before(A,B), before(B,C).\n";
  return text + fmt::format(":- #sum {{A,T : at(T,1), weighs(T,A)}} <= {}.\n",
                            static_cast<int>(weights.most));
}

/// By kind: those that come after it, by one rule or several.
std::vector<std::set<unsigned>> kindsAfter(const Packing &packing) {
  const KindOrder order(packing);
  std::vector<std::set<unsigned>> after(packing.kinds);
  for (auto kind = order.sequence.rbegin(); kind != order.sequence.rend(); ++kind)
    for (unsigned next : order.after[*kind]) {
      after[*kind].insert(next);
      after[*kind].insert(after[next].begin(), after[next].end());
    }
  return after;
}

enum class Answer { Possible, Impossible, Unknown };

/// Is there what TEXT asks for? Clingo gives up after so many CONFLICTS, on any machine at the same
/// place. Its documented exit codes are bits.
Answer askClingo(const std::string &text, unsigned conflicts) {
  constexpr int possible = 10, impossible = 20;
  const std::string file = fmt::format("{}/packing-{}.lp", testing::TempDir(), ::getpid());
  std::ofstream(file) << text;
  const int status = std::system(
      fmt::format("clingo -q --solve-limit={} --outf=3 {} >/dev/null 2>&1", conflicts, file)
          .c_str());
  std::remove(file.c_str());
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  return code == possible || code == possible + impossible ? Answer::Possible
         : code == impossible                              ? Answer::Impossible
                                                           : Answer::Unknown;
}

/// Is more taken of a resource than so many WAVES have?
bool isTooMuch(const Packing &packing, unsigned waves) {
  std::vector<double> taken(packing.capacity.size(), 0);
  for (const PackingTask &task : packing.tasks)
    for (auto [resource, amount] : task.takes)
      taken[resource] += amount;
  for (std::size_t resource = 0; resource < taken.size(); ++resource)
    if (taken[resource] > waves * packing.capacity[resource])
      return true;
  return false;
}

Answer askForFewer(const Packing &packing, unsigned fewer, unsigned conflicts);

/// The tasks of PACKING that ISIN. Some kinds have none then: it can be bounded, not packed.
template <typename IsIn> Packing partOf(Packing packing, IsIn isIn) {
  std::erase_if(packing.tasks, [&](const PackingTask &task) { return !isIn(task); });
  return packing;
}

/// What PARTS need, which have no wave in common, as far as clingo decides it.
unsigned sumOf(const std::vector<Packing> &parts, unsigned conflicts) {
  unsigned sum = 0;
  for (const Packing &part : parts) {
    const unsigned waves = lowerBound(part).waves;
    if (waves > 0 && askForFewer(part, waves - 1, conflicts) == Answer::Impossible)
      sum += waves;
  }
  return sum;
}

/// Zone by zone, or a kind and all that come after it: do these need more than so many FEWER waves?
bool needMoreInParts(const Packing &packing, unsigned fewer, unsigned conflicts) {
  std::vector<Packing> zones;
  for (unsigned zone = 0; packing.zonesOneAtATime && zone < packing.zones; ++zone) {
    zones.push_back(partOf(packing, [&](const PackingTask &task) { return task.zone == zone; }));
    zones.back().zonesOneAtATime = false;
  }
  if (sumOf(zones, conflicts) > fewer)
    return true;
  const std::vector<std::set<unsigned>> after = kindsAfter(packing);
  for (unsigned kind = 0; kind < packing.kinds; ++kind)
    if (const Packing first =
            partOf(packing, [&](const PackingTask &task) { return task.kind == kind; });
        !first.tasks.empty() && first.tasks.size() < packing.tasks.size())
      if (sumOf({first,
                 partOf(packing,
                        [&](const PackingTask &task) { return after[kind].count(task.kind) > 0; })},
                conflicts) > fewer)
        return true;
  return false;
}

/// Asks clingo whether there are FEWER waves; where it does not know, a sum may tell, or its zones,
/// or weights by which there are not (as many waves as there are, each of the most): then clingo is
/// asked whether they are what they say.
Answer askForFewer(const Packing &packing, unsigned fewer, unsigned conflicts) {
  if (fewer == 0)
    return Answer::Impossible;
  if (Answer answer = askClingo(packingIn(packing, fewer), conflicts); answer != Answer::Unknown)
    return answer;
  if (isTooMuch(packing, fewer) || needMoreInParts(packing, fewer, conflicts))
    return Answer::Impossible;
  const Alike alike(packing);
  const TaskSet all = ~TaskSet{0} >> (64 - packing.tasks.size());
  std::uint64_t steps = 0;
  const std::optional<Weights> weights = Implied(packing, alike).of(all, fewer, steps);
  if (!weights ||
      std::accumulate(weights->ofTask.begin(), weights->ofTask.end(), 0.0) <= fewer * weights->most)
    return Answer::Unknown;
  const Answer answer = askClingo(heavierWave(packing, *weights), conflicts);
  EXPECT_NE(answer, Answer::Possible);
  return answer;
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
  const Answer fewer = askForFewer(packing, waves - 1, conflicts);
  EXPECT_NE(fewer, Answer::Possible) << "seed " << seed << ": fewer waves than " << waves;
  EXPECT_LE(packed.bound.waves, waves) << "seed " << seed;
  EXPECT_LE(bound, packed.bound.waves) << "seed " << seed;
  EXPECT_LE(wavesOf(byRules), waves + 1) << "seed " << seed;
  ++tally.instances;
  tally.notDecided += fewer == Answer::Unknown ? 1 : 0;
  if (fewer == Answer::Unknown)
    fmt::print("seed {}: clingo does not decide\n", seed);
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
  EXPECT_EQ(tally.notDecided, 0U);
  EXPECT_EQ(tally.proven, tally.instances);
  EXPECT_GE(tally.byRulesEqual * 100, tally.instances * 96);
  EXPECT_GE(tally.boundEqual * 100, tally.instances * 80);
}

// The search ended without an answer for these: what resources and servers say together, no bound
// said.
TEST(Packing, TheSearchDecidesWhatItDidNot) {
  const std::map<unsigned, unsigned> wavesBySeed{{402, 11}, {596, 15}, {720, 9}};
  for (auto [seed, waves] : wavesBySeed) {
    const Packed packed = pack(PackingInstance(seed).packing);
    EXPECT_EQ(wavesOf(packed.waveOfTask), waves) << "seed " << seed;
    EXPECT_EQ(packed.bound.waves, waves) << "seed " << seed;
  }
}

/// 40 servers that take of each of several resources, no two the same: the packings that searches
/// find hardest (Caprara and Toth 2001, "Lower bounds and algorithms for the 2-dimensional vector
/// packing problem").
Packing vectors(unsigned seed, unsigned resources, unsigned most) {
  std::mt19937 random(seed);
  Packing packing;
  packing.kinds = 1;
  packing.servers = ExactTasks;
  packing.capacity.assign(resources, 1000);
  for (unsigned server = 0; server < packing.servers; ++server) {
    packing.tasks.push_back({server, 0, 0, {}});
    for (unsigned resource = 0; resource < resources; ++resource)
      packing.tasks.back().takes.emplace_back(resource, 100 + random() % (most - 99));
  }
  return packing;
}

TEST(Packing, TheSearchDecidesAboutVectors) {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    const Packing packing = vectors(seed, 2 + seed % 3, seed % 2 == 0 ? 350 : 500);
    const Packed packed = pack(packing);
    EXPECT_TRUE(holds(packing, packed.waveOfTask)) << "seed " << seed;
    EXPECT_EQ(packed.bound.waves, wavesOf(packed.waveOfTask)) << "seed " << seed;
  }
}

/// Can the tasks of SET be one wave?
bool isWave(const Packing &packing, TaskSet set) {
  Packing part = packing;
  part.tasks.clear();
  for (unsigned task = 0; task < packing.tasks.size(); ++task)
    if (set & only(task))
      part.tasks.push_back(packing.tasks[task]);
  part.before.clear(); // Two rules may be one.
  const std::vector<std::set<unsigned>> after = kindsAfter(packing);
  for (unsigned kind = 0; kind < packing.kinds; ++kind)
    for (unsigned later : after[kind])
      part.before.emplace_back(kind, later);
  return holds(part, WaveOfTask(part.tasks.size(), 0));
}

// A bound that is above what is possible would be a lie in a plan.
TEST(Packing, NoWaveWeighsMoreThanWhatIsImplied) {
  unsigned better = 0;
  for (unsigned seed = 1; seed <= 200; ++seed) {
    const Packing packing = PackingInstance(seed, 4, 9).packing;
    const Alike alike(packing);
    const TaskSet all = (TaskSet{1} << packing.tasks.size()) - 1;
    std::uint64_t steps = 0;
    const std::optional<Weights> weights = Implied(packing, alike).of(all, 100, steps);
    ASSERT_TRUE(weights) << "seed " << seed;
    double sum = 0, heaviest = 0;
    for (double weight : weights->ofTask)
      sum += weight;
    for (TaskSet set = 1; set <= all; ++set)
      if (isWave(packing, set)) {
        double its = 0;
        for (unsigned task = 0; task < packing.tasks.size(); ++task)
          its += set & only(task) ? weights->ofTask[task] : 0;
        heaviest = std::max(heaviest, its);
      }
    EXPECT_EQ(heaviest, weights->most) << "seed " << seed;
    const auto waves = static_cast<unsigned>(std::ceil(sum / weights->most - 1e-9));
    EXPECT_LE(waves, wavesOf(pack(packing).waveOfTask)) << "seed " << seed;
    better += waves > lowerBound(packing).waves ? 1 : 0;
  }
  EXPECT_GT(better, 0U);
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
