//===- First.cpp - One task before all others -----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/pack/Packing.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace ripple::planner {

namespace {

/// The tasks of kinds that nothing comes before; of like ones the first, that is: what matters for
/// the others is the same.
std::vector<unsigned> firstOnes(const Packing &packing) {
  std::vector<bool> isLater(packing.kinds);
  for (auto [first, second] : packing.before)
    isLater[second] = true;
  std::vector<unsigned> onServer(packing.servers);
  for (const PackingTask &task : packing.tasks)
    ++onServer[task.server];
  using Like = std::tuple<unsigned, unsigned, unsigned, Takes>;
  std::set<Like> seen;
  std::vector<unsigned> some;
  for (unsigned task = 0; task < packing.tasks.size(); ++task) {
    const PackingTask &one = packing.tasks[task];
    // A server with other tasks is like no other.
    const unsigned server = onServer[one.server] > 1 ? one.server : packing.servers;
    if (!isLater[one.kind] && seen.emplace(one.kind, one.zone, server, one.takes).second)
      some.push_back(task);
    if (!some.empty() && packing.tasks.size() > ExactTasks)
      break;
  }
  return some;
}

/// PACKING with TASK, of a kind that nothing comes before, in a kind that comes before all others.
Packing withFirst(const Packing &packing, unsigned task) {
  Packing result = packing;
  unsigned &kind = result.tasks[task].kind;
  const bool isOnlyOne =
      std::count_if(packing.tasks.begin(), packing.tasks.end(),
                    [&](const PackingTask &other) { return other.kind == kind; }) == 1;
  if (!isOnlyOne)
    kind = result.kinds++;
  for (unsigned other = 0; other < packing.kinds; ++other)
    if (const std::pair<unsigned, unsigned> rule{kind, other};
        other != kind && std::count(packing.before.begin(), packing.before.end(), rule) == 0)
      result.before.push_back(rule);
  return result;
}

} // namespace

Packing withOneFirst(const Packing &packing) {
  const std::vector<unsigned> some = firstOnes(packing);
  Packing best = withFirst(packing, some.front());
  if (some.size() == 1)
    return best;
  unsigned fewest = wavesOf(packByRules(best));
  for (auto task = some.begin() + 1; task != some.end(); ++task) {
    Packing other = withFirst(packing, *task);
    if (const unsigned waves = wavesOf(packByRules(other)); waves < fewest) {
      fewest = waves;
      best = std::move(other);
    }
  }
  return best;
}

} // namespace ripple::planner
