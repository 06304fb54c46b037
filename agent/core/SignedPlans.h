//===- SignedPlans.h - Which plans an agent lets begin ----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// The decisions of an agent that carries out signed plans only; that a signature
// is good, and that an action is one of the plan's, is found out before. Standard
// library only: the agent and the simulated one use it.
//
//   begin a task    the newest plan that was shown here, and not after it expires
//   go on with one  whatever has become of the plan meanwhile: no server is left
//                   half done because a plan has expired
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_CORE_SIGNEDPLANS_H
#define RIPPLE_AGENT_CORE_SIGNEDPLANS_H

#include <cstdint>
#include <string>

namespace ripple::agent::core {

/// Of a plan whose signature is good.
struct SignedPlan {
  std::string plan;
  std::int64_t number = 0;
  std::string expires; ///< Times are of one form, and compare as text.
};

enum class PlanVerdict {
  Good,
  Unknown,    ///< It was not shown here.
  Expired,    ///< Nothing of it begins any more.
  Downgraded, ///< A plan with a higher number was shown here: an older one is played again.
  Ambiguous,  ///< Another plan with the same number was shown here.
};

/// NEWEST: the plan with the highest number that was shown here; its `plan` is "" where none was.
inline PlanVerdict mayShow(const SignedPlan &newest, const SignedPlan &plan,
                           const std::string &now) {
  if (plan.plan == newest.plan && plan.number == newest.number)
    return PlanVerdict::Good; // Whether it has expired is asked where something begins.
  if (!newest.plan.empty() && plan.number < newest.number)
    return PlanVerdict::Downgraded;
  if (!newest.plan.empty() && plan.number == newest.number)
    return PlanVerdict::Ambiguous;
  return now < plan.expires ? PlanVerdict::Good : PlanVerdict::Expired;
}

/// May a task of PLAN begin here at NOW?
inline PlanVerdict mayBegin(const SignedPlan &newest, const std::string &plan,
                            const std::string &now) {
  if (plan != newest.plan)
    return PlanVerdict::Unknown;
  return now < newest.expires ? PlanVerdict::Good : PlanVerdict::Expired;
}

} // namespace ripple::agent::core

#endif
