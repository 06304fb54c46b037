//===- Remarks.cpp --------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/Remarks.h"

#include "planner/advisory/DebianVersion.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace ripple::planner {

namespace {

class Remarks {
public:
  Remarks(const Inputs &inputs, const std::vector<Task> &tasks) : inputs(inputs), tasks(tasks) {}

  std::vector<std::string> run() {
    std::set<std::string> told;
    for (const Task &task : tasks)
      for (const model::QuiesceSet &set : task.quiesce)
        for (const std::string &remark :
             {domainRemark(set), everythingRemark(set), stickyRemark(set)})
          if (!remark.empty() && told.insert(remark).second)
            remarks.push_back(remark);
    for (const model::Upgrade &upgrade : inputs.change.upgrades)
      addUpgrade(upgrade);
    return std::move(remarks);
  }

private:
  void addUpgrade(const model::Upgrade &upgrade) {
    bool used = std::any_of(tasks.begin(), tasks.end(), [&](const Task &task) {
      return std::count(task.components.begin(), task.components.end(), upgrade.component) > 0;
    });
    if (!used)
      remarks.push_back(upgrade.component + ": no server has it; nothing is done for it");
    if (advisory::compareDebian(upgrade.to, upgrade.from) < 0)
      remarks.push_back(fmt::format("{}: {} is older than {}: a downgrade", upgrade.component,
                                    upgrade.to, upgrade.from));
    if (!upgrade.servers.empty())
      remarks.push_back(fmt::format(
          "{}: only on {}; other servers {}", upgrade.component, fmt::join(upgrade.servers, ", "),
          upgrade.elsewhereNew ? "have " + upgrade.to + " already" : "keep " + upgrade.from));
    if (upgrade.rollback.empty())
      remarks.push_back(upgrade.component + ": the change set names no rollback; where the upgrade "
                                            "fails, its requests stay away until a person helps");
  }

  /// Where the restart domain swallows the gain: that it does, and what would bring it.
  std::string domainRemark(const model::QuiesceSet &set) const {
    std::set<std::string> only, touching, swallowing;
    for (const model::QuiesceReason &reason : set.reasons) {
      (reason.why == model::Why::RestartDomain ? only : touching).insert(reason.request);
      if (reason.why == model::Why::RestartDomain)
        swallowing.insert(reason.component);
    }
    for (const std::string &request : touching)
      only.erase(request);
    if (only.empty())
      return {};
    touching.erase("other");
    return fmt::format(
        "{}: a restart ends every request of {}; {} of its {} request kinds wait for that alone. "
        "No gain over a drain of {}. {}",
        fmt::join(set.components, ", "), set.application, only.size(), set.requests.size(),
        set.application,
        wayOut(std::vector(swallowing.begin(), swallowing.end()),
               std::vector(touching.begin(), touching.end()), set.application));
  }

  /// Where every request kind uses what changes: that nothing is gained, and what by itself would.
  std::string everythingRemark(const model::QuiesceSet &set) const {
    const model::Application *application = inputs.components.application(set.application);
    if (!application || set.requests.size() <= application->requests.size()) // And *other*.
      return {};
    std::map<std::string, std::set<std::string>> users; // by component
    for (const model::QuiesceReason &reason : set.reasons)
      if (reason.why != model::Why::RestartDomain)
        users[reason.component].insert(reason.request);
    std::vector<std::string> everywhere, apart;
    std::set<std::string> waiting;
    for (const std::string &component : set.components)
      if (users[component].size() == set.requests.size())
        everywhere.push_back(component);
      else if (domainOf(inputs, *inputs.change.upgrade(component)) ==
               model::RestartDomain::Plugin) {
        apart.push_back(component);
        waiting.insert(users[component].begin(), users[component].end());
      }
    if (everywhere.empty() || application->requests.empty())
      return {};
    waiting.erase("other");
    return fmt::format("{}: every request kind of {} touches {}. No gain over a drain of {}{}",
                       fmt::join(everywhere, ", "), set.application,
                       everywhere.size() == 1 ? "it" : "them", set.application,
                       apart.empty() || apart.size() + everywhere.size() < set.components.size()
                           ? ""
                           : fmt::format("; in a plan without {}, only {} of {} would wait for {}",
                                         everywhere.size() == 1 ? "it" : "them", waiting.size(),
                                         application->requests.size(), fmt::join(apart, " and ")));
  }

  /// The change to the deployment by which only the requests that use SOME would wait.
  std::string wayOut(const std::vector<std::string> &some, const std::vector<std::string> &users,
                     const std::string &application) const {
    const std::string names = fmt::format("{}", fmt::join(some, " and "));
    if (users.empty())
      return fmt::format("No request kind uses {}: as a plug-in, or in a process apart from {}, "
                         "nothing would wait",
                         names, application);
    constexpr std::size_t namedMost = 3;
    const std::vector<std::string> named(
        users.begin(), users.begin() + static_cast<long>(std::min(namedMost, users.size())));
    const std::string who =
        users.size() > namedMost
            ? fmt::format("{} and {} more", fmt::join(named, ", "), users.size() - namedMost)
            : fmt::format("{}", fmt::join(named, ", "));
    return fmt::format("With {} as a plug-in, or {} in a process of {} own, only {} would wait",
                       names, who, users.size() == 1 ? "its" : "their",
                       users.size() == 1 ? "that one" : fmt::format("those {}", users.size()));
  }

  std::string stickyRemark(const model::QuiesceSet &set) const {
    const model::ApplicationPolicy *policy = inputs.servers.application(set.application);
    if (!policy || policy->sessions == model::Sessions::Shared)
      return {};
    return set.application + " has sticky sessions: clients that are bound to a server are sent "
                             "elsewhere while it is away, and lose what only it knew of them";
  }

  const Inputs &inputs;
  const std::vector<Task> &tasks;
  std::vector<std::string> remarks;
};

} // namespace

std::vector<std::string> planRemarks(const Inputs &inputs, const std::vector<Task> &tasks) {
  return Remarks(inputs, tasks).run();
}

} // namespace ripple::planner
