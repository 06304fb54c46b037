//===- AgentConfig.cpp - `ripple.agent` -----------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "model/AgentConfig.h"

#include "model/Reader.h"
#include "model/Records.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <regex>

using namespace ripple::model;

namespace {

bool isAbsolute(const std::string &path) { return !path.empty() && path.front() == '/'; }

/// PATH as BASE sees it; "" stays "".
std::string below(const std::string &base, const std::string &path) {
  if (path.empty() || isAbsolute(path))
    return path;
  return (std::filesystem::path(base) / path).lexically_normal().string();
}

void readCommand(ObjectReader &object, std::string_view key, std::vector<std::string> &out) {
  object.nonEmpty(key, out, Text::Any);
  if (!out.empty() && !isAbsolute(out[0]))
    object.value().mistake({key}, "the program '" + out[0] + "' is not an absolute path",
                           "write where it is: no shell and no search path is used");
}

void readEnvironment(ObjectReader &object, std::map<std::string, std::string> &out) {
  const Node *node = object.take("environment");
  if (!node)
    return;
  Value value(*node, object.value(), "environment");
  if (!value.is(Node::Kind::Object, "a mapping"))
    return;
  for (const Member &member : node->members()) {
    if (member.key.empty() ||
        member.key.find_first_of(std::string_view("=\0", 2)) != member.key.npos)
      value.mistake({member.key}, "is no name of a variable", "leave out '=' and NUL");
    read(Value(member.value, value, member.key), out[std::string(member.key)], Text::Any);
  }
}

void readSignal(ObjectReader &object, std::string_view key, int &out) {
  static constexpr int Signals[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGKILL};
  if (const Node *node = object.take(key))
    if (auto index = readWord(Value(*node, object.value(), key),
                              {"TERM", "INT", "QUIT", "HUP", "USR1", "USR2", "KILL"}))
      out = Signals[*index];
}

void readReady(ObjectReader &object, std::string &out) {
  if (!object.optional("ready", out))
    return;
  static const std::regex Http(
      R"(http://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([1-9][0-9]{0,4})(/[!-~]*)?)");
  std::smatch match;
  if (out.rfind("https://", 0) == 0)
    object.value().mistake({"ready"}, "a ready check by https is not available yet",
                           "give an http:// URL on the loopback interface");
  else if (!std::regex_match(out, match, Http) || std::stoi(match[2]) > 65'535)
    object.value().mistake({"ready"}, "'" + out + "' is not a URL that can be asked",
                           "write http://HOST:PORT/PATH");
}

void readUnit(ObjectReader &object, SupervisedProcess &out) {
  static const std::regex Service(R"([A-Za-z0-9:_.\\@-]+\.service)");
  object.required("unit", out.unit);
  if (!out.unit.empty() && (out.unit[0] == '-' || !std::regex_match(out.unit, Service)))
    object.value().mistake({"unit"}, "'" + out.unit + "' is no service of systemd",
                           "write its whole name: shop@1.service");
  for (const char *key : {"name", "command", "environment", "directory", "stopSignal", "autostart"})
    if (object.take(key))
      object.value().mistake({key}, "a unit of systemd has its own",
                             "leave it out here; the unit's name is its name");
  out.name = out.unit;
}

} // namespace

namespace ripple::model {

static void read(const Value &value, SupervisedProcess &out) {
  ObjectReader object(value);
  if (!object.isObject())
    return;
  object.required("application", out.application, Text::Name);
  object.optional("stopTimeout", out.stopTimeout);
  readReady(object, out.ready);
  object.optional("readyTimeout", out.readyTimeout);
  if (value.node().find("unit"))
    return readUnit(object, out);
  object.required("name", out.name, Text::Name);
  readCommand(object, "command", out.command);
  readEnvironment(object, out.environment);
  object.optional("directory", out.directory);
  readSignal(object, "stopSignal", out.stopSignal);
  object.optional("autostart", out.autostart);
}

static void readVersionPattern(ObjectReader &object, std::string &out) {
  if (!object.optional("version", out))
    return;
  try {
    if (std::regex(out).mark_count() < 1)
      object.value().mistake({"version"}, "the expression has no group",
                             "put the version into parentheses: 'pricing-(.*)\\.so'");
  } catch (const std::regex_error &) {
    object.value().mistake({"version"}, "'" + out + "' is not a regular expression",
                           "write an ECMAScript one, as 'pricing-(.*)\\.so'");
  }
}

static void readInstalled(const Value &value, ObservedComponent &out) {
  ObjectReader object(value);
  if (!object.isObject())
    return;
  int ways = object.optional("symlink", out.symlink);
  if (value.node().find("run")) {
    ++ways;
    readCommand(object, "run", out.run);
  }
  ways += object.optional("package", out.package);
  readVersionPattern(object, out.version);
  if (ways != 1)
    value.mistake("must have exactly one of 'symlink', 'run' and 'package'",
                  "say how the installed version is found");
  if (!out.version.empty() && out.symlink.empty())
    value.mistake({"version"}, "goes with 'symlink' only",
                  "let the program of 'run' print the version alone");
}

static void read(const Value &value, SignedPlans &out) {
  ObjectReader object(value);
  object.required("cluster", out.cluster, Text::Name);
  object.nonEmpty("keys", out.keys);
}

static void read(const Value &value, ObservedComponent &out) {
  ObjectReader object(value);
  if (!object.isObject())
    return;
  object.required("id", out.id);
  object.optional("file", out.file);
  if (const Node *installed = object.take("installed"))
    readInstalled(Value(*installed, value, "installed"), out);
  else
    object.missing("installed");
}

} // namespace ripple::model

namespace {

void readTls(ObjectReader &object, AgentConfig &out) {
  object.optional("tls", out.tls);
  bool https = std::ranges::any_of(out.listen, [](const Address &a) { return !a.isUnix(); });
  if (https && !out.tls)
    object.value().mistake({"listen"}, "an https address needs 'tls'",
                           "give 'tls' with 'certificate', 'key' and 'authority'");
  if (!https && out.tls && !out.listen.empty())
    object.value().mistake({"tls"}, "goes with an https address only",
                           "add https://HOST:PORT to 'listen'");
}

void readAllow(ObjectReader &object, AgentConfig &out) {
  std::vector<std::string> programs;
  if (!object.optionalSet("allow", programs))
    return;
  for (std::size_t i = 0; i < programs.size(); ++i)
    if (!isAbsolute(programs[i]))
      object.value().mistake({"allow", i}, "'" + programs[i] + "' is not an absolute path",
                             "write where the program is");
  out.allow = std::move(programs);
}

void readRouters(ObjectReader &object, std::vector<Router> &out) {
  object.optional("routers", out);
  for (std::size_t i = 0; i < out.size(); ++i)
    if (!out[i].agent.empty())
      object.value().mistake({"routers", i, "agent"}, "this agent reaches its routers itself",
                             "say how: 'socket', 'url', or 'upstreams' and 'pidFile'");
}

void refuseSharedNames(const ObjectReader &object, const AgentConfig &out) {
  auto list = [&](std::string_view key, auto check) {
    if (const Node *node = object.value().node().find(key))
      check(Value(*node, object.value(), key));
  };
  list("processes", [&](const Value &value) {
    refuseDuplicates(
        value, out.processes, "name", [](const SupervisedProcess &p) { return p.name; },
        "give each process a name of its own");
  });
  list("routers", [&](const Value &value) {
    refuseDuplicates(
        value, out.routers, "name", [](const Router &r) { return r.name; },
        "give each router its own name");
  });
  list("components", [&](const Value &value) {
    refuseDuplicates(
        value, out.components, "id", [](const ObservedComponent &c) { return c.id; },
        "say once how its version is found");
  });
}

/// Makes every path absolute.
void resolvePaths(const std::string &folder, AgentConfig &out) {
  out.root = below(folder, out.root);
  if (out.tls)
    resolvePaths(folder, *out.tls);
  if (out.signedPlans)
    for (std::string &key : out.signedPlans->keys)
      key = below(folder, key);
  out.state = below(folder, out.state);
  out.gateDirectory = below(folder, out.gateDirectory);
  for (auto &process : out.processes)
    process.directory = process.directory.empty() ? out.root : below(out.root, process.directory);
  for (auto &component : out.components) {
    component.symlink = below(out.root, component.symlink);
    component.file = below(out.root, component.file);
  }
}

void readBody(ObjectReader &object, const std::string &folder, AgentConfig &out) {
  object.required("server", out.server, Text::Name);
  readListen(object, out.listen);
  readTls(object, out);
  object.required("state", out.state);
  object.optional("root", out.root);
  object.required("gateDirectory", out.gateDirectory);
  object.optional("processes", out.processes);
  object.optional("components", out.components);
  readRouters(object, out.routers);
  readAllow(object, out);
  object.optional("signedPlans", out.signedPlans);
  if (object.optional("systemctl", out.systemctl) && !isAbsolute(out.systemctl))
    object.value().mistake({"systemctl"}, "'" + out.systemctl + "' is not an absolute path");
  object.optional("stopProcesses", out.stopProcesses);
  refuseSharedNames(object, out);
  resolvePaths(folder, out);
  resolveListen(object, folder, out.listen);
}

} // namespace

const Address *AgentConfig::socket() const {
  auto at = std::ranges::find_if(listen, &Address::isUnix);
  return at == listen.end() ? nullptr : &*at;
}

const SupervisedProcess *AgentConfig::process(std::string_view name) const {
  auto at = std::ranges::find(processes, name, &SupervisedProcess::name);
  return at == processes.end() ? nullptr : &*at;
}

const ObservedComponent *AgentConfig::component(std::string_view id) const {
  auto at = std::ranges::find(components, id, &ObservedComponent::id);
  return at == components.end() ? nullptr : &*at;
}

Result<AgentConfig> ripple::model::parseAgentConfig(std::string_view text,
                                                    const std::string &file) {
  auto folder = std::filesystem::absolute(file).parent_path().string();
  return parseDocument<AgentConfig>(
      text, file, "ripple.agent",
      [&](ObjectReader &object, AgentConfig &out) { readBody(object, folder, out); });
}

Result<AgentConfig> ripple::model::readAgentConfig(const std::string &file) {
  return readDocument<AgentConfig>(file, parseAgentConfig);
}
