//===- Order.cpp - Which component goes before which ----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A pair of versions that must never meet is an order between the two upgrades:
// while one is old somewhere, the other must not be new anywhere.
//
//===----------------------------------------------------------------------===//
#include "planner/Planning.h"

#include <cstring>
#include <fmt/format.h>

namespace ripple::planner {

namespace {

using model::ComponentVersion;

/// When a component at a version is on some server, while the change is carried out.
enum class Presence { Never, UntilUpgraded, OnceUpgraded, Always };

class Rules {
public:
  explicit Rules(const Inputs &inputs) : inputs(inputs) {}

  Ordering run() {
    for (const model::OrderRule &rule : inputs.change.order)
      addOrder(rule);
    for (const auto &[one, two] : inputs.change.forbidTogether)
      addPair(one, two);
    for (const model::OrderRule &rule : out.rules)
      refuseLimited(rule);
    return std::move(out);
  }

private:
  static std::string name(const ComponentVersion &which) {
    return which.component + "@" + which.version;
  }

  Presence presenceOf(const ComponentVersion &which) const {
    if (const model::Upgrade *upgrade = inputs.change.upgrade(which.component))
      return which.version == upgrade->from ? Presence::UntilUpgraded
             : which.version == upgrade->to ? Presence::OnceUpgraded
                                            : Presence::Never;
    const model::Component *component = inputs.components.component(which.component);
    // What is not known to be another version may be this one.
    return component && (component->version.empty() || component->version == which.version)
               ? Presence::Always
               : Presence::Never;
  }

  void addOrder(const model::OrderRule &rule) {
    out.rules.push_back(rule);
    if (!inputs.change.upgrade(rule.after.component) ||
        inputs.change.upgrade(rule.before.component))
      return;
    // The one that has to be there first is not part of this change.
    const model::Component *component = inputs.components.component(rule.before.component);
    if (!component || component->version.empty())
      out.remarks.push_back(fmt::format("{} must be everywhere before {}, and the Components List "
                                        "does not say which version there is",
                                        name(rule.before), name(rule.after)));
    else if (::strverscmp(component->version.c_str(), rule.before.version.c_str()) < 0)
      out.reasons.push_back(fmt::format(
          "{} must be everywhere before {}, and this change set leaves it at {}: upgrade it first, "
          "or in this change set",
          name(rule.before), name(rule.after), component->version));
  }

  /// What has to be everywhere before is upgraded everywhere.
  void refuseLimited(const model::OrderRule &rule) {
    const model::Upgrade *before = inputs.change.upgrade(rule.before.component);
    if (before && before->leavesOld() && inputs.change.upgrade(rule.after.component))
      out.reasons.push_back(fmt::format(
          "{} must be everywhere before {}, and this change set brings it to some servers only{}; "
          "take out its 'servers', or leave {} for later",
          name(rule.before), name(rule.after), rule.reason.empty() ? "" : " (" + rule.reason + ")",
          rule.after.component));
  }

  void addPair(const ComponentVersion &one, const ComponentVersion &two) {
    const Presence first = presenceOf(one), second = presenceOf(two);
    const std::string pair = fmt::format("{} and {} must never meet", name(one), name(two));
    for (const ComponentVersion &which : {one, two})
      if (const model::Upgrade *upgrade = inputs.change.upgrade(which.component);
          upgrade && upgrade->elsewhereNew && which.version == upgrade->to)
        out.remarks.push_back(fmt::format("{}: other servers have {} already, so they may do so "
                                          "before anything is changed",
                                          pair, name(which)));
    if (first == Presence::Never || second == Presence::Never)
      out.remarks.push_back(pair + ": this change brings one of them nowhere, so nothing keeps "
                                   "them apart");
    else if (first == Presence::OnceUpgraded && second == Presence::UntilUpgraded)
      out.rules.push_back({newer(two), one, pair});
    else if (first == Presence::UntilUpgraded && second == Presence::OnceUpgraded)
      out.rules.push_back({newer(one), two, pair});
    else if (first == Presence::OnceUpgraded || second == Presence::OnceUpgraded)
      out.reasons.push_back(
          pair +
          ": that is where this change set ends; upgrade the other as well, or leave one out");
    else
      out.remarks.push_back(pair + ": they may do so already, before anything is changed");
  }

  /// What WHICH is upgraded to.
  ComponentVersion newer(const ComponentVersion &which) const {
    return {which.component, inputs.change.upgrade(which.component)->to};
  }

  const Inputs &inputs;
  Ordering out;
};

} // namespace

Ordering orderingOf(const Inputs &inputs) { return Rules(inputs).run(); }

} // namespace ripple::planner
