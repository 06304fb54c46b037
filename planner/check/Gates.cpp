//===- Gates.cpp ----------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/check/Gates.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace ripple::check {

namespace {

class Gates {
public:
  explicit Gates(const Replay &replay) : replay(replay) {}

  bool isKept(const model::Gate &gate) const {
    bool asked = gate.after == "first-server" && !replay.tasks.empty();
    for (const auto &[id, task] : replay.tasks)
      asked = asked || (task.isWhole() && isBefore(gate, task));
    bool there = std::any_of(
        replay.plan.steps.begin(), replay.plan.steps.end(), [&](const model::Step &step) {
          return step.action == model::StepAction::Gate && step.approve == gate.approve &&
                 step.timeout.value_or(model::Milliseconds(0)) == gate.wait && stands(step, gate);
        });
    return !asked || there;
  }

private:
  /// Must TASK be over before GATE opens?
  bool isBefore(const model::Gate &gate, const TaskSteps &task) const {
    if (gate.after.starts_with("wave:"))
      return task.forbid->wave <= std::stoul(gate.after.substr(5));
    if (gate.after.starts_with("component:"))
      return task.installs.count(gate.after.substr(10)) > 0;
    return false;
  }

  /// Does STEP stand where GATE asks for a gate? Of the first server nothing but that some task is
  /// before it, that all of those are on one server, and that everything else waits for it. Of
  /// others, that what is before it has to be.
  bool stands(const model::Step &step, const model::Gate &gate) const {
    const bool first = gate.after == "first-server";
    unsigned last = 0;
    std::set<std::string> servers;
    for (const auto &[id, task] : replay.tasks) {
      if (!task.isWhole())
        continue;
      const bool over = replay.isAfter(step, *task.permit);
      if (over) {
        servers.insert(task.server);
        last = std::max(last, task.forbid->wave);
      }
      if ((isBefore(gate, task) && !over) || (over && !first && !hasToBeBefore(gate, task)))
        return false;
    }
    if (servers.empty() || (first && servers.size() != 1))
      return false;
    return std::all_of(replay.tasks.begin(), replay.tasks.end(), [&](const auto &entry) {
      const TaskSteps &task = entry.second;
      return !task.isWhole() || (!first && task.forbid->wave <= last) ||
             replay.isAfter(step, *task.permit) || replay.isAfter(*task.forbid, step);
    });
  }

  /// Must TASK be over before GATE opens, or before a task that must?
  bool hasToBeBefore(const model::Gate &gate, const TaskSteps &task) const {
    return isBefore(gate, task) ||
           std::any_of(replay.tasks.begin(), replay.tasks.end(), [&](const auto &entry) {
             const TaskSteps &other = entry.second;
             return other.isWhole() && isBefore(gate, other) &&
                    replay.isAfter(*other.forbid, *task.permit);
           });
  }

  const Replay &replay;
};

} // namespace

std::vector<std::string> wrongGates(const Replay &replay, const model::ChangeSet &change) {
  std::vector<std::string> found;
  for (const model::Gate &gate : change.gates)
    if (!Gates(replay).isKept(gate))
      found.push_back(fmt::format(
          "the gate after {} is missing, or not everything later waits for it", gate.after));
  return found;
}

} // namespace ripple::check
