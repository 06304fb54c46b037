//===- Tasks.cpp - What has to be quiesced together -----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Changed components that one restart ends are one task. Plug-ins are tasks of
// their own, unless a restart takes their process anyway.
//
//===----------------------------------------------------------------------===//
#include "planner/Planning.h"

#include <algorithm>
#include <set>

namespace ripple::planner {

namespace {

using model::RestartDomain;

/// One changed component on one server, or several that one restart joins.
struct Draft {
  std::set<std::string> components;
  std::set<std::string> restarted; ///< Applications whose processes are started again.
  bool wholeServer = false;
};

class Drafts {
public:
  Drafts(const Inputs &inputs, const model::Server &server) : inputs(inputs), server(server) {}

  std::vector<Draft> run() {
    for (const model::Upgrade &upgrade : inputs.change.upgrades)
      add(upgrade);
    return std::move(drafts);
  }

private:
  void add(const model::Upgrade &upgrade) {
    Impact impact(inputs.components, upgrade.component);
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
      draft.components.insert(drafts[i].components.begin(), drafts[i].components.end());
      draft.restarted.insert(drafts[i].restarted.begin(), drafts[i].restarted.end());
      draft.wholeServer |= drafts[i].wholeServer;
      drafts.erase(drafts.begin() + static_cast<long>(i));
      i = 0; // What has grown may now meet one that it did not meet before.
    }
    drafts.push_back(std::move(draft));
  }

  const Inputs &inputs;
  const model::Server &server;
  std::vector<Draft> drafts;
  std::map<std::string, std::set<std::string>> draftLoads;
};

/// The request kinds of one application that DRAFT keeps away, with the reasons.
model::QuiesceSet quiesceOf(const Inputs &inputs, const Draft &draft, const model::Server &server,
                            const model::Application &application) {
  model::QuiesceSet set;
  set.server = server.name;
  set.components = {draft.components.begin(), draft.components.end()};
  set.application = application.name;
  bool restarted = draft.restarted.count(application.name) > 0;
  for (const std::string &component : draft.components) {
    Impact impact(inputs.components, component);
    bool loads = impact.loads(application);
    auto consider = [&](const std::string &id, const model::RequestKind *request) {
      if (auto touch = impact.touch(application, request))
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
  std::sort(set.reasons.begin(), set.reasons.end(), [](const auto &a, const auto &b) {
    return std::tie(a.request, a.component) < std::tie(b.request, b.component);
  });
  return set;
}

Task taskOf(const Inputs &inputs, const Draft &draft, const model::Server &server) {
  Task task;
  task.server = server.name;
  task.components = {draft.components.begin(), draft.components.end()};
  for (const model::HostedApplication &hosted : server.applications) {
    const model::Application *application = inputs.components.application(hosted.name);
    if (!application)
      continue;
    model::QuiesceSet set = quiesceOf(inputs, draft, server, *application);
    if (!set.requests.empty())
      task.quiesce.push_back(std::move(set));
    if (draft.restarted.count(hosted.name))
      task.restarts.push_back(&hosted);
  }
  return task;
}

} // namespace

std::vector<Task> tasksOf(const Inputs &inputs) {
  std::vector<Task> tasks;
  for (const model::Server &server : inputs.servers.servers) {
    std::vector<Draft> drafts = Drafts(inputs, server).run();
    std::sort(drafts.begin(), drafts.end(),
              [](const Draft &a, const Draft &b) { return a.components < b.components; });
    for (const Draft &draft : drafts)
      tasks.push_back(taskOf(inputs, draft, server));
  }
  return tasks;
}

} // namespace ripple::planner
