//===- BackCommand.cpp - `ripple back` -----------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/tool/Command.h"

#include "planner/Back.h"
#include "planner/PlanView.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iostream>

namespace ripple::planner {

namespace {

/// The change set that PLAN was made from: what was given, or what stands where the plan says. Says
/// on standard error why there is none, with the exit code in CODE.
std::optional<model::ChangeSet> changeOf(const model::Plan &plan, const std::string &given,
                                         int &code) {
  auto input = std::find_if(plan.inputs.begin(), plan.inputs.end(),
                            [](const auto &one) { return one.format == "ripple.change"; });
  std::string file = !given.empty() || input == plan.inputs.end() ? given : input->path;
  if (file.empty()) {
    code = usage("the plan does not say what it was made from; give its change set (--change)");
    return std::nullopt;
  }
  auto change = model::readChangeSet(file);
  if (!change) {
    code = fail(change.error());
    return std::nullopt;
  }
  if (model::planId(plan) == plan.id && input != plan.inputs.end() &&
      model::digest(*change) == input->sha256)
    return std::move(*change);
  std::cerr << (model::planId(plan) != plan.id
                    ? std::string("the plan's id does not match: somebody has changed the plan")
                    : fmt::format("{} is not the change set that the plan was made from", file))
            << "\n";
  code = model::ExitStale;
  return std::nullopt;
}

/// The parts of PLAN that OPTIONS name. Says on standard error what is wrong with them, with the
/// exit code in CODE.
std::optional<Done> doneOf(const model::Plan &plan, const Options &options, int &code) {
  Done done = {plan.summary.waves, options.only, options.onlyTasks, {}};
  auto refuse = [&](const std::string &message) {
    code = usage(message);
    return std::nullopt;
  };
  if (options.afterWave)
    done.waves = *options.afterWave;
  if (done.waves > plan.summary.waves)
    return refuse(fmt::format("--after-wave {}: the plan has {}", done.waves,
                              plural(plan.summary.waves, "wave")));
  for (const std::string &server : done.servers)
    if (!plan.server(server))
      return refuse(fmt::format("--server {}: the plan has no such server", server));
  for (const std::string &task : done.tasks)
    if (std::ranges::find(plan.steps, task, &model::Step::task) == plan.steps.end())
      return refuse(fmt::format("--task {}: the plan has no such task", task));
  if (options.status.empty())
    return done;
  auto status = model::readStatus(options.status);
  if (!status) {
    code = fail(status.error());
    return std::nullopt;
  }
  done.installed = installedIn(*status);
  if (const auto unknown = unknownIn(plan, done); !unknown.empty())
    return refuse(fmt::format("{} does not say which version is installed: {}; record it again "
                              "when their agents answer, or name the other servers (--server)",
                              options.status, fmt::join(unknown, ", ")));
  return done;
}

/// Servers do not wait for each other's waves.
void warnOfOverlap(const model::Plan &plan, const Options &options) {
  constexpr std::size_t namedMost = 4;
  if (!options.afterWave || !options.status.empty())
    return;
  std::vector<std::string> ahead = aheadOf(plan, *options.afterWave);
  if (ahead.empty())
    return;
  const std::size_t count = ahead.size();
  ahead.resize(std::min(count, namedMost));
  warn({fmt::format("waves overlap: {}{} of wave {} do not wait for all of the waves before, and "
                    "may be done too; give what is installed (--status), or --task for each",
                    fmt::join(ahead, ", "),
                    count > ahead.size() ? fmt::format(" and {} more", count - ahead.size()) : "",
                    *options.afterWave + 1)});
}

} // namespace

int backCommand(const Options &options) {
  auto plan = model::readPlan(options.plans.at(0));
  if (!plan)
    return fail(plan.error());
  int code = 0;
  auto change = changeOf(*plan, options.files.change, code);
  if (!change)
    return code;
  const auto done = doneOf(*plan, options, code);
  if (!done)
    return code;
  auto made = wayBack(*plan, *change, *done);
  if (!made) {
    std::cerr << (done->installed
                      ? fmt::format("there is no way back from what {} says:\n", options.status)
                      : fmt::format("there is no way back after wave {}:\n", done->waves));
    for (const std::string &reason : made.error())
      std::cerr << "  " << reason << "\n";
    return model::ExitInfeasible;
  }
  if (made->upgrades.empty())
    return usage("nothing of the plan is done there, so there is nothing to undo");
  if (int failed = write(options, model::writeChangeSet(*made)))
    return failed;
  warnOfOverlap(*plan, options);
  for (const model::Upgrade &upgrade : made->upgrades)
    std::cerr << fmt::format(
        "{} {} -> {}{}\n", upgrade.component, upgrade.from, upgrade.to,
        upgrade.servers.empty() ? "" : fmt::format(" on {}", fmt::join(upgrade.servers, ", ")));
  for (const model::Upgrade &upgrade : made->upgrades)
    if (!plan->upgrade(upgrade.component)->check.empty())
      std::cerr << fmt::format(
          "note: {0}: its check command asks for {1} and is left out; the agent "
          "looks at the version and the loaded file all the same. Write a "
          "'check' for {2} where that is too little\n",
          upgrade.component, upgrade.from, upgrade.to);
  return model::ExitDone;
}

} // namespace ripple::planner
