//===- FirstFit.cpp -------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What keeps 100,000 tasks fast: a wave in which there is no room for a task has
// none for its like either, and never will have, so each sort of task has a wave
// from which it looks on. Of the scarcest resource that a task takes, a tree finds
// the waves with room. Where that still leaves many, only the first and the last
// few hundred are looked at.
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
  findScarcest();
}

/// Scarce is what most is asked of, for what there is.
void FirstFit::findScarcest() {
  std::vector<double> demand(packing.capacity.size(), 0);
  for (const PackingTask &task : packing.tasks)
    for (auto [resource, amount] : task.takes)
      demand[resource] += amount / packing.capacity[resource];
  treeOf.resize(packing.capacity.size());
  for (const PackingTask &task : packing.tasks) {
    const std::pair<unsigned, double> *most = nullptr;
    for (const auto &take : task.takes)
      if (!most || demand[take.first] > demand[most->first])
        most = &take;
    scarcest.push_back(most);
    if (most && !treeOf[most->first])
      treeOf[most->first] = RoomTree(packing.capacity[most->first]);
  }
}

void FirstFit::clear() {
  waves.clear();
  busyAt.clear();
  std::fill(firstOpen.begin(), firstOpen.end(), 0U);
  for (std::optional<RoomTree> &tree : treeOf)
    if (tree)
      tree->clear();
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

/// Gives TASK the first wave from NOT_BEFORE on that takes it; after 256 without room for it, the
/// first of the last 256, or a new one.
unsigned FirstFit::place(unsigned task, unsigned notBefore) {
  const PackingTask &one = packing.tasks[task];
  unsigned &first = firstOpen[alike[task]];
  first = firstWithRoom(task, std::max(first, notBefore));
  constexpr unsigned lookedAtMost = 256;
  unsigned withoutRoom = 0;
  unsigned at = first;
  while (at < waves.size()) {
    const bool room = hasRoom(one, waves[at]);
    if (room && !busy(one, at))
      break;
    unsigned next = at + 1;
    if (!room && ++withoutRoom == lookedAtMost && next + lookedAtMost < waves.size())
      next = static_cast<unsigned>(waves.size()) - lookedAtMost;
    else if (!room && at == first)
      first = next;
    at = firstWithRoom(task, next);
  }
  if (at >= waves.size())
    waves.resize(at + 1);
  put(one, at);
  return at;
}

/// The first wave from FROM on with enough of what is scarcest.
unsigned FirstFit::firstWithRoom(unsigned task, unsigned from) const {
  const std::pair<unsigned, double> *scarce = scarcest[task];
  return scarce ? treeOf[scarce->first]->firstWith(from, scarce->second - PackingTolerance) : from;
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
    if (std::optional<RoomTree> &tree = treeOf[resource])
      tree->set(wave, packing.capacity[resource] - at->second);
  }
}

} // namespace ripple::planner
