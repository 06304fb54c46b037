//===- Order.cpp - Which component goes before which ----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A pair of versions that must never meet is an order between the two upgrades:
// while one is old somewhere, the other must not be new anywhere.
//
//===----------------------------------------------------------------------===//
#include "planner/Planning.h"
#include "planner/VersionDistance.h"

#include <algorithm>
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
      if (isNamedFirst(one, two))
        addPair(one, two, "");
      else
        addPair(two, one, "");
    for (const model::DistanceRule &rule : inputs.change.versionDistance)
      addDistance(rule);
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

  /// The versions that COMPONENT has while the change is carried out; "" where nobody knows.
  std::vector<std::string> versionsOf(const std::string &component) const {
    if (const model::Upgrade *upgrade = inputs.change.upgrade(component))
      return {upgrade->from, upgrade->to};
    const model::Component *present = inputs.components.component(component);
    return {present ? present->version : ""};
  }

  /// Each two versions that are too far from each other are a pair that must not meet.
  void addDistance(const model::DistanceRule &rule) {
    const model::Upgrade *itself =
        rule.component == rule.of ? inputs.change.upgrade(rule.component) : nullptr;
    bool refuse = false;
    for (const std::string &one : versionsOf(rule.component))
      for (const std::string &other : versionsOf(rule.of)) {
        if (one.empty() || other.empty()) {
          out.remarks.push_back(fmt::format("{}; the Components List does not say which version of "
                                            "{} there is",
                                            textOf(rule), one.empty() ? rule.component : rule.of));
          continue;
        }
        const Distance distance = distanceOf(rule, one, other);
        if (distance == Distance::Unreadable)
          out.reasons.push_back(fmt::format(
              "{}, and how far {} is from {} cannot be told: both have to begin with numbers "
              "(1.28); take the rule out, and write forbidTogether",
              textOf(rule), name({rule.component, one}), name({rule.of, other})));
        else if (distance == Distance::TooFar && itself)
          refuse = true;
        else if (distance == Distance::TooFar)
          addPair({rule.component, one}, {rule.of, other}, textOf(rule));
      }
    if (refuse)
      refuseStep(*itself, rule);
  }

  /// The old and the new version of one component are too far from each other.
  void refuseStep(const model::Upgrade &upgrade, const model::DistanceRule &rule) {
    const Impact impact(inputs.components, upgrade.component);
    std::size_t changed = 0, others = 0;
    for (const model::Server &server : inputs.servers.servers)
      if (std::any_of(server.applications.begin(), server.applications.end(),
                      [&](const model::HostedApplication &hosted) {
                        const auto *known = inputs.components.application(hosted.name);
                        return known && impact.loads(*known);
                      }))
        ++(upgrade.isFor(server.name) ? changed : others);
    if (changed > 1 || (changed == 1 && others > 0 && upgrade.leavesOld()))
      out.reasons.push_back(fmt::format("{0}@{1} and {0}@{2} would meet, since servers are "
                                        "upgraded one after the other ({3}): go "
                                        "through a version in between",
                                        upgrade.component, upgrade.from, upgrade.to, textOf(rule)));
    else if (changed == 1 && others > 0)
      out.remarks.push_back(
          fmt::format("{0}@{1} and {0}@{2} are too far from each other ({3}), and "
                      "may meet before anything is changed",
                      upgrade.component, upgrade.from, upgrade.to, textOf(rule)));
  }

  /// Of a pair, which says the same the other way round: what only this change brings, then by
  /// name.
  bool isNamedFirst(const ComponentVersion &one, const ComponentVersion &two) const {
    const bool isNew = presenceOf(one) == Presence::OnceUpgraded;
    const bool isOtherNew = presenceOf(two) == Presence::OnceUpgraded;
    return isNew == isOtherNew ? one < two : isNew;
  }

  /// WHY: of a rule that does not name the two.
  void addPair(const ComponentVersion &one, const ComponentVersion &two, const std::string &why) {
    const Presence first = presenceOf(one), second = presenceOf(two);
    const std::string pair = fmt::format("{} and {} must never meet{}", name(one), name(two),
                                         why.empty() ? "" : " (" + why + ")");
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
