//===- Routes.cpp - What routers' configurations have in common -----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/Routes.h"

#include <algorithm>
#include <map>
#include <regex>
#include <set>

namespace ripple::planner {

namespace {

using model::RouterKind;

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (std::string_view("\\.^$|()[]{}*+?").find(c) != std::string_view::npos)
      out += '\\';
    out += c;
  }
  return out;
}

/// Does TEXT end with C, and not with an escaped one?
bool endsUnescaped(std::string_view text, char c) {
  if (!text.ends_with(c))
    return false;
  std::size_t backslashes = 0;
  while (backslashes + 1 < text.size() && text[text.size() - 2 - backslashes] == '\\')
    ++backslashes;
  return backslashes % 2 == 0;
}

constexpr std::string_view smallLettersAndDigits = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view lettersAndDigits =
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Nothing but CHARACTERS and MORE. (std::regex goes as deep as a text is long.)
bool isOf(std::string_view text, std::string_view characters, std::string_view more) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return characters.find(c) != std::string_view::npos || more.find(c) != std::string_view::npos;
  });
}

const char *nameOf(RouterKind kind) {
  switch (kind) {
  case RouterKind::HAProxy:
    return "HAProxy";
  case RouterKind::Httpd:
    return "Apache httpd";
  case RouterKind::Nginx:
    return "nginx";
  }
  return "";
}

bool isBehind(const Inputs &inputs, const model::ApplicationPolicy &policy, RouterKind kind) {
  const model::Router *router = inputs.servers.router(policy.router);
  return router && router->kind == kind;
}

class Problems {
public:
  Problems(const Inputs &inputs, const RoutesWanted &wanted, std::string file)
      : inputs(inputs), wanted(wanted), file(std::move(file)) {}

  model::Mistakes run() {
    for (const model::ApplicationPolicy &policy : inputs.servers.applications)
      if (isBehind(inputs, policy, wanted.kind))
        policies.push_back(&policy);
    if (policies.empty())
      add("/routers",
          fmt::format("no application is behind a router of the kind {}", toString(wanted.kind)),
          "--router says for which kind the configuration is");
    for (const model::ApplicationPolicy *policy : policies)
      application(*policy);
    for (const model::Server &server : inputs.servers.servers)
      hosted(server);
    routers();
    return std::move(found);
  }

private:
  void add(const char *pointer, std::string what, std::string remedy) {
    found.push_back({{file, 0, pointer}, std::move(what), std::move(remedy)});
  }

  void application(const model::ApplicationPolicy &policy) {
    name("/applications", policy.name);
    word("/applications", policy.name, "listen", policy.listen);
    word("/applications", policy.name, "health", policy.health);
    if (!policy.host.empty())
      add("/applications", fmt::format("{}: `host` is not available yet", policy.name),
          "give each application an address of its own (listen)");
    auto [other, isNew] = listening.try_emplace(policy.listen, policy.name);
    if (!isNew && !policy.listen.empty() && !wanted.fragment)
      add("/applications",
          fmt::format("{} and {} both listen on {}", other->second, policy.name, policy.listen),
          "give each application an address of its own");
  }

  void hosted(const model::Server &server) {
    if (wanted.kind == RouterKind::HAProxy)
      name("/servers", server.name);
    for (const model::HostedApplication &one : server.applications)
      word("/servers", server.name, "address", one.address);
  }

  /// What the configuration has as a word must not be read as several, or as something else.
  void word(const char *pointer, const std::string &of, const char *key, const std::string &text) {
    if (!isOf(text, lettersAndDigits, "_.,:@%+=/*?&~[]-"))
      add(pointer,
          fmt::format("{}: `{}` has characters that a configuration of {} reads in a way "
                      "of its own: '{}'",
                      of, key, nameOf(wanted.kind), text),
          "use letters, digits and \"_.,:@%+=/*?&~[]-\"");
  }

