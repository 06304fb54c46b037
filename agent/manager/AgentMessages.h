//===- AgentMessages.h - What agents say, for the protocol ------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What an agent sends is checked here, field by field; nothing behind this trusts
// the wire.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_AGENTMESSAGES_H
#define RIPPLE_AGENT_MANAGER_AGENTMESSAGES_H

#include "agent/core/Event.h"
#include "model/Network.h"
#include "model/Plan.h"
#include "model/Status.h"

#include <nlohmann/json.hpp>

namespace ripple::agent {

/// `GET /v1/server`.
struct ServerReport {
  struct Process {
    std::string name, application, state, buildId, gate, message;
    std::int64_t pid = 0;

    bool hasGate() const; ///< One that its agent can read and seal.
  };
  struct KnownTask {
    std::string plan, task, state;
  };
  std::string server;
  std::int64_t term = 0;
  bool signedPlans = false; ///< It carries out no others.
  std::vector<Process> processes;
  std::vector<KnownTask> tasks;
  model::ServerStatus status;

  /// The installed version of COMPONENT; "" where the agent cannot tell.
  std::string installed(const std::string &component) const;
};

/// WHO names the agent in messages.
tl::expected<ServerReport, std::string> readServerReport(const nlohmann::json &body,
                                                         const std::string &who);

/// The highest term that the agent at URL has seen; 0 where it does not answer. Waits for it.
std::int64_t termOf(const std::string &url, const model::TlsIdentity &tls);

/// PLAN picks the agent's tasks that are sealed for it.
core::ServerSeen toServerSeen(const ServerReport &report, const std::string &plan,
                              core::Millis askedMs);

/// The answer to drain and seal.
struct TaskReport {
  std::string state;
  std::uint64_t active = 0, held = 0;
  std::vector<core::Holder> holders; ///< Of `active`.
  std::vector<std::string> ungated;
};
tl::expected<TaskReport, std::string> readTaskReport(const nlohmann::json &body,
                                                     const std::string &who);

nlohmann::json toJson(const model::Action &action);
/// To BODY, which asks for ACTION, the digests that UPGRADE has for its files.
void addDigests(nlohmann::json &body, const model::Upgrade &upgrade, const model::Action &action);
nlohmann::json toJson(const std::vector<core::SealSet> &seals);

} // namespace ripple::agent

#endif
