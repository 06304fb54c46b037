//===- HarmTest.cpp - One random harmful change, and check finds it -------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Each harm is one by what it does, not by what `check` says of it: a step that
// no longer comes after what it needs, a request that is not kept away, a task
// that would withdraw what cannot be spared. What a change moves is renumbered,
// so that the wave numbers do not give it away.
//
//===----------------------------------------------------------------------===//
#include "planner/Planning.h"
#include "planner/RandomInstance.h"
#include "planner/check/Check.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

using namespace ripple;
using namespace ripple::planner;
using model::Step;
using model::StepAction;

namespace {

/// `wave` and the summary as they follow from `after`.
void renumber(model::Plan &plan) {
  std::map<std::string, unsigned> tasksUpTo;
  for (bool changed = true; changed;) {
    changed = false;
    for (Step &step : plan.steps) {
      unsigned before = 0;
      for (const std::string &id : step.after)
        before = std::max(before, tasksUpTo[id]);
      const unsigned now = before + (step.action == StepAction::Forbid ? 1 : 0);
      changed |= std::exchange(tasksUpTo[step.id], now) != now;
    }
  }
  std::set<std::string> tasks;
  plan.summary.waves = 0;
  for (Step &step : plan.steps) {
    step.wave = std::max(1U, tasksUpTo[step.id]);
    if (step.action != StepAction::Forbid)
      continue;
    plan.summary.waves = std::max(plan.summary.waves, step.wave);
    tasks.insert(step.task);
  }
  plan.summary.tasks = static_cast<unsigned>(tasks.size());
  plan.summary.lowerBound = std::min(plan.summary.lowerBound, plan.summary.waves);
}

class Harm {
public:
  Harm(const Inputs &inputs, model::Plan &plan, std::mt19937 &random)
      : inputs(inputs), plan(plan), random(random) {}

  /// Does one harmful change and says which; "" where the one that was drawn is none here.
  std::string doOne() {
    using Change = std::string (Harm::*)();
    constexpr std::array<Change, 12> changes{
        &Harm::moveStep,     &Harm::leaveStepOut,  &Harm::leaveRequestOut, &Harm::leaveTaskOut,
        &Harm::moveTask,     &Harm::leaveAwaitOut, &Harm::leaveGateOut,    &Harm::moveToServer,
        &Harm::changeCopied, &Harm::ignoreOrder,   &Harm::moveNoReturn,    &Harm::changeLedger};
    const std::string done = (this->*changes[any(changes.size())])();
    if (!done.empty())
      renumber(plan);
    return done;
  }

private:
  std::size_t any(std::size_t below) { return random() % below; }

  /// A random one of the steps that ISONE; null where there is none.
  template <typename IsOne> Step *pick(IsOne isOne) {
    std::vector<Step *> some;
    for (Step &step : plan.steps)
      if (isOne(step))
        some.push_back(&step);
    return some.empty() ? nullptr : some[any(some.size())];
  }

  Step &named(const std::string &id) {
    return *std::find_if(plan.steps.begin(), plan.steps.end(),
                         [&](const Step &step) { return step.id == id; });
  }

  static bool isInside(const Step &step) {
    return step.action != StepAction::Gate && step.action != StepAction::Forbid;
  }

  /// A step no longer waits for the one before it in its task, but for what that one waits for, or
  /// for nothing: then nothing waits for that one, or this one is too early.
  std::string moveStep() {
    Step *step = pick(isInside);
    if (any(2) == 0)
      step->after = named(step->after.at(0)).after;
    else
      step->after.clear();
    return step->id + " moved";
  }

  std::string leaveStepOut() {
    Step *step = pick(isInside);
    const std::string id = step->id;
    const std::vector<std::string> after = step->after;
    std::erase_if(plan.steps, [&](const Step &one) { return one.id == id; });
    for (Step &one : plan.steps)
      if (std::erase(one.after, id))
        one.after.insert(one.after.end(), after.begin(), after.end());
    return id + " left out";
  }

  /// Of everything, or of the forbid, the permit or the quiesce sets alone.
  std::string leaveRequestOut() {
    Step *forbid = pick([](const Step &step) {
      return step.action == StepAction::Forbid && !step.requests.empty();
    });
    if (!forbid)
      return {};
    const std::string task = forbid->task;
    const model::RequestRef gone = forbid->requests[any(forbid->requests.size())];
    const std::size_t where = any(4);
    for (Step &step : plan.steps)
      if (step.task == task && ((step.action == StepAction::Forbid && where != 1 && where != 2) ||
                                (step.action == StepAction::Permit && where != 2 && where != 3)))
        std::erase(step.requests, gone);
    for (model::QuiesceSet &set : plan.quiesce)
      if (set.task == task && set.application == gone.application && where % 2 == 0)
        std::erase(set.requests, gone.id);
    return gone.id + " of " + task + " left out (" + std::to_string(where) + ")";
  }

