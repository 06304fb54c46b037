//===- ManagedProcess.cpp - One process of the agent's own ----------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/ManagedProcess.h"

#include "agent/daemon/HttpProbe.h"
#include "agent/failpoint/Failpoint.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <sys/syscall.h>

using namespace ripple;
using namespace ripple::agent;
using boost::system::error_code;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds BackOffMin{100}, BackOffMax{30'000};
/// A process that ran that long was not started in vain.
constexpr milliseconds GoodWhile{10'000};
/// Crashes in succession after which it counts as failed. It is started again all the same.
constexpr unsigned CrashesMax = 3;
/// Without a ready check, it counts as running when it has not ended for this long.
constexpr milliseconds Settle{300};
constexpr milliseconds ReadyEvery{50}, ReadyAnswer{2'000};
constexpr std::uintmax_t LogMax = std::uintmax_t{16} << 20;

} // namespace

std::string_view agent::toString(ProcessState state) {
  switch (state) {
  case ProcessState::Running:
    return "running";
  case ProcessState::Starting:
    return "starting";
  case ProcessState::Stopped:
    return "stopped";
  case ProcessState::Failed:
    return "failed";
  }
  return "";
}

ManagedProcess::ManagedProcess(const model::SupervisedProcess &config,
                               ProcessSurroundings &surroundings)
    : Config(config), Around(surroundings), Watch(surroundings.loop), Timer(surroundings.loop),
      StopTimer(surroundings.loop) {}

std::string ManagedProcess::logFile() const { return Around.logs + "/" + Config.name + ".log"; }

ProcessReport ManagedProcess::report() const {
  return {Config.name, Config.application, State, Identity, Restarts, Message};
}

bool ManagedProcess::adopt(const ProcessIdentity &identity) {
  auto watchFd = watch(identity);
  if (!watchFd)
    return false;
  Identity = identity;
  State = ProcessState::Starting;
  Message = "found running; not checked yet";
  Since = Clock::now();
  observe(std::move(watchFd));
  spdlog::info("{}: pid {} goes on running and is watched again", Config.name, identity.pid);
  checkReady();
  return true;
}

void ManagedProcess::start() {
  if (Identity.pid == 0)
    launch();
}

void ManagedProcess::restart(Done done) {
  finish("another restart was asked for");
  Waiting = std::move(done);
  Crashes = 0;
  if (Identity.pid == 0)
    return launch();
  StartAfter = true;
  signalStop();
}

void ManagedProcess::awaitRunning(Done done) {
  finish("another restart was asked for");
  if (State == ProcessState::Running)
    return done("");
  Waiting = std::move(done);
  if (Identity.pid == 0)
    launch();
}

void ManagedProcess::stop(Done done) {
  finish("it is to be stopped");
  Timer.cancel();
  StartAfter = false;
  if (Identity.pid == 0) {
    State = ProcessState::Stopped;
    return done("");
  }
  Waiting = std::move(done);
  signalStop();
}

/// Tells whoever waits. "" is success.
void ManagedProcess::finish(const std::string &message) {
  if (auto waiting = std::exchange(Waiting, nullptr))
    waiting(message);
}

void ManagedProcess::launch() {
  Timer.cancel();
  ++Generation;
  Stopping = StartAfter = LateTold = false;
  State = ProcessState::Starting;
  Message = "starting";
  Since = Clock::now();
  std::error_code ignored;
  if (std::filesystem::file_size(logFile(), ignored) > LogMax && !ignored)
    std::filesystem::rename(logFile(), logFile() + ".1", ignored);
  ChildSpec spec{Config.command, Config.environment, Config.directory, logFile()};
  if (!Around.gateDirectory.empty())
    spec.environment.emplace("RIPPLE_GATE_DIR", Around.gateDirectory);
  auto child = HeldChild::hold(spec);
  if (!child)
    return afterCrash("cannot be started: " + child.error());
  // In the journal before it executes anything: no process is ever unknown to the next agent.
  if (auto put = Around.journal.putProcess(Config.name, child->identity()); !put) {
    auto identity = child->identity();
    {
      HeldChild dropped = std::move(*child);
    }
    endGroup(identity, SIGKILL, milliseconds(0));
    reap(identity.pid);
    return afterCrash("cannot be started: " + put.error());
  }
  auto identity = child->identity();
  auto watchFd = child->takeWatch();
  failpoint("agent-before-start-process");
  if (auto released = child->release(); !released)
    return afterCrash("cannot be started: " + released.error());
  failpoint("agent-after-start-process");
  Identity = identity;
  spdlog::info("{}: started, pid {}", Config.name, Identity.pid);
  observe(std::move(watchFd));
  checkReady();
}

void ManagedProcess::observe(OwnedFd watchFd) {
  Watch.assign(watchFd.release());
  Watch.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](error_code error) {
    if (!error)
      onEnd();
  });
}

