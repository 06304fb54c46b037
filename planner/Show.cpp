//===- Show.cpp - A plan for people ---------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/PlanView.h"
#include "planner/Reports.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>

namespace ripple::planner {

namespace {

/// Request kinds without *other*: of those that wait somewhere, or of all.
std::size_t countKinds(const model::Plan &plan, bool waitingOnly) {
  std::vector<RequestView> requests = requestsIn(plan);
  return static_cast<std::size_t>(
      std::count_if(requests.begin(), requests.end(), [&](const RequestView &request) {
        return request.id != "other" && (!waitingOnly || !request.reasons.empty());
      }));
}

class Text {
public:
  explicit Text(const model::Plan &plan) : plan(plan) {
    for (const model::Step &step : plan.steps)
      stepOf.emplace(step.id, &step);
  }

  std::string run(const std::vector<std::string> &drift) {
    const model::PlanSummary &summary = plan.summary;
    line("plan {}", model::shortId(plan.id));
    line("{}, {} on {}, {}; {} of {} request kinds wait", plural(plan.upgrades.size(), "component"),
         plural(summary.tasks, "task"), plural(servers(), "server"), plural(summary.waves, "wave"),
         countKinds(plan, true), countKinds(plan, false));
    line("at least {} needed: {}", plural(summary.lowerBound, "wave"), summary.boundBy);
    if (wavesOverlap(plan))
      line("waves overlap: a server begins when the tasks that it waits for are done, not when the "
           "wave before is");
    showForecast();
    for (const model::Upgrade &upgrade : plan.upgrades)
      showUpgrade(upgrade);
    showOrder();
    showTasks();
    showGates();
    showLedger();
    showWayBack();
    if (plan.abortBudget > 1)
      line("stops after {} failed servers", plan.abortBudget);
    if (const auto &signature = plan.signature)
      line("signed for cluster {}, number {}, by key {}; nothing begins after {}",
           signature->cluster, signature->number, model::shortId(signature->key),
           signature->expires);
    for (const model::Window &window : plan.windows)
      line("nothing begins but from {} to {}", window.from, window.to);
    for (const std::string &remark : summary.remarks)
      line("note: {}", remark);
    for (const std::string &assumption : assumptionsOf(plan))
      line("{}", assumption);
    for (const std::string &change : drift)
      line("drift: {}", change);
    return std::move(out);
  }

private:
  static constexpr std::size_t namedMost = 4; ///< Of more, the number is said.

  template <typename... Values> void line(fmt::format_string<Values...> text, Values &&...values) {
    out += fmt::format(text, std::forward<Values>(values)...) + "\n";
  }

  void showLedger() {
    constexpr std::size_t shownMax = 20;
    const auto &all = plan.mixedVersions;
    for (std::size_t i = 0; i < std::min(all.size(), shownMax); ++i)
      line("mixed: {} {} beside {} {} in {}", all[i].first.component, all[i].first.version,
           all[i].second.component, all[i].second.version,
           all[i].fromWave == all[i].toWave
               ? fmt::format("wave {}", all[i].fromWave)
               : fmt::format("waves {} to {}", all[i].fromWave, all[i].toWave));
    if (all.size() > shownMax)
      line("mixed: and {} more (`ripple show --format html` has all)", all.size() - shownMax);
  }

  void showWayBack() {
    if (plan.summary.waves == 0)
      return;
    line("way back: {}", wayBackOf(plan));
  }

  void showForecast() {
    const model::Withdrawn &withdrawn = plan.summary.withdrawn;
    line("withdrawn, forecast: {:.1f} server-seconds; by whole-server drains {:.1f} ({:.0f} % "
         "saved)",
         withdrawn.serverSeconds, withdrawn.wholeServerDrain, 100 * savedBy(withdrawn));
    if (!withdrawn.assumed.empty())
      line("  assumed: {}", withdrawn.assumed);
    if (const auto &forecast = plan.summary.forecast)
      line(
          "  a server is quiet after {:.1f} s, one of a hundred after more than {:.1f} s; {:.1f} s "
          "to complete",
          forecast->quietP50Seconds, forecast->quietP99Seconds, forecast->completeSeconds);
  }

  std::size_t servers() const {
    std::set<std::string> names;
    for (const model::Step &step : plan.steps)
      if (!step.server.empty())
        names.insert(step.server);
    return names.size();
  }

  void showUpgrade(const model::Upgrade &upgrade) {
    line("");
    line("{} {} -> {} (restart domain: {}){}", upgrade.component, upgrade.from, upgrade.to,
         toString(upgrade.restart.value_or(model::RestartDomain::Process)),
         upgrade.servers.empty() ? ""
                                 : fmt::format(", only on {}", fmt::join(upgrade.servers, ", ")));
    for (const model::Action &action : upgrade.install)
      line("  install   {}", describe(action));
    if (upgrade.restartWith)
      line("  restart   {}", upgrade.restartWith->unit.empty() ? upgrade.restartWith->process
                                                               : upgrade.restartWith->unit);
    line("  check     {}", upgrade.check.empty()
                               ? std::string("the agent's own (version, loaded file)")
                               : fmt::format("{}", fmt::join(upgrade.check, " ")));
    for (const model::Action &action : upgrade.rollback)
      line("  way back  {}", describe(action));
  }

