//===- ControlCommands.cpp - pause, resume, abort, permit, manager --------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// While a manager runs, it is told. Without one, abort and permit do it
// themselves, from the journal, as a manager of that moment.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/CommandLine.h"
#include "agent/manager/Control.h"
#include "agent/manager/Session.h"

#include <algorithm>
#include <fmt/format.h>

namespace ripple::agent {

namespace {

/// Prints the manager's answer; nothing where there is no manager.
std::optional<int> tellManager(const CommandLine &command, const nlohmann::json &what) {
  auto answer = askManager(command.state, what);
  if (!answer)
    return std::nullopt;
  if (answer->contains("error"))
    return command.fail(model::ExitFailed, (*answer)["error"].get<std::string>());
  fmt::print(stderr, "{}\n", answer->value("done", "done"));
  return model::ExitDone;
}

int tellOnly(const Arguments &arguments, const std::string &name, const std::string &about) {
  CommandLine command(name, about);
  if (auto code = command.parse(arguments))
    return *code;
  if (auto code = tellManager(command, {{"command", name}}))
    return *code;
  return command.fail(
      model::ExitFailed,
      fmt::format("no manager runs with the state in {}; `ripple apply PLAN` begins "
                  "or goes on with a plan",
                  command.state));
}

/// The last plan of the journal, taken over from a manager that is gone.
struct Taken {
  ManagerState manager;
  PlanAtHand at;
  core::State state;
};

tl::expected<Taken, std::string> takeLastPlan(const std::string &directory) {
  if (auto there = Journal::open(directory, Journal::Mode::ReadOnly); !there)
    return tl::unexpected(
        fmt::format("no plan was carried out with the state in {} ({})", directory, there.error()));
  auto manager = takeState(directory);
  if (!manager)
    return tl::unexpected(manager.error());
  auto row = manager->journal->lastPlan();
  if (!row)
    return tl::unexpected(row.error());
  if (!*row)
    return tl::unexpected(fmt::format("no plan was carried out with the state in {}", directory));
  auto at = parsePlanAtHand((*row)->document, (*row)->file);
  if (!at)
    return tl::unexpected(model::describe(at.error()));
  auto state = stateOf(*at, *manager->journal);
  if (!state)
    return tl::unexpected(state.error());
  return Taken{std::move(*manager), std::move(*at), std::move(*state)};
}

int permitAlone(const CommandLine &command, const std::string &server) {
  auto taken = takeLastPlan(command.state);
  if (!taken)
    return command.fail(model::ExitFailed, taken.error());
  if (!taken->at.plan.server(server))
    return command.fail(
        model::ExitUsage,
        fmt::format("the last plan has no server '{}'; `ripple status` lists them", server));
  if (!core::isOver(taken->state.record.phase))
    return command.fail(
        model::ExitFailed,
        fmt::format("plan {} is not finished: `ripple apply {}` goes on with it, `ripple abort` "
                    "gives back what has not begun to install",
                    shortId(taken->at.plan.id), taken->at.file));
  fmt::print(stderr,
             "{}: opens the gates that the plan sealed, and has the routers send every "
             "request of the plan's applications there again\n",
             server);
  execute(taken->at, taken->manager, command.state, highestTerm(taken->at.plan),
          {core::Recovered{}, core::PermitServer{server}});
  auto after = stateOf(taken->at, *taken->manager.journal);
  if (!after)
    return command.fail(model::ExitFailed, after.error());
  bool permitted = std::all_of(
      after->record.targets.begin(), after->record.targets.end(), [&](const auto &entry) {
        return entry.first.server != server || (!entry.second.forbidden && entry.second.confirmed);
      });
  return permitted ? model::ExitDone : model::ExitFailed;
}

int abortAlone(const CommandLine &command) {
  auto taken = takeLastPlan(command.state);
  if (!taken)
    return command.fail(model::ExitFailed, taken.error());
  if (core::isOver(taken->state.record.phase)) {
    fmt::print(stderr, "nothing to abort: the last plan, {}, is over\n",
               shortId(taken->at.plan.id));
    return model::ExitDone;
  }
  execute(taken->at, taken->manager, command.state, highestTerm(taken->at.plan),
          {core::Recovered{}, core::Abort{}});
  auto after = stateOf(taken->at, *taken->manager.journal);
  bool given = after && (after->record.phase == core::PlanPhase::Aborted ||
                         after->record.phase == core::PlanPhase::Done);
  return given ? model::ExitDone : model::ExitFailed;
}

} // namespace

int pauseCommand(const Arguments &arguments) {
  return tellOnly(arguments, "pause", "Nothing new begins; what has begun is finished.");
}

int resumeCommand(const Arguments &arguments) {
  return tellOnly(arguments, "resume",
                  "What was paused goes on, and what waits for a person's approval.");
}

int abortCommand(const Arguments &arguments) {
  CommandLine command("abort", "Ends the upgrade: what has not begun to install is permitted at "
                               "once, what has begun is finished.");
  if (auto code = command.parse(arguments))
    return *code;
  if (auto code = tellManager(command, {{"command", "abort"}}))
    return *code;
  return abortAlone(command);
}

int permitCommand(const Arguments &arguments) {
  CommandLine command("permit",
                      "Gives a server its requests again, after a person has looked: opens what "
                      "the last plan sealed there, and permits what it forbade.");
  std::string server;
  command.app.add_option("server", server, "the server's name")->required();
  if (auto code = command.parse(arguments))
    return *code;
  if (auto code = tellManager(command, {{"command", "permit"}, {"server", server}}))
    return *code;
  return permitAlone(command, server);
}

int managerCommand(const Arguments &arguments) {
  CommandLine command("manager", "The manager as a daemon (not available yet).");
  std::string config;
  command.app.add_option("--config", config, "ripple.manager document");
  if (auto code = command.parse(arguments))
    return *code;
  return command.fail(model::ExitFailed,
                      "the manager as a daemon is not available yet; `ripple apply` carries a plan "
                      "out by itself, with its journal in --state");
}

std::optional<int> managerDispatch(const std::string &name, const Arguments &arguments) {
  static const std::map<std::string, int (*)(const Arguments &)> commands = {
      {"apply", applyCommand},     {"status", statusCommand},  {"pause", pauseCommand},
      {"resume", resumeCommand},   {"abort", abortCommand},    {"permit", permitCommand},
      {"history", historyCommand}, {"manager", managerCommand}};
  auto found = commands.find(name);
  return found == commands.end() ? std::nullopt : std::optional(found->second(arguments));
}

} // namespace ripple::agent
