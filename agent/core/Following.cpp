//===- Following.cpp ------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/core/Following.h"

#include <algorithm>

namespace ripple::agent::core {

bool isOutOfTheWay(const State &state, const std::string &step) {
  if (state.record.done.count(step) > 0)
    return true;
  if (state.record.failures == 0)
    return false;
  for (std::size_t i = 0; i < state.script->tasks.size(); ++i)
    if (const Verdict verdict = state.record.tasks[i].verdict; // Few have failed: names come last.
        (verdict == Verdict::RolledBack || verdict == Verdict::NotUpgraded) &&
        state.record.tasks[i].phase == Phase::Ended && state.script->tasks[i].permitStep == step)
      return true;
  return false;
}

namespace {

bool replaces(const Task &task, const std::string &component) {
  return std::any_of(task.components.begin(), task.components.end(),
                     [&](const Component &one) { return one.id == component; });
}

} // namespace

std::string failedBefore(const State &state, std::size_t index) {
  const Script &script = *state.script;
  const Task &own = script.tasks[index];
  for (std::size_t i = 0; state.record.failures > 0 && i < script.tasks.size(); ++i) {
    const TaskRecord &t = state.record.tasks[i];
    const Task &other = script.tasks[i];
    if (i == index || t.phase != Phase::Ended || t.verdict == Verdict::Upgraded)
      continue;
    if (other.server == own.server ||
        std::any_of(script.order.begin(), script.order.end(), [&](const auto &rule) {
          return replaces(other, rule.first) && replaces(own, rule.second);
        }))
      return other.id;
  }
  return {};
}

} // namespace ripple::agent::core
