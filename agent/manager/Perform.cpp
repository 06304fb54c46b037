//===- Perform.cpp - Effects, as they reach agents and routers ------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/core/Describe.h"
#include "agent/failpoint/Failpoint.h"
#include "agent/manager/AgentMessages.h"
#include "agent/manager/Execution.h"
#include "model/Signature.h"

#include <algorithm>
#include <fmt/format.h>

namespace ripple::agent {

using Result = core::Outcome::Result;
using nlohmann::json;

namespace {

constexpr model::Milliseconds installTimeout{60'000}, checkTimeout{60'000};
constexpr std::chrono::milliseconds actionPoll{25};

Result resultOf(const RouterError &error) {
  switch (error.kind) {
  case RouterError::Kind::Unreachable:
  case RouterError::Kind::Timeout:
  case RouterError::Kind::NotHeld:
    return Result::Lost;
  default:
    return Result::Failed;
  }
}

std::string text(const RouterError &error) {
  return error.remedy.empty() ? error.message : error.message + "; " + error.remedy;
}

const char *kindOf(core::Item::Kind kind) {
  switch (kind) {
  case core::Item::Kind::Install:
    return "install";
  case core::Item::Kind::Restart:
    return "restart";
  case core::Item::Kind::Check:
    return "check";
  case core::Item::Kind::Rollback:
    return "rollback";
  }
  return "";
}

} // namespace

void Execution::perform(const core::Effect &effect) {
  std::visit([&](const auto &kind) { perform(effect.id, kind); }, effect.kind);
}

void Execution::perform(std::uint64_t, const core::Tell &effect) { console.tell(effect); }

void Execution::ended(std::uint64_t id, Result result, std::string message,
                      std::vector<core::Holder> holders) {
  feed(core::Outcome{id, result, std::move(message), std::move(holders)});
}

//===-- Routers -----------------------------------------------------------===//

void Execution::perform(std::uint64_t, const core::ObserveRouter &effect) {
  core::Millis asked = nowMs();
  routers.at(effect.router)
      ->observe([this, router = effect.router, asked](RouterResult<RouterView> view) {
        if (view)
          feed(toRouterSeen(router, *view, asked));
        else
          feed(core::RouterLost{router, view.error().message});
      });
}

core::RouterSeen Execution::toRouterSeen(const std::string &router, const RouterView &view,
                                         core::Millis askedMs) const {
  core::RouterSeen seen{
      router, fmt::format("{}/{}", view.identity.pid, view.identity.startTime), {}, askedMs};
  for (const core::RouteClass &routeClass : script->classes)
    for (const core::Member &member : routeClass.members)
      if (const RouterServer *server = view.server({routeClass.backend, member.server});
          server && routeClass.router == router)
        seen.servers.push_back(
            {routeClass.backend, member.server, server->admin == RouterState::Forbidden, server->up,
             server->active + server->queued +
                 (gated.count({member.server, routeClass.application}) ? 0 // The gate knows better.
                                                                       : server->uncounted)});
  return seen;
}

void Execution::noteGates(const ServerReport &report) {
  std::map<std::string, bool> applications;
  for (const ServerReport::Process &process : report.processes) {
    auto [at, first] = applications.emplace(process.application, true);
    at->second = at->second && process.hasGate();
  }
  for (const auto &[application, all] : applications) {
    if (all)
      gated.insert({report.server, application});
    else
      gated.erase({report.server, application});
  }
}

void Execution::perform(std::uint64_t id, const core::SetRouter &effect) {
  model::Sessions sessions = model::Sessions::Shared;
  for (const core::RouteClass &routeClass : script->classes)
    if (routeClass.backend == effect.target.backend)
      for (const model::PlannedApplication &application : plan.applications)
        if (application.policy.name == routeClass.application)
          sessions = application.policy.sessions;
  failpoint("manager-before-set-router");
  routers.at(effect.target.router)
      ->setState({effect.target.backend, effect.target.server},
                 effect.forbidden ? RouterState::Forbidden : RouterState::Permitted, sessions,
                 [this, id](const RouterResult<void> &result) {
                   failpoint("manager-after-set-router");
                   if (result)
                     ended(id, Result::Done);
                   else if (result.error().kind == RouterError::Kind::Superseded)
                     feed(core::Superseded{text(result.error())});
                   else
                     ended(id, resultOf(result.error()), text(result.error()));
                 });
}

//===-- Agents ------------------------------------------------------------===//

const core::Task &Execution::task(const std::string &id) const {
  for (const core::Task &candidate : script->tasks)
    if (candidate.id == id)
      return candidate;
  std::abort(); // The protocol names its own tasks only.
}

std::string Execution::who(const core::Task &task) const { return "the agent of " + task.server; }

json Execution::command(const core::Task &task) const {
  return {{"term", options.term}, {"plan", plan.id}, {"task", task.id}};
}

void Execution::ask(const core::Task &task, std::string path, json body,
                    std::function<void(AgentResult)> done) {
  const AgentRequest request{plan.server(task.server)->agent, std::move(path), std::move(body),
                             options.tls};
  if (!plan.signature)
    return askAgent(io, request, std::move(done));
  askAgent(io, request, [this, request, done = std::move(done)](const AgentResult &answer) {
    if (!answer || answer->status != 403 || !answer->body.contains("needs"))
      return done(answer);
    showPlan(request, done);
  });
}

/// The agent has not seen the plan's statement yet: it is shown to it, and asked again for REQUEST.
void Execution::showPlan(const AgentRequest &request,
                         const std::function<void(AgentResult)> &done) {
  AgentRequest show = request;
  show.path = "/v1/plans";
  show.body = {{"term", options.term},
               {"document", writeStatement(model::statementOf(plan, *plan.signature))}};
  askAgent(io, std::move(show), [this, request, done](const AgentResult &answer) {
    if (answer && answer->ok())
      askAgent(io, request, done);
    else
      done(answer);
  });
}

/// True where ANSWER is none, or says no: then the effect has ended, or this manager's time has.
bool Execution::endedBadly(std::uint64_t id, const core::Task &task, const AgentResult &answer) {
  if (!answer) {
    ended(id, Result::Lost, who(task) + " does not answer: " + answer.error());
    return true;
  }
  if (answer->ok())
    return false;
  std::string message = who(task) + ": " + answer->error();
  if (answer->status == 409 && answer->body.contains("term"))
    feed(core::Superseded{message});
  else
    ended(id, answer->status >= 500 ? Result::Lost : Result::Failed, message);
  return true;
}

void Execution::perform(std::uint64_t, const core::WatchDrain &effect) {
  const core::Task &own = task(effect.task);
  json body = command(own);
  body["seal"] = toJson(own.seals);
  ask(own, "/v1/drain", body, [this, effect](const AgentResult &answer) {
    const core::Task &mine = task(effect.task);
    if (!answer)
      return feed(core::DrainLost{effect.task, who(mine) + " does not answer: " + answer.error()});
    if (answer->status == 409 && answer->body.contains("term"))
      return feed(core::Superseded{who(mine) + ": " + answer->error()});
    if (!answer->ok())
      return feed(core::DrainLost{effect.task, who(mine) + ": " + answer->error()});
    auto report = readTaskReport(answer->body, who(mine));
    if (!report)
      return feed(core::DrainLost{effect.task, report.error()});
    for (const core::SealSet &seal : mine.seals) {
      bool all = std::ranges::find(report->ungated, seal.application) == report->ungated.end();
      if (all)
        gated.insert({mine.server, seal.application});
      else
        gated.erase({mine.server, seal.application});
    }
    feed(core::DrainSeen{effect.task, effect.routerQuiet, effect.routerActive, report->active,
                         report->holders, effect.askedMs});
  });
}

void Execution::perform(std::uint64_t, const core::InspectServer &effect) {
  core::Millis asked = nowMs();
  const model::Server *server = plan.server(effect.server);
  askAgent(io, {server->agent, "/v1/server", nullptr, options.tls},
           [this, asked, name = effect.server](const AgentResult &answer) {
             std::string agent = "the agent of " + name;
             if (!answer)
               return feed(core::ServerLost{name, agent + " does not answer: " + answer.error()});
             if (!answer->ok())
               return feed(core::ServerLost{name, agent + ": " + answer->error()});
             auto report = readServerReport(answer->body, agent);
             if (!report)
               return feed(core::ServerLost{name, report.error()});
             noteGates(*report);
             feed(toServerSeen(*report, plan.id, asked));
           });
}

void Execution::perform(std::uint64_t id, const core::Seal &effect) {
  const core::Task &own = task(effect.task);
  json body = command(own);
  body["seal"] = toJson(own.seals);
  failpoint("manager-before-seal");
  ask(own, "/v1/seal", body, [this, id, name = effect.task](const AgentResult &answer) {
    failpoint("manager-after-seal");
    const core::Task &mine = task(name);
    if (endedBadly(id, mine, answer))
      return;
    auto report = readTaskReport(answer->body, who(mine));
    if (!report)
      return ended(id, Result::Failed, report.error());
    if (report->state == "sealed")
      return ended(id, Result::Done);
    ended(id, Result::Busy, "", report->holders);
  });
}

void Execution::perform(std::uint64_t id, const core::Unseal &effect) {
  const core::Task &own = task(effect.task);
  failpoint("manager-before-unseal");
  ask(own, "/v1/unseal", command(own), [this, id, name = effect.task](const AgentResult &answer) {
    failpoint("manager-after-unseal");
    if (!endedBadly(id, task(name), answer))
      ended(id, Result::Done);
  });
}

//===-- Actions -----------------------------------------------------------===//

/// No agent ever does one id twice: so a plan that is begun anew has other ids.
std::string Execution::actionId(std::uint64_t id) const {
  return fmt::format("{}/{}/{}", plan.id, options.run, id);
}

json Execution::actionBody(std::uint64_t id, const core::Act &act) const {
  const core::Item &item = act.item;
  json body = command(task(act.task));
  body["id"] = actionId(id);
  body["kind"] = kindOf(item.kind);
  if (item.kind == core::Item::Kind::Restart) {
    body["process"] = item.process;
    return body; // The agent knows how long its process may take.
  }
  const model::Upgrade *upgrade = plan.upgrade(item.component);
  bool back = item.kind == core::Item::Kind::Rollback;
  body["component"] = item.component;
  body["version"] = back ? upgrade->from : upgrade->to;
  if (item.kind == core::Item::Kind::Check) {
    if (!upgrade->check.empty()) {
      body["action"] = {{"run", upgrade->check}};
      addDigests(body, *upgrade, model::RunAction{upgrade->check});
    }
    body["timeoutMs"] = checkTimeout.count();
    return body;
  }
  body["from"] = back ? upgrade->to : upgrade->from;
  const model::Action &action =
      back ? upgrade->rollback[item.action] : upgrade->install[item.action];
  body["action"] = toJson(action);
  addDigests(body, *upgrade, action);
  body["timeoutMs"] = installTimeout.count();
  if (upgrade->restart == model::RestartDomain::None)
    body["unsealed"] = true;
  // A task that keeps nothing away: the old version serves until its last request has ended.
  if (const core::Task &own = task(act.task); upgrade->phaseIn && own.seals.empty()) {
    body["unsealed"] = body["phaseIn"] = true;
    body["timeoutMs"] = own.quiesceTimeoutMs;
  }
  return body;
}

void Execution::perform(std::uint64_t id, const core::Act &effect) {
  failpoint("manager-before-act");
  ask(task(effect.task), "/v1/actions", actionBody(id, effect),
      [this, id, name = effect.task](const AgentResult &answer) {
        failpoint("manager-after-act");
        actionAnswered(id, name, answer);
      });
}

void Execution::actionAnswered(std::uint64_t id, const std::string &taskId,
                               const AgentResult &answer) {
  const core::Task &own = task(taskId);
  if (endedBadly(id, own, answer))
    return;
  const json &body = answer->body;
  if (!body.is_object() || !body.contains("state") || !body["state"].is_string())
    return ended(id, Result::Unknown, who(own) + " does not say what became of it");
  std::string state = body["state"].get<std::string>();
  std::string message = body.contains("message") && body["message"].is_string()
                            ? body["message"].get<std::string>()
                            : std::string();
  if (state == "running")
    return askActionAgain(id, taskId);
  const bool isBusy = state == "failed" && body.contains("busy") && body["busy"] == true;
  ended(id,
        state == "done"     ? Result::Done
        : isBusy            ? Result::Busy
        : state == "failed" ? Result::Failed
                            : Result::Unknown,
        message);
}

void Execution::askActionAgain(std::uint64_t id, const std::string &taskId) {
  auto pause = std::make_shared<boost::asio::steady_timer>(io, actionPoll);
  pause->async_wait([this, pause, id, taskId](boost::system::error_code error) {
    if (error)
      return;
    ask(task(taskId), actionPath(actionId(id)), nullptr,
        [this, id, taskId](const AgentResult &answer) { actionAnswered(id, taskId, answer); });
  });
}

} // namespace ripple::agent