  std::string leaveTaskOut() {
    const std::string task = pick(isInside)->task;
    std::vector<std::string> before;
    for (const Step &step : plan.steps)
      if (step.task == task && step.action == StepAction::Forbid)
        before = step.after;
    std::erase_if(plan.steps, [&](const Step &step) { return step.task == task; });
    std::erase_if(plan.quiesce, [&](const model::QuiesceSet &set) { return set.task == task; });
    for (Step &step : plan.steps)
      if (std::erase(step.after, task + "/permit"))
        step.after.insert(step.after.end(), before.begin(), before.end());
    return task + " left out";
  }

  std::string leaveAwaitOut() {
    Step *await = pick([](const Step &step) { return step.action == StepAction::Await; });
    const std::string gone = await->components.at(any(await->components.size()));
    std::erase(await->components, gone);
    return gone + " is not awaited by " + await->id;
  }

  /// The plan says that there is a way back where there is none, or the other way round.
  std::string moveNoReturn() {
    auto hasWayBack = [&](const Step &step) {
      return step.action == StepAction::Install && !plan.upgrade(step.component)->rollback.empty();
    };
    if (plan.pointOfNoReturn && any(2) == 0) {
      if (any(2) == 0) {
        plan.pointOfNoReturn.reset();
        return "the point of no return left out";
      }
      const auto which = static_cast<std::ptrdiff_t>(any(plan.pointsOfNoReturn.size()));
      const std::string gone = plan.pointsOfNoReturn[static_cast<std::size_t>(which)];
      plan.pointsOfNoReturn.erase(plan.pointsOfNoReturn.begin() + which);
      return gone + " left out of the points of no return";
    }
    const Step *other = pick(hasWayBack);
    if (!other)
      return {};
    if (any(2) == 0) {
      plan.pointsOfNoReturn.push_back(other->id);
      return other->id + " said to be a point of no return";
    }
    plan.pointOfNoReturn = other->id;
    return "the point of no return moved to " + other->id;
  }

  /// The ledger lacks two versions that meet, says it of two that do not, or of other waves.
  std::string changeLedger() {
    if (plan.mixedVersions.empty())
      return {};
    const std::size_t which = any(plan.mixedVersions.size());
    model::MixedVersions &row = plan.mixedVersions[which];
    switch (any(3)) {
    case 0:
      plan.mixedVersions.erase(plan.mixedVersions.begin() + static_cast<std::ptrdiff_t>(which));
      return "two versions left out of the ledger";
    case 1:
      row.second.version += "x";
      return "the ledger names another version";
    default:
      ++row.toWave;
      return "the ledger names another wave";
    }
  }

  std::string leaveGateOut() {
    Step *gate = pick([](const Step &step) { return step.action == StepAction::Gate; });
    if (!gate)
      return {};
    // What it came after is waited for all the same: only the gate is gone.
    const std::string id = gate->id;
    const std::vector<std::string> after = gate->after;
    std::erase_if(plan.steps, [&](const Step &step) { return step.id == id; });
    for (Step &step : plan.steps)
      if (std::erase(step.after, id))
        step.after.insert(step.after.end(), after.begin(), after.end());
    return id + " left out";
  }

  /// A task is done on another server than the one that it is for.
  std::string moveToServer() {
    const std::string task = pick(isInside)->task;
    const std::string to = plan.servers[any(plan.servers.size())].name;
    bool moved = false;
    for (Step &step : plan.steps)
      if (step.task == task)
        moved |= std::exchange(step.server, to) != to;
    for (model::QuiesceSet &set : plan.quiesce)
      if (set.task == task)
        set.server = to;
    return moved ? task + " moved to " + to : std::string();
  }

