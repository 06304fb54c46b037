//===- Router.h - What the manager asks of every router ---------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A router sends the requests of one routing class (one of its back ends) to
// servers. The manager withdraws one server from one back end, watches what is
// still active there, and gives it back:
//
//   setState(shop.2/app1, Forbidden) -> observe() ... observe() -> setState(.., Permitted)
//
// Every change is read back before it counts. Routers forget (a reload, a
// restart): whoever uses this compares `RouterView::identity` between two
// observations, and asserts his states again where it differs.
//
// Calls block, up to the time limit given when the router was made. One thread
// at a time may use an object.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ROUTER_ROUTER_H
#define RIPPLE_AGENT_ROUTER_ROUTER_H

#include "model/Network.h"
#include "model/ServerList.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace ripple::agent {

/// What kept a router from answering, in words for the engineer.
struct RouterError {
  enum class Kind {
    Unreachable, ///< No socket, nobody listens there, or no permission to open it.
    Timeout,     ///< It was reached and did not answer in time: what it did is not known.
    Refused,     ///< It answered, and said no.
    Garbage,     ///< It answered what no such router answers.
    NotHeld,     ///< The change was accepted, and reading back shows another state.
    Unsupported, ///< This kind of router, or of access to it, is not available yet.
    Superseded,  ///< A manager with a higher term has commanded the agent on the router's host.
  };
  Kind kind = Kind::Unreachable;
  std::string message; ///< "router edge (/run/haproxy/admin.sock): nobody listens there"
  std::string remedy;
};
std::string_view toString(RouterError::Kind);
/// The kind that is written so; nothing for other words.
std::optional<RouterError::Kind> routerErrorKind(std::string_view word);

template <typename T> using RouterResult = tl::expected<T, RouterError>;

/// One server in one back end of the router.
struct RouterTarget {
  std::string backend, server;
  auto operator<=>(const RouterTarget &) const = default;
};

enum class RouterState { Permitted, Forbidden };
std::string_view toString(RouterState);

/// Which run of the router answered. Two that are equal are the same process.
struct RouterIdentity {
  std::int64_t pid = 0;
  std::int64_t startTime = 0; ///< Seconds since the epoch, by the router's own account.
  bool operator==(const RouterIdentity &) const = default;
};

/// One server in one back end, as the router sees it.
struct RouterServer {
  RouterTarget target;
  RouterState admin = RouterState::Permitted; ///< What operators set, whoever they were.
  std::string
      adminWord;        ///< In the router's words: "ready", "drain", "maint", "maint (via c/app1)".
  bool up = false;      ///< Its checks say so, or it has none.
  bool checked = false; ///< The router checks it (itself, or the server that it tracks).
  std::string checkStatus;  ///< "L7OK", "L4CON"; of the tracked server where it tracks one.
  std::string tracks;       ///< "BACKEND/SERVER" whose checks it follows; "" if none.
  std::uint64_t active = 0; ///< Requests that the router has sent and awaits (HAProxy `scur`).
  std::uint64_t queued = 0; ///< Requests that wait for exactly this server (HAProxy `qcur`).
  /// Where `active` is no count: what may still send or await requests that nobody counts (old
  /// workers of nginx). It says nothing that a gate does not say better.
  std::uint64_t uncounted = 0;

  /// A new request may be sent to it now.
  bool serves() const { return up && admin == RouterState::Permitted; }
};

/// One back end. Requests that wait for any of its servers count here and nowhere else.
struct RouterBackend {
  std::string name;
  std::uint64_t queued = 0;
  std::uint64_t active = 0;
};

struct RouterView {
  RouterIdentity identity;
  std::vector<RouterServer> servers;   ///< Sorted by target.
  std::vector<RouterBackend> backends; ///< Sorted by name.

  const RouterServer *server(const RouterTarget &target) const; ///< Null if there is none.
  const RouterBackend *backend(std::string_view name) const;    ///< Null if there is none.
};

/// What a kind of router can do. Declared by its driver, and told before an upgrade.
struct RouterCapabilities {
  bool forbidsByClass = false;  ///< Withdraws a server from one back end alone.
  bool countsActive = false;    ///< `active` and `queued` are its count for each back end.
  bool checksServers = false;   ///< `up` comes from checks of its own.
  bool survivesRestart = false; ///< Keeps what was set when it starts again or reloads.
  bool bindsClients = false;    ///< A forbidden server still gets clients bound to it by a cookie.
  /// What is assumed where an application has no gate, and its word is all there is.
  std::string_view withoutGate;
};

class Router {
public:
  virtual ~Router() = default;

  /// Sends new requests of the back end to the server, or no longer does. Forbidden is a drain:
  /// what is active there goes on. SESSIONS Sticky also keeps clients away that a cookie binds
  /// to the server (HAProxy: maint). Read back before it returns; safe to repeat.
  virtual RouterResult<void> setState(const RouterTarget &target, RouterState state,
                                      model::Sessions sessions) = 0;
  /// What the router holds now for one server in one back end.
  virtual RouterResult<RouterState> readBack(const RouterTarget &target) = 0;
  /// Everything at once.
  virtual RouterResult<RouterView> observe() = 0;
  virtual RouterResult<RouterIdentity> identity() = 0;
  virtual RouterCapabilities capabilities() const = 0;
  /// "edge (/run/haproxy/admin.sock)", for messages.
  virtual std::string name() const = 0;
};

struct RouterOptions {
  model::Milliseconds timeout{2'000}; ///< For each exchange with the router.
  // For a router that is reached through the agent on its host:
  std::int64_t term = 0;    ///< The manager's; what it changes is refused for a higher one's.
  model::TlsIdentity tls{}; ///< With which the agent is asked over https.
};

/// The driver for ROUTER. Does not reach the router yet: `identity` tells whether it answers.
/// Fails (Unsupported) for kinds that are not available yet, and says so.
RouterResult<std::unique_ptr<Router>> makeRouter(const model::Router &router,
                                                 RouterOptions options = {});

} // namespace ripple::agent

#endif
