//===- Simulation.cpp - One run, from its seed ----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/sim/Simulation.h"

#include "agent/core/Describe.h"

#include <algorithm>

namespace ripple::agent::sim {

using namespace core;

std::string_view toString(Fault fault) {
  constexpr std::string_view names[] = {"agent dies",
                                        "manager dies",
                                        "router restarts",
                                        "link cut",
                                        "answers lost",
                                        "link slow",
                                        "action fails",
                                        "action unknown",
                                        "release bad",
                                        "request long",
                                        "process dies",
                                        "manager disk full",
                                        "agent disk full",
                                        "power loss",
                                        "router sees down",
                                        "request abandoned",
                                        "round the router",
                                        "uses late",
                                        "gate unreadable",
                                        "other manager",
                                        "manager pauses",
                                        "store cut",
                                        "installed by hand",
                                        "pause",
                                        "abort",
                                        "resume",
                                        "plan forged",
                                        "plan expires",
                                        "plan changed",
                                        "clock jumps",
                                        "drained by hand"};
  return names[static_cast<std::size_t>(fault)];
}

namespace {

class Run {
public:
  Run(std::uint64_t seed, Mutant mutant, bool keepLog)
      : random(seed), worldSeed(random.next()), world(randomScenario(random), worldSeed, mutant) {
    result.seed = seed;
    if (keepLog)
      world.keepLog();
  }

  RunResult run() {
    faultsLeft = random.chance(10) ? 0 : random.between(1, 8);
    traffic();
    world.manager().feed(Begin{});
    if (random.chance(20)) // At each point of a run that is else undisturbed.
      world.manager().setDiesIn(static_cast<unsigned>(random.below(150)));
    Millis chaosMs = random.between(200, 4000);
    // What happens when the plan is over is nobody's any more, whether its manager is there or not.
    while (world.clock() < 1000 + chaosMs && !world.over()) {
      world.run(random.between(5, 2 * chaosMs / (faultsLeft + 1) + 6));
      if (faultsLeft > 0 && !world.over()) {
        --faultsLeft;
        fault();
      }
      reviveManager();
    }
    settle();
    if (isOver() && random.chance(30))
      again();
    finish();
    return std::move(result);
  }

private:
  bool isOver() const { return world.isLed() && core::isOver(world.manager().now().record.phase); }

  bool isShared() const { return world.shared().isShared(); }

  void reviveManager() {
    if (isShared())
      return reviveOneOfSeveral();
    bool stopped = !world.manager().up() || world.manager().now().record.superseded;
    if (stopped && !reviving) {
      reviving = true;
      world.after(random.between(0, 1500), [this] {
        reviving = false;
        world.manager().setDiskFull(false);
        world.crashManager(true);
        world.manager().feed(Resume{}); // As `ripple apply` does.
      });
    }
  }

  /// Another one leads meanwhile; what has died is started again, and waits for its turn.
  void reviveOneOfSeveral() {
    for (std::size_t i = 0; i < world.scenario().managers; ++i) {
      if (!world.manager(i).isDown() || reviving)
        continue;
      reviving = true;
      world.after(random.between(0, 1500), [this, i] {
        reviving = false;
        world.manager(i).setDiskFull(false);
        world.manager(i).start();
      });
    }
  }

  //===-- Clients ------------------------------------------------------------===//

  void traffic() {
    if (!clients)
      return;
    const Script &script = world.script();
    Millis length = random.chance(4) ? random.between(200, 900) : random.between(1, 80);
    world.arrive(random.below(script.classes.size()), length);
    world.after(random.between(15, 90), [this] { traffic(); });
  }

  void requestLong() {
    Millis length = random.between(500, 8000);
    world.arrive(random.below(world.script().classes.size()), length);
  }

  std::size_t anyServer() { return random.below(world.serverList().size()); }
  Link &anyLink() {
    std::size_t manager = random.below(world.scenario().managers);
    if (random.chance(50))
      return world.serverList()[anyServer()].links[manager];
    return world.routerList()[random.below(world.routerList().size())].links[manager];
  }
  std::string anyItem() {
    const Task &task = world.script().tasks[random.below(world.script().tasks.size())];
    Item item = task.items[random.below(task.items.size())];
    if (random.chance(30))
      item = {Item::Kind::Rollback, task.components[0].id, 0, "", "", "", true, {}};
    return task.id + ": " + describe(item);
  }

  Manager &anyManager() {
    return random.chance(70) ? world.manager()
                             : world.manager(random.below(world.scenario().managers));
  }

  //===-- Faults -------------------------------------------------------------===//

  /// Ends, whatever it is, after a while.
  void later(std::function<void()> end) { world.after(random.between(50, 2500), std::move(end)); }

