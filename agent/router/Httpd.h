//===- Httpd.h - The driver for Apache httpd's balancer-manager --*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//   GET  URL?xml=1                                     balancers, nonces, workers
//   POST URL b=BALANCER&w=WORKER&nonce=N&w_status_N=1  1: drains, 0: no longer
//
// A back end is a balancer (`balancer://shop.2`), a server the worker whose
// `route` is the server's name. Tried with httpd 2.4, which answers 200 and
// changes nothing where the nonce is old, the Referer is missing or foreign, or
// the name has capitals: so each change is read back.
//
// Shared sessions: "Drn", which still lets through clients that a cookie binds to
// the worker; sticky ones: "Dis", which does not.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ROUTER_HTTPD_H
#define RIPPLE_AGENT_ROUTER_HTTPD_H

#include "agent/router/Router.h"

#include <map>

namespace ripple::agent::httpd {

/// One worker of a balancer.
struct Worker {
  std::string url;    ///< "http://127.0.0.1:8081": how the manager's form names it.
  std::string status; ///< "Init Drn Ok "
  std::uint64_t busy = 0;
};

struct Balancer {
  std::string nonce;
  std::map<std::string, Worker> workers; ///< By route.
};

/// Of the answer to `?xml=1`, by name without "balancer://". A worker without a route has no name,
/// and is left out. Fails with what was expected and what stood there.
tl::expected<std::map<std::string, Balancer>, std::string> parseBalancers(std::string_view xml);

/// Forbidden where STATUS has "Drn", "Dis" or "Stop".
RouterState adminState(std::string_view status);
/// Its own checks or its last request found it in order.
bool isUp(std::string_view status);

/// The driver. URL is that of the balancer-manager; REFERER, unless "", what it wants to hear.
RouterResult<std::unique_ptr<Router>> makeRouter(const model::Router &router,
                                                 RouterOptions options);

/// What routers of this kind can do.
RouterCapabilities capabilities();

} // namespace ripple::agent::httpd

#endif
