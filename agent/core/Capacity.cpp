//===- Capacity.cpp - Which servers serve a routing class now -------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/core/Capacity.h"

#include <cstdio>

namespace ripple::agent::core {

namespace {

const TargetView *viewOf(const State &state, const Target &target) {
  auto router = state.record.routers.find(target.router);
  if (router == state.record.routers.end() || !router->second.known)
    return nullptr;
  auto view = router->second.views.find(target);
  return view == router->second.views.end() ? nullptr : &view->second;
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

/// What a member counts for, in the unit of the class's need.
double weight(const RouteClass &routeClass, const Member &member) {
  return routeClass.need.unit == Need::Unit::Servers ? 1 : member.capacity;
}

double needed(const RouteClass &routeClass) {
  if (routeClass.need.unit != Need::Unit::CapacityShare)
    return routeClass.need.value;
  double all = 0;
  for (const Member &member : routeClass.members)
    all += member.capacity;
  return routeClass.need.value * all;
}

/// Why a member does not serve: ", app3 is down"; "" where it does.
std::string absence(const State &state, const RouteClass &routeClass, const Member &member) {
  Target target = routeClass.target(member.server);
  const TargetView *view = viewOf(state, target);
  auto wanted = state.record.targets.find(target);
  if (wanted != state.record.targets.end() && wanted->second.forbidden)
    return ", " + member.server + " is withdrawn";
  if (!view)
    return ", " + member.server + " is not known";
  if (!view->up)
    return ", " + member.server + " is down";
  return view->forbidden ? ", " + member.server + " is in drain" : "";
}

} // namespace

bool serves(const State &state, const RouteClass &routeClass, const std::string &server) {
  Target target = routeClass.target(server);
  const TargetView *view = viewOf(state, target);
  auto wanted = state.record.targets.find(target);
  bool withdrawn = wanted != state.record.targets.end() && wanted->second.forbidden;
  return view && view->up && !view->forbidden && !withdrawn;
}

std::string shortage(const State &state, const RouteClass &routeClass, const std::string &without) {
  constexpr double tolerance = 1e-9;
  double have = 0, need = needed(routeClass);
  std::string absent;
  for (const Member &member : routeClass.members) {
    if (member.server == without)
      continue;
    if (serves(state, routeClass, member.server))
      have += weight(routeClass, member);
    else
      absent += absence(state, routeClass, member);
  }
  if (have + tolerance * (1 + need) >= need)
    return {};
  std::string unit = routeClass.need.unit == Need::Unit::Servers ? " servers" : " of capacity";
  return routeClass.id + " must keep " + number(need) + unit + " and would have " + number(have) +
         absent;
}

} // namespace ripple::agent::core
