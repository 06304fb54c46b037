//===- Check.cpp ----------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/check/Check.h"

#include "planner/check/Antichain.h"
#include "planner/check/Meetings.h"
#include "planner/check/Needed.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>

namespace ripple::check {

namespace {

using model::Step;
using model::StepAction;

/// The steps of one task, by what they do.
struct TaskSteps {
  std::string server;
  const Step *forbid = nullptr, *await = nullptr, *permit = nullptr;
  std::map<std::string, const Step *> installs, checks, restarts; ///< restarts by application
};

class Checker {
public:
  Checker(const model::Plan &plan, const Documents &documents)
      : plan(plan), documents(documents), needs(documents) {
    for (const model::Server &server : documents.servers.servers)
      hosts.emplace(server.name, &server);
    for (const model::QuiesceSet &set : plan.quiesce)
      quiesceOf[set.task].push_back(&set);
  }

  std::vector<std::string> run() {
    copies();
    classes();
    collect();
    if (!after.build(plan.steps, found))
      return std::move(found);
    for (const auto &[id, task] : tasks)
      checkTask(id, task);
    coverage();
    oneAtATime();
    minimums();
    order();
    for (const auto &[one, two] : documents.change.forbidTogether) {
      apart(one, two);
      apart(two, one);
    }
    zones();
    waves();
    noReturn();
    for (std::string &wrong : wrongMeetings(plan, documents, needs))
      found.push_back(std::move(wrong));
    for (const model::Gate &gate : documents.change.gates)
      checkGate(gate);
    return std::move(found);
  }

private:
  template <typename... Values> void add(fmt::format_string<Values...> text, Values &&...values) {
    found.push_back(fmt::format(text, std::forward<Values>(values)...));
  }

  /// What the plan carries of its inputs is what they say.
  void copies() {
    model::ServerList carried;
    carried.routers = plan.routers;
    carried.servers = plan.servers;
    for (const model::PlannedApplication &application : plan.applications)
      carried.applications.push_back(application.policy);
    if (model::digest(carried) != model::digest(documents.servers))
      add("the plan's routers, servers or applications are not those of the Server List");
    for (const model::Upgrade &given : documents.change.upgrades) {
      const model::Upgrade *copy = plan.upgrade(given.component);
      model::ChangeSet one, other;
      one.upgrades = {given};
      one.upgrades[0].restart = domainOf(given);
      if (copy)
        other.upgrades = {*copy};
      if (!copy || model::digest(one) != model::digest(other))
        add("the plan's upgrade of {} is not that of the change set", given.component);
    }
    if (plan.upgrades.size() != documents.change.upgrades.size())
      add("the plan upgrades {} components, the change set {}", plan.upgrades.size(),
          documents.change.upgrades.size());
    if (plan.abortBudget != documents.change.abortBudget)
      add("the plan's abort budget is not that of the change set");
    auto sorted = [](const std::vector<model::Window> &windows) {
      std::vector<std::pair<std::string, std::string>> out;
      for (const model::Window &window : windows)
        out.emplace_back(window.from, window.to);
      std::sort(out.begin(), out.end());
      return out;
    };
    if (sorted(plan.windows) != sorted(documents.change.windows))
      add("the plan's maintenance windows are not those of the change set");
  }

  /// Each request kind is in one class at most, and each application has one class *other*.
  void classes() {
    std::map<std::string, int> others;
    for (const model::PlannedApplication &application : plan.applications)
      others[application.policy.name] = 0;
    for (std::size_t i = 0; i < plan.routingClasses.size(); ++i) {
      const model::RoutingClass &one = plan.routingClasses[i];
      if (one.requests.empty())
        ++others[one.application];
      for (const std::string &id : one.requests)
        if (!classOf.try_emplace({one.application, id}, i).second)
          add("{} {} is in routing class {}, and in {}", one.application, id, one.id,
              plan.routingClasses[classOf.at({one.application, id})].id);
    }
    for (const auto &[application, count] : others)
      if (count != 1)
        add("{} has {} routing classes for whatever the router cannot match", application, count);
  }

