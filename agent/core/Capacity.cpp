//===- Capacity.cpp - Which servers serve a routing class now -------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/core/Capacity.h"

#include <cstdio>

namespace ripple::agent::core {

namespace {

constexpr double tolerance = 1e-9;

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

/// The plan wants it forbidden, or has wanted it and was not yet shown that it is permitted again:
/// a view may be older than the forbid that it does not show.
bool isWithdrawn(const State &state, const Target &target) {
  auto wanted = state.record.targets.find(target);
  return wanted != state.record.targets.end() &&
         (wanted->second.forbidden || !wanted->second.confirmed);
}

/// Why a member does not serve: ", app3 is down"; "" where it does.
std::string absence(const State &state, const RouteClass &routeClass, const Member &member) {
  Target target = routeClass.target(member.server);
  const TargetView *view = viewOf(state, target);
  if (isWithdrawn(state, target))
    return ", " + member.server + " is withdrawn";
  if (!view)
    return ", " + member.server + " is not known";
  if (!view->up)
    return ", " + member.server + " is down";
  return view->forbidden ? ", " + member.server + " is in drain" : "";
}

} // namespace

bool couldSpare(const RouteClass &routeClass, const std::set<std::string> &absent) {
  double have = 0, need = needed(routeClass);
  for (const Member &member : routeClass.members)
    have += absent.count(member.server) ? 0 : weight(routeClass, member);
  return have + tolerance * (1 + need) >= need;
}

bool serves(const State &state, const RouteClass &routeClass, const std::string &server) {
  Target target = routeClass.target(server);
  const TargetView *view = viewOf(state, target);
  return view && view->up && !view->forbidden && !isWithdrawn(state, target);
}

const Target *drainedByOthers(const State &state, std::size_t task) {
  const Task &own = state.script->tasks[task];
  for (std::size_t c : own.classes) {
    const RouteClass &routeClass = state.script->classes[c];
    const RouterRecord &router = state.record.routers.at(routeClass.router);
    auto view = router.views.find(routeClass.target(own.server));
    if (!router.known || view == router.views.end() || !view->second.forbidden)
      continue;
    auto wanted = state.record.targets.find(view->first);
    if (wanted == state.record.targets.end() ||
        (!wanted->second.forbidden && wanted->second.confirmed && !wanted->second.pending))
      return &view->first;
  }
  return nullptr;
}

std::string shortage(const State &state, const RouteClass &routeClass, const std::string &without) {
  double have = 0, need = needed(routeClass);
  for (const Member &member : routeClass.members)
    if (member.server != without && serves(state, routeClass, member.server))
      have += weight(routeClass, member);
  if (have + tolerance * (1 + need) >= need)
    return {};
  std::string absent;
  for (const Member &member : routeClass.members)
    if (member.server != without && !serves(state, routeClass, member.server))
      absent += absence(state, routeClass, member);
  std::string unit = routeClass.need.unit == Need::Unit::Servers ? " servers" : " of capacity";
  return routeClass.id + " must keep " + number(need) + unit + " and would have " + number(have) +
         absent;
}

} // namespace ripple::agent::core
