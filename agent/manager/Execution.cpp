//===- Execution.cpp - The shell around the protocol ----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/Execution.h"

#include "agent/core/Describe.h"
#include "agent/failpoint/Failpoint.h"
#include "agent/manager/Windows.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fmt/format.h>

namespace ripple::agent {

namespace asio = boost::asio;

Execution::Execution(const model::Plan &source, std::shared_ptr<const core::Script> made,
                     Journal &store, ExecutionOptions wanted)
    : plan(source), windows(windowsOf(source)), script(std::move(made)), journal(store),
      options(std::move(wanted)), console(script, options.sink), now(core::makeState(script)),
      timer(io), signals(io) {
  for (const model::Router &router : plan.routers)
    if (auto driver = makeRouter(router, {.term = options.term, .tls = options.tls}))
      routers[router.name] = std::make_unique<RouterWorker>(io, std::move(*driver));
}

Execution::~Execution() = default;

core::Millis Execution::nowMs() {
  auto since = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<core::Millis>(
      std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

JournalResult<void> Execution::replay() {
  auto events = journal.events(plan.id);
  if (!events)
    return tl::unexpected(events.error());
  for (const core::Event &event : *events)
    now = core::step(std::move(now), event).first;
  recorded = events->size();
  // The one before may have died between its record and this note.
  core::State replayed = std::exchange(now, core::makeState(script));
  noteInstalled(replayed);
  now = std::move(replayed);
  return {};
}

bool Execution::isOver() const {
  return broken || now.record.superseded || core::isOver(now.record.phase) || hasStopped();
}

bool Execution::hasStopped() const {
  return stops && std::none_of(now.record.tasks.begin(), now.record.tasks.end(), core::isActive);
}

void Execution::stopSoon() {
  pausedToStop = !now.record.paused;
  feed(core::Pause{});
  stops = true;
}

bool Execution::run(std::vector<core::Event::Kind> first) {
  awaitSignals();
  watchWindows();
  for (core::Event::Kind &kind : first)
    feed(std::move(kind));
  watchWindows(); // A plan that begins again was over before.
  tick();
  while (!isOver() && io.run_one() > 0) {
  }
  core::Millis until = nowMs() + 20; // What is on its way to a router or an agent still leaves.
  while (!broken && nowMs() < until)
    io.run_one_for(std::chrono::milliseconds(5));
  return !broken;
}

void Execution::tick() {
  constexpr std::chrono::milliseconds interval(10);
  timer.expires_after(interval);
  timer.async_wait([this](boost::system::error_code error) {
    if (error || isOver())
      return;
    watchWindows();
    feed(core::Tick{});
    console.waiting(now, nowMs());
    tick();
  });
}

/// Says whether a maintenance window is open. When none will come, what has not begun is given up.
void Execution::watchWindows() {
  if (windows.empty() || isOver())
    return;
  const std::optional<std::string> until = closedUntil(windows, utcNow());
  if (until && *until != now.record.closedUntil)
    return feed(core::Windows{*until});
  if (until || now.record.aborted)
    return;
  console.line(plan.signature && plan.signature->expires <= utcNow()
                   ? "the plan's signature has expired: aborting"
                   : "the last maintenance window has ended: aborting");
  feed(core::Abort{});
}

/// A person's ^C, or a supervisor's stop: what has begun is finished, the rest is given back. The
/// second one ends the process as usual; the next `apply` goes on from the journal.
void Execution::awaitSignals() {
  if (!options.signals)
    return;
  signals.add(SIGINT);
  signals.add(SIGTERM);
  signals.async_wait([this](boost::system::error_code error, int signal) {
    if (error)
      return;
    console.line(fmt::format("{}: aborting; once more ends at once, and `ripple apply` goes on "
                             "later",
                             signal == SIGINT ? "interrupted" : "told to end"));
    signals.clear();
    feed(core::Abort{});
  });
}

void Execution::feed(core::Event::Kind kind) {
  bool begins = std::holds_alternative<core::PermitServer>(kind) ||
                std::holds_alternative<core::Rerun>(kind) ||
                std::holds_alternative<core::Recovered>(kind);
  if (broken || (isOver() && !begins))
    return;
  core::Event event{nowMs(), std::move(kind)};
  auto [next, effects] = core::step(now, event);
  bool counts = next.record != now.record;
  if (counts && !record(event, next, effects))
    return;
  now = std::move(next);
  for (const core::Effect &effect : effects) {
    if (auto leads = options.leads(); !leads)
      return abandon(leads.error());
    perform(effect);
  }
  if (counts)
    failpoint("manager-after-effects", recorded - 1);
}

void Execution::abandon(const std::string &why) {
  if (!broken)
    console.line("this manager does nothing more: " + why);
  broken = true;
}

bool Execution::record(const core::Event &event, const core::State &next,
                       const std::vector<core::Effect> &effects) {
  failpoint("manager-before-record", recorded);
  auto done = journal.record(plan.id, event, effects);
  if (!done) {
    console.line("error: " + done.error() +
                 "; nothing more is done: see to it, then apply the plan again (a daemon goes on "
                 "by itself)");
    broken = true;
    return false;
  }
  noteInstalled(next);
  failpoint("manager-after-record", recorded++);
  return true;
}

/// Later plans expect what this one leaves (S5).
void Execution::noteInstalled(const core::State &next) {
  for (std::size_t i = 0; i < script->tasks.size(); ++i) {
    bool done = next.record.tasks[i].verdict == core::Verdict::Upgraded &&
                now.record.tasks[i].verdict != core::Verdict::Upgraded;
    if (!done)
      continue;
    failpoint("manager-before-note-installed");
    for (const core::Component &component : script->tasks[i].components)
      if (auto noted =
              journal.setInstalled(script->tasks[i].server, component.id, component.to, plan.id);
          !noted)
        console.line("warning: " + noted.error());
    failpoint("manager-after-note-installed");
  }
}

} // namespace ripple::agent