  void fault() {
    auto kind = static_cast<Fault>(random.below(static_cast<std::uint64_t>(Fault::Count)));
    if (isShared() && random.chance(20))
      kind = Fault::ManagerPauses;
    ++result.faults[static_cast<std::size_t>(kind)];
    world.log("    fault: " + std::string(toString(kind)));
    std::size_t index = anyServer();
    Server &server = world.serverList()[index];
    std::size_t process = random.below(server.processes.size());
    switch (kind) {
    case Fault::AgentDies:
      server.agent.diesIn = static_cast<unsigned>(random.below(12));
      break;
    case Fault::ManagerDies:
      if (random.chance(50))
        world.manager().setDiesIn(static_cast<unsigned>(random.below(30)));
      else
        world.manager().die();
      break;
    case Fault::RouterRestarts:
      world.restartRouter(random.below(world.routerList().size()));
      break;
    case Fault::LinkCut:
    case Fault::AnswersLost: {
      Link &link = anyLink();
      world.cut(link, kind == Fault::AnswersLost);
      later([&link] { link.cut = link.answersLost = false; });
      break;
    }
    case Fault::LinkSlow: {
      Link &link = anyLink();
      link.lateMs = random.between(50, 900);
      later([&link] { link.lateMs = 0; });
      break;
    }
    case Fault::ActionFails: {
      auto times = static_cast<unsigned>(random.between(1, 2));
      world.setOutcome(anyItem(), Outcome::Result::Failed, times);
      break;
    }
    case Fault::ActionUnknown:
      world.setOutcome(anyItem(), Outcome::Result::Unknown, 1);
      break;
    case Fault::ReleaseBad:
      server.newWorks[random.below(server.newWorks.size())] = false;
      break;
    case Fault::RequestLong:
      requestLong();
      break;
    case Fault::ProcessDies:
      world.crashProcess(index, process);
      break;
    case Fault::ManagerDiskFull:
      world.manager().setDiskFull(true);
      break;
    case Fault::AgentDiskFull:
      server.agent.diskFull = true;
      later([&server] { server.agent.diskFull = false; });
      break;
    case Fault::PowerLoss:
      world.powerLoss(index, random.between(100, 2500));
      break;
    case Fault::RouterSeesDown:
      world.failChecks(index, process, true);
      later([this, index, process] { world.failChecks(index, process, false); });
      break;
    case Fault::RequestAbandoned:
      world.abandonRequest(index);
      break;
    case Fault::RoundTheRouter:
      if (server.processes[process].gated)
        world.arriveDirectly(index, process, random.between(1, 700));
      break;
    case Fault::UsesLate:
      world.useLate(index);
      break;
    case Fault::GateUnreadable:
      server.processes[process].unreadableNext = true;
      break;
    case Fault::OtherManager:
      if (!isShared()) // The store gives terms, and no others.
        server.agent.term = std::max(server.agent.term, world.manager().term()) + 1;
      break;
    case Fault::ManagerPauses:
      managerPauses();
      break;
    case Fault::StoreCut: {
      if (!isShared())
        break; // Its disk: ManagerDiskFull.
      Manager &cut = anyManager();
      cut.setStoreCut(true, false);
      if (random.chance(40))
        cut.setStoreCut(false, true);
      later([&cut] { cut.setStoreCut(false, false); });
      break;
    }
    case Fault::InstalledByHand:
      if (!world.checker().isTouched(index))
        world.installByHand(index, random.below(server.installed.size()), Version::Foreign);
      break;
    case Fault::Pause:
      world.manager().feed(Pause{});
      later([this] { world.manager().feed(Resume{}); });
      break;
    case Fault::Abort:
      world.manager().feed(Abort{});
      break;
    case Fault::PlanForged:
      world.forge(index, random.chance(50));
      break;
    case Fault::PlanExpires:
      world.expirePlan();
      // As it does when the last of its windows has ended.
      if (world.scenario().isSigned)
        world.after(random.between(0, 300), [this] { world.manager().feed(Abort{}); });
      break;
    case Fault::PlanChanged:
      world.alterPlan(anyItem());
      break;
    case Fault::ClockJumps:
      world.jumpClock(index, random.chance(50));
      break;
    case Fault::DrainedByHand:
      drainByHand();
      break;
    case Fault::Resume:
    case Fault::Count:
      world.manager().feed(Resume{});
      break;
    }
  }

  /// Now, or in the middle of something; it wakes up after its lease has ended, or before.
  void managerPauses() {
    Manager &sleeper = anyManager();
    if (random.chance(70))
      sleeper.setPausesIn(static_cast<unsigned>(random.below(30)));
    else
      sleeper.pause();
    Millis lease = world.scenario().leaseMs;
    world.after(random.between(lease / 2, lease + 3000), [this, &sleeper] {
      if (sleeper.isPaused())
        world.log("--- manager " + std::to_string(sleeper.number() + 1) + " wakes up");
      sleeper.setPausesIn(std::nullopt);
      sleeper.wake();
      world.checker().actsAgain();
    });
  }

