//===- AgentClient.h - Asks an agent ----------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// JSON bodies (docs/formats/agent-api.md) over agent/http.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_AGENTCLIENT_H
#define RIPPLE_AGENT_MANAGER_AGENTCLIENT_H

#include "model/Network.h"

#include <boost/asio/io_context.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <tl/expected.hpp>

namespace ripple::agent {

struct AgentRequest {
  std::string url;          ///< "unix:PATH" or "https://HOST:PORT"
  std::string path;         ///< "/v1/server"
  nlohmann::json body;      ///< Null: GET; else POST.
  model::TlsIdentity tls{}; ///< Who asks, over https.
  model::Milliseconds timeout{5'000};
};

struct AgentAnswer {
  int status = 0;
  nlohmann::json body;

  bool ok() const { return status >= 200 && status < 300; }
  /// The agent's own words for what is wrong, with its remedy.
  std::string error() const;
};

/// An answer, or why there is none: "nobody listens at /run/x.sock". Whether the request was
/// carried out is then not known.
using AgentResult = tl::expected<AgentAnswer, std::string>;

/// Calls DONE once, from LOOP.
void askAgent(boost::asio::io_context &loop, AgentRequest request,
              std::function<void(AgentResult)> done);

/// The same, and waits for it.
AgentResult askAgent(AgentRequest request);

/// The path of an action's id, escaped for a URL.
std::string actionPath(const std::string &id);

} // namespace ripple::agent

#endif
