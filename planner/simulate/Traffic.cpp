//===- Traffic.cpp - A plan and a load to numbers -------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/simulate/Traffic.h"

#include "model/Nearest.h"
#include "planner/Drains.h"
#include "planner/PlanView.h"

#include <algorithm>
#include <fmt/format.h>

namespace ripple::planner::simulate {

std::map<std::string, std::set<std::string>> kindsIn(const model::Plan &plan) {
  std::map<std::string, std::set<std::string>> kinds;
  for (const model::PlannedApplication &application : plan.applications)
    kinds[application.policy.name].insert("other");
  for (const RequestView &request : requestsIn(plan))
    kinds[request.application].insert(request.id);
  return kinds;
}

namespace {

/// More than these are not drawn one by one.
constexpr double ActiveMost = 1e7;

class Builder {
public:
  Builder(const model::Plan &plan, const model::Load &load, const std::string &file, Way way)
      : plan(plan), load(load), file(file), way(way) {}

  model::Result<Traffic> run() {
    addFlows();
    addCapacity();
    addDrains();
    groupFlows();
    numberPlaces();
    addSteps();
    if (mistakes.empty())
      refuseCircle();
    if (!mistakes.empty())
      return tl::make_unexpected(std::move(mistakes));
    return std::move(traffic);
  }

private:
  /// The flows of one application, by request kind; those that the plan does not know are *other*.
  struct Program {
    std::map<std::string, std::vector<unsigned>> flowsOf;
    double perSecond = 0;
    double capacity = 0;
  };

  void mistake(const std::string &where, std::string what, std::string remedy) {
    mistakes.push_back({{where, 0, {}}, std::move(what), std::move(remedy)});
  }

  void addFlows() {
    const auto kinds = kindsIn(plan);
    std::vector<std::string> names;
    for (const auto &[name, ids] : kinds)
      names.push_back(name);
    std::set<std::string> unknown;
    for (const model::RequestLoad &one : load.requests) {
      auto known = kinds.find(one.application);
      if (known == kinds.end()) {
        if (unknown.insert(one.application).second)
          refuseApplication(one.application, names);
        continue;
      }
      Program &program = programs[one.application];
      const std::string id = known->second.count(one.id) ? one.id : "other";
      program.flowsOf[id].push_back(static_cast<unsigned>(traffic.flows.size()));
      program.perSecond += one.perSecond;
      traffic.flows.push_back({one.perSecond, Durations(one.duration), 0});
    }
  }

  void refuseApplication(const std::string &name, const std::vector<std::string> &names) {
    const std::string near = model::nearest(name, std::span(names));
    mistake(file, fmt::format("the plan has no application '{}'", name),
            near.empty() ? "name one of the plan's" : fmt::format("did you mean '{}'?", near));
  }

  void addCapacity() {
    for (const model::Server &server : plan.servers) {
      servers[server.name] = &server;
      for (const model::HostedApplication &hosted : server.applications)
        programs[hosted.name].capacity += hosted.capacity;
    }
  }

  void addDrains() {
    const std::vector<TaskView> tasks = tasksIn(plan);
    const std::vector<std::size_t> joined = joinedTasks(tasks);
    std::set<std::string> told;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      if (joined[i] != i)
        continue;
      drainOf[tasks[i].id] = static_cast<unsigned>(traffic.drains.size());
      Drain &drain = traffic.drains.emplace_back();
      drain.task = tasks[i].id;
      drain.server = tasks[i].server;
      drain.wave = tasks[i].wave;
      std::map<std::string, unsigned> sets;
      for (std::size_t other = i; other < tasks.size(); ++other)
        if (joined[other] == i)
          join(drain, tasks[other], sets, told);
      for (const auto &[application, set] : sets)
        addAway(drain, application, set);
      refuseTooMany(drain);
    }
  }

  /// By task: the one in whose drain it is done as well. A program or server that is drained
  /// anyway is not drained again for the next task there.
  std::vector<std::size_t> joinedTasks(const std::vector<TaskView> &tasks) const {
    std::vector<DrainedTask> drained;
    for (const TaskView &task : tasks) {
      std::string place = way == Way::Plan ? task.id : task.server;
      if (way == Way::Programs)
        for (const model::QuiesceSet *set : task.quiesce)
          place += "\n" + set->application;
      drained.push_back({std::move(place), task.components});
    }
    return drainOfTask(drained, plan.order);
  }

