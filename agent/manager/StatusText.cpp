//===- StatusText.cpp - ripple.status for people --------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/StatusText.h"

#include "agent/core/Describe.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ripple::agent {

namespace {

std::string classLine(const model::ClassStatus &status, std::size_t width) {
  std::string requests = status.requests.empty()
                             ? "what no route matches"
                             : fmt::format("{}", fmt::join(status.requests, ", "));
  constexpr std::size_t shownMax = 70;
  if (requests.size() > shownMax)
    requests =
        fmt::format("{}… ({} request kinds)", requests.substr(0, shownMax), status.requests.size());
  std::string line = fmt::format("  {:<{}}  {:<9}  {}\n", status.routingClass, width,
                                 model::toString(status.state), requests);
  return status.reason.empty() ? line : line + fmt::format("      {}\n", status.reason);
}

std::string componentLine(const model::ComponentStatus &component) {
  std::string line =
      fmt::format("  {} {}", component.id,
                  component.installed.empty() ? "(version not known)" : component.installed);
  for (const model::LoadedCopy &loaded : component.loaded)
    line += fmt::format(", loaded by pid {}", loaded.pid);
  return line + "\n";
}

std::string sessionLine(const model::Session &session) {
  std::string line = fmt::format(
      "    {} since {} ({}, pid {}{})", session.request,
      core::describeAge(static_cast<core::Millis>(std::max<std::int64_t>(0, session.startedMsAgo))),
      session.application, session.pid,
      session.session ? ", session " + *session.session : std::string());
  if (session.held)
    line += ", waits at the gate";
  if (session.late)
    line += ", uses what its request kind does not list";
  if (!session.uses.empty())
    line += fmt::format("; uses {}", fmt::join(session.uses, ", "));
  if (!session.mayUse.empty())
    line += fmt::format("; may use {}", fmt::join(session.mayUse, ", "));
  return line + "\n";
}

std::string serverText(const model::ServerStatus &server) {
  std::string text = fmt::format("{}  agent {}\n", server.name, model::toString(server.agent));
  std::size_t width = 0;
  for (const model::ClassStatus &status : server.classes)
    width = std::max(width, status.routingClass.size());
  for (const model::ClassStatus &status : server.classes)
    text += classLine(status, width);
  for (const model::ComponentStatus &component : server.components)
    text += componentLine(component);
  if (server.agent == model::AgentState::Up)
    text += fmt::format("  {} active request{}\n", server.sessions.size(),
                        server.sessions.size() == 1 ? "" : "s");
  for (const model::Session &session : server.sessions)
    text += sessionLine(session);
  return text;
}

} // namespace

std::string statusText(const model::Status &status) {
  std::string text;
  for (const model::ServerStatus &server : status.servers)
    text += serverText(server);
  if (!status.plan)
    return text;
  text += fmt::format("plan {}  {}{}\n", status.plan->id, model::toString(status.plan->state),
                      status.plan->step.empty() ? "" : ", at " + status.plan->step);
  for (const std::string &what : status.plan->waitingFor)
    text += fmt::format("  waits for {}\n", what);
  return text;
}

} // namespace ripple::agent
