//===- Action.cpp - Carrying out one upgrade action -----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/action/Action.h"

#include "agent/action/Package.h"
#include "agent/action/SwitchSymlink.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>

using namespace ripple;
using namespace ripple::agent;

std::string_view agent::toString(ActionKind kind) {
  switch (kind) {
  case ActionKind::Install:
    return "install";
  case ActionKind::Restart:
    return "restart";
  case ActionKind::Check:
    return "check";
  case ActionKind::Rollback:
    return "rollback";
  }
  return "";
}

std::string_view agent::toString(ActionState state) {
  switch (state) {
  case ActionState::Running:
    return "running";
  case ActionState::Done:
    return "done";
  case ActionState::Failed:
  case ActionState::Busy:
    return "failed";
  case ActionState::Unknown:
    return "unknown";
  }
  return "";
}

namespace {

using Problems = std::vector<std::string>;

Problems programProblems(const std::vector<std::string> &argv, const ActionContext &context) {
  if (argv.empty() || argv[0].empty())
    return {"there is no program to run"};
  Problems problems;
  for (const auto &argument : argv)
    if (argument.find('\0') != std::string::npos)
      problems.push_back("an argument has a NUL character in it");
  const auto &program = argv[0];
  if (program[0] != '/') {
    problems.push_back(fmt::format("{} is not an absolute path", program));
    return problems;
  }
  if (context.allow &&
      std::find(context.allow->begin(), context.allow->end(), program) == context.allow->end())
    problems.push_back(fmt::format("{} may not be run here: it is not in `allow` of the agent's "
                                   "configuration",
                                   program));
  struct stat status{};
  if (::stat(program.c_str(), &status) != 0)
    problems.push_back(fmt::format("{}: {}", program, std::strerror(errno)));
  else if (!S_ISREG(status.st_mode) || ::access(program.c_str(), X_OK) != 0)
    problems.push_back(fmt::format("{} is not a program that may be executed", program));
  return problems;
}

Problems pluginProblems(const std::string &path) {
  OwnedFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd)
    return {fmt::format("{}: {}", path, std::strerror(errno))};
  Elf64_Ehdr header{};
  if (::pread(fd.get(), &header, sizeof header, 0) != static_cast<ssize_t>(sizeof header) ||
      std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_type != ET_DYN)
    return {fmt::format("{} is not a shared object", path)};
  return {};
}

/// PATH as ROOT sees it.
std::string below(const std::string &root, const std::string &path) {
  if (path.empty() || path[0] == '/')
    return path;
  return (std::filesystem::path(root) / path).lexically_normal().string();
}

/// What is wrong with the files that REQUEST has digests of.
Problems digestProblems(const ActionRequest &request, const ActionContext &context) {
  Problems problems;
  for (const auto &[file, digest] : request.digests) {
    std::string root = context.root; // A symlink's target is relative to the link's folder.
    if (const auto *link = std::get_if<model::SymlinkAction>(&*request.action))
      root = std::filesystem::path(below(context.root, link->symlink)).parent_path();
    auto found = model::sha256OfFile(below(root, file));
    if (!found)
      problems.push_back(model::describe(found.error().front()));
    else if ("sha256:" + *found != digest)
      problems.push_back(
          fmt::format("{} is not the file that the plan is for: its digest is sha256:{}, not {}",
                      file, *found, digest));
  }
  return problems;
}

std::string joined(const Problems &problems) {
  std::string all;
  for (const auto &problem : problems)
    all += (all.empty() ? "" : "; ") + problem;
  return all;
}

ChildSpec specOf(const ActionRequest &request, const ActionContext &context,
                 const std::vector<std::string> &argv) {
  ChildSpec spec;
  spec.argv = argv;
  spec.directory = context.root;
  spec.log = logOf(request, context);
  spec.environment = environmentOf(request, context);
  return spec;
}

ActionOutcome done(std::string message) { return {ActionState::Done, std::move(message), {}}; }
ActionOutcome failed(std::string message) { return {ActionState::Failed, std::move(message), {}}; }

/// "" or why there can be no log.
std::string makeLogs(const ActionContext &context) {
  std::error_code error;
  std::filesystem::create_directories(context.logs, error);
  return error ? fmt::format("{}: {}", context.logs, error.message()) : "";
}

ActionOutcome performOne(const model::RunAction &run, const ActionRequest &request,
                         const ActionContext &context) {
  if (auto error = makeLogs(context); !error.empty())
    return failed(error);
  ProgramLimits limits;
  limits.timeout = request.timeout;
  return outcomeOf(request, runProgram(specOf(request, context, run.argv), limits, context.record,
                                       context.abandon));
}

