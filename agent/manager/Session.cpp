//===- Session.cpp - A plan at hand, with its journal ---------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/Session.h"

#include "agent/core/Describe.h"
#include "agent/failpoint/Failpoint.h"
#include "agent/manager/AgentMessages.h"
#include "agent/manager/Control.h"
#include "agent/manager/PlanScript.h"

#include <fmt/format.h>

namespace ripple::agent {

tl::expected<ManagerState, std::string> takeState(const std::string &directory) {
  if (auto made = makeStateDirectory(directory); !made)
    return tl::unexpected(made.error());
  auto lock = StateLock::take(directory);
  if (!lock)
    return tl::unexpected(lock.error());
  auto journal = Journal::open(directory, Journal::Mode::Write);
  if (!journal)
    return tl::unexpected(journal.error());
  return ManagerState{std::move(*lock), std::move(*journal)};
}

model::Result<PlanAtHand> readPlanAtHand(const std::string &file) {
  auto text = model::readFile(file);
  if (!text)
    return tl::unexpected(text.error());
  return parsePlanAtHand(*text, file);
}

model::Result<PlanAtHand> parsePlanAtHand(const std::string &text, const std::string &file) {
  auto plan = model::parsePlan(text, file);
  if (!plan)
    return tl::unexpected(plan.error());
  auto script = makeScript(*plan, file);
  if (!script)
    return tl::unexpected(script.error());
  return PlanAtHand{std::move(*plan), std::make_shared<const core::Script>(std::move(*script)),
                    file, text};
}

JournalResult<core::State> stateOf(const PlanAtHand &at, const Journal &journal) {
  core::State state = core::makeState(at.script);
  auto row = journal.plan(at.plan.id);
  if (!row)
    return tl::unexpected(row.error());
  if (!*row)
    return state;
  if ((*row)->protocol != core::protocolVersion)
    return tl::unexpected(fmt::format(
        "plan {} was begun by a Ripple of another protocol ({}, this one has {}); finish it with "
        "that one",
        shortId(at.plan.id), (*row)->protocol, core::protocolVersion));
  auto events = journal.events(at.plan.id);
  if (!events)
    return tl::unexpected(events.error());
  for (const core::Event &event : *events)
    state = core::step(std::move(state), event).first;
  return state;
}

std::int64_t highestTerm(const model::Plan &plan) {
  std::int64_t highest = 0;
  for (const model::Server &server : plan.servers)
    if (auto answer = askAgent({server.agent, "/v1/server", nullptr}); answer && answer->ok())
      if (auto report = readServerReport(answer->body, server.name))
        highest = std::max(highest, report->term);
  return highest;
}

namespace {

int exitCodeOf(const core::State &state) {
  return state.record.phase == core::PlanPhase::Done && !state.record.superseded
             ? model::ExitDone
             : model::ExitFailed;
}

int failed(const std::string &message) {
  fmt::print(stderr, "error: {}\n", message);
  return model::ExitFailed;
}

} // namespace

int execute(const PlanAtHand &at, ManagerState &state, const std::string &directory,
            std::int64_t termSeen, std::vector<core::Event::Kind> first) {
  Journal &journal = *state.journal;
  auto row = journal.plan(at.plan.id);
  failpoint("manager-before-term");
  auto term = journal.nextTerm(termSeen);
  failpoint("manager-after-term");
  if (!row || !term)
    return failed(row ? term.error() : row.error());
  Execution execution(at.plan, at.script, journal, {(*row)->run, *term});
  if (auto replayed = execution.replay(); !replayed)
    return failed(replayed.error());
  auto control = ControlServer::listen(execution, directory);
  if (!control)
    return failed(control.error());
  if (auto noted = journal.setPlanState(at.plan.id, "running", false, ""); !noted)
    return failed(noted.error());
  auto begun = std::chrono::steady_clock::now();
  if (!execution.run(std::move(first)))
    return model::ExitFailed;
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  const core::State &end = execution.state();
  Console(at.script).summary(end, took.count());
  if (end.record.superseded)
    return model::ExitFailed;
  failpoint("manager-before-plan-state");
  if (auto noted = journal.setPlanState(at.plan.id, std::string(core::toString(end.record.phase)),
                                        true, summarize(end));
      !noted)
    return failed(noted.error());
  failpoint("manager-after-plan-state");
  return exitCodeOf(end);
}

} // namespace ripple::agent
