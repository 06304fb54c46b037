//===- Alike.cpp ----------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/pack/Alike.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace ripple::planner {

Alike::Alike(const Packing &packing) : place(packing.tasks.size()), beside(packing.tasks.size()) {
  using Nature = std::tuple<unsigned, unsigned, Takes>; // kind, zone
  auto nature = [&](unsigned task) {
    const PackingTask &one = packing.tasks[task];
    return Nature(one.kind, packing.zonesOneAtATime ? one.zone : 0, one.takes);
  };
  std::vector<std::vector<unsigned>> onServer(packing.servers);
  for (unsigned i = 0; i < packing.tasks.size(); ++i)
    onServer[packing.tasks[i].server].push_back(i);
  std::map<std::vector<Nature>, std::vector<std::vector<unsigned>>> servers;
  for (std::vector<unsigned> &tasks : onServer) {
    std::stable_sort(tasks.begin(), tasks.end(),
                     [&](unsigned a, unsigned b) { return nature(a) < nature(b); });
    std::vector<Nature> natures;
    for (unsigned task : tasks)
      natures.push_back(nature(task));
    if (!tasks.empty())
      servers[natures].push_back(tasks);
  }
  unsigned next = 0;
  for (auto &[natures, like] : servers) {
    for (const std::vector<unsigned> &tasks : like)
      for (unsigned at = 0; at < tasks.size(); ++at) {
        place[tasks[at]] = next + at;
        beside[tasks[at]] = tasks;
      }
    next += static_cast<unsigned>(natures.size());
    classes.push_back(std::move(like));
  }
}

TaskSet Alike::places(const std::vector<unsigned> &tasks, TaskSet left) {
  TaskSet result = 0;
  for (unsigned at = 0; at < tasks.size(); ++at)
    if (left & only(tasks[at]))
      result |= only(at);
  return result;
}

TaskSet Alike::leftBeside(unsigned task, TaskSet left) const { return places(beside[task], left); }

TaskSet Alike::canonical(TaskSet left) const {
  TaskSet result = 0;
  for (const auto &servers : classes) {
    std::vector<TaskSet> leftOn;
    for (const auto &tasks : servers)
      leftOn.push_back(places(tasks, left));
    std::sort(leftOn.begin(), leftOn.end());
    for (std::size_t i = 0; i < servers.size(); ++i)
      for (unsigned at = 0; at < servers[i].size(); ++at)
        if (leftOn[i] & only(at))
          result |= only(servers[i][at]);
  }
  return result;
}

} // namespace ripple::planner
