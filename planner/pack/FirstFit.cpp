//===- FirstFit.cpp -------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What keeps 100,000 tasks fast: a wave in which there is no room for a task has
// none for its like either, and never will have, so each sort of task has a wave
// from which it looks on.
//
//===----------------------------------------------------------------------===//
#include "planner/pack/FirstFit.h"

#include <algorithm>
#include <map>
#include <queue>
#include <tuple>

namespace ripple::planner {

FirstFit::FirstFit(const Packing &packing)
    : packing(packing), order(packing), ofKind(packing.kinds) {
  std::map<std::tuple<unsigned, unsigned, Takes>, unsigned> sorts;
  for (unsigned i = 0; i < packing.tasks.size(); ++i) {
    const PackingTask &task = packing.tasks[i];
    ofKind[task.kind].push_back(i);
    const unsigned zone = packing.zonesOneAtATime ? task.zone : 0;
    const auto next = static_cast<unsigned>(sorts.size());
    alike.push_back(sorts.try_emplace({task.kind, zone, task.takes}, next).first->second);
  }
  firstOpen.resize(sorts.size());
}

void FirstFit::clear() {
  waves.clear();
  busyAt.clear();
  std::fill(firstOpen.begin(), firstOpen.end(), 0U);
}

WaveOfTask FirstFit::run(const std::vector<double> &rank, const Lists &before, const Lists &after) {
  clear();
  using Entry = std::pair<double, unsigned>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
  std::vector<std::size_t> kindsLeft(packing.kinds), tasksLeft(packing.kinds);
  std::vector<unsigned> notBefore(packing.kinds, 0);
  auto openKind = [&](unsigned kind) {
    for (unsigned task : ofKind[kind])
      open.emplace(rank[task], task);
  };
  for (unsigned kind = 0; kind < packing.kinds; ++kind) {
    tasksLeft[kind] = ofKind[kind].size();
    kindsLeft[kind] = before[kind].size();
    if (kindsLeft[kind] == 0)
      openKind(kind);
  }
  WaveOfTask waveOf(packing.tasks.size(), 0);
  std::vector<unsigned> ends(packing.kinds, 0);
  while (!open.empty()) {
    const unsigned task = open.top().second, kind = packing.tasks[task].kind;
    open.pop();
    waveOf[task] = place(task, notBefore[kind]);
    ends[kind] = std::max(ends[kind], waveOf[task] + 1);
    if (--tasksLeft[kind] > 0)
      continue;
    for (unsigned next : after[kind]) {
      notBefore[next] = std::max(notBefore[next], ends[kind]);
      if (--kindsLeft[next] == 0)
        openKind(next);
    }
  }
  return waveOf;
}

/// Gives TASK the first wave from NOT_BEFORE on that takes it.
unsigned FirstFit::place(unsigned task, unsigned notBefore) {
  const PackingTask &one = packing.tasks[task];
  unsigned &first = firstOpen[alike[task]];
  first = std::max(first, notBefore);
  unsigned at = first;
  for (;; ++at) {
    if (at == waves.size())
      waves.emplace_back();
    if (!hasRoom(one, waves[at]))
      first += at == first ? 1 : 0;
    else if (!busy(one, at))
      break;
  }
  put(one, at);
  return at;
}

bool FirstFit::busy(const PackingTask &task, unsigned wave) const {
  return busyAt.count(std::uint64_t{task.server} << 32 | wave) > 0;
}

bool FirstFit::hasRoom(const PackingTask &task, const Wave &wave) const {
  if (packing.zonesOneAtATime && wave.zone && *wave.zone != task.zone)
    return false;
  auto taken = wave.taken.begin();
  for (auto [resource, amount] : task.takes) {
    taken = std::lower_bound(taken, wave.taken.end(), std::pair(resource, 0.0));
    const double already =
        taken != wave.taken.end() && taken->first == resource ? taken->second : 0;
    if (already + amount > packing.capacity[resource] + PackingTolerance)
      return false;
  }
  return true;
}

void FirstFit::put(const PackingTask &task, unsigned wave) {
  waves[wave].zone = task.zone;
  busyAt.insert(std::uint64_t{task.server} << 32 | wave);
  std::vector<std::pair<unsigned, double>> &taken = waves[wave].taken;
  for (auto [resource, amount] : task.takes) {
    auto at = std::lower_bound(taken.begin(), taken.end(), std::pair(resource, 0.0));
    if (at == taken.end() || at->first != resource)
      at = taken.insert(at, {resource, 0.0});
    at->second += amount;
  }
}

} // namespace ripple::planner
