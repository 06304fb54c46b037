//===- World.h - Routers, servers, agents, a network and time ---*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What the protocol acts upon, as it truly is: which version is installed and
// loaded, which request runs where, what each router does. The protocol sees of
// it only what an agent or a router answers, late or not at all. `Checker` sees
// all of it. One thread; time passes in `run` only; a seed says everything.
//
//   Manager (core::step + its journal) ── messages, which may be lost or late ──┐
//      ▲  (or several, that share a Store)                                      ▼
//      └────────────── answers ◄── Agent (its journal, actions, gates) · Router ─┘
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SIM_WORLD_H
#define RIPPLE_AGENT_SIM_WORLD_H

#include "agent/core/SignedPlans.h"
#include "agent/sim/Checker.h"
#include "agent/sim/Manager.h"
#include "agent/sim/Scenario.h"

#include <array>
#include <functional>
#include <map>
#include <optional>

namespace ripple::agent::sim {

/// Which components a request uses, or a seal closes: a bit each, as `World::bitOf` says.
using Bits = std::uint32_t;
inline constexpr Bits everyRequest = 1U << 31; ///< In a seal: the application itself.
inline constexpr std::size_t componentsMax = 4;
inline constexpr std::size_t managersMax = 2;

enum class Version : std::uint8_t { Old, New, Broken, Foreign };

struct Request {
  std::uint64_t id = 0;
  std::size_t process = 0;               ///< Of its server.
  std::optional<std::size_t> routeClass; ///< None: it goes round the router.
  Bits uses = 0;
  Bits late = 0; ///< Of `uses`: what it had not said, and waits for at a sealed gate.
  Millis startMs = 0, lengthMs = 0;
  bool held = false;    ///< Waits at a sealed gate.
  bool counted = false; ///< Its router knows that it is active.
  bool bound = false;   ///< A cookie brought it, past the drain of its router.
  unsigned workers = 0; ///< Of nginx: which generation of them has it.
  unsigned epoch = 0;   ///< Of its process, when it was admitted: which versions it has.
  std::array<Version, componentsMax> saw{}; ///< By component: the version that it began with.
  std::string name;
};

/// A version of a plug-in that was phased out, and still serves who began with it.
struct EarlierVersion {
  std::size_t component = 0;
  Version version = Version::Old;
  unsigned since = 0; ///< The first epoch that it served.
};

struct Process {
  std::string application;
  bool gated = true;
  bool up = true;
  std::int64_t pid = 0;
  unsigned generation = 0;     ///< Rises with each start.
  bool readableGate = true;    ///< False: the agent does not understand this process' gate.
  bool unreadableNext = false; ///< The next process comes up with such a gate.
  Bits sealed = 0;
  std::vector<Version> loaded;                 ///< By component: what new requests have.
  std::array<unsigned, componentsMax> since{}; ///< By component: the first epoch that it serves.
  unsigned epoch = 0;                          ///< Rises with each version that is phased in.
  std::vector<EarlierVersion> earlier;
  bool checkedUp = true;   ///< What routers' checks have seen.
  bool checkFails = false; ///< They see it down whatever it is.
};

/// An action that an agent knows. What stands here is in its journal.
struct Action {
  std::uint64_t id = 0;
  std::size_t task = 0;
  core::Item item;
  core::Outcome::Result result = core::Outcome::Result::Lost; ///< Lost: still running.
  std::string message;
  unsigned attempts = 0;
  std::uint64_t child = 0; ///< The program that carries it out, or the process to be ended.
};

/// A program that an agent has started. It lives on when its agent dies.
struct Program {
  std::uint64_t number = 0, action = 0;
  core::Outcome::Result result = core::Outcome::Result::Done;
  bool damages = false; ///< It leaves something half done.
};

struct Agent {
  struct Sealing {
    bool sealed = false;
    std::set<std::string> restarted; ///< Applications whose new processes start open.
  };
  struct Waiter {
    std::uint64_t action;
    std::shared_ptr<struct Exchange> exchange;
  };
  // Durable.
  std::uint64_t term = 0;
  std::map<std::size_t, Sealing> tasks;
  std::map<std::uint64_t, Action> actions;
  core::SignedPlan newest{"sha256:before", 9, "9"}; ///< What was shown to it.
  // Of this life.
  bool up = true;
  unsigned life = 0;
  std::vector<std::uint64_t> waiting;
  std::set<std::uint64_t> recovered;
  std::uint64_t busy = 0;
  std::vector<Waiter> waiters;
  bool diskFull = false;
  std::optional<unsigned> diesIn; ///< So many journal writes and effects from now.
};

struct Link {
  bool cut = false;         ///< Nothing arrives.
  bool answersLost = false; ///< What is sent arrives; the answer does not.
  Millis lateMs = 0;        ///< What is sent arrives so much later.
  Millis lastMs = 0;        ///< When the last message arrives: none overtakes another.

