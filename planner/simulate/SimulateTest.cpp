//===- SimulateTest.cpp ---------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/simulate/Simulate.h"

#include "planner/Planning.h"
#include "planner/Reports.h"

#include <algorithm>
#include <boost/random/exponential_distribution.hpp>
#include <boost/random/lognormal_distribution.hpp>
#include <boost/random/uniform_01.hpp>
#include <cmath>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <numbers>
#include <numeric>

using namespace ripple;
using namespace ripple::planner;
using namespace ripple::planner::simulate;
using std::chrono::milliseconds;

namespace {

const model::RequestDuration Tailed = model::LogNormal{milliseconds(400), milliseconds(6000)};
const model::RequestDuration Memoryless = model::Exponential{milliseconds(900)};
const model::RequestDuration Same = model::Fixed{milliseconds(700)};

/// Servers of one application with KINDS request kinds, of which the first touches the component
/// that changes, and with SECOND the same one and the next touch another; all but AWAY at once.
struct Fleet {
  unsigned servers = 10, kinds = 10, away = 1;
  bool second = false;
  model::RestartDomain restart = model::RestartDomain::Plugin;

  model::Plan plan() const {
    Inputs inputs;
    model::Application &application = inputs.components.applications.emplace_back();
    application.name = "shop";
    application.complete = true;
    for (unsigned i = 0; i < kinds; ++i) {
      model::RequestKind &kind = application.requests.emplace_back();
      kind.id = fmt::format("GET /{}", i);
      kind.method = "GET";
      kind.path = fmt::format("/{}", i);
      kind.matchOrder = i;
      kind.complete = true;
      if (i == 0)
        kind.components.push_back({"pricing", model::Confidence::Proven, {}, "", {}});
      if (i < 2 && second)
        kind.components.push_back({"tax", model::Confidence::Proven, {}, "", {}});
    }
    model::ApplicationPolicy &policy = inputs.servers.applications.emplace_back();
    policy.name = "shop";
    policy.minimum.value = servers - away;
    for (unsigned i = 0; i < servers; ++i) {
      model::Server &server = inputs.servers.servers.emplace_back();
      server.name = fmt::format("app{:05}", i);
      server.applications.push_back({"shop", "127.0.0.1:1", 1, "shop"});
    }
    for (const char *component : {"pricing", "tax"}) {
      if (component == std::string("tax") && !second)
        continue;
      inputs.components.components.emplace_back().id = component;
      model::Upgrade &upgrade = inputs.change.upgrades.emplace_back();
      upgrade.component = component;
      upgrade.from = "1";
      upgrade.to = "2";
      upgrade.restart = restart;
    }
    auto made = makePlan(inputs);
    EXPECT_TRUE(made);
    return made ? *made : model::Plan();
  }

  /// Each server has PERSECOND requests a second, TOUCHING of them for the component.
  model::Load load(double perSecond, double touching,
                   const model::RequestDuration &duration) const {
    model::Load made;
    made.requests = {
        {"shop", "GET /0", perSecond * servers * touching, duration},
        {"shop", "GET /1", perSecond * servers * (1 - touching), duration},
    };
    made.actions = {milliseconds(1000), milliseconds(0), milliseconds(0)};
    return made;
  }
};

Simulation simulated(const model::Plan &plan, const model::Load &load, std::size_t runs = 0) {
  auto made = simulate::simulate(plan, {load, "load.yaml", "load.yaml", {}}, 1, runs);
  EXPECT_TRUE(made) << (made ? "" : model::describe(made.error()));
  return made ? *made : Simulation();
}

/// One plain draw, for worlds in which every arrival happens.
double draw(const model::RequestDuration &duration, Random &random) {
  if (const auto *tailed = std::get_if<model::LogNormal>(&duration)) {
    const double mu = std::log(secondsOf(tailed->median));
    const double sigma = (std::log(secondsOf(tailed->p99)) - mu) / 2.3263478740408408;
    return boost::random::lognormal_distribution<>(mu, sigma)(random);
  }
  if (const auto *memoryless = std::get_if<model::Exponential>(&duration))
    return boost::random::exponential_distribution<>(1 / secondsOf(memoryless->mean))(random);
  return secondsOf(std::get<model::Fixed>(duration).always);
}

} // namespace

