//===- Commands.h - The manager's commands ----------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What `ripple-agent` dispatches to. Each takes the arguments after its name and
// returns the exit code.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_COMMANDS_H
#define RIPPLE_AGENT_MANAGER_COMMANDS_H

#include <optional>
#include <string>
#include <vector>

namespace ripple::agent {

using Arguments = std::vector<std::string>;

int applyCommand(const Arguments &arguments);
int statusCommand(const Arguments &arguments);
int pauseCommand(const Arguments &arguments);
int resumeCommand(const Arguments &arguments);
int abortCommand(const Arguments &arguments);
int permitCommand(const Arguments &arguments);
int historyCommand(const Arguments &arguments);
int managerCommand(const Arguments &arguments);

/// Runs command NAME where it is one of the above.
std::optional<int> managerDispatch(const std::string &name, const Arguments &arguments);

} // namespace ripple::agent

#endif
