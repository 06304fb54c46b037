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
    routingClasses();
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
    for (const model::ComponentVersion &planned : application.components) {
      const model::Component *component = documents.components.component(planned.component);
      if (!component || component->version != planned.version)
        add("{} was not analyzed with {} {}", application.policy.name, planned.component,
            planned.version);
    }
  }

  /// The manager keeps away what a class says, at its back end.
  void routingClasses() {
    std::map<std::string_view, std::set<std::string_view>> kinds; // by application
    for (const model::Application &application : documents.components.applications)
      for (const model::RequestKind &request : application.requests)
        kinds[application.name].insert(request.id);
    for (const model::RoutingClass &one : plan.routingClasses) {
      if (one.backend != one.id || !one.id.starts_with(one.application + "."))
        add("routing class {} of {} has the back end {}, which is another's", one.id,
            one.application, one.backend);
      const std::set<std::string_view> &known = kinds[one.application];
      for (const std::string &id : one.requests)
        if (known.count(id) == 0)
          add("routing class {} has {}, which {} has not", one.id, id, one.application);
    }
  }

  using Pairs = std::set<std::pair<std::string, std::string>>;

  Pairs orderSaid() {
    Pairs pairs;
    for (const model::OrderRule &rule : plan.order) {
      pairs.emplace(rule.before.component, rule.after.component);
      for (const model::ComponentVersion &side : {rule.before, rule.after})
        if (const model::Upgrade *upgrade = documents.change.upgrade(side.component);
            upgrade && upgrade->to != side.version)
          add("the plan's order is between other versions: {} is not upgraded to {}",
              side.component, side.version);
    }
    return pairs;
  }

  /// (everywhere before, anywhere): by a rule, or because what the second becomes must not meet
  /// what the first one was.
  Pairs orderAsked() const {
    Pairs pairs;
    const model::ChangeSet &change = documents.change;
    for (const model::OrderRule &rule : change.order)
      if (change.upgrade(rule.before.component) && change.upgrade(rule.after.component))
        pairs.emplace(rule.before.component, rule.after.component);
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
