//===- Lanes.cpp ----------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/pack/Lanes.h"

#include "planner/pack/KindOrder.h"

#include <algorithm>
#include <list>
#include <map>
#include <numeric>

namespace ripple::planner {

namespace {

constexpr unsigned NoTask = ~0U;

/// The tasks of each wave, like ones beside each other.
std::vector<std::vector<unsigned>> tasksByWave(const Packing &packing,
                                               const WaveOfTask &waveOfTask) {
  std::vector<std::vector<unsigned>> waves(wavesOf(waveOfTask));
  for (unsigned task = 0; task < packing.tasks.size(); ++task)
    waves[waveOfTask[task]].push_back(task);
  for (std::vector<unsigned> &wave : waves)
    std::stable_sort(wave.begin(), wave.end(), [&](unsigned a, unsigned b) {
      return packing.tasks[a].takes < packing.tasks[b].takes;
    });
  return waves;
}

/// Who hands on to whom: of each resource, and of each server.
class Flow {
public:
  Flow(const Packing &packing, const std::vector<std::vector<unsigned>> &waves)
      : packing(packing), waves(waves), before(packing.tasks.size()), lacks(packing.tasks.size()),
        has(packing.tasks.size()), holders(packing.capacity.size()),
        lastOn(packing.servers, NoTask) {}

  TasksBefore run() {
    findSource();
    for (const std::vector<unsigned> &wave : waves) {
      for (unsigned task : wave) {
        lacks[task] = packing.tasks[task].takes;
        if (const unsigned last = lastOn[packing.tasks[task].server]; last != NoTask)
          take(task, last);
        takeFromSource(task);
      }
      for (unsigned task : wave)
        takeFromLikeOne(task);
      for (unsigned task : wave)
        for (auto &[resource, amount] : lacks[task])
          while (amount > dust[resource])
            if (const unsigned from = bestHolder(task, resource); from != NoTask)
              take(task, from);
            else
              takeRest(resource, amount);
      for (unsigned task : wave)
        end(task);
    }
    return std::move(before);
  }

private:
  /// What there is, and what a wave takes more by PackingTolerance.
  void findSource() {
    source = packing.capacity;
    std::vector<double> taken(source.size());
    for (const std::vector<unsigned> &wave : waves) {
      for (unsigned task : wave)
        for (auto [resource, amount] : packing.tasks[task].takes)
          source[resource] = std::max(source[resource], taken[resource] += amount);
      for (unsigned task : wave)
        for (auto [resource, amount] : packing.tasks[task].takes)
          taken[resource] = 0;
    }
    constexpr double digits = 1e-12;
    for (double all : source)
      dust.push_back(digits * all);
  }

  /// What TASK lacks and FROM still has; FROM then comes before it.
  void take(unsigned task, unsigned from) {
    before[task].push_back(from);
    auto given = has[from].begin();
    for (auto &[resource, amount] : lacks[task]) {
      while (given != has[from].end() && given->first < resource)
        ++given;
      if (given == has[from].end() || given->first != resource)
        continue;
      const double part = std::min(amount, given->second);
      amount -= part;
      given->second -= part;
    }
  }

  /// Only all of it: for a part, some other task would have to come before all the same.
  void takeFromSource(unsigned task) {
    for (auto &[resource, amount] : lacks[task])
      if (amount <= source[resource] + dust[resource])
        takeRest(resource, amount);
  }

  /// AMOUNT is no more than the source has, but for what sums of fractions are off by.
  void takeRest(unsigned resource, double &amount) {
    source[resource] = std::max(0.0, source[resource] - amount);
    amount = 0;
  }

  bool isSatisfied(unsigned task) const {
    return std::all_of(lacks[task].begin(), lacks[task].end(),
                       [&](const auto &lack) { return lack.second <= dust[lack.first]; });
  }

  /// One that takes the same and has given nothing away yet.
  void takeFromLikeOne(unsigned task) {
    auto alike = likeOnes.find(packing.tasks[task].takes);
    if (alike == likeOnes.end() || isSatisfied(task))
      return;
    std::list<unsigned> &some = alike->second;
    while (!some.empty() && has[some.front()] != packing.tasks[task].takes)
      some.pop_front();
    if (!some.empty())
      take(task, some.front());
  }

