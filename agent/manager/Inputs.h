//===- Inputs.h - Is a plan still what its inputs say? (S5) -----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_INPUTS_H
#define RIPPLE_AGENT_MANAGER_INPUTS_H

#include "model/Plan.h"

#include <string>
#include <vector>

namespace ripple::agent {

/// Files given on the command line instead of those that the plan names.
struct InputFiles {
  std::vector<std::string> components;
  std::string servers, change;
};

/// What PLAN's inputs are now.
struct InputsNow {
  std::vector<model::PlanInput> found;
  std::vector<std::pair<std::string, std::string>> unreadable; ///< A file, and what is said of it.
};
/// Reads the files that were GIVEN; where none is, of a format, those that the plan names.
InputsNow inputsNow(const model::Plan &plan, const InputFiles &given);

/// What makes PLAN stale: its id, and each input that is gone or says something else. In FILE's
/// words: it names the plan. Empty: nothing.
std::vector<std::string> staleInputs(const model::Plan &plan, const std::string &file,
                                     const InputsNow &now);

} // namespace ripple::agent

#endif
