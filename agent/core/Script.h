//===- Script.h - One plan, as the protocol executes it ---------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What `step` is told once, before the first event, and never changes: the
// tasks of a plan with their items in order, and the routing classes with what
// each must keep. Made from a `ripple.plan` by the manager; standard library
// only, so that the protocol runs anywhere (the manager, the transcripts of its
// tests, a simulator).
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_CORE_SCRIPT_H
#define RIPPLE_AGENT_CORE_SCRIPT_H

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ripple::agent::core {

/// Milliseconds of a monotonic clock.
using Millis = std::uint64_t;

/// One server in one back end of one router: what can be forbidden and permitted.
struct Target {
  std::string router, backend, server;
  auto operator<=>(const Target &) const = default;
};

/// The least that a routing class keeps.
struct Need {
  enum class Unit { Servers, CapacityShare, Capacity } unit = Unit::Servers;
  double value = 1; ///< Servers; a share from 0 to 1; or capacity in the user's unit.
};

struct Member {
  std::string server;
  double capacity = 1;
};

/// A routing class: request kinds that move together, and the servers that serve them.
struct RouteClass {
  std::string id; ///< "shop.2"
  std::string application;
  std::string router, backend;
  std::vector<std::string> requests; ///< Empty for *other*.
  Need need;
  std::vector<Member> members;

  Target target(const std::string &server) const { return {router, backend, server}; }
};

/// One thing that an agent does to its server. One at a time, in the order of the list.
struct Item {
  enum class Kind { Install, Restart, Check, Rollback } kind = Kind::Install;
  std::string component;          ///< Install, Check, Rollback.
  unsigned action = 0;            ///< Which of the component's install or rollback actions.
  std::string process;            ///< Restart.
  std::string application;        ///< Restart: what the process runs.
  std::string step;               ///< The plan's step that this belongs to; "" in a rollback.
  bool endsStep = true;           ///< The last item of its step.
  std::vector<std::string> after; ///< Steps of other tasks that must be done before.
  bool operator==(const Item &) const = default;
};

struct Component {
  std::string id, from, to;
  unsigned rollbackActions = 0; ///< 0: there is no way back.
};

/// What is sealed in the gates of one application. Its own name: every request.
struct SealSet {
  std::string application;
  std::vector<std::string> components;
};

struct Task {
  std::string id, server;
  std::vector<std::size_t> classes; ///< Into Script::classes: what is forbidden on `server`.
  std::vector<SealSet> seals;
  std::vector<Component> components;
  std::vector<Item> items;
  std::string forbidStep, awaitStep, permitStep;
  std::vector<std::string> forbidAfter, awaitAfter, permitAfter; ///< Steps of other tasks.
  Millis quiesceTimeoutMs = 30'000;

  /// Its processes stop: a request that waits at the sealed gate would be lost with them.
  bool stopsProcesses() const {
    for (const Item &item : items)
      if (item.kind == Item::Kind::Restart)
        return true;
    return false;
  }
};

/// A barrier between tasks: a time to wait, or a person's approval.
struct GateStep {
  std::string step;
  std::vector<std::string> after;
  Millis waitMs = 0;
  bool approve = false;
};

struct Limits {
  Millis routerPollMs = 40;   ///< Between two observations while something is drained.
  Millis idlePollMs = 250;    ///< The same while nothing is.
  Millis serverPollMs = 40;   ///< Between two looks at a server that is waited for.
  Millis resendMs = 250;      ///< Before a command that found nobody is sent again.
  Millis patienceMs = 60'000; ///< How long an agent or router may stay silent.
  Millis returnMs = 60'000;   ///< A restarted process is serving again within this time.
  unsigned unsealMax = 3;     ///< How often a seal is given up for a request that waits at it.
};

struct Script {
  std::string plan; ///< The plan's id.
  std::vector<RouteClass> classes;
  std::vector<Task> tasks;
  std::vector<GateStep> gates;
  /// Components: the first is everywhere before the second is anywhere.
  std::vector<std::pair<std::string, std::string>> order;
  unsigned abortBudget = 1; ///< Failed tasks after which the upgrade stops.
  Limits limits;
};

} // namespace ripple::agent::core

#endif
