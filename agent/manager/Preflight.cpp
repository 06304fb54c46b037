//===- Preflight.cpp - All that is checked before anything is touched -----===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/Preflight.h"

#include "agent/core/Describe.h"
#include "agent/manager/AgentClient.h"
#include "agent/manager/AgentMessages.h"
#include "agent/manager/Windows.h"
#include "agent/router/Router.h"
#include "model/Signature.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace ripple::agent {

namespace {

class Inspector {
public:
  Inspector(const model::Plan &source, const core::State &at, const Journal &store,
            const model::TlsIdentity &identity)
      : plan(source), state(at), journal(store), tls(identity) {}

  PreflightResult inspect() {
    inspectWindows();
    for (const model::Router &router : plan.routers)
      inspectRouter(router);
    std::set<std::string> servers;
    for (const core::Task &task : state.script->tasks)
      if (servers.insert(task.server).second)
        inspectServer(*plan.server(task.server));
    for (const model::Server &server : plan.servers)
      if (!servers.count(server.name))
        inspectBystander(server);
    rehearse();
    return std::move(result);
  }

private:
  void inspectWindows() {
    const std::string now = utcNow();
    const std::optional<std::string> until = closedUntil(windowsOf(plan), now);
    if (plan.signature && plan.signature->expires <= now && !resuming())
      result.failed.push_back(fmt::format("the plan's signature has expired: {} is over; have it "
                                          "signed anew (`ripple sign`)",
                                          plan.signature->expires));
    else if (!until && !resuming())
      result.failed.push_back("all maintenance windows of the plan have ended; plan again with "
                              "windows that are to come");
    else if (until && !until->empty())
      result.notes.push_back("outside of its maintenance windows: nothing begins before " + *until);
  }

  void inspectRouter(const model::Router &router) {
    auto driver = makeRouter(router, {.tls = tls});
    if (!driver)
      return result.failed.push_back(text(driver.error()));
    capabilities[router.name] = (*driver)->capabilities();
    auto view = (*driver)->observe();
    if (!view)
      return noAnswer(text(view.error()));
    if (!router.agent.empty())
      result.termSeen = std::max(result.termSeen, termOf(router.agent, tls));
    for (const core::RouteClass &routeClass : state.script->classes)
      for (const core::Member &member : routeClass.members)
        if (routeClass.router == router.name)
          inspectTarget(router, routeClass.target(member.server), *view);
  }

  void inspectTarget(const model::Router &router, const core::Target &target,
                     const RouterView &view) {
    const RouterServer *server = view.server({target.backend, target.server});
    if (!server) {
      result.failed.push_back(
          fmt::format("router {}: has no server '{}' in a back end '{}'; give it the configuration "
                      "that `ripple routes` writes",
                      router.name, target.server, target.backend));
      return;
    }
    auto own = state.record.targets.find(target);
    bool ours = own != state.record.targets.end();
    if (server->admin == RouterState::Forbidden && !ours)
      result.notes.push_back(
          fmt::format("router {}: {} was already '{}' before this plan; it counts as not serving, "
                      "and is neither upgraded nor permitted while that is so",
                      router.name, core::describe(target), server->adminWord));
  }

  static std::string text(const RouterError &error) {
    return error.remedy.empty() ? error.message : error.message + "; " + error.remedy;
  }

  void inspectServer(const model::Server &server) {
    std::string who = "the agent of " + server.name;
    auto answer = askAgent({server.agent, "/v1/server", nullptr, tls});
    if (!answer || !answer->ok()) {
      return noAnswer(
          fmt::format("{} does not answer: {}; start it with `ripple agent --config FILE` there",
                      who, answer ? answer->error() : answer.error()));
    }
    auto report = readServerReport(answer->body, who);
    if (!report) {
      result.failed.push_back(report.error());
      return;
    }
    result.termSeen = std::max(result.termSeen, report->term);
    if (report->server != server.name) {
      result.failed.push_back(
          fmt::format("{}: at {} is the agent of '{}'; set that right in the Server List", who,
                      server.agent, report->server));
      return;
    }
    if (report->signedPlans)
      inspectSignature(server);
    for (const core::Task &task : state.script->tasks)
      if (task.server == server.name)
        inspectTask(task, *report);
    for (const model::HostedApplication &hosted : server.applications)
      inspectApplication(server, hosted, *report);
    inspectLeftOut(server, *report);
    noteDifferences(server, *report);
  }

