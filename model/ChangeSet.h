//===- ChangeSet.h - `ripple.change` ----------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What is to be upgraded, how, and under which rules. Written by people.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_CHANGESET_H
#define RIPPLE_MODEL_CHANGESET_H

#include "model/ComponentsList.h"
#include "model/Document.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ripple::model {

/// Runs an argument vector; never a shell.
struct RunAction {
  std::vector<std::string> argv;
  bool operator==(const RunAction &) const = default;
};
/// Makes SYMLINK point to TARGET: a new link renamed over the old one.
struct SymlinkAction {
  std::string symlink, target;
  bool operator==(const SymlinkAction &) const = default;
};
/// Has the gate of each process that holds plug-in PLUGIN load PATH instead.
struct PluginAction {
  std::string plugin, path;
  bool operator==(const PluginAction &) const = default;
};
/// Installs one version of a Debian package.
struct PackageAction {
  std::string package, version;
  bool operator==(const PackageAction &) const = default;
};
using Action = std::variant<RunAction, SymlinkAction, PluginAction, PackageAction>;

/// In the user's words: "run /usr/bin/install-pricing 1.1.0", "switch /opt/p.so to p-1.1.0.so".
std::string describe(const Action &action);

/// How the processes of a `process` domain are started again.
struct RestartWith {
  std::string unit;    ///< systemd unit, or
  std::string process; ///< a process of the agent's own.
  bool operator==(const RestartWith &) const = default;
};

struct Upgrade {
  std::string component;
  std::string from, to;
  std::optional<RestartDomain> restart; ///< Absent: the Components List's.
  std::vector<Action> install;          ///< Done in this order; usually one.
  std::optional<RestartWith> restartWith;
  std::vector<std::string> check; ///< Argument vector; empty: no check beside the agent's own.
  std::vector<Action> rollback;   ///< Done in this order; empty: there is no way back.
  /// What files that the actions or the check name must be on every server, right before they are
  /// used: "sha256:…" by the file, as the action has it.
  std::map<std::string, std::string> digests;
  bool phaseIn = false;
  Milliseconds quiesceTimeout{30'000};
  std::vector<std::string> servers; ///< Only there; empty: wherever the component is.
  bool elsewhereNew = false;        ///< Other servers have `to` already; else they keep `from`.

  /// Servers that it is not for keep the old version.
  bool leavesOld() const { return !servers.empty() && !elsewhereNew; }
  bool isFor(std::string_view server) const {
    return servers.empty() || std::find(servers.begin(), servers.end(), server) != servers.end();
  }
};

/// The files that ACTION names, as it has them: a program's arguments, what a symlink is to point
/// to, a plug-in.
std::vector<std::string> filesOf(const Action &action);
/// Of UPGRADE's digests, those of the files that ACTION names.
std::map<std::string, std::string> digestsFor(const Upgrade &upgrade, const Action &action);

/// A component at a version, "pricing@1.1.0".
struct ComponentVersion {
  std::string component, version;
  auto operator<=>(const ComponentVersion &) const = default;
};

/// `before` is everywhere before `after` is anywhere. A rule may name a component that this change
/// set does not upgrade; whether there is such a component, only the planner can tell.
struct OrderRule {
  ComponentVersion before, after;
  std::string reason;
};

/// How far apart the versions of COMPONENT and OF may be while both are in service, in whole
/// numbers of UNIT: 1.28 is one minor version newer than 1.27, and 2.0 is further from both than
/// minor versions can say. At least one bound is there. OF may be the component itself: then it is
/// about its own old and new version.
struct DistanceRule {
  enum class Unit { Major, Minor };
  std::string component, of;
  std::optional<unsigned> newerMost; ///< COMPONENT may be so much newer than OF; absent: any.
  std::optional<unsigned> olderMost; ///< COMPONENT may be so much older than OF; absent: any.
  Unit unit = Unit::Minor;
  std::string reason;
};
std::string_view toString(DistanceRule::Unit unit);

struct Gate {
  std::string after; ///< "first-server", "wave:2", "component:pricing".
  Milliseconds wait{0};
  bool approve = false;
};

struct Window {
  std::string from, to; ///< RFC 3339, UTC.
};

struct ChangeSet {
  std::vector<Upgrade> upgrades; ///< Sorted by component.
  std::vector<OrderRule> order;
  std::vector<std::pair<ComponentVersion, ComponentVersion>> forbidTogether;
  std::vector<DistanceRule> versionDistance;
  std::vector<Gate> gates;
  bool zonesOneAtATime = false;
  std::vector<Window> windows;
  unsigned abortBudget = 1; ///< Failed servers after which the upgrade stops.

  const Upgrade *upgrade(std::string_view component) const;
};

Result<ChangeSet> readChangeSet(const std::string &file);
Result<ChangeSet> parseChangeSet(std::string_view text, const std::string &file);
std::string writeChangeSet(const ChangeSet &change);
std::string digest(const ChangeSet &change);

} // namespace ripple::model

#endif
