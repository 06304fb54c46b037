//===- TranscriptTest.cpp - Protocol stories, as transcripts --------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Each file in tests/agent/transcripts is a story: commands, `----`, and all
// that then happens, with the time in milliseconds. A blank line ends an
// expectation. With RIPPLE_REWRITE=1 in the environment the expectations are
// written anew, for a person to read and approve.
//
//===----------------------------------------------------------------------===//
#include "agent/core/Describe.h"
#include "agent/sim/ScriptText.h"
#include "agent/sim/World.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

using namespace ripple::agent::core;
using namespace ripple::agent::sim;
namespace fs = std::filesystem;

namespace {

struct Block {
  std::string before; ///< Comments and blank lines.
  std::vector<std::string> commands;
  std::string expected;
};

std::vector<Block> readBlocks(const fs::path &file) {
  std::ifstream in(file);
  std::vector<Block> blocks(1);
  enum { Before, Commands, Expected } where = Before;
  for (std::string line; std::getline(in, line);) {
    if (where == Expected) {
      if (!line.empty()) {
        blocks.back().expected += line + "\n";
        continue;
      }
      blocks.emplace_back();
      where = Before;
      continue;
    }
    if (line == "----")
      where = Expected;
    else if (where == Before && (line.empty() || line[0] == '#'))
      blocks.back().before += line + "\n";
    else
      blocks.back().commands.push_back(line), where = Commands;
  }
  return blocks;
}

/// Runs the commands of one story.
class Story {
public:
  std::string run(const std::string &line) {
    std::istringstream in(line);
    std::string verb;
    in >> verb;
    if (verb == "servers" || verb == "class" || verb == "task" || verb == "gate" ||
        verb == "budget" || verb == "order")
      return builder.add(line);
    if (verb == "managers" || verb == "application" || (verb == "router" && !world))
      return setUp(verb, in);
    if (verb == "start") {
      scenario.script = builder.script();
      world.emplace(scenario, 1);
      world->keepLog();
      world->manager().feed(Begin{});
    } else if (!world) {
      return "the story has not started\n";
    } else if (std::string mistake = act(verb, in); !mistake.empty()) {
      return mistake;
    }
    std::string text = world->takeLog();
    for (; told < world->checker().violations().size(); ++told)
      text += "VIOLATION " + world->checker().violations()[told] + "\n";
    return text;
  }

private:
  /// managers COUNT · application NAME [ungated] [bound] [sticky] ·
  /// router haproxy|httpd|nginx [remembers] [same-identity] [fenced]
  std::string setUp(const std::string &verb, std::istringstream &in) {
    std::string name;
    in >> name;
    if (verb == "managers")
      scenario.managers = std::stoul(name);
    RouterTraits &traits = scenario.traits["edge"];
    if (verb == "router")
      traits.kind = name == "nginx"   ? RouterKind::Nginx
                    : name == "httpd" ? RouterKind::Httpd
                                      : RouterKind::HAProxy;
    traits.remembers = traits.remembers || traits.kind == RouterKind::Nginx;
    for (std::string word; in >> word;) {
      if (word == "remembers")
        traits.remembers = true;
      else if (word == "same-identity")
        traits.sameIdentity = true;
      else if (word == "fenced")
        traits.fenced = true;
      else if (word == "ungated")
        scenario.ungated.insert(name);
      else if (word == "bound")
        scenario.bound.insert(name);
      else if (word == "sticky")
        scenario.sticky.insert(name);
      else
        return "no such property: " + word + "\n";
    }
    return {};
  }

  std::string act(const std::string &verb, std::istringstream &in) {
    std::string first, second;
    in >> first;
    if (verb == "run") {
      world->run(std::stoul(first));
      return {};
    }
    if (verb == "request")
      return request(first, in);
    if (verb == "fail" || verb == "unknown") {
      std::string item;
      std::getline(in, item);
      world->setOutcome(first + item,
                        verb == "fail" ? Outcome::Result::Failed : Outcome::Result::Unknown, 1000);
      return {};
    }
    in >> second;
    if (verb == "router" && first == "restarts")
      world->restartRouter(0);
    else if (verb == "router")
      world->routerList()[0].links[0].cut = first != "answers";
    else if (verb == "server")
      world->failChecks(world->serverIndex(first), 0, second != "up");
    else if (verb == "agent" && second == "starts")
      world->startAgent(world->serverIndex(first));
    else if (verb == "agent")
      world->crashAgent(world->serverIndex(first), std::nullopt);
    else if (verb == "manager")
      manager(first, second);
    else if (verb == "crash")
      world->crashManager(first != "undelivered");
    else if (verb ==
             "late") // late SERVER: its first request uses a component that it had not said.
      world->useLate(world->serverIndex(first));
    else if (verb == "drains" ||
             verb == "undrains") // drains SERVER: a person, for the first class.
      world->drainByHand(firstTargetOf(first), verb == "drains");
    else if (verb == "installs") // installs SERVER VERSION: a person, by hand.
      world->installByHand(world->serverIndex(first), 0, Version::Foreign);
    else if (verb != "status")
      return command(verb, first);
    return verb == "status" ? status() : std::string();
  }

