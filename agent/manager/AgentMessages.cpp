//===- AgentMessages.cpp - What agents say, for the protocol --------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/AgentMessages.h"

#include "agent/manager/AgentClient.h"
#include "model/JsonNumber.h"

#include <algorithm>
#include <fmt/format.h>

namespace ripple::agent {

namespace {

using model::wholeNumber;
using nlohmann::json;

/// What the library throws about a field becomes a message.
template <typename Body>
auto checked(const std::string &who, Body body) -> tl::expected<decltype(body()), std::string> {
  try {
    return body();
  } catch (const json::exception &error) {
    return tl::unexpected(fmt::format("{} said what no agent says: {}", who, error.what()));
  }
}

core::Holder toHolder(const model::Session &session) {
  return {session.request, session.application, session.session.value_or(""), session.pid,
          static_cast<core::Millis>(std::max<std::int64_t>(0, session.startedMsAgo))};
}

/// Sessions stand in the words of ripple.status; its reader reads them.
tl::expected<std::vector<model::Session>, std::string> readSessions(const json &list,
                                                                    const std::string &who) {
  json entry = {{"name", "x"},
                {"agent", "up"},
                {"classes", json::array()},
                {"components", json::array()},
                {"sessions", list}};
  auto status = model::parseServerStatus(entry.dump(), who);
  if (!status)
    return tl::unexpected(model::describe(status.error().front()));
  return std::move(status->sessions);
}

ServerReport::Process readProcess(const json &from) {
  ServerReport::Process process;
  process.name = from.at("name").get<std::string>();
  process.application = from.at("application").get<std::string>();
  process.state = from.at("state").get<std::string>();
  process.buildId = from.value("buildId", "");
  process.gate = from.value("gate", "none");
  process.message = from.value("message", "");
  process.pid = from.contains("pid") ? wholeNumber<std::int64_t>(from["pid"]) : 0;
  return process;
}

} // namespace

bool ServerReport::Process::hasGate() const {
  return gate == "ok" || gate == "other-build" || gate == "no-table";
}

std::string ServerReport::installed(const std::string &component) const {
  for (const model::ComponentStatus &status_ : status.components)
    if (status_.id == component)
      return status_.installed;
  return {};
}

tl::expected<ServerReport, std::string> readServerReport(const json &body, const std::string &who) {
  std::string statusText;
  auto report = checked(who, [&] {
    ServerReport made;
    made.server = body.at("server").get<std::string>();
    made.term = wholeNumber<std::int64_t>(body.at("term"));
    made.signedPlans = body.value("signedPlans", false);
    for (const json &process : body.at("processes"))
      made.processes.push_back(readProcess(process));
    for (const json &task : body.at("tasks"))
      made.tasks.push_back({task.at("plan").get<std::string>(), task.at("task").get<std::string>(),
                            task.at("state").get<std::string>()});
    statusText = body.at("status").dump();
    return made;
  });
  if (!report)
    return report;
  auto status = model::parseServerStatus(statusText, who);
  if (!status)
    return tl::unexpected(model::describe(status.error().front()));
  report->status = std::move(*status);
  return report;
}

std::int64_t termOf(const std::string &url, const model::TlsIdentity &tls) {
  auto answer = askAgent({url, "/v1/server", nullptr, tls});
  auto report = answer && answer->ok() ? readServerReport(answer->body, url)
                                       : tl::make_unexpected(std::string());
  return report ? report->term : 0;
}

core::ServerSeen toServerSeen(const ServerReport &report, const std::string &plan,
                              core::Millis askedMs) {
  core::ServerSeen seen;
  seen.server = report.server;
  seen.askedMs = askedMs;
  for (const ServerReport::Process &process : report.processes)
    seen.processes.push_back({process.name, process.application, process.state == "running",
                              process.pid, process.hasGate()});
  for (const model::ComponentStatus &component : report.status.components)
    seen.installed.push_back({component.id, component.installed});
  for (const model::Session &session : report.status.sessions)
    if (session.held)
      seen.held.push_back(toHolder(session));
  for (const ServerReport::KnownTask &task : report.tasks)
    if (task.plan == plan && task.state == "sealed")
      seen.sealedTasks.push_back(task.task);
  return seen;
}

tl::expected<TaskReport, std::string> readTaskReport(const json &body, const std::string &who) {
  json holders = json::array();
  auto report = checked(who, [&] {
    TaskReport made;
    made.state = body.at("state").get<std::string>();
    made.active = wholeNumber<std::uint64_t>(body.at("active"));
    made.held = wholeNumber<std::uint64_t>(body.at("held"));
    made.ungated = body.value("ungated", std::vector<std::string>());
    holders = body.at("holders");
    return made;
  });
  if (!report)
    return report;
  auto sessions = readSessions(holders, who);
  if (!sessions)
    return tl::unexpected(sessions.error());
  for (const model::Session &session : *sessions)
    if (!session.held)
      report->holders.push_back(toHolder(session));
  std::sort(report->holders.begin(), report->holders.end(),
            [](const core::Holder &a, const core::Holder &b) { return a.ageMs > b.ageMs; });
  return report;
}

namespace {
struct ActionJson {
  json operator()(const model::RunAction &action) const { return {{"run", action.argv}}; }
  json operator()(const model::SymlinkAction &action) const {
    return {{"symlink", action.symlink}, {"target", action.target}};
  }
  json operator()(const model::PluginAction &action) const {
    return {{"plugin", action.plugin}, {"path", action.path}};
  }
  json operator()(const model::PackageAction &action) const {
    return {{"package", action.package}, {"version", action.version}};
  }
};
} // namespace

json toJson(const model::Action &action) { return std::visit(ActionJson{}, action); }

json toJson(const std::vector<core::SealSet> &seals) {
  json list = json::array();
  for (const core::SealSet &seal : seals)
    list.push_back({{"application", seal.application}, {"components", seal.components}});
  return list;
}

void addDigests(json &body, const model::Upgrade &upgrade, const model::Action &action) {
  if (auto digests = digestsFor(upgrade, action); !digests.empty())
    body["digests"] = std::move(digests);
}

} // namespace ripple::agent
