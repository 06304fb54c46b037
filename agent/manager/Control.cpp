//===- Control.cpp - Commands to the manager that runs --------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/Control.h"

#include "agent/core/Describe.h"
#include "agent/journal/StateDirectory.h"

#include <algorithm>
#include <fmt/format.h>
#include <unistd.h>

namespace ripple::agent {

namespace {

using nlohmann::json;

HttpResponse permit(Execution &execution, const std::string &server) {
  const core::State &state = execution.state();
  for (std::size_t i = 0; i < state.script->tasks.size(); ++i) {
    const core::TaskRecord &task = state.record.tasks[i];
    bool changing = task.phase == core::Phase::Working || task.phase == core::Phase::Returning ||
                    task.phase == core::Phase::Confirming || task.rollingBack;
    if (state.script->tasks[i].server == server && core::isActive(task) && changing)
      return refusal(409,
                     fmt::format("{} is in the midst of `{}`", server, core::activity(state, i)),
                     "wait until that has ended");
  }
  execution.feed(core::PermitServer{server});
  return answerOf({{"done", fmt::format("{}: what this plan keeps away is given back", server)}});
}

model::PlanState planState(const core::State &state) {
  switch (state.record.phase) {
  case core::PlanPhase::Done:
    return model::PlanState::Done;
  case core::PlanPhase::RolledBack:
    return model::PlanState::RolledBack;
  case core::PlanPhase::Failed:
    return model::PlanState::Failed;
  case core::PlanPhase::Aborted:
    return model::PlanState::Aborted;
  default:
    return state.record.paused ? model::PlanState::Paused : model::PlanState::Running;
  }
}

/// The step that a task is at, as the plan calls it.
std::string stepOf(const core::State &state, std::size_t index) {
  const core::Task &task = state.script->tasks[index];
  const core::TaskRecord &record = state.record.tasks[index];
  switch (record.phase) {
  case core::Phase::Forbidding:
    return task.forbidStep;
  case core::Phase::Draining:
  case core::Phase::Sealing:
  case core::Phase::Ready:
    return task.awaitStep;
  case core::Phase::Unsealing:
  case core::Phase::Permitting:
    return task.permitStep;
  default:
    break;
  }
  if (!record.rollingBack && record.item < task.items.size())
    return task.items[record.item].step;
  return task.items.empty() ? task.awaitStep : task.items.back().step;
}

} // namespace

model::PlanStatus planStatus(const core::State &state, core::Millis nowMs) {
  model::PlanStatus status;
  status.id = state.script->plan;
  status.state = planState(state);
  for (std::size_t i = 0; i < state.script->tasks.size(); ++i) {
    const core::Task &task = state.script->tasks[i];
    const core::TaskRecord &record = state.record.tasks[i];
    if (status.step.empty() && core::isActive(record))
      status.step = stepOf(state, i);
    if (!core::isOver(state.record.phase))
      if (std::string what = core::waitingFor(state, i, nowMs); !what.empty())
        status.waitingFor.push_back(
            fmt::format("{} ({}): {}", task.server, core::activity(state, i), what));
    if (record.verdict == core::Verdict::Held)
      status.waitingFor.push_back(
          fmt::format("{} HELD: {}; {}", task.server, record.reason, record.remedy));
  }
  return status;
}

HttpResponse answerOf(const json &body, unsigned status) {
  // What applications write (a session's name) need not be UTF-8.
  return {status, body.dump(-1, ' ', false, json::error_handler_t::replace)};
}

HttpResponse refusal(unsigned status, const std::string &error, const std::string &remedy) {
  json body = {{"error", error}};
  if (!remedy.empty())
    body["remedy"] = remedy;
  return answerOf(body, status);
}

std::optional<tl::expected<ControlCommand, HttpResponse>>
readControlCommand(const HttpRequest &request) {
  constexpr std::string_view prefix = "/v1/";
  std::string name = request.target.starts_with(prefix) ? request.target.substr(prefix.size()) : "";
  if (name != "pause" && name != "resume" && name != "abort" && name != "permit")
    return std::nullopt;
  if (request.method != "POST")
    return tl::unexpected(refusal(405, request.target + " takes POST"));
  ControlCommand command{name, ""};
  if (name != "permit")
    return command;
  json body = json::parse(request.body, nullptr, false);
  if (!body.is_object() || !body.contains("server") || !body["server"].is_string())
    return tl::unexpected(refusal(400, "permit needs a server", R"(send {"server": NAME})"));
  command.server = body["server"].get<std::string>();
  return command;
}

HttpResponse carryOut(Execution &execution, const ControlCommand &command) {
  if (command.name == "permit")
    return permit(execution, command.server);
  if (command.name == "pause") {
    execution.feed(core::Pause{});
    return answerOf({{"done", "paused: what has begun is finished, nothing new begins"}});
  }
  if (command.name == "resume") {
    execution.feed(core::Resume{});
    return answerOf({{"done", "goes on"}});
  }
  execution.feed(core::Abort{});
  return answerOf(
      {{"done", "aborted: what has begun to install is finished, the rest is given back"}});
}

json managerView(const Execution *execution) {
  json view = {{"pid", ::getpid()}, {"plan", nullptr}};
  if (!execution)
    return view;
  model::PlanStatus plan = planStatus(execution->state(), Execution::nowMs());
  view["plan"] = {{"id", plan.id},
                  {"state", std::string(model::toString(plan.state))},
                  {"step", plan.step},
                  {"waitingFor", plan.waitingFor}};
  return view;
}

namespace {

/// What a command answers that carries a plan out itself.
HttpResponse answerTo(const HttpRequest &request, Execution &execution) {
  if (request.method == "GET" && request.target == "/v1/manager")
    return answerOf(managerView(&execution));
  auto command = readControlCommand(request);
  if (!command)
    return refusal(404, "`ripple apply` has no " + request.target,
                   "a manager of its own has: `ripple manager --config FILE`");
  return *command ? carryOut(execution, **command) : command->error();
}

} // namespace

Carrier controlledAt(const std::string &directory, const model::TlsIdentity &tls) {
  Carrier carrier;
  carrier.tls = tls;
  auto server = std::make_shared<std::unique_ptr<HttpServer>>();
  carrier.begins = [server, directory](Execution &execution) -> tl::expected<void, std::string> {
    *server = std::make_unique<HttpServer>(
        execution.loop(), "ripple",
        [&execution](const HttpRequest &request, const HttpServer::Reply &reply) {
          reply(answerTo(request, execution));
        });
    if (auto listening = (*server)->listen({controlSocket(directory), "", 0}); !listening)
      return tl::unexpected(listening.error() + "; a shorter --state may help");
    return {};
  };
  carrier.ends = [server] { server->reset(); };
  return carrier;
}

} // namespace ripple::agent
