//===- PlanCommands.cpp - plan, show, diff, check, simulate --------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/tool/Command.h"

#include "planner/PlanView.h"
#include "planner/Reports.h"
#include "planner/check/Check.h"
#include "planner/simulate/Simulate.h"

#include <algorithm>
#include <fmt/format.h>
#include <iostream>
#include <set>

namespace ripple::planner {

namespace {

/// Inputs of the plan whose digest is not that of what was given now.
std::vector<std::string> staleInputs(const model::Plan &plan, const Inputs &inputs) {
  std::multiset<std::pair<std::string, std::string>> given, planned;
  for (const model::PlanInput &input : inputs.digests)
    given.insert({input.format, input.sha256});
  std::vector<std::string> stale;
  for (const model::PlanInput &input : plan.inputs) {
    auto found = given.find({input.format, input.sha256});
    if (found == given.end())
      stale.push_back(
          fmt::format("{} ({}) is not what the plan was made from", input.path, input.format));
    else
      given.erase(found);
  }
  for (const auto &[format, digest] : given)
    stale.push_back(fmt::format("a {} that the plan was not made from was given", format));
  if (model::planId(plan) != plan.id)
    stale.insert(stale.begin(), "its id does not match: somebody has changed the plan");
  return stale;
}

} // namespace

int planCommand(const Options &options) {
  auto inputs = readInputs(options.files);
  if (!inputs)
    return fail(inputs.error());
  warn(inputs->warnings);
  auto made = makePlan(*inputs);
  if (!made) {
    std::cerr << "no plan can keep what the inputs ask for:\n";
    for (const std::string &reason : made.error().reasons)
      std::cerr << "  " << reason << "\n";
    return model::ExitInfeasible;
  }
  if (!options.loads.empty()) {
    auto load = simulate::readLoadFor(*made, options.loads);
    if (!load)
      return fail(load.error());
    warn(load->remarks);
    warn(simulate::remarksOf(*made, load->load));
    if (auto added = simulate::addForecast(*made, *load); !added)
      return fail(added.error());
  }
  if (int code = write(options, model::writePlan(*made)))
    return code;
  std::cerr << fmt::format("{} tasks in {} waves; read it with `ripple show`\n",
                           made->summary.tasks, made->summary.waves);
  return options.detailedExitCode && made->summary.tasks ? model::ExitFindings : model::ExitDone;
}

int showCommand(const Options &options) {
  auto read = model::readPlan(options.plans.at(0));
  if (!read)
    return fail(read.error());
  std::vector<std::string> drift = driftOf(*read);
  if (options.format == "text")
    return write(options, showText(*read, drift));
  if (options.format == "html")
    return write(options, showHtml(*read, drift));
  for (const std::string &change : drift)
    std::cerr << "drift: " << change << "\n";
  return write(options, options.format == "dot" ? showDot(*read) : showMermaid(*read));
}

int diffCommand(const Options &options) {
  auto plans = model::readEach(options.plans, model::readPlan);
  if (!plans)
    return fail(plans.error());
  std::string text;
  for (const std::string &line : diffPlans(plans->at(0), plans->at(1)))
    text += line + "\n";
  if (int code = write(options, text))
    return code;
  return text.empty() ? model::ExitDone : model::ExitFindings;
}

int checkCommand(const Options &options) {
  auto read = model::readPlan(options.plans.at(0));
  auto inputs = readInputs(options.files);
  model::Mistakes mistakes;
  if (!read)
    mistakes = read.error();
  if (!inputs)
    mistakes.insert(mistakes.end(), inputs.error().begin(), inputs.error().end());
  if (!mistakes.empty())
    return fail(mistakes);
  std::vector<std::string> stale = staleInputs(*read, *inputs);
  std::vector<std::string> found =
      check::violations(*read, {inputs->components, inputs->servers, inputs->change});
  std::string text;
  for (const std::string &line : stale)
    text += "stale: " + line + "\n";
  for (const std::string &line : found)
    text += "violation: " + line + "\n";
  if (text.empty())
    text = fmt::format("the plan holds: {} tasks, {} waves\n", read->summary.tasks,
                       read->summary.waves);
  if (int code = write(options, text))
    return code;
  if (!stale.empty())
    return model::ExitStale;
  return found.empty() ? model::ExitDone : model::ExitFailed;
}

int simulateCommand(const Options &options) {
  auto plan = model::readPlan(options.plans.at(0));
  if (!plan)
    return fail(plan.error());
  if (model::planId(*plan) != plan->id)
    warn({"the plan's id does not match: somebody has changed it"});
  auto load = simulate::readLoadFor(*plan, options.loads);
  if (!load)
    return fail(load.error());
  auto made = simulate::simulate(*plan, std::move(*load), static_cast<std::uint64_t>(options.seed),
                                 options.runs);
  if (!made)
    return fail(made.error());
  if (int code = write(options, options.format == "json" ? simulate::jsonOf(*plan, *made)
                                                         : simulate::textOf(*plan, *made)))
    return code;
  return options.detailedExitCode && made->plan.tasksOverLimit > 0 ? model::ExitFindings
                                                                   : model::ExitDone;
}

} // namespace ripple::planner
