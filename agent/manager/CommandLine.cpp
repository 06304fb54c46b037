//===- CommandLine.cpp - Options that all manager commands share ----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/CommandLine.h"

#include "agent/journal/StateDirectory.h"
#include "model/Document.h"

#include <fmt/format.h>

namespace ripple::agent {

CommandLine::CommandLine(const std::string &command, const std::string &about)
    : app(about, "ripple " + command), state(defaultStateDirectory()), name(command) {
  app.add_option("--state", state,
                 "state directory of the embedded manager: journal, lock and control socket")
      ->capture_default_str();
  app.add_option("--manager", managers,
                 "URL of a manager (`ripple manager`), or several with commas between where they "
                 "stand by for each other; without it, whoever works with --state")
      ->delimiter(',');
  app.add_option("--color", color, "auto, always or never; nothing is coloured yet")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.set_version_flag("--version", "ripple " RIPPLE_VERSION);
}

std::optional<int> CommandLine::parse(const Arguments &arguments) {
  Arguments reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError &error) {
    return app.exit(error) == 0 ? model::ExitDone : model::ExitUsage;
  }
  for (const std::string &url : managers)
    if (std::string wrong = refusedUrl(url); !wrong.empty())
      return fail(model::ExitUsage, "--manager: " + wrong);
  if (state.empty())
    return fail(model::ExitUsage, "--state: is empty; name a directory");
  if (state.size() > 1 && state.back() == '/')
    state.pop_back();
  return std::nullopt;
}

ManagerClient CommandLine::client() const {
  return ManagerClient(isRemote() ? managers : std::vector{"unix:" + controlSocket(state)});
}

int CommandLine::fail(int code, const std::string &message) const {
  fmt::print(stderr, "ripple {}: {}\n", name, message);
  return code;
}

} // namespace ripple::agent
