//===- FleetBench.cpp - A large company's fleet ---------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// 10,000 servers × 500 applications × 2,000 components × 1,000,000 request kinds
// of 20 components each (interned). Loading the Components List stands beside a
// bare SAX parse of the same text; impact beside a plain look at every use of
// every request kind. Targets: load 1.3 times the parse and 1 GB, impact 20 ms,
// schedule of 10,000 tasks 1 s and of 100,000 10 s, check 5 s, explain 50 ms.
//
//===----------------------------------------------------------------------===//
#include "planner/Planning.h"
#include "planner/Reports.h"
#include "planner/check/Check.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace ripple;
using namespace ripple::planner;

namespace {

constexpr unsigned Servers = 10'000, Applications = 500, Components = 2'000;
constexpr unsigned KindsOfEach = 2'000, SetsOfEach = 100, UsesOfEach = 20;

std::string componentName(unsigned number) { return fmt::format("component{:04}", number); }
std::string applicationName(unsigned number) { return fmt::format("app{:03}", number); }

/// The first component, a plug-in, is in each application's first set; the others are everywhere.
std::string setText(unsigned application, unsigned set) {
  std::string text;
  for (unsigned use = 0; use < UsesOfEach; ++use) {
    constexpr unsigned prime = 7919;
    const unsigned other = 1 + (application * prime + set * UsesOfEach + use) % (Components - 1);
    text += fmt::format("{}{{\"component\":\"{}\",\"confidence\":\"proven\",\"phase\":\"sync\","
                        "\"evidence\":[]}}",
                        use ? "," : "", componentName(set == 0 && use == 0 ? 0 : other));
  }
  return "[" + text + "]";
}

std::string applicationText(unsigned application, unsigned kindsOfEach) {
  const std::string name = applicationName(application);
  std::string sets, kinds;
  for (unsigned set = 0; set < SetsOfEach; ++set)
    sets += (set ? "," : "") + setText(application, set);
  for (unsigned kind = 0; kind < kindsOfEach; ++kind)
    kinds += fmt::format(
        "{}{{\"id\":\"GET /{}/{}\",\"protocol\":\"http\",\"method\":\"GET\",\"path\":\"/{}/{}\","
        "\"matchOrder\":{},\"handler\":{{\"function\":\"{}::handle{}\",\"file\":\"src/{}.cpp\","
        "\"line\":{}}},\"complete\":true,\"componentSet\":{},\"unresolved\":[]}}\n",
        kind ? "," : "", name, kind, name, kind, kind, name, kind, name, kind + 1,
        kind % SetsOfEach);
  return fmt::format("{{\"name\":\"{}\",\"binary\":{{\"path\":\"{}\",\"buildId\":\"aa\",\"sha256\":"
                     "\"bb\"}},\"complete\":true,\"ambient\":[],\"startup\":[],"
                     "\"componentSets\":[{}],\"requests\":[{}]}}",
                     name, name, sets, kinds);
}

std::string makeListText(unsigned kindsOfEach) {
  std::string made = R"({"format":"ripple.components","version":"1.0","applications":[)";
  for (unsigned i = 0; i < Applications; ++i)
    made += (i ? "," : "") + applicationText(i, kindsOfEach);
  made += "],\"components\":[";
  for (unsigned i = 0; i < Components; ++i)
    made += fmt::format("{}{{\"id\":\"{}\",\"kind\":\"{}\",\"version\":\"1\",\"origin\":"
                        "\"target:x\",\"dependsOn\":[],\"restart\":\"{}\"}}",
                        i ? "," : "", componentName(i), i ? "shared-library" : "plugin",
                        i ? "process" : "plugin");
  return made + "],\"unresolved\":[]}";
}

const std::string &listText() {
  static const std::string text = makeListText(KindsOfEach);
  return text;
}

/// The same number of servers for each application, of which a twentieth may be away.
Inputs fleetOf(const std::string &components, unsigned servers) {
  Inputs inputs;
  if (auto list = model::parseComponentsList(components, "fleet.json"))
    inputs.components = std::move(*list);
  inputs.uses = UseIndex(inputs.components);
  for (unsigned i = 0; i < Applications; ++i) {
    model::ApplicationPolicy &policy = inputs.servers.applications.emplace_back();
    policy.name = applicationName(i);
    constexpr unsigned awayOneIn = 20;
    const unsigned ofEach = servers / Applications;
    policy.minimum.value = ofEach - ofEach / awayOneIn;
  }
  for (unsigned i = 0; i < servers; ++i) {
    model::Server &server = inputs.servers.servers.emplace_back();
    server.name = fmt::format("server{:05}", i);
    const std::string hosted = applicationName(i % Applications);
    server.applications.push_back({hosted, "127.0.0.1:1", 100, hosted});
  }
  model::Upgrade &upgrade = inputs.change.upgrades.emplace_back();
  upgrade.component = componentName(0);
  upgrade.from = "1";
  upgrade.to = "2";
  return inputs;
}

const Inputs &fleet() {
  static const Inputs made = fleetOf(listText(), Servers);
  return made;
}

/// Ten times as many servers; fewer request kinds, since these are measured above.
const Inputs &bigFleet() {
  constexpr unsigned times = 10;
  static const Inputs made = fleetOf(makeListText(SetsOfEach), times * Servers);
  return made;
}

const model::Plan &plan() {
  static const model::Plan made = [] {
    auto plan = makePlan(fleet());
    return plan ? *plan : model::Plan();
  }();
  return made;
}

/// Megabytes; KEY is a line of /proc/self/status.
double memory(const std::string &key) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == key) {
      double kilobytes = 0;
      status >> kilobytes;
      return kilobytes / 1000;
    }
  return 0;
}