  /// manager pauses [POINTS]: the one that leads, so many points from now · manager wakes
  void manager(const std::string &verb, const std::string &points) {
    if (verb == "pauses") {
      sleeper = world->manager().number();
      if (points.empty())
        world->manager(sleeper).pause();
      else
        world->manager(sleeper).setPausesIn(static_cast<unsigned>(std::stoul(points)));
    } else {
      world->log("--- manager " + std::to_string(sleeper + 1) + " wakes up");
      world->manager(sleeper).wake();
    }
  }

  std::string command(const std::string &verb, const std::string &server) {
    Manager &manager = world->manager();
    if (verb == "pause")
      manager.feed(Pause{});
    else if (verb == "resume")
      manager.feed(Resume{});
    else if (verb == "closed") // closed [UNTIL]: the maintenance windows.
      manager.feed(Windows{server});
    else if (verb == "abort")
      manager.feed(Abort{});
    else if (verb == "superseded")
      manager.feed(Superseded{"term 9 is known"});
    else if (verb == "rerun")
      manager.feed(Rerun{});
    else if (verb == "permit") {
      world->checker().byHand(world->serverIndex(server));
      manager.feed(PermitServer{server});
    } else
      return "no such command: " + verb + "\n";
    return {};
  }

  /// request SERVER CLASS|direct MS NAME uses COMPONENT…
  std::string request(const std::string &server, std::istringstream &in) {
    ripple::agent::sim::Request opened;
    std::string routeClass, word;
    in >> routeClass >> opened.lengthMs;
    const auto &classes = world->script().classes;
    for (std::size_t c = 0; c < classes.size(); ++c)
      if (classes[c].id == routeClass)
        opened.routeClass = c;
    opened.counted = opened.routeClass.has_value();
    bool uses = false;
    while (in >> word) {
      if (word == "uses")
        uses = true;
      else if (uses)
        opened.uses |= world->bitOf(word);
      else
        opened.name += (opened.name.empty() ? "" : " ") + word;
    }
    world->open(world->serverIndex(server), opened);
    return {};
  }

  /// Its index, of SERVER.
  std::size_t firstTargetOf(const std::string &server) const {
    const auto &targets = world->targetList();
    auto at =
        std::ranges::find(targets, server, [](const auto &each) { return each.target.server; });
    return static_cast<std::size_t>(at - targets.begin());
  }

  std::string status() {
    const State &state = world->manager().now();
    std::string text = "plan " + std::string(toString(state.record.phase)) + "\n";
    for (std::size_t i = 0; i < state.script->tasks.size(); ++i) {
      const Task &task = state.script->tasks[i];
      const TaskRecord &t = state.record.tasks[i];
      text += task.id + " " + task.server + " " + activity(state, i);
      if (std::string what = waitingFor(state, i, world->manager().clock()); !what.empty())
        text += ": waits for " + what;
      if (!t.reason.empty())
        text += ": " + t.reason;
      text += "\n";
    }
    for (const TargetTruth &target : world->targetList())
      if (target.forbidden)
        text += "forbidden " + describe(target.target) + "\n";
    return text;
  }

  ScriptText builder;
  Scenario scenario;
  std::optional<World> world;
  std::size_t sleeper = 0;
  std::size_t told = 0;
};

void runStory(const fs::path &file) {
  std::string rewritten;
  Story story;
  for (const Block &block : readBlocks(file)) {
    rewritten += block.before;
    if (block.commands.empty())
      continue;
    std::string output;
    for (const std::string &line : block.commands) {
      rewritten += line + "\n";
      output += story.run(line);
    }
    rewritten += "----\n" + output + "\n";
    if (!std::getenv("RIPPLE_REWRITE")) {
      EXPECT_EQ(block.expected, output) << file << ", after: " << block.commands.back();
    }
  }
  while (rewritten.size() > 1 && rewritten.ends_with("\n\n"))
    rewritten.pop_back();
  if (std::getenv("RIPPLE_REWRITE"))
    std::ofstream(file) << rewritten;
}

class Transcript : public testing::TestWithParam<std::string> {};

TEST_P(Transcript, TellsItsStory) {
  runStory(fs::path(RIPPLE_SOURCE_DIR) / "tests/agent/transcripts" / (GetParam() + ".txt"));
}

std::vector<std::string> stories() {
  std::vector<std::string> names;
  for (const auto &entry :
       fs::directory_iterator(fs::path(RIPPLE_SOURCE_DIR) / "tests/agent/transcripts"))
    if (entry.path().extension() == ".txt")
      names.push_back(entry.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Stories, Transcript, testing::ValuesIn(stories()), [](const auto &story) {
  std::string name = story.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

} // namespace