TEST(Durations, WhatIsActiveLaterIsTheIntegralOfTheTail) {
  Random random(1);
  constexpr int draws = 400'000;
  for (const model::RequestDuration &duration : {Tailed, Memoryless, Same}) {
    const Durations durations(duration);
    for (double later : {0.0, 0.3, 1.0, 2.5}) {
      double sum = 0;
      for (int i = 0; i < draws; ++i)
        sum += std::max(0.0, draw(duration, random) - later);
      EXPECT_NEAR(durations.activeAfter(later), sum / draws, 0.02 * durations.mean())
          << "after " << later;
    }
  }
}

TEST(Durations, LongRequestsAreFoundMoreOften) {
  Random random(1);
  constexpr int draws = 400'000;
  for (const model::RequestDuration &duration : {Tailed, Memoryless, Same}) {
    const Durations durations(duration);
    double found = 0, plain = 0, weighted = 0;
    for (int i = 0; i < draws; ++i) {
      found += std::min(durations.drawFound(random), 10.0);
      const double one = draw(duration, random);
      plain += one;
      weighted += one * std::min(one, 10.0);
    }
    EXPECT_NEAR(found / draws, weighted / plain, 0.02 * weighted / plain);
  }
}

// M/G/∞: the longest residual of a Poisson number of active requests.
TEST(Simulate, TimeToQuiescenceIsThatOfTheClosedForm) {
  Fleet fleet;
  fleet.servers = 1;
  const model::Plan plan = fleet.plan();
  constexpr int runs = 20'000;
  for (const model::RequestDuration &duration : {Tailed, Memoryless, Same})
    for (double perSecond : {5.0, 20.0, 100.0}) {
      auto traffic = trafficOf(plan, fleet.load(perSecond, 0.5, duration), "load.yaml", Way::Plan);
      ASSERT_TRUE(traffic);
      const QuietForecast closed = forecast(*traffic).all;
      Random random(1);
      std::vector<double> quiet;
      for (int i = 0; i < runs; ++i)
        quiet.push_back(runOnce(*traffic, random).quietAfter.at(0));
      auto shareUpTo = [&](double time) {
        return static_cast<double>(std::count_if(quiet.begin(), quiet.end(),
                                                 [&](double one) { return one <= time; })) /
               runs;
      };
      EXPECT_NEAR(std::accumulate(quiet.begin(), quiet.end(), 0.0) / runs, closed.mean,
                  0.03 * closed.mean)
          << perSecond;
      // 4 standard deviations; 1 % is the grid's.
      EXPECT_LE(shareUpTo(0.99 * closed.p50), 0.515) << perSecond;
      EXPECT_GE(shareUpTo(1.01 * closed.p50), 0.485) << perSecond;
      EXPECT_LE(shareUpTo(0.99 * closed.p99), 0.993) << perSecond;
      EXPECT_GE(shareUpTo(1.01 * closed.p99), 0.987) << perSecond;
    }
}

// For exponential durations the whole is known: quiet by T with the chance exp(-load *
// exp(-T/mean)).
TEST(Forecast, OfMemorylessRequestsIsGumbels) {
  Fleet fleet;
  fleet.servers = 1;
  const Simulation simulation = simulated(fleet.plan(), fleet.load(100, 1, Memoryless), 1);
  const double active = 100 * 0.9;
  for (auto [chance, said] :
       {std::pair(0.5, simulation.plan.forecast.all.p50), {0.99, simulation.plan.forecast.all.p99}})
    EXPECT_NEAR(said, 0.9 * std::log(active / -std::log(chance)), 0.01) << chance;
  EXPECT_NEAR(simulation.plan.forecast.all.mean, 0.9 * (std::log(active) + std::numbers::egamma),
              0.01);
}

