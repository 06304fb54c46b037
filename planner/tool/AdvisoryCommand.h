//===- AdvisoryCommand.h - `ripple advisory` --------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_TOOL_ADVISORYCOMMAND_H
#define RIPPLE_PLANNER_TOOL_ADVISORYCOMMAND_H

#include <string>
#include <vector>

namespace ripple::model {
struct ComponentsList;
}

namespace ripple::planner {

struct AdvisoryOptions {
  std::vector<std::string> advisories; ///< Files and folders.
  std::string ecosystem;               ///< "Debian:12"; "" where not said.
  std::string output;
  std::string format = "change"; ///< What is written; or "text": the report.
  bool detailedExitCode = false;
};

/// Writes the change set that OPTIONS' advisories ask for, and says what they mean for LIST.
/// Returns the exit code.
int adviseOn(const model::ComponentsList &list, const AdvisoryOptions &options);

} // namespace ripple::planner

#endif
