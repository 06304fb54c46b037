//===- ServerList.cpp - `ripple.servers`: reader, writer, digest ----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/ServerList.h"
#include "model/Nearest.h"
#include "model/Network.h"
#include "model/Number.h"
#include "model/Records.h"

#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace ripple::model {

std::string_view toString(RouterKind kind) {
  switch (kind) {
  case RouterKind::HAProxy:
    return "haproxy";
  case RouterKind::Httpd:
    return "httpd";
  case RouterKind::Nginx:
    return "nginx";
  }
  return "";
}

std::string_view assumedWithoutGate(RouterKind kind) {
  switch (kind) {
  case RouterKind::HAProxy:
    return "no request is active when the router counts none: not so where a client gave up "
           "(`option abortonclose`), `timeout server` struck, or the router was reloaded or "
           "started again meanwhile";
  case RouterKind::Httpd:
    return "no request is active when the router's busy column is 0: not so where a client gave "
           "up, `ProxyTimeout` struck, or the router was started again meanwhile";
  case RouterKind::Nginx:
    return "no request is active when all workers of before the change have ended: not so where a "
           "client gave up (`proxy_ignore_client_abort off`) or `proxy_read_timeout` struck";
  }
  return "";
}

std::string_view toString(Sessions sessions) {
  return sessions == Sessions::Shared ? "shared" : "sticky";
}

namespace {

/// With up to six decimals, which is what a reader takes.
std::string percentText(double percent) {
  std::string text = fmt::format("{:.6f}", percent);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.'))
    text.pop_back();
  return text + "%";
}

} // namespace

std::string describe(const Minimum &minimum) {
  switch (minimum.unit) {
  case Minimum::Unit::Servers:
    return formatNumber(minimum.value);
  case Minimum::Unit::CapacityShare:
    return percentText(minimum.value * 100);
  case Minimum::Unit::Capacity:
    return formatNumber(minimum.value) + " of capacity";
  }
  return "";
}

namespace {

template <typename T> const T *find(const std::vector<T> &list, std::string_view name) {
  for (const T &element : list)
    if (element.name == name)
      return &element;
  return nullptr;
}

template <typename T> std::vector<std::string> namesOf(const std::vector<T> &list) {
  std::vector<std::string> names;
  for (const T &element : list)
    names.push_back(element.name);
  return names;
}

} // namespace

const Router *ServerList::router(std::string_view name) const { return find(routers, name); }
const ApplicationPolicy *ServerList::application(std::string_view name) const {
  return find(applications, name);
}
const Server *ServerList::server(std::string_view name) const { return find(servers, name); }

void read(const Value &value, Sessions &out) { readEnum(value, out, {"shared", "sticky"}); }
static void read(const Value &value, RouterKind &out) {
  readEnum(value, out, {"haproxy", "httpd", "nginx"});
}

namespace {

/// Reports KEY where it is neither there nor replaced by an agent on the router's host.
void requireKeyOrAgent(ObjectReader &object, std::string_view key, bool there,
                       const Router &router) {
  if (!there && router.agent.empty())
    object.value().mistake(
        fmt::format("a router of kind {} needs '{}', or 'agent'", toString(router.kind), key));
}

/// A port from 1 to 65535, without leading zeros.
bool isPort(std::string_view text) {
  unsigned number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && text[0] != '0' &&
         number <= 65535;
}

/// HOST:PORT; an IPv6 address in brackets.
bool isHostPort(std::string_view text) {
  std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || !isPort(text.substr(colon + 1)))
    return false;
  std::string_view host = text.substr(0, colon);
  if (host.front() != '[')
    return host.find_first_of(":[]/ ") == std::string_view::npos;
  return host.size() > 2 && host.back() == ']' &&
         host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdefABCDEF:.") ==
             std::string_view::npos;
}

void checkHostPort(const ObjectReader &object, std::string_view key, const std::string &address) {
  if (!address.empty() && !isHostPort(address))
    object.value().mistake({key}, fmt::format("'{}' is not HOST:PORT", address),
                           "write it like 127.0.0.1:8081, with a port from 1 to 65535");
}

