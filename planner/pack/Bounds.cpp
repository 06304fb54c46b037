//===- Bounds.cpp ---------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/pack/Bounds.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace ripple::planner {

namespace {

constexpr double Tolerance = PackingTolerance;
constexpr std::size_t cliqueTasksMax = 400, windowTasksMax = 64;

/// The least number of waves in which TAKEN can go through CAPACITY.
unsigned wavesFor(double taken, double capacity) {
  return taken <= Tolerance ? 0 : static_cast<unsigned>(std::ceil(taken / capacity - Tolerance));
}

void raise(PackingBound &best, const PackingBound &other) {
  if (other.waves > best.waves)
    best = other;
}

} // namespace

/// An amount over half of the capacity has a wave of its own. For each limit K, those over
/// CAPACITY − K share it with nothing from K on; what is free in the others takes some of the
/// amounts from K to a half, and the rest of these fills further waves.
unsigned martelloToth(const std::vector<double> &amounts, double capacity) {
  std::vector<double> sumOfFirst{0};
  for (double amount : amounts)
    sumOfFirst.push_back(sumOfFirst.back() + amount);
  auto firstOver = [&](double limit) {
    return static_cast<std::size_t>(
        std::upper_bound(amounts.begin(), amounts.end(), limit + Tolerance) - amounts.begin());
  };
  const std::size_t half = firstOver(capacity / 2);
  const auto overHalf = static_cast<unsigned>(amounts.size() - half);
  unsigned best = std::max(overHalf, wavesFor(sumOfFirst.back(), capacity));
  for (std::size_t from = 0; from < half; ++from) {
    if (from > 0 && amounts[from] <= amounts[from - 1] + Tolerance)
      continue;
    const std::size_t alone = std::max(half, firstOver(capacity - amounts[from]));
    const double sharing = static_cast<double>(alone - half);
    const double free = sharing * capacity - (sumOfFirst[alone] - sumOfFirst[half]);
    const double small = sumOfFirst[half] - sumOfFirst[from];
    best = std::max(best, overHalf + wavesFor(std::max(0.0, small - free), capacity));
  }
  return best;
}

Bounds::Bounds(const Packing &packing) : packing(packing), order(packing) {
  if (packing.tasks.size() > cliqueTasksMax)
    return;
  isBefore.assign(packing.kinds, std::vector<bool>(packing.kinds, false));
  for (auto later = order.sequence.rbegin(); later != order.sequence.rend(); ++later)
    for (unsigned next : order.after[*later]) {
      isBefore[*later][next] = true;
      for (unsigned kind = 0; kind < packing.kinds; ++kind)
        if (isBefore[next][kind])
          isBefore[*later][kind] = true;
    }
}

PackingBound Bounds::of(const std::vector<unsigned> &tasks) const {
  PackingBound best = ordered(tasks);
  if (packing.zonesOneAtATime)
    raise(best, sumOfZones(tasks, &Bounds::ordered));
  return best;
}

/// Zones have no wave in common.
PackingBound Bounds::sumOfZones(const std::vector<unsigned> &tasks, Part part) const {
  std::vector<std::vector<unsigned>> byZone(packing.zones);
  for (unsigned task : tasks)
    byZone[packing.tasks[task].zone].push_back(task);
  PackingBound sum{0, PackingBound::By::Zones, 0};
  for (const std::vector<unsigned> &ofZone : byZone)
    sum.waves += (this->*part)(ofZone).waves;
  return sum;
}

/// What the order says: a chain of kinds, or of few tasks all windows.
PackingBound Bounds::ordered(const std::vector<unsigned> &tasks) const {
  PackingBound best = unordered(tasks);
  if (packing.before.empty())
    return best;
  const ByKind byKind = splitByKind(tasks);
  const bool isSmall = packing.tasks.size() <= windowTasksMax;
  raise(best, isSmall ? windows(byKind) : longestChain(byKind));
  return best;
}

Bounds::ByKind Bounds::splitByKind(const std::vector<unsigned> &tasks) const {
  ByKind result(packing.kinds);
  for (unsigned task : tasks)
    result[packing.tasks[task].kind].push_back(task);
  return result;
}

std::vector<unsigned> Bounds::tails(const std::vector<unsigned> &tasks) const {
  return packing.before.empty() ? std::vector<unsigned>(packing.kinds, 0)
                                : waitsOf(splitByKind(tasks), true);
}

/// The kinds of a chain, each with its own bound: their waves have nothing in common.
PackingBound Bounds::longestChain(const ByKind &byKind) const {
  PackingBound best{0, PackingBound::By::Order, 0};
  std::vector<unsigned> upTo(packing.kinds, 0);
  for (unsigned kind : order.sequence) {
    for (unsigned earlier : order.before[kind])
      upTo[kind] = std::max(upTo[kind], upTo[earlier]);
    upTo[kind] += within(byKind[kind]).waves;
    best.waves = std::max(best.waves, upTo[kind]);
  }
  return best;
}

/// What has to be done between the kinds that all of it waits for and those that wait for all of
/// it.
PackingBound Bounds::windows(const ByKind &byKind) const {
  PackingBound best{0, PackingBound::By::Order, 0};
  const std::vector<unsigned> head = waitsOf(byKind, false), tail = waitsOf(byKind, true);
  const std::set<unsigned> heads(head.begin(), head.end()), tails(tail.begin(), tail.end());
  for (unsigned from : heads)
    for (unsigned to : tails) {
      std::vector<unsigned> between;
      for (unsigned kind = 0; kind < packing.kinds; ++kind)
        if (head[kind] >= from && tail[kind] >= to)
          between.insert(between.end(), byKind[kind].begin(), byKind[kind].end());
      if (!between.empty())
        best.waves = std::max(best.waves, from + within(between).waves + to);
    }
  return best;
}

