//===- Console.cpp - What a person sees while a plan is carried out -------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/Console.h"

#include "agent/core/Describe.h"

#include <fmt/format.h>

namespace ripple::agent {

namespace {

std::string componentsOf(const core::Task &task) {
  std::string text;
  for (const core::Component &component : task.components)
    text += (text.empty() ? "" : ",") + component.id;
  return text;
}

} // namespace

void printToStandardError(const std::string &line) {
  fmt::print(stderr, "{}\n", line);
  std::fflush(stderr);
}

Console::Console(std::shared_ptr<const core::Script> plan, Sink where)
    : script(std::move(plan)), sink(std::move(where)) {
  for (const core::Task &task : script->tasks) {
    serverWidth = std::max(serverWidth, task.server.size());
    componentWidth = std::max(componentWidth, componentsOf(task).size());
  }
}

std::string Console::label(std::size_t task) const {
  const core::Task &own = script->tasks[task];
  return fmt::format("{:<{}}  {:<{}}  ", own.server, serverWidth, componentsOf(own),
                     componentWidth);
}

void Console::line(const std::string &text) { sink(text); }

void Console::tell(const core::Tell &tell) {
  std::string text;
  for (std::size_t i = 0; i < script->tasks.size(); ++i)
    if (script->tasks[i].id == tell.task) {
      text = label(i);
      said[i] = {};
    }
  const char *mark = tell.level == core::Tell::Level::Progress  ? ""
                     : tell.level == core::Tell::Level::Warning ? "warning: "
                                                                : "error: ";
  line(text + mark + tell.text);
}

void Console::waiting(const core::State &state, core::Millis nowMs) {
  for (std::size_t i = 0; i < script->tasks.size(); ++i) {
    Said &last = said[i];
    core::Phase phase = state.record.tasks[i].phase;
    if (last.nextMs == 0 || last.phase != phase)
      last = {phase, nowMs + firstMs, last.text};
    if (nowMs < last.nextMs)
      continue;
    last.nextMs = nowMs + againMs;
    std::string what = core::waitingFor(state, i, nowMs);
    bool repeats = phase == core::Phase::Waiting && what == last.text;
    last.text = what;
    if (!what.empty() && !repeats)
      line(label(i) + "waits for " + what);
  }
}

void Console::summary(const core::State &state, double seconds) {
  for (std::size_t i = 0; i < script->tasks.size(); ++i) {
    const core::TaskRecord &task = state.record.tasks[i];
    if (task.verdict == core::Verdict::Upgraded)
      continue;
    line(fmt::format("{}{}{}{}", label(i), core::activity(state, i),
                     task.reason.empty() ? "" : ": " + task.reason,
                     task.remedy.empty() ? "" : "\n    to do: " + task.remedy));
  }
  if (state.record.superseded)
    return line("another manager has taken over; this one has stopped and changes nothing more");
  std::string forbidden = stillAway(state);
  line(fmt::format("plan {} {}: {} in {:.1f} s; {}", shortId(state.script->plan),
                   core::toString(state.record.phase), summarize(state), seconds,
                   forbidden.empty() ? "all that it kept away is permitted again (read back)"
                                     : "STILL FORBIDDEN, or not known: " + forbidden));
}

std::string summarize(const core::State &state) {
  std::map<std::string_view, unsigned> counts;
  for (const core::TaskRecord &task : state.record.tasks)
    ++counts[task.verdict == core::Verdict::None ? "not begun" : core::toString(task.verdict)];
  std::string text;
  for (const auto &[verdict, count] : counts)
    text += fmt::format("{}{} {} {}", text.empty() ? "" : ", ", count,
                        count == 1 ? "task" : "tasks", verdict);
  return text;
}

std::string stillAway(const core::State &state) {
  std::string away;
  for (const auto &[target, wanted] : state.record.targets)
    if (wanted.forbidden || !wanted.confirmed)
      away += (away.empty() ? "" : ", ") + core::describe(target);
  return away;
}

} // namespace ripple::agent
