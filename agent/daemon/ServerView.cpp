//===- ServerView.cpp - What this server is like now ----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/ServerView.h"

#include "agent/daemon/BuildId.h"

#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

using namespace ripple;
using namespace ripple::agent;
using nlohmann::json;

InstalledVersions::InstalledVersions(const model::AgentConfig &config,
                                     boost::asio::io_context &loop)
    : Config(config), Loop(loop) {}

InstalledVersions::~InstalledVersions() { Worker.join(); }

/// Any thread.
InstalledVersions::Versions InstalledVersions::ask() {
  Versions versions;
  for (const auto &component : Config.components)
    if (!isQuick(component)) {
      auto version = installedVersion(component);
      versions[component.id] = version ? *version : "";
      std::lock_guard lock(ToldMutex);
      auto &told = Told[component.id];
      if (!version && told != version.error())
        spdlog::warn("cannot tell which {} is installed: {}", component.id, version.error());
      told = version ? "" : version.error();
    }
  return versions;
}

void InstalledVersions::refreshNow() { Known = ask(); }

void InstalledVersions::refresh() {
  AskAgain = true;
  if (Asking || std::ranges::all_of(Config.components, isQuick))
    return;
  Asking = true;
  AskAgain = false;
  boost::asio::post(
      Worker, [this] { boost::asio::post(Loop, [this, versions = ask()] { take(versions); }); });
}

void InstalledVersions::take(Versions versions) {
  Known = std::move(versions);
  Asking = false;
  if (AskAgain)
    refresh();
}

std::string InstalledVersions::of(const model::ObservedComponent &component) {
  if (!isQuick(component))
    return Known[component.id];
  auto version = installedVersion(component);
  return version ? *version : "";
}

namespace {

std::string gateWord(const GateState *gate) {
  if (!gate)
    return "none";
  if (gate->otherLayout)
    return "other-layout";
  if (!gate->readable)
    return "broken";
  if (gate->table == TableState::OtherBuild)
    return "other-build";
  return gate->table == TableState::Ok ? "ok" : "no-table";
}

bool isOwnGate(const GateState &gate, const ProcessIdentity &process) {
  return gate.pid == process.pid && (!gate.readable || gate.startTime == process.startTime);
}

/// How far a gate is from one that tells all: the worst speaks for a process.
int badness(const GateState &gate) {
  if (!gate.readable)
    return 2;
  return gate.table == TableState::Ok ? 0 : 1;
}

/// The gate that speaks for PROCESS: its own, or, where its children serve (an httpd's), the worst
/// of theirs. Null where there is none.
const GateState *gateOf(const std::vector<GateState> &gates, const ProcessIdentity &process) {
  const GateState *worst = nullptr;
  for (const auto &gate : gates) {
    if (isOwnGate(gate, process))
      return &gate;
    auto stat = processStat(static_cast<pid_t>(gate.pid));
    if (stat && stat->parent == process.pid && (!worst || badness(gate) > badness(*worst)))
      worst = &gate;
  }
  return worst;
}

} // namespace

json ServerView::processes() {
  json list = json::array();
  auto gates = Sessions.gates();
  for (const auto &process : Processes.report()) {
    auto pid = process.identity.pid;
    const auto *gate = pid ? gateOf(gates, process.identity) : nullptr;
    list.push_back({{"name", process.name},
                    {"application", process.application},
                    {"pid", pid},
                    {"startTime", process.identity.startTime},
                    {"state", toString(process.state)},
                    {"buildId", pid ? applicationOf(process.identity, gate) : ""},
                    {"gate", gateWord(gate)},
                    {"restarts", process.restarts},
                    {"message", process.message}});
  }
  return list;
}

std::vector<std::string> ServerView::ungated(const std::vector<std::string> &applications) const {
  std::vector<std::string> found;
  auto gates = Sessions.gates();
  for (const auto &process : Processes.report()) {
    if (!process.identity.pid ||
        std::ranges::find(applications, process.application) == applications.end())
      continue;
    const auto *gate = gateOf(gates, process.identity);
    if (!gate || !gate->readable)
      found.push_back(process.application);
  }
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

const std::vector<MappedFile> &ServerView::mappedBy(const ProcessIdentity &process) {
  constexpr std::chrono::milliseconds Fresh{500};
  auto now = std::chrono::steady_clock::now();
  if (Mappings.size() > 1'000)
    Mappings.clear();
  auto &kept = Mappings[process.pid];
  if (kept.process != process || now - kept.read > Fresh) {
    kept.process = process;
    kept.read = now;
    // A process stays the same when a wrapper (`env`, a shell) becomes the program.
    kept.executable = buildIdOf("/proc/" + std::to_string(process.pid) + "/exe");
    kept.files = mappedFiles(process.pid);
  }
  return kept.files;
}

std::string ServerView::applicationOf(const ProcessIdentity &process, const GateState *gate) {
  if (gate && gate->readable && gate->table == TableState::Ok)
    return gate->buildId;
  mappedBy(process);
  return Mappings[process.pid].executable;
}

model::ComponentStatus ServerView::component(const model::ObservedComponent &component) {
  model::ComponentStatus status;
  status.id = component.id;
  status.installed = Installed.of(component);
  ComponentFiles files(component);
  for (const auto &process : Processes.report())
    for (const auto &file : mappedBy(process.identity))
      if (files.contains(file.path))
        status.loaded.push_back({process.identity.pid, BuildIds.of(process.identity.pid, file)});
  return status;
}

model::ServerStatus ServerView::status() {
  model::ServerStatus status;
  status.name = Config.server;
  for (const auto &each : Config.components)
    status.components.push_back(component(each));
  status.sessions = Sessions.sessions();
  return status;
}
