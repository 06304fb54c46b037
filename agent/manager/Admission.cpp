//===- Admission.cpp - May a plan be carried out now? ---------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/Admission.h"

#include "agent/failpoint/Failpoint.h"
#include "agent/manager/HeldTargets.h"
#include "agent/manager/Preflight.h"

#include <filesystem>
#include <fmt/format.h>
#include <random>
#include <set>

namespace ripple::agent {

namespace {

std::string randomRun() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

/// Why a plan that has stopped cannot go on before a person has done something.
std::vector<std::string> heldTasks(const core::State &state) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < state.script->tasks.size(); ++i)
    if (state.record.tasks[i].verdict == core::Verdict::Held)
      lines.push_back(fmt::format("{}: still held: {}; {}", state.script->tasks[i].server,
                                  state.record.tasks[i].reason, state.record.tasks[i].remedy));
  return lines;
}

/// Why AT may not begin yet: another plan keeps requests away, and would be forgotten. "" where
/// there is none. One that died before its first event has touched nothing.
JournalResult<std::string> unfinishedOther(const PlanAtHand &at, const Journal &journal) {
  auto rows = journal.plans();
  if (!rows)
    return tl::unexpected(rows.error());
  for (const PlanRow &listed : *rows) {
    if (listed.id == at.plan.id || listed.state != "running")
      continue;
    auto other = readPlan(listed.id, journal);
    if (!other)
      return tl::unexpected(other.error());
    auto state = stateOf(*other, journal);
    if (!state)
      return tl::unexpected(state.error());
    if (state->record.begun && !core::isOver(state->record.phase))
      return fmt::format("plan {} is not finished: `ripple apply {}` goes on with it, `ripple "
                         "abort` gives back what has not begun to install",
                         shortId(listed.id), listed.file);
  }
  return std::string();
}

/// Why AT may not begin yet: the plan before it has left a server to a person, and that would be
/// forgotten, or given back by AT's own steps. "" where it has not, or where the server is not in
/// AT's Server List any more.
JournalResult<std::string> heldByOther(const PlanAtHand &at, const Journal &journal) {
  auto rows = journal.plans();
  if (!rows)
    return tl::unexpected(rows.error());
  // A plan that holds something has failed, whether its manager could still write that or not.
  if (rows->empty() || rows->front().id == at.plan.id ||
      (rows->front().state != "failed" && rows->front().state != "running"))
    return std::string();
  auto last = lastPlan(journal);
  if (!last)
    return tl::unexpected(last.error());
  if (!*last)
    return std::string();
  std::set<std::string> servers;
  for (const core::Target &target : heldTargets(**last))
    if (at.plan.server(target.server))
      servers.insert(target.server);
  if (servers.empty())
    return std::string();
  return fmt::format(
      "plan {} keeps requests away from {} until a person has looked (`ripple status` says why): "
      "bring the old or the new version up there by hand, `ripple permit {}`, then apply this "
      "plan. Where a server is gone for good, take it out of the Server List and plan again",
      shortId((*last)->at.plan.id), fmt::join(servers, ", "),
      fmt::join(servers, "`, `ripple permit "));
}

/// It is over, and so long ago that its events are not kept.
JournalResult<bool> wasLetGo(const PlanAtHand &at, const Journal &journal) {
  auto row = journal.plan(at.plan.id);
  if (!row)
    return tl::unexpected(row.error());
  return *row && (*row)->state != "running" && (*row)->document.empty();
}

/// The run that finished the plan was killed before it could say so: this one says it.
bool concludeInterrupted(const core::State &state, Journal &journal,
                         std::vector<std::string> &lines) {
  auto row = journal.plan(state.script->plan);
  if (!row || !*row || (*row)->state != "running")
    return false;
  Console(state.script, [&](const std::string &line) { lines.push_back(line); }).summary(state, 0);
  return journal.setPlanState(state.script->plan, "done", true, summarize(state)).has_value();
}

Admission refuse(Admission admission, int exit, std::vector<std::string> lines) {
  admission.exit = exit;
  admission.lines = std::move(lines);
  return admission;
}

