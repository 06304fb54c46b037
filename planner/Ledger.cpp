//===- Ledger.cpp - Which versions will meet ------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A new version is in service from the first task that installs it, an old one
// until the last one has. Servers that the change leaves as they are keep theirs.
// Waves overlap: a new version of a later wave than the last old one meets it all
// the same, unless every task with the new one comes after all with the old one.
//
//===----------------------------------------------------------------------===//
#include "planner/Ledger.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>

namespace ripple::planner {

namespace {

/// Which tasks come after all of some.
class Followers {
public:
  explicit Followers(const std::vector<std::vector<unsigned>> &before)
      : before(before), after(before.size()) {
    std::vector<std::size_t> waitsFor;
    for (unsigned one = 0; one < before.size(); ++one) {
      waitsFor.push_back(before[one].size());
      if (before[one].empty())
        sequence.push_back(one);
      for (unsigned earlier : before[one])
        after[earlier].push_back(one);
    }
    for (std::size_t at = 0; at < sequence.size(); ++at)
      for (unsigned next : after[sequence[at]])
        if (--waitsFor[next] == 0)
          sequence.push_back(next);
  }

  /// By task: whether it comes after all of SOME.
  std::vector<bool> of(const std::set<std::size_t> &some) const {
    std::vector<unsigned> last; // After the others of them.
    for (std::size_t one : some)
      if (std::none_of(after[one].begin(), after[one].end(),
                       [&](unsigned next) { return some.count(next) > 0; }))
        last.push_back(static_cast<unsigned>(one));
    std::vector<bool> afterAll(before.size(), true);
    constexpr std::size_t atOnce = 64; // A bit each.
    for (std::size_t from = 0; from < last.size(); from += atOnce) {
      const std::size_t count = std::min(atOnce, last.size() - from);
      std::vector<std::uint64_t> behind(before.size()), here(before.size());
      for (std::size_t bit = 0; bit < count; ++bit)
        here[last[from + bit]] = std::uint64_t{1} << bit;
      const std::uint64_t all = ~std::uint64_t{0} >> (atOnce - count);
      bool any = false;
      for (unsigned one : sequence) {
        for (unsigned earlier : before[one])
          behind[one] |= behind[earlier] | here[earlier];
        afterAll[one] = afterAll[one] && behind[one] == all;
        any = any || afterAll[one];
      }
      if (!any)
        break;
    }
    return afterAll;
  }

private:
  const std::vector<std::vector<unsigned>> &before;
  std::vector<std::vector<unsigned>> after;
  std::vector<unsigned> sequence; ///< Each behind all that come before it (Kahn 1962).
};

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
  Ledger(const Inputs &inputs, const std::vector<Task> &tasks,
         const std::vector<std::vector<unsigned>> &order, unsigned waves)
      : inputs(inputs), tasks(tasks), waves(waves), followers(order) {}

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
    auto names = [&](const std::string &one, const std::string &two) {
      const std::string &x = a.before.component, &y = b.before.component;
      return (one == x && two == y) || (one == y && two == x);
    };
    const model::ChangeSet &change = inputs.change;
    return std::ranges::any_of(change.order,
                               [&](const auto &rule) {
                                 return names(rule.before.component, rule.after.component);
                               }) ||
           std::ranges::any_of(change.forbidTogether,
                               [&](const auto &pair) {
                                 return names(pair.first.component, pair.second.component);
                               }) ||
           std::ranges::any_of(change.versionDistance,
                               [&](const auto &rule) { return names(rule.component, rule.of); });
  }

  /// The new version of A and the old one of B, which may be the same component.
  void meet(const Changed &a, const Changed &b) {
    // What one task replaces on the only server that has it does not meet itself.
    bool atOnce = a.tasks.size() == 1 && a.tasks == b.tasks && !a.others && !b.others;
    if (atOnce || (a.newFrom > b.oldTo && comesAfter(a, b)))
      return;
    model::MixedVersions row{a.after, b.before, std::min(a.newFrom, b.oldTo),
                             std::max(a.newFrom, b.oldTo)};
    if (row.second < row.first)
      std::swap(row.first, row.second);
    rows.push_back(std::move(row));
  }

  /// Every task of A comes after every one of B.
  bool comesAfter(const Changed &a, const Changed &b) {
    auto [found, isNew] = afterAllOf.try_emplace(b.before.component);
    if (isNew)
      found->second = followers.of(b.tasks);
    return std::all_of(a.tasks.begin(), a.tasks.end(),
                       [&, &behind = found->second](std::size_t task) { return behind[task]; });
  }

  const Inputs &inputs;
  const std::vector<Task> &tasks;
  unsigned waves;
  const Followers followers;
  std::map<std::string, std::vector<bool>> afterAllOf; ///< By component.
  std::vector<Changed> all;
  std::vector<model::MixedVersions> rows;
};

} // namespace

std::vector<model::MixedVersions> ledgerOf(const Inputs &inputs, const std::vector<Task> &tasks,
                                           const std::vector<std::vector<unsigned>> &order,
                                           unsigned waves) {
  return Ledger(inputs, tasks, order, waves).run();
}

} // namespace ripple::planner
