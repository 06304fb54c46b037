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
#include "agent/core/ToyScript.h"
#include "agent/core/ToyWorld.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

using namespace ripple::agent::core;
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
        verb == "budget")
      return builder.add(line);
    if (verb == "start") {
      world.emplace(builder.script());
      world->feed(Begin{});
    } else if (!world) {
      return "the story has not started\n";
    } else if (std::string mistake = act(verb, in); !mistake.empty()) {
      return mistake;
    }
    std::string text = world->takeLog();
    for (; told < world->violations().size(); ++told)
      text += "VIOLATION " + world->violations()[told] + "\n";
    return text;
  }

private:
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
                        verb == "fail" ? Outcome::Result::Failed : Outcome::Result::Unknown);
      return {};
    }
    in >> second;
    if (verb == "router")
      first == "restarts" ? world->restartRouter() : world->setRouterAnswers(first == "answers");
    else if (verb == "server")
      world->setUp(first, second == "up");
    else if (verb == "agent")
      world->setAgent(first, second == "starts");
    else if (verb == "crash")
      world->crash(first != "undelivered");
    else if (verb == "pause")
      world->feed(Pause{});
    else if (verb == "resume")
      world->feed(Resume{});
    else if (verb == "abort")
      world->feed(Abort{});
    else if (verb == "permit")
      world->feed(PermitServer{first});
    else if (verb == "rerun")
      world->feed(Rerun{});
    else if (verb != "status")
      return "no such command: " + verb + "\n";
    return verb == "status" ? status() : std::string();
  }

  /// request SERVER CLASS|direct MS NAME uses COMPONENT…
  std::string request(const std::string &server, std::istringstream &in) {
    ToyRequest request;
    request.server = server;
    std::string routeClass, word;
    in >> routeClass >> request.endMs;
    request.backend = routeClass == "direct" ? "" : routeClass;
    request.application = "shop";
    bool uses = false;
    while (in >> word) {
      if (word == "uses")
        uses = true;
      else if (uses)
        request.uses.push_back(word);
      else
        request.name += (request.name.empty() ? "" : " ") + word;
    }
    world->open(request);
    return {};
  }

  std::string status() {
    const State &state = world->now();
    std::string text = "plan " + std::string(toString(state.record.phase)) + "\n";
    for (std::size_t i = 0; i < state.script->tasks.size(); ++i) {
      const Task &task = state.script->tasks[i];
      const TaskRecord &t = state.record.tasks[i];
      text += task.id + " " + task.server + " " + activity(state, i);
      if (std::string what = waitingFor(state, i, world->clock()); !what.empty())
        text += ": waits for " + what;
      if (!t.reason.empty())
        text += ": " + t.reason;
      text += "\n";
    }
    for (const Target &target : world->allForbidden())
      text += "forbidden " + describe(target) + "\n";
    return text;
  }

  ToyScript builder;
  std::optional<ToyWorld> world;
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
