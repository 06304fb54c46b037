//===- ApplyCommand.cpp - `ripple apply` ----------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/core/Describe.h"
#include "agent/failpoint/Failpoint.h"
#include "agent/manager/CommandLine.h"
#include "agent/manager/Inputs.h"
#include "agent/manager/Preflight.h"
#include "agent/manager/Session.h"

#include <filesystem>
#include <fmt/format.h>
#include <iostream>
#include <random>
#include <unistd.h>

namespace ripple::agent {

namespace {

struct ApplyOptions {
  std::string plan;
  InputFiles inputs;
  bool yes = false;
};

void print(const std::vector<std::string> &lines, const char *mark) {
  for (const std::string &line : lines)
    fmt::print(stderr, "{}: {}\n", mark, line);
}

std::string randomRun() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

bool isTerminal() { return ::isatty(STDIN_FILENO) && ::isatty(STDERR_FILENO); }

bool confirmed(const core::State &state) {
  fmt::print(stderr, "{}", state.record.begun ? "Go on with plan " : "Carry out plan ");
  fmt::print(stderr, "{} ({} tasks on {})? [y/N] ", shortId(state.script->plan),
             state.script->tasks.size(), [&] {
               std::set<std::string> servers;
               for (const core::Task &task : state.script->tasks)
                 servers.insert(task.server);
               return fmt::format("{} server{}", servers.size(), servers.size() == 1 ? "" : "s");
             }());
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

/// "" or why a plan that has stopped cannot go on before a person has done something.
std::string heldTasks(const core::State &state) {
  std::string text;
  for (std::size_t i = 0; i < state.script->tasks.size(); ++i)
    if (state.record.tasks[i].verdict == core::Verdict::Held)
      text += fmt::format("{}: still held: {}; {}\n", state.script->tasks[i].server,
                          state.record.tasks[i].reason, state.record.tasks[i].remedy);
  return text;
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
    auto row = journal.plan(listed.id);
    if (!row)
      return tl::unexpected(row.error());
    auto other = parsePlanAtHand((*row)->document, (*row)->file);
    if (!other)
      return tl::unexpected(model::describe(other.error()));
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

/// What the protocol is told first, by where the plan stands.
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

/// The run that finished the plan was killed before it could say so: this one says it.
std::optional<int> concludeInterrupted(const core::State &state, Journal &journal) {
  auto row = journal.plan(state.script->plan);
  if (!row || !*row || (*row)->state != "running")
    return std::nullopt;
  Console(state.script).summary(state, 0);
  if (auto noted = journal.setPlanState(state.script->plan, "done", true, summarize(state)); !noted)
    return std::nullopt;
  return model::ExitDone;
}

int apply(CommandLine &command, const ApplyOptions &options) {
  auto at = readPlanAtHand(options.plan);
  if (!at) {
    fmt::print(stderr, "{}", model::describe(at.error()));
    return model::ExitUsage;
  }
  if (!options.yes && !isTerminal())
    return command.fail(model::ExitUsage,
                        "carrying out a plan needs a confirmation, and there is no terminal to ask "
                        "for it; say --yes");
  auto stale = staleInputs(at->plan, options.plan, options.inputs);
  if (!stale.empty()) {
    print(stale, "stale");
    return model::ExitStale;
  }
  auto state = takeState(command.state);
  if (!state)
    return command.fail(model::ExitFailed, state.error());
  auto other = unfinishedOther(*at, *state->journal);
  if (!other || !other->empty())
    return command.fail(model::ExitFailed, other ? *other : other.error());
  auto stands = stateOf(*at, *state->journal);
  if (!stands)
    return command.fail(model::ExitFailed, stands.error());
  if (stands->record.phase == core::PlanPhase::Done) {
    if (auto code = concludeInterrupted(*stands, *state->journal))
      return *code;
    return command.fail(model::ExitStale,
                        fmt::format("plan {} was carried out already; `ripple history` says when. "
                                    "Make a new plan for what is to be done now",
                                    shortId(at->plan.id)));
  }
  if (std::string held = heldTasks(*stands); !held.empty() && core::isOver(stands->record.phase)) {
    fmt::print(stderr, "{}", held);
    return model::ExitFailed;
  }
  auto found = preflight(at->plan, *stands, *state->journal);
  print(found.failed, "error");
  print(found.stale, "stale");
  if (!found.stale.empty() || !found.failed.empty()) {
    std::string away = stillAway(*stands);
    fmt::print(stderr, "nothing was changed{}\n",
               away.empty() ? ""
                            : "; the plan still keeps away " + away +
                                  ": apply it again when that is set right, or `ripple abort` "
                                  "gives it back");
    return found.stale.empty() ? model::ExitFailed : model::ExitStale;
  }
  print(found.notes, "note");
  if (!options.yes && !confirmed(*stands))
    return command.fail(model::ExitFailed, "not confirmed; nothing was changed");
  if (auto added = addRow(*at, *state->journal); !added)
    return command.fail(model::ExitFailed, added.error());
  if (stands->record.begun)
    fmt::print(stderr, "goes on with plan {}: {}\n", shortId(at->plan.id), summarize(*stands));
  return execute(*at, *state, command.state, found.termSeen, firstEvents(*stands));
}

} // namespace

int applyCommand(const Arguments &arguments) {
  CommandLine command("apply",
                      "Carries out a plan, server by server: keeps away the requests that use what "
                      "is replaced, waits until none is active, replaces and checks it, and lets "
                      "the requests in again. Goes on with a plan that was interrupted.");
  ApplyOptions options;
  command.app.add_option("plan", options.plan, "ripple.plan document")->required();
  command.app.add_option("--components", options.inputs.components,
                         "Components List (instead of the file that the plan names)");
  command.app.add_option("--servers", options.inputs.servers, "Server List (the same)");
  command.app.add_option("--change", options.inputs.change, "change set (the same)");
  command.app.add_flag("--yes,-y", options.yes, "do not ask");
  if (auto code = command.parse(arguments))
    return *code;
  return apply(command, options);
}

} // namespace ripple::agent
