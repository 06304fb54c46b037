//===- Package.cpp - Installing one version of a Debian package -----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/action/Package.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <regex>
#include <thread>
#include <unistd.h>

using namespace ripple;
using namespace ripple::agent;
using std::chrono::milliseconds;

namespace {

using Clock = std::chrono::steady_clock;
using Arguments = std::vector<std::string>;

constexpr const char *Dpkg = "/usr/bin/dpkg";
constexpr const char *DpkgQuery = "/usr/bin/dpkg-query";
constexpr const char *AptCache = "/usr/bin/apt-cache";
constexpr milliseconds QueryMax{10'000}, SimulateMax{30'000};
/// Another program that installs packages is waited for as long as apt-get does below.
constexpr int LockTries = 20;
constexpr milliseconds LockPause{1'000};

/// No questions, no restarts of services by others, answers in the words that are read here.
const std::map<std::string, std::string> Quiet = {
    {"DEBIAN_FRONTEND", "noninteractive"}, {"DEBIAN_PRIORITY", "critical"},
    {"APT_LISTCHANGES_FRONTEND", "none"},  {"NEEDRESTART_SUSPEND", "1"},
    {"UCF_FORCE_CONFFOLD", "1"},           {"LC_ALL", "C.UTF-8"}};

/// The lines of what apt or dpkg printed that say what is wrong, or all of it.
std::string complaint(const ProgramAnswer &answer) {
  std::string errors;
  for (std::size_t from = 0; from < answer.text.size();) {
    auto end = std::min(answer.text.find('\n', from), answer.text.size());
    auto line = answer.text.substr(from, end - from);
    if (line.rfind("E: ", 0) == 0)
      errors += (errors.empty() ? "" : "; ") + line.substr(3);
    from = end + 1;
  }
  return errors.empty() ? answer.program.message + ": " + answer.program.tail : errors;
}

std::string wanted(const model::PackageAction &package) {
  return package.package + "=" + package.version;
}

Arguments aptGet(const Arguments &more) {
  Arguments argv = {AptGet,
                    "-q",
                    "-y",
                    "-o",
                    "Dpkg::Use-Pty=0",
                    "-o",
                    "DPkg::Lock::Timeout=20",
                    "-o",
                    "Dpkg::Options::=--force-confdef",
                    "-o",
                    "Dpkg::Options::=--force-confold",
                    "-o",
                    "Dpkg::Options::=--force-downgrade",
                    "--no-install-recommends",
                    "--reinstall", // Of what was left half installed; else it means nothing.
                    "--no-remove",
                    "--allow-downgrades",
                    "--allow-change-held-packages"};
  argv.insert(argv.end(), more.begin(), more.end());
  return argv;
}

/// The journal of a dpkg that is at work, or was killed. dpkg-query does not read it.
bool hasJournal() {
  const char *admin = ::getenv("DPKG_ADMINDIR");
  const char *root = ::getenv("DPKG_ROOT");
  std::filesystem::path folder =
      admin ? std::string(admin) : std::string(root ? root : "") + "/var/lib/dpkg";
  std::error_code error;
  for (const auto &entry : std::filesystem::directory_iterator(folder / "updates", error))
    if (std::isdigit(static_cast<unsigned char>(entry.path().filename().native().front())))
      return true;
  return false;
}

/// Names and versions stand in a command line: only what Debian allows in them may.
std::vector<std::string> nameProblems(const model::PackageAction &package) {
  static const std::regex Name("[a-z0-9][a-z0-9+.-]+(:[a-z0-9]+)?");
  static const std::regex Version("[A-Za-z0-9][A-Za-z0-9.+:~-]*");
  std::vector<std::string> problems;
  if (!std::regex_match(package.package, Name))
    problems.push_back(fmt::format("'{}' is no name of a Debian package", package.package));
  if (!std::regex_match(package.version, Version))
    problems.push_back(fmt::format("'{}' is no version of a Debian package", package.version));
  return problems;
}

std::vector<std::string> rightProblems(const ActionContext &context) {
  if (context.allow && std::ranges::find(*context.allow, AptGet) == context.allow->end())
    return {fmt::format("packages may not be installed here: {} is not in `allow` of the agent's "
                        "configuration",
                        AptGet)};
  if (::access(AptGet, X_OK) != 0)
    return {fmt::format("{}: {}; packages can be installed on Debian only", AptGet,
                        std::strerror(errno))};
  return {};
}

std::vector<std::string> simulate(const model::PackageAction &package) {
  auto answer = askProgram(aptGet({"--simulate", "install", wanted(package)}), Quiet, SimulateMax);
  if (!answer.program.succeeded())
    return {fmt::format("apt cannot install {}: {}", wanted(package), complaint(answer))};
  auto name = package.package.substr(0, package.package.find(':'));
  auto others = othersChanged(answer.text, name);
  for (auto &other : others)
    other = fmt::format("installing {} would change another package too: {}; name that in the "
                        "change set, so that the requests that use it are kept away",
                        wanted(package), other);
  return others;
}

/// apt's sources have the version; what is only installed could not be installed again.
std::vector<std::string> sourceProblems(const model::PackageAction &package) {
  auto answer = askProgram({AptCache, "madison", package.package}, Quiet, SimulateMax);
  if (!answer.program.succeeded())
    return {fmt::format("{}: {}", AptCache, complaint(answer))};
  // "NAME |    VERSION | SOURCE", padded.
  for (auto at = answer.text.find(package.version); at != std::string::npos;
       at = answer.text.find(package.version, at + 1))
    if (answer.text.compare(at + package.version.size(), 3, " | ") == 0 && at > 0 &&
        answer.text[at - 1] == ' ')
      return {};
  return {fmt::format("none of apt's sources has {}, so there would be no way back to it",
                      wanted(package))};
}

/// The programs of one action: one log, one time limit for all of them together.
class Installation {
public:
  Installation(const ActionRequest &request, const ActionContext &context)
      : Request(request), Context(context), Deadline(Clock::now() + request.timeout) {}

  ActionOutcome run(const Arguments &argv) {
    ChildSpec spec{argv, Quiet, "/", logOf(Request, Context)};
    for (auto &[name, value] : environmentOf(Request, Context))
      spec.environment[name] = value;
    ProgramLimits limits;
    limits.timeout = std::max(milliseconds(1),
                              std::chrono::duration_cast<milliseconds>(Deadline - Clock::now()));
    return outcomeOf(Request, runProgram(spec, limits, Context.record, Context.abandon));
  }

private:
  const ActionRequest &Request;
  const ActionContext &Context;
  Clock::time_point Deadline;
};

ActionOutcome failed(std::string message) { return {ActionState::Failed, std::move(message), {}}; }
ActionOutcome done(std::string message) { return {ActionState::Done, std::move(message), {}}; }

/// After a dpkg that was killed apt refuses everything until its journal was merged. Any dpkg that
/// writes does that; this one writes nothing else, and runs no package's script, which may be the
/// one that hung.
ActionOutcome mergeJournal(Installation &programs) {
  auto outcome = done("");
  for (int tries = 0; hasJournal() && tries < LockTries; ++tries) {
    if (tries)
      std::this_thread::sleep_for(LockPause); // Another dpkg is at work, perhaps.
    outcome = programs.run({Dpkg, "--set-selections"});
    if (!outcome.exit)
      break;
  }
  return outcome;
}

} // namespace

std::vector<std::string> agent::othersChanged(std::string_view simulated, std::string_view name) {
  // "Inst NAME [OLD] (NEW …)" replaces, without [OLD] it is a new one; "Remv NAME [OLD]" removes.
  static const std::regex Line(R"((Inst|Remv) (\S+)( \[([^\]]+)\])?( \((\S+))?.*)");
  std::vector<std::string> others;
  while (!simulated.empty()) {
    auto end = std::min(simulated.find('\n'), simulated.size());
    std::string line(simulated.substr(0, end));
    simulated.remove_prefix(std::min(end + 1, simulated.size()));
    std::smatch match;
    if (!std::regex_match(line, match, Line) || match[2].str() == name)
      continue;
    if (match[1].str() == "Remv")
      others.push_back(match[2].str() + ", which is to go");
    else if (match[3].matched)
      others.push_back(
          fmt::format("{} from {} to {}", match[2].str(), match[4].str(), match[6].str()));
  }
  return others;
}

tl::expected<std::string, std::string> agent::installedPackage(const std::string &name) {
  if (hasJournal())
    return tl::make_unexpected(std::string("dpkg is at work, or was interrupted"));
  auto answer = askProgram({DpkgQuery, "-W", "-f", "${db:Status-Status} ${Version}\\n", name},
                           Quiet, QueryMax);
  using How = ProgramOutcome::How;
  if (answer.program.how == How::Ended && answer.program.end.known && answer.program.end.exit == 1)
    return ""; // It says so where it knows no such package.
  if (!answer.program.succeeded())
    return tl::make_unexpected(fmt::format("{}: {}", DpkgQuery, complaint(answer)));
  constexpr std::string_view Complete = "installed ";
  if (answer.text.rfind(Complete, 0) != 0)
    return "";
  auto version = answer.text.substr(Complete.size());
  return version.substr(0, version.find('\n'));
}

std::vector<std::string> agent::packageProblems(const model::PackageAction &package,
                                                const ActionContext &context, bool wayBack) {
  if (auto problems = nameProblems(package); !problems.empty())
    return problems;
  if (auto problems = rightProblems(context); !problems.empty())
    return problems;
  if (wayBack)
    if (auto problems = sourceProblems(package); !problems.empty())
      return problems;
  return simulate(package);
}

ActionOutcome agent::installPackage(const model::PackageAction &package,
                                    const ActionRequest &request, const ActionContext &context) {
  for (auto problems : {nameProblems(package), rightProblems(context)})
    if (!problems.empty())
      return failed(problems.front());
  Installation programs(request, context);
  if (auto merged = mergeJournal(programs); merged.state != ActionState::Done)
    return merged;
  auto before = installedPackage(package.package);
  if (!before)
    return failed(before.error());
  if (*before == package.version)
    return done(fmt::format("{} was installed already", wanted(package)));
  // What the sources have may have changed since it was checked.
  if (auto problems = simulate(package); !problems.empty())
    return failed(problems.front());
  auto outcome = programs.run(aptGet({"install", wanted(package)}));
  if (outcome.state != ActionState::Done)
    return outcome;
  auto after = installedPackage(package.package);
  if (!after || *after != package.version)
    return failed(fmt::format("apt-get ended well, and {} is not completely installed: {}",
                              wanted(package), after ? "'" + *after + "'" : after.error()));
  return done(fmt::format("{} is installed", wanted(package)));
}
