//===- Tasks.cpp - What has to be quiesced together -----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Changed components that one restart ends are one task. Plug-ins are tasks of
// their own, unless a restart takes their process anyway. Servers that host the
// same applications have the same tasks, which are worked out once.
//
//===----------------------------------------------------------------------===//
#include "planner/Planning.h"

#include <algorithm>
#include <set>

namespace ripple::planner {

namespace {

using model::RestartDomain;

/// By changed component.
using Impacts = std::map<std::string, Impact>;

Impacts impactsOf(const Inputs &inputs, const model::ChangeSet &change) {
  Impacts impacts;
  for (const model::Upgrade &upgrade : change.upgrades)
    impacts.try_emplace(upgrade.component, inputs, upgrade.component);
  return impacts;
}

/// One changed component on one server, or several that one restart joins.
struct Draft {
  std::set<std::string> components;
  std::set<std::string> restarted; ///< Applications whose processes are started again.
  bool wholeServer = false;
  bool phasedIn = false; ///< The new version is loaded beside the old one: nothing is kept away.
};

class Drafts {
public:
  Drafts(const Inputs &inputs, const model::ChangeSet &change, const Impacts &impacts,
         const model::Server &server)
      : inputs(inputs), change(change), impacts(impacts), server(server) {}

  std::vector<Draft> run() {
    for (const model::Upgrade &upgrade : change.upgrades)
      add(upgrade);
    return std::move(drafts);
  }

private:
  void add(const model::Upgrade &upgrade) {
    if (!upgrade.isFor(server.name))
      return;
    const Impact &impact = impacts.at(upgrade.component);
    std::set<std::string> loading;
    for (const model::HostedApplication &hosted : server.applications)
      if (const auto *application = inputs.components.application(hosted.name))
        if (impact.loads(*application))
          loading.insert(hosted.name);
    if (loading.empty())
      return;
    Draft draft;
    draft.components = {upgrade.component};
    RestartDomain domain = domainOf(inputs, upgrade);
    if (domain == RestartDomain::Process)
      draft.restarted = loading;
    if (domain == RestartDomain::Server) {
      draft.wholeServer = true;
      for (const model::HostedApplication &hosted : server.applications)
        draft.restarted.insert(hosted.name);
    }
    draft.phasedIn = upgrade.phaseIn && domain == RestartDomain::Plugin;
    // A plug-in joins the restart of a process that has it.
    draftLoads[upgrade.component] = loading;
    join(std::move(draft));
  }

  std::set<std::string> loadedBy(const Draft &draft) const {
    std::set<std::string> all;
    for (const std::string &component : draft.components)
      all.insert(draftLoads.at(component).begin(), draftLoads.at(component).end());
    return all;
  }

  static bool meet(const std::set<std::string> &a, const std::set<std::string> &b) {
    return std::any_of(a.begin(), a.end(), [&](const auto &name) { return b.count(name) > 0; });
  }

  bool belongTogether(const Draft &a, const Draft &b) const {
    return a.wholeServer || b.wholeServer || meet(a.restarted, b.restarted) ||
           meet(a.restarted, loadedBy(b)) || meet(b.restarted, loadedBy(a));
  }

  void join(Draft draft) {
    for (std::size_t i = 0; i < drafts.size();) {
      if (!belongTogether(draft, drafts[i])) {
        ++i;
        continue;
      }
      draft.phasedIn = false; // A restart ends the old one anyway.
      draft.components.insert(drafts[i].components.begin(), drafts[i].components.end());
      draft.restarted.insert(drafts[i].restarted.begin(), drafts[i].restarted.end());
      draft.wholeServer |= drafts[i].wholeServer;
      drafts.erase(drafts.begin() + static_cast<long>(i));
      i = 0; // What has grown may now meet one that it did not meet before.
    }
    drafts.push_back(std::move(draft));
  }