  void showOrder() {
    if (!plan.order.empty())
      line("");
    for (const model::OrderRule &rule : plan.order)
      line("order: {} {} is everywhere before {} {} is anywhere{}{}", rule.before.component,
           rule.before.version, rule.after.component, rule.after.version,
           rule.reason.empty() ? "" : ": ", rule.reason);
  }

  void showTasks() {
    unsigned wave = 0;
    for (const TaskView &task : tasksIn(plan)) {
      if (task.wave != wave) {
        line("");
        line("wave {}", wave = task.wave);
      }
      showTask(task);
    }
  }

  /// ", after t1, t2": the tasks and gates that TASK waits for.
  std::string afterOf(const TaskView &task) const {
    std::set<std::string> names;
    for (const std::string &id : task.forbid->after) {
      auto step = stepOf.find(id);
      names.insert(step == stepOf.end() || step->second->task.empty() ? id : step->second->task);
    }
    if (names.empty())
      return {};
    return names.size() > namedMost ? fmt::format(", after {} others", names.size())
                                    : fmt::format(", after {}", fmt::join(names, ", "));
  }

  void showTask(const TaskView &task) {
    line("  {} {}: {}{}", task.id, task.server, fmt::join(task.components, ", "), afterOf(task));
    if (task.forbid->requests.empty())
      line("    nothing is kept away: {}",
           isPhasedIn(task) ? "the new version is loaded beside the old one, which ends with the "
                              "last request that began with it"
                            : "no request kind uses it");
    std::string away;
    for (const model::QuiesceSet *set : task.quiesce) {
      std::map<std::string_view, std::string> reasons = reasonsOf(*set);
      for (const std::string &request : set->requests)
        away += fmt::format("    {} {}  ({})\n", set->application, request, reasons[request]);
    }
    if (away.empty())
      return;
    const auto [first, isNew] = firstWith.try_emplace(std::move(away), task.id);
    if (isNew)
      out += first->first;
    else
      line("    the same requests as {}", first->second);
  }

  bool isPhasedIn(const TaskView &task) const {
    return std::any_of(task.components.begin(), task.components.end(),
                       [&](const std::string &component) {
                         const model::Upgrade *upgrade = plan.upgrade(component);
                         return upgrade && upgrade->phaseIn;
                       });
  }

  static std::map<std::string_view, std::string> reasonsOf(const model::QuiesceSet &set) {
    std::map<std::string_view, std::string> reasons;
    for (const model::QuiesceReason &reason : set.reasons) {
      std::string &text = reasons[reason.request];
      text +=
          (text.empty() ? "" : "; ") + describe(Reason{reason.component, reason.why, reason.via});
    }
    return reasons;
  }

  void showGates() {
    for (const model::Step &step : plan.steps)
      if (step.action == model::StepAction::Gate)
        line("{} after {}:{}{}", step.id,
             step.after.size() > namedMost ? plural(step.after.size(), "task")
                                           : fmt::format("{}", fmt::join(step.after, ", ")),
             step.timeout && step.timeout->count() ? " wait " + model::formatDuration(*step.timeout)
                                                   : "",
             step.approve ? " approval" : "");
  }

  const model::Plan &plan;
  std::map<std::string_view, const model::Step *> stepOf;
  std::map<std::string, std::string> firstWith; ///< By what is kept away: the task that said so.
  std::string out;
};

template <typename T, typename Read>
void compare(const model::PlanInput &input, Read read, std::vector<std::string> &drift) {
  auto document = read(input.path);
  if (!document)
    drift.push_back(fmt::format("{} ({}) cannot be read any more: {}", input.path, input.format,
                                document.error().front().what));
  else if (model::digest(*document) != input.sha256)
    drift.push_back(
        fmt::format("{} ({}) has changed since the plan was made", input.path, input.format));
}

} // namespace

std::string showText(const model::Plan &plan, const std::vector<std::string> &drift) {
  return Text(plan).run(drift);
}

std::vector<std::string> driftOf(const model::Plan &plan) {
  std::vector<std::string> drift;
  if (model::planId(plan) != plan.id)
    drift.push_back("its id does not match: somebody has changed the plan");
  for (const model::PlanInput &input : plan.inputs) {
    if (input.format == "ripple.components")
      compare<model::ComponentsList>(input, model::readComponentsList, drift);
    else if (input.format == "ripple.servers")
      compare<model::ServerList>(input, model::readServerList, drift);
    else
      compare<model::ChangeSet>(input, model::readChangeSet, drift);
  }
  return drift;
}

} // namespace ripple::planner
