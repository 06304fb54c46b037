//===- Drains.cpp ---------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/Drains.h"

#include <algorithm>
#include <map>
#include <set>

namespace ripple::planner {

namespace {

/// Which sets of components, each replaced together, come before which.
class SetOrder {
public:
  SetOrder(const std::vector<DrainedTask> &tasks, const std::vector<model::OrderRule> &order) {
    for (const DrainedTask &task : tasks)
      numberOf.emplace(task.components, numberOf.size());
    std::map<std::string, std::vector<std::size_t>> with;
    for (const auto &[components, number] : numberOf)
      for (const std::string &component : components)
        with[component].push_back(number);
    next.resize(numberOf.size());
    for (const model::OrderRule &rule : order)
      for (std::size_t first : with[rule.before.component])
        for (std::size_t second : with[rule.after.component])
          if (first != second)
            next[first].push_back(second);
  }

  /// ONE is everywhere before OTHER is anywhere, directly or because of others.
  bool isBefore(const std::vector<std::string> &one, const std::vector<std::string> &other) {
    return behind(numberOf.at(one)).count(numberOf.at(other)) > 0;
  }

private:
  const std::set<std::size_t> &behind(std::size_t set) {
    auto [found, isNew] = reached.try_emplace(set);
    if (isNew)
      for (std::vector<std::size_t> open{set}; !open.empty();) {
        const std::size_t one = open.back();
        open.pop_back();
        for (std::size_t after : next[one])
          if (found->second.insert(after).second)
            open.push_back(after);
      }
    return found->second;
  }

  std::map<std::vector<std::string>, std::size_t> numberOf;
  std::vector<std::vector<std::size_t>> next;
  std::map<std::size_t, std::set<std::size_t>> reached;
};

} // namespace

std::vector<std::size_t> drainOfTask(const std::vector<DrainedTask> &tasks,
                                     const std::vector<model::OrderRule> &order) {
  SetOrder sets(tasks, order);
  std::map<std::string, std::vector<std::size_t>> at;
  for (std::size_t task = 0; task < tasks.size(); ++task)
    at[tasks[task].place].push_back(task);
  std::vector<std::size_t> drain(tasks.size());
  for (const auto &[place, some] : at) {
    // The number of the drain: one more than what has to be over. Rules go round nowhere.
    std::map<std::size_t, unsigned> roundOf;
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t later : some)
        for (std::size_t earlier : some)
          if (roundOf[later] <= roundOf[earlier] && later != earlier &&
              sets.isBefore(tasks[earlier].components, tasks[later].components)) {
            roundOf[later] = roundOf[earlier] + 1;
            changed = true;
          }
    }
    std::map<unsigned, std::size_t> first;
    for (std::size_t task : some)
      drain[task] = first.try_emplace(roundOf[task], task).first->second;
  }
  return drain;
}

} // namespace ripple::planner
