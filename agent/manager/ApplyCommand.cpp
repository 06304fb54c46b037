//===- ApplyCommand.cpp - `ripple apply` ----------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// With --manager the plan is handed to a manager that runs by itself; without it this
// process is the manager, until the plan is over.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/Admission.h"
#include "agent/manager/CommandLine.h"
#include "agent/manager/Control.h"
#include "agent/manager/Inputs.h"

#include <filesystem>
#include <fmt/format.h>
#include <iostream>
#include <unistd.h>

namespace ripple::agent {

namespace {

using nlohmann::json;

struct ApplyOptions {
  std::string plan;
  InputFiles inputs;
  bool yes = false;
};

void print(const std::vector<std::string> &lines) {
  for (const std::string &line : lines)
    printToStandardError(line);
}

bool isTerminal() { return ::isatty(STDIN_FILENO) && ::isatty(STDERR_FILENO); }

bool confirmed(bool begun, const PlanAtHand &at) {
  std::set<std::string> servers;
  for (const core::Task &task : at.script->tasks)
    servers.insert(task.server);
  fmt::print(stderr, "{} plan {} ({} tasks on {} server{})? [y/N] ",
             begun ? "Go on with" : "Carry out", shortId(at.plan.id), at.script->tasks.size(),
             servers.size(), servers.size() == 1 ? "" : "s");
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

int applyHere(const CommandLine &command, const ApplyOptions &options, const PlanAtHand &at) {
  auto state = takeState(command.state);
  if (!state)
    return command.fail(model::ExitFailed, state.error());
  Admission admission = admit(at, {}, *state->journal, command.tls, true);
  print(admission.lines);
  if (admission.exit)
    return *admission.exit;
  if (!options.yes && !confirmed(admission.state.record.begun, at))
    return command.fail(model::ExitFailed, "not confirmed; nothing was changed");
  if (auto added = addRow(at, *state->journal); !added)
    return command.fail(model::ExitFailed, added.error());
  if (admission.state.record.begun)
    fmt::print(stderr, "goes on with plan {}: {}\n", shortId(at.plan.id),
               summarize(admission.state));
  return execute(at, *state->journal, admission.termSeen, firstEvents(admission.state),
                 controlledAt(command.state, command.tls));
}

/// The manager's answer, or nothing where it has none; then it was said why.
std::optional<json> askFor(const CommandLine &command, const ManagerClient &manager,
                           const json &body) {
  auto answer = manager.ask("/v1/plans", body);
  if (answer && answer->ok() && answer->body.is_object())
    return answer->body;
  command.fail(model::ExitFailed, answer ? answer->error() : answer.error());
  return std::nullopt;
}

int applyThere(const CommandLine &command, const ApplyOptions &options, const PlanAtHand &at,
               const InputsNow &now) {
  json body = {{"document", at.text},
               {"file", std::filesystem::absolute(at.file).string()},
               {"inputs", json::array()},
               {"rehearse", true}};
  for (const model::PlanInput &input : now.found)
    body["inputs"].push_back(
        {{"path", input.path}, {"format", input.format}, {"sha256", input.sha256}});
  ManagerClient manager = command.client();
  auto found = options.yes ? std::nullopt : askFor(command, manager, body);
  if (!options.yes) {
    if (!found)
      return model::ExitFailed;
    print(linesOf(*found));
    if (auto exit = numberOf(*found, "exit"))
      return *exit;
    if (!confirmed(flagOf(*found, "begun"), at))
      return command.fail(model::ExitFailed, "not confirmed; nothing was changed");
  }
  body["rehearse"] = false;
  auto begun = askFor(command, manager, body);
  if (!begun)
    return model::ExitFailed;
  if (options.yes)
    print(linesOf(*begun));
  if (auto exit = numberOf(*begun, "exit"))
    return *exit;
  if (textOf(*begun, "log").empty())
    return command.fail(model::ExitFailed, "the manager's answer has no log; are both programs of "
                                           "one version?");
  return manager.follow(textOf(*begun, "log"), at.plan.id, printToStandardError);
}

int apply(const CommandLine &command, const ApplyOptions &options) {
  auto at = readPlanAtHand(options.plan);
  if (!at) {
    fmt::print(stderr, "{}", model::describe(at.error()));
    return model::ExitUsage;
  }
  if (!options.yes && !isTerminal())
    return command.fail(model::ExitUsage,
                        "carrying out a plan needs a confirmation, and there is no terminal to ask "
                        "for it; say --yes");
  InputsNow now = inputsNow(at->plan, options.inputs);
  if (auto stale = staleInputs(at->plan, options.plan, now); !stale.empty()) {
    for (const std::string &text : stale)
      printToStandardError("stale: " + text);
    return model::ExitStale;
  }
  return command.isRemote() ? applyThere(command, options, *at, now)
                            : applyHere(command, options, *at);
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
