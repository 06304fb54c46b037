//===- ServerList.h - `ripple.servers` --------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// People's inventory: which programs run where, behind which router.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_SERVERLIST_H
#define RIPPLE_MODEL_SERVERLIST_H

#include "model/Document.h"

#include <optional>
#include <string>
#include <vector>

namespace ripple::model {

enum class RouterKind { HAProxy, Httpd, Nginx };
std::string_view toString(RouterKind);
/// What is assumed where an application behind such a router has no gate, and its word is all there
/// is.
std::string_view assumedWithoutGate(RouterKind);

struct Router {
  std::string name;
  RouterKind kind = RouterKind::HAProxy;
  std::string socket;             ///< HAProxy: a path or host:port of its runtime API.
  std::string agent;              ///< URL of the agent on the router's host; "" if none.
  std::string url, referer;       ///< httpd: its balancer-manager.
  std::string upstreams, pidFile; ///< nginx.
  std::vector<std::string> test;  ///< nginx: checks its configuration.
};

enum class Sessions { Shared, Sticky };
std::string_view toString(Sessions);

/// The least that must stay in service for each request kind of an application.
struct Minimum {
  enum class Unit { Servers, CapacityShare, Capacity } unit = Unit::Servers;
  double value = 1; ///< Servers; a share from 0 to 1; or capacity in its own unit.
  bool operator==(const Minimum &) const = default;
};
/// "2", "60%", "240 of capacity".
std::string describe(const Minimum &minimum);

struct ApplicationPolicy {
  std::string name;
  std::string router;
  Minimum minimum;
  Sessions sessions = Sessions::Shared;
  std::string listen; ///< Where the router takes its requests: "127.0.0.1:8080"; "" unsaid.
  std::string host;   ///< Host header that selects it on a shared address; "" any.
  std::string health; ///< Path that the router's check asks for, "" for a TCP check.
};

struct HostedApplication {
  std::string name;
  std::string address; ///< host:port, as the router reaches it.
  double capacity = 1; ///< In a unit of the user's, the same for all servers.
  std::string process; ///< The unit, or the agent's own process, that runs it.
};

struct Server {
  std::string name;
  std::string zone;
  std::string agent; ///< "unix:PATH" or "https://HOST:PORT".
  std::vector<HostedApplication> applications;
};

struct ServerList {
  std::vector<Router> routers;                 ///< Sorted by name.
  std::vector<ApplicationPolicy> applications; ///< Sorted by name.
  std::vector<Server> servers;                 ///< Sorted by name.

  const Router *router(std::string_view name) const;
  const ApplicationPolicy *application(std::string_view name) const;
  const Server *server(std::string_view name) const;
};

Result<ServerList> readServerList(const std::string &file);
Result<ServerList> parseServerList(std::string_view text, const std::string &file);
std::string writeServerList(const ServerList &list);
std::string digest(const ServerList &list);

} // namespace ripple::model

#endif