void ManagedProcess::onEnd() {
  // Its group first: as long as it is not reaped, its number belongs to nobody else.
  auto end = reap(Identity.pid, true);
  signalGroup(Identity, SIGKILL);
  reap(Identity.pid);
  auto pid = std::exchange(Identity, {}).pid;
  error_code ignored;
  Watch.close(ignored);
  Timer.cancel();
  StopTimer.cancel();
  ++Generation;
  if (!Stopping)
    return afterCrash(fmt::format("pid {} ended: {}", pid, describe(end)));
  Stopping = false;
  spdlog::info("{}: pid {} ended as asked", Config.name, pid);
  if (StartAfter)
    return launch();
  State = ProcessState::Stopped;
  Message = "stopped";
  if (auto removed = Around.journal.removeProcess(Config.name); !removed)
    spdlog::error("{}", removed.error());
  finish("");
}

void ManagedProcess::afterCrash(const std::string &how) {
  Identity = {};
  bool good = State == ProcessState::Running && Clock::now() - Since >= GoodWhile;
  Crashes = good ? 1 : Crashes + 1;
  ++Restarts;
  auto delay = std::min(BackOffMax, BackOffMin * (1 << std::min(Crashes - 1, 10U)));
  State = Crashes > CrashesMax ? ProcessState::Failed : ProcessState::Starting;
  Message = how;
  if (auto tail = tailOf(logFile(), 500); !tail.empty())
    Message += "; its last output:\n" + tail;
  spdlog::error("{}: {}; starting it again in {} ms", Config.name, Message, delay.count());
  Timer.expires_after(delay);
  Timer.async_wait([this](error_code error) {
    if (!error)
      launch();
  });
  finish(Message);
}

void ManagedProcess::signalStop() {
  Stopping = true;
  State = ProcessState::Starting;
  Message = "stopping";
  ++Generation;
  Timer.cancel();
  // By the descriptor: the pid may belong to another process by the time the signal arrives.
  failpoint("agent-before-stop-process");
  ::syscall(SYS_pidfd_send_signal, Watch.native_handle(), Config.stopSignal, nullptr, 0);
  failpoint("agent-after-stop-process");
  StopTimer.expires_after(Config.stopTimeout);
  StopTimer.async_wait([this](error_code error) {
    if (error)
      return;
    spdlog::warn("{}: pid {} did not end within {}; its processes are killed", Config.name,
                 Identity.pid, model::formatDuration(Config.stopTimeout));
    signalGroup(Identity, SIGKILL);
  });
}

void ManagedProcess::checkReady() {
  auto answer = [this, generation = Generation](const std::string &message) {
    if (generation == Generation)
      onReady(message);
  };
  if (!Config.ready.empty())
    return probe(Around.loop, Config.ready, ReadyAnswer, answer);
  answer(Clock::now() - Since >= Settle ? "" : "it was started just now");
}

void ManagedProcess::onReady(const std::string &message) {
  auto missing = message.empty() && Around.mayRun ? Around.mayRun(report()) : message;
  if (missing.empty())
    return becomeRunning();
  Message = "not ready: " + missing;
  if (!LateTold && Clock::now() - Since >= Config.readyTimeout) {
    LateTold = true;
    auto late = fmt::format("pid {} is not ready after {}: {}", Identity.pid,
                            model::formatDuration(Config.readyTimeout), missing);
    spdlog::error("{}: {}; it is waited for all the same", Config.name, late);
    finish(late);
  }
  pollReadyLater();
}

void ManagedProcess::pollReadyLater() {
  Timer.expires_after(ReadyEvery);
  Timer.async_wait([this](error_code error) {
    if (!error)
      checkReady();
  });
}

void ManagedProcess::becomeRunning() {
  State = ProcessState::Running;
  Message.clear();
  spdlog::info("{}: pid {} is running{}", Config.name, Identity.pid,
               Config.ready.empty() ? "" : " and ready");
  finish("");
}
