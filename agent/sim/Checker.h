//===- Checker.h - S1 to S6 over the world as it is -------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Watches the world, never the protocol's beliefs: who runs where while a file
// is replaced, what routers do, what is installed. The only things it takes from
// the manager are what it sends and, at the end, what it tells a person.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SIM_CHECKER_H
#define RIPPLE_AGENT_SIM_CHECKER_H

#include "agent/core/Effect.h"

#include <map>
#include <optional>
#include <set>

namespace ripple::agent::sim {

using core::Millis;

class World;
struct Request;
struct Action;
struct Server;
struct TargetTruth;

class Checker {
public:
  explicit Checker(const World &observed) : world(observed) {}

  /// S1. A program that changes COMPONENT begins, or ends.
  void changeBegins(std::size_t server, const Action &action);
  void changeEnds(std::size_t server);
  /// S1. REQUEST runs from now on.
  void runs(std::size_t server, const Request &request);
  /// S1. The process is stopped by the task's own restart.
  void stops(std::size_t server, std::size_t process, const Action &action);
  /// S1, of plug-ins that are phased in: REQUEST uses what it uses now, and some version of
  /// COMPONENT has been unloaded.
  void uses(std::size_t server, const Request &request);
  void unloads(std::size_t server, std::size_t process, std::size_t component);
  /// S1. A manager sends an action, perhaps again.
  void decides(std::size_t manager, std::uint64_t action, std::size_t task, std::size_t server);
  /// S4. An action is carried out, once more or not; and what came of it is known from now on.
  void actionBegins(std::size_t server, const Action &action);
  void actionEnded(std::size_t server, const Action &action);
  /// S2. A manager has a router told.
  void sends(std::size_t manager, const core::SetRouter &set);
  /// S2: what a manager has last been shown was asked for at ASKEDMS.
  void shown(std::size_t manager, const std::string &router, Millis askedMs);
  void forgetsWhatItSaw(std::size_t manager);
  /// S2: it leads, or acts again after a pause. What is short is short from now on.
  void actsAgain() { shortSinceMs.clear(); }
  /// S5. An agent begins TASK, where plans are to be signed.
  void begins(std::size_t server, std::size_t task);
  /// S5: a task begins anew to make its server quiescent.
  void seals(std::size_t task) { lookedBefore.erase(task); }
  /// S5: it has heard what is installed on SERVER as of ASKEDMS.
  void looked(std::size_t manager, std::size_t server, Millis askedMs);
  /// S6. A router is told to permit.
  void permits(const core::Target &target);
  /// S4. The journal replays to the record of the one who lived.
  void replays();
  /// S3, S6: all faults are over, and the plan is.
  void atEnd();
  /// A person looks at SERVER and takes over: what is there is as that person wants it.
  void byHand(std::size_t server);
  /// A person has the plan tried again: what failed may be done again.
  void newAttempt();
  /// A task has begun to change SERVER and has not permitted it again.
  bool isTouched(std::size_t server) const {
    auto at = touched.find(server);
    return at != touched.end() && !at->second.empty();
  }
  /// A router was told last to forbid TARGET.
  bool keepsAway(const core::Target &target) const {
    auto said = told.find(target);
    return said != told.end() && said->second;
  }
  void fail(const std::string &what);

  const std::vector<std::string> &violations() const { return found; }

private:
  struct Done {
    std::uint64_t action = 0;
    bool known = false; ///< Its outcome was known.
  };

  void comesAfterAll(const std::string &component);
  bool isKnowable(const Server &server, const Request &request, std::uint64_t action) const;
  bool isWhole(std::size_t server, std::size_t task) const;
  bool isHeld(std::size_t server, std::optional<std::size_t> routeClass) const;
  bool isReported(const std::string &router) const;
  void watchShortage(std::size_t routeClass);
  bool isChanged(const TargetTruth &target) const;
  void checkRouters();
  void checkGates(std::size_t server);
  void checkHeld(std::size_t server);
  void checkVersions(std::size_t server);

  /// What the manager had been shown when it sent an action.
  struct Decision {
    std::map<std::string, Millis> shownMs;
    Millis lookedMs = 0;
  };

  const World &world;
  std::vector<std::string> found;
  std::map<std::size_t, std::uint32_t> changing; ///< By server: components, as bits.
  /// By server: processes, and their generation, whose gates no agent could read when the change
  /// began.
  std::map<std::size_t, std::set<std::pair<std::size_t, unsigned>>> unreadable;
  std::map<std::size_t, std::set<std::size_t>> touched; ///< By server: tasks that began a change.
  std::set<std::size_t> handed;                         ///< Servers that a person has taken over.
  std::map<core::Target, bool> told;                    ///< What was last sent: forbidden.
  std::map<std::uint64_t, Decision> decided;            ///< By action.
  std::map<std::size_t, Millis> shortSinceMs;           ///< By class: it could have more.
  std::map<std::size_t, std::map<std::string, Millis>> shownMs; ///< By manager and router.
  std::map<std::string, Millis> shownToLeaderMs;                ///< By router: whoever led then.
  std::map<std::size_t, Millis> lookedBefore; ///< By task: the last look before it installed.
  std::map<std::size_t, std::map<std::size_t, Millis>> lookedMs; ///< By manager and server.
  std::map<std::pair<std::size_t, std::string>, Done> items;     ///< By server and item.
  std::map<std::pair<std::size_t, std::size_t>, bool> passed;    ///< Server, component: its check.
};

} // namespace ripple::agent::sim

#endif
