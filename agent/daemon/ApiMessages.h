//===- ApiMessages.h - What the manager sends, read and written ---*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The bodies of docs/formats/agent-api.md as structs. Read as strictly as the
// documents: every mistake is told, and then nothing is done.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_APIMESSAGES_H
#define RIPPLE_AGENT_DAEMON_APIMESSAGES_H

#include "agent/action/Action.h"
#include "agent/router/Router.h"
#include "agent/session/GateControl.h"

namespace ripple::agent {

/// Which task a command is for, and who sends it.
struct TaskCommand {
  std::uint64_t term = 0;
  std::string plan, task;
  std::vector<Seal> seal; ///< Of drain and seal.
};

struct ActionCommand {
  std::uint64_t term = 0;
  ActionRequest request;
  bool dryRun = false; ///< Only say what keeps it from being carried out.
};

/// A signed plan's statement.
struct PlanCommand {
  std::uint64_t term = 0;
  std::string document; ///< A `ripple.statement`.
  bool dryRun = false;  ///< Only say whether it would be taken.
};

/// What a router of the agent's is to do with a server.
struct RouterCommand {
  std::uint64_t term = 0;
  RouterTarget target;
  RouterState state = RouterState::Permitted;
  model::Sessions sessions = model::Sessions::Shared;
};

/// MISTAKES, one a line; no line end after the last.
std::string textOf(const model::Mistakes &mistakes);

/// WHO names the text in mistakes. Drain and seal need `seal`, unseal has none.
model::Result<TaskCommand> parseTaskCommand(const std::string &who, std::string_view text,
                                            bool withSeal);
model::Result<PlanCommand> parsePlanCommand(const std::string &who, std::string_view text);
model::Result<ActionCommand> parseActionCommand(const std::string &who, std::string_view text);
model::Result<RouterCommand> parseRouterCommand(const std::string &who, std::string_view text);
/// True: the processes are to be ended too.
model::Result<bool> parseShutdown(const std::string &who, std::string_view text);

/// REQUEST as JSON, with the keys of the command but for `term` and `dryRun`. The same request
/// gives the same bytes.
std::string writeActionRequest(const ActionRequest &request);
model::Result<ActionRequest> parseActionRequest(std::string_view text);

/// Seals as the commands write them.
std::string writeSeals(const std::vector<Seal> &seals);
model::Result<std::vector<Seal>> parseSeals(std::string_view text);

} // namespace ripple::agent

#endif
