//===- FrontDoor.cpp - Which program serves which command -----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/tool/FrontDoor.h"
#include "model/Document.h"
#include "model/Nearest.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>
#include <unistd.h>

namespace ripple::tool {
namespace {

constexpr std::string_view analyzer = "ripple-analyzer";
constexpr std::string_view planner = "ripple-planner";
constexpr std::string_view agent = "ripple-agent";

constexpr std::string_view build = "At build time";
constexpr std::string_view before = "Before the change";
constexpr std::string_view during = "During the change";
constexpr std::string_view daemons = "Daemons";

constexpr Command table[] = {
    {build, "analyze", analyzer, "source code → which components each request may use"},
    {build, "query", planner, "which requests touch a component, or the other way round"},
    {build, "explain", planner, "why a request touches a component, by file and line"},
    {build, "widen", planner, "a Components List with dependencies of an SBOM or of dpkg"},
    {before, "advisory", planner,
     "security advisories → a change set, and the requests they touch"},
    {before, "plan", planner, "what is upgraded where, in which order, keeping what away"},
    {before, "show", planner, "a plan for people: text, dot, mermaid or html"},
    {before, "diff", planner, "what two plans do differently"},
    {before, "check", planner, "proves that a plan keeps every request in service"},
    {before, "back", planner, "the change set that undoes a plan, or its first waves"},
    {before, "simulate", planner, "what a plan will cost, beside a whole-server drain"},
    {before, "sign", planner, "a plan, released by an Ed25519 key for agents that ask for that"},
    {before, "routes", planner, "the router configuration that makes a plan possible"},
    {during, "apply", agent, "carries out a plan, or goes on with one"},
    {during, "status", agent, "the servers, what is kept away, and the active requests"},
    {during, "pause", agent, "starts nothing new until resume"},
    {during, "resume", agent, "goes on after pause"},
    {during, "abort", agent, "ends the upgrade and permits what can safely be permitted"},
    {during, "permit", agent, "sends a server its requests again"},
    {during, "history", agent, "what has been done, and when"},
    {daemons, "agent", agent, "on each application server"},
    {daemons, "manager", agent, "on the system management server"},
};

/// The folder of the running program, or a message of why it is not known.
tl::expected<std::string, std::string> ownFolder() {
  char path[PATH_MAX];
  ssize_t length = ::readlink("/proc/self/exe", path, sizeof path);
  if (length <= 0 || static_cast<std::size_t>(length) == sizeof path)
    return tl::unexpected(fmt::format("cannot read /proc/self/exe: {}", std::strerror(errno)));
  std::string_view own(path, static_cast<std::size_t>(length));
  return std::string(own.substr(0, own.rfind('/')));
}

/// Becomes PROGRAM; returns only on failure, with the exit code.
int become(std::string_view program, std::vector<char *> arguments) {
  auto folder = ownFolder();
  if (!folder) {
    fmt::print(stderr, "ripple: {}\n", folder.error());
    return model::ExitFailed;
  }
  auto path = findProgram(*folder, program);
  if (!path) {
    fmt::print(stderr, "ripple: there is no {} in {} or {}/../libexec/ripple; install it there\n",
               program, *folder, *folder);
    return model::ExitFailed;
  }
  arguments.insert(arguments.begin(), path->data());
  arguments.push_back(nullptr);
  ::execv(path->c_str(), arguments.data());
  fmt::print(stderr, "ripple: cannot start {}: {}\n", *path, std::strerror(errno));
  return model::ExitFailed;
}

int becomeCommand(std::string_view name, std::vector<char *> arguments) {
  if (const Command *command = findCommand(name))
    return become(command->program, std::move(arguments));
  fmt::print(stderr, "{}\n", unknownCommand(name));
  return model::ExitUsage;
}

} // namespace

std::span<const Command> commands() { return table; }

const Command *findCommand(std::string_view name) {
  auto found = std::ranges::find(table, name, &Command::name);
  return found != std::end(table) ? &*found : nullptr;
}

std::string help() {
  std::string text = "usage: ripple COMMAND [OPTION…]\n\n"
                     "Upgrades server software by keeping away only the requests that use it, on "
                     "one server\nat a time, while everything else there keeps working.\n";
  std::string_view group;
  for (const Command &command : table) {
    if (command.group != group)
      text += fmt::format("\n{}:\n", command.group);
    group = command.group;
    text += fmt::format("  {:<10}{}\n", command.name, command.summary);
  }
  return text + "\n'ripple COMMAND --help' says more about one; 'ripple --version' which Ripple "
                "this is.\n";
}

std::string unknownCommand(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Command &command : table)
    names.push_back(command.name);
  std::string_view near = model::nearest(name, std::span<const std::string_view>(names));
  return fmt::format("ripple: there is no {} '{}'; {}",
                     name.starts_with('-') ? "option" : "command", name,
                     near.empty() ? "'ripple --help' lists the commands"
                                  : fmt::format("did you mean 'ripple {}'?", near));
}

std::optional<std::string> findProgram(const std::string &folder, std::string_view program) {
  for (std::string_view place : {"", "/../libexec/ripple"}) {
    std::string path = fmt::format("{}{}/{}", folder, place, program);
    if (::access(path.c_str(), X_OK) == 0)
      return path;
  }
  return std::nullopt;
}

int run(std::span<char *const> arguments) {
  if (arguments.empty()) {
    fmt::print(stderr, "{}", help());
    return model::ExitUsage;
  }
  std::string_view first = arguments[0];
  if (first == "--version") {
    fmt::print("ripple {}\n", RIPPLE_VERSION);
    return model::ExitDone;
  }
  bool asksHelp = first == "--help" || first == "-h" || first == "help";
  if (asksHelp && arguments.size() == 1) {
    fmt::print("{}", help());
    return model::ExitDone;
  }
  if (asksHelp) {
    char option[] = "--help";
    return becomeCommand(arguments[1], {arguments[1], option});
  }
  return becomeCommand(first, {arguments.begin(), arguments.end()});
}

} // namespace ripple::tool
