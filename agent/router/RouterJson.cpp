//===- RouterJson.cpp - What an agent says of its router ------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/router/RouterJson.h"

#include <algorithm>
#include <fmt/format.h>

using namespace ripple;
using namespace ripple::agent;
using nlohmann::json;

namespace {

/// Reads the keys of one object; `problem` is the first thing that is wrong.
class Fields {
public:
  Fields(const json &object, std::string where, std::string &problem)
      : object(object), where(std::move(where)), problem(problem) {
    if (!object.is_object())
      wrong("is no object");
  }

  void get(const char *key, std::string &out) {
    if (const json *value = find(key, &json::is_string, "text"))
      out = value->get<std::string>();
  }
  void get(const char *key, bool &out) {
    if (const json *value = find(key, &json::is_boolean, "true or false"))
      out = value->get<bool>();
  }
  void get(const char *key, std::uint64_t &out) {
    const json *value = find(key, &json::is_number_integer, "number from 0 up");
    if (value && !value->is_number_unsigned() && value->get<std::int64_t>() < 0)
      wrong(fmt::format("'{}' is no number from 0 up", key));
    else if (value)
      out = value->get<std::uint64_t>();
  }
  void get(const char *key, std::int64_t &out) {
    std::uint64_t number = 0;
    get(key, number);
    out = static_cast<std::int64_t>(std::min<std::uint64_t>(number, INT64_MAX));
  }
  void get(const char *key, RouterState &out) {
    std::string word;
    get(key, word);
    if (word == toString(RouterState::Permitted))
      out = RouterState::Permitted;
    else if (word == toString(RouterState::Forbidden))
      out = RouterState::Forbidden;
    else
      wrong(fmt::format("'{}' is neither permitted nor forbidden", key));
  }

  const json *object_(const char *key) { return find(key, &json::is_object, "object"); }
  const json *list(const char *key) { return find(key, &json::is_array, "list"); }

private:
  const json *find(const char *key, bool (json::*is)() const noexcept, const char *what) {
    auto at = object.is_object() ? object.find(key) : object.end();
    if (at != object.end() && (*at.*is)())
      return &*at;
    wrong(fmt::format("'{}' is no {}", key, what));
    return nullptr;
  }
  void wrong(const std::string &what) {
    if (problem.empty())
      problem = fmt::format("{}: {}", where, what);
  }

  const json &object;
  std::string where;
  std::string &problem;
};

json jsonOf(const RouterServer &server) {
  return {{"backend", server.target.backend},
          {"server", server.target.server},
          {"state", toString(server.admin)},
          {"word", server.adminWord},
          {"up", server.up},
          {"checked", server.checked},
          {"checkStatus", server.checkStatus},
          {"tracks", server.tracks},
          {"active", server.active},
          {"queued", server.queued},
          {"uncounted", server.uncounted}};
}

RouterServer readServer(const json &value, const std::string &where, std::string &problem) {
  Fields fields(value, where, problem);
  RouterServer out;
  fields.get("backend", out.target.backend);
  fields.get("server", out.target.server);
  fields.get("state", out.admin);
  fields.get("word", out.adminWord);
  fields.get("up", out.up);
  fields.get("checked", out.checked);
  fields.get("checkStatus", out.checkStatus);
  fields.get("tracks", out.tracks);
  fields.get("active", out.active);
  fields.get("queued", out.queued);
  fields.get("uncounted", out.uncounted);
  return out;
}

RouterBackend readBackend(const json &value, const std::string &where, std::string &problem) {
  Fields fields(value, where, problem);
  RouterBackend out;
  fields.get("name", out.name);
  fields.get("queued", out.queued);
  fields.get("active", out.active);
  return out;
}

} // namespace

json agent::toJson(const RouterView &view) {
  json servers = json::array(), backends = json::array();
  for (const RouterServer &server : view.servers)
    servers.push_back(jsonOf(server));
  for (const RouterBackend &backend : view.backends)
    backends.push_back(
        {{"name", backend.name}, {"queued", backend.queued}, {"active", backend.active}});
  return {{"identity", {{"pid", view.identity.pid}, {"startTime", view.identity.startTime}}},
          {"servers", std::move(servers)},
          {"backends", std::move(backends)}};
}

tl::expected<RouterView, std::string> agent::readRouterView(const json &value) {
  std::string problem;
  RouterView out;
  Fields fields(value, "a router", problem);
  if (const json *identity = fields.object_("identity")) {
    Fields run(*identity, "identity", problem);
    run.get("pid", out.identity.pid);
    run.get("startTime", out.identity.startTime);
  }
  if (const json *servers = fields.list("servers"))
    for (std::size_t i = 0; i < servers->size() && problem.empty(); ++i)
      out.servers.push_back(readServer((*servers)[i], fmt::format("servers/{}", i), problem));
  if (const json *backends = fields.list("backends"))
    for (std::size_t i = 0; i < backends->size() && problem.empty(); ++i)
      out.backends.push_back(readBackend((*backends)[i], fmt::format("backends/{}", i), problem));
  if (!problem.empty())
    return tl::unexpected(problem);
  std::ranges::sort(out.servers, {}, &RouterServer::target);
  std::ranges::sort(out.backends, {}, &RouterBackend::name);
  return out;
}

json agent::toJson(const RouterError &error) {
  json out = {{"error", error.message}, {"kind", toString(error.kind)}};
  if (!error.remedy.empty())
    out["remedy"] = error.remedy;
  return out;
}

RouterError agent::readRouterError(const json &value) {
  RouterError out{RouterError::Kind::Refused, {}, {}};
  auto text = [&](const char *key) {
    auto at = value.is_object() ? value.find(key) : value.end();
    return at != value.end() && at->is_string() ? at->get<std::string>() : std::string();
  };
  out.message = text("error");
  out.remedy = text("remedy");
  if (auto kind = routerErrorKind(text("kind")))
    out.kind = *kind;
  return out;
}