/// What is used at most from now on is asked for later as VmHWM.
double startOfPeak() {
  std::ofstream("/proc/self/clear_refs") << "5";
  return memory("VmRSS:");
}

/// Takes everything and keeps nothing.
class Nothing : public nlohmann::json_sax<nlohmann::json> {
public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t &) override { return true; }
  bool string(string_t &) override { return true; }
  bool binary(binary_t &) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t &) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string &, const nlohmann::detail::exception &) override {
    return false;
  }
};

void bareParse(benchmark::State &state) {
  const std::string &text = listText();
  for (auto _ : state) {
    Nothing nothing;
    if (!nlohmann::json::sax_parse(text, &nothing))
      state.SkipWithError("this is no JSON");
  }
  state.counters["MB_text"] = static_cast<double>(text.size()) / 1e6;
}

void load(benchmark::State &state) {
  const std::string &text = listText();
  const double before = startOfPeak();
  for (auto _ : state) {
    auto list = model::parseComponentsList(text, "fleet.json");
    if (!list || list->applications.size() != Applications)
      state.SkipWithError("this is not the list to measure");
    else if (UseIndex(*list).empty()) // What readInputs makes of it besides.
      state.SkipWithError("there is no index");
    state.counters["MB_peak"] = memory("VmHWM:") - before;
    state.counters["MB_with_text"] = memory("VmHWM:");
  }
}

void digestOf(benchmark::State &state) {
  const model::ComponentsList &list = fleet().components;
  const double before = startOfPeak();
  for (auto _ : state)
    benchmark::DoNotOptimize(model::digest(list));
  state.counters["MB_peak"] = memory("VmHWM:") - before;
}

void classesOf(benchmark::State &state) {
  for (auto _ : state)
    if (routingClasses(fleet()).size() != Applications * (SetsOfEach + 1))
      state.SkipWithError("these are not the routing classes to measure");
}

void impact(benchmark::State &state) {
  const model::ComponentsList &list = fleet().components;
  for (auto _ : state) {
    const Impact impact(fleet(), componentName(0));
    std::size_t touched = 0;
    for (const model::Application &application : list.applications) {
      ImpactOn on(impact, application);
      for (const model::RequestKind &request : application.requests)
        touched += on.touch(&request) ? 1 : 0;
    }
    if (touched != Applications * KindsOfEach / SetsOfEach)
      state.SkipWithError("these are not the requests that touch it");
  }
}

void plainLook(benchmark::State &state) {
  const model::ComponentsList &list = fleet().components;
  const std::string name = componentName(0);
  for (auto _ : state) {
    std::size_t touched = 0;
    for (const model::Application &application : list.applications)
      for (const model::RequestKind &request : application.requests)
        for (const model::ComponentUse &use : application.usesOf(request))
          touched += use.component == name ? 1 : 0;
    benchmark::DoNotOptimize(touched);
  }
}

void tasks(benchmark::State &state) {
  for (auto _ : state)
    if (tasksOf(fleet()).size() != Servers)
      state.SkipWithError("these are not the tasks to measure");
}

void wavesOf(benchmark::State &state, const Inputs &(*inputs)()) {
  std::vector<Task> all = tasksOf(inputs());
  for (auto _ : state) {
    auto times = schedule(inputs(), all);
    if (!times)
      state.SkipWithError("there is no schedule");
    else
      state.counters["waves"] = times->waves;
  }
}

/// From the inputs to the plan with its steps, what each comes after, and its id.
void wholePlan(benchmark::State &state, const Inputs &(*inputs)()) {
  for (auto _ : state) {
    auto plan = makePlan(inputs());
    if (!plan || plan->summary.tasks != inputs().servers.servers.size())
      state.SkipWithError("this is not the plan to measure");
    std::size_t after = 0;
    for (const model::Step &step : plan ? plan->steps : std::vector<model::Step>())
      after += step.after.size();
    state.counters["after"] = static_cast<double>(after);
  }
}

void checkOf(benchmark::State &state) {
  const Inputs &inputs = fleet();
  const check::Documents documents{inputs.components, inputs.servers, inputs.change};
  if (plan().summary.tasks != Servers)
    state.SkipWithError("this is not the plan to measure");
  for (auto _ : state)
    if (!check::violations(plan(), documents).empty())
      state.SkipWithError("the plan does not hold");
}

void explainOne(benchmark::State &state) {
  const std::string request = fmt::format("GET /{}/0", applicationName(Applications - 1));
  for (auto _ : state)
    if (explain(fleet().components, request, componentName(0)).empty())
      state.SkipWithError("nothing is explained");
}

} // namespace

BENCHMARK(bareParse)->Unit(benchmark::kMillisecond);
BENCHMARK(load)->Unit(benchmark::kMillisecond);
BENCHMARK(digestOf)->Unit(benchmark::kMillisecond);
BENCHMARK(classesOf)->Unit(benchmark::kMillisecond);
BENCHMARK(plainLook)->Unit(benchmark::kMillisecond);
BENCHMARK(impact)->Unit(benchmark::kMillisecond);
BENCHMARK(tasks)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(wavesOf, 10000, fleet)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(wavesOf, 100000, bigFleet)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(wholePlan, 10000, fleet)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(wholePlan, 100000, bigFleet)->Unit(benchmark::kMillisecond);
BENCHMARK(checkOf)->Unit(benchmark::kMillisecond);
BENCHMARK(explainOne)->Unit(benchmark::kMillisecond);