ActionOutcome performOne(const model::SymlinkAction &link, const ActionRequest &,
                         const ActionContext &context) {
  auto changed = switchSymlink(below(context.root, link.symlink), link.target);
  if (!changed)
    return failed(changed.error());
  return done(fmt::format("{} {} {}", link.symlink,
                          *changed ? "now points to" : "pointed already to", link.target));
}

ActionOutcome performOne(const model::PluginAction &plugin, const ActionRequest &request,
                         const ActionContext &context) {
  if (!context.swapPlugin)
    return failed("this agent cannot reach any gate, so it cannot swap a plug-in");
  auto swapped =
      context.swapPlugin({plugin.plugin, below(context.root, plugin.path), request.phaseIn,
                          request.timeout, context.abandon, context.waiting});
  return swapped ? done(*swapped) : failed(swapped.error());
}

ActionOutcome performOne(const model::PackageAction &package, const ActionRequest &request,
                         const ActionContext &context) {
  if (auto error = makeLogs(context); !error.empty())
    return failed(error);
  return installPackage(package, request, context);
}

} // namespace

std::vector<std::string> agent::problemsOf(const ActionRequest &request,
                                           const ActionContext &context) {
  if (!request.action)
    return {};
  const auto &action = *request.action;
  if (auto problems = digestProblems(request, context); !problems.empty())
    return problems;
  if (const auto *run = std::get_if<model::RunAction>(&action))
    return programProblems(run->argv, context);
  if (const auto *link = std::get_if<model::SymlinkAction>(&action))
    return symlinkProblems(below(context.root, link->symlink), link->target);
  if (const auto *plugin = std::get_if<model::PluginAction>(&action))
    return pluginProblems(below(context.root, plugin->path));
  return packageProblems(std::get<model::PackageAction>(action), context,
                         request.kind == ActionKind::Rollback);
}

std::map<std::string, std::string> agent::environmentOf(const ActionRequest &request,
                                                        const ActionContext &context) {
  return {{"RIPPLE_SERVER", context.server},
          {"RIPPLE_PLAN", request.plan},
          {"RIPPLE_TASK", request.task},
          {"RIPPLE_ACTION", std::string(toString(request.kind))},
          {"RIPPLE_COMPONENT", request.component},
          {"RIPPLE_VERSION", request.version},
          {"RIPPLE_FROM", request.from}};
}

ActionOutcome agent::perform(const ActionRequest &request, const ActionContext &context) {
  if (!request.action)
    return done("nothing to do");
  // A package is looked at when an interrupted dpkg has been put right, not before.
  if (!std::holds_alternative<model::PackageAction>(*request.action))
    if (auto problems = problemsOf(request, context); !problems.empty())
      return failed(joined(problems));
  return std::visit([&](const auto &action) { return performOne(action, request, context); },
                    *request.action);
}

ActionOutcome agent::outcomeOf(const ActionRequest &request, const ProgramOutcome &program) {
  ActionOutcome outcome;
  using How = ProgramOutcome::How;
  outcome.abandoned = program.how == How::Abandoned;
  if (program.succeeded())
    outcome.state = ActionState::Done;
  else if (program.how == How::Abandoned || (program.how == How::Ended && !program.end.known))
    outcome.state = ActionState::Unknown;
  if (program.how == How::Ended && program.end.known && program.end.exit >= 0)
    outcome.exit = program.end.exit;
  std::string name = "the program";
  if (request.action) {
    const auto *run = std::get_if<model::RunAction>(&*request.action);
    if (run && !run->argv.empty())
      name = run->argv[0];
    else if (std::holds_alternative<model::PackageAction>(*request.action))
      name = AptGet;
  }
  outcome.message = program.how == How::NotStarted ? program.message
                                                   : fmt::format("{}: {}", name, program.message);
  if (!program.tail.empty())
    outcome.message += "; its last output:\n" + program.tail;
  return outcome;
}

std::string agent::logOf(const ActionRequest &request, const ActionContext &context) {
  // Ids are the manager's, and may hold what a file's name may not: a readable part and FNV-1a.
  std::uint64_t hash = 14695981039346656037U;
  std::string name;
  for (unsigned char c : request.id) {
    hash = (hash ^ c) * 1099511628211U;
    name += std::isalnum(c) || c == '.' || c == '-' || c == '_' ? static_cast<char>(c) : '_';
  }
  if (name.size() > 80)
    name.erase(0, name.size() - 80);
  return fmt::format("{}/{}-{:016x}.log", context.logs, name, hash);
}
