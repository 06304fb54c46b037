//===- GateControl.cpp - Drain, seal, unseal, swap ------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/session/GateControl.h"

#include "agent/failpoint/Failpoint.h"

#include <algorithm>
#include <fmt/format.h>
#include <thread>

using namespace ripple;
using namespace ripple::agent;

namespace {

constexpr std::size_t HoldersMax = 100;
/// A request that is just entering shows up as active for a moment before it sees the seal. It is
/// looked for again this often before it counts as one that keeps the component.
constexpr unsigned ConfirmMax = 8;
constexpr std::chrono::microseconds ConfirmStep{250};

/// How long a gate that holds a plug-in is awaited where there is none.
constexpr std::chrono::seconds GateAwaitedMax{10};
constexpr std::chrono::milliseconds GateAwaitedStep{20};

/// The bits of one seal in one gate.
struct Target {
  std::shared_ptr<GateSegment> segment;
  ComponentBits bits;
};

struct Targets {
  std::vector<Target> all;
  Quiescence found; ///< `gates`, `unknown` and `unreadable` filled in.
};

Targets targetsOf(SessionList &list, const std::vector<Seal> &seals) {
  list.refresh();
  Targets targets;
  std::vector<GateState> unreadable = list.unreadable();
  for (const Seal &seal : seals) {
    for (const auto &segment : list.segments(seal.application))
      targets.all.push_back({segment, segment->bitsOf(seal.components, targets.found.unknown)});
    for (const GateState &state : unreadable)
      if (state.application == seal.application || state.application.empty())
        targets.found.unreadable.push_back(state.file);
  }
  targets.found.gates = static_cast<unsigned>(targets.all.size());
  return targets;
}

using Holders = std::vector<std::pair<std::shared_ptr<GateSegment>, std::uint32_t>>;

/// The gates that hold PLUGIN now, with its slot in each.
Holders holdersOf(SessionList &list, const std::string &plugin) {
  list.refresh();
  Holders holders;
  for (const auto &segment : list.segments())
    if (auto index = segment->pluginIndex(plugin))
      holders.emplace_back(segment, *index);
  return holders;
}

void look(const Targets &targets, Quiescence &found) {
  std::vector<model::Session> held;
  found.active = found.held = 0;
  found.holders.clear();
  for (const Target &target : targets.all) {
    bool whole = target.segment->forEachRequest([&](const ActiveRequest &request) {
      if (!target.segment->touches(request, target.bits))
        return;
      (request.held ? found.held : found.active) += request.count();
      auto &named = request.held ? held : found.holders;
      if (named.size() < HoldersMax)
        named.push_back(target.segment->session(request));
    });
    const std::string &file = target.segment->file();
    auto &unreadable = found.unreadable;
    if (!whole && std::find(unreadable.begin(), unreadable.end(), file) == unreadable.end())
      unreadable.push_back(file);
  }
  std::size_t room = HoldersMax - found.holders.size();
  held.resize(std::min(room, held.size()));
  found.holders.insert(found.holders.end(), held.begin(), held.end());
}

void sealAndLook(Targets &targets) {
  for (const Target &target : targets.all)
    target.segment->setSealed(target.bits);
  look(targets, targets.found);
  for (unsigned tried = 0; targets.found.active != 0 && tried < ConfirmMax; ++tried) {
    std::this_thread::sleep_for(ConfirmStep);
    look(targets, targets.found);
  }
}

} // namespace

Quiescence GateControl::count(const std::vector<Seal> &seals) {
  Targets targets = targetsOf(List, seals);
  look(targets, targets.found);
  return targets.found;
}

Quiescence GateControl::drain(const std::vector<Seal> &seals) {
  Targets targets = targetsOf(List, seals);
  for (const Target &target : targets.all)
    target.segment->markDraining(target.bits);
  look(targets, targets.found);
  return targets.found;
}

Quiescence GateControl::reseal(const std::vector<Seal> &seals) {
  Targets targets = targetsOf(List, seals);
  sealAndLook(targets);
  targets.found.sealed = true;
  return targets.found;
}

Quiescence GateControl::seal(const std::vector<Seal> &seals) {
  Targets targets = targetsOf(List, seals);
  sealAndLook(targets);
  targets.found.sealed = targets.found.active == 0 && targets.found.unreadable.empty();
  if (!targets.found.sealed)
    for (const Target &target : targets.all)
      target.segment->markDraining(target.bits);
  return targets.found;
}

void GateControl::unseal(const std::vector<Seal> &seals) {
  Targets targets = targetsOf(List, seals);
  for (const Target &target : targets.all)
    target.segment->open(target.bits);
}

std::vector<std::shared_ptr<GateSegment>> GateControl::gates() {
  List.refresh();
  return List.segments();
}

void GateControl::settle(const std::vector<std::shared_ptr<GateSegment>> &gates) {
  for (const auto &gate : gates)
    gate->settle();
}

tl::expected<std::string, std::string>
GateControl::swapPlugin(const std::string &plugin, const std::string &path, PluginSwapMode mode,
                        std::chrono::milliseconds timeout, int abandon, const Waiting &waiting) {
  auto begun = std::chrono::steady_clock::now(), deadline = begun + timeout;
  std::string done, failed;
  auto tell = [](std::string &to, const GateSegment &of, const std::string &what) {
    to += fmt::format("{}{} ({}): {}", to.empty() ? "" : "; ", of.application(), of.pid(), what);
  };
  // A process that has just died is started again, and loads what its configuration names.
  auto holders = holdersOf(List, plugin);
  for (auto until = std::min(deadline, begun + GateAwaitedMax);
       holders.empty() && std::chrono::steady_clock::now() < until && !isReadable(abandon);
       holders = holdersOf(List, plugin))
    std::this_thread::sleep_for(GateAwaitedStep);
  if (holders.empty())
    return tl::unexpected(fmt::format("no gate on this server holds the plug-in {}", plugin));
  if (mode == PluginSwapMode::PhaseIn)
    failpoint("agent-before-phase-in");
  for (const auto &[segment, index] : holders) {
    auto answer = segment->swap(index, path, mode, deadline);
    if (answer) {
      tell(done, *segment, *answer);
      continue;
    }
    tell(failed, *segment, answer.error());
    break;
  }
  if (mode == PluginSwapMode::PhaseIn && failed.empty())
    failpoint("agent-after-phase-in");
  for (const auto &[segment, index] : holders) {
    if (mode == PluginSwapMode::Closed || !failed.empty())
      break;
    const GateSegment &gate = *segment;
    auto waits = [&](const std::string &text) {
      std::string whole;
      tell(whole, gate, text);
      if (waiting)
        waiting(whole);
    };
    // A process that has ended has taken its earlier versions with it.
    auto left = segment->awaitLeft(index, deadline, abandon, waits);
    if (!left && segment->isAlive())
      tell(failed, *segment, left.error());
  }
  if (mode == PluginSwapMode::PhaseIn && failed.empty())
    failpoint("agent-after-phased-out");
  if (failed.empty())
    return done;
  if (!done.empty())
    failed += fmt::format("; done before that: {}", done);
  return tl::unexpected(failed);
}
