//===- Tasks.cpp - Which task holds which seal ----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/Tasks.h"

#include "agent/daemon/ApiMessages.h"
#include "agent/failpoint/Failpoint.h"

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

using namespace ripple;
using namespace ripple::agent;

namespace {

/// The seals of TASK, without applications that it has restarted.
std::vector<Seal> assertedSeals(const Task &task) {
  std::vector<Seal> seals;
  for (const auto &seal : task.seal)
    if (!task.restarted.count(seal.application))
      seals.push_back(seal);
  return seals;
}

/// "pricing of shop, catalog of reports"
std::string componentsOf(const std::vector<Seal> &seals) {
  std::string text;
  for (const auto &seal : seals)
    for (const auto &component : seal.components)
      text += (text.empty() ? "" : ", ") + component + " of " + seal.application;
  return text;
}

bool isSame(const Task &a, const std::string &plan, const std::string &task) {
  return a.plan == plan && a.task == task;
}

bool isListOfTexts(const nlohmann::json &list) {
  return list.is_array() &&
         std::ranges::all_of(list, [](const auto &entry) { return entry.is_string(); });
}

} // namespace

JournalResult<Task> agent::readTask(const TaskRow &row) {
  auto seals = parseSeals(row.seal);
  auto restarted = nlohmann::json::parse(row.restarted, nullptr, false);
  if (!seals || !isListOfTexts(restarted))
    return tl::make_unexpected("the journal's task " + row.task +
                               " cannot be read; was it changed by hand?");
  return Task{row.plan, row.task, row.sealed, std::move(*seals), restarted};
}

const Task *Tasks::find(const std::string &plan, const std::string &task) const {
  for (const auto &known : Known)
    if (isSame(known, plan, task))
      return &known;
  return nullptr;
}

/// Journal first, then memory. A manager that waits repeats its command: what the journal holds
/// already is not written again.
JournalResult<void> Tasks::put(const Task &task) {
  const Task *held = find(task.plan, task.task);
  if (held && held->sealed == task.sealed && held->restarted == task.restarted &&
      writeSeals(held->seal) == writeSeals(task.seal))
    return tellNewGates();
  TaskRow row{task.plan, task.task, task.sealed, writeSeals(task.seal)};
  row.restarted = nlohmann::json(task.restarted).dump();
  if (auto put = Journal.putTask(row); !put)
    return put;
  auto known = std::ranges::find_if(
      Known, [&](const Task &entry) { return isSame(entry, task.plan, task.task); });
  if (known != Known.end())
    *known = task;
  else
    Known.push_back(task);
  listenIfDraining();
  return tellNewGates();
}

JournalResult<void> Tasks::tellNewGates(const Task *except) {
  SealedComponents sealed;
  for (const auto &task : Known) {
    if (!task.sealed || (except && isSame(task, except->plan, except->task)))
      continue;
    for (const auto &seal : assertedSeals(task))
      sealed[seal.application].insert(seal.components.begin(), seal.components.end());
  }
  return Files.set(sealed);
}

void Tasks::listenIfDraining() const {
  Listen(std::ranges::any_of(Known, [](const Task &task) { return !task.sealed; }));
}

JournalResult<void> Tasks::begin() {
  auto rows = Journal.tasks();
  if (!rows)
    return tl::make_unexpected(rows.error());
  for (const auto &row : *rows) {
    auto task = readTask(row);
    if (!task)
      return tl::make_unexpected(task.error());
    Known.push_back(std::move(*task));
    spdlog::info("task {} is {}, by the journal", row.task, row.sealed ? "sealed" : "draining");
  }
  listenIfDraining();
  // Without it a new gate is sealed as soon as it is found: better than no agent.
  if (auto told = tellNewGates(); !told)
    spdlog::error("{}", told.error());
  sealNewGates();
  return {};
}

JournalResult<TaskState> Tasks::drain(const Task &wanted) {
  Task task = wanted;
  task.sealed = false;
  if (const Task *known = find(task.plan, task.task); known && known->sealed)
    if (auto opened = openAll(*known); !opened)
      return tl::make_unexpected(opened.error());
  if (auto done = put(task); !done)
    return tl::make_unexpected(done.error());
  failpoint("agent-before-drain");
  auto found = Gates.drain(task.seal);
  failpoint("agent-after-drain");
  return TaskState{task, std::move(found)};
}

JournalResult<TaskState> Tasks::seal(const Task &wanted) {
  Task task = wanted;
  task.sealed = true;
  // Repeated: what the task has restarted since it was sealed stays open.
  if (const Task *known = find(task.plan, task.task); known && known->sealed)
    task.restarted = known->restarted;
  if (auto done = put(task); !done)
    return tl::make_unexpected(done.error());
  auto seals = assertedSeals(task);
  if (seals.empty())
    return TaskState{task, Gates.count(task.seal)};
  failpoint("agent-before-seal");
  auto found = Gates.seal(seals);
  failpoint("agent-after-seal");
  if (!found.sealed) {
    task.sealed = false;
    if (auto done = put(task); !done)
      return tl::make_unexpected(done.error());
    Gates.drain(task.seal); // Also the gates that opened sealed meanwhile.
  }
  return TaskState{task, std::move(found)};
}

/// Opens the gates of TASK, and closes again what another task holds.
JournalResult<void> Tasks::openAll(const Task &task) {
  if (auto told = tellNewGates(&task); !told)
    return told;
  Gates.unseal(task.seal);
  for (const auto &other : Known)
    if (other.sealed && !isSame(other, task.plan, task.task))
      Gates.reseal(assertedSeals(other));
  return {};
}

JournalResult<void> Tasks::unseal(const std::string &plan, const std::string &task) {
  const Task *known = find(plan, task);
  if (!known)
    return {};
  failpoint("agent-before-unseal");
  if (auto opened = openAll(*known); !opened)
    return opened;
  failpoint("agent-after-unseal");
  if (auto removed = Journal.removeTask(plan, task); !removed)
    return removed;
  std::erase_if(Known, [&](const Task &entry) { return isSame(entry, plan, task); });
  ToldActive.erase(plan + " " + task);
  ToldQuiescent.erase(plan + " " + task);
  listenIfDraining();
  return {};
}

JournalResult<void> Tasks::noteRestart(const std::string &plan, const std::string &task,
                                       const std::string &application) {
  const Task *known = find(plan, task);
  if (!known || known->restarted.count(application))
    return {};
  Task changed = *known;
  changed.restarted.insert(application);
  return put(changed);
}

Quiescence Tasks::reseal(const Task &task) {
  auto seals = assertedSeals(task);
  return seals.empty() ? Quiescence{true} : Gates.reseal(seals);
}

void Tasks::sealNewGates() {
  auto gates = Gates.gates();
  for (const auto &task : Known) {
    if (!task.sealed) {
      Gates.drain(task.seal);
      continue;
    }
    auto active = reseal(task).active;
    auto &told = ToldActive[task.plan + " " + task.task];
    if (active && active != told)
      spdlog::error("task {}: {} requests are active in a process that was started while the task "
                    "was sealed; nothing more is done for the task until they are over",
                    task.task, active);
    told = active;
  }
  Gates.settle(gates);
}

void Tasks::tellQuiescent() {
  for (const auto &task : Known) {
    if (task.sealed)
      continue;
    auto found = Gates.count(task.seal);
    std::string key = task.plan + " " + task.task;
    if (found.active != 0 || !found.unreadable.empty())
      ToldQuiescent.erase(key);
    else if (ToldQuiescent.insert(key).second)
      spdlog::info("task {}: no active request uses {} any more", task.task,
                   componentsOf(task.seal));
  }
}