namespace {

/// The same upgrade, one server after the other, with every arrival at the router. Returns the time
/// to quiescence of each server.
std::vector<double> everyArrival(const Fleet &fleet, double perSecond,
                                 const model::RequestDuration &duration, Random &random) {
  constexpr double warmUp = 60, install = 1;
  boost::random::exponential_distribution<> gap(perSecond * fleet.servers);
  boost::random::uniform_01<> uniform;
  std::vector<double> lastEnd(fleet.servers), quiet;
  double now = 0, stepEnds = warmUp;
  unsigned away = fleet.servers; // None.
  for (;;) {
    now += gap(random);
    while (now >= stepEnds) {
      const unsigned next = quiet.empty() ? 0 : away + 1;
      if (next >= fleet.servers)
        return quiet;
      away = next;
      quiet.push_back(std::max(0.0, lastEnd[away] - stepEnds));
      stepEnds += quiet.back() + install;
    }
    const double pick = uniform(random);
    const unsigned open = fleet.servers - (away < fleet.servers ? 1 : 0);
    auto server = static_cast<unsigned>(pick * open);
    if (away < fleet.servers && server >= away)
      ++server;
    lastEnd[server] = std::max(lastEnd[server], now + draw(duration, random));
  }
}

} // namespace

TEST(Simulate, IsWhatComesOutIfEveryArrivalHappens) {
  Fleet fleet;
  fleet.servers = 3;
  const model::Plan plan = fleet.plan();
  constexpr int runs = 1500;
  for (const model::RequestDuration &duration : {Tailed, Memoryless, Same}) {
    const Simulation simulation = simulated(plan, fleet.load(20, 1, duration), runs);
    std::vector<double> mean(fleet.servers);
    Random random(2);
    for (int i = 0; i < runs; ++i) {
      const std::vector<double> quiet = everyArrival(fleet, 20, duration, random);
      for (std::size_t server = 0; server < quiet.size(); ++server)
        mean[server] += quiet[server] / runs;
    }
    for (std::size_t server = 0; server < mean.size(); ++server)
      EXPECT_NEAR(simulation.plan.tasks[server].simulated.mean, mean[server], 0.06 * mean[server])
          << server;
  }
}

