//===- Versions.cpp - Plug-ins that are phased in -------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// As agent/gate does it (docs/internals/gate.md, "Phasing in a plug-in"): the new
// version is loaded beside the old one, the epoch in which a request was admitted
// says which one it has, and a version ends with its last request.
//
//===----------------------------------------------------------------------===//
#include "agent/sim/World.h"

#include <algorithm>

namespace ripple::agent::sim {

namespace {

constexpr std::size_t versionsMax = 4;

} // namespace

Version World::versionFor(const Process &process, const Request &request,
                          std::size_t component) const {
  if (process.since[component] <= request.epoch || mutant == Mutant::ForgetsEpochs)
    return process.loaded[component];
  const EarlierVersion *best = nullptr, *oldest = nullptr;
  for (const EarlierVersion &one : process.earlier) {
    if (one.component != component)
      continue;
    if (one.since <= request.epoch && (!best || one.since > best->since))
      best = &one;
    if (!oldest || one.since < oldest->since)
      oldest = &one;
  }
  const EarlierVersion *found = best ? best : oldest;
  return found ? found->version : process.loaded[component];
}

/// In the place of what was loaded: nobody uses it, or a person has decided so.
void World::load(std::size_t index, std::size_t at, std::size_t component, Version version) {
  Process &process = servers[index].processes[at];
  process.loaded[component] = version;
  std::erase_if(process.earlier,
                [&](const EarlierVersion &one) { return one.component == component; });
}

/// Makes VERSION the one for all requests from now on. False, and nothing was done, where a gate
/// cannot.
bool World::phaseIn(std::size_t index, std::size_t component, Version version) {
  auto &processes = servers[index].processes;
  auto cannot = [&](const Process &process) {
    return process.up && process.gated &&
           (!process.readableGate || process.earlier.size() + 1 >= versionsMax);
  };
  if (std::any_of(processes.begin(), processes.end(), cannot))
    return false;
  for (std::size_t p = 0; p < processes.size(); ++p) {
    Process &process = processes[p];
    if (!process.up || !process.gated || process.loaded[component] == version)
      continue;
    if (mutant == Mutant::SwapsUnderRequests) {
      load(index, p, component, version);
      judge.unloads(index, p, component);
      continue;
    }
    process.earlier.push_back({component, process.loaded[component], process.since[component]});
    process.loaded[component] = version;
    process.since[component] = ++process.epoch;
  }
  look(index);
  endVersions(index);
  return true;
}

/// Who uses a plug-in looks at it now.
void World::look(std::size_t index) {
  for (const Request &request : servers[index].requests)
    if (!request.held)
      judge.uses(index, request);
}

/// Requests that have other code of COMPONENT than new ones get.
std::uint64_t World::usersOfEarlier(std::size_t index, std::size_t component) const {
  const Server &server = servers[index];
  std::uint64_t users = 0;
  for (const Request &request : server.requests) {
    const Process &process = server.processes[request.process];
    users += !request.held && process.gated && (request.uses & (1U << component)) &&
             versionFor(process, request, component) != process.loaded[component];
  }
  return users;
}

void World::endVersions(std::size_t index) {
  Server &server = servers[index];
  for (std::size_t p = 0; p < server.processes.size(); ++p) {
    Process &process = server.processes[p];
    if (process.earlier.empty())
      continue;
    auto serves = [&](const EarlierVersion &one) {
      return std::any_of(server.requests.begin(), server.requests.end(), [&](const Request &r) {
        return r.process == p && !r.held && (r.uses & (1U << one.component)) &&
               process.since[one.component] > r.epoch &&
               versionFor(process, r, one.component) == one.version;
      });
    };
    std::size_t before = process.earlier.size();
    std::erase_if(process.earlier, [&](const EarlierVersion &one) { return !serves(one); });
    for (std::size_t c = 0; process.earlier.size() != before && c < components.size(); ++c)
      judge.unloads(index, p, c);
  }
}

/// The action is over when nobody uses an earlier version; at its time limit it has failed.
void World::awaitEarlier(std::size_t index, std::uint64_t id, unsigned life, Millis deadline) {
  Agent &agent = servers[index].agent;
  if (!agent.up || agent.life != life)
    return;
  const Action &action = agent.actions.at(id);
  std::uint64_t users = usersOfEarlier(index, componentIndex(action.item.component));
  if (users == 0)
    return actionEnds(index, id, core::Outcome::Result::Done, "");
  if (nowMs >= deadline)
    return actionEnds(index, id, core::Outcome::Result::Failed,
                      std::to_string(users) +
                          (users == 1 ? " request still uses" : " requests still use") +
                          " an earlier version");
  after(5, [this, index, id, life, deadline] { awaitEarlier(index, id, life, deadline); });
}

} // namespace ripple::agent::sim
