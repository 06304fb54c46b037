//===- StatusReport.cpp - The live Server List and Session List -----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/StatusReport.h"

#include "agent/core/Describe.h"
#include "agent/manager/AgentMessages.h"
#include "agent/manager/Control.h"

#include <algorithm>
#include <fmt/format.h>

namespace ripple::agent {

namespace {

model::ServerStatus askServer(const model::Server &server, const model::TlsIdentity &tls,
                              const Sink &sink) {
  model::ServerStatus status;
  status.name = server.name;
  status.agent = model::AgentState::Down;
  auto answer = askAgent({server.agent, "/v1/server", nullptr, tls});
  if (!answer || !answer->ok()) {
    sink(fmt::format("the agent of {} does not answer: {}", server.name,
                     answer ? answer->error() : answer.error()));
    return status;
  }
  auto report = readServerReport(answer->body, "the agent of " + server.name);
  if (!report) {
    sink(report.error());
    return status;
  }
  report->status.classes.clear(); // The routers tell, not the agent.
  return std::move(report->status);
}

/// Which task keeps the class away from the server, and where it is.
void explain(const core::State &state, const std::string &server, std::size_t routeClass,
             model::ClassStatus &status) {
  const core::Script &script = *state.script;
  for (std::size_t i = 0; i < script.tasks.size(); ++i) {
    const core::Task &task = script.tasks[i];
    const core::TaskRecord &record = state.record.tasks[i];
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

void addClasses(const core::State &state, const model::Router &router,
                const model::TlsIdentity &tls, model::Status &status, const Sink &sink) {
  auto driver = makeRouter(router, {.tls = tls});
  auto view = driver ? (*driver)->observe() : tl::unexpected(driver.error());
  if (!view) {
    sink(view.error().message);
    return;
  }
  const auto &classes = state.script->classes;
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
        explain(state, server.name, c, entry);
      } else if (!target->up) {
        entry.reason = "the router's check says that it is down: " + target->checkStatus;
      }
      server.classes.push_back(std::move(entry));
    }
}

} // namespace

StatusSubject subjectOf(LastPlan last) {
  StatusSubject subject{last.at.plan.servers, last.at.plan.routers, std::nullopt};
  subject.last = std::move(last);
  return subject;
}

void addListed(const std::string &file, StatusSubject &subject, const Sink &sink) {
  if (file.empty())
    return;
  auto list = model::readServerList(file);
  if (!list)
    return sink(model::describe(list.error()));
  for (model::Server &server : list->servers)
    if (std::none_of(subject.servers.begin(), subject.servers.end(),
                     [&](const model::Server &known) { return known.name == server.name; }))
      subject.servers.push_back(std::move(server));
}

model::Status makeStatus(const StatusSubject &subject, const model::TlsIdentity &tls,
                         const Sink &sink) {
  model::Status status;
  for (const model::Server &server : subject.servers)
    status.servers.push_back(askServer(server, tls, sink));
  if (!subject.last)
    return status;
  for (const model::Router &router : subject.routers)
    addClasses(subject.last->state, router, tls, status, sink);
  status.plan = planStatus(subject.last->state, Execution::nowMs());
  return status;
}

} // namespace ripple::agent
