//===- ScheduleBench.cpp - Waves for a large fleet ------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Waves for 10,000 and 100,000 tasks of four shapes, beside the least that anyone
// would do with them: to sort them by server and components. The target is a
// second for 10,000 tasks and 10 seconds for 100,000.
//
//===----------------------------------------------------------------------===//
#include "planner/Planning.h"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <fmt/format.h>

using namespace ripple;
using namespace ripple::planner;

namespace {

/// In the order of its number, as lists are.
std::string pluginName(unsigned number) { return fmt::format("plugin{:04}", number); }

/// One application, `shop`, of which nine tenths must stay, and COMPONENTS plug-ins that two
/// request kinds each touch, all of them new, on SERVERS servers.
Inputs fleet(unsigned servers, unsigned components) {
  Inputs inputs;
  model::Application shop;
  shop.name = "shop";
  shop.complete = true;
  for (unsigned i = 0; i < components; ++i) {
    model::Component &component = inputs.components.components.emplace_back();
    component.id = pluginName(i);
    component.restart = model::RestartDomain::Plugin;
    for (const char *method : {"GET", "POST"}) {
      model::RequestKind &request = shop.requests.emplace_back();
      request.method = method;
      request.path = fmt::format("/{}", i);
      request.id = request.method + " " + request.path;
      request.components = {{component.id, model::Confidence::Proven, {}, "", {}}};
    }
    model::Upgrade &upgrade = inputs.change.upgrades.emplace_back();
    upgrade.component = component.id;
    upgrade.from = "1";
    upgrade.to = "2";
  }
  inputs.components.applications.push_back(std::move(shop));
  model::ApplicationPolicy &policy = inputs.servers.applications.emplace_back();
  policy.name = "shop";
  policy.minimum = {model::Minimum::Unit::CapacityShare, 0.9};
  for (unsigned i = 0; i < servers; ++i) {
    model::Server &server = inputs.servers.servers.emplace_back();
    server.name = fmt::format("server{}", i);
    server.applications.push_back({"shop", "127.0.0.1:1", double(1 + i % 4) * 50, "shop"});
  }
  return inputs;
}

/// One plug-in on TASKS servers.
Inputs manyServers(unsigned tasks) { return fleet(tasks, 1); }

/// A hundred plug-ins on each server.
Inputs manyPlugins(unsigned tasks) { return fleet(tasks / 100, 100); }

/// Plug-ins on a hundred servers, each everywhere before the next one.
Inputs chain(unsigned tasks) {
  const unsigned links = tasks / 100;
  Inputs inputs = fleet(100, links);
  for (unsigned i = 1; i < links; ++i)
    inputs.change.order.push_back({{pluginName(i - 1), "2"}, {pluginName(i), "2"}, ""});
  return inputs;
}

/// One plug-in on servers of which no two have the same capacity, and three or so may be away.
Inputs unevenServers(unsigned tasks) {
  Inputs inputs = fleet(tasks, 1);
  constexpr unsigned prime = 104729;
  for (unsigned i = 0; i < tasks; ++i)
    inputs.servers.servers[i].applications.front().capacity = 40'000 + i * 7919U % prime;
  inputs.servers.applications.front().minimum.value = 1 - 3.0 / tasks;
  return inputs;
}

using Shape = Inputs (*)(unsigned tasks);

void wavesOfAll(benchmark::State &state, Shape shape) {
  const Inputs inputs = shape(static_cast<unsigned>(state.range(0)));
  std::vector<Task> tasks = tasksOf(inputs);
  for (auto _ : state) {
    auto times = schedule(inputs, tasks);
    if (!times || tasks.size() != std::size_t(state.range(0))) {
      state.SkipWithError("these are not the tasks to measure");
      return;
    }
    state.counters["waves"] = times->waves;
    state.counters["bound"] = times->lowerBound;
  }
}

void sortedByServer(benchmark::State &state, Shape shape) {
  const Inputs inputs = shape(static_cast<unsigned>(state.range(0)));
  const std::vector<Task> tasks = tasksOf(inputs);
  for (auto _ : state) {
    std::vector<const Task *> sorted;
    for (const Task &task : tasks)
      sorted.push_back(&task);
    std::sort(sorted.begin(), sorted.end(), [](const Task *a, const Task *b) {
      return std::tie(a->server, a->components) < std::tie(b->server, b->components);
    });
    benchmark::DoNotOptimize(sorted);
  }
}

} // namespace

#define SHAPE(NAME)                                                                                \
  BENCHMARK_CAPTURE(wavesOfAll, NAME, NAME)                                                        \
      ->Arg(10'000)                                                                                \
      ->Arg(100'000)                                                                               \
      ->Unit(benchmark::kMillisecond);                                                             \
  BENCHMARK_CAPTURE(sortedByServer, NAME, NAME)                                                    \
      ->Arg(10'000)                                                                                \
      ->Arg(100'000)                                                                               \
      ->Unit(benchmark::kMillisecond)

SHAPE(manyServers);
SHAPE(manyPlugins);
SHAPE(chain);
SHAPE(unevenServers);
