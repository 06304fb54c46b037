//===- ScriptText.cpp - Plans for tests, in a line a thing -----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/sim/ScriptText.h"

#include <iterator>
#include <sstream>

namespace ripple::agent::sim {

using namespace core;

std::string ScriptText::add(const std::string &line) {
  std::istringstream in(line);
  std::vector<std::string> words{std::istream_iterator<std::string>(in), {}};
  if (words[0] == "servers") {
    servers.assign(words.begin() + 1, words.end());
  } else if (words[0] == "budget") {
    made.abortBudget = static_cast<unsigned>(std::stoul(words[1]));
  } else if (words[0] == "order") {
    made.order.emplace_back(words[1], words[2]);
  } else if (words[0] == "class") {
    RouteClass routeClass{words[1], words[1].substr(0, words[1].find('.')), "edge", words[1]};
    routeClass.need.value = std::stod(words[3]);
    if (std::size_t at = line.find(" requests "); at != std::string::npos)
      routeClass.requests.push_back(line.substr(at + 10));
    for (const std::string &server : servers)
      routeClass.members.push_back({server, 1});
    made.classes.push_back(std::move(routeClass));
  } else if (words[0] == "gate") {
    GateStep gate{words[1], {}, 0, words[2] == "approve"};
    std::size_t at = gate.approve ? 4 : 5;
    if (!gate.approve)
      gate.waitMs = std::stoul(words[3]);
    gate.after.assign(words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
    made.gates.push_back(std::move(gate));
  } else {
    return addTask(words);
  }
  return {};
}

std::string ScriptText::addTask(const std::vector<std::string> &words) {
  Task task{words[1], words[2]};
  bool process = words[3] == "process", beside = words[3] == "beside";
  task.components.push_back({words[4], words[5], words[6], 1});
  task.forbidStep = task.id + "/forbid";
  task.awaitStep = task.id + "/await";
  task.permitStep = task.id + "/permit";
  task.quiesceTimeoutMs = 2000;
  std::string what;
  for (std::size_t i = 7; i < words.size(); ++i) {
    if (words[i] == "classes" || words[i] == "after")
      what = words[i];
    else if (words[i] == "norollback")
      task.components[0].rollbackActions = 0;
    else if (what == "after")
      task.forbidAfter.push_back(words[i]);
    else
      for (std::size_t c = 0; c < made.classes.size(); ++c)
        if (made.classes[c].id == words[i])
          task.classes.push_back(c);
  }
  if (task.classes.empty() != beside)
    return "task " + task.id + " has no classes, or phases in and has some\n";
  std::string component = words[4], app = made.classes[0].application;
  if (!beside) {
    app = made.classes[task.classes[0]].application;
    task.seals.push_back({app, {process ? app : component}});
  }
  auto step = [&](const std::string &name) { return task.id + "/" + name; };
  task.items.push_back(
      {Item::Kind::Install, component, 0, "", "", step("install/" + component), true, {}});
  if (process)
    task.items.push_back({Item::Kind::Restart, "", 0, app, app, step("restart"), true, {}});
  task.items.push_back(
      {Item::Kind::Check, component, 0, "", "", step("check/" + component), true, {}});
  made.tasks.push_back(std::move(task));
  return {};
}

} // namespace ripple::agent::sim
