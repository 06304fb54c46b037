//===- AgentClient.h - Asks an agent over its socket ------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// HTTP/1.1 with JSON bodies (docs/formats/agent-api.md), one connection a request,
// each with a time limit.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_AGENTCLIENT_H
#define RIPPLE_AGENT_MANAGER_AGENTCLIENT_H

#include "model/Document.h"

#include <boost/asio/io_context.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <tl/expected.hpp>

namespace ripple::agent {

struct AgentRequest {
  std::string url;     ///< "unix:PATH"
  std::string path;    ///< "/v1/server"
  nlohmann::json body; ///< Null: GET; else POST.
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

/// "" where URL can be asked, else what is wrong with it.
std::string refusedUrl(const std::string &url);

/// The path of an action's id, escaped for a URL.
std::string actionPath(const std::string &id);

} // namespace ripple::agent

#endif