/// By kind: the waves before it, or behind it if BACKWARDS, at least: the same with windows that
/// end where it begins.
std::vector<unsigned> Bounds::waitsOf(const ByKind &byKind, bool backwards) const {
  std::vector<unsigned> sequence = order.sequence, result(packing.kinds, 0);
  if (backwards)
    std::reverse(sequence.begin(), sequence.end());
  for (unsigned kind : sequence) {
    std::vector<unsigned> its; // The kinds that it waits for.
    for (unsigned other = 0; other < packing.kinds; ++other)
      if (backwards ? isBefore[kind][other] : isBefore[other][kind])
        its.push_back(other);
    std::stable_sort(its.begin(), its.end(),
                     [&](unsigned a, unsigned b) { return result[a] > result[b]; });
    std::vector<unsigned> tasks;
    for (std::size_t i = 0; i < its.size(); ++i) {
      tasks.insert(tasks.end(), byKind[its[i]].begin(), byKind[its[i]].end());
      if (i + 1 == its.size() || result[its[i + 1]] != result[its[i]])
        result[kind] = std::max(result[kind], result[its[i]] + within(tasks).waves);
    }
  }
  return result;
}

/// As if there was no order.
PackingBound Bounds::within(const std::vector<unsigned> &tasks) const {
  PackingBound best = unordered(tasks);
  if (packing.zonesOneAtATime)
    raise(best, sumOfZones(tasks, &Bounds::unordered));
  return best;
}

/// By resource and by server, as if there was no order.
PackingBound Bounds::unordered(const std::vector<unsigned> &tasks) const {
  PackingBound best{tasks.empty() ? 0U : 1U, PackingBound::By::OneTask, 0};
  std::vector<unsigned> servers;
  std::vector<std::pair<unsigned, double>> taken;
  for (unsigned task : tasks) {
    servers.push_back(packing.tasks[task].server);
    const Takes &takes = packing.tasks[task].takes;
    taken.insert(taken.end(), takes.begin(), takes.end());
  }
  std::sort(taken.begin(), taken.end());
  std::vector<double> amounts;
  for (std::size_t i = 0; i < taken.size(); ++i) {
    const unsigned resource = taken[i].first;
    amounts.push_back(taken[i].second);
    if (i + 1 < taken.size() && taken[i + 1].first == resource)
      continue;
    raise(best, {martelloToth(amounts, packing.capacity[resource]), PackingBound::By::Resource,
                 resource});
    amounts.clear();
  }
  std::sort(servers.begin(), servers.end());
  for (auto from = servers.begin(); from != servers.end();) {
    auto to = std::upper_bound(from, servers.end(), *from);
    raise(best, {static_cast<unsigned>(to - from), PackingBound::By::Server, *from});
    from = to;
  }
  return best;
}

/// Can the two never be in one wave?
bool Bounds::apart(const PackingTask &one, const PackingTask &two) const {
  if (one.server == two.server || (packing.zonesOneAtATime && one.zone != two.zone))
    return true;
  auto other = two.takes.begin();
  for (auto [resource, amount] : one.takes) {
    while (other != two.takes.end() && other->first < resource)
      ++other;
    if (other != two.takes.end() && other->first == resource &&
        amount + other->second > packing.capacity[resource] + Tolerance)
      return true;
  }
  return false;
}

std::vector<std::vector<bool>> Bounds::conflicts() const {
  const std::size_t count = packing.tasks.size();
  std::vector<std::vector<bool>> result(count, std::vector<bool>(count, false));
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const PackingTask &one = packing.tasks[i], &two = packing.tasks[j];
      result[i][j] = result[j][i] =
          isBefore[one.kind][two.kind] || isBefore[two.kind][one.kind] || apart(one, two);
    }
  return result;
}

unsigned Bounds::clique() const {
  const std::size_t count = packing.tasks.size();
  if (count > cliqueTasksMax)
    return 0;
  const std::vector<std::vector<bool>> apart = conflicts();
  std::vector<std::size_t> degree(count), byDegree(count);
  for (std::size_t i = 0; i < count; ++i)
    degree[i] = static_cast<std::size_t>(std::count(apart[i].begin(), apart[i].end(), true));
  std::iota(byDegree.begin(), byDegree.end(), std::size_t{0});
  std::stable_sort(byDegree.begin(), byDegree.end(),
                   [&](std::size_t a, std::size_t b) { return degree[a] > degree[b]; });
  std::size_t best = 0;
  for (std::size_t start : byDegree) {
    std::vector<std::size_t> members{start};
    for (std::size_t other : byDegree)
      if (std::all_of(members.begin(), members.end(),
                      [&](std::size_t member) { return apart[member][other]; }))
        members.push_back(other);
    best = std::max(best, members.size());
  }
  return static_cast<unsigned>(best);
}

PackingBound lowerBound(const Packing &packing) {
  std::vector<unsigned> all(packing.tasks.size());
  std::iota(all.begin(), all.end(), 0U);
  const Bounds bounds(packing);
  PackingBound best = bounds.of(all);
  raise(best, {bounds.clique(), PackingBound::By::Clique, 0});
  return best;
}

} // namespace ripple::planner
