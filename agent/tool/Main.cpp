//===- Main.cpp - ripple-agent --------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/Daemon.h"
#include "agent/manager/Commands.h"

#include <fmt/format.h>

using namespace ripple;

int main(int argc, char **argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty()) {
    fmt::print(stderr, "usage: ripple-agent COMMAND [OPTION…]; see `ripple help`\n");
    return model::ExitUsage;
  }
  auto command = arguments.front();
  arguments.erase(arguments.begin());
  if (command == "agent")
    return agent::agentCommand(arguments);
  if (auto exit = agent::managerDispatch(command, arguments))
    return *exit;
  fmt::print(stderr, "ripple-agent: there is no command '{}' here; see `ripple help`\n", command);
  return model::ExitUsage;
}