  std::string changeCopied() {
    switch (any(5)) {
    case 4:
      if (plan.order.empty())
        return {};
      plan.order.pop_back();
      return "a rule less";
    case 0:
      plan.upgrades[any(plan.upgrades.size())].to = "3";
      return "another version";
    case 1: {
      model::Minimum &minimum = plan.applications[any(plan.applications.size())].policy.minimum;
      if (minimum.value == 0)
        return {};
      minimum.value = 0;
      return "a minimum of 0";
    }
    case 2:
      for (model::Server &server : plan.servers)
        for (model::HostedApplication &hosted : server.applications) {
          hosted.capacity *= 2;
          return "twice the capacity";
        }
      return {};
    default:
      ++plan.abortBudget;
      return "another abort budget";
    }
  }

  /// A server too many: a task begins with an earlier wave, which has no room for it.
  std::string moveTask() {
    Step *forbid =
        pick([](const Step &step) { return step.action == StepAction::Forbid && step.wave > 1; });
    if (!forbid)
      return {};
    const auto to = static_cast<unsigned>(1 + any(forbid->wave - 1));
    Step *there = pick(
        [&](const Step &step) { return step.action == StepAction::Forbid && step.wave == to; });
    bool isHarm = false;
    for (unsigned wave = to; wave < forbid->wave; ++wave)
      isHarm |= hasNoRoom(wave, *forbid);
    if (!isHarm)
      return {};
    forbid->after = there->after;
    return forbid->task + " begins with wave " + std::to_string(to);
  }

  /// Nothing orders FORBID's task and the tasks of WAVE any longer, nor those among each other.
  bool hasNoRoom(unsigned wave, const Step &forbid) const {
    std::map<model::RequestRef, double> away;
    const model::Server &host = *inputs.servers.server(forbid.server);
    for (const Step &other : plan.steps) {
      if (other.action != StepAction::Forbid || other.wave != wave)
        continue;
      if (other.server == forbid.server ||
          (inputs.change.zonesOneAtATime && inputs.servers.server(other.server)->zone != host.zone))
        return true;
      for (const model::RequestRef &request : other.requests)
        away[request] += weight(request.application, other.server);
    }
    return std::any_of(
        forbid.requests.begin(), forbid.requests.end(), [&](const model::RequestRef &request) {
          const double here = weight(request.application, forbid.server);
          const model::ApplicationPolicy &policy = *inputs.servers.application(request.application);
          return here > 0 && away[request] + here > spareOf(inputs.servers, policy).spare() + 1e-6;
        });
  }

  double weight(const std::string &application, const std::string &server) const {
    for (const model::HostedApplication &hosted : inputs.servers.server(server)->applications)
      if (hosted.name == application)
        return weightOf(*inputs.servers.application(application), hosted);
    return 0;
  }

  /// What has to be everywhere before need not be at one server.
  std::string ignoreOrder() {
    std::vector<std::pair<std::string, std::string>> rules; // what comes first, and what second
    for (const model::OrderRule &rule : inputs.change.order)
      rules.emplace_back(rule.before.component, rule.after.component);
    for (const model::DistanceRule &rule : inputs.change.versionDistance)
      rules.emplace_back(rule.of, rule.component);
    if (rules.empty())
      return {};
    const auto &[before, after] = rules[any(rules.size())];
    auto installs = [](const std::string &component) {
      return [&component](const Step &step) {
        return step.action == StepAction::Install && step.component == component;
      };
    };
    const Step *first = pick(installs(before));
    const Step *second = pick(installs(after));
    if (!first || !second)
      return {};
    named(second->task + "/forbid").after.clear();
    return second->task + " does not wait for " + first->task;
  }

  const Inputs &inputs;
  model::Plan &plan;
  std::mt19937 &random;
};

} // namespace

TEST(Harm, OneRandomHarmfulChangeToEachOfTenThousandPlansIsFound) {
  constexpr unsigned plansLeast = 10'000;
  unsigned harmed = 0, serverTooMany = 0;
  for (unsigned seed = 1; harmed < plansLeast; ++seed) {
    const planner::random::Instance instance(seed);
    auto plan = makePlan(instance.inputs);
    if (!plan || plan->steps.empty())
      continue;
    std::mt19937 random(seed);
    const std::string done = Harm(instance.inputs, *plan, random).doOne();
    if (done.empty())
      continue;
    ++harmed;
    serverTooMany += done.find(" begins with wave ") != std::string::npos ? 1 : 0;
    EXPECT_FALSE(check::violations(*plan, {instance.inputs.components, instance.inputs.servers,
                                           instance.inputs.change})
                     .empty())
        << "seed " << seed << ": " << done;
  }
  EXPECT_GT(serverTooMany, plansLeast / 50); // The one that needs room to be made.
}