  /// The router moves a class as a whole.
  void wholeClasses(const std::string &id, const TaskSteps &task) {
    std::map<std::size_t, std::size_t> held;
    for (const model::RequestRef &request : task.forbid->requests)
      if (auto place = classOf.find(request); place != classOf.end())
        ++held[place->second];
    for (const auto &[number, count] : held)
      if (const model::RoutingClass &one = plan.routingClasses[number];
          count != one.requests.size())
        add("task {} keeps {} of the {} request kinds of routing class {} away", id, count,
            one.requests.size(), one.id);
  }

  model::RestartDomain domainOf(const model::Upgrade &upgrade) const {
    if (upgrade.restart)
      return *upgrade.restart;
    const model::Component *component = documents.components.component(upgrade.component);
    return component ? component->restart : model::RestartDomain::Process;
  }

  void collect() {
    for (const Step &step : plan.steps) {
      if (step.action == StepAction::Gate)
        continue;
      TaskSteps &task = tasks[step.task];
      if (task.server.empty())
        task.server = step.server;
      if (task.server != step.server)
        add("task {} has steps on {} and on {}", step.task, task.server, step.server);
      bool repeated = false;
      auto once = [&](const Step *&slot) {
        repeated = slot != nullptr;
        slot = &step;
      };
      switch (step.action) {
      case StepAction::Forbid:
        once(task.forbid);
        break;
      case StepAction::Await:
        once(task.await);
        break;
      case StepAction::Permit:
        once(task.permit);
        break;
      case StepAction::Install:
        once(task.installs[step.component]);
        break;
      case StepAction::Check:
        once(task.checks[step.component]);
        break;
      case StepAction::Restart:
        once(task.restarts[step.application]);
        break;
      case StepAction::Gate:
        break;
      }
      if (repeated)
        add("task {} has two steps that do the same: {}", step.task, step.id);
    }
  }

  /// S1: forbidden and awaited before anything is replaced; checked, and only then permitted.
  void checkTask(const std::string &id, const TaskSteps &task) {
    if (!task.forbid || !task.await || !task.permit || task.installs.empty()) {
      add("task {} lacks a forbid, an await, an install or a permit", id);
      return;
    }
    comesAfter(*task.await, *task.forbid);
    for (const auto &[component, install] : task.installs) {
      comesAfter(*install, *task.await);
      auto check = task.checks.find(component);
      if (check == task.checks.end())
        add("task {} installs {} and does not check it", id, component);
      else
        comesAfter(*check->second, *install);
      if (!std::count(task.await->components.begin(), task.await->components.end(), component))
        add("{} does not await {}", task.await->id, component);
      for (const auto &[application, restart] : task.restarts)
        comesAfter(*restart, *install);
    }
    for (const auto &[component, check] : task.checks) {
      comesAfter(*task.permit, *check);
      if (!task.installs.count(component))
        add("task {} checks {} and does not install it", id, component);
      for (const auto &[application, restart] : task.restarts)
        comesAfter(*check, *restart);
    }
    for (const auto &[application, restart] : task.restarts)
      comesAfter(*task.permit, *restart);
    if (task.permit->requests != task.forbid->requests)
      add("{} does not permit what {} forbids", task.permit->id, task.forbid->id);
    keepsAway(id, task);
    wholeClasses(id, task);
  }

  void comesAfter(const Step &later, const Step &earlier) {
    if (!after.isAfter(later.id, earlier.id))
      add("{} does not come after {}", later.id, earlier.id);
  }

  /// Whether the task only loads a plug-in beside the one that is in use (`phaseIn`): the agent
  /// ends that one when its last request has ended, so no request has to be kept away.
  bool phasesIn(const TaskSteps &task) const {
    if (task.installs.size() != 1 || !task.restarts.empty())
      return false;
    const model::Upgrade *upgrade = documents.change.upgrade(task.installs.begin()->first);
    return upgrade && upgrade->phaseIn && domainOf(*upgrade) == model::RestartDomain::Plugin;
  }

