//===- AgentCommand.cpp - `ripple agent` ----------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/Daemon.h"
#include "agent/daemon/PlanDoor.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

using namespace ripple;

int agent::agentCommand(const std::vector<std::string> &arguments) {
  CLI::App app("The agent of one application server: runs its processes, keeps its Session List, "
               "seals gates and carries out upgrade actions. Runs in the foreground; logs to "
               "standard error.",
               "ripple agent");
  std::string config, color = "auto";
  bool stop = false, check = false;
  app.add_option("--config", config, "ripple.agent document (YAML or JSON)")->required();
  app.add_flag("--stop-processes", stop,
               "end the agent of this configuration, if one runs, and all of its processes");
  app.add_flag("--check", check, "read the configuration, say what is wrong with it, and end");
  app.add_option("--color", color, "auto, always or never; the log has none")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.set_version_flag("--version", "ripple " RIPPLE_VERSION);
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError &error) {
    return app.exit(error) == 0 ? model::ExitDone : model::ExitUsage;
  }
  auto read = model::readAgentConfig(config);
  if (!read) {
    fmt::print(stderr, "{}", model::describe(read.error()));
    return model::ExitUsage;
  }
  spdlog::set_default_logger(spdlog::stderr_logger_mt("ripple-agent"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  if (check) {
    auto mistakes = mistakesOfKeys(*read);
    fmt::print(stderr, "{}", model::describe(mistakes));
    return mistakes.empty() ? model::ExitDone : model::ExitUsage;
  }
  return stop ? stopProcesses(*read) : runDaemon(*read);
}