  bool works() const { return !cut && !answersLost && lateMs == 0; }
  void mend() { cut = answersLost = false, lateMs = 0; }
};

struct Server {
  std::string name;
  Agent agent;
  std::array<Link, managersMax> links; ///< Between it and each manager.
  std::vector<Process> processes;
  std::vector<Version> installed; ///< By component.
  std::vector<bool> newWorks;     ///< By component: the new version passes its check.
  std::vector<Request> requests;
  std::optional<Program> program;
  Millis wallMs = 0;    ///< What its wall clock shows is so much more than the time.
  Millis foreignMs = 0; ///< When somebody last installed something by hand.
};

struct Router {
  std::string name;
  RouterTraits traits;
  std::array<Link, managersMax> links;
  unsigned identity = 1;
  std::uint64_t term = 0; ///< Where it is told through an agent.
  unsigned workers = 1;   ///< Of nginx: the generation that takes requests.
};

/// What a router does with the requests of a class for a server.
struct TargetTruth {
  core::Target target;
  std::size_t routeClass = 0, server = 0, router = 0, process = 0;
  bool forbidden = false;
  Millis openSinceMs = 0; ///< When it last became permitted.
  bool byHand = false;    ///< Forbidden by a person; not once the plan has said anything of it.
  Millis byHandMs = 0;    ///< Since when.
  bool lets = false;      ///< Forbidden, and who is bound by a cookie comes all the same (drain).
  Millis lastGoodMs = 0;  ///< When it last was permitted and up; now, if it is.
};

/// A message of the manager, and its answer.
struct Exchange {
  Manager *from = nullptr;
  unsigned life = 0;
  Link *link = nullptr;
  bool settled = false;
  core::Event::Kind onLost;
};

class World : public Performer {
public:
  World(Scenario wanted, std::uint64_t seed, Mutant kind = Mutant::None);
  World(const World &) = delete;

  /// Lets time pass. Stops early where the plan is over and nothing is on its way.
  void run(Millis forMs);
  void after(Millis delay, std::function<void()> work);
  Millis clock() const { return nowMs; }
  /// The one that leads, or was the last to do so.
  Manager &manager() { return *managers[boss]; }
  const Manager &manager() const { return *managers[boss]; }
  Manager &manager(std::size_t which) { return *managers[which]; }
  const Store &shared() const { return store; }
  /// As ROUTER says it to managers: another one after it was started again, if it tells.
  static std::string identityOf(const Router &router) {
    return "run" + std::to_string(router.identity);
  }
  /// Some manager leads, and can act.
  bool isLed() const;
  bool over() const { return core::isOver(manager().now().record.phase); }

