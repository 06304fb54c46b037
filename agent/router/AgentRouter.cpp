//===- AgentRouter.cpp - A router through the agent on its host -----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/router/AgentRouter.h"

#include "agent/http/HttpClient.h"
#include "agent/router/Driver.h"
#include "agent/router/HAProxy.h"
#include "agent/router/Httpd.h"
#include "agent/router/Nginx.h"
#include "agent/router/RouterJson.h"

#include <fmt/format.h>

using namespace ripple;
using namespace ripple::agent;
using nlohmann::json;

namespace {

/// A change is several exchanges of the agent with its router, and others may be before it.
constexpr int exchangesMax = 5;

class AgentRouter final : public Driver {
public:
  AgentRouter(const model::Router &router, RouterOptions options)
      : Driver(router.name, router.agent), router(router), options(std::move(options)) {}

  RouterResult<void> setState(const RouterTarget &target, RouterState state,
                              model::Sessions sessions) override;
  RouterResult<RouterState> readBack(const RouterTarget &target) override;
  RouterResult<RouterView> observe() override;
  RouterResult<RouterIdentity> identity() override;
  RouterCapabilities capabilities() const override;

private:
  RouterResult<json> ask(const std::string &what, const json &body);
  tl::unexpected<RouterError> refusal(unsigned status, const json &answer) const;

  const model::Router router;
  const RouterOptions options;
};

} // namespace

/// WHAT follows the router's path; BODY null: GET.
RouterResult<json> AgentRouter::ask(const std::string &what, const json &body) {
  HttpQuestion question;
  question.url = router.agent;
  question.method = body.is_null() ? "GET" : "POST";
  question.target = "/v1/routers/" + router.name + what;
  question.body = body.is_null() ? "" : body.dump();
  question.timeout = options.timeout * exchangesMax;
  question.tls = options.tls;
  auto answer = askHttp(std::move(question));
  if (!answer)
    return fail(answer.error().kind == HttpFailure::Kind::Unreachable
                    ? RouterError::Kind::Unreachable
                    : RouterError::Kind::Timeout,
                "the agent at " + answer.error().message);
  json out = json::parse(answer->body, nullptr, false);
  if (answer->status != 200)
    return refusal(answer->status, out);
  if (!out.is_object())
    return fail(RouterError::Kind::Garbage, "the agent's answer is no JSON object");
  return out;
}

/// What the agent said is its router's failure, or its own.
tl::unexpected<RouterError> AgentRouter::refusal(unsigned status, const json &answer) const {
  RouterError error = readRouterError(answer);
  if (error.message.empty())
    error.message = fmt::format("the agent answers with status {}", status);
  if (status == 409 && answer.is_object() && answer.contains("term"))
    error.kind = RouterError::Kind::Superseded;
  else if (status == 503)
    error.kind = RouterError::Kind::Timeout; // It has too much to do, and is asked again.
  return fail(error.kind, error.message, error.remedy);
}

RouterResult<void> AgentRouter::setState(const RouterTarget &target, RouterState state,
                                         model::Sessions sessions) {
  auto answer = ask("/state", {{"term", options.term},
                               {"backend", target.backend},
                               {"server", target.server},
                               {"state", toString(state)},
                               {"sessions", toString(sessions)}});
  if (!answer)
    return tl::unexpected(answer.error());
  auto held = answer->find("state");
  if (held == answer->end() || *held != toString(state))
    return fail(RouterError::Kind::Garbage, "the agent does not say which state the router has");
  return {};
}

RouterResult<RouterView> AgentRouter::observe() {
  auto answer = ask("", nullptr);
  if (!answer)
    return tl::unexpected(answer.error());
  auto kind = answer->find("kind");
  if (kind == answer->end() || *kind != toString(router.kind))
    return fail(RouterError::Kind::Unsupported,
                fmt::format("the agent has it as {}, and the Server List as {}",
                            kind == answer->end() ? "nothing" : kind->dump(),
                            toString(router.kind)),
                "set that right in one of the two");
  auto view = readRouterView(*answer);
  if (!view)
    return fail(RouterError::Kind::Garbage, "the agent's answer: " + view.error());
  return *view;
}

RouterResult<RouterState> AgentRouter::readBack(const RouterTarget &target) {
  auto view = observe();
  if (!view)
    return tl::unexpected(view.error());
  const RouterServer *server = view->server(target);
  if (!server)
    return fail(RouterError::Kind::Refused,
                fmt::format("it has no server {}/{}", target.backend, target.server));
  return server->admin;
}

RouterResult<RouterIdentity> AgentRouter::identity() {
  auto view = observe();
  if (!view)
    return tl::unexpected(view.error());
  return view->identity;
}

RouterCapabilities AgentRouter::capabilities() const {
  switch (router.kind) {
  case model::RouterKind::HAProxy:
    return haproxy::capabilities();
  case model::RouterKind::Httpd:
    return httpd::capabilities();
  case model::RouterKind::Nginx:
    return nginx::capabilities();
  }
  return {};
}

std::unique_ptr<Router> agent::makeAgentRouter(const model::Router &router, RouterOptions options) {
  return std::make_unique<AgentRouter>(router, std::move(options));
}