  /// It carries out signed plans only: would it take this one?
  void inspectSignature(const model::Server &server) {
    if (!plan.signature)
      return result.failed.push_back(
          fmt::format("{}: its agent carries out signed plans only, and this one has no signature; "
                      "have it signed (`ripple sign`)",
                      server.name));
    const model::Statement statement = model::statementOf(plan, *plan.signature);
    auto answer =
        askAgent({server.agent,
                  "/v1/plans",
                  {{"term", 0}, {"dryRun", true}, {"document", writeStatement(statement)}},
                  tls});
    if (answer && answer->ok())
      return;
    // What was begun is finished, whatever has become of its signature.
    (resuming() ? result.notes : result.failed)
        .push_back(fmt::format("{}: {}", server.name, answer ? answer->error() : answer.error()));
  }

  /// The plan does nothing there; does it have what is upgraded elsewhere all the same?
  void inspectBystander(const model::Server &server) {
    auto answer = askAgent({server.agent, "/v1/server", nullptr, tls});
    auto report = answer && answer->ok()
                      ? readServerReport(answer->body, "the agent of " + server.name)
                      : tl::make_unexpected(answer ? answer->error() : answer.error());
    if (!report) {
      result.notes.push_back(fmt::format("{}: the plan upgrades nothing there, and whether it has "
                                         "an old version its agent does not say: {}",
                                         server.name, report.error()));
      return;
    }
    inspectLeftOut(server, *report);
    for (const model::Upgrade &upgrade : plan.upgrades)
      if (upgrade.isFor(server.name) && report->installed(upgrade.component) == upgrade.from)
        result.notes.push_back(
            fmt::format("{}: {} is installed at {} there too, and the plan leaves it so: no "
                        "application that the Server List has there uses it",
                        server.name, upgrade.component, upgrade.from));
  }

  /// Upgrades that are for other servers only: is here what the change set says?
  void inspectLeftOut(const model::Server &server, const ServerReport &report) {
    for (const model::Upgrade &upgrade : plan.upgrades)
      if (!upgrade.isFor(server.name) && upgrade.elsewhereNew &&
          report.installed(upgrade.component) == upgrade.from)
        result.stale.push_back(
            fmt::format("{}: {} is installed at {}, and the plan was made for {} there; plan again "
                        "with this server among the change set's 'servers', or, if it is to keep "
                        "it, with 'elsewhere: from'",
                        server.name, upgrade.component, upgrade.from, upgrade.to));
  }

  const core::TaskRecord &recordOf(const core::Task &task) const {
    return state.record.tasks[static_cast<std::size_t>(&task - state.script->tasks.data())];
  }

  /// The journal of this plan says that the task has got as far as installing.
  bool mayBeInstalled(const core::Task &task) const {
    const core::TaskRecord &record = recordOf(task);
    return record.verdict == core::Verdict::Upgraded || record.verdict == core::Verdict::ByHand ||
           record.rollingBack || record.attempt > 1 || record.phase == core::Phase::Working ||
           record.phase == core::Phase::Returning || record.phase == core::Phase::Confirming ||
           record.phase == core::Phase::Unsealing || record.phase == core::Phase::Permitting;
  }

  /// What the agent could only refuse in the middle of the upgrade.
  void inspectRestarts(const core::Task &task, const ServerReport &report) {
    for (const core::Item &item : task.items) {
      bool known = std::any_of(
          report.processes.begin(), report.processes.end(),
          [&](const ServerReport::Process &process) { return process.name == item.process; });
      if (item.kind == core::Item::Kind::Restart && !known)
        result.failed.push_back(
            fmt::format("{}: '{}' is to be restarted, and its agent knows no such process; put it "
                        "into `processes` of the agent's configuration, a systemd unit as "
                        "`unit: NAME.service`",
                        task.server, item.process));
    }
  }