  //===-- What happens to it ----------------------------------------------===//
  /// The one manager dies and starts again; of several, the one that leads, and another one will.
  /// What it has sent still arrives where DELIVER.
  void crashManager(bool deliver, Millis downMs = 0);
  void restartRouter(std::size_t router);
  /// Without DOWNMS somebody has to start it.
  void crashAgent(std::size_t server, std::optional<Millis> downMs);
  void startAgent(std::size_t server);
  void crashProcess(std::size_t server, std::size_t process);
  void powerLoss(std::size_t server, Millis downMs);
  /// The client or the router gives up: the router's count forgets a request that still runs.
  void abandonRequest(std::size_t server);
  /// Some request of SERVER uses what it had not said that it would.
  void useLate(std::size_t server);
  /// A request of ROUTECLASS for whichever server its router picks.
  void arrive(std::size_t routeClass, Millis lengthMs);
  /// A request of any class that goes round the router.
  void arriveDirectly(std::size_t server, std::size_t process, Millis lengthMs);
  /// As it is: through its router, where it has a class, though the server is forbidden.
  void open(std::size_t server, Request request);
  /// Routers' checks fail, whatever the process is like, or see it as it is.
  void failChecks(std::size_t server, std::size_t process, bool fail);
  /// A person has a router drain a server for one of the classes, or send requests there again.
  void drainByHand(std::size_t target, bool drained);
  /// A person installs something else by hand.
  void installByHand(std::size_t server, std::size_t component, Version version);
  /// The outcome of an item, "t1: check pricing", instead of done; the first COUNT times.
  void setOutcome(const std::string &item, core::Outcome::Result result, unsigned count);
  //===-- Plans that nobody has signed so (Doors.cpp) ---------------------===//
  /// Who may command agents shows that of SERVER another plan, and begins a task of it: one that
  /// nobody has signed, or (GENUINE) one that was signed before the plans that it knows.
  void forge(std::size_t server, bool genuine);
  /// The managers' plan is changed: ITEM, "t1: check pricing", is not what was signed.
  void alterPlan(const std::string &item) { altered.insert(item); }
  /// By all clocks the plan's signature is good no more.
  void expirePlan();
  /// The wall clock of SERVER shows another time: later than the plan expires, or long before.
  void jumpClock(std::size_t server, bool ahead);
  /// The plan as it stands is signed anew.
  void signAnew();
  /// By SERVER's clock and what it was shown, the plan may begin there.
  bool isReleased(std::size_t server) const;

  /// Cuts, or mends, what is between the manager and a server or router.
  void cut(Link &link, bool answersOnly);

  //===-- What it is like -------------------------------------------------===//
  const Scenario &scenario() const { return all; }
  const core::Script &script() const { return *plan; }
  Random &random() { return dice; }
  std::vector<Server> &serverList() { return servers; }
  const std::vector<Server> &serverList() const { return servers; }
  std::vector<Router> &routerList() { return routers; }
  const std::vector<TargetTruth> &targetList() const { return targets; }
  std::size_t serverIndex(const std::string &name) const;
  std::size_t processIndex(std::size_t server, const std::string &application) const;
  std::size_t taskIndex(const std::string &id) const;
  const TargetTruth &truth(const core::Target &target) const;
  const TargetTruth &truth(std::size_t routeClass, std::size_t member) const {
    return targets[firstTarget[routeClass] + member];
  }
  std::size_t routerIndex(const std::string &name) const;
  bool isGood(const TargetTruth &target) const;
  bool isUp(const TargetTruth &target) const; ///< As its router sees it.
  /// Manager, agents, disks and network work.
  bool isHealthy() const;
  Bits bitOf(const std::string &component) const;
  std::size_t componentIndex(const std::string &component) const;
  const std::vector<std::string> &componentList() const { return components; }
  /// What TASK's seal closes in processes of APPLICATION.
  Bits sealOf(std::size_t task, const std::string &application) const;
  /// What REQUEST has of COMPONENT, if it asks now.
  Version versionFor(const Process &process, const Request &request, std::size_t component) const;
  static bool touches(Bits seal, Bits uses) { return (seal & everyRequest) || (seal & uses); }
  Checker &checker() { return judge; }
  const Checker &checker() const { return judge; }

