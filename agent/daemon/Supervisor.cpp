//===- Supervisor.cpp - The agent's own processes -------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/Supervisor.h"

#include <spdlog/spdlog.h>

using namespace ripple;
using namespace ripple::agent;

Supervisor::Supervisor(const model::AgentConfig &config, boost::asio::io_context &loop,
                       AgentJournal &journal)
    : Around{loop, journal, config.state + "/logs", config.gateDirectory, config.systemctl, {}},
      Config(config) {
  for (const auto &process : config.processes) {
    if (process.unit.empty()) {
      auto child = std::make_unique<ManagedProcess>(process, Around);
      Children[process.name] = child.get();
      Processes.push_back(std::move(child));
    } else {
      auto unit = std::make_unique<UnitProcess>(process, Around);
      Units.push_back(unit.get());
      Processes.push_back(std::move(unit));
    }
  }
}

/// Those of the journal that the configuration still has; the others are forgotten.
JournalResult<std::map<std::string, ProcessIdentity>> Supervisor::knownProcesses() {
  auto known = Around.journal.processes();
  if (!known)
    return known;
  for (auto at = known->begin(); at != known->end();) {
    const auto &[name, identity] = *at;
    if (Children.count(name)) {
      ++at;
      continue;
    }
    if (isAlive(identity))
      spdlog::warn("{}: pid {} runs and is no longer the agent's by its configuration; it is left "
                   "alone from now on",
                   name, identity.pid);
    if (auto removed = Around.journal.removeProcess(name); !removed)
      return tl::make_unexpected(removed.error());
    at = known->erase(at);
  }
  return known;
}

JournalResult<void> Supervisor::adoptAll() {
  auto known = knownProcesses();
  if (!known)
    return tl::make_unexpected(known.error());
  for (const auto &[name, identity] : *known)
    if (!Children.at(name)->adopt(identity))
      spdlog::warn("{}: pid {} ended while no agent ran", name, identity.pid);
  return {};
}

JournalResult<void> Supervisor::begin() {
  if (auto adopted = adoptAll(); !adopted)
    return adopted;
  for (const auto &process : Config.processes)
    if (process.unit.empty() && process.autostart)
      Children.at(process.name)->start(); // What was adopted runs already.
  for (auto *unit : Units)
    unit->begin();
  return {};
}

std::vector<ProcessReport> Supervisor::report() const {
  std::vector<ProcessReport> reports;
  for (const auto &process : Processes)
    reports.push_back(process->report());
  return reports;
}

OwnProcess *Supervisor::process(const std::string &name) {
  for (std::size_t i = 0; i < Processes.size(); ++i)
    if (Config.processes[i].name == name)
      return Processes[i].get();
  return nullptr;
}

void Supervisor::stopAll(std::function<void()> done) {
  if (Processes.empty())
    return done();
  auto left = std::make_shared<std::size_t>(Processes.size());
  auto one = [left, done = std::move(done)](const std::string &) {
    if (--*left == 0)
      done();
  };
  for (auto &process : Processes)
    process->stop(one);
}