// reference: 100 servers, 200 requests a second each, long-tailed, one server at a time. By the
// whole server 58,322 s; by a component that 10 % of the requests touch 17,203 s, 2 %: 4,836 s.
TEST(Simulate, TheModelThatItBeganWith) {
  Fleet fleet;
  fleet.servers = 100;
  const model::RequestDuration duration = model::LogNormal{milliseconds(500), milliseconds(20'700)};
  fleet.restart = model::RestartDomain::Plugin;
  const model::Plan plan = fleet.plan();
  for (auto [touching, complete] : {std::pair(0.1, 17'203.0), {0.02, 4'836.0}}) {
    const Simulation simulation = simulated(plan, fleet.load(200, touching, duration));
    EXPECT_NEAR(simulation.plan.complete, complete, 0.15 * complete);
    EXPECT_NEAR(simulation.servers.complete, 58'322 - 30 * 100, 0.15 * 58'322);
    for (const WayResult *way : {&simulation.plan, &simulation.servers}) {
      const Forecast &forecast = way->forecast;
      EXPECT_NEAR(forecast.all.mean, way->simulated.mean, 0.15 * way->simulated.mean);
      EXPECT_NEAR(forecast.all.p50, way->simulated.p50, 0.15 * way->simulated.p50);
      EXPECT_NEAR(forecast.all.p99, way->simulated.p99, 0.15 * way->simulated.p99);
      EXPECT_NEAR(forecast.complete, way->complete, 0.15 * way->complete);
      EXPECT_NEAR(forecast.withdrawn, way->withdrawn, 0.15 * way->withdrawn);
    }
    // What is withdrawn is the touching part of what is there.
    EXPECT_NEAR(simulation.plan.withdrawn / simulation.servers.withdrawn,
                touching * simulation.plan.complete / simulation.servers.complete, 0.001);
  }
}

// Five to two of six servers have all the requests while the others are away.
TEST(Forecast, KnowsWhatTheOthersHadMeanwhile) {
  for (unsigned away : {1U, 2U, 3U, 4U}) {
    Fleet fleet;
    fleet.servers = 6;
    fleet.away = away;
    const Simulation simulation = simulated(fleet.plan(), fleet.load(3, 0.5, Tailed), 4000);
    for (const WayResult *way : {&simulation.plan, &simulation.servers}) {
      for (const TaskResult &task : way->tasks) {
        EXPECT_NEAR(task.forecast.mean, task.simulated.mean, 0.15 * task.simulated.mean)
            << task.task << " of " << away << " at once";
        EXPECT_NEAR(task.forecast.p50, task.simulated.p50, 0.15 * task.simulated.p50)
            << task.task << " of " << away << " at once";
      }
      EXPECT_NEAR(way->forecast.all.p99, way->simulated.p99, 0.15 * way->simulated.p99);
      EXPECT_NEAR(way->forecast.complete, way->complete, 0.15 * way->complete)
          << away << " at once";
      EXPECT_NEAR(way->forecast.withdrawn, way->withdrawn, 0.15 * way->withdrawn);
    }
  }
}

namespace {

/// PLAN as it would be if each wave began when all of the one before is over.
model::Plan withBarriers(model::Plan plan) {
  std::map<unsigned, std::vector<std::string>> permits;
  for (const model::Step &step : plan.steps)
    if (step.action == model::StepAction::Permit)
      permits[step.wave].push_back(step.id);
  for (model::Step &step : plan.steps)
    if (step.action == model::StepAction::Forbid && step.wave > 1)
      step.after = permits[step.wave - 1];
  return plan;
}

} // namespace

// Each wave took as long as the slowest of its servers.
TEST(Simulate, LanesAreDoneBeforeWavesWithBarriers) {
  Fleet fleet;
  fleet.servers = 24;
  fleet.away = 4;
  const model::Plan plan = fleet.plan(), waves = withBarriers(plan);
  EXPECT_EQ(plan.summary.waves, 6U);
  const model::Load load = fleet.load(20, 0.3, Tailed);
  const Simulation lanes = simulated(plan, load, 400), barriers = simulated(waves, load, 400);
  EXPECT_LT(lanes.plan.complete, 0.8 * barriers.plan.complete);
  for (const Simulation *one : {&lanes, &barriers})
    EXPECT_NEAR(one->plan.forecast.complete, one->plan.complete, 0.15 * one->plan.complete);
}

TEST(Forecast, OfManyServersAtOnceIsWithinAsMuch) {
  Fleet fleet;
  fleet.servers = 60;
  for (unsigned away : {6U, 20U, 40U}) {
    fleet.away = away;
    const Simulation simulation = simulated(fleet.plan(), fleet.load(10, 0.5, Tailed), 100);
    for (const WayResult *way : {&simulation.plan, &simulation.servers}) {
      EXPECT_NEAR(way->forecast.all.mean, way->simulated.mean, 0.15 * way->simulated.mean) << away;
      EXPECT_NEAR(way->forecast.all.p99, way->simulated.p99, 0.15 * way->simulated.p99) << away;
      EXPECT_NEAR(way->forecast.complete, way->complete, 0.15 * way->complete) << away;
      EXPECT_NEAR(way->forecast.withdrawn, way->withdrawn, 0.15 * way->withdrawn) << away;
    }
  }
}

// 500 of 2000 at once, with requests that are longer than all else: sums of moments were 9 % off,
// and 15 % with 1000 of 10,000.
TEST(Forecast, KnowsTheLongestRequestOfAFleet) {
  Fleet fleet;
  fleet.servers = 2000;
  fleet.away = 500;
  const model::Load load =
      fleet.load(200, 1, model::LogNormal{milliseconds(500), milliseconds(20'700)});
  const auto traffic = trafficOf(fleet.plan(), load, "load.yaml", Way::Plan);
  ASSERT_TRUE(traffic);
  constexpr int runs = 60;
  Random random(1);
  double complete = 0;
  for (int i = 0; i < runs; ++i)
    complete += runOnce(*traffic, random).complete / runs;
  EXPECT_NEAR(forecast(*traffic).complete, complete, 0.06 * complete);
}

TEST(Forecast, OfAPlanIsWithinAsMuchOfItsSimulation) {
  Fleet fleet;
  fleet.servers = 100;
  model::Plan plan = fleet.plan();
  EXPECT_FALSE(plan.summary.withdrawn.assumed.empty());
  const std::string id = plan.id;
  const model::Load load =
      fleet.load(200, 0.1, model::LogNormal{milliseconds(500), milliseconds(20'700)});
  ASSERT_TRUE(addForecast(plan, {load, "load.yaml", "load.yaml", {}}));
  EXPECT_NE(plan.id, id);
  EXPECT_EQ(plan.id, model::planId(plan));
  EXPECT_TRUE(plan.summary.withdrawn.assumed.empty());
  ASSERT_TRUE(plan.summary.forecast);
  const Simulation simulation = simulated(plan, load);
  auto isNear = [](double said, double drawn) { return std::abs(said - drawn) < 0.15 * drawn; };
  EXPECT_PRED2(isNear, plan.summary.forecast->quietP50Seconds, simulation.plan.simulated.p50);
  EXPECT_PRED2(isNear, plan.summary.forecast->quietP99Seconds, simulation.plan.simulated.p99);
  EXPECT_PRED2(isNear, plan.summary.forecast->completeSeconds, simulation.plan.complete);
  EXPECT_PRED2(isNear, plan.summary.withdrawn.serverSeconds, simulation.plan.withdrawn);
  EXPECT_PRED2(isNear, plan.summary.withdrawn.wholeServerDrain, simulation.servers.withdrawn);
}

TEST(Forecast, OfAPlanSavesNothingWhereTheDomainIsTheServer) {
  Fleet fleet;
  fleet.restart = model::RestartDomain::Server;
  model::Plan plan = fleet.plan();
  EXPECT_EQ(plan.summary.withdrawn.serverSeconds, plan.summary.withdrawn.wholeServerDrain);
  ASSERT_TRUE(addForecast(plan, {fleet.load(20, 0.1, Tailed), "", "load.yaml", {}}));
  EXPECT_GT(plan.summary.withdrawn.serverSeconds, 0);
  EXPECT_EQ(plan.summary.withdrawn.serverSeconds, plan.summary.withdrawn.wholeServerDrain);
  EXPECT_NE(showText(plan, {}).find("(0 % saved)"), std::string::npos);
}

// Each task was compared with a drain of the whole server of its own.
TEST(Simulate, AServerIsDrainedOnceForAllThatIsDoneThere) {
  Fleet fleet;
  fleet.second = true;
  const model::Plan plan = fleet.plan();
  EXPECT_EQ(plan.summary.tasks, 20U);
  const Simulation simulation = simulated(plan, fleet.load(20, 0.3, Same), 200);
  EXPECT_EQ(simulation.plan.tasks.size(), 20U);
  EXPECT_EQ(simulation.servers.tasks.size(), 10U);
  EXPECT_EQ(simulation.programs.tasks.size(), 10U);
  // Quiet after 0.7 s or a little less, then both installs.
  EXPECT_NEAR(simulation.servers.withdrawn, 10 * 2.7, 0.5);
  EXPECT_NEAR(simulation.servers.complete, 10 * 2.7, 0.5);
}

// What was drained before starts empty.
TEST(Forecast, KnowsTheSecondTaskOfAServer) {
  Fleet fleet;
  fleet.servers = 2;
  fleet.second = true;
  const Simulation simulation = simulated(fleet.plan(), fleet.load(20, 0.5, Tailed), 2000);
  for (const TaskResult &task : simulation.plan.tasks)
    EXPECT_NEAR(task.forecast.mean, task.simulated.mean, 0.15 * task.simulated.mean) << task.task;
}

TEST(Simulate, NothingIsSavedWhereTheDomainIsTheServer) {
  Fleet fleet;
  fleet.restart = model::RestartDomain::Server;
  const model::Plan plan = fleet.plan();
  const Simulation simulation = simulated(plan, fleet.load(20, 0.1, Tailed));
  EXPECT_EQ(simulation.plan.withdrawn, simulation.servers.withdrawn);
  EXPECT_GT(simulation.plan.withdrawn, 0);
  EXPECT_NE(textOf(plan, simulation).find("saved: 0.0 %"), std::string::npos);
}

// While five of ten servers are away, the others have twice as much, until the first is back.
TEST(Simulate, ManyServersAtOnceGiveTheirRequestsToTheOthers) {
  Fleet fleet;
  fleet.away = 5;
  const Simulation simulation = simulated(fleet.plan(), fleet.load(20, 1, Same), 400);
  EXPECT_NEAR(simulation.plan.waitedFor, 5 * 20 * 0.7 + 5 * 40 * 0.7, 10);
}

TEST(Simulate, TheSameSeedIsTheSameRun) {
  Fleet fleet;
  const model::Plan plan = fleet.plan();
  const model::Load load = fleet.load(20, 0.3, Tailed);
  EXPECT_EQ(jsonOf(plan, simulated(plan, load)), jsonOf(plan, simulated(plan, load)));
  auto other = simulate::simulate(plan, {load, "", "load.yaml", {}}, 2, 0);
  ASSERT_TRUE(other);
  EXPECT_NE(jsonOf(plan, simulated(plan, load)), jsonOf(plan, *other));
}

namespace {

/// A Session List of FLEET under LOAD at a moment.
model::Status recorded(const Fleet &fleet, const model::Load &load, Random &random) {
  model::Status status;
  for (unsigned i = 0; i < fleet.servers; ++i) {
    model::ServerStatus &server = status.servers.emplace_back();
    server.name = fmt::format("app{:05}", i);
    for (const model::RequestLoad &one : load.requests) {
      constexpr double window = 600;
      boost::random::exponential_distribution<> gap(one.perSecond / fleet.servers);
      for (double ago = gap(random); ago < window; ago += gap(random))
        if (draw(one.duration, random) > ago) {
          model::Session &session = server.sessions.emplace_back();
          session.application = one.application;
          session.request = one.id;
          session.startedMsAgo = std::llround(ago * 1000);
        }
    }
  }
  return status;
}

} // namespace

TEST(Loads, WhatWasRecordedIsFoundAgain) {
  Fleet fleet;
  const model::Plan plan = fleet.plan();
  model::Load load = fleet.load(20, 0.3, Tailed);
  Random random(3);
  std::vector<model::Status> lists;
  for (int i = 0; i < 40; ++i)
    lists.push_back(recorded(fleet, load, random));
  std::vector<std::string> remarks;
  auto found = recordedLoad(plan, lists, "status.json", remarks);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->requests.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto *tailed = std::get_if<model::LogNormal>(&found->requests[i].duration);
    ASSERT_NE(tailed, nullptr);
    EXPECT_NEAR(found->requests[i].perSecond, load.requests[i].perSecond,
                0.1 * load.requests[i].perSecond);
    EXPECT_NEAR(secondsOf(tailed->median), 0.4, 0.06);
    EXPECT_NEAR(secondsOf(tailed->p99), 6, 0.9);
  }
  load.requests = found->requests;
  const Simulation of = simulated(plan, load), was = simulated(plan, fleet.load(20, 0.3, Tailed));
  EXPECT_NEAR(of.plan.simulated.mean, was.plan.simulated.mean, 0.1 * was.plan.simulated.mean);
}

TEST(Loads, ServersThatAreBeingUpgradedSayNothingOfTheUsualLoad) {
  Fleet fleet;
  const model::Plan plan = fleet.plan();
  const model::Load load = fleet.load(50, 1, Memoryless);
  Random random(4);
  std::vector<model::Status> lists{recorded(fleet, load, random)};
  for (std::size_t i = 0; i < 5; ++i) {
    model::ServerStatus &server = lists.front().servers[i];
    server.sessions.clear();
    if (i % 2 == 0)
      server.agent = model::AgentState::Down;
    else
      server.classes.push_back(
          {"shop", "shop.1", {"GET /0"}, model::ClassState::Quiescing, "", ""});
  }
  std::vector<std::string> remarks;
  auto found = recordedLoad(plan, lists, "status.json", remarks);
  ASSERT_TRUE(found);
  const double active =
      found->requests.front().perSecond * Durations(found->requests.front().duration).mean();
  EXPECT_NEAR(active, 50 * 10 * 0.9, 0.1 * 50 * 10 * 0.9);
}
