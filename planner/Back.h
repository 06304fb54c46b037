//===- Back.h - The change set that undoes a plan ----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Going back is an upgrade like any other: what was installed is what is there
// now, what was there before is what is wanted, and the rules between versions
// hold in the other direction. So it is planned, checked and carried out by the
// same programs, from a change set that this makes.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_BACK_H
#define RIPPLE_PLANNER_BACK_H

#include "model/Plan.h"
#include "model/Status.h"

#include <map>

namespace ripple::planner {

/// Server and component → the version that an agent says is installed.
using Installed = std::map<std::pair<std::string, std::string>, std::string>;
/// Only servers whose agents are up, and what they can tell.
Installed installedIn(const model::Status &status);

/// What of a plan has been done, as far as going back is concerned.
struct Done {
  unsigned waves = 0;               ///< All tasks of the first so many waves.
  std::vector<std::string> servers; ///< Of those only the ones on these; empty: on all.
  std::vector<std::string> tasks;   ///< And of those only these; empty: all.
  /// And of what they install only what is there; absent: all.
  std::optional<Installed> installed;
};

/// Of what DONE names of PLAN: "pricing on app3", for each of which it has no version.
std::vector<std::string> unknownIn(const model::Plan &plan, const Done &done);

/// The change set that brings back what was there before DONE of PLAN, which was made from CHANGE.
/// Where something of it cannot be undone: one reason for each such component, and what to do.
tl::expected<model::ChangeSet, std::vector<std::string>>
wayBack(const model::Plan &plan, const model::ChangeSet &change, const Done &done);

/// The installs after which something cannot be undone, by wave, without those that come after
/// another one of them. Servers do not wait for each other's waves, so any of these may be the
/// first that is carried out; until then all that is done can be undone.
std::vector<const model::Step *> pointsOfNoReturn(const model::Plan &plan);

} // namespace ripple::planner

#endif
