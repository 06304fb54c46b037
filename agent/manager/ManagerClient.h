//===- ManagerClient.h - Asks a manager -------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The commands' side of docs/formats/manager-api.md. Where several managers stand
// by for each other the one that leads is found; while none does, it is waited for.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_MANAGERCLIENT_H
#define RIPPLE_AGENT_MANAGER_MANAGERCLIENT_H

#include "agent/manager/AgentClient.h"
#include "agent/manager/Console.h"

#include <optional>
#include <string>
#include <vector>

namespace ripple::agent {

/// What a manager's answer has at KEY; what stands for nothing where it has nothing of that type.
std::string textOf(const nlohmann::json &object, const char *key);
bool flagOf(const nlohmann::json &object, const char *key);
std::optional<int> numberOf(const nlohmann::json &object, const char *key);
std::vector<std::string> linesOf(const nlohmann::json &object, const char *key = "lines");

class ManagerClient {
public:
  /// URLS of managers, of which each may say who leads.
  ManagerClient(std::vector<std::string> urls, model::TlsIdentity tls)
      : urls(std::move(urls)), tls(std::move(tls)) {}

  /// Whether any of them can be reached.
  bool isThere() const;
  /// Asks the one that leads: GET where BODY is null. An error is one line that names all that were
  /// tried.
  AgentResult ask(const std::string &path, const nlohmann::json &body = nullptr) const;

  /// Hands the lines of what goes on there as LOG to SINK until it is over; returns its exit code.
  /// A manager that ends or loses the lead meanwhile is waited for; what PLAN then came to is told.
  int follow(std::string log, const std::string &plan, const Sink &sink) const;

private:
  std::string logOf(const std::string &plan, const std::string &notThis) const;
  /// What came of asking each of them once.
  struct Round {
    AgentResult answer;
    bool someStandBy = false; ///< No answer, but of managers that wait for their turn.
  };
  Round askOnce(const std::string &path, const nlohmann::json &body) const;

  std::vector<std::string> urls;
  model::TlsIdentity tls;
};

} // namespace ripple::agent

#endif
