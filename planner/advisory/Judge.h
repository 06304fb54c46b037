//===- Judge.h - Whom advisories concern, and what to do --------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_ADVISORY_JUDGE_H
#define RIPPLE_PLANNER_ADVISORY_JUDGE_H

#include "model/ChangeSet.h"
#include "planner/advisory/Statement.h"

namespace ripple::planner::advisory {

/// What one statement means for one component.
struct Verdict {
  enum class Kind { Affected, NotAffected, Dismissed } kind = Kind::NotAffected;
  const Statement *statement = nullptr;
  const model::Component *component = nullptr;
  std::string fixed;                      ///< Affected: the first version that is not; "" if none.
  const Statement *dismissedBy = nullptr; ///< Which statement of a VEX document says so.
};

/// A component that is affected.
struct Finding {
  const model::Component *component = nullptr;
  std::set<std::string> advisories;
  std::set<std::string> left;            ///< Those that the upgrade leaves, or that have none.
  std::optional<model::Upgrade> upgrade; ///< To a version that none of the others concerns.
  std::string whyNone;                   ///< Where there is no upgrade.
};

/// What STATEMENTS mean for the components of a list. Points into both.
struct Judgement {
  std::vector<Verdict> verdicts;                       ///< By advisory, then component.
  std::vector<Finding> findings;                       ///< By component.
  std::map<std::string, std::set<std::string>> nobody; ///< By package: the advisories that name it.
  std::vector<std::string> remarks;                    ///< What was passed over, and why.
};

/// ECOSYSTEM ("Debian:12"): what is installed. Where it is "" and an advisory says different things
/// of several, that is a mistake.
model::Result<Judgement> judge(const model::ComponentsList &list, const Statements &statements,
                               const std::string &ecosystem);

/// A change set of all upgrades that JUDGEMENT has; one without any is none that a reader takes.
model::ChangeSet changeOf(const Judgement &judgement);

/// JUDGEMENT for people: what each advisory means, and the request kinds that each finding touches.
std::string reportOf(const model::ComponentsList &list, const Judgement &judgement);

} // namespace ripple::planner::advisory

#endif
