//===- RoutesHAProxy.cpp - HAProxy's configuration from routing classes ---===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/Routes.h"

namespace ripple::planner {

namespace {

/// PATH as a condition of HAProxy's.
std::string pathCondition(const std::string &path) {
  if (path.starts_with("~ "))
    return fmt::format("{{ path -m reg '{}' }}", path.substr(2));
  if (path.ends_with("/**"))
    return fmt::format("{{ path -m beg '{}' }}", path.substr(0, path.size() - 2));
  if (path.find('{') == std::string::npos)
    return fmt::format("{{ path -m str '{}' }}", path);
  return fmt::format("{{ path -m reg '^{}$' }}", pathExpression(path));
}

void addRule(Lines &out, const RouteRule &rule) {
  const model::RequestKind &kind = *rule.kind;
  if (!rule.hasRule())
    return out.add("# {}: other, since {}", kind.id, rule.notRoutable);
  out.add("use_backend {} if {}{}", rule.backend,
          kind.method.empty() || kind.method == "*" ? ""
                                                    : fmt::format("{{ method {} }} ", kind.method),
          pathCondition(kind.path));
}

/// Lines of a frontend.
void addRules(Lines &out, const RoutedApplication &application) {
  out.add("acl ripple_plain path -m reg '^/[A-Za-z0-9._~!&()*+,=:@/-]*$'");
  out.add("acl ripple_doubled path -m sub //");
  out.add("acl ripple_dotted path -m reg '/\\.\\.?(/|$)'");
  out.add("acl ripple_origin_form url -m beg /");
  out.add("use_backend {} if !ripple_plain or ripple_doubled or ripple_dotted or "
          "!ripple_origin_form",
          application.other());
  for (const RouteRule &rule : application.rules)
    addRule(out, rule);
  out.add("default_backend {}", application.other());
}

/// A server with a thread for each connection must not be starved by idle ones, and a count of
/// connections has to be one of requests.
void addConnections(Lines &out) {
  out.add("  option http-server-close");
  out.add("  http-reuse never");
}

void addBackends(Lines &out, const RoutedApplication &application, bool fragment) {
  const model::ApplicationPolicy &policy = *application.policy;
  out.add("# Checks only: never drained, so that a drain of one class is not one of all.");
  out.add("backend {}.check", policy.name);
  if (fragment)
    out.add("  mode http");
  if (!policy.health.empty())
    out.add("  option httpchk GET {}", policy.health);
  for (const model::Server *server : application.servers)
    out.add("  server {} {} check inter 500ms fall 2 rise 1", server->name,
            application.addressOn(*server));
  for (const model::RoutingClass &one : application.classes) {
    out.addEmpty();
    for (const std::string &id : one.requests)
      out.add("# {}", id);
    out.add("backend {}", one.backend);
    if (fragment) {
      out.add("  mode http");
      addConnections(out);
    }
    out.add("  balance leastconn");
    for (const model::Server *server : application.servers)
      out.add("  server {} {} track {}.check/{}", server->name, application.addressOn(*server),
              policy.name, server->name);
  }
  out.addEmpty();
}

void addHead(Lines &out, const model::Router &router) {
  out.add("# Written by `ripple routes`. Make it anew when a Components List or the Server List");
  out.add("# changes; do not edit it.");
  out.add("global");
  if (!router.socket.empty())
    out.add("  stats socket {}{} level admin", router.socket,
            router.socket.find(':') == std::string::npos ? " mode 600" : "");
  out.addEmpty();
  out.add("defaults");
  out.add("  mode http");
  out.add("  timeout connect 5s");
  out.add("  timeout client 60s");
  out.add("  timeout server 60s");
  out.add("  timeout queue 30s");
  out.add("  # A server with a thread for each connection must not be starved by idle ones, and a");
  out.add("  # count of connections has to be one of requests.");
  addConnections(out);
  out.add("  # No retries of what may have been executed (retry-on stays at its default).");
  out.addEmpty();
}

std::vector<RouteFile> pieces(const RoutedApplications &applications) {
  std::vector<RouteFile> files;
  Lines backends;
  backends.add("# Written by `ripple routes`: for HAProxy beside its own configuration");
  backends.add("# (-f haproxy.cfg -f ripple-backends.cfg), whose `global` needs");
  if (const std::string &socket = applications.front().router->socket; !socket.empty())
    backends.add("#   stats socket {}{} level admin", socket,
                 socket.find(':') == std::string::npos ? " mode 600" : "");
  backends.addEmpty();
  for (const RoutedApplication &application : applications) {
    addBackends(backends, application, true);
    Lines rules;
    rules.add("# Written by `ripple routes`: lines for the frontend that takes the requests of {}.",
              application.policy->name);
    rules.add("# What stands before them goes first; nothing gets by them.");
    rules.indentBy(1);
    addRules(rules, application);
    files.push_back(
        {fmt::format("ripple-{}.frontend.cfg", application.policy->name), rules.take()});
  }
  files.insert(files.begin(), {"ripple-backends.cfg", backends.take()});
  return files;
}

} // namespace

std::vector<RouteFile> haproxyFiles(const RoutedApplications &applications, bool fragment) {
  if (fragment)
    return pieces(applications);
  Lines out;
  addHead(out, *applications.front().router);
  for (const RoutedApplication &application : applications) {
    out.add("frontend {}", application.policy->name);
    out.indentBy(1);
    out.add("bind {}", application.listen);
    addRules(out, application);
    out.indentBy(0);
    out.addEmpty();
  }
  for (const RoutedApplication &application : applications)
    addBackends(out, application, false);
  return {{"haproxy.cfg", out.take()}};
}

} // namespace ripple::planner
