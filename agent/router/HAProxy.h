//===- HAProxy.h - The runtime API's answers, read ---------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//   set server B/S state drain|maint|ready   empty on success, else a message
//   show info                                which process this is
//   show servers state                       what operators set, and up or down
//   show stat                                counts, checks, who tracks whom
//
// Columns are found by their names, never by position. Tried with HAProxy 2.6.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ROUTER_HAPROXY_H
#define RIPPLE_AGENT_ROUTER_HAPROXY_H

#include "agent/router/Router.h"

#include <map>

namespace ripple::agent::haproxy {

/// A parser's failure: what was expected and what stood there.
template <typename T> using Parsed = tl::expected<T, std::string>;

/// One row of `show servers state`.
struct ServerAdmin {
  unsigned operation = 0; ///< srv_op_state: 0 stopped, 1 starting, 2 running, 3 stopping.
  unsigned admin = 0;     ///< srv_admin_state: bits, see `adminWord`.
};

/// One row of `show stat`, a server's or a back end's.
struct Counts {
  std::uint64_t active = 0, queued = 0;
  std::string status, checkStatus, tracks;
};

struct Statistics {
  std::map<RouterTarget, Counts> servers;
  std::map<std::string, Counts> backends;
};

Parsed<RouterIdentity> parseIdentity(std::string_view answer);
Parsed<std::map<RouterTarget, ServerAdmin>> parseServersState(std::string_view answer);
Parsed<Statistics> parseStatistics(std::string_view answer);

/// Permitted where no bit of ADMIN keeps requests away.
RouterState adminState(unsigned admin);
/// "ready", "drain", "maint", …: the strongest of the bits.
std::string adminWord(unsigned admin);

/// Joins what the three commands said; a server in one answer that is missing in the other is an
/// error (the configuration changed in between: ask again).
Parsed<RouterView> join(const RouterIdentity &identity,
                        const std::map<RouterTarget, ServerAdmin> &states,
                        const Statistics &statistics);

/// The driver. SOCKET is a path or host:port.
std::unique_ptr<Router> makeRouter(const std::string &name, std::string socket,
                                   RouterOptions options);

/// What routers of this kind can do.
RouterCapabilities capabilities();

} // namespace ripple::agent::haproxy

#endif
