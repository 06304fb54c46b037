//===- Execution.h - The shell around the protocol --------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Feeds events to `core::step`, records those that count, performs the effects:
// agents over their sockets, routers in a thread each. Everything else happens on
// the thread that calls `run`. Nothing is performed that is not recorded.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_EXECUTION_H
#define RIPPLE_AGENT_MANAGER_EXECUTION_H

#include "agent/core/Step.h"
#include "agent/journal/Journal.h"
#include "agent/manager/AgentClient.h"
#include "agent/manager/AgentMessages.h"
#include "agent/manager/Console.h"
#include "agent/router/RouterWorker.h"
#include "model/Plan.h"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <set>

namespace ripple::agent {

struct ExecutionOptions {
  std::string run;                  ///< Of the plan's row.
  std::int64_t term = 0;            ///< This manager's.
  model::TlsIdentity tls;           ///< With which agents are asked over https.
  Sink sink = printToStandardError; ///< What a person is to read.
  bool signals = true; ///< ^C and SIGTERM abort the plan: a command's way. A daemon has its own.
  /// Asked before each effect: why this manager may do nothing any more, as another one leads.
  std::function<tl::expected<void, std::string>()> leads = [] {
    return tl::expected<void, std::string>();
  };
};

class Execution {
public:
  Execution(const model::Plan &plan, std::shared_ptr<const core::Script> script, Journal &journal,
            ExecutionOptions options);
  ~Execution();

  /// Replays what was recorded. Before `run`, for a plan that the journal knows.
  JournalResult<void> replay();
  /// Feeds FIRST, then goes on until the plan is over, another manager has taken over, or the
  /// journal cannot be written (false, and said).
  bool run(std::vector<core::Event::Kind> first);

  /// On the loop's thread: nothing new begins, and `run` returns once no request is kept away for
  /// what has begun. The plan is paused then, and not over.
  void stopSoon();
  /// On the loop's thread: nothing is done any more, and `run` returns false. Somebody else goes
  /// on.
  void abandon(const std::string &why);
  /// Told to stop, and nothing is under way any more.
  bool hasStopped() const;
  /// The plan is paused for that alone, not by a person.
  bool wasPausedToStop() const { return pausedToStop; }

  const core::State &state() const { return now; }
  boost::asio::io_context &loop() { return io; }
  /// On the loop's thread.
  void feed(core::Event::Kind kind);
  static core::Millis nowMs();

private:
  bool record(const core::Event &event, const core::State &next,
              const std::vector<core::Effect> &effects);
  void noteInstalled(const core::State &next);
  bool isOver() const;
  void tick();
  void watchWindows();
  void awaitSignals();

  // Perform.cpp
  void perform(const core::Effect &effect);
  void perform(std::uint64_t id, const core::ObserveRouter &effect);
  void perform(std::uint64_t id, const core::WatchDrain &effect);
  void perform(std::uint64_t id, const core::InspectServer &effect);
  void perform(std::uint64_t id, const core::SetRouter &effect);
  void perform(std::uint64_t id, const core::Seal &effect);
  void perform(std::uint64_t id, const core::Unseal &effect);
  void perform(std::uint64_t id, const core::Act &effect);
  void perform(std::uint64_t id, const core::Tell &effect);
  core::RouterSeen toRouterSeen(const std::string &router, const RouterView &view,
                                core::Millis askedMs) const;
  void noteGates(const ServerReport &report);
  const core::Task &task(const std::string &id) const;
  std::string who(const core::Task &task) const;
  nlohmann::json command(const core::Task &task) const;
  void ask(const core::Task &task, std::string path, nlohmann::json body,
           std::function<void(AgentResult)> done);
  void showPlan(const AgentRequest &request, const std::function<void(AgentResult)> &done);
  void ended(std::uint64_t id, core::Outcome::Result result, std::string message = {},
             std::vector<core::Holder> holders = {});
  bool endedBadly(std::uint64_t id, const core::Task &task, const AgentResult &answer);
  nlohmann::json actionBody(std::uint64_t id, const core::Act &act) const;
  void actionAnswered(std::uint64_t id, const std::string &taskId, const AgentResult &answer);
  void askActionAgain(std::uint64_t id, const std::string &taskId);
  std::string actionId(std::uint64_t id) const;

  const model::Plan &plan;
  const std::vector<model::Window> windows; ///< When something may begin; none: always.
  std::shared_ptr<const core::Script> script;
  Journal &journal;
  ExecutionOptions options;
  Console console;
  core::State now;
  boost::asio::io_context io;
  boost::asio::steady_timer timer;
  boost::asio::signal_set signals;
  std::map<std::string, std::unique_ptr<RouterWorker>> routers;
  /// (server, application) whose processes all have a gate that their agent reads, as last seen.
  std::set<std::pair<std::string, std::string>> gated;
  std::size_t recorded = 0;
  bool stops = false; ///< See stopSoon.
  bool pausedToStop = false;
  bool broken = false; ///< The journal cannot be written: nothing is done any more.
};

} // namespace ripple::agent

#endif