  /// A name has to be one of the router's too.
  void name(const char *pointer, const std::string &name) {
    switch (wanted.kind) {
    case RouterKind::HAProxy:
      if (name.find('+') != std::string::npos)
        rename(pointer, "HAProxy allows no '+' in a name", name);
      return;
    case RouterKind::Httpd:
      if (!isOf(name, smallLettersAndDigits, "_.-"))
        rename(pointer, "httpd allows small letters, digits and '_.-' in a balancer's name", name);
      return;
    case RouterKind::Nginx:
      if (!isOf(name, lettersAndDigits, "_.-"))
        rename(pointer, "nginx allows letters, digits and '_.-' in an upstream's name", name);
    }
  }

  void rename(const char *pointer, const char *rule, const std::string &name) {
    add(pointer, fmt::format("{}: '{}'", rule, name), "rename it");
  }

  void routers() {
    std::map<std::string, std::set<std::string>> behind;
    for (const model::ApplicationPolicy *policy : policies)
      behind[policy->router].insert(policy->name);
    if (wanted.kind != RouterKind::Httpd && behind.size() > 1)
      add("/routers",
          fmt::format("configurations for several routers of the kind {} are not available yet",
                      toString(wanted.kind)),
          "write one Server List for each of them, with its applications");
    for (const auto &[router, applications] : behind)
      one(*inputs.servers.router(router), applications);
  }

  void one(const model::Router &router, const std::set<std::string> &applications) {
    for (const auto &[key, text] : {std::pair("socket", &router.socket),
                                    {"upstreams", &router.upstreams},
                                    {"pidFile", &router.pidFile}})
      word("/routers", router.name, key, *text);
    if (wanted.kind == RouterKind::Nginx && router.upstreams.empty())
      add("/routers", fmt::format("{}: nothing says where its upstreams are", router.name),
          "give `upstreams`, the file that the manager writes");
    if (wanted.kind != RouterKind::Httpd)
      return;
    if (managerOf(router).first.empty())
      add("/routers",
          fmt::format("{}: '{}' is no URL of a balancer-manager", router.name, router.url),
          "give `url: http://HOST:PORT/balancer-manager`");
    if (applications.size() > 1)
      add("/routers",
          fmt::format("{}: a balancer-manager knows one virtual host, and {} applications are "
                      "behind this one",
                      router.name, applications.size()),
          "give each application a router of its own, with the `url` of its virtual host");
  }

  const Inputs &inputs;
  const RoutesWanted &wanted;
  std::string file;
  std::vector<const model::ApplicationPolicy *> policies;
  std::map<std::string, std::string> listening;
  model::Mistakes found;
};

std::vector<RouteRule> rulesOf(const model::Application &application,
                               const std::vector<model::RoutingClass> &classes) {
  std::map<std::string_view, const std::string *> backends;
  for (const model::RoutingClass &one : classes)
    for (const std::string &id : one.requests)
      backends[id] = &one.backend;
  std::vector<RouteRule> rules;
  for (const RoutedKind &routed : routedKinds(application)) {
    auto found = backends.find(routed.kind->id);
    rules.push_back({routed.kind, found != backends.end() ? *found->second : classes.back().backend,
                     routed.notRoutable, routed.isToldApart});
  }
  std::stable_partition(rules.begin(), rules.end(),
                        [](const RouteRule &rule) { return rule.isToldApart; });
  return rules;
}

} // namespace

const std::string &RoutedApplication::addressOn(const model::Server &server) const {
  return std::find_if(server.applications.begin(), server.applications.end(),
                      [&](const auto &hosted) { return hosted.name == policy->name; })
      ->address;
}