  /// Writes down what happens, a line each; off at first.
  void keepLog() { logs = true; }
  std::string takeLog() { return std::exchange(lines, {}); }
  void log(const std::string &line);
  bool keepsLog() const { return logs; }

  // Performer.
  void perform(Manager &by, const core::Effect &effect) override;
  void managerStopped(Manager &which, const std::string &why) override;
  Millis now() const override { return nowMs; }

private:
  struct Due {
    Millis at;
    std::uint64_t order;
    std::function<void()> run;
    bool operator<(const Due &o) const { return at != o.at ? at > o.at : order > o.order; }
  };

  // World.cpp: time, messages, traffic.
  void tick();
  void leads(Manager &which);
  void send(Manager &by, std::uint64_t id, const core::ObserveRouter &look);
  void send(Manager &by, std::uint64_t id, const core::SetRouter &set);
  void send(Manager &by, std::uint64_t id, const core::InspectServer &inspect);
  void send(Manager &by, std::uint64_t id, const core::WatchDrain &watch);
  void send(Manager &by, std::uint64_t id, const core::Seal &seal);
  void send(Manager &by, std::uint64_t id, const core::Unseal &unseal);
  void send(Manager &by, std::uint64_t id, const core::Act &act);
  void send(Manager &, std::uint64_t, const core::Tell &) {}
  std::string agentOf(const std::string &task) const;
  static core::Outcome lost(std::uint64_t id, const std::string &who);
  std::shared_ptr<Exchange> send(Manager &by, Link &link, core::Event::Kind onLost,
                                 std::function<void(const std::shared_ptr<Exchange> &)> arrive,
                                 bool answersSoon = true);
  void answer(const std::shared_ptr<Exchange> &exchange, core::Event::Kind kind);
  void noteHeard(const Manager &by, const core::Event::Kind &answered);
  void logOutcome(const core::Outcome &outcome);
  void timeOut(const std::shared_ptr<Exchange> &exchange);
  void refuse(const std::shared_ptr<Exchange> &exchange);
  Millis pause(Millis calmly, Millis low, Millis high);
  void enter(std::size_t server, Request request);
  void leave(std::size_t server, std::uint64_t request);
  void ends(std::size_t server, const Request &request);
  void giveUpHolding(std::size_t server, std::uint64_t request);
  void activated(std::size_t server, Request &request);
  bool mayUse(const std::string &application, std::size_t component) const;
  void usedLate(std::size_t server, Request &request, Bits component);
  void release(std::size_t server);
  void noteGood(std::size_t server);
  void setCheckedUp(std::size_t server, std::size_t process, bool up);

  // Routers.cpp
  void doSet(const std::shared_ptr<Exchange> &exchange, std::uint64_t id,
             const core::SetRouter &set);
  core::RouterSeen routerView(std::size_t router, Millis asked) const;
  std::uint64_t activeOf(const TargetTruth &target) const;
  std::uint64_t oldWorkers(std::size_t router) const;
  void reload(std::size_t router);
  bool accepts(std::size_t router, std::uint64_t term, const std::shared_ptr<Exchange> &exchange);
  bool mayTell(const Router &router, const Manager &by) const;

