//===- AgentBench.cpp - How soon the agent knows --------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// lastExitToKnowledge   from the exit of the last request that uses a component to
//                       the moment when the agent's loop has counted none: at most
//                       5 ms at p99
// deathToKnowledge      from SIGKILL of a process with such a request to the same:
//                       at most 100 ms
// scan                  of 4,096 records, with none and with all of them active: at
//                       most 1 ms
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/GateWatch.h"
#include "agent/session/GateControl.h"
#include "agent/session/testing/ForkedChild.h"
#include "agent/session/testing/TestTable.h"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <future>

using namespace ripple::agent;
using namespace ripple::agent::test;
using namespace std::chrono_literals;
using ripple::gate::Claim;
using ripple::gate::Gate;
using Clock = std::chrono::steady_clock;

namespace {

const std::vector<Seal> pricing{{"shop", {"pricing"}}};
constexpr std::uint32_t RecordsMax = 4096;

/// A loop of the agent's on a thread of its own, that does what the daemon does when it is told.
class WatchingAgent {
public:
  explicit WatchingAgent(const std::string &directory) : List(directory) {
    List.refresh();
    Watch.follow();
    Watch.listen(true);
    Thread = std::thread([this] { Loop.run(); });
  }
  ~WatchingAgent() {
    Loop.stop();
    Thread.join();
  }
  /// What `known` gives is ready as soon as nothing active is counted that was before.
  std::future<Clock::time_point> known() {
    std::promise<Clock::time_point> promise;
    auto future = promise.get_future();
    boost::asio::post(Loop, [this, promise = std::move(promise)]() mutable {
      Known = std::move(promise);
      Waiting = Control.count(pricing).active != 0;
    });
    return future;
  }
  /// Until the agent has looked, and only waits to be told.
  void settle() {
    std::this_thread::sleep_for(10ms);
    std::promise<void> done;
    boost::asio::post(Loop, [&] { done.set_value(); });
    done.get_future().wait();
  }

private:
  void look() {
    List.refresh();
    Watch.follow();
    if (!Waiting || Control.count(pricing).active != 0)
      return;
    Waiting = false;
    Known.set_value(Clock::now());
  }

  boost::asio::io_context Loop;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> Work{
      Loop.get_executor()};
  SessionList List;
  GateControl Control{List};
  GateWatch Watch{Loop, List, [this] { look(); }};
  std::promise<Clock::time_point> Known;
  bool Waiting = false;
  std::thread Thread;
};

double msOf(Clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

void report(benchmark::State &state, std::vector<double> ms) {
  std::sort(ms.begin(), ms.end());
  state.counters["p50_ms"] = ms[ms.size() / 2];
  state.counters["p99_ms"] = ms[ms.size() * 99 / 100];
  state.counters["max_ms"] = ms.back();
}

void lastExitToKnowledge(benchmark::State &state) {
  TestDirectory directory;
  Gate gate = openGate(directory, {}, 0, RecordsMax);
  WatchingAgent agent(directory.path());
  std::vector<double> all;
  for (auto _ : state) {
    Claim claim = gate.enter(gate.kindOf("GET /price"));
    auto known = agent.known();
    agent.settle();
    auto exit = Clock::now();
    claim.release();
    auto time = known.get() - exit;
    all.push_back(msOf(time));
    state.SetIterationTime(all.back() / 1e3);
  }
  report(state, std::move(all));
}

void deathToKnowledge(benchmark::State &state) {
  std::vector<double> all;
  for (auto _ : state) {
    TestDirectory directory;
    ForkedChild child([&] {
      static Gate gate = openGate(directory, {}, 0, RecordsMax);
      static Claim claim = gate.enter(gate.kindOf("GET /price"));
    });
    WatchingAgent agent(directory.path());
    auto known = agent.known();
    agent.settle();
    auto killed = Clock::now();
    child.end(SIGKILL);
    auto time = known.get() - killed;
    all.push_back(msOf(time));
    state.SetIterationTime(all.back() / 1e3);
  }
  report(state, std::move(all));
}

/// ACTIVE requests in RecordsMax records.
struct ScannedGate {
  explicit ScannedGate(std::int64_t active) {
    for (std::int64_t i = 0; i < active; ++i)
      claims.push_back(gate.enter(gate.kindOf("GET /price"), "somebody"));
    list.refresh();
  }
  TestDirectory directory;
  Gate gate = openGate(directory, {}, 0, RecordsMax);
  std::vector<Claim> claims;
  SessionList list{directory.path()};
};

/// What the agent does each time that it is told: who touches the component?
void scan(benchmark::State &state) {
  ScannedGate scanned(state.range(0));
  GateControl control(scanned.list);
  for (auto _ : state)
    benchmark::DoNotOptimize(control.count(pricing).active);
}

/// The whole Session List, with its texts.
void listSessions(benchmark::State &state) {
  ScannedGate scanned(state.range(0));
  for (auto _ : state)
    benchmark::DoNotOptimize(scanned.list.sessions().size());
}

} // namespace

BENCHMARK(lastExitToKnowledge)->UseManualTime()->Iterations(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(deathToKnowledge)->UseManualTime()->Iterations(100)->Unit(benchmark::kMillisecond);
BENCHMARK(scan)->Arg(0)->Arg(RecordsMax)->Unit(benchmark::kMillisecond);
BENCHMARK(listSessions)->Arg(RecordsMax)->Unit(benchmark::kMillisecond);