  /// All faults end: then the plan has to end too.
  void settle() {
    for (Router &router : world.routerList())
      for (Link &link : router.links)
        link.mend();
    for (std::size_t s = 0; s < world.serverList().size(); ++s) {
      Server &server = world.serverList()[s];
      for (Link &link : server.links)
        link.mend();
      server.agent.diskFull = false;
      server.agent.diesIn.reset();
    }
    for (std::size_t i = 0; i < world.scenario().managers; ++i) {
      world.manager(i).setDiskFull(false);
      world.manager(i).setDiesIn(std::nullopt);
      world.manager(i).setStoreCut(false, false);
    }
    Millis until = world.clock() + 90'000, resumeMs = 0;
    while ((!isOver() || isAnyPaused()) && world.clock() < until) {
      reviveManager();
      if (world.clock() >= resumeMs) { // A person approves, now and then.
        world.manager().feed(Resume{});
        resumeMs = world.clock() + 1000;
      }
      if (world.clock() > until - 45'000) // The plan waits for servers as long as it takes.
        permitAllByHand();
      world.run(100);
    }
    if (!isOver())
      world.checker().fail("the plan does not end");
  }

  bool isAnyPaused() {
    for (std::size_t i = 0; i < world.scenario().managers; ++i)
      if (world.manager(i).isPaused())
        return true;
    return false;
  }

  static bool isQuiet(const Agent &agent) {
    return agent.up && std::none_of(agent.actions.begin(), agent.actions.end(), [](const auto &a) {
             return a.second.result == Outcome::Result::Lost;
           });
  }

  void drainByHand() {
    std::size_t index = random.below(world.targetList().size());
    const TargetTruth &target = world.targetList()[index];
    const Record &record = world.manager().now().record;
    auto own = record.targets.find(target.target);
    if (target.forbidden || world.checker().keepsAway(target.target) ||
        (own != record.targets.end() && (own->second.forbidden || !own->second.confirmed)))
      return; // The plan's.
    // Nobody can tell such a drain from what the plan has decided, or told the router, before.
    auto router = record.routers.find(target.target.router);
    if (!world.isLed() || router == record.routers.end() ||
        router->second.identity != World::identityOf(world.routerList()[target.router]))
      return;
    world.drainByHand(index, true);
    if (random.chance(70))
      later([this, index] { permitByHand(index); });
  }

  void permitByHand(std::size_t index) {
    if (world.targetList()[index].byHand)
      world.drainByHand(index, false);
  }

  void permitAllByHand() {
    for (std::size_t i = 0; i < world.targetList().size(); ++i)
      permitByHand(i);
  }

  /// A person looks at what is held, and applies the plan again.
  void again() {
    permitAllByHand();
    const Record &record = world.manager().now().record;
    for (std::size_t t = 0; t < record.tasks.size(); ++t) {
      if (world.manager().now().record.tasks[t].verdict != Verdict::Held)
        continue;
      const Task &task = world.script().tasks[t];
      std::size_t server = world.serverIndex(task.server);
      for (int i = 0; i < 100 && !isQuiet(world.serverList()[server].agent); ++i)
        world.run(100); // Nobody looks at what is under way.
      Version version = random.chance(50) ? Version::Old : Version::New;
      for (const Component &component : task.components)
        world.installByHand(server, world.componentIndex(component.id), version);
      world.checker().byHand(server);
      world.manager().feed(PermitServer{task.server});
      settle();
    }
    if (world.manager().now().record.phase == PlanPhase::Done || !isOver())
      return;
    if (!isShared())
      world.crashManager(true);
    world.signAnew();
    world.checker().newAttempt();
    world.manager().feed(Rerun{});
    settle();
  }

  void finish() {
    clients = false;
    world.run(20'000); // Ends when nothing is on its way.
    world.checker().atEnd();
    result.violations = world.checker().violations();
    if (world.keepsLog())
      result.log = world.takeLog() + status();
    result.phase = world.manager().now().record.phase;
    result.tookMs = world.clock() - 1000;
    result.recorded = world.manager().recorded();
  }

  std::string status() const {
    const State &state = world.manager().now();
    std::string text = "plan " + std::string(toString(state.record.phase)) + "\n";
    for (std::size_t t = 0; t < state.script->tasks.size(); ++t) {
      const Task &task = state.script->tasks[t];
      text += task.id + " " + task.server + " " + activity(state, t) + " " +
              waitingFor(state, t, world.manager().clock()) + " " + state.record.tasks[t].reason +
              "\n";
    }
    return text;
  }

  // Draws have an order of their own: compilers evaluate arguments in different ones, and a seed is
  // the same run everywhere.
  Random random;
  std::uint64_t worldSeed;
  World world;
  RunResult result;
  std::uint64_t faultsLeft = 0;
  bool reviving = false, clients = true;
};

} // namespace

RunResult simulate(std::uint64_t seed, Mutant mutant, bool keepLog) {
  return Run(seed, mutant, keepLog).run();
}

} // namespace ripple::agent::sim