  /// Every request kind that must not run while the task replaces is in its forbid step.
  void keepsAway(const std::string &id, const TaskSteps &task) {
    std::set<model::RequestRef> forbidden(task.forbid->requests.begin(),
                                          task.forbid->requests.end());
    std::set<std::string> components;
    for (const auto &[component, install] : task.installs)
      components.insert(component);
    const model::Server *server = host(task.server);
    const Needed needed = server && !phasesIn(task) ? needs.of(*server, components) : Needed();
    for (const model::RequestRef &request : needed.requests)
      if (!forbidden.count(request))
        add("S1: task {} on {} replaces {} and does not keep {} {} away", id, task.server,
            fmt::join(components, ", "), request.application, request.id);
    for (const std::string &application : needed.restarts) {
      auto restart = task.restarts.find(application);
      if (restart == task.restarts.end())
        add("task {} replaces {} on {} and does not restart {}", id, fmt::join(components, ", "),
            task.server, application);
      else if (restart->second->process != processOf(task.server, application))
        add("{} restarts '{}', which is not {} on {}", restart->second->id,
            restart->second->process, application, task.server);
    }
    inventory(id, task);
  }

  /// The plan's own account of the task is that of its steps.
  void inventory(const std::string &id, const TaskSteps &task) {
    std::set<model::RequestRef> told;
    for (const model::QuiesceSet *set : quiesceOf[id])
      for (const std::string &request : set->requests)
        told.insert({set->application, request});
    if (told !=
        std::set<model::RequestRef>(task.forbid->requests.begin(), task.forbid->requests.end()))
      add("the quiesce sets of task {} are not what {} forbids", id, task.forbid->id);
  }

  /// The plan says after which step something cannot be undone any more: none is earlier.
  void noReturn() {
    std::map<std::string, unsigned> oneWay;
    for (const Step &step : plan.steps)
      if (step.action == StepAction::Install)
        if (const auto *upgrade = documents.change.upgrade(step.component);
            upgrade && upgrade->rollback.empty())
          oneWay[step.id] = step.wave;
    const std::string said = plan.pointOfNoReturn.value_or("");
    if (oneWay.empty() != said.empty())
      return said.empty()
                 ? add("{} cannot be undone, and the plan says that all can", oneWay.begin()->first)
                 : add("the plan says that there is no way back after {}, and there is", said);
    if (said.empty())
      return;
    if (!oneWay.count(said))
      return add("the plan says that there is no way back after {}, which can be undone", said);
    for (const auto &[step, wave] : oneWay)
      if (wave < oneWay.at(said))
        return add("{} cannot be undone, and comes before {}, the plan's point of no return", step,
                   said);
  }

  std::string processOf(const std::string &server, const std::string &application) const {
    if (const model::Server *at = host(server))
      for (const model::HostedApplication &hosted : at->applications)
        if (hosted.name == application)
          return hosted.process;
    return {};
  }

  /// Every changed component is replaced exactly once wherever it is, and nothing else is.
  void coverage() {
    std::map<std::pair<std::string, std::string>, int> count;
    for (const auto &[id, task] : tasks)
      for (const auto &[component, install] : task.installs)
        ++count[{task.server, component}];
    for (const model::Server &server : documents.servers.servers)
      for (const model::Upgrade &upgrade : documents.change.upgrades) {
        bool there = upgrade.isFor(server.name) && needs.isOn(server, upgrade.component);
        int times = count[{server.name, upgrade.component}];
        if (times != (there ? 1 : 0))
          add("{} is {}to be replaced on {} and is installed there {} times", upgrade.component,
              there ? "" : "not ", server.name, times);
      }
    for (const auto &[key, times] : count)
      if (!documents.change.upgrade(key.second) || !host(key.first))
        add("the plan installs {} on {}, which no input asks for", key.second, key.first);
  }

  /// Does FIRST end before SECOND begins, or the other way round?
  bool ordered(const TaskSteps &first, const TaskSteps &second) const {
    return after.isAfter(second.forbid->id, first.permit->id) ||
           after.isAfter(first.forbid->id, second.permit->id);
  }

  bool whole(const TaskSteps &task) const { return task.forbid && task.permit; }

  void oneAtATime() {
    using Entry = std::pair<const std::string, TaskSteps>;
    std::map<std::string, std::vector<const Entry *>> on;
    for (const Entry &entry : tasks)
      if (whole(entry.second))
        on[entry.second.server].push_back(&entry);
    for (const auto &[server, entries] : on)
      for (std::size_t one = 0; one < entries.size(); ++one)
        for (std::size_t two = one + 1; two < entries.size(); ++two)
          if (!ordered(entries[one]->second, entries[two]->second))
            add("tasks {} and {} may run on {} at the same time", entries[one]->first,
                entries[two]->first, server);
  }