  /// TASK is done in DRAIN, which keeps SETS away, by application.
  void join(Drain &drain, const TaskView &task, std::map<std::string, unsigned> &sets,
            std::set<std::string> &told) {
    double actions = 0;
    for (const model::Step *step : task.steps) {
      if (step->action == model::StepAction::Await && step->timeout)
        drain.timeout = std::max(drain.timeout, secondsOf(*step->timeout));
      actions += secondsOfAction(*step);
    }
    if (task.id != drain.task)
      joinedSeconds[drain.task] += actions;
    for (const auto &[application, set] : setsOf(task)) {
      if (programs[application].flowsOf.empty() && isQuiesced(task, application) &&
          told.insert(application).second)
        mistake(
            file,
            fmt::format("says nothing of '{}', whose requests the plan keeps away", application),
            "add how often its request kinds are asked for");
      sets[application] = set;
    }
  }

  static bool isQuiesced(const TaskView &task, const std::string &application) {
    return std::any_of(task.quiesce.begin(), task.quiesce.end(), [&](const model::QuiesceSet *set) {
      return set->application == application;
    });
  }

  /// By application: the number of the set that TASK keeps away.
  std::map<std::string, unsigned> setsOf(const TaskView &task) {
    std::map<std::string, unsigned> sets;
    if (way == Way::Servers)
      for (const model::HostedApplication &hosted : servers.at(task.server)->applications)
        sets[hosted.name] = setOf(hosted.name, nullptr);
    else
      for (const model::QuiesceSet *set : task.quiesce)
        sets[set->application] =
            setOf(set->application, way == Way::Plan ? &set->requests : nullptr);
    return sets;
  }

  /// The number of the set of REQUESTS (null: all) of APPLICATION.
  unsigned setOf(const std::string &application, const std::vector<std::string> *requests) {
    static const std::vector<std::string> all;
    auto [found, isNew] =
        setNumbers.try_emplace({application, requests == nullptr, requests ? *requests : all},
                               static_cast<unsigned>(traffic.sets.size()));
    if (isNew) {
      FlowSet &set = traffic.sets.emplace_back();
      for (const auto &[id, flows] : programs[application].flowsOf)
        if (!requests || std::count(requests->begin(), requests->end(), id))
          set.flows.insert(set.flows.end(), flows.begin(), flows.end());
      std::sort(set.flows.begin(), set.flows.end());
    }
    return found->second;
  }

  void addAway(Drain &drain, const std::string &application, unsigned set) {
    const Program &program = programs[application];
    double here = 0, all = 0, away = 0;
    for (const model::HostedApplication &hosted : servers.at(drain.server)->applications) {
      all += hosted.capacity;
      if (hosted.name == application)
        here += hosted.capacity;
    }
    for (unsigned flow : traffic.sets[set].flows)
      away += traffic.flows[flow].perSecond;
    const bool whole = traffic.sets[set].flows.size() == flowCount(program);
    // Not divided where it is all: what is withdrawn in full is 1 exactly.
    const double fraction = whole ? 1 : program.perSecond > 0 ? away / program.perSecond : 0;
    drain.share = all > 0 ? drain.share + fraction * here / all : 0;
    drain.away.push_back({set, program.capacity > 0 ? here / program.capacity : 0, {}});
  }

  static std::size_t flowCount(const Program &program) {
    std::size_t count = 0;
    for (const auto &[id, flows] : program.flowsOf)
      count += flows.size();
    return count;
  }

  void refuseTooMany(const Drain &drain) {
    double active = 0;
    for (const Away &away : drain.away)
      for (unsigned flow : traffic.sets[away.set].flows)
        active += traffic.flows[flow].perSecond * traffic.flows[flow].durations.mean() * away.part;
    if (active <= ActiveMost || !toldTooMany.insert(drain.server).second)
      return;
    mistake(
        file,
        fmt::format("{:.3g} requests are active at {} at a time, more than can be drawn ({:.0f})",
                    active, drain.server, ActiveMost),
        "look at perSecond and duration: is the unit right?");
  }

  /// Flows of the same sets are always away together.
  void groupFlows() {
    std::vector<std::vector<unsigned>> setsWith(traffic.flows.size());
    for (unsigned set = 0; set < traffic.sets.size(); ++set)
      for (unsigned flow : traffic.sets[set].flows)
        setsWith[flow].push_back(set);
    std::map<std::vector<unsigned>, unsigned> groupOf;
    for (std::size_t flow = 0; flow < traffic.flows.size(); ++flow)
      traffic.flows[flow].group =
          groupOf.try_emplace(setsWith[flow], static_cast<unsigned>(groupOf.size())).first->second;
    traffic.groups = static_cast<unsigned>(groupOf.size());
    for (FlowSet &set : traffic.sets) {
      std::set<unsigned> groups;
      for (unsigned flow : set.flows)
        groups.insert(traffic.flows[flow].group);
      set.groups = {groups.begin(), groups.end()};
    }
  }

  void numberPlaces() {
    std::map<std::pair<unsigned, std::string>, unsigned> numberOf;
    for (Drain &drain : traffic.drains)
      for (Away &away : drain.away)
        for (unsigned group : traffic.sets[away.set].groups)
          away.places.push_back(
              numberOf.try_emplace({group, drain.server}, static_cast<unsigned>(numberOf.size()))
                  .first->second);
    traffic.places = static_cast<unsigned>(numberOf.size());
  }

