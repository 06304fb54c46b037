//===- EventJson.cpp - Events of the protocol as JSON ---------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/journal/EventJson.h"

#include "model/JsonNumber.h"

#include <nlohmann/json.hpp>

namespace ripple::agent::core {

using Json = nlohmann::json;

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Holder, request, application, session, pid, ageMs)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RouterSeen::Server, backend, server, forbidden, up, active)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RouterSeen, router, identity, servers, askedMs)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RouterLost, router, message)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DrainSeen, task, routerQuiet, routerActive, active, holders,
                                   askedMs)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DrainLost, task, message)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ServerSeen::Process, name, application, running, pid, gated)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ServerSeen::Installed, component, version)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ServerSeen, server, processes, installed, held, sealedTasks,
                                   askedMs)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ServerLost, server, message)
NLOHMANN_JSON_SERIALIZE_ENUM(Outcome::Result, {{Outcome::Result::Done, "done"},
                                               {Outcome::Result::Busy, "busy"},
                                               {Outcome::Result::Failed, "failed"},
                                               {Outcome::Result::Unknown, "unknown"},
                                               {Outcome::Result::Lost, "lost"}})
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Outcome, effect, result, message, holders)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Windows, closedUntil)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PermitServer, server)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Superseded, message)

namespace {

/// Events that say nothing but what they are.
template <typename T>
concept Bare = std::is_empty_v<T>;

template <typename T> const char *const nameOf = nullptr;
template <> const char *const nameOf<Begin> = "begin";
template <> const char *const nameOf<Recovered> = "recovered";
template <> const char *const nameOf<Rerun> = "rerun";
template <> const char *const nameOf<Tick> = "tick";
template <> const char *const nameOf<RouterSeen> = "routerSeen";
template <> const char *const nameOf<RouterLost> = "routerLost";
template <> const char *const nameOf<DrainSeen> = "drainSeen";
template <> const char *const nameOf<DrainLost> = "drainLost";
template <> const char *const nameOf<ServerSeen> = "serverSeen";
template <> const char *const nameOf<ServerLost> = "serverLost";
template <> const char *const nameOf<Outcome> = "outcome";
template <> const char *const nameOf<Pause> = "pause";
template <> const char *const nameOf<Resume> = "resume";
template <> const char *const nameOf<Windows> = "windows";
template <> const char *const nameOf<Abort> = "abort";
template <> const char *const nameOf<PermitServer> = "permit";
template <> const char *const nameOf<Superseded> = "superseded";

template <typename T> bool take(const Json &json, Event::Kind &out) {
  if (json.at("event") != nameOf<T>)
    return false;
  if constexpr (Bare<T>)
    out = T{};
  else
    out = json.at("of").get<T>();
  return true;
}

template <typename... T> bool takeOne(const Json &json, std::variant<T...> &out) {
  return (take<T>(json, out) || ...);
}

} // namespace
} // namespace ripple::agent::core

namespace ripple::agent {

std::string writeEvent(const core::Event &event) {
  nlohmann::json json = {{"nowMs", event.nowMs}};
  std::visit(
      [&](const auto &kind) {
        using T = std::decay_t<decltype(kind)>;
        json["event"] = core::nameOf<T>;
        if constexpr (!core::Bare<T>)
          json["of"] = kind;
      },
      event.kind);
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<core::Event> parseEvent(std::string_view text) {
  try {
    auto json = model::parseWhole(text);
    core::Event event;
    event.nowMs = model::wholeNumber<core::Millis>(json.at("nowMs"));
    if (!core::takeOne(json, event.kind))
      return std::nullopt;
    return event;
  } catch (const nlohmann::json::exception &) {
    return std::nullopt;
  }
}

} // namespace ripple::agent
