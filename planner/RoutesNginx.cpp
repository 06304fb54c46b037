//===- RoutesNginx.cpp - nginx's configuration from routing classes -------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A `map` of method and path gives each request the name of its upstream. It sees
// the path that the client wrote ($request_uri), not what nginx made of it ($uri),
// and tries its expressions in their order. `proxy_pass` without a path of its own
// passes the client's on.
//
//===----------------------------------------------------------------------===//
#include "planner/Routes.h"

#include <cctype>
#include <filesystem>
#include <set>

namespace ripple::planner {

namespace {

/// The variable with APPLICATION's upstream, unlike those that are TAKEN.
std::string variableOf(const std::string &application, std::set<std::string> &taken) {
  std::string name = "ripple_";
  for (char c : application)
    name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  while (!taken.insert(name).second)
    name += '_';
  return name;
}

void addUpstream(Lines &out, const RoutedApplication &application, const model::RoutingClass &one) {
  for (const std::string &id : one.requests)
    out.add("# {}", id);
  out.add("upstream {} {{", one.backend);
  for (const model::Server *server : application.servers)
    out.add("  server {} max_fails=0; # {}", application.addressOn(*server), server->name);
  out.add("}}");
}

void addRule(Lines &out, const RouteRule &rule) {
  const model::RequestKind &kind = *rule.kind;
  if (!rule.hasRule())
    return out.add("  # {}: other, since {}", kind.id, rule.notRoutable);
  const bool anyMethod = kind.method.empty() || kind.method == "*";
  out.add("  # {}", kind.id);
  out.add("  \"~^{} {}$\" {};", anyMethod ? "[^ ]+" : kind.method, pathExpression(kind.path),
          rule.backend);
}

void addMap(Lines &out, const RoutedApplication &application, const std::string &variable) {
  out.add("map \"$request_method $ripple_path\" ${} {{", variable);
  out.add("  default {};", application.other());
  out.add("  # Not plain: to *other*.");
  for (const char *odd : {"[^/]", ".*[^A-Za-z0-9._~!&()*+,=:@/-]", ".*//", ".*/\\.\\.?(?:/|$)"})
    out.add("  \"~^[^ ]+ {}\" {};", odd, application.other());
  for (const RouteRule &rule : application.rules)
    addRule(out, rule);
  out.add("}}");
}

void addLocation(Lines &out, const std::string &variable) {
  out.add("client_max_body_size 0;");
  out.add("location / {{");
  out.add("  proxy_pass http://${};", variable);
  out.add("  proxy_http_version 1.1;");
  out.add("  proxy_set_header Host $http_host;");
  out.add("  proxy_connect_timeout 5s;");
  out.add("  # Where a connection breaks: elsewhere, unless that may execute a request twice that");
  out.add("  # is not idempotent.");
  out.add("  proxy_next_upstream error;");
  out.add("}}");
}

/// What all applications share.
struct Pieces {
  std::vector<std::string> variables; ///< One for each application.
  std::string upstreams, maps;
};

Pieces piecesOf(const RoutedApplications &applications) {
  Pieces pieces;
  Lines upstreams, maps;
  std::set<std::string> taken = {"ripple_path", "ripple_raw"};
  maps.add("map $request_uri $ripple_path {{");
  maps.add("  \"~^(?<ripple_raw>[^?]*)\" $ripple_raw;");
  maps.add("}}");
  for (const RoutedApplication &application : applications) {
    pieces.variables.push_back(variableOf(application.policy->name, taken));
    addMap(maps, application, pieces.variables.back());
    for (const model::RoutingClass &one : application.classes)
      addUpstream(upstreams, application, one);
  }
  pieces.upstreams = "# Written by `ripple routes`, and then by the manager, which adds and takes "
                     "away `down`.\n" +
                     upstreams.take();
  pieces.maps = maps.take();
  return pieces;
}

std::vector<RouteFile> fragments(const RoutedApplications &applications, const Pieces &pieces,
                                 const RouteFile &upstreams) {
  Lines maps;
  maps.add("# Written by `ripple routes`: for nginx's `http` block (include), beside");
  maps.add("# include {};", applications.front().router->upstreams);
  maps.addAll(pieces.maps);
  std::vector<RouteFile> files = {{"ripple-classes.conf", maps.take()}, upstreams};
  for (std::size_t i = 0; i < applications.size(); ++i) {
    const std::string &name = applications[i].policy->name;
    Lines out;
    out.add("# Written by `ripple routes`: for the `server` block that takes the requests of {}",
            name);
    out.add("# (include), which has no `location /` of its own.");
    addLocation(out, pieces.variables[i]);
    files.push_back({fmt::format("ripple-{}.conf", name), out.take()});
  }
  return files;
}

} // namespace

std::vector<RouteFile> nginxFiles(const RoutedApplications &applications, bool fragment) {
  const Pieces pieces = piecesOf(applications);
  const model::Router &router = *applications.front().router;
  const RouteFile upstreams = {std::filesystem::path(router.upstreams).filename().string(),
                               pieces.upstreams};
  if (fragment)
    return fragments(applications, pieces, upstreams);
  Lines out;
  out.add("# Written by `ripple routes`. Make it anew when a Components List or the Server List");
  out.add("# changes; do not edit it.");
  out.add("worker_processes auto;");
  if (!router.pidFile.empty())
    out.add("pid {};", router.pidFile);
  out.add("events {{}}");
  out.add("http {{");
  out.indentBy(1);
  out.add("access_log off;");
  out.add("include {};", router.upstreams);
  out.addAll(pieces.maps);
  for (std::size_t i = 0; i < applications.size(); ++i) {
    out.add("server {{");
    out.indentBy(2);
    out.add("listen {};", applications[i].listen);
    addLocation(out, pieces.variables[i]);
    out.indentBy(1);
    out.add("}}");
  }
  out.indentBy(0);
  out.add("}}");
  return {{"nginx.conf", out.take()}, upstreams};
}

} // namespace ripple::planner
