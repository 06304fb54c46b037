//===- ControlCommands.cpp - pause, resume, abort, permit -----------------===//
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

#include <fmt/format.h>

namespace ripple::agent {

namespace {

using nlohmann::json;

/// Prints the manager's answer, and follows what it begins for it; nothing where there is no
/// manager.
std::optional<int> tellManager(const CommandLine &command, const std::string &name,
                               const json &body = json::object()) {
  ManagerClient manager = command.client();
  if (!command.isRemote() && !manager.isThere())
    return std::nullopt;
  auto answer = manager.ask("/v1/" + name, body);
  if (!answer || !answer->ok())
    return command.fail(model::ExitFailed, answer ? answer->error() : answer.error());
  if (std::string log = textOf(answer->body, "log"); !log.empty())
    return manager.follow(log, textOf(answer->body, "plan"), printToStandardError);
  printToStandardError(textOf(answer->body, "done"));
  return model::ExitDone;
}

int tellOnly(const Arguments &arguments, const std::string &name, const std::string &about) {
  CommandLine command(name, about);
  if (auto code = command.parse(arguments))
    return *code;
  if (auto code = tellManager(command, name))
    return *code;
  return command.fail(
      model::ExitFailed,
      fmt::format("no manager runs with the state in {}; `ripple apply PLAN` begins "
                  "or goes on with a plan",
                  command.state));
}

/// Does WHAT to the last plan of the journal, taken over from a manager that is gone.
int doAlone(const CommandLine &command,
            const std::function<int(const LastPlan &, Journal &, const Carrier &)> &what) {
  auto nothing = [&](const std::string &why) {
    return command.fail(
        model::ExitFailed,
        fmt::format("no plan was carried out with the state in {}{}", command.state, why));
  };
  if (auto there = Journal::open(command.state, Journal::Mode::ReadOnly); !there)
    return nothing(" (" + there.error() + ")");
  auto manager = takeState(command.state);
  if (!manager)
    return command.fail(model::ExitFailed, manager.error());
  auto last = lastPlan(*manager->journal);
  if (!last)
    return command.fail(model::ExitFailed, last.error());
  if (!*last)
    return nothing("");
  return what(**last, *manager->journal, controlledAt(command.state, command.tls));
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
  if (auto code = tellManager(command, "abort"))
    return *code;
  return doAlone(command, abortAlone);
}

int permitCommand(const Arguments &arguments) {
  CommandLine command("permit",
                      "Gives a server its requests again, after a person has looked: opens what "
                      "the last plan sealed there, and permits what it forbade.");
  std::string server;
  command.app.add_option("server", server, "the server's name")->required();
  if (auto code = command.parse(arguments))
    return *code;
  if (auto code = tellManager(command, "permit", {{"server", server}}))
    return *code;
  return doAlone(command, [&](const LastPlan &last, Journal &journal, const Carrier &carrier) {
    return permitAlone(last, journal, server, carrier);
  });
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
