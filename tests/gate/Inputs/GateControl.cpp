//===- GateControl.cpp - The agent's library on a command line ------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// GateControl DIRECTORY: takes commands from standard input, a line each, and
// answers each with a line of JSON: `gates`, `sessions`, `wait MS`,
// `drain|count|seal|unseal APPLICATION COMPONENT`, `swap PLUGIN PATH`.
//
//===----------------------------------------------------------------------===//
#include "agent/session/GateControl.h"

#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace ripple;
using namespace ripple::agent;
using nlohmann::json;

namespace {

json toJson(const model::Session &session) {
  return {{"id", session.id},
          {"session", session.session ? json(*session.session) : json()},
          {"request", session.request},
          {"pid", session.pid},
          {"startedMsAgo", session.startedMsAgo},
          {"uses", session.uses},
          {"mayUse", session.mayUse},
          {"late", session.late},
          {"held", session.held}};
}

json toJson(const std::vector<model::Session> &sessions) {
  json all = json::array();
  for (const model::Session &session : sessions)
    all.push_back(toJson(session));
  return all;
}

json toJson(const Quiescence &found) {
  return {{"sealed", found.sealed},
          {"active", found.active},
          {"held", found.held},
          {"gates", found.gates},
          {"holders", toJson(found.holders)}};
}

json gates(const SessionList &list) {
  json all = json::array();
  for (const GateState &gate : list.gates()) {
    json plugins = json::object();
    for (const GatePlugin &plugin : gate.plugins)
      plugins[plugin.name] = plugin.path;
    all.push_back({{"application", gate.application},
                   {"pid", gate.pid},
                   {"table", toString(gate.table)},
                   {"readable", gate.readable},
                   {"active", gate.active},
                   {"held", gate.held},
                   {"plugins", plugins}});
  }
  return all;
}

json swapped(const tl::expected<std::string, std::string> &result) {
  return {{"done", result.has_value()}, {"message", result ? *result : result.error()}};
}

json perform(SessionList &list, GateControl &control, std::istringstream words) {
  std::string command, first, second;
  words >> command >> first >> second;
  std::vector<Seal> seals{{first, {second}}};
  list.refresh();
  if (command == "gates")
    return gates(list);
  if (command == "sessions")
    return toJson(list.sessions());
  if (command == "wait")
    return list.waitActivity(std::chrono::milliseconds(std::stoi(first)));
  if (command == "drain")
    return toJson(control.drain(seals));
  if (command == "count")
    return toJson(control.count(seals));
  if (command == "seal")
    return toJson(control.seal(seals));
  if (command == "swap")
    return swapped(
        control.swapPlugin(first, second, PluginSwapMode::Closed, std::chrono::seconds(20)));
  if (command != "unseal")
    return "no such command";
  control.unseal(seals);
  return "open";
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 2)
    return 64;
  SessionList list(argv[1]);
  GateControl control(list);
  for (std::string line; std::getline(std::cin, line);)
    std::cout << perform(list, control, std::istringstream(line)) << std::endl;
  return 0;
}
