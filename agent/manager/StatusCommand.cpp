//===- StatusCommand.cpp - `ripple status` --------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/CommandLine.h"
#include "agent/manager/StatusReport.h"
#include "agent/manager/StatusText.h"

#include <fmt/format.h>

namespace ripple::agent {

namespace {

/// What is asked for by --having is installed on SERVER, by its agent's account. One that does not
/// answer has been said so.
bool has(const model::ServerStatus &server, const std::string &having) {
  auto at = having.find('@');
  for (const model::ComponentStatus &component : server.components)
    if (component.id == having.substr(0, at))
      return at == having.npos ? !component.installed.empty()
                               : component.installed == having.substr(at + 1);
  return false;
}

/// What the plan waits for: by whoever carries it out, else for somebody to do so.
void addWaits(const CommandLine &command, const LastPlan &last, model::PlanStatus &plan) {
  if (core::isOver(last.state.record.phase))
    return;
  ManagerClient manager = command.client();
  auto live = manager.isThere() ? manager.ask("/v1/manager") : tl::make_unexpected(std::string());
  if (live && live->ok() && live->body.is_object() && live->body.contains("plan") &&
      live->body["plan"].is_object()) {
    plan.step = textOf(live->body["plan"], "step");
    plan.waitingFor = linesOf(live->body["plan"], "waitingFor");
    return;
  }
  plan.waitingFor = {fmt::format("a manager: none runs now; `ripple apply {}` goes on, `ripple "
                                 "abort` gives back what has not begun to install",
                                 last.at.file)};
}

model::Result<StatusSubject> subjectOfServers(const std::string &file) {
  auto list = model::readServerList(file);
  if (!list)
    return tl::unexpected(list.error());
  return StatusSubject{list->servers, {}, std::nullopt};
}

model::Result<StatusSubject> subjectOfJournal(const std::string &directory) {
  auto nothing = [&](const std::string &why) {
    return model::mistake({directory, 0, ""}, "no plan was carried out with this state" + why,
                          "name the servers with --servers FILE");
  };
  auto journal = Journal::open(directory, Journal::Mode::ReadOnly);
  if (!journal)
    return nothing(" (" + journal.error() + ")");
  auto last = lastPlan(**journal);
  if (!last || !*last)
    return nothing(last ? "" : " (" + last.error() + ")");
  return subjectOf(std::move(**last));
}

/// What the manager says; nothing where it is a command that only carries a plan out; else it was
/// said why not.
std::optional<tl::expected<model::Status, int>> statusFromManager(const CommandLine &command) {
  auto answer = command.client().ask("/v1/status");
  if (answer && answer->status == 404)
    return std::nullopt;
  if (!answer || !answer->ok())
    return tl::unexpected(
        command.fail(model::ExitFailed, answer ? answer->error() : answer.error()));
  for (const std::string &line : linesOf(answer->body))
    printToStandardError(line);
  bool knows = answer->body.is_object() && answer->body.contains("status");
  auto status = model::parseStatus((knows ? answer->body["status"] : answer->body).dump(),
                                   "the manager's answer");
  if (status)
    return std::move(*status);
  fmt::print(stderr, "{}", model::describe(status.error()));
  return tl::unexpected(static_cast<int>(model::ExitFailed));
}

tl::expected<model::Status, int> statusFromHere(const CommandLine &command,
                                                const std::string &servers) {
  auto subject = servers.empty() ? subjectOfJournal(command.state) : subjectOfServers(servers);
  if (!subject) {
    fmt::print(stderr, "{}", model::describe(subject.error()));
    return tl::unexpected(static_cast<int>(model::ExitUsage));
  }
  model::Status status = makeStatus(*subject, command.tls, printToStandardError);
  if (subject->last)
    addWaits(command, *subject->last, *status.plan);
  return status;
}

tl::expected<model::Status, int> statusFromWhoeverKnows(const CommandLine &command,
                                                        const std::string &servers) {
  bool asks = servers.empty() && (command.isRemote() || command.client().isThere());
  auto status = asks ? statusFromManager(command) : std::nullopt;
  return status ? *status : statusFromHere(command, servers);
}

} // namespace

int statusCommand(const Arguments &arguments) {
  CommandLine command("status",
                      "The servers of the last plan (or of a Server List): which requests "
                      "they are sent, their components, their active requests, and where "
                      "the plan stands.");
  std::string format = "text", servers, having;
  command.app.add_option("--format", format, "text or json (ripple.status)")
      ->check(CLI::IsMember({"text", "json"}));
  command.app.add_option("--having", having,
                         "only servers whose agent says that this is installed: COMPONENT or "
                         "COMPONENT@VERSION");
  command.app.add_option("--servers", servers, "Server List, where there is no plan");
  if (auto code = command.parse(arguments))
    return *code;
  auto status = statusFromWhoeverKnows(command, servers);
  if (!status)
    return status.error();
  if (!having.empty())
    std::erase_if(status->servers, [&](const auto &server) { return !has(server, having); });
  fmt::print("{}", format == "json" ? model::writeStatus(*status) : statusText(*status));
  return model::ExitDone;
}

} // namespace ripple::agent
