//===- Api.cpp - What manager and agent say to each other -----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/Api.h"

#include "agent/daemon/ApiMessages.h"
#include "agent/router/RouterJson.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

using namespace ripple;
using namespace ripple::agent;
using nlohmann::json;

namespace {

constexpr std::string_view RoutersPath = "/v1/routers/";

std::string dump(const json &value) {
  // What applications write (a session's name) need not be UTF-8.
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

HttpResponse refuse(unsigned status, const std::string &error, const std::string &remedy = {}) {
  json body = {{"error", error}};
  if (!remedy.empty())
    body["remedy"] = remedy;
  return {status, dump(body)};
}

HttpResponse refuse(const model::Mistakes &mistakes) { return refuse(400, textOf(mistakes)); }

HttpResponse ownFailure(const std::string &what) {
  return refuse(500, what, "see to the agent's state folder: is its disk full?");
}

HttpResponse refuse(const DoorRefusal &refusal) {
  if (refusal.kind == DoorRefusal::Kind::OwnFailure)
    return ownFailure(refusal.error);
  json body = {{"error", refusal.error}, {"remedy", refusal.remedy}};
  if (refusal.kind == DoorRefusal::Kind::NeedsStatement)
    body["needs"] = "statement";
  return {403, dump(body)};
}

json sealsJson(const std::vector<Seal> &seals) { return json::parse(writeSeals(seals)).at("seal"); }

json actionJson(const ActionRow &row) {
  json out = {{"id", row.id}, {"state", toString(row.state)}, {"message", row.message}};
  if (row.exit)
    out["exit"] = *row.exit;
  if (row.state == ActionState::Busy)
    out["busy"] = true;
  return out;
}

/// "%3A" and the like in a path.
std::string decoded(std::string_view text) {
  std::string out;
  auto digit = [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) ? c - '0' : (c | 32) - 'a' + 10;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool escaped = text[i] == '%' && i + 2 < text.size() &&
                   std::isxdigit(static_cast<unsigned char>(text[i + 1])) &&
                   std::isxdigit(static_cast<unsigned char>(text[i + 2]));
    out += escaped ? static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2])) : text[i];
    i += escaped ? 2 : 0;
  }
  return out;
}

} // namespace

JournalResult<void> Api::begin() {
  auto term = Parts.journal.term();
  if (!term)
    return tl::make_unexpected(term.error());
  Term = *term;
  return {};
}

void Api::handle(const HttpRequest &request, const HttpServer::Reply &reply) {
  if (request.target == "/v1/actions" && request.method == "POST")
    return postAction(request, reply);
  if (request.target.starts_with(RoutersPath))
    return answerRouter(request, reply);
  reply(answer(request));
}

HttpResponse Api::answer(const HttpRequest &request) {
  constexpr std::string_view Actions = "/v1/actions/";
  const auto &target = request.target;
  auto only = [&](std::string_view method, auto answer) {
    if (request.method == method)
      return answer();
    return refuse(405, fmt::format("{} takes {} only", target, method));
  };
  if (target == "/v1/server")
    return only("GET", [&] { return getServer(); });
  if (target == "/v1/plans")
    return only("POST", [&] { return postPlan(request); });
  if (target == "/v1/drain" || target == "/v1/seal" || target == "/v1/unseal")
    return only("POST", [&] { return postTask(request); });
  if (target == "/v1/actions")
    return refuse(405, target + " takes POST only");
  if (target.rfind(Actions, 0) == 0)
    return only("GET", [&] { return getAction(decoded(target.substr(Actions.size()))); });
  if (target == "/v1/shutdown")
    return only("POST", [&] { return postShutdown(request); });
  return refuse(404, fmt::format("there is no {}", target),
                "see docs/formats/agent-api.md for what there is");
}

/// Takes TERM as the highest, durably, or refuses it.
std::optional<HttpResponse> Api::acceptTerm(std::uint64_t term) {
  if (term < Term) {
    json body = {{"error", fmt::format("a manager with term {} has commanded this agent; term {} "
                                       "is over",
                                       Term, term)},
                 {"remedy", "only one manager may carry out a plan at a time: see which runs"},
                 {"term", Term}};
    return HttpResponse{409, dump(body)};
  }
  if (term > Term)
    if (auto stored = Parts.journal.setTerm(term); !stored)
      return ownFailure(stored.error());
  Term = term;
  return std::nullopt;
}

