//===- Control.h - Commands to the manager that runs ------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What a person may say to an execution while it runs, over the manager's API
// (docs/formats/manager-api.md). `ripple apply` answers it on a socket in its
// state directory (0600 in a directory of 0700), the daemon there and at its own
// addresses.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_CONTROL_H
#define RIPPLE_AGENT_MANAGER_CONTROL_H

#include "agent/http/HttpServer.h"
#include "agent/manager/Session.h"
#include "model/Status.h"

#include <memory>
#include <nlohmann/json.hpp>

namespace ripple::agent {

/// {"error": …, "remedy": …}.
HttpResponse refusal(unsigned status, const std::string &error, const std::string &remedy = {});
HttpResponse answerOf(const nlohmann::json &body, unsigned status = 200);

/// One of pause, resume, abort and permit.
struct ControlCommand {
  std::string name, server; ///< SERVER of permit.
};
/// Nothing where REQUEST is no such command; else the command, or what is wrong with it.
std::optional<tl::expected<ControlCommand, HttpResponse>>
readControlCommand(const HttpRequest &request);

/// Does what COMMAND says. On the thread of EXECUTION's loop.
HttpResponse carryOut(Execution &execution, const ControlCommand &command);

/// "pid" and "plan" of `GET /v1/manager`. On the thread of EXECUTION's loop.
nlohmann::json managerView(const Execution *execution);

/// A command's own way to carry a plan out: to the terminal, taking commands at DIRECTORY's control
/// socket meanwhile.
Carrier controlledAt(const std::string &directory, const model::TlsIdentity &tls);

/// The plan's part of ripple.status.
model::PlanStatus planStatus(const core::State &state, core::Millis nowMs);

} // namespace ripple::agent

#endif
