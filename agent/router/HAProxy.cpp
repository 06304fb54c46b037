//===- HAProxy.cpp - The driver for HAProxy's runtime API -----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/router/HAProxy.h"

#include "agent/router/Driver.h"
#include "agent/router/RuntimeSocket.h"

#include <fmt/format.h>

#include <algorithm>

using namespace ripple;
using namespace ripple::agent;

namespace {

/// Names go into a command line: only what HAProxy allows in a name may stand in them.
bool isName(std::string_view name) {
  return !name.empty() && name.size() <= 255 &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == ':';
         });
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
    text.pop_back();
  text.erase(0, text.find_first_not_of('\n'));
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text.size() > 200 ? text.substr(0, 200) + "…" : text;
}

class HAProxyRouter final : public Driver {
public:
  HAProxyRouter(const std::string &name, std::string socket, RouterOptions options)
      : Driver(name, socket), Socket(std::move(socket)), Options(options) {}

  RouterResult<void> setState(const RouterTarget &target, RouterState state,
                              model::Sessions sessions) override;
  RouterResult<RouterState> readBack(const RouterTarget &target) override;
  RouterResult<RouterView> observe() override;
  RouterResult<RouterIdentity> identity() override;
  RouterCapabilities capabilities() const override { return haproxy::capabilities(); }

private:
  RouterResult<std::string> ask(const std::string &line);
  /// ANSWER as PARSE reads it; what it cannot read is the router's refusal, or garbage.
  template <typename Answer, typename Parse> auto read(const Answer &answer, Parse parse) const;
  RouterResult<haproxy::ServerAdmin> serverState(const RouterTarget &target);

  std::string Socket;
  RouterOptions Options;
};

RouterResult<std::string> HAProxyRouter::ask(const std::string &line) {
  auto answer = askRuntime(Socket, line, Options.timeout, Who);
  if (!answer)
    return answer;
  if (answer->rfind("Permission denied", 0) == 0)
    return fail(RouterError::Kind::Refused,
                fmt::format("`{}` is not permitted on this socket", line),
                "give it the level that is needed: `stats socket … level admin`");
  if (answer->rfind("Unknown command", 0) == 0)
    return fail(RouterError::Kind::Refused,
                fmt::format("it does not know `{}`: {}", line, trimmed(*answer).substr(0, 60)),
                "HAProxy 2.0 or newer is needed; is this its runtime API?");
  return answer;
}

template <typename Answer, typename Parse>
auto HAProxyRouter::read(const Answer &answer, Parse parse) const {
  return parse(answer).map_error([&](const std::string &what) {
    return RouterError{RouterError::Kind::Garbage, fmt::format("{}: {}", Who, what),
                       "is this the socket of HAProxy's runtime API?"};
  });
}

RouterResult<haproxy::ServerAdmin> HAProxyRouter::serverState(const RouterTarget &target) {
  auto notThere = [&](const char *which, const std::string &name) {
    return fail(RouterError::Kind::Refused, fmt::format("it has no {} {}", which, name),
                "let the router load the configuration that `ripple routes` writes");
  };
  if (!isName(target.backend))
    return notThere("back end", "'" + target.backend + "'");
  if (!isName(target.server))
    return notThere("server", "'" + target.backend + "/" + target.server + "'");
  auto answer = ask("show servers state " + target.backend);
  if (!answer)
    return tl::make_unexpected(answer.error());
  if (answer->rfind("Can't find backend", 0) == 0)
    return notThere("back end", target.backend);
  auto states = read(*answer, haproxy::parseServersState);
  if (!states)
    return tl::make_unexpected(states.error());
  auto found = states->find(target);
  if (found == states->end())
    return notThere("server", target.backend + "/" + target.server);
  return found->second;
}

RouterResult<void> HAProxyRouter::setState(const RouterTarget &target, RouterState state,
                                           model::Sessions sessions) {
  // Looked at first: a name that is not there is told as such, and nothing is sent twice.
  auto before = serverState(target);
  if (!before)
    return tl::make_unexpected(before.error());
  const char *word = state == RouterState::Permitted       ? "ready"
                     : sessions == model::Sessions::Sticky ? "maint"
                                                           : "drain";
  // A server that somebody else put in maint is forbidden already: drain would weaken that.
  auto held = haproxy::adminWord(before->admin);
  if (held == word || (held == "maint" && state == RouterState::Forbidden))
    return {};
  auto answer = ask(fmt::format("set server {}/{} state {}", target.backend, target.server, word));
  if (!answer)
    return tl::make_unexpected(answer.error());
  if (auto message = trimmed(*answer); !message.empty())
    return fail(RouterError::Kind::Refused,
                fmt::format("{}/{} to {}: {}", target.backend, target.server, word, message));
  auto after = serverState(target);
  if (!after)
    return tl::make_unexpected(after.error());
  if (haproxy::adminState(after->admin) != state)
    return fail(RouterError::Kind::NotHeld,
                fmt::format("{}/{} was set to {} and reads back as {}", target.backend,
                            target.server, word, haproxy::adminWord(after->admin)),
                "see who else changes this server, or what it tracks");
  return {};
}

RouterResult<RouterState> HAProxyRouter::readBack(const RouterTarget &target) {
  return serverState(target).map(
      [](const haproxy::ServerAdmin &state) { return haproxy::adminState(state.admin); });
}

RouterResult<RouterIdentity> HAProxyRouter::identity() {
  auto answer = ask("show info");
  if (!answer)
    return tl::make_unexpected(answer.error());
  return read(*answer, haproxy::parseIdentity);
}

RouterResult<RouterView> HAProxyRouter::observe() {
  auto before = identity();
  if (!before)
    return tl::make_unexpected(before.error());
  auto states = ask("show servers state").and_then([&](const std::string &answer) {
    return read(answer, haproxy::parseServersState);
  });
  if (!states)
    return tl::make_unexpected(states.error());
  auto statistics = ask("show stat").and_then([&](const std::string &answer) {
    return read(answer, haproxy::parseStatistics);
  });
  if (!statistics)
    return tl::make_unexpected(statistics.error());
  auto after = identity();
  if (!after)
    return tl::make_unexpected(after.error());
  if (*before != *after)
    return fail(RouterError::Kind::Garbage, "it was started again in the middle of the answer",
                "ask again");
  return read(*statistics, [&](const haproxy::Statistics &counts) {
    return haproxy::join(*after, *states, counts);
  });
}

} // namespace

RouterCapabilities haproxy::capabilities() {
  return {.forbidsByClass = true,
          .countsActive = true,
          .checksServers = true,
          .survivesRestart = false,
          .bindsClients = false, // By maint, for applications whose clients are bound.
          .withoutGate = model::assumedWithoutGate(model::RouterKind::HAProxy)};
}

std::unique_ptr<Router> haproxy::makeRouter(const std::string &name, std::string socket,
                                            RouterOptions options) {
  return std::make_unique<HAProxyRouter>(name, std::move(socket), options);
}