HttpResponse Api::getServer() {
  Parts.sessions.refresh();
  json tasks = json::array();
  for (const auto &task : Parts.tasks.all())
    tasks.push_back({{"plan", task.plan},
                     {"task", task.task},
                     {"state", task.sealed ? "sealed" : "draining"},
                     {"seal", sealsJson(task.seal)}});
  auto status = model::writeServerStatus(Parts.report.status());
  json body = {{"server", Parts.config.server},
               {"agentPid", ::getpid()},
               {"bootId", bootId()},
               {"term", Term},
               {"processes", Parts.report.processes()},
               {"tasks", tasks},
               {"signedPlans", Parts.door.asksForSignatures()},
               {"status", json::parse(status, nullptr, false)}};
  return {200, dump(body)};
}

std::string Api::taskState(const TaskState &state) const {
  const auto &found = state.quiescence;
  model::ServerStatus holders;
  holders.sessions = found.holders;
  for (const auto &file : found.unreadable) { // Nobody can tell who is behind it.
    model::Session gate;
    gate.request = "a gate that cannot be read (" + file + ")";
    gate.application = state.task.seal.front().application;
    holders.sessions.push_back(std::move(gate));
  }
  auto written = json::parse(model::writeServerStatus(holders), nullptr, false);
  std::vector<std::string> applications;
  for (const auto &seal : state.task.seal)
    applications.push_back(seal.application);
  json body = {{"plan", state.task.plan},
               {"task", state.task.task},
               {"state", state.task.sealed ? "sealed" : "draining"},
               {"active", found.active + found.unreadable.size()},
               {"held", found.held},
               {"holders", written.value("sessions", json::array())},
               {"seal", sealsJson(state.task.seal)},
               {"ungated", Parts.report.ungated(applications)},
               {"unknown", found.unknown}};
  return dump(body);
}

HttpResponse Api::postPlan(const HttpRequest &request) {
  auto command = parsePlanCommand("POST " + request.target, request.body);
  if (!command)
    return refuse(command.error());
  if (!command->dryRun)
    if (auto refused = acceptTerm(command->term))
      return *refused;
  auto shown = Parts.door.show(command->document, command->dryRun);
  return shown ? HttpResponse{200, R"({"state":"good"})"} : refuse(shown.error());
}

HttpResponse Api::postTask(const HttpRequest &request) {
  bool isUnseal = request.target == "/v1/unseal";
  auto command = parseTaskCommand("POST " + request.target, request.body, !isUnseal);
  if (!command)
    return refuse(command.error());
  if (auto refused = acceptTerm(command->term))
    return *refused;
  if (request.target != "/v1/seal" && Parts.actions.isAt(command->plan, command->task))
    return refuse(
        503,
        fmt::format("an action of task {} is under way: its gates stay as they are", command->task),
        "ask again when it has ended");
  if (isUnseal) {
    auto opened = Parts.tasks.unseal(command->plan, command->task);
    return opened ? HttpResponse{200, R"({"state":"open"})"} : ownFailure(opened.error());
  }
  const bool known = Parts.tasks.find(command->plan, command->task);
  if (auto may = Parts.door.mayDrain(command->plan, known); !may)
    return refuse(may.error());
  Task task{command->plan, command->task, false, command->seal, {}};
  auto state = request.target == "/v1/seal" ? Parts.tasks.seal(task) : Parts.tasks.drain(task);
  return state ? HttpResponse{200, taskState(*state)} : ownFailure(state.error());
}

/// The answer to a command whose id is known already.
HttpResponse Api::known(const ActionRow &row, const ActionRequest &request) {
  if (row.request != writeActionRequest(request))
    return refuse(409, fmt::format("the id {} belongs to another action", row.id),
                  "give each action an id of its own");
  return {202, dump(actionJson(row))};
}

void Api::postAction(const HttpRequest &request, const HttpServer::Reply &reply) {
  auto command = parseActionCommand("POST " + request.target, request.body);
  if (!command)
    return reply(refuse(command.error()));
  if (!command->dryRun)
    return reply(submit(*command));
  // Before a plan is shown; it only looks.
  Parts.actions.dryRun(command->request, [reply, id = command->request.id](std::string problems) {
    reply({200, dump({{"id", id},
                      {"state", problems.empty() ? "done" : "failed"},
                      {"message", problems}})});
  });
}