void addMarked(std::vector<std::string> &lines, const char *mark,
               const std::vector<std::string> &texts) {
  for (const std::string &text : texts)
    lines.push_back(fmt::format("{}: {}", mark, text));
}

/// What agents and routers say.
Admission inspect(const PlanAtHand &at, Admission admission, const Journal &journal,
                  const model::TlsIdentity &tls) {
  auto found = preflight(at.plan, admission.state, journal, tls);
  admission.termSeen = found.termSeen;
  addMarked(admission.lines, "error", found.failed);
  addMarked(admission.lines, "stale", found.stale);
  if (found.stale.empty() && found.failed.empty()) {
    addMarked(admission.lines, "note", found.notes);
    return admission;
  }
  std::string away = stillAway(admission.state);
  admission.lines.push_back("nothing was changed" +
                            (away.empty()
                                 ? ""
                                 : "; the plan still keeps away " + away +
                                       ": apply it again when that is set right, or `ripple abort` "
                                       "gives it back"));
  admission.exit = found.stale.empty() ? model::ExitFailed : model::ExitStale;
  return admission;
}

} // namespace

std::vector<core::Event::Kind> firstEvents(const core::State &state) {
  if (!state.record.begun)
    return {core::Begin{}};
  if (!core::isOver(state.record.phase))
    return {core::Recovered{}, core::Resume{}};
  return {core::Recovered{}, core::Rerun{}};
}

JournalResult<void> addRow(const PlanAtHand &at, Journal &journal) {
  auto row = journal.plan(at.plan.id);
  if (!row)
    return tl::unexpected(row.error());
  if (*row)
    return {};
  failpoint("manager-before-add-plan");
  auto added = journal.addPlan({at.plan.id, randomRun(), core::protocolVersion,
                                std::filesystem::absolute(at.file).string(), at.text, "running",
                                timeStamp(), "", ""});
  failpoint("manager-after-add-plan");
  return added;
}

Admission admit(const PlanAtHand &at, const std::vector<std::string> &stale, Journal &journal,
                const model::TlsIdentity &tls, bool conclude) {
  Admission admission{std::nullopt, {}, core::makeState(at.script), 0};
  if (!stale.empty()) {
    addMarked(admission.lines, "stale", stale);
    admission.exit = model::ExitStale;
    return admission;
  }
  auto other = unfinishedOther(at, journal);
  if (!other || !other->empty())
    return refuse(std::move(admission), model::ExitFailed, {other ? *other : other.error()});
  auto held = heldByOther(at, journal);
  if (!held || !held->empty())
    return refuse(std::move(admission), model::ExitFailed, {held ? *held : held.error()});
  auto letGo = wasLetGo(at, journal);
  if (!letGo || *letGo)
    return refuse(
        std::move(admission), letGo ? model::ExitStale : model::ExitFailed,
        {letGo ? fmt::format("plan {} ended long ago (`ripple history` says when), and what it did "
                             "is not kept any more. Make a new plan for what is to be done now",
                             shortId(at.plan.id))
               : letGo.error()});
  auto stands = stateOf(at, journal);
  if (!stands)
    return refuse(std::move(admission), model::ExitFailed, {stands.error()});
  admission.state = std::move(*stands);
  const core::Record &record = admission.state.record;
  if (record.phase == core::PlanPhase::Done) {
    if (conclude && concludeInterrupted(admission.state, journal, admission.lines)) {
      admission.exit = model::ExitDone;
      return admission;
    }
    return refuse(std::move(admission), model::ExitStale,
                  {fmt::format("plan {} was carried out already; `ripple history` says when. "
                               "Make a new plan for what is to be done now",
                               shortId(at.plan.id))});
  }
  if (auto tasks = heldTasks(admission.state); !tasks.empty() && core::isOver(record.phase))
    return refuse(std::move(admission), model::ExitFailed, std::move(tasks));
  return inspect(at, std::move(admission), journal, tls);
}

} // namespace ripple::agent