  /// S2: the heaviest set of tasks that nothing orders withdraws no more than can be spared.
  void minimums() {
    std::map<model::RequestRef, std::vector<const TaskSteps *>> withdrawing;
    for (const auto &[id, task] : tasks)
      if (whole(task))
        for (const model::RequestRef &request : task.forbid->requests)
          withdrawing[request].push_back(&task);
    // Request kinds that the same tasks withdraw need one proof.
    std::set<std::pair<std::string, std::vector<const TaskSteps *>>> proven;
    for (const auto &[request, users] : withdrawing) {
      if (!proven.insert({request.application, users}).second)
        continue;
      const model::ApplicationPolicy *policy = documents.servers.application(request.application);
      if (!policy) {
        add("the plan forbids {} of '{}', which the Server List does not have", request.id,
            request.application);
        continue;
      }
      auto [total, least] = minimumOf(documents.servers, *policy);
      std::vector<double> weights;
      for (const TaskSteps *task : users)
        weights.push_back(host(task->server) ? weightOn(*host(task->server), *policy) : 0);
      double away = heaviestAntichain(weights, [&, those = &users](std::size_t a, std::size_t b) {
        return after.isAfter((*those)[b]->forbid->id, (*those)[a]->permit->id);
      });
      if (total - away < least - 1e-9)
        add("S2: {} {} may be left with {:g} of {:g} and must keep {:g}", request.application,
            request.id, total - away, total, least);
    }
  }

  void order() {
    for (const model::OrderRule &rule : documents.change.order)
      firstHalf(rule);
    for (const model::OrderRule &rule : documents.change.order)
      for (const auto &[first, one] : tasks)
        for (const auto &[second, two] : tasks)
          if (whole(one) && whole(two) && one.installs.count(rule.before.component) &&
              two.installs.count(rule.after.component) &&
              !after.isAfter(two.forbid->id, one.permit->id))
            add("order: {} on {} may begin before {} on {} is done", rule.after.component,
                two.server, rule.before.component, one.server);
  }

  /// What has to be everywhere before is there already, where the change set does not bring it.
  void firstHalf(const model::OrderRule &rule) {
    const model::Upgrade *before = documents.change.upgrade(rule.before.component);
    if (before && before->leavesOld() && documents.change.upgrade(rule.after.component))
      add("order: {} is replaced, and some servers keep {} at {}", rule.after.component,
          rule.before.component, before->from);
    const model::Component *present = documents.components.component(rule.before.component);
    if (!documents.change.upgrade(rule.after.component) ||
        documents.change.upgrade(rule.before.component) || !present || present->version.empty())
      return;
    if (::strverscmp(present->version.c_str(), rule.before.version.c_str()) < 0)
      add("order: {} is replaced, and {} is not yet at {} but at {}", rule.after.component,
          rule.before.component, rule.before.version, present->version);
  }

  /// Where ONE is what its component becomes, OTHER is gone before, or never was.
  void apart(const model::ComponentVersion &one, const model::ComponentVersion &other) {
    const model::Upgrade *upgrade = documents.change.upgrade(one.component);
    if (!upgrade || upgrade->to != one.version)
      return;
    const model::Upgrade *second = documents.change.upgrade(other.component);
    const model::Component *present = documents.components.component(other.component);
    const bool stays =
        second
            ? second->to == other.version || (second->leavesOld() && second->from == other.version)
            : present && (present->version.empty() || present->version == other.version);
    if (stays)
      add("forbidTogether: the plan ends with {}@{} and {}@{}", one.component, one.version,
          other.component, other.version);
    if (!second || second->from != other.version)
      return;
    for (const auto &[id, begins] : tasks)
      for (const auto &[earlier, ends] : tasks)
        if (id != earlier && begins.installs.count(one.component) &&
            ends.installs.count(other.component) && whole(begins) && whole(ends) &&
            !after.isAfter(begins.forbid->id, ends.permit->id))
          add("forbidTogether: {}@{} on {} may meet {}@{} on {}", one.component, one.version,
              begins.server, other.component, other.version, ends.server);
  }

