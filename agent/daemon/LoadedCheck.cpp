//===- LoadedCheck.cpp - Is what runs what is installed? ------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/LoadedCheck.h"

#include "agent/daemon/BuildId.h"
#include "agent/daemon/Installed.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <set>

using namespace ripple;
using namespace ripple::agent;

namespace {

/// How many processes are named in a message.
constexpr std::size_t NamedMax = 5;

/// Which of PROCESSES has started PID, or is it; null if none. What left its parent is known by the
/// session, which the agent and systemd give each process that they start.
const ProcessReport *ownerOf(pid_t pid, const std::map<pid_t, ProcessStat> &all,
                             const std::vector<ProcessReport> &processes) {
  std::set<pid_t> line = {all.at(pid).session};
  for (auto at = all.find(pid); at != all.end() && line.insert(at->first).second;)
    at = all.find(at->second.parent);
  for (const auto &process : processes)
    if (process.identity.pid > 0 && line.count(process.identity.pid))
      return &process;
  return nullptr;
}

std::string nameOf(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/comm");
  std::string name;
  std::getline(in, name);
  return name;
}

class Comparison {
public:
  explicit Comparison(const model::ObservedComponent &component) : Files(component) {}

  /// "" where FILE of process PID is what is installed, else what it is instead.
  std::string differs(pid_t pid, const MappedFile &file, std::string &loaded) {
    auto installedFile = Files.installedFor(file.path);
    auto installed = buildIdOf(installedFile);
    loaded = Loaded.of(pid, file);
    if (installed.empty() || loaded.empty()) // Only by where it is, then.
      return Files.isOutdated(file) ? file.path : "";
    return installed == loaded
               ? ""
               : fmt::format("{}, build {}; installed is build {}", file.path, loaded, installed);
  }
  bool contains(const MappedFile &file) const { return Files.contains(file.path); }

private:
  ComponentFiles Files;
  LoadedBuildIds Loaded;
};

void compare(pid_t pid, const ProcessReport *owner, Comparison &comparison, LoadedComponent &out) {
  auto mapped = mappedFiles(pid);
  // Every program has at least its own file mapped.
  if (owner && mapped.empty())
    out.unseen.push_back(pid);
  for (const auto &file : mapped) {
    if (!comparison.contains(file))
      continue;
    std::string loaded;
    auto other = comparison.differs(pid, file, loaded);
    if (other.empty())
      ++out.current[loaded];
    else
      (owner ? out.outdated : out.elsewhere)
          .push_back(fmt::format("{} (pid {}): {}", owner ? owner->name : nameOf(pid), pid, other));
  }
}

std::string firstOf(const std::vector<std::string> &texts) {
  std::vector<std::string> first(
      texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(std::min(texts.size(), NamedMax)));
  auto more = texts.size() - first.size();
  return fmt::format("{}{}", fmt::join(first, "; "), more ? fmt::format("; {} more", more) : "");
}

std::string noteOn(const LoadedComponent &found, const std::string &component) {
  std::vector<std::string> notes;
  for (const auto &[build, processes] : found.current)
    notes.push_back(fmt::format("loaded by {} process{}{}", processes, processes == 1 ? "" : "es",
                                build.empty() ? "" : " as build " + build));
  if (!found.unseen.empty())
    notes.push_back(fmt::format("the agent may not look into {}", fmt::join(found.unseen, ", ")));
  if (!found.elsewhere.empty())
    notes.push_back(fmt::format("processes that are not the agent's have another {} loaded: {}",
                                component, firstOf(found.elsewhere)));
  return fmt::format("{}", fmt::join(notes, "; "));
}

} // namespace

LoadedComponent agent::loadedFilesOf(const model::ObservedComponent &component,
                                     const std::vector<ProcessReport> &processes) {
  LoadedComponent found;
  Comparison comparison(component);
  auto all = runningProcesses();
  for (const auto &[pid, stat] : all)
    compare(pid, ownerOf(pid, all, processes), comparison, found);
  return found;
}

std::string agent::ownCheck(const model::ObservedComponent *component, const ActionRequest &request,
                            const std::vector<ProcessReport> &processes, std::string &note) {
  if (!component) {
    note = fmt::format("the agent's configuration does not say how to tell which {} is installed",
                       request.component);
    return {};
  }
  auto installed = installedVersion(*component);
  if (!installed) {
    note = installed.error();
    return {};
  }
  if (*installed != request.version)
    return fmt::format("{} is installed as {}, not as {}", request.component, *installed,
                       request.version);
  auto found = loadedFilesOf(*component, processes);
  if (!found.outdated.empty())
    return fmt::format("another {} is loaded: {}", request.component, firstOf(found.outdated));
  note = noteOn(found, request.component);
  return {};
}