  //===-- Dry runs --------------------------------------------------------===//

  struct Rehearsal {
    std::string server, component, words;
    AgentRequest request;
  };

  /// The first action of each way, there and back: a later one may need what an earlier one does.
  void planRehearsals(const core::Task &task) {
    for (const core::Component &component : task.components) {
      const model::Upgrade *upgrade = plan.upgrade(component.id);
      addRehearsal(task, *upgrade, "install", upgrade->to, upgrade->install);
      addRehearsal(task, *upgrade, "rollback", upgrade->from, upgrade->rollback);
    }
  }

  void addRehearsal(const core::Task &task, const model::Upgrade &upgrade, const char *kind,
                    const std::string &version, const std::vector<model::Action> &actions) {
    if (actions.empty())
      return;
    constexpr model::Milliseconds patience{90'000}; // apt may have to wait for another apt.
    nlohmann::json body = {{"term", 0},
                           {"dryRun", true},
                           {"id", "dry run"},
                           {"plan", plan.id},
                           {"task", task.id},
                           {"kind", kind},
                           {"version", version},
                           {"component", upgrade.component},
                           {"action", toJson(actions.front())}};
    addDigests(body, upgrade, actions.front());
    rehearsals.push_back(
        {task.server, upgrade.component, std::string(kind) + ": " + describe(actions.front()),
         AgentRequest{plan.server(task.server)->agent, "/v1/actions", body, tls, patience}});
  }

  /// Has all agents say at the same time what would keep them from what they will be asked for.
  void rehearse() {
    boost::asio::io_context loop;
    std::vector<std::string> said(rehearsals.size());
    for (std::size_t i = 0; i < rehearsals.size(); ++i)
      askAgent(loop, rehearsals[i].request, [&said, i](const AgentResult &answer) {
        if (!answer || !answer->ok())
          said[i] = answer ? answer->error() : answer.error();
        else if (answer->body.value("state", "") != "done")
          said[i] = answer->body.value("message", "no reason given");
      });
    loop.run();
    for (std::size_t i = 0; i < rehearsals.size(); ++i)
      if (!said[i].empty())
        result.failed.push_back(fmt::format("{}: {}: {}: {}", rehearsals[i].server,
                                            rehearsals[i].component, rehearsals[i].words, said[i]));
  }

  void inspectTask(const core::Task &task, const ServerReport &report) {
    inspectRestarts(task, report);
    if (!resuming())
      planRehearsals(task);
    for (const core::Component &component : task.components) {
      std::string found = report.installed(component.id);
      bool upgraded = recordOf(task).verdict == core::Verdict::Upgraded;
      bool expected = found == (upgraded ? component.to : component.from) || found.empty();
      if (!expected && found == component.to)
        expected = mayBeInstalled(task) ||
                   journal.installed(task.server, component.id).value_or("") == component.to;
      if (!expected && upgraded)
        result.notes.push_back(fmt::format("{}: {} is at {} now; this plan had brought it to {}",
                                           task.server, component.id, found, component.to));
      else if (!expected)
        result.stale.push_back(
            fmt::format("{}: {} is installed at {}, and the plan was made for {}; make the plan "
                        "again with `ripple plan`",
                        task.server, component.id, found, component.from));
      if (found.empty())
        result.notes.push_back(fmt::format("{}: its agent cannot tell which {} is installed",
                                           task.server, component.id));
    }
  }

  const model::PlannedApplication *applicationOf(const std::string &name) const {
    for (const model::PlannedApplication &application : plan.applications)
      if (application.policy.name == name)
        return &application;
    return nullptr;
  }

  void inspectApplication(const model::Server &server, const model::HostedApplication &hosted,
                          const ServerReport &report) {
    const model::PlannedApplication *application = applicationOf(hosted.name);
    bool found = false;
    for (const ServerReport::Process &process : report.processes) {
      if (process.application != hosted.name)
        continue;
      found = true;
      inspectProcess(server, application, process);
    }
    if (!found)
      result.failed.push_back(
          fmt::format("{}: its agent knows no process of {}; add it to its configuration",
                      server.name, hosted.name));
  }

  void inspectProcess(const model::Server &server, const model::PlannedApplication *application,
                      const ServerReport::Process &process) {
    if (process.state != "running" && !resuming()) {
      result.failed.push_back(fmt::format("{}: {} is {}{}; see why before you upgrade", server.name,
                                          process.name, process.state,
                                          process.message.empty() ? "" : ": " + process.message));
      return;
    }
    if (process.state != "running")
      return;
    bool unreadable = process.gate == "other-layout" || process.gate == "broken";
    if (unreadable && isSealed(server, process.application))
      (resuming() ? result.notes : result.failed)
          .push_back(fmt::format("{}: the gate of {} cannot be read by its agent ({}), so nobody "
                                 "can tell when it is quiescent: start {} again with this "
                                 "Ripple's gate",
                                 server.name, process.name, process.gate, process.name));
    if (process.gate == "none")
      result.notes.push_back(fmt::format(
          "{}: {} has no gate: that it is quiescent is concluded from the router's "
          "counts alone{}",
          server.name, process.name, application ? assumptionOf(application->policy.router) : ""));
    if (!application || application->buildIds.empty() || process.buildId.empty() ||
        plan.upgrade(application->policy.name))
      return;
    if (std::find(application->buildIds.begin(), application->buildIds.end(), process.buildId) ==
        application->buildIds.end())
      result.stale.push_back(
          fmt::format("{}: {} (pid {}) runs build {}, which was not analyzed; analyze it, and make "
                      "the plan again",
                      server.name, process.name, process.pid, process.buildId));
  }

  bool isSealed(const model::Server &server, const std::string &application) const {
    for (const core::Task &task : state.script->tasks)
      for (const core::SealSet &seal : task.seals)
        if (task.server == server.name && seal.application == application)
          return true;
    return false;
  }

  /// What was begun is not left where it is because somebody does not answer: it is waited for.
  void noAnswer(const std::string &problem) {
    if (resuming())
      result.notes.push_back(problem + "; it is waited for");
    else
      result.failed.push_back(problem);
  }

  std::string assumptionOf(const std::string &router) const {
    auto at = capabilities.find(router);
    return at == capabilities.end()
               ? ""
               : fmt::format("; assumed of router {}: {}", router, at->second.withoutGate);
  }

  bool resuming() const { return state.record.begun; }

  void noteDifferences(const model::Server &server, const ServerReport &report) {
    std::set<std::string> said;
    for (const model::HostedApplication &hosted : server.applications)
      if (const auto *application = applicationOf(hosted.name))
        for (const model::ComponentVersion &component : application->components) {
          std::string found = report.installed(component.component);
          bool expected = found.empty() || component.version.empty() ||
                          found == component.version || plan.upgrade(component.component) ||
                          journal.installed(server.name, component.component).value_or("") == found;
          if (!expected && said.insert(component.component).second)
            result.notes.push_back(fmt::format("{}: {} is at {}; analyzed was {}", server.name,
                                               component.component, found, component.version));
        }
  }

  const model::Plan &plan;
  const core::State &state;
  const Journal &journal;
  const model::TlsIdentity &tls;
  std::vector<Rehearsal> rehearsals;
  std::map<std::string, RouterCapabilities> capabilities;
  PreflightResult result;
};

} // namespace

PreflightResult preflight(const model::Plan &plan, const core::State &state, const Journal &journal,
                          const model::TlsIdentity &tls) {
  return Inspector(plan, state, journal, tls).inspect();
}

} // namespace ripple::agent
