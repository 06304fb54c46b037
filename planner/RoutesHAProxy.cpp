//===- RoutesHAProxy.cpp - HAProxy's configuration from routing classes ---===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The class that the router chooses has to be that of the handler that runs, or
// *other*. Router and application read a request target in ways of their own
// (encoding, doubled slashes, dot segments, absolute form), so whatever is not
// plain goes to *other*, unseen by the rules below it.
//
//===----------------------------------------------------------------------===//
#include "planner/Reports.h"

#include <fmt/format.h>
#include <map>

namespace ripple::planner {

namespace {

/// PATH as a condition of HAProxy's.
std::string pathCondition(const std::string &path) {
  if (path.rfind("~ ", 0) == 0)
    return fmt::format("{{ path -m reg '{}' }}", path.substr(2));
  if (path.ends_with("/**"))
    return fmt::format("{{ path -m beg '{}' }}", path.substr(0, path.size() - 2));
  if (path.find('{') == std::string::npos)
    return fmt::format("{{ path -m str '{}' }}", path);
  std::string expression = "^";
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '{') {
      expression += "[^/]+";
      i = path.find('}', i);
    } else {
      expression += path[i] == '.' ? std::string("\\.") : std::string(1, path[i]);
    }
  }
  return fmt::format("{{ path -m reg '{}$' }}", expression);
}

class Writer {
public:
  Writer(const Inputs &inputs, std::vector<std::string> &remarks)
      : inputs(inputs), remarks(remarks), classes(routingClasses(inputs)) {}

  std::string run() {
    head();
    unsigned port = 8080;
    for (const model::ApplicationPolicy &policy : inputs.servers.applications) {
      std::string listen = policy.listen;
      if (listen.empty()) {
        listen = fmt::format("127.0.0.1:{}", port++);
        remarks.push_back(fmt::format("{}: the Server List says nothing of where the router "
                                      "listens; {} is taken (applications[].listen)",
                                      policy.name, listen));
      }
      frontend(policy, listen);
    }
    for (const model::ApplicationPolicy &policy : inputs.servers.applications)
      backends(policy);
    return std::move(out);
  }

private:
  template <typename... Values> void line(fmt::format_string<Values...> text, Values &&...values) {
    out += fmt::format(text, std::forward<Values>(values)...) + "\n";
  }

  void head() {
    line("# Written by `ripple routes`. Make it anew when a Components List or the Server List");
    line("# changes; do not edit it.");
    line("global");
    for (const model::Router &router : inputs.servers.routers)
      if (router.kind == model::RouterKind::HAProxy && !router.socket.empty())
        line("  stats socket {}{} level admin", router.socket,
             router.socket.find(':') == std::string::npos ? " mode 600" : "");
    line("");
    line("defaults");
    line("  mode http");
    line("  timeout connect 5s");
    line("  timeout client 60s");
    line("  timeout server 60s");
    line("  timeout queue 30s");
    line("  # A server with a thread for each connection must not be starved by idle ones, and a");
    line("  # count of connections has to be one of requests.");
    line("  option http-server-close");
    line("  http-reuse never");
    line("  # No retries of what may have been executed (retry-on stays at its default).");
    line("");
  }

  const std::string &backendOf(const std::string &application, const std::string &request) const {
    static const std::string none;
    for (const model::RoutingClass &one : classes)
      if (one.application == application)
        for (const std::string &id : one.requests)
          if (id == request)
            return one.backend;
    return none;
  }

