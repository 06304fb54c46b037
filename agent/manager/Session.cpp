//===- Session.cpp - A plan at hand, with its journal ---------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/Session.h"

#include "agent/core/Describe.h"
#include "agent/failpoint/Failpoint.h"
#include "agent/manager/AgentMessages.h"
#include "agent/manager/PlanScript.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

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

JournalResult<PlanAtHand> readPlan(const std::string &id, const Journal &journal) {
  auto row = journal.plan(id);
  if (!row)
    return tl::unexpected(row.error());
  if (!*row)
    return tl::unexpected(fmt::format("the journal has no plan {}", id));
  if ((*row)->document.empty())
    return tl::unexpected(
        fmt::format("plan {} is over, and its document is not kept any more", shortId(id)));
  auto at = parsePlanAtHand((*row)->document, (*row)->file);
  if (!at)
    return tl::unexpected(model::describe(at.error()));
  return std::move(*at);
}

JournalResult<std::optional<LastPlan>> lastPlan(const Journal &journal) {
  auto row = journal.lastPlan();
  if (!row)
    return tl::unexpected(row.error());
  if (!*row)
    return std::nullopt;
  auto at = parsePlanAtHand((*row)->document, (*row)->file);
  if (!at)
    return tl::unexpected(model::describe(at.error()));
  auto state = stateOf(*at, journal);
  if (!state)
    return tl::unexpected(state.error());
  return LastPlan{std::move(*at), std::move(*state)};
}

namespace {

int exitCodeOf(const core::State &state) {
  return state.record.phase == core::PlanPhase::Done && !state.record.superseded
             ? model::ExitDone
             : model::ExitFailed;
}

bool isPermitted(const core::State &state, const std::string &server) {
  return std::all_of(
      state.record.targets.begin(), state.record.targets.end(), [&](const auto &entry) {
        return entry.first.server != server || (!entry.second.forbidden && entry.second.confirmed);
      });
}

} // namespace

std::int64_t highestTerm(const model::Plan &plan, const model::TlsIdentity &tls) {
  std::set<std::string> agents;
  for (const model::Server &server : plan.servers)
    agents.insert(server.agent);
  for (const model::Router &router : plan.routers)
    if (!router.agent.empty())
      agents.insert(router.agent);
  std::int64_t highest = 0;
  for (const std::string &agent : agents)
    highest = std::max(highest, termOf(agent, tls));
  return highest;
}

int execute(const PlanAtHand &at, Journal &journal, std::int64_t termSeen,
            std::vector<core::Event::Kind> first, const Carrier &carrier) {
  auto failed = [&](const std::string &message) {
    carrier.sink("error: " + message);
    return static_cast<int>(model::ExitFailed);
  };
  auto row = journal.plan(at.plan.id);
  failpoint("manager-before-term");
  auto term = journal.nextTerm(termSeen);
  failpoint("manager-after-term");
  if (!row || !term)
    return failed(row ? term.error() : row.error());
  Execution execution(
      at.plan, at.script, journal,
      {(*row)->run, *term, carrier.tls, carrier.sink, carrier.signals, carrier.leads});
  if (auto replayed = execution.replay(); !replayed)
    return failed(replayed.error());
  if (auto begun = carrier.begins(execution); !begun)
    return failed(begun.error());
  if (auto noted = journal.setPlanState(at.plan.id, "running", false, ""); !noted) {
    carrier.ends();
    return failed(noted.error());
  }
  auto begun = std::chrono::steady_clock::now();
  bool recorded = execution.run(std::move(first));
  carrier.ends();
  if (!recorded)
    return model::ExitFailed;
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  const core::State &end = execution.state();
  if (execution.hasStopped() && !core::isOver(end.record.phase)) {
    // Told to end before the plan was: the next manager goes on by itself.
    bool byItself = execution.wasPausedToStop();
    if (auto noted =
            journal.setPlanState(at.plan.id, "running", false, byItself ? stoppedWithManager : "");
        !noted)
      return failed(noted.error());
    carrier.sink(fmt::format("plan {} rests, its manager was told to end: {}; {}",
                             shortId(at.plan.id), summarize(end),
                             byItself ? "the next manager goes on with it"
                                      : "it is paused, and stays so until `ripple resume`"));
    return model::ExitFailed;
  }
  Console(at.script, carrier.sink).summary(end, took.count());
  if (end.record.superseded)
    return model::ExitFailed;
  failpoint("manager-before-plan-state");
  if (auto noted = journal.setPlanState(at.plan.id, std::string(core::toString(end.record.phase)),
                                        true, summarize(end));
      !noted)
    return failed(noted.error());
  failpoint("manager-after-plan-state");
  if (auto cleared = journal.clear(carrier.keepPlans); !cleared)
    carrier.sink(
        fmt::format("old plans could not be cleared out of the journal: {}", cleared.error()));
  return exitCodeOf(end);
}

int permitAlone(const LastPlan &last, Journal &journal, const std::string &server,
                const Carrier &carrier) {
  if (!last.at.plan.server(server)) {
    carrier.sink(
        fmt::format("the last plan has no server '{}'; `ripple status` lists them", server));
    return model::ExitUsage;
  }
  if (!core::isOver(last.state.record.phase)) {
    carrier.sink(
        fmt::format("plan {} is not finished: `ripple apply {}` goes on with it, `ripple abort` "
                    "gives back what has not begun to install",
                    shortId(last.at.plan.id), last.at.file));
    return model::ExitFailed;
  }
  carrier.sink(fmt::format("{}: opens the gates that the plan sealed, and has the routers send "
                           "every request of the plan's applications there again",
                           server));
  execute(last.at, journal, highestTerm(last.at.plan, carrier.tls),
          {core::Recovered{}, core::PermitServer{server}}, carrier);
  auto after = stateOf(last.at, journal);
  if (!after) {
    carrier.sink("error: " + after.error());
    return model::ExitFailed;
  }
  return isPermitted(*after, server) ? model::ExitDone : model::ExitFailed;
}

int abortAlone(const LastPlan &last, Journal &journal, const Carrier &carrier) {
  if (core::isOver(last.state.record.phase)) {
    carrier.sink(
        fmt::format("nothing to abort: the last plan, {}, is over", shortId(last.at.plan.id)));
    return model::ExitDone;
  }
  execute(last.at, journal, highestTerm(last.at.plan, carrier.tls),
          {core::Recovered{}, core::Abort{}}, carrier);
  auto after = stateOf(last.at, journal);
  bool given = after && (after->record.phase == core::PlanPhase::Aborted ||
                         after->record.phase == core::PlanPhase::Done);
  return given ? model::ExitDone : model::ExitFailed;
}

} // namespace ripple::agent
