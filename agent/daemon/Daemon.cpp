//===- Daemon.cpp - The agent of one server -------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/Daemon.h"

#include "agent/daemon/Api.h"
#include "agent/daemon/GateWatch.h"
#include "agent/daemon/State.h"
#include "agent/failpoint/Failpoint.h"

#include <boost/asio/signal_set.hpp>
#include <spdlog/spdlog.h>

#include <csignal>

using namespace ripple;
using namespace ripple::agent;
using boost::system::error_code;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds SealEvery{100}, SessionsEvery{1'000}, InstalledEvery{30'000};

ActionContext contextOf(const model::AgentConfig &config, GateControl &gates) {
  ActionContext context;
  context.server = config.server;
  context.root = config.root;
  context.allow = config.allow;
  context.logs = config.state + "/actions";
  context.swapPlugin = [&gates](const PluginSwapRequest &request) {
    failpoint("agent-before-swap");
    auto mode = request.phaseIn ? PluginSwapMode::PhaseIn : PluginSwapMode::Closed;
    auto swapped = gates.swapPlugin(request.plugin, request.path, mode, request.timeout,
                                    request.abandon, request.waiting);
    failpoint("agent-after-swap");
    return swapped;
  };
  return context;
}

/// Calls WORK every PERIOD.
class Repeater {
public:
  Repeater(boost::asio::io_context &loop, milliseconds period, std::function<void()> work)
      : Timer(loop), Period(period), Work(std::move(work)) {
    again();
  }

private:
  void again() {
    Timer.expires_after(Period);
    Timer.async_wait([this](error_code error) {
      if (error)
        return;
      Work();
      again();
    });
  }
  boost::asio::steady_timer Timer;
  milliseconds Period;
  std::function<void()> Work;
};

/// All parts of a running agent. Members are in the order in which they need each other.
class Daemon {
public:
  Daemon(const model::AgentConfig &config, std::unique_ptr<AgentJournal> journal)
      : Config(config), Journal(std::move(journal)), Sessions(config.gateDirectory),
        Gates(Sessions), AllTasks(*Journal, Gates, SealFiles(config.gateDirectory)),
        Watch(Loop, Sessions, [this] { lookAtGates(); }), Processes(config, Loop, *Journal),
        Installed(config, Loop), Report(config, Processes, Sessions, Installed),
        Actions(config, Loop, *Journal, Processes, AllTasks, contextOf(config, Gates)),
        Door(config, *Journal), Routers(config, Loop),
        Requests({config, *Journal, Sessions, AllTasks, Actions, Report, Door, Routers,
                  [this](bool processes) { shutDown(processes); }}),
        Server(Loop, "ripple-agent",
               [this](const HttpRequest &request, const HttpServer::Reply &reply) {
                 Requests.handle(request, reply);
               }),
        Signals(Loop, SIGTERM, SIGINT), Grace(Loop) {}

  /// What must hold before the first request is answered. "" or why the agent cannot run.
  std::string begin();
  void run() { Loop.run(); }

private:
  void shutDown(bool processes);
  void refreshSessions();
  void lookAtGates();

  const model::AgentConfig &Config;
  boost::asio::io_context Loop;
  std::unique_ptr<AgentJournal> Journal;
  SessionList Sessions;
  GateControl Gates;
  Tasks AllTasks;
  GateWatch Watch;
  Supervisor Processes;
  InstalledVersions Installed;
  ServerView Report;
  ActionQueue Actions;
  PlanDoor Door;
  OwnRouters Routers;
  Api Requests;
  HttpServer Server;
  boost::asio::signal_set Signals;
  boost::asio::steady_timer Grace;
  std::vector<std::unique_ptr<Repeater>> Repeaters;
  std::vector<std::string> SessionProblems;
  bool Ending = false;
};

std::string Daemon::begin() {
  std::string failure;
  auto need = [&](const auto &result) {
    if (!result && failure.empty())
      failure = result.error();
    return failure.empty();
  };
  // Nobody is answered before the loop runs; but an address that is taken is known at once.
  for (const auto &address : Config.listen)
    if (!need(Server.listen(address, Config.tls)))
      return failure;
  failure = Routers.begin();
  if (!failure.empty() || !need(Door.begin()) || !need(Requests.begin()))
    return failure;
  refreshSessions();
  AllTasks.setListen([this](bool on) { Watch.listen(on); });
  if (!need(AllTasks.begin()))
    return failure;
  Processes.setMayRun([this](const ProcessReport &) {
    AllTasks.sealNewGates();
    return std::string();
  });
  if (!need(Processes.begin()))
    return failure;
  Installed.refreshNow();
  Actions.setChanged([this] {
    Installed.refresh();
    Report.forget();
  });
  if (!need(Actions.recover()))
    return failure;
  auto every = [this](milliseconds period, std::function<void()> work) {
    Repeaters.push_back(std::make_unique<Repeater>(Loop, period, std::move(work)));
  };
  every(SealEvery, [this] { AllTasks.sealNewGates(); });
  every(SessionsEvery, [this] { refreshSessions(); });
  every(InstalledEvery, [this] { Installed.refresh(); });
  Signals.async_wait([this](error_code error, int) {
    if (!error)
      shutDown(Config.stopProcesses);
  });
  for (const auto &address : Config.listen)
    spdlog::info("{}: listening at {}", Config.server, address.text());
  if (Config.tls && !Config.tls->clients)
    spdlog::warn("`tls` has no `clients`: every certificate of its authority may command");
  return {};
}

/// Each problem is told when it comes up, and not again while it lasts.
void Daemon::refreshSessions() {
  auto problems = Sessions.refresh();
  if (problems != SessionProblems)
    for (const auto &problem : problems)
      spdlog::warn("{}", problem);
  SessionProblems = std::move(problems);
  for (const auto &removed : Sessions.takeRemoved())
    spdlog::info("{}", removed);
  Watch.follow();
}

/// A request has ended or is held, or a gated process has died.
void Daemon::lookAtGates() {
  refreshSessions();
  AllTasks.tellQuiescent();
}

void Daemon::shutDown(bool processes) {
  if (std::exchange(Ending, true))
    return;
  spdlog::info("{}: ending{}", Config.server,
               processes ? ", and its processes" : "; its processes go on running");
  Server.stop();
  Actions.abandon();
  auto end = [this] {
    // Long enough for an answer on its way; it is local.
    Grace.expires_after(milliseconds(100));
    Grace.async_wait([this](error_code) { Loop.stop(); });
  };
  if (processes)
    Processes.stopAll(end);
  else
    end();
}

int failWith(const std::string &message) {
  spdlog::error("{}", message);
  return model::ExitFailed;
}

} // namespace

int agent::runDaemon(const model::AgentConfig &config) {
  ::signal(SIGPIPE, SIG_IGN);
  auto state = openState(config);
  if (!state)
    return failWith(state.error());
  if (!config.allow)
    spdlog::warn("the configuration has no `allow`: actions may run any program");
  Daemon daemon(config, std::move(state->journal));
  if (auto error = daemon.begin(); !error.empty())
    return failWith(error);
  daemon.run();
  spdlog::info("{}: ended", config.server);
  return model::ExitDone;
}