  void frontend(const model::ApplicationPolicy &policy, const std::string &listen) {
    line("frontend {}", policy.name);
    line("  bind {}", listen);
    line("  acl plain path -m reg '^/[A-Za-z0-9._~!&()*+,=:@/-]*$'");
    line("  acl doubled path -m sub //");
    line("  acl dotted path -m reg '/\\.\\.?(/|$)'");
    line("  acl origin_form url -m beg /");
    line("  use_backend {0}.other if !plain or doubled or dotted or !origin_form", policy.name);
    const model::Application *application = inputs.components.application(policy.name);
    for (const RoutedKind &routed : routedKinds(*application)) {
      const model::RequestKind &kind = *routed.kind;
      if (!routed.notRoutable.empty()) {
        line("  # {}: other, since {}", kind.id, routed.notRoutable);
        remarks.push_back(fmt::format("{}: {} goes to the class other: {}", policy.name, kind.id,
                                      routed.notRoutable));
        continue;
      }
      line("  use_backend {} if {}{}", backendOf(policy.name, kind.id),
           kind.method.empty() || kind.method == "*" ? ""
                                                     : fmt::format("{{ method {} }} ", kind.method),
           pathCondition(kind.path));
    }
    line("  default_backend {}.other", policy.name);
    line("");
  }

  void backends(const model::ApplicationPolicy &policy) {
    line("# Checks only: never drained, so that a drain of one class is not one of all.");
    line("backend {}.check", policy.name);
    if (!policy.health.empty())
      line("  option httpchk GET {}", policy.health);
    eachServer(policy, [&](const std::string &server, const std::string &address) {
      line("  server {} {} check inter 500ms fall 2 rise 1", server, address);
    });
    for (const model::RoutingClass &one : classes) {
      if (one.application != policy.name)
        continue;
      line("");
      for (const std::string &id : one.requests)
        line("# {}", id);
      line("backend {}", one.backend);
      line("  balance leastconn");
      eachServer(policy, [&](const std::string &server, const std::string &address) {
        line("  server {} {} track {}.check/{}", server, address, policy.name, server);
      });
    }
    line("");
  }

  template <typename Function>
  void eachServer(const model::ApplicationPolicy &policy, Function function) const {
    for (const model::Server &server : inputs.servers.servers)
      for (const model::HostedApplication &hosted : server.applications)
        if (hosted.name == policy.name)
          function(server.name, hosted.address);
  }

  const Inputs &inputs;
  std::vector<std::string> &remarks;
  std::vector<model::RoutingClass> classes;
  std::string out;
};

} // namespace

model::Mistakes haproxyProblems(const Inputs &inputs, const std::string &file) {
  model::Mistakes found;
  auto add = [&](const char *pointer, std::string what, std::string remedy) {
    found.push_back({{file, 0, pointer}, std::move(what), std::move(remedy)});
  };
  auto checkName = [&](const char *pointer, const std::string &name) {
    if (name.find('+') != std::string::npos)
      add(pointer, fmt::format("HAProxy allows no '+' in a name: '{}'", name), "rename it");
  };
  if (inputs.servers.routers.size() > 1)
    add("/routers", "configurations for several routers are not available yet",
        "write one Server List for each router, with its applications");
  std::map<std::string, std::string> listening;
  for (const model::ApplicationPolicy &policy : inputs.servers.applications) {
    checkName("/applications", policy.name);
    const model::Router *router = inputs.servers.router(policy.router);
    if (router && router->kind != model::RouterKind::HAProxy)
      add("/applications",
          fmt::format("{} is behind {}, which is no HAProxy", policy.name, router->name),
          "--router says for which kind the configuration is");
    if (!policy.host.empty())
      add("/applications", fmt::format("{}: `host` is not available yet", policy.name),
          "give each application an address of its own (listen)");
    auto [other, isNew] = listening.try_emplace(policy.listen, policy.name);
    if (!isNew && !policy.listen.empty())
      add("/applications",
          fmt::format("{} and {} both listen on {}", other->second, policy.name, policy.listen),
          "give each application an address of its own");
  }
  for (const model::Server &server : inputs.servers.servers)
    checkName("/servers", server.name);
  return found;
}

std::string haproxyConfiguration(const Inputs &inputs, std::vector<std::string> &remarks) {
  return Writer(inputs, remarks).run();
}

} // namespace ripple::planner