void checkAgent(const ObjectReader &object, const std::string &agent) {
  if (!agent.empty() && !parseAddress(agent))
    object.value().mistake({"agent"}, fmt::format("'{}' is no agent's address", agent),
                           "write unix:PATH or https://HOST:PORT");
}

} // namespace

void read(const Value &value, Router &out) {
  ObjectReader object(value);
  object.required("name", out.name, Text::Name);
  bool hasKind = object.required("kind", out.kind);
  if (object.optional("agent", out.agent))
    checkAgent(object, out.agent);
  const Node *kind = value.node().find("kind");
  if (!hasKind || kind->kind() != Node::Kind::String || kind->asString() != toString(out.kind))
    return object.takeAll(); // Which other keys belong here is said by the kind.
  switch (out.kind) {
  case RouterKind::HAProxy:
    return requireKeyOrAgent(object, "socket", object.optional("socket", out.socket), out);
  case RouterKind::Httpd:
    requireKeyOrAgent(object, "url", object.optional("url", out.url), out);
    object.optional("referer", out.referer);
    return;
  case RouterKind::Nginx:
    requireKeyOrAgent(object, "upstreams", object.optional("upstreams", out.upstreams), out);
    requireKeyOrAgent(object, "pidFile", object.optional("pidFile", out.pidFile), out);
    object.optionalNonEmpty("test", out.test, Text::NonEmpty);
    return;
  }
}

namespace {

bool isDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// "60%", with up to six decimals, as a share from 0 to 1.
std::optional<double> parseShare(std::string_view text) {
  if (!text.ends_with('%'))
    return std::nullopt;
  text.remove_suffix(1);
  std::size_t point = text.find('.');
  std::string_view whole = text.substr(0, point);
  bool hasFraction = point != std::string_view::npos;
  std::string_view fraction = hasFraction ? text.substr(point + 1) : "0";
  if (!isDigits(whole) || !isDigits(fraction) || fraction.size() > 6 ||
      (whole.size() > 2 && whole != "100"))
    return std::nullopt;
  double percent = 0;
  std::from_chars(text.data(), text.data() + text.size(), percent);
  return percent <= 100 ? std::optional(percent / 100) : std::nullopt;
}

void readMinAvailable(const Value &value, Minimum &out) {
  bool isNumber =
      value.node().kind() == Node::Kind::Integer || value.node().kind() == Node::Kind::Real;
  double number = isNumber ? value.node().asReal() : -1;
  if (number >= 0 && number <= INT32_MAX && number == std::trunc(number)) {
    out = {Minimum::Unit::Servers, number};
    return;
  }
  if (value.node().kind() == Node::Kind::String)
    if (auto share = parseShare(value.node().asString())) {
      out = {Minimum::Unit::CapacityShare, *share};
      return;
    }
  value.mistake("must be a number of servers, or a share of capacity, and is " +
                    describe(value.node()),
                "write a whole number from 0, or \"0%\" to \"100%\"");
}

void readMinimum(ObjectReader &object, Minimum &out) {
  const Node *available = object.take("minAvailable");
  const Node *capacity = object.take("minCapacity");
  if (available && capacity)
    object.value().mistake("has both 'minAvailable' and 'minCapacity'", "remove one of them");
  if (available)
    readMinAvailable(Value(*available, object.value(), "minAvailable"), out);
  if (!capacity)
    return;
  double value = 0;
  Value minCapacity(*capacity, object.value(), "minCapacity");
  read(minCapacity, value);
  out = {Minimum::Unit::Capacity, value};
}

} // namespace

void readPolicy(ObjectReader &object, ApplicationPolicy &out) {
  object.required("name", out.name, Text::Name);
  object.required("router", out.router, Text::Name);
  readMinimum(object, out.minimum);
  object.optional("sessions", out.sessions);
  if (object.optional("listen", out.listen))
    checkHostPort(object, "listen", out.listen);
  object.optional("host", out.host);
  object.optional("health", out.health);
}

static void read(const Value &value, ApplicationPolicy &out) {
  ObjectReader object(value);
  readPolicy(object, out);
}