HttpResponse Api::submit(const ActionCommand &command) {
  const auto &action = command.request;
  if (auto refused = acceptTerm(command.term))
    return *refused;
  auto row = Parts.actions.find(action.id);
  if (!row)
    return ownFailure(row.error());
  if (*row)
    return known(**row, action);
  const Task *task = Parts.tasks.find(action.plan, action.task);
  if (auto may = Parts.door.mayAct(action, task); !may)
    return refuse(may.error());
  if (action.kind != ActionKind::Check && !action.unsealed && !(task && task->sealed))
    return refuse(409,
                  fmt::format("the task {} of this plan is {}, and {} needs it sealed", action.task,
                              task ? "draining" : "not known here", toString(action.kind)),
                  "seal it first");
  if (auto submitted = Parts.actions.submit(action); !submitted)
    return ownFailure(submitted.error());
  return getAction(action.id).status == 200 ? HttpResponse{202, getAction(action.id).body}
                                            : getAction(action.id);
}

HttpResponse Api::getAction(const std::string &id) {
  auto row = Parts.actions.find(id);
  if (!row)
    return ownFailure(row.error());
  if (!*row)
    return refuse(404, fmt::format("there is no action {}", id));
  return {200, dump(actionJson(**row))};
}

/// /v1/routers/NAME, and NAME/state below it.
void Api::answerRouter(const HttpRequest &request, const HttpServer::Reply &reply) {
  constexpr std::string_view State = "/state";
  constexpr std::size_t WaitingMax = 32;
  std::string name = decoded(std::string_view(request.target).substr(RoutersPath.size()));
  bool sets = name.ends_with(State);
  if (sets)
    name.resize(name.size() - State.size());
  RouterWorker *router = Parts.routers.find(name);
  if (!router)
    return reply(refuse(404, fmt::format("the agent has no router '{}'", name),
                        "put it into `routers` of the agent's configuration"));
  if (std::string_view method = sets ? "POST" : "GET"; request.method != method)
    return reply(refuse(405, fmt::format("{} takes {} only", request.target, method)));
  if (router->waiting() >= WaitingMax)
    return reply(refuse(503, fmt::format("router {} is behind with {} requests", name, WaitingMax),
                        "ask again; see whether it answers at all"));
  if (sets)
    setRouter(request, *router, reply);
  else
    observeRouter(name, *router, reply);
}

namespace {
HttpResponse routerFailure(const RouterError &error) {
  return {error.kind == RouterError::Kind::Timeout ? 504U : 502U, dump(toJson(error))};
}
} // namespace

void Api::observeRouter(const std::string &name, RouterWorker &router,
                        const HttpServer::Reply &reply) const {
  router.observe(
      [reply, name, kind = Parts.routers.kind(name)](const RouterResult<RouterView> &view) {
        if (!view)
          return reply(routerFailure(view.error()));
        json body = toJson(*view);
        body["router"] = name;
        body["kind"] = toString(kind);
        reply({200, dump(body)});
      });
}

/// The term is taken before the command waits for its turn: so all commands of an earlier term are
/// done before the first of a later one, and none after.
void Api::setRouter(const HttpRequest &request, RouterWorker &router,
                    const HttpServer::Reply &reply) {
  auto command = parseRouterCommand("POST " + request.target, request.body);
  if (!command)
    return reply(refuse(command.error()));
  if (auto refused = acceptTerm(command->term))
    return reply(*refused);
  router.setState(command->target, command->state, command->sessions,
                  [reply, command = *command](const RouterResult<void> &set) {
                    if (!set)
                      return reply(routerFailure(set.error()));
                    reply({200, dump({{"backend", command.target.backend},
                                      {"server", command.target.server},
                                      {"state", toString(command.state)}})});
                  });
}

HttpResponse Api::postShutdown(const HttpRequest &request) {
  if (!request.isLocal())
    return refuse(
        403, "an agent is ended by people of its own host",
        "run `ripple agent --config FILE --stop-processes` there, or end it with SIGTERM");
  auto processes = parseShutdown("POST " + request.target, request.body);
  if (!processes)
    return refuse(processes.error());
  Parts.shutdown(*processes);
  return {202, R"({"state":"stopping"})"};
}
