//===- Status.h - `ripple.status` -------------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The live Server List and the master Session List. Written by the manager;
// each agent writes the `servers` entry of its own server in the same words.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_STATUS_H
#define RIPPLE_MODEL_STATUS_H

#include "model/Document.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ripple::model {

enum class ClassState { Permitted, Quiescing, Forbidden };
enum class AgentState { Up, Down };
enum class PlanState { Running, Paused, Done, RolledBack, Failed, Aborted };
std::string_view toString(ClassState);
std::string_view toString(AgentState);
std::string_view toString(PlanState);

struct ClassStatus {
  std::string application;
  std::string routingClass; ///< JSON `class`.
  std::vector<std::string> requests;
  ClassState state = ClassState::Permitted;
  std::string since; ///< RFC 3339, UTC; "" where it is not known.
  std::string reason;
};

struct LoadedCopy {
  std::int64_t pid = 0;
  std::string buildId;
};

struct ComponentStatus {
  std::string id;
  std::string installed; ///< "" where the agent cannot tell.
  std::vector<LoadedCopy> loaded;
};

/// One active request.
struct Session {
  std::string id;
  std::optional<std::string> session; ///< The client's session, where it is known.
  std::string application;
  std::string request; ///< Request kind; "other" where the gate could not tell.
  std::int64_t pid = 0;
  std::int64_t startedMsAgo = 0;
  std::vector<std::string> uses;   ///< Components that it is known to use.
  std::vector<std::string> mayUse; ///< Components that it may still use.
  bool late = false;               ///< Used one that its request kind does not list.
  bool held = false;               ///< Waits at a sealed gate; no handler code has run.
};

struct ServerStatus {
  std::string name;
  AgentState agent = AgentState::Up;
  std::vector<ClassStatus> classes;
  std::vector<ComponentStatus> components;
  std::vector<Session> sessions;
};

struct PlanStatus {
  std::string id;
  PlanState state = PlanState::Running;
  std::string step;
  std::vector<std::string> waitingFor;
};

struct Status {
  std::vector<ServerStatus> servers;
  std::optional<PlanStatus> plan;
};

Result<Status> readStatus(const std::string &file);
Result<Status> parseStatus(std::string_view text, const std::string &file);
std::string writeStatus(const Status &status);

/// One `servers` entry by itself, as an agent sends it; SOURCE names it in mistakes.
Result<ServerStatus> parseServerStatus(std::string_view json, const std::string &source);
std::string writeServerStatus(const ServerStatus &status);

} // namespace ripple::model

#endif
