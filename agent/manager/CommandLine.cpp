//===- CommandLine.cpp - Options that all manager commands share ----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/CommandLine.h"

#include "agent/http/HttpClient.h"
#include "agent/journal/StateDirectory.h"
#include "model/Document.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace ripple::agent {

CommandLine::CommandLine(const std::string &command, const std::string &about)
    : app(about, "ripple " + command), state(defaultStateDirectory()), name(command) {
  app.add_option("--state", state,
                 "state directory of the embedded manager: journal, lock and control socket")
      ->capture_default_str();
  auto file = [&](const char *option, const char *variable, const char *what, std::string &out) {
    app.add_option(option, out, what)->envname(variable);
  };
  file("--tls-certificate", "RIPPLE_TLS_CERTIFICATE",
       "certificate (PEM) with which agents and managers are asked over https", tls.certificate);
  file("--tls-key", "RIPPLE_TLS_KEY", "its key (PEM)", tls.key);
  file("--tls-authority", "RIPPLE_TLS_AUTHORITY",
       "certificate of the authority (PEM) of which theirs must be", tls.authority);
  app.add_option("--manager", managers,
                 "URL of a manager (`ripple manager`), or several with commas between where they "
                 "stand by for each other; without it, whoever works with --state")
      ->delimiter(',');
  app.add_option("--color", color, "auto, always or never; nothing is coloured yet")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.set_version_flag("--version", "ripple " RIPPLE_VERSION);
  if (!spdlog::get("ripple")) // Standard output is for data.
    spdlog::set_default_logger(spdlog::stderr_logger_mt("ripple"));
}

std::optional<int> CommandLine::parse(const Arguments &arguments) {
  Arguments reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError &error) {
    return app.exit(error) == 0 ? model::ExitDone : model::ExitUsage;
  }
  if (!tls.empty() && (tls.certificate.empty() || tls.key.empty() || tls.authority.empty()))
    return fail(model::ExitUsage, "--tls-certificate, --tls-key and --tls-authority go together");
  for (const std::string &url : managers)
    if (std::string wrong = refusedUrl(url, tls); !wrong.empty())
      return fail(model::ExitUsage, "--manager: " + wrong);
  if (state.empty())
    return fail(model::ExitUsage, "--state: is empty; name a directory");
  if (state.size() > 1 && state.back() == '/')
    state.pop_back();
  return std::nullopt;
}

ManagerClient CommandLine::client() const {
  return ManagerClient(isRemote() ? managers : std::vector{"unix:" + controlSocket(state)}, tls);
}

int CommandLine::fail(int code, const std::string &message) const {
  fmt::print(stderr, "ripple {}: {}\n", name, message);
  return code;
}

} // namespace ripple::agent
