//===- Ledger.cpp - Which versions will meet ------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A new version is in service from the first wave that installs it, an old one
// until the last one has. Servers that the change leaves as they are keep theirs.
//
//===----------------------------------------------------------------------===//
#include "planner/Ledger.h"

#include <algorithm>
#include <set>

namespace ripple::planner {

namespace {

struct Changed {
  std::set<std::size_t> tasks;
  unsigned newFrom = 0;                  ///< The first wave with the new version.
  unsigned oldTo = 0;                    ///< The last one with the old version.
  bool others = false;                   ///< It is on servers that this change leaves as they are.
  std::set<std::string_view> haveIt;     ///< Applications.
  model::ComponentVersion before, after; ///< As the ledger names them.
};

class Ledger {
public:
  Ledger(const Inputs &inputs, const std::vector<Task> &tasks, unsigned waves)
      : inputs(inputs), tasks(tasks), waves(waves) {}

  std::vector<model::MixedVersions> run() {
    for (const model::Upgrade &upgrade : inputs.change.upgrades)
      add(upgrade);
    for (std::size_t i = 0; i < all.size(); ++i) {
      meet(all[i], all[i]);
      for (std::size_t j = i + 1; j < all.size(); ++j)
        if (haveToDoWithEachOther(all[i], all[j])) {
          meet(all[i], all[j]);
          meet(all[j], all[i]);
        }
    }
    std::sort(rows.begin(), rows.end(), [](const auto &a, const auto &b) {
      return std::tie(a.first, a.second) < std::tie(b.first, b.second);
    });
    return std::move(rows);
  }

private:
  void add(const model::Upgrade &upgrade) {
    Changed one;
    one.before = {upgrade.component, upgrade.from};
    one.after = {upgrade.component, upgrade.to};
    one.newFrom = ~0U;
    std::set<std::string_view> servers;
    for (std::size_t i = 0; i < tasks.size(); ++i)
      if (std::count(tasks[i].components.begin(), tasks[i].components.end(), upgrade.component)) {
        one.tasks.insert(i);
        one.newFrom = std::min(one.newFrom, tasks[i].wave);
        one.oldTo = std::max(one.oldTo, tasks[i].wave);
        servers.insert(tasks[i].server);
      }
    if (one.tasks.empty())
      return;
    const Impact impact(inputs, upgrade.component);
    for (const model::Application &application : inputs.components.applications)
      if (impact.loads(application))
        one.haveIt.insert(application.name);
    for (const model::Server &server : inputs.servers.servers)
      one.others |= !servers.count(server.name) && hosts(server, one);
    if (one.others && upgrade.elsewhereNew)
      one.newFrom = 1;
    else if (one.others)
      one.oldTo = waves;
    all.push_back(std::move(one));
  }

  static bool hosts(const model::Server &server, const Changed &one) {
    return std::any_of(server.applications.begin(), server.applications.end(),
                       [&](const auto &hosted) { return one.haveIt.count(hosted.name) > 0; });
  }

  bool haveToDoWithEachOther(const Changed &a, const Changed &b) const {
    auto isIn = [&](const std::string_view &name) { return b.haveIt.count(name) > 0; };
    if (std::any_of(a.haveIt.begin(), a.haveIt.end(), isIn))
      return true;
    auto names = [&](const model::ComponentVersion &one, const model::ComponentVersion &two) {
      const std::string &x = a.before.component, &y = b.before.component;
      return (one.component == x && two.component == y) ||
             (one.component == y && two.component == x);
    };
    return std::any_of(inputs.change.order.begin(), inputs.change.order.end(),
                       [&](const auto &rule) { return names(rule.before, rule.after); }) ||
           std::any_of(inputs.change.forbidTogether.begin(), inputs.change.forbidTogether.end(),
                       [&](const auto &pair) { return names(pair.first, pair.second); });
  }

  /// The new version of A and the old one of B, which may be the same component.
  void meet(const Changed &a, const Changed &b) {
    // What one task replaces on the only server that has it does not meet itself.
    bool atOnce = a.tasks.size() == 1 && a.tasks == b.tasks && !a.others && !b.others;
    if (atOnce || a.newFrom > b.oldTo)
      return;
    model::MixedVersions row{a.after, b.before, a.newFrom, b.oldTo};
    if (row.second < row.first)
      std::swap(row.first, row.second);
    rows.push_back(std::move(row));
  }

  const Inputs &inputs;
  const std::vector<Task> &tasks;
  unsigned waves;
  std::vector<Changed> all;
  std::vector<model::MixedVersions> rows;
};

} // namespace

std::vector<model::MixedVersions> ledgerOf(const Inputs &inputs, const std::vector<Task> &tasks,
                                           unsigned waves) {
  return Ledger(inputs, tasks, waves).run();
}

} // namespace ripple::planner