  /// Of those that have something of RESOURCE: of the first ones, which are over first, the one
  /// that has the most of what TASK lacks; NoTask where only the source's rest is left.
  unsigned bestHolder(unsigned task, unsigned resource) {
    constexpr unsigned lookedAtMost = 8;
    unsigned best = NoTask, lookedAt = 0;
    double most = 0;
    std::list<unsigned> &some = holders[resource];
    for (auto at = some.begin(); at != some.end() && lookedAt < lookedAtMost;) {
      if (holding(*at, resource) <= dust[resource]) {
        at = some.erase(at);
        continue;
      }
      double covered = 0;
      for (auto [other, amount] : lacks[task])
        if (amount > dust[other])
          covered += std::min(amount, holding(*at, other)) / amount;
      if (best == NoTask || covered > most + PackingTolerance) {
        best = *at;
        most = covered;
      }
      ++lookedAt;
      ++at;
    }
    return best;
  }

  double holding(unsigned task, unsigned resource) const {
    auto at = std::lower_bound(has[task].begin(), has[task].end(), std::pair(resource, -1.0));
    return at != has[task].end() && at->first == resource ? at->second : 0;
  }

  /// What TASK takes is handed on from the next wave on.
  void end(unsigned task) {
    leaveOutKnown(before[task]);
    const Takes &takes = packing.tasks[task].takes;
    has[task] = takes;
    for (auto [resource, amount] : takes)
      holders[resource].push_back(task);
    likeOnes[takes].push_back(task);
    lastOn[packing.tasks[task].server] = task;
  }

  /// Sorts SOME tasks, without those that come before another of them directly.
  void leaveOutKnown(std::vector<unsigned> &some) const {
    std::sort(some.begin(), some.end());
    some.erase(std::unique(some.begin(), some.end()), some.end());
    std::vector<unsigned> known;
    for (unsigned task : some)
      known.insert(known.end(), before[task].begin(), before[task].end());
    std::sort(known.begin(), known.end());
    std::erase_if(
        some, [&](unsigned task) { return std::binary_search(known.begin(), known.end(), task); });
  }

  const Packing &packing;
  const std::vector<std::vector<unsigned>> &waves;
  TasksBefore before;
  std::vector<Takes> lacks;                 ///< By task: what nobody has given it yet.
  std::vector<Takes> has;                   ///< By task that is over: what it has not handed on.
  std::vector<std::list<unsigned>> holders; ///< By resource; some have nothing left.
  std::map<Takes, std::list<unsigned>> likeOnes;
  std::vector<unsigned> lastOn; ///< By server.
  std::vector<double> source;   ///< By resource: what no task has yet.
  std::vector<double> dust;     ///< By resource: less is nothing.
};

/// Puts all of one kind, or of one zone, before all of another: the last of the first before the
/// first of the second.
class Barriers {
public:
  Barriers(const Packing &packing, TasksBefore &before) : packing(packing), before(before) {}

  /// A wave has tasks of one zone. Waves of one zone that follow each other are a block.
  void betweenZones(const std::vector<std::vector<unsigned>> &waves) {
    std::vector<unsigned> blockOf(packing.tasks.size());
    std::vector<std::vector<unsigned>> blocks;
    for (const std::vector<unsigned> &wave : waves) {
      if (blocks.empty() ||
          packing.tasks[blocks.back().front()].zone != packing.tasks[wave.front()].zone)
        blocks.emplace_back();
      for (unsigned task : wave) {
        blockOf[task] = static_cast<unsigned>(blocks.size());
        blocks.back().push_back(task);
      }
    }
    for (unsigned task = 0; task < before.size(); ++task)
      std::erase_if(before[task], [&](unsigned one) { return blockOf[one] != blockOf[task]; });
    for (std::size_t block = 1; block < blocks.size(); ++block)
      putBefore(lastOf(blocks[block - 1]), firstOf(blocks[block]));
  }

