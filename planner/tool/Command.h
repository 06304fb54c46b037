//===- Command.h - What the planner's commands share ------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_TOOL_COMMAND_H
#define RIPPLE_PLANNER_TOOL_COMMAND_H

#include "planner/Inputs.h"
#include "planner/tool/AdvisoryCommand.h"
#include "planner/tool/SignCommand.h"

#include <optional>

namespace ripple::planner {

/// All options of all commands; each command takes those that it names.
struct Options {
  InputFiles files;
  std::vector<std::string> plans, lists, loads;
  std::string output, format = "text", touching, request, application, component, router;
  std::string color = "auto";
  bool detailedExitCode = false, fragment = false;
  std::int64_t seed = 1;
  unsigned runs = 0;
  AdvisoryOptions advisory;
  std::optional<unsigned> afterWave;
  std::vector<std::string> only; ///< Servers.
  std::vector<std::string> onlyTasks;
  std::string status; ///< A recorded one.
  std::vector<std::string> sboms, packages;
  SignOptions sign;
};

/// Say what is wrong on standard error. Return the exit code.
int fail(const model::Mistakes &mistakes);
int usage(const std::string &message);
/// Where OPTIONS say. Returns the exit code.
int write(const Options &options, const std::string &text);
void warn(const std::vector<std::string> &warnings);
/// All of FILES as one list; what is to be known of that on standard error.
model::Result<model::ComponentsList> readLists(const std::vector<std::string> &files);

/// Each does what its name says, with those of OPTIONS that it declares, and returns the exit code.
int planCommand(const Options &options);
int showCommand(const Options &options);
int diffCommand(const Options &options);
int checkCommand(const Options &options);
int backCommand(const Options &options);
int signCommand(const Options &options);
int simulateCommand(const Options &options);
int queryCommand(const Options &options);
int explainCommand(const Options &options);
int routesCommand(const Options &options);
int advisoryCommand(const Options &options);
int widenCommand(const Options &options);

} // namespace ripple::planner

#endif
