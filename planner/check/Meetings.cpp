//===- Meetings.cpp - Is the ledger of mixed versions true? ---------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// By the steps: from which wave on there is a new version, and until which one an
// old one. Two that are there in one wave meet in it. Steps of a later wave may be
// taken before those of an earlier one: what no `after` keeps apart may meet, too.
//
//===----------------------------------------------------------------------===//
#include "planner/check/Meetings.h"

#include <algorithm>
#include <fmt/format.h>

namespace ripple::check {

namespace {

using Version = model::ComponentVersion;
using Pair = std::pair<Version, Version>;
struct Waves {
  unsigned from = 0, to = 0;
  bool operator==(const Waves &) const = default;
};

Pair pairOf(const Version &one, const Version &two) { return std::minmax(one, two); }

class Meetings {
public:
  Meetings(const model::Plan &plan, const Documents &documents, Needs &needs, const After &after)
      : plan(plan), documents(documents), needs(needs), after(after) {}

  std::map<Pair, Waves> run() {
    std::map<std::string_view, Ends> endsOf; // by task
    for (std::size_t at = 0; at < plan.steps.size(); ++at)
      if (const model::Step &step = plan.steps[at]; step.action == model::StepAction::Forbid)
        endsOf[step.task].forbid = at;
      else if (step.action == model::StepAction::Permit)
        endsOf[step.task].permit = at;
    for (const model::Step &step : plan.steps)
      if (step.action == model::StepAction::Install) {
        Spread &spread = spreads[step.component];
        spread.first = std::min(spread.first, step.wave);
        spread.last = std::max(spread.last, step.wave);
        spread.servers.insert(step.server);
        if (spread.tasks.insert(step.task).second)
          spread.ends.push_back(endsOf[step.task]);
        end = std::max(end, step.wave);
      }
    for (auto &[component, spread] : spreads)
      for (const model::Server &server : documents.servers.servers)
        spread.elsewhere |= !spread.servers.count(server.name) && needs.isOn(server, component);
    const auto &upgrades = documents.change.upgrades;
    for (const model::Upgrade &one : upgrades)
      for (const model::Upgrade &other : upgrades)
        if (one.component == other.component || areCoupled(one.component, other.component))
          meet(one, other);
    return std::move(found);
  }

private:
  /// Where a task begins and ends, among the plan's steps.
  struct Ends {
    std::size_t forbid = NoStep, permit = NoStep;
  };
  static constexpr std::size_t NoStep = ~std::size_t{0}; ///< `check` says that of a plan.

  /// Where a component is replaced, and when.
  struct Spread {
    unsigned first = ~0U, last = 0;
    std::set<std::string> servers, tasks;
    std::vector<Ends> ends; ///< One for each task.
    bool elsewhere = false; ///< On servers that keep what they have.
  };

  /// The new version of ONE is there from its first install on, the old one of OTHER until its
  /// last.
  void meet(const model::Upgrade &one, const model::Upgrade &other) {
    auto makes = spreads.find(one.component), ends = spreads.find(other.component);
    if (makes == spreads.end() || ends == spreads.end())
      return;
    const Spread &now = makes->second, &old = ends->second;
    // One task replaces both on the only server that has them.
    if (now.tasks.size() == 1 && now.tasks == old.tasks && !now.elsewhere && !old.elsewhere)
      return;
    const unsigned since = now.elsewhere && one.elsewhereNew ? 1 : now.first;
    const unsigned until = old.elsewhere && !other.elsewhereNew ? end : old.last;
    if (since <= until || !keepsApart(old, now))
      found[pairOf({one.component, one.to}, {other.component, other.from})] = {
          std::min(since, until), std::max(since, until)};
  }

  /// All tasks of FIRST are over before one of SECOND begins.
  bool keepsApart(const Spread &first, const Spread &second) const {
    for (const Ends &begins : second.ends)
      for (const Ends &ends : first.ends)
        if (begins.forbid == NoStep || ends.permit == NoStep ||
            !after.isAfter(begins.forbid, ends.permit))
          return false;
    return true;
  }

  /// An application has both, or a rule names both.
  bool areCoupled(const std::string &one, const std::string &other) {
    auto [known, isNew] = coupled.try_emplace(std::minmax(one, other), false);
    if (!isNew)
      return known->second;
    auto names = [&](const std::string &first, const std::string &second) {
      return std::minmax(first, second) == std::minmax(one, other);
    };
    for (const model::Application &application : documents.components.applications)
      known->second |= needs.isIn(application, one) && needs.isIn(application, other);
    for (const model::OrderRule &rule : documents.change.order)
      known->second |= names(rule.before.component, rule.after.component);
    for (const auto &[first, second] : documents.change.forbidTogether)
      known->second |= names(first.component, second.component);
    for (const model::DistanceRule &rule : documents.change.versionDistance)
      known->second |= names(rule.component, rule.of);
    return known->second;
  }

  const model::Plan &plan;
  const Documents &documents;
  Needs &needs;
  const After &after;
  unsigned end = 0; ///< The last wave.
  std::map<std::string, Spread> spreads;
  std::map<std::pair<std::string, std::string>, bool> coupled;
  std::map<Pair, Waves> found;
};

std::string nameOf(const Pair &pair) {
  return fmt::format("{}@{} and {}@{}", pair.first.component, pair.first.version,
                     pair.second.component, pair.second.version);
}

} // namespace

std::vector<std::string> wrongMeetings(const model::Plan &plan, const Documents &documents,
                                       Needs &needs, const After &after) {
  std::vector<std::string> wrong;
  std::map<Pair, Waves> meets = Meetings(plan, documents, needs, after).run();
  std::set<Pair> told;
  for (const model::MixedVersions &row : plan.mixedVersions) {
    const Pair pair = pairOf(row.first, row.second);
    auto really = meets.find(pair);
    if (really == meets.end())
      wrong.push_back(fmt::format("the ledger says that {} meet, and they do not", nameOf(pair)));
    else if (really->second != Waves{row.fromWave, row.toWave})
      wrong.push_back(fmt::format("{} meet in waves {} to {}, the ledger says {} to {}",
                                  nameOf(pair), really->second.from, really->second.to,
                                  row.fromWave, row.toWave));
    if (!told.insert(pair).second)
      wrong.push_back(fmt::format("the ledger has {} twice", nameOf(pair)));
  }
  for (const auto &[pair, waves] : meets)
    if (!told.count(pair))
      wrong.push_back(fmt::format("{} meet in waves {} to {}, and the ledger does not say so",
                                  nameOf(pair), waves.from, waves.to));
  return wrong;
}

} // namespace ripple::check
