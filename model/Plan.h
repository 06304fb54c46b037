//===- Plan.h - `ripple.plan` -----------------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What to do, in which order, and why: self-contained, readable, approvable.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_PLAN_H
#define RIPPLE_MODEL_PLAN_H

#include "model/ChangeSet.h"
#include "model/ServerList.h"

#include <compare>

namespace ripple::model {

struct PlanInput {
  std::string path;   ///< As given on the command line, made absolute.
  std::string format; ///< "ripple.components", "ripple.servers", "ripple.change".
  std::string sha256; ///< The document's digest, "sha256:…".
};

/// A forecast.
struct Withdrawn {
  double serverSeconds = 0;
  double wholeServerDrain = 0;
  std::string assumed; ///< What both assume; "" where they come from a load.
};

/// By a load. Seconds.
struct PlanForecast {
  double quietP50Seconds = 0, quietP99Seconds = 0; ///< Time to quiescence of a task.
  double completeSeconds = 0;
};

struct PlanSummary {
  unsigned tasks = 0;
  unsigned waves = 0;
  unsigned lowerBound = 0;
  std::string boundBy;
  Withdrawn withdrawn;
  std::optional<PlanForecast> forecast; ///< Only where a load was given.
  std::vector<std::string> remarks; ///< What the engineer has to know: no gain, sticky, no gate.
};

enum class Why { Touches, Ambient, RestartDomain, Unresolved, AtomicGroup, RoutingClass };
std::string_view toString(Why);

struct QuiesceReason {
  std::string request;   ///< "other" for the class of what matches nothing.
  std::string component; ///< The changed component that the request is kept away for.
  Why why = Why::Touches;
  std::string via; ///< The component through which it is touched; "" if directly.
};

/// One (task, application).
struct QuiesceSet {
  std::string task, server;
  std::vector<std::string> components;
  std::string application;
  std::vector<std::string> requests; ///< Ids and "other", sorted.
  std::vector<QuiesceReason> reasons;
};

struct RequestRef {
  std::string application, id; ///< The id "other": the application's class *other*.
  auto operator<=>(const RequestRef &) const = default;
};

enum class StepAction { Forbid, Await, Install, Restart, Check, Permit, Gate };
std::string_view toString(StepAction);

struct Step {
  std::string id, task, server;
  StepAction action = StepAction::Forbid;
  unsigned wave = 1;
  std::vector<std::string> after;
  std::vector<RequestRef> requests;    ///< forbid, permit
  std::vector<std::string> components; ///< await
  std::string component;               ///< install, check
  std::string process;                 ///< restart
  std::string application;             ///< restart: the application that the process runs
  std::optional<Milliseconds> timeout; ///< await; gate: how long it waits
  bool approve = false;                ///< gate
};

struct RoutingClass {
  std::string id; ///< "shop.2", or "shop.other".
  std::string application;
  std::vector<std::string> requests; ///< Ids, sorted; empty for *other*.
  std::string backend;
};

struct PlannedApplication {
  ApplicationPolicy policy;
  std::vector<std::string> buildIds; ///< Of every build that the lists hold, sorted.
  /// Components that its processes load, with the version that was analyzed. Sorted.
  std::vector<ComponentVersion> components;
};

/// Two versions that meet while the plan is carried out.
struct MixedVersions {
  ComponentVersion first, second;
  unsigned fromWave = 1, toWave = 1;
};

/// Who has released a plan to be carried out, where, and until when (model/Signature.h).
struct PlanSignature {
  std::string cluster;     ///< Whose servers: the name that their agents are configured with.
  std::int64_t number = 0; ///< Rises from plan to plan: agents begin none with a lower one.
  std::string expires;     ///< RFC 3339, UTC: from then on nothing begins.
  std::string key;         ///< Which key it is of: see Key::fingerprint.
  std::string value;       ///< Base64.
};

struct Plan {
  std::string id; ///< "sha256:…" of everything else but the signature.
  std::optional<PlanSignature> signature;
  std::vector<PlanInput> inputs;
  PlanSummary summary;
  std::vector<QuiesceSet> quiesce;
  std::vector<Step> steps;
  std::vector<MixedVersions> mixedVersions;
  std::optional<std::string> pointOfNoReturn; ///< A step's id: the first of the following by wave.
  /// Ids of steps: the first of them that is carried out ends the way back, and nothing says which
  /// one that is. Installs without a rollback that come after no other one. Sorted.
  std::vector<std::string> pointsOfNoReturn;
  std::vector<Router> routers;
  std::vector<Server> servers;
  std::vector<PlannedApplication> applications;
  std::vector<RoutingClass> routingClasses;
  std::vector<Upgrade> upgrades; ///< `restart` filled in.
  /// Which of the upgrades are everywhere before which, and why: what the change set's rules ask
  /// for, those about versions that must not meet among them. Sorted, each two once.
  std::vector<OrderRule> order;
  unsigned abortBudget = 1;
  std::vector<Window> windows; ///< Nothing begins outside of them; none: always.

  const Step *step(std::string_view id) const;
  const Server *server(std::string_view name) const;
  const Upgrade *upgrade(std::string_view component) const;
};

Result<Plan> readPlan(const std::string &file);
Result<Plan> parsePlan(std::string_view text, const std::string &file);
std::string writePlan(const Plan &plan);
/// ID, or a key's fingerprint, short enough for a line: "sha256:" and twelve digits.
std::string shortId(std::string_view id);
/// What `Plan::id` must be for PLAN.
std::string planId(const Plan &plan);

} // namespace ripple::model

#endif
