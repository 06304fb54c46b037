//===- AdvisoryCommand.cpp - `ripple advisory` ----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/tool/AdvisoryCommand.h"

#include "planner/advisory/Judge.h"

#include <iostream>

namespace ripple::planner {

namespace {

int fail(const model::Mistakes &mistakes, model::ExitCode code) {
  std::cerr << model::describe(mistakes);
  return code;
}

} // namespace

int adviseOn(const model::ComponentsList &list, const AdvisoryOptions &options) {
  auto statements = advisory::readAdvisories(options.advisories);
  if (!statements)
    return fail(statements.error(), model::ExitUsage);
  auto judgement = advisory::judge(list, *statements, options.ecosystem);
  if (!judgement)
    return fail(judgement.error(), model::ExitUsage);
  const std::string report = advisory::reportOf(list, *judgement);
  const model::ChangeSet change = advisory::changeOf(*judgement);
  const bool asText = options.format == "text";
  if (!asText)
    std::cerr << report;
  if (!asText && change.upgrades.empty())
    std::cerr << "no change set is written: there is nothing to upgrade\n";
  else if (auto written =
               model::writeFile(options.output, asText ? report : model::writeChangeSet(change));
           !written)
    return fail(written.error(), model::ExitFailed);
  return options.detailedExitCode && !judgement->findings.empty() ? model::ExitFindings
                                                                  : model::ExitDone;
}

} // namespace ripple::planner