std::string pathExpression(const std::string &path) {
  if (path.starts_with("~ ")) {
    std::string_view text = std::string_view(path).substr(2);
    const bool begins = text.starts_with('^'), ends = endsUnescaped(text, '$');
    text.remove_prefix(begins ? 1 : 0);
    text.remove_suffix(ends ? 1 : 0);
    return fmt::format("{}(?:{}){}", begins ? "" : ".*", text, ends ? "" : ".*");
  }
  if (path.ends_with("/**"))
    return escaped(std::string_view(path).substr(0, path.size() - 2)) + ".*";
  std::string out;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t open = std::min(path.find('{', at), path.size());
    out += escaped(std::string_view(path).substr(at, open - at));
    if (open < path.size())
      out += "[^/]+";
    at = open < path.size() ? path.find('}', open) + 1 : open;
  }
  return out;
}

std::pair<std::string, std::string> hostAndPort(const std::string &address) {
  const std::size_t colon = address.rfind(':');
  return {address.substr(0, colon), address.substr(colon + 1)};
}

std::pair<std::string, std::string> managerOf(const model::Router &router) {
  static const std::regex url(
      R"(http://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]+))");
  constexpr std::size_t charactersMax = 2000;
  std::smatch match;
  if (router.url.size() > charactersMax || !std::regex_match(router.url, match, url))
    return {};
  return {match[3].str(), match[1].str() + (match[2].matched ? match[2].str() : ":80")};
}

void Lines::addAll(const std::string &lines) {
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', at), lines.size());
    text += (end > at ? indent : "") + lines.substr(at, end - at) + "\n";
    at = end + 1;
  }
}

model::Mistakes routesProblems(const Inputs &inputs, const RoutesWanted &wanted,
                               const std::string &file) {
  return Problems(inputs, wanted, file).run();
}

/// Where the router takes POLICY's requests; said, where that is not in the Server List.
static std::string listenOf(const model::ApplicationPolicy &policy, const model::Router &router,
                            unsigned &port, std::vector<std::string> &remarks) {
  if (!policy.listen.empty())
    return policy.listen;
  std::string listen = router.kind == RouterKind::Httpd ? managerOf(router).second
                                                        : fmt::format("127.0.0.1:{}", port++);
  remarks.push_back(fmt::format("{}: the Server List says nothing of where the router listens; {} "
                                "is taken (applications[].listen)",
                                policy.name, listen));
  return listen;
}

std::vector<RouteFile> routeFiles(const Inputs &inputs, const RoutesWanted &wanted,
                                  std::vector<std::string> &remarks) {
  const std::vector<model::RoutingClass> classes = routingClasses(inputs);
  RoutedApplications applications;
  unsigned port = 8080;
  for (const model::ApplicationPolicy &policy : inputs.servers.applications) {
    if (!isBehind(inputs, policy, wanted.kind)) {
      remarks.push_back(fmt::format("{} is behind {}, which is no {}: it is left out", policy.name,
                                    policy.router, nameOf(wanted.kind)));
      continue;
    }
    RoutedApplication &one = applications.emplace_back();
    one.policy = &policy;
    one.router = inputs.servers.router(policy.router);
    if (!wanted.fragment)
      one.listen = listenOf(policy, *one.router, port, remarks);
    std::copy_if(classes.begin(), classes.end(), std::back_inserter(one.classes),
                 [&](const auto &each) { return each.application == policy.name; });
    one.rules = rulesOf(*inputs.components.application(policy.name), one.classes);
    for (const model::Server &server : inputs.servers.servers)
      if (std::any_of(server.applications.begin(), server.applications.end(),
                      [&](const auto &hosted) { return hosted.name == policy.name; }))
        one.servers.push_back(&server);
    for (const RouteRule &rule : one.rules)
      if (!rule.notRoutable.empty())
        remarks.push_back(fmt::format("{}: {} goes to the class other: {}", policy.name,
                                      rule.kind->id, rule.notRoutable));
  }
  switch (wanted.kind) {
  case RouterKind::HAProxy:
    return haproxyFiles(applications, wanted.fragment);
  case RouterKind::Httpd:
    return httpdFiles(applications, wanted.fragment);
  case RouterKind::Nginx:
    return nginxFiles(applications, wanted.fragment);
  }
  return {};
}

} // namespace ripple::planner
