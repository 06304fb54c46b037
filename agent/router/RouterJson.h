//===- RouterJson.h - What an agent says of its router -----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Both ends of docs/formats/agent-api.md, "A router".
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ROUTER_ROUTERJSON_H
#define RIPPLE_AGENT_ROUTER_ROUTERJSON_H

#include "agent/router/Router.h"

#include <nlohmann/json.hpp>

namespace ripple::agent {

nlohmann::json toJson(const RouterView &view);
/// VALUE is what comes from another host. Fails with the first key that is not as it should be.
tl::expected<RouterView, std::string> readRouterView(const nlohmann::json &value);

/// {"error", "remedy", "kind"}
nlohmann::json toJson(const RouterError &error);
/// VALUE may be anything. `message` is "" where there is none, `kind` Refused where it is not said.
RouterError readRouterError(const nlohmann::json &value);

} // namespace ripple::agent

#endif