static void read(const Value &value, HostedApplication &out) {
  ObjectReader object(value);
  object.required("name", out.name, Text::Name);
  if (object.required("address", out.address))
    checkHostPort(object, "address", out.address);
  if (object.optional("capacity", out.capacity) && out.capacity == 0)
    value.mistake({"capacity"}, "must be above 0");
  object.optional("process", out.process);
}

void read(const Value &value, Server &out) {
  ObjectReader object(value);
  object.required("name", out.name, Text::Name);
  object.optional("zone", out.zone);
  if (object.optional("agent", out.agent))
    checkAgent(object, out.agent);
  if (!object.required("applications", out.applications))
    return;
  refuseDuplicates(
      Value(*object.take("applications"), value, "applications"), out.applications, "name",
      [](const HostedApplication &hosted) { return hosted.name; },
      "a server hosts an application once");
}

namespace {

/// "the name 'KEY' is known to nobody" with the nearest of NAMES, where it is none of them.
void checkReference(const Value &root, std::initializer_list<PathStep> path, std::string_view kind,
                    const std::string &name, const std::vector<std::string> &names) {
  if (name.empty() || std::ranges::find(names, name) != names.end())
    return;
  std::string near = nearest(name, std::span(names));
  root.mistake(path, fmt::format("there is no {} '{}'", kind, name),
               near.empty() ? fmt::format("add it to '{}s', or correct the name", kind)
                            : fmt::format("did you mean '{}'?", near));
}

void checkReferences(const Value &root, const ServerList &list) {
  std::vector<std::string> routers = namesOf(list.routers);
  std::vector<std::string> applications = namesOf(list.applications);
  for (std::size_t i = 0; i < list.applications.size(); ++i)
    checkReference(root, {"applications", i, "router"}, "router", list.applications[i].router,
                   routers);
  for (std::size_t i = 0; i < list.servers.size(); ++i) {
    const auto &hosted = list.servers[i].applications;
    for (std::size_t j = 0; j < hosted.size(); ++j)
      checkReference(root, {"servers", i, "applications", j, "name"}, "application", hosted[j].name,
                     applications);
  }
}

void readBody(ObjectReader &object, ServerList &out) {
  const Value &root = object.value();
  auto name = [](const auto &element) { return element.name; };
  object.nonEmpty("routers", out.routers);
  object.nonEmpty("applications", out.applications);
  object.nonEmpty("servers", out.servers);
  auto at = [&](std::string_view key) { return Value(*root.node().find(key), root, key); };
  if (!out.routers.empty())
    refuseDuplicates(at("routers"), out.routers, "name", name, "give each router its own name");
  if (!out.applications.empty())
    refuseDuplicates(at("applications"), out.applications, "name", name, "join the two entries");
  if (!out.servers.empty())
    checkServers(at("servers"), out.servers);
  checkReferences(root, out);
  sortBy(out.routers, &Router::name);
  sortBy(out.applications, &ApplicationPolicy::name);
  normalize(out.servers);
}

} // namespace

void checkServers(const Value &list, const std::vector<Server> &servers) {
  refuseDuplicates(
      list, servers, "name", [](const Server &server) { return server.name; },
      "give each server a name of its own");
  std::map<std::pair<std::string, std::string>, std::string> addresses;
  for (std::size_t i = 0; i < servers.size(); ++i)
    for (std::size_t j = 0; j < servers[i].applications.size(); ++j) {
      const HostedApplication &hosted = servers[i].applications[j];
      auto [known, isNew] = addresses.try_emplace({hosted.name, hosted.address}, servers[i].name);
      if (!isNew && !hosted.address.empty() && known->second != servers[i].name)
        list.mistake({i, "applications", j, "address"},
                     fmt::format("'{}' is the address of '{}' on server '{}' too", hosted.address,
                                 hosted.name, known->second),
                     "give each server its own address");
    }
}

void normalize(std::vector<Server> &servers) {
  for (Server &server : servers)
    sortBy(server.applications, &HostedApplication::name);
  sortBy(servers, &Server::name);
}

Result<ServerList> parseServerList(std::string_view text, const std::string &file) {
  return parseDocument<ServerList>(text, file, "ripple.servers", readBody);
}

Result<ServerList> readServerList(const std::string &file) {
  return readDocument(file, parseServerList);
}

} // namespace ripple::model