  // Agents.cpp: seals and looks.
  bool agentDies(std::size_t server);
  bool agentWrites(std::size_t server, const std::shared_ptr<Exchange> &exchange);
  static bool isAt(const Agent &agent, std::size_t task);
  bool acceptTerm(std::size_t server, std::uint64_t term,
                  const std::shared_ptr<Exchange> &exchange);
  void doDrain(std::size_t task, const core::WatchDrain &watch,
               const std::shared_ptr<Exchange> &exchange);
  void doSeal(std::size_t task, std::uint64_t id, const std::shared_ptr<Exchange> &exchange);
  void doUnseal(std::size_t task, std::uint64_t id, const std::shared_ptr<Exchange> &exchange);
  core::ServerSeen serverView(std::size_t server, Millis asked) const;
  std::vector<core::Holder> holders(std::size_t task) const;
  core::Holder holder(const Server &server, const Request &request) const;
  void setGates(std::size_t task, bool sealed);
  void followJournal(std::size_t server);
  void toAgent(Manager &by, std::size_t task, core::Event::Kind onLost,
               std::function<void(const std::shared_ptr<Exchange> &)> work,
               bool answersSoon = true);

  // Doors.cpp
  std::string wallClock(std::size_t server) const;
  std::optional<core::PlanVerdict> show(std::size_t server, const core::SignedPlan &plan,
                                        bool genuine, const std::shared_ptr<Exchange> &exchange);
  bool passesDoor(std::size_t server, std::size_t task, const core::Act *act,
                  const std::shared_ptr<Exchange> &exchange, core::Event::Kind refusal);

  // Versions.cpp: plug-ins that are phased in.
  bool phasesIn(std::size_t task) const { return plan->tasks[task].classes.empty(); }
  void load(std::size_t server, std::size_t process, std::size_t component, Version version);
  bool phaseIn(std::size_t server, std::size_t component, Version version);
  void look(std::size_t server);
  void endVersions(std::size_t server);
  std::uint64_t usersOfEarlier(std::size_t server, std::size_t component) const;
  void awaitEarlier(std::size_t server, std::uint64_t action, unsigned life, Millis deadline);

  // Actions.cpp
  void doAct(std::size_t task, std::uint64_t id, const core::Act &act,
             const std::shared_ptr<Exchange> &exchange);
  void pump(std::size_t server);
  struct Refusal {
    core::Outcome::Result result;
    std::string why;
  };
  std::optional<Refusal> refusal(const Server &server, const Action &action) const;
  void carryOut(std::size_t server, Action &action);
  std::optional<core::Outcome> lookBack(std::size_t server, Action &action);
  void startProgram(std::size_t server, Action &action);
  void programEnds(std::size_t server, std::uint64_t number);
  bool change(std::size_t server, const Action &action, const Program &program);
  void restart(std::size_t server, Action &action);
  void awaitRestarted(std::size_t server, std::uint64_t action, unsigned life, Millis deadline);
  void stopProcess(std::size_t server, std::size_t process);
  void startProcess(std::size_t server, std::size_t process);
  void actionEnds(std::size_t server, std::uint64_t action, core::Outcome::Result result,
                  const std::string &message);

  Scenario all;
  std::shared_ptr<const core::Script> plan;
  Random dice;
  Checker judge;
  Store store;
  std::vector<std::unique_ptr<Manager>> managers;
  std::size_t boss = 0;
  Mutant mutant; ///< Those of agents, routers and gates; the others are the manager's.
  std::vector<std::string> components;
  std::vector<Router> routers;
  std::vector<Server> servers;
  std::vector<TargetTruth> targets;
  std::map<core::Target, std::size_t> targetAt;
  std::vector<std::size_t> firstTarget; ///< By class: those of its members, in their order.
  std::map<std::string, std::pair<core::Outcome::Result, unsigned>> outcomes;
  std::vector<Due> queue; ///< A heap.
  std::uint64_t order = 0, lastRequest = 0, lastProgram = 0;
  std::int64_t lastPid = 100;
  Millis nowMs = 1000;
  /// By manager: nothing arrives that it sent in this life or before.
  std::array<unsigned, managersMax> droppedLife{};
  core::SignedPlan signature; ///< Of the plan, as managers have it.
  std::set<std::string> altered;
  bool logs = false;
  std::string lines;
  std::set<std::uint64_t> logged;
};

} // namespace ripple::agent::sim

#endif
