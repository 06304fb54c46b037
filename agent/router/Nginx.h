//===- Nginx.h - The driver for nginx -----------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// nginx (open source) has no runtime API. Its servers stand in a file of their
// own, which its configuration includes:
//
//   upstream shop.2 {
//     server 127.0.0.1:8081 max_fails=0; # app1
//     server 127.0.0.1:8082 down; # app2
//   }
//
// The comment names the server. A change is: write `down` or take it away, by a
// new file renamed over the old one; have nginx test it; HUP the master; wait
// until each worker that takes requests is a new one. What `test` refuses is
// taken back, and nothing was reloaded.
//
// Workers of before go on with the requests that they have, of whatever program,
// and may still send one: they are `uncounted`. nginx counts nothing else, so
// where there is no gate, zero is when they have ended; long requests and
// websockets of other programs delay that.
//
// The manager must run on nginx's host, as a user that may write the file and
// signal the master.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ROUTER_NGINX_H
#define RIPPLE_AGENT_ROUTER_NGINX_H

#include "agent/router/Router.h"

namespace ripple::agent::nginx {

/// A line of the file that names a server.
struct UpstreamLine {
  RouterTarget target;
  std::size_t begin = 0, end = 0; ///< Of the directive, up to its semicolon.
  bool down = false;
};

/// Of the file's TEXT, in its order. Servers without a comment that names them are left out. Fails
/// where one target has several lines.
tl::expected<std::vector<UpstreamLine>, std::string> parseUpstreams(std::string_view text);

/// TEXT with LINE of it forbidden or permitted; all else stays as it is.
std::string withState(std::string_view text, const UpstreamLine &line, RouterState state);

/// The driver.
RouterResult<std::unique_ptr<Router>> makeRouter(const model::Router &router,
                                                 RouterOptions options);

/// What routers of this kind can do.
RouterCapabilities capabilities();

} // namespace ripple::agent::nginx

#endif