  void betweenKinds() {
    const KindOrder order(packing);
    std::vector<std::vector<unsigned>> ofKind(packing.kinds);
    for (unsigned task = 0; task < before.size(); ++task) {
      ofKind[packing.tasks[task].kind].push_back(task);
      const std::vector<unsigned> &earlier = order.before[packing.tasks[task].kind];
      std::erase_if(before[task], [&](unsigned one) {
        return std::find(earlier.begin(), earlier.end(), packing.tasks[one].kind) != earlier.end();
      });
    }
    for (unsigned kind = 0; kind < packing.kinds; ++kind) {
      const std::vector<unsigned> first = firstOf(ofKind[kind]);
      for (unsigned earlier : neededOf(order, kind))
        putBefore(lastOf(ofKind[earlier]), first);
    }
  }

private:
  /// Of the kinds that come before KIND, those that do not come before another of them.
  static std::vector<unsigned> neededOf(const KindOrder &order, unsigned kind) {
    std::vector<unsigned> needed = order.before[kind], known;
    for (unsigned one : needed)
      known.insert(known.end(), order.before[one].begin(), order.before[one].end());
    std::sort(known.begin(), known.end());
    std::erase_if(
        needed, [&](unsigned one) { return std::binary_search(known.begin(), known.end(), one); });
    return needed;
  }

  /// Those of SOME, sorted by wave or not, that come directly after no other of them.
  std::vector<unsigned> firstOf(const std::vector<unsigned> &some) {
    mark(some);
    std::vector<unsigned> first;
    for (unsigned task : some)
      if (std::none_of(before[task].begin(), before[task].end(),
                       [&](unsigned one) { return isIn(one); }))
        first.push_back(task);
    return first;
  }

  std::vector<unsigned> lastOf(const std::vector<unsigned> &some) {
    mark(some);
    std::vector<unsigned> last = some;
    std::vector<unsigned> others;
    for (unsigned task : some)
      for (unsigned one : before[task])
        if (isIn(one))
          others.push_back(one);
    std::sort(others.begin(), others.end());
    std::erase_if(last, [&](unsigned task) {
      return std::binary_search(others.begin(), others.end(), task);
    });
    return last;
  }

  void mark(const std::vector<unsigned> &some) {
    marks.resize(before.size());
    ++round;
    for (unsigned task : some)
      marks[task] = round;
  }
  bool isIn(unsigned task) const { return marks[task] == round; }

  void putBefore(const std::vector<unsigned> &earlier, const std::vector<unsigned> &later) {
    for (unsigned task : later) {
      std::vector<unsigned> &some = before[task];
      some.insert(some.end(), earlier.begin(), earlier.end());
      std::sort(some.begin(), some.end());
      some.erase(std::unique(some.begin(), some.end()), some.end());
    }
  }

  const Packing &packing;
  TasksBefore &before;
  std::vector<std::size_t> marks; ///< By task: the last round in which it was in the set.
  std::size_t round = 0;
};

} // namespace

TasksBefore lanesOf(const Packing &packing, const WaveOfTask &waveOfTask) {
  const std::vector<std::vector<unsigned>> waves = tasksByWave(packing, waveOfTask);
  TasksBefore before = Flow(packing, waves).run();
  Barriers barriers(packing, before);
  if (packing.zonesOneAtATime)
    barriers.betweenZones(waves);
  barriers.betweenKinds();
  return before;
}

WaveOfTask waveByChains(const TasksBefore &before) {
  std::vector<std::vector<unsigned>> after(before.size());
  std::vector<std::size_t> waitsFor(before.size());
  std::vector<unsigned> ready;
  for (unsigned task = 0; task < before.size(); ++task) {
    waitsFor[task] = before[task].size();
    if (before[task].empty())
      ready.push_back(task);
    for (unsigned one : before[task])
      after[one].push_back(task);
  }
  WaveOfTask waves(before.size());
  for (std::size_t at = 0; at < ready.size(); ++at)
    for (unsigned next : after[ready[at]]) {
      waves[next] = std::max(waves[next], waves[ready[at]] + 1);
      if (--waitsFor[next] == 0)
        ready.push_back(next);
    }
  return waves;
}

} // namespace ripple::planner
