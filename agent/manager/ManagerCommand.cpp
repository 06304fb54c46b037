//===- ManagerCommand.cpp - `ripple manager` ------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/Commands.h"
#include "agent/manager/ManagerDaemon.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace ripple::agent {

int managerCommand(const Arguments &arguments) {
  CLI::App app("The manager as a daemon, on the system management server: takes plans from `ripple "
               "apply --manager URL`, carries out one at a time, and goes on by itself after a "
               "crash. Runs in the foreground; logs to standard error.",
               "ripple manager");
  std::string config, color = "auto";
  bool check = false;
  app.add_option("--config", config, "ripple.manager document (YAML or JSON)")->required();
  app.add_flag("--check", check, "read the configuration, say what is wrong with it, and end");
  app.add_option("--color", color, "auto, always or never; the log has none")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.set_version_flag("--version", "ripple " RIPPLE_VERSION);
  Arguments reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError &error) {
    return app.exit(error) == 0 ? model::ExitDone : model::ExitUsage;
  }
  auto read = model::readManagerConfig(config);
  if (!read) {
    fmt::print(stderr, "{}", model::describe(read.error()));
    return model::ExitUsage;
  }
  if (check)
    return model::ExitDone;
  spdlog::set_default_logger(spdlog::stderr_logger_mt("ripple-manager"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  return runManager(*read);
}

} // namespace ripple::agent
