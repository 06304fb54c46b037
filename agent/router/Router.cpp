//===- Router.cpp - What the manager asks of every router -----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/router/Router.h"

#include "agent/router/AgentRouter.h"
#include "agent/router/HAProxy.h"
#include "agent/router/Httpd.h"
#include "agent/router/Nginx.h"

#include <fmt/format.h>

#include <algorithm>

using namespace ripple;
using namespace ripple::agent;

std::string_view agent::toString(RouterError::Kind kind) {
  switch (kind) {
  case RouterError::Kind::Unreachable:
    return "unreachable";
  case RouterError::Kind::Timeout:
    return "timeout";
  case RouterError::Kind::Refused:
    return "refused";
  case RouterError::Kind::Garbage:
    return "garbage";
  case RouterError::Kind::NotHeld:
    return "not-held";
  case RouterError::Kind::Unsupported:
    return "unsupported";
  case RouterError::Kind::Superseded:
    return "superseded";
  }
  return "";
}

std::optional<RouterError::Kind> agent::routerErrorKind(std::string_view word) {
  using Kind = RouterError::Kind;
  for (Kind kind : {Kind::Unreachable, Kind::Timeout, Kind::Refused, Kind::Garbage, Kind::NotHeld,
                    Kind::Unsupported, Kind::Superseded})
    if (word == toString(kind))
      return kind;
  return std::nullopt;
}

std::string_view agent::toString(RouterState state) {
  return state == RouterState::Permitted ? "permitted" : "forbidden";
}

const RouterServer *RouterView::server(const RouterTarget &target) const {
  auto at = std::lower_bound(
      servers.begin(), servers.end(), target,
      [](const RouterServer &row, const RouterTarget &wanted) { return row.target < wanted; });
  return at != servers.end() && at->target == target ? &*at : nullptr;
}

const RouterBackend *RouterView::backend(std::string_view name) const {
  auto at = std::lower_bound(
      backends.begin(), backends.end(), name,
      [](const RouterBackend &row, std::string_view wanted) { return row.name < wanted; });
  return at != backends.end() && at->name == name ? &*at : nullptr;
}

RouterResult<std::unique_ptr<Router>> agent::makeRouter(const model::Router &router,
                                                        RouterOptions options) {
  auto unsupported = [&](const std::string &what, std::string remedy) {
    return tl::make_unexpected(RouterError{RouterError::Kind::Unsupported,
                                           fmt::format("router {}: {}", router.name, what),
                                           std::move(remedy)});
  };
  if (!router.agent.empty())
    return makeAgentRouter(router, options);
  if (router.kind == model::RouterKind::Httpd)
    return httpd::makeRouter(router, options);
  if (router.kind == model::RouterKind::Nginx)
    return nginx::makeRouter(router, options);
  if (router.socket.empty())
    return unsupported("it has no socket", "give its `socket`: a path, or host:port");
  return haproxy::makeRouter(router.name, router.socket, options);
}
