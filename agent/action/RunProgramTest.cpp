//===- RunProgramTest.cpp - Programs that end, hang, fork and fail --------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/action/RunProgram.h"

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <thread>

using namespace ripple::agent;
using std::chrono::milliseconds;
using testing::HasSubstr;
using How = ProgramOutcome::How;

namespace {

class RunProgram : public testing::Test {
protected:
  void SetUp() override {
    char name[] = "/tmp/ripple-run-XXXXXX";
    Folder = ::mkdtemp(name);
  }
  void TearDown() override { std::filesystem::remove_all(Folder); }

  ChildSpec shell(const std::string &script) const {
    ChildSpec spec;
    spec.argv = {"/bin/sh", "-c", script};
    spec.log = Folder + "/out.log";
    spec.directory = Folder;
    return spec;
  }
  ProgramOutcome run(const std::string &script, int timeoutMs = 60'000) const {
    ProgramLimits limits;
    limits.timeout = milliseconds(timeoutMs);
    limits.grace = milliseconds(300);
    return runProgram(shell(script), limits, {});
  }
  std::string content(const std::string &file) const {
    std::ifstream in(Folder + "/" + file);
    std::string text;
    std::getline(in, text);
    return text;
  }

  std::string Folder;
};

TEST_F(RunProgram, ExitCodesAndOutput) {
  auto good = run("echo fine; exit 0");
  EXPECT_TRUE(good.succeeded());
  EXPECT_EQ(good.tail, "fine");
  auto bad = run("echo broken >&2; exit 3");
  EXPECT_FALSE(bad.succeeded());
  EXPECT_EQ(bad.how, How::Ended);
  EXPECT_EQ(bad.end.exit, 3);
  EXPECT_EQ(bad.message, "exit code 3");
  EXPECT_THAT(bad.tail, HasSubstr("broken"));
  EXPECT_THAT(run("kill -9 $$").message, HasSubstr("killed by signal 9"));
}

TEST_F(RunProgram, ItHasItsOwnSessionNoInputAndTheEnvironment) {
  auto spec = shell("read line; echo \"$RIPPLE_COMPONENT:$line:$(cut -d' ' -f6 /proc/$$/stat)\"");
  spec.environment = {{"RIPPLE_COMPONENT", "pricing"}};
  ProcessIdentity seen;
  auto outcome = runProgram(spec, {}, [&](const ProcessIdentity &process) {
    seen = process;
    return std::string();
  });
  EXPECT_EQ(outcome.tail, "pricing::" + std::to_string(seen.pid));
}

TEST_F(RunProgram, WhatCannotBeExecutedSaysSo) {
  auto spec = shell("");
  spec.argv = {"/nonexistent/program"};
  auto outcome = runProgram(spec, {}, {});
  EXPECT_EQ(outcome.how, How::NotStarted);
  EXPECT_EQ(outcome.message, "/nonexistent/program cannot be executed: No such file or directory");
  spec = shell("");
  spec.directory = "/nonexistent";
  EXPECT_THAT(runProgram(spec, {}, {}).message, HasSubstr("cannot enter its directory"));
  spec = shell("");
  spec.log = "/nonexistent/log";
  EXPECT_THAT(runProgram(spec, {}, {}).message, HasSubstr("cannot open the log"));
}

TEST_F(RunProgram, NothingRunsThatCouldNotBeRecorded) {
  auto outcome = runProgram(shell("touch ran"), {}, [](const ProcessIdentity &process) {
    EXPECT_TRUE(isAlive(process));
    return std::string("the journal is full");
  });
  EXPECT_EQ(outcome.how, How::NotStarted);
  EXPECT_EQ(outcome.message, "the journal is full");
  EXPECT_FALSE(std::filesystem::exists(Folder + "/ran"));
}

TEST_F(RunProgram, AHeldChildEndsWithItsStarter) {
  // The starter holds a child, tells its pid and dies without letting it go.
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  pid_t starter = ::fork();
  if (starter == 0) {
    auto child = HeldChild::hold(shell("touch ran"));
    pid_t pid = child ? child->identity().pid : 0;
    [[maybe_unused]] auto written = ::write(ends[1], &pid, sizeof pid);
    ::kill(::getpid(), SIGKILL);
  }
  pid_t held = 0;
  ASSERT_EQ(::read(ends[0], &held, sizeof held), static_cast<ssize_t>(sizeof held));
  ::waitpid(starter, nullptr, 0);
  ::close(ends[0]);
  ::close(ends[1]);
  ASSERT_GT(held, 0);
  for (int i = 0; i < 500; ++i) {
    auto stat = processStat(held);
    if (!stat || stat->state == 'Z')
      break;
    std::this_thread::sleep_for(milliseconds(10));
  }
  auto stat = processStat(held);
  EXPECT_TRUE(!stat || stat->state == 'Z');
  EXPECT_FALSE(std::filesystem::exists(Folder + "/ran"));
}

// Bug: a listening socket without close-on-exec lived on in the processes that the agent started,
// and answered for an agent that had died.
TEST_F(RunProgram, ItInheritsNoDescriptors) {
  int leaked = ::dup(1); // Not close-on-exec, as some libraries open theirs.
  auto outcome = run("ls /proc/$$/fd; true");
  ::close(leaked);
  EXPECT_EQ(outcome.tail, "0\n1\n2");
}

TEST_F(RunProgram, ATimeLimitEndsTheWholeGroup) {
  // The child ignores SIGTERM, and its own child holds the output open.
  auto outcome = run("trap '' TERM; (sleep 1000) & echo $! > grandchild; wait; sleep 1000", 300);
  EXPECT_EQ(outcome.how, How::TimedOut);
  EXPECT_THAT(outcome.message, HasSubstr("no end within 300 ms"));
  auto grandchild = std::stoi(content("grandchild"));
  auto stat = processStat(grandchild);
  EXPECT_TRUE(!stat || stat->state == 'Z') << "the grandchild still runs";
}

TEST_F(RunProgram, WhatItLeavesBehindNeitherBlocksNorStays) {
  auto outcome = run("sleep 1000 & echo $! > grandchild; exit 0");
  EXPECT_TRUE(outcome.succeeded());
  EXPECT_TRUE(outcome.leftovers);
  EXPECT_THAT(outcome.message, HasSubstr("left processes behind"));
  auto stat = processStat(std::stoi(content("grandchild")));
  EXPECT_TRUE(!stat || stat->state == 'Z');
}

TEST_F(RunProgram, TheLogIsBounded) {
  ProgramLimits limits;
  limits.logMax = 100'000;
  auto outcome = runProgram(shell("head -c 3000000 /dev/zero | tr '\\0' 'x'; sleep 0.5; echo; "
                                  "echo end"),
                            limits, {});
  EXPECT_TRUE(outcome.succeeded());
  EXPECT_LE(std::filesystem::file_size(Folder + "/out.log"), 110'000U);
  EXPECT_EQ(outcome.tail, "end");
}

TEST_F(RunProgram, AbandonedItGoesOnAndIsAwaitedLater) {
  int stop = ::eventfd(1, EFD_CLOEXEC);
  ProcessIdentity process;
  auto outcome = runProgram(
      shell("sleep 0.3; touch ran"), {},
      [&](const ProcessIdentity &started) {
        process = started;
        return std::string();
      },
      stop);
  ::close(stop);
  EXPECT_EQ(outcome.how, How::Abandoned);
  EXPECT_TRUE(isAlive(process));
  auto later = awaitProgram(process, watch(process), Folder + "/out.log", {});
  EXPECT_EQ(later.how, How::Ended);
  EXPECT_TRUE(std::filesystem::exists(Folder + "/ran"));
}

TEST(Identity, IsNotAnotherProcessWithThatPid) {
  auto self = identify(::getpid());
  ASSERT_TRUE(self);
  EXPECT_TRUE(isAlive(*self));
  EXPECT_TRUE(watch(*self));
  auto other = *self;
  other.startTime += 1;
  EXPECT_FALSE(isAlive(other));
  EXPECT_FALSE(watch(other));
  EXPECT_FALSE(signalGroup(other, 0));
  other = *self;
  other.bootId = "another boot";
  EXPECT_FALSE(isAlive(other));
  EXPECT_FALSE(isAlive({}));
}

} // namespace
