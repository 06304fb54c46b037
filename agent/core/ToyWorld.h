//===- ToyWorld.h - Routers, agents and requests for tests ------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A small deterministic world that performs the effects of the protocol: routers
// that forget, agents that stop, requests that last. It watches S1 and S2 itself
// and notes every violation; it crashes the manager and replays its journal.
// Tests only.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_CORE_TOYWORLD_H
#define RIPPLE_AGENT_CORE_TOYWORLD_H

#include "agent/core/Step.h"

#include <functional>
#include <optional>
#include <queue>
#include <random>

namespace ripple::agent::core {

struct ToyRequest {
  std::string server, application, backend; ///< Backend "": it goes round the router.
  std::string name;
  std::vector<std::string> uses;
  Millis startMs = 0, endMs = 0;
  bool held = false; ///< Waits at a sealed gate; `endMs` is then how long it will run.
};

class ToyWorld {
public:
  explicit ToyWorld(Script script);

  /// Steps the protocol with EVENT, records it where it counts, and performs the effects.
  void feed(Event::Kind kind);
  /// Lets time pass. Stops early where the plan is over.
  void run(Millis forMs);
  /// The manager dies and starts again: replays what was recorded. What it had sent is still
  /// carried out where DELIVER, and lost otherwise; answers are lost.
  void crash(bool deliver);
  /// Stop before event number COUNT is recorded: the manager dies there.
  void setCrashAfter(std::optional<std::size_t> count) { crashAfter = count; }
  bool crashed() const { return dead; }

  void open(ToyRequest request);
  void restartRouter();
  void setRouterAnswers(bool answers) { routerAnswers = answers; }
  void setRouterState(const Target &target, bool forbidden) { forbiddenAt[target] = forbidden; }
  void setUp(const std::string &server, bool up);
  void setAgent(const std::string &server, bool runs);
  /// The outcome of an item, "t1: check pricing", instead of done; the first COUNT times.
  void setOutcome(const std::string &item, Outcome::Result result, unsigned count = 1000);

  const State &now() const { return state; }
  /// The record that replaying the recorded events gives.
  Record replayed() const;
  Millis clock() const { return nowMs; }
  std::size_t recorded() const { return journal.size(); }
  bool over() const { return isOver(state.record.phase); }
  bool forbidden(const Target &target) const;
  std::vector<Target> allForbidden() const;
  std::string installedVersion(const std::string &server, const std::string &component) const;
  /// What happened since it was last asked for, a line each.
  std::string takeLog();
  const std::vector<std::string> &violations() const { return violated; }

private:
  struct Due {
    Millis at;
    std::uint64_t order;
    unsigned life; ///< 0: of the world; else of that life of the manager.
    std::function<void()> run;
    bool operator>(const Due &o) const { return at != o.at ? at > o.at : order > o.order; }
  };
  struct Server {
    bool agentRuns = true;
    std::map<std::string, std::string> installed, loaded;
    std::map<std::string, std::int64_t> pids;
    std::set<std::string> sealed;             ///< Tasks, as the agent knows them.
    bool gatesOpen = true;                    ///< Of the process: a restart opens them.
    std::map<std::uint64_t, Outcome> actions; ///< By id: never run twice.
  };

  void after(Millis delay, std::function<void()> run, bool ofWorld = false);
  void perform(const Effect &effect);
  void answer(Event::Kind kind);
  void answer(std::uint64_t id, Outcome::Result result, std::string message = {},
              std::vector<Holder> holders = {});
  void doSet(std::uint64_t id, const SetRouter &set);
  void doSeal(std::uint64_t id, const Seal &seal);
  void doUnseal(std::uint64_t id, const Unseal &unseal);
  void doAct(std::uint64_t id, const Act &act);
  Outcome carryOut(std::uint64_t id, const Act &act);
  RouterSeen routerView(const std::string &router, Millis asked) const;
  ServerSeen serverView(const std::string &server, Millis asked) const;
  std::vector<Holder> holders(const Task &task) const;
  static bool uses(const Task &task, const ToyRequest &request);
  void release(const std::string &server);
  const Task &taskOf(const std::string &id) const;
  void checkQuiescent(const Task &task, const std::string &what);
  void checkServed(const Target &withdrawn);
  void log(const std::string &line);

  std::shared_ptr<const Script> script;
  State state;
  std::vector<Event> journal;
  std::optional<std::size_t> crashAfter;
  bool dead = false;
  Millis nowMs = 1000;
  std::uint64_t order = 0;
  unsigned life = 1;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> queue;
  std::map<std::string, Server> servers;
  std::vector<ToyRequest> requests;
  std::map<Target, bool> forbiddenAt;
  std::map<std::string, bool> down;
  std::map<std::string, Millis> downSince;
  std::set<std::uint64_t> logged;
  std::map<std::string, std::pair<Outcome::Result, unsigned>> outcomes;
  unsigned routerRun = 1;
  bool routerAnswers = true;
  std::int64_t lastPid = 100;
  std::string lines;
  std::vector<std::string> violated;
};

} // namespace ripple::agent::core

#endif
