//===- FrontDoor.h - Which program serves which command ---------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// `ripple COMMAND …` becomes `ripple-PART COMMAND …`, as git does it. The front
// door knows the commands and where the programs are, and nothing else.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_TOOL_FRONTDOOR_H
#define RIPPLE_MODEL_TOOL_FRONTDOOR_H

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ripple::tool {

struct Command {
  std::string_view group; ///< Heading in the help.
  std::string_view name;
  std::string_view program; ///< "ripple-analyzer"
  std::string_view summary;
};

/// All commands, in the order of the help.
std::span<const Command> commands();

/// Null where there is no command of that name.
const Command *findCommand(std::string_view name);

/// What `ripple --help` prints.
std::string help();

/// One line that says NAME is no command, and which was probably meant.
std::string unknownCommand(std::string_view name);

/// Where PROGRAM is, for a front door in FOLDER: there, or in FOLDER/../libexec/ripple.
std::optional<std::string> findProgram(const std::string &folder, std::string_view program);

/// Does what ARGUMENTS (without the program's own name) say. Returns only where no program is
/// started, with the exit code.
int run(std::span<char *const> arguments);

} // namespace ripple::tool

#endif
