//===- StatusCommand.cpp - `ripple status` --------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The management server's program *Master Session List* (docs/internals/programs.md).
//
// What agents and routers say now, beside what the journal knows of the plan.
//
//===----------------------------------------------------------------------===//
#include "agent/core/Describe.h"
#include "agent/manager/AgentMessages.h"
#include "agent/manager/CommandLine.h"
#include "agent/manager/Control.h"
#include "agent/manager/Session.h"
#include "agent/manager/StatusText.h"

#include <fmt/format.h>

namespace ripple::agent {

namespace {

/// What status is about: a plan with its state, or only servers.
struct Subject {
  std::vector<model::Server> servers;
  std::vector<model::Router> routers;
  std::optional<PlanAtHand> at;
  core::State state;
};

model::ServerStatus askServer(const model::Server &server) {
  model::ServerStatus status;
  status.name = server.name;
  status.agent = model::AgentState::Down;
  auto answer = askAgent({server.agent, "/v1/server", nullptr});
  if (!answer || !answer->ok()) {
    fmt::print(stderr, "the agent of {} does not answer: {}\n", server.name,
               answer ? answer->error() : answer.error());
    return status;
  }
  auto report = readServerReport(answer->body, "the agent of " + server.name);
  if (!report) {
    fmt::print(stderr, "{}\n", report.error());
    return status;
  }
  report->status.classes.clear(); // The routers tell, not the agent.
  return std::move(report->status);
}

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

/// Which task keeps the class away from the server, and where it is.
void explain(const Subject &subject, const std::string &server, std::size_t routeClass,
             model::ClassStatus &status) {
  const core::Script &script = *subject.state.script;
  for (std::size_t i = 0; i < script.tasks.size(); ++i) {
    const core::Task &task = script.tasks[i];
    const core::TaskRecord &record = subject.state.record.tasks[i];
    bool has = task.server == server && std::find(task.classes.begin(), task.classes.end(),
                                                  routeClass) != task.classes.end();
    bool held = record.verdict == core::Verdict::Held;
    if (!has || !(core::isActive(record) || held))
      continue;
    bool quiescing = record.phase == core::Phase::Forbidding ||
                     record.phase == core::Phase::Draining || record.phase == core::Phase::Sealing;
    status.state = quiescing ? model::ClassState::Quiescing : model::ClassState::Forbidden;
    status.reason = fmt::format("plan {} {}", script.plan, task.id);
    if (held)
      status.reason += ": HELD: " + record.reason + "; " + record.remedy;
    return;
  }
  status.reason = "set in the router, not by a plan of this manager";
}

void addClasses(const Subject &subject, const model::Router &router, model::Status &status) {
  auto driver = makeRouter(router);
  auto view = driver ? (*driver)->observe() : tl::unexpected(driver.error());
  if (!view) {
    fmt::print(stderr, "{}\n", view.error().message);
    return;
  }
  const auto &classes = subject.state.script->classes;
  for (std::size_t c = 0; c < classes.size(); ++c)
    for (model::ServerStatus &server : status.servers) {
      const RouterServer *target = view->server({classes[c].backend, server.name});
      if (classes[c].router != router.name || !target)
        continue;
      model::ClassStatus entry;
      entry.application = classes[c].application;
      entry.routingClass = classes[c].id;
      entry.requests = classes[c].requests;
      if (target->admin == RouterState::Forbidden) {
        entry.state = model::ClassState::Forbidden;
        explain(subject, server.name, c, entry);
      } else if (!target->up) {
        entry.reason = "the router's check says that it is down: " + target->checkStatus;
      }
      server.classes.push_back(std::move(entry));
    }
}

model::PlanStatus planPart(const Subject &subject, const std::string &directory) {
  model::PlanStatus plan = planStatus(subject.state, Execution::nowMs());
  bool over = core::isOver(subject.state.record.phase);
  auto live = over ? std::nullopt : askManager(directory, {{"command", "status"}});
  if (live) {
    plan.step = live->value("step", plan.step);
    plan.waitingFor = live->value("waitingFor", plan.waitingFor);
  } else if (!over) {
    plan.waitingFor = {fmt::format("a manager: none runs now; `ripple apply {}` goes on, `ripple "
                                   "abort` gives back what has not begun to install",
                                   subject.at->file)};
  }
  return plan;
}

model::Result<Subject> subjectOfServers(const std::string &file) {
  auto list = model::readServerList(file);
  if (!list)
    return tl::unexpected(list.error());
  Subject subject;
  subject.servers = list->servers;
  return subject;
}

model::Result<Subject> subjectOfJournal(const std::string &directory) {
  auto nothing = [&](const std::string &why) {
    return model::mistake({directory, 0, ""}, "no plan was carried out with this state" + why,
                          "name the servers with --servers FILE");
  };
  auto journal = Journal::open(directory, Journal::Mode::ReadOnly);
  if (!journal)
    return nothing(" (" + journal.error() + ")");
  auto row = (*journal)->lastPlan();
  if (!row || !*row)
    return nothing(row ? "" : " (" + row.error() + ")");
  auto at = parsePlanAtHand((*row)->document, (*row)->file);
  if (!at)
    return tl::unexpected(at.error());
  auto state = stateOf(*at, **journal);
  if (!state)
    return model::mistake({directory, 0, ""}, state.error());
  return Subject{at->plan.servers, at->plan.routers, std::move(*at), std::move(*state)};
}

} // namespace

int statusCommand(const Arguments &arguments) {
  CommandLine command("status",
                      "The servers of the last plan (or of a Server List): which requests "
                      "they are sent, their components, their active requests, and where "
                      "the plan stands.");
  std::string format = "text", servers;
  command.app.add_option("--format", format, "text or json (ripple.status)")
      ->check(CLI::IsMember({"text", "json"}));
  std::string having;
  command.app.add_option("--having", having,
                         "only servers whose agent says that this is installed: COMPONENT or "
                         "COMPONENT@VERSION");
  command.app.add_option("--servers", servers, "Server List, where there is no plan");
  if (auto code = command.parse(arguments))
    return *code;
  auto subject = servers.empty() ? subjectOfJournal(command.state) : subjectOfServers(servers);
  if (!subject) {
    fmt::print(stderr, "{}", model::describe(subject.error()));
    return model::ExitUsage;
  }
  model::Status status;
  for (const model::Server &server : subject->servers)
    status.servers.push_back(askServer(server));
  if (!having.empty())
    std::erase_if(status.servers, [&](const auto &server) { return !has(server, having); });
  if (subject->at) {
    for (const model::Router &router : subject->routers)
      addClasses(*subject, router, status);
    status.plan = planPart(*subject, command.state);
  }
  fmt::print("{}", format == "json" ? model::writeStatus(status) : statusText(status));
  return model::ExitDone;
}

} // namespace ripple::agent