  void zones() {
    if (!documents.change.zonesOneAtATime)
      return;
    for (auto one = tasks.begin(); one != tasks.end(); ++one)
      for (auto two = std::next(one); two != tasks.end(); ++two) {
        const model::Server *a = host(one->second.server);
        const model::Server *b = host(two->second.server);
        if (a && b && a->zone != b->zone && whole(one->second) && whole(two->second) &&
            !ordered(one->second, two->second))
          add("zones: {} ({}) and {} ({}) may be withdrawn at the same time", a->name, a->zone,
              b->name, b->zone);
      }
  }

  /// Must TASK be over before GATE opens?
  bool isBefore(const model::Gate &gate, const TaskSteps &task) const {
    if (gate.after.starts_with("wave:"))
      return task.forbid->wave <= std::stoul(gate.after.substr(5));
    if (gate.after.starts_with("component:"))
      return task.installs.count(gate.after.substr(10)) > 0;
    return false;
  }

  /// Does STEP stand where GATE asks for a gate? Of the first server nothing but that some task is
  /// before it, and all of those on one server.
  bool stands(const Step &step, const model::Gate &gate) const {
    unsigned last = 0;
    std::set<std::string> servers;
    for (const auto &[id, task] : tasks) {
      if (!whole(task))
        continue;
      bool over = after.isAfter(step.id, task.permit->id);
      if (over) {
        servers.insert(task.server);
        last = std::max(last, task.forbid->wave);
      }
      if (isBefore(gate, task) && !over)
        return false;
    }
    if (servers.empty() || (gate.after == "first-server" && servers.size() != 1))
      return false;
    return std::all_of(tasks.begin(), tasks.end(), [&](const auto &entry) {
      const TaskSteps &task = entry.second;
      return !whole(task) || task.forbid->wave <= last || after.isAfter(task.forbid->id, step.id);
    });
  }

  void checkGate(const model::Gate &gate) {
    bool asked = gate.after == "first-server" && !tasks.empty();
    for (const auto &[id, task] : tasks)
      asked = asked || (whole(task) && isBefore(gate, task));
    bool there = std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step &step) {
      return step.action == StepAction::Gate && step.approve == gate.approve &&
             step.timeout.value_or(model::Milliseconds(0)) == gate.wait && stands(step, gate);
    });
    if (asked && !there)
      add("the gate after {} is missing, or not everything later waits for it", gate.after);
  }

  /// `wave` is one more than the number of tasks on the longest chain before the task.
  void waves() {
    std::map<std::string, unsigned> wave;
    unsigned most = 0;
    for (const auto &[id, task] : tasks)
      most = std::max(most, wave[id] = 1);
    // By step: the longest chain of tasks that are over when it begins, itself included.
    std::vector<unsigned> over(plan.steps.size());
    for (std::size_t at : after.order()) {
      const Step &step = plan.steps[at];
      for (std::size_t earlier : after.directlyBefore(at))
        over[at] = std::max(over[at], over[earlier]);
      auto task = tasks.find(step.task);
      if (task == tasks.end() || !whole(task->second))
        continue;
      if (task->second.forbid == &step)
        most = std::max(most, wave[step.task] = over[at] + 1);
      else if (task->second.permit == &step)
        over[at] = std::max(over[at], wave[step.task]);
    }
    for (const Step &step : plan.steps)
      if (step.action != StepAction::Gate && step.wave != wave[step.task])
        add("{} is said to be in wave {} and is in wave {}", step.id, step.wave, wave[step.task]);
    if (plan.summary.waves != most)
      add("the plan says that it has {} waves, and has {}", plan.summary.waves, most);
  }

  const model::Server *host(const std::string &name) const {
    auto place = hosts.find(name);
    return place != hosts.end() ? place->second : nullptr;
  }

  const model::Plan &plan;
  const Documents &documents;
  Needs needs;
  std::map<std::string, const model::Server *> hosts;
  std::map<std::string, std::vector<const model::QuiesceSet *>> quiesceOf;
  std::map<model::RequestRef, std::size_t> classOf; ///< Index into the plan's routing classes.
  std::map<std::string, TaskSteps> tasks;
  After after;
  std::vector<std::string> found;
};

} // namespace

std::vector<std::string> violations(const model::Plan &plan, const Documents &documents) {
  return Checker(plan, documents).run();
}

} // namespace ripple::check
