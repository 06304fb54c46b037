//===- Admission.cpp - May a plan be carried out now? ---------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/Admission.h"

#include "agent/failpoint/Failpoint.h"
#include "agent/manager/Preflight.h"

#include <filesystem>
#include <fmt/format.h>
#include <random>

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
  if (auto held = heldTasks(admission.state); !held.empty() && core::isOver(record.phase))
    return refuse(std::move(admission), model::ExitFailed, std::move(held));
  return inspect(at, std::move(admission), journal, tls);
}

} // namespace ripple::agent