  void addSteps() {
    std::map<std::string_view, unsigned> numberOf;
    for (const model::Step &step : plan.steps) {
      numberOf[step.id] = static_cast<unsigned>(traffic.steps.size());
      traffic.steps.push_back(timed(step));
      // The first action of a drain takes as long as those of the tasks that are done with it.
      if (step.action == model::StepAction::Install)
        if (auto joined = joinedSeconds.find(step.task); joined != joinedSeconds.end())
          traffic.steps.back().seconds += std::exchange(joined->second, 0);
    }
    for (const model::Step &step : plan.steps)
      for (const std::string &before : step.after) {
        traffic.steps[numberOf.at(before)].before.push_back(numberOf.at(step.id));
        ++traffic.steps[numberOf.at(step.id)].waitsFor;
      }
  }

  TimedStep timed(const model::Step &step) const {
    using What = TimedStep::What;
    TimedStep made;
    auto drain = drainOf.find(step.task);
    if (drain != drainOf.end())
      made.drain = drain->second;
    else if (step.action != model::StepAction::Gate)
      return made; // Done in another one's drain, or of a task that withdraws nothing.
    made.seconds = secondsOfAction(step);
    if (step.action == model::StepAction::Gate)
      made.seconds = step.timeout ? secondsOf(*step.timeout) : 0;
    else if (step.action == model::StepAction::Forbid)
      made.what = What::Forbid;
    else if (step.action == model::StepAction::Await)
      made.what = What::Await;
    else if (step.action == model::StepAction::Permit)
      made.what = What::Permit;
    return made;
  }

  double secondsOfAction(const model::Step &step) const {
    switch (step.action) {
    case model::StepAction::Install:
      return secondsOf(load.actions.install);
    case model::StepAction::Restart:
      return secondsOf(load.actions.restart);
    case model::StepAction::Check:
      return secondsOf(load.actions.check);
    default:
      return 0;
    }
  }

  void refuseCircle() {
    std::vector<unsigned> waits, ready;
    for (const TimedStep &step : traffic.steps) {
      if (step.waitsFor == 0)
        ready.push_back(static_cast<unsigned>(waits.size()));
      waits.push_back(step.waitsFor);
    }
    for (std::size_t at = 0; at < ready.size(); ++at)
      for (unsigned next : traffic.steps[ready[at]].before)
        if (--waits[next] == 0)
          ready.push_back(next);
    if (ready.size() < traffic.steps.size())
      mistake("the plan", "has steps that wait for each other", "`ripple check` says more");
  }

  using SetKey = std::tuple<std::string, bool, std::vector<std::string>>;

  const model::Plan &plan;
  const model::Load &load;
  const std::string &file;
  const Way way;
  Traffic traffic;
  std::map<std::string, Program> programs;
  std::map<std::string, const model::Server *> servers;
  std::map<std::string, unsigned> drainOf;     ///< By task, if it has one of its own.
  std::map<std::string, double> joinedSeconds; ///< By task: of the actions done in its drain.
  std::map<SetKey, unsigned> setNumbers;
  std::set<std::string> toldTooMany;
  model::Mistakes mistakes;
};

} // namespace

model::Result<Traffic> trafficOf(const model::Plan &plan, const model::Load &load,
                                 const std::string &loadFile, Way way) {
  return Builder(plan, load, loadFile, way).run();
}

std::vector<std::string> remarksOf(const model::Plan &plan, const model::Load &load) {
  std::vector<std::string> remarks;
  std::map<std::string, std::set<std::string>> asked;
  const auto kinds = kindsIn(plan);
  for (const model::RequestLoad &one : load.requests) {
    auto known = kinds.find(one.application);
    if (known != kinds.end() && !known->second.count(one.id))
      remarks.push_back(fmt::format("{}: the plan's router does not tell '{}' apart; it counts as "
                                    "other",
                                    one.application, one.id));
    asked[one.application].insert(one.id);
  }
  for (const auto &[application, ids] : kinds) {
    const auto silent = std::count_if(ids.begin(), ids.end(), [&](const std::string &id) {
      return !asked[application].count(id);
    });
    if (silent > 0)
      remarks.push_back(fmt::format("{}: the load says nothing of {} of {} request kinds; they are "
                                    "taken as never asked for",
                                    application, silent, ids.size()));
  }
  if (std::any_of(plan.steps.begin(), plan.steps.end(),
                  [](const model::Step &step) { return step.approve; }))
    remarks.emplace_back("approvals are taken as given at once");
  if (!plan.windows.empty())
    remarks.emplace_back("maintenance windows are taken as open");
  return remarks;
}

} // namespace ripple::planner::simulate