  const Inputs &inputs;
  const model::ChangeSet &change;
  const Impacts &impacts;
  const model::Server &server;
  std::vector<Draft> drafts;
  std::map<std::string, std::set<std::string>> draftLoads;
};

void sortReasons(model::QuiesceSet &set) {
  std::sort(set.reasons.begin(), set.reasons.end(), [](const auto &a, const auto &b) {
    return std::tie(a.request, a.component) < std::tie(b.request, b.component);
  });
}

/// The request kinds of one application that DRAFT keeps away, with the reasons; of any server.
model::QuiesceSet quiesceOf(const Impacts &impacts, const Draft &draft,
                            const model::Application &application) {
  model::QuiesceSet set;
  set.components = {draft.components.begin(), draft.components.end()};
  set.application = application.name;
  bool restarted = draft.restarted.count(application.name) > 0;
  for (const std::string &component : draft.components) {
    bool loads = impacts.at(component).loads(application);
    ImpactOn impact(impacts.at(component), application);
    auto consider = [&](const std::string &id, const model::RequestKind *request) {
      if (const auto &touch = impact.touch(request))
        set.reasons.push_back({id, component, touch->why, touch->via});
      else if (restarted && (loads || draft.wholeServer))
        set.reasons.push_back({id, component, model::Why::RestartDomain, ""});
    };
    for (const model::RequestKind &request : application.requests)
      consider(request.id, &request);
    consider("other", nullptr);
  }
  std::set<std::string> ids;
  for (const model::QuiesceReason &reason : set.reasons)
    ids.insert(reason.request);
  // A kind that the router cannot tell from others comes with the class *other*.
  set.requests = {ids.begin(), ids.end()};
  sortReasons(set);
  return set;
}

/// What the tasks of servers that host the same applications have in common.
struct Pattern {
  Task task; ///< Of no server, and without restarts.
  std::set<std::string> restarted;
};

Pattern patternOf(const Inputs &inputs, const Impacts &impacts, const Draft &draft,
                  const model::Server &server) {
  Pattern pattern;
  pattern.task.components = {draft.components.begin(), draft.components.end()};
  pattern.task.phasedIn = draft.phasedIn;
  pattern.restarted = draft.restarted;
  for (const model::HostedApplication &hosted : server.applications)
    if (const auto *application = inputs.components.application(hosted.name);
        application && !draft.phasedIn) {
      model::QuiesceSet set = quiesceOf(impacts, draft, *application);
      if (!set.requests.empty())
        pattern.task.quiesce.push_back(std::move(set));
    }
  return pattern;
}

std::vector<Pattern> patternsOf(const Inputs &inputs, const model::ChangeSet &change,
                                const Impacts &impacts, const model::Server &server) {
  std::vector<Draft> drafts = Drafts(inputs, change, impacts, server).run();
  std::sort(drafts.begin(), drafts.end(),
            [](const Draft &a, const Draft &b) { return a.components < b.components; });
  std::vector<Pattern> patterns;
  for (const Draft &draft : drafts)
    patterns.push_back(patternOf(inputs, impacts, draft, server));
  return patterns;
}

Task taskOn(const Inputs &inputs, const model::Server &server, const Pattern &pattern) {
  Task task = pattern.task;
  task.server = server.name;
  for (model::QuiesceSet &set : task.quiesce)
    set.server = server.name;
  for (const model::HostedApplication &hosted : server.applications)
    if (pattern.restarted.count(hosted.name) && inputs.components.application(hosted.name))
      task.restarts.push_back(&hosted);
  return task;
}

/// Takes into SET what the router moves together with what is in it.
void widen(model::QuiesceSet &set, const std::vector<model::RoutingClass> &classes) {
  const std::set<std::string> ids(set.requests.begin(), set.requests.end());
  std::vector<std::string> more;
  for (const model::RoutingClass &one : classes) {
    auto isIn = [&](const std::string &id) { return ids.count(id) > 0; };
    if (one.application == set.application &&
        std::any_of(one.requests.begin(), one.requests.end(), isIn))
      std::copy_if(one.requests.begin(), one.requests.end(), std::back_inserter(more),
                   [&](const std::string &id) { return !isIn(id); });
  }
  for (const std::string &id : more)
    for (const std::string &component : set.components)
      set.reasons.push_back({id, component, model::Why::RoutingClass, ""});
  set.requests.insert(set.requests.end(), more.begin(), more.end());
  std::sort(set.requests.begin(), set.requests.end());
  sortReasons(set);
}

} // namespace

std::vector<Task> tasksOf(const Inputs &inputs) {
  std::vector<Task> tasks = tasksBeforeClasses(inputs, inputs.change);
  // Otherwise what has the same components moves together anyway.
  if (!inputs.classesFor && !inputs.maxClasses)
    return tasks;
  const std::vector<model::RoutingClass> classes = routingClasses(inputs);
  for (Task &task : tasks)
    for (model::QuiesceSet &set : task.quiesce)
      widen(set, classes);
  return tasks;
}

std::vector<Task> tasksBeforeClasses(const Inputs &inputs, const model::ChangeSet &change) {
  const Impacts impacts = impactsOf(inputs, change);
  // By what a server hosts, and which upgrades leave it out.
  std::map<std::vector<std::string>, std::vector<Pattern>> patternsFor;
  std::vector<Task> tasks;
  for (const model::Server &server : inputs.servers.servers) {
    std::vector<std::string> hosts;
    for (const model::HostedApplication &hosted : server.applications)
      hosts.push_back(hosted.name);
    for (const model::Upgrade &upgrade : change.upgrades)
      if (!upgrade.isFor(server.name))
        hosts.push_back("not " + upgrade.component);
    auto [found, isNew] = patternsFor.try_emplace(std::move(hosts));
    if (isNew)
      found->second = patternsOf(inputs, change, impacts, server);
    for (const Pattern &pattern : found->second)
      tasks.push_back(taskOn(inputs, server, pattern));
  }
  return tasks;
}

} // namespace ripple::planner
