//===- Copies.cpp - Does the plan carry what its inputs say? --------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/check/Copies.h"

#include "planner/check/Distance.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace ripple::check {

namespace {

class Copies {
public:
  Copies(const model::Plan &plan, const Documents &documents) : plan(plan), documents(documents) {}

  /// What the plan carries of its inputs is what they say.
  std::vector<std::string> run() {
    model::ServerList carried;
    carried.routers = plan.routers;
    carried.servers = plan.servers;
    for (const model::PlannedApplication &application : plan.applications)
      carried.applications.push_back(application.policy);
    if (model::digest(carried) != model::digest(documents.servers))
      add("the plan's routers, servers or applications are not those of the Server List");
    for (const model::Upgrade &given : documents.change.upgrades) {
      const model::Upgrade *copy = plan.upgrade(given.component);
      model::ChangeSet one, other;
      one.upgrades = {given};
      one.upgrades[0].restart = domainOf(documents, given);
      if (copy)
        other.upgrades = {*copy};
      if (!copy || model::digest(one) != model::digest(other))
        add("the plan's upgrade of {} is not that of the change set", given.component);
    }
    if (plan.upgrades.size() != documents.change.upgrades.size())
      add("the plan upgrades {} components, the change set {}", plan.upgrades.size(),
          documents.change.upgrades.size());
    for (const model::PlannedApplication &application : plan.applications)
      analyzed(application);
    if (orderSaid() != orderAsked())
      add("the plan's order between upgrades is not that of the change set's rules");
    if (plan.abortBudget != documents.change.abortBudget)
      add("the plan's abort budget is not that of the change set");
    auto sorted = [](const std::vector<model::Window> &windows) {
      std::vector<std::pair<std::string, std::string>> out;
      for (const model::Window &window : windows)
        out.emplace_back(window.from, window.to);
      std::sort(out.begin(), out.end());
      return out;
    };
    if (sorted(plan.windows) != sorted(documents.change.windows))
      add("the plan's maintenance windows are not those of the change set");
    return std::move(found);
  }

private:
  template <typename... Values> void add(fmt::format_string<Values...> text, Values &&...values) {
    found.push_back(fmt::format(text, std::forward<Values>(values)...));
  }

  /// What the Components Lists say of APPLICATION.
  void analyzed(const model::PlannedApplication &application) {
    std::set<std::string> builds;
    for (const model::Application &one : documents.components.applications)
      if (one.name == application.policy.name)
        builds.insert(one.binary.buildId);
    if (builds != std::set(application.buildIds.begin(), application.buildIds.end()))
      add("the plan's builds of {} are not those of the Components List", application.policy.name);
    std::set<std::pair<std::string_view, std::string_view>> versions, planned;
    auto take = [&](const std::vector<model::ComponentUse> &uses) {
      for (const model::ComponentUse &use : uses)
        if (const model::Component *component = documents.components.component(use.component);
            component && !component->version.empty())
          versions.emplace(use.component, component->version);
    };
    for (const model::Application &one : documents.components.applications)
      if (one.name == application.policy.name) {
        take(one.ambient);
        take(one.startup);
        for (const auto &set : one.componentSets)
          take(set);
        for (const model::RequestKind &request : one.requests)
          take(request.components);
      }
    for (const model::ComponentVersion &one : application.components)
      planned.emplace(one.component, one.version);
    if (versions != planned || planned.size() != application.components.size())
      add("{} was not analyzed with the components, or their versions, that the plan says",
          application.policy.name);
  }

  using Pairs = std::set<std::pair<std::string, std::string>>;

  Pairs orderSaid() {
    Pairs pairs;
    for (const model::OrderRule &rule : plan.order) {
      pairs.emplace(rule.before.component, rule.after.component);
      if (!mayHaveReason(rule))
        add("the plan's reason why {} comes before {} is not that of the change set",
            rule.before.component, rule.after.component);
      for (const model::ComponentVersion &side : {rule.before, rule.after})
        if (const model::Upgrade *upgrade = documents.change.upgrade(side.component);
            upgrade && upgrade->to != side.version)
          add("the plan's order is between other versions: {} is not upgraded to {}",
              side.component, side.version);
    }
    return pairs;
  }

  /// Of what a rule of the change set orders by itself, the reason is that rule's. Others come of
  /// pairs that must not meet, and say so in words.
  bool mayHaveReason(const model::OrderRule &said) const {
    bool isAsked = false;
    for (const model::OrderRule &rule : documents.change.order)
      if (rule.before.component == said.before.component &&
          rule.after.component == said.after.component) {
        isAsked = true;
        if (rule.reason == said.reason)
          return true;
      }
    const std::pair its(said.before.component, said.after.component);
    return !isAsked || apartOrder().count(its) > 0;
  }

  /// (everywhere before, anywhere): by a rule, or because what the second becomes must not meet
  /// what the first one was.
  Pairs orderAsked() const {
    Pairs pairs = apartOrder();
    for (const model::OrderRule &rule : documents.change.order)
      if (documents.change.upgrade(rule.before.component) &&
          documents.change.upgrade(rule.after.component))
        pairs.emplace(rule.before.component, rule.after.component);
    return pairs;
  }

  Pairs apartOrder() const {
    Pairs pairs;
    const model::ChangeSet &change = documents.change;
    auto apart = change.forbidTogether;
    for (auto &pair : tooFarApart(documents))
      apart.push_back(std::move(pair));
    for (const auto &pair : apart)
      for (const auto &[becomes, was] : {pair, std::pair(pair.second, pair.first)}) {
        const model::Upgrade *second = change.upgrade(becomes.component);
        const model::Upgrade *first = change.upgrade(was.component);
        if (first && second && first != second && becomes.version == second->to &&
            was.version == first->from)
          pairs.emplace(was.component, becomes.component);
      }
    return pairs;
  }

  const model::Plan &plan;
  const Documents &documents;
  std::vector<std::string> found;
};

} // namespace

model::RestartDomain domainOf(const Documents &documents, const model::Upgrade &upgrade) {
  if (upgrade.restart)
    return *upgrade.restart;
  const model::Component *component = documents.components.component(upgrade.component);
  return component ? component->restart : model::RestartDomain::Process;
}

std::vector<std::string> wrongCopies(const model::Plan &plan, const Documents &documents) {
  return Copies(plan, documents).run();
}

} // namespace ripple::check
