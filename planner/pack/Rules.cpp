//===- Rules.cpp - Good packings, fast ------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/pack/FirstFit.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace ripple::planner {

namespace {

/// A few orders from rules, then the same with noise; each packing is packed again from its end,
/// and from that one's end, as long as it gets shorter.
class Rules {
public:
  explicit Rules(const Packing &packing) : packing(packing), order(packing), fit(packing) {
    findShares();
    findTails();
    const std::size_t count = packing.tasks.size();
    onServer.assign(packing.servers, 0);
    for (const PackingTask &task : packing.tasks)
      ++onServer[task.server];
    rank.resize(count);
    constexpr std::size_t workTasks = 40'000;
    constexpr std::size_t roundsMost = 400, roundsLeast = 1;
    rounds = std::clamp(count == 0 ? 0 : workTasks / count, roundsLeast, roundsMost);
  }

  /// Ends at once where a packing has only BOUND waves.
  WaveOfTask run(unsigned bound) {
    for (unsigned round = 0; round < rounds && (round == 0 || wavesOf(best) > bound); ++round) {
      findRanks(round);
      improve(fit.forwards(rank), bound);
    }
    return best;
  }

private:
  /// What a task takes, as shares of what there is: its largest share, and for each more the
  /// scarcer it is. "Dot product" of Panigrahy, Talwar, Uyeda and Wieder 2011, section 3.
  void findShares() {
    std::vector<double> demand(packing.capacity.size(), 0);
    for (const PackingTask &task : packing.tasks)
      for (auto [resource, amount] : task.takes)
        demand[resource] += amount / packing.capacity[resource];
    const double most =
        demand.empty() ? 1 : std::max(1.0, *std::max_element(demand.begin(), demand.end()));
    for (const PackingTask &task : packing.tasks) {
      double largest = 0, weighted = 0;
      for (auto [resource, amount] : task.takes) {
        const double part = amount / packing.capacity[resource];
        largest = std::max(largest, part);
        weighted += part * demand[resource] / most;
      }
      share.push_back(largest + weighted);
    }
  }

  /// For each kind, in waves as its resources count them, what comes at and after it.
  void findTails() {
    std::vector<std::pair<std::pair<unsigned, unsigned>, double>> taken; // (kind, resource)
    for (const PackingTask &task : packing.tasks)
      for (auto [resource, amount] : task.takes)
        taken.push_back({{task.kind, resource}, amount / packing.capacity[resource]});
    std::sort(taken.begin(), taken.end());
    tail.assign(packing.kinds, 1);
    double sum = 0;
    for (std::size_t i = 0; i < taken.size(); ++i) {
      sum += taken[i].second;
      if (i + 1 < taken.size() && taken[i + 1].first == taken[i].first)
        continue;
      double &own = tail[taken[i].first.first];
      own = std::max(own, std::ceil(sum - PackingTolerance));
      sum = 0;
    }
    for (auto kind = order.sequence.rbegin(); kind != order.sequence.rend(); ++kind) {
      double behind = 0;
      for (unsigned next : order.after[*kind])
        behind = std::max(behind, tail[next]);
      tail[*kind] += behind;
    }
  }

  /// The longest chain first, or the busiest server, or the largest share alone; each later round
  /// with other noise.
  void findRanks(unsigned round) {
    constexpr double first = 1000; // A wave of a chain is more than any share.
    std::mt19937 random(round);
    const unsigned rule = round % 3;
    const double noise = round < 3 ? 0 : 0.1 * (1 + round % 10);
    for (std::size_t i = 0; i < rank.size(); ++i) {
      const PackingTask &task = packing.tasks[i];
      const double chain = tail[task.kind], server = onServer[task.server];
      const double urgency = rule == 0 ? std::max(chain, server) : rule == 1 ? chain : 0;
      const double factor = 1 + noise * (static_cast<double>(random() % 2001) / 1000 - 1);
      rank[i] = -(urgency * first + share[i]) * factor;
    }
  }

  /// Packs WAVE_OF again from its last wave, and back: "justification" of Valls, Ballestín and
  /// Quintanilla 2005. Up to 256 waves it is never longer than before: where all of later waves
  /// stand no later than they did, there is still room where the task stood.
  void improve(WaveOfTask waveOf, unsigned bound) {
    for (bool shorter = true; shorter;) {
      const unsigned waves = wavesOf(waveOf);
      if (best.empty() || waves < wavesOf(best))
        best = waveOf;
      if (waves <= bound)
        return;
      for (std::size_t i = 0; i < rank.size(); ++i)
        rank[i] = -double(waveOf[i]);
      const WaveOfTask mirrored = fit.backwards(rank);
      for (std::size_t i = 0; i < rank.size(); ++i)
        rank[i] = -double(mirrored[i]);
      waveOf = fit.forwards(rank);
      shorter = wavesOf(waveOf) < waves;
    }
  }

  const Packing &packing;
  KindOrder order;
  FirstFit fit;
  std::vector<double> share, tail, rank;
  std::vector<unsigned> onServer;
  std::size_t rounds = 0;
  WaveOfTask best;
};

} // namespace

WaveOfTask packByRules(const Packing &packing) {
  return Rules(packing).run(lowerBound(packing).waves);
}

} // namespace ripple::planner
