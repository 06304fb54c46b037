//===- UnitProcess.cpp - A process that systemd runs ----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/UnitProcess.h"

#include "agent/daemon/HttpProbe.h"

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <charconv>
#include <map>

using namespace ripple;
using namespace ripple::agent;
using boost::system::error_code;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds AnswerMax{10'000};
/// While something is under way, and else: systemd may restart a unit without our doing.
constexpr milliseconds LookSoon{100}, LookAgain{1'000}, LookNowAndThen{5'000};
/// A restart of which systemd knows nothing any more after this long was cancelled there.
constexpr milliseconds JobGone{1'000};
constexpr milliseconds ReadyAnswer{2'000};

/// The last line of what a program printed, or how it ended.
std::string complaint(const ProgramAnswer &answer) {
  auto text = answer.program.tail.substr(answer.program.tail.rfind('\n') + 1);
  return text.empty() ? answer.program.message : text;
}

} // namespace

tl::expected<UnitView, std::string> agent::parseUnit(std::string_view shown) {
  std::map<std::string_view, std::string_view> values;
  while (!shown.empty()) {
    auto line = shown.substr(0, shown.find('\n'));
    shown.remove_prefix(std::min(line.size() + 1, shown.size()));
    if (auto equals = line.find('='); equals != line.npos)
      values[line.substr(0, equals)] = line.substr(equals + 1);
  }
  for (const auto *key : {"LoadState", "ActiveState", "Result", "MainPID"})
    if (!values.count(key))
      return tl::make_unexpected(fmt::format("systemctl show does not say {}", key));
  UnitView view{std::string(values["LoadState"]), std::string(values["ActiveState"]),
                std::string(values["Result"]), false, 0};
  auto pid = values["MainPID"];
  if (std::from_chars(pid.data(), pid.data() + pid.size(), view.mainPid).ptr !=
      pid.data() + pid.size())
    return tl::make_unexpected(fmt::format("systemctl show says MainPID={}", pid));
  auto job = values.find("Job"); // Absent, empty or 0: there is none.
  view.job = job != values.end() && !job->second.empty() && job->second != "0";
  return view;
}

UnitProcess::UnitProcess(const model::SupervisedProcess &config, ProcessSurroundings &surroundings)
    : Config(config), Around(surroundings), Watch(surroundings.loop), Timer(surroundings.loop) {}

UnitProcess::~UnitProcess() { Worker.join(); }

ProcessReport UnitProcess::report() const {
  return {Config.name, Config.application, State, Identity, Restarts, Message};
}

/// Any thread.
UnitProcess::View UnitProcess::ask() const {
  auto answer =
      askProgram({Around.systemctl, "show", "--no-pager",
                  "--property=LoadState,ActiveState,Result,MainPID,Job", "--", Config.unit},
                 {{"LC_ALL", "C.UTF-8"}}, AnswerMax);
  if (!answer.program.succeeded())
    return tl::make_unexpected(fmt::format("{}: {}", Around.systemctl, complaint(answer)));
  return parseUnit(answer.text);
}

void UnitProcess::begin() { take(ask()); }

void UnitProcess::look() {
  AskAgain = true;
  if (Asking)
    return;
  Asking = true;
  AskAgain = false;
  boost::asio::post(Worker, [this, question = ++Question] {
    boost::asio::post(Around.loop, [this, question, view = ask()] {
      if (question != Question)
        return; // It is from before a restart.
      Asking = false;
      if (AskAgain)
        return look();
      take(view);
    });
  });
}

void UnitProcess::lookLater() {
  Timer.expires_after(Waiting                           ? LookSoon
                      : State == ProcessState::Starting ? LookAgain
                                                        : LookNowAndThen);
  Timer.async_wait([this](error_code error) {
    if (!error)
      look();
  });
}

void UnitProcess::take(const View &view) {
  if (!view) {
    // Nothing is concluded: what was known last stays, and says so.
    Message = view.error();
    if (State == ProcessState::Running)
      State = ProcessState::Starting;
    return lookLater();
  }
  bool leaving = Leaving.pid && view->mainPid == Leaving.pid && identify(view->mainPid) == Leaving;
  if (leaving && !view->job && view->active == "active" && Clock::now() - Asked >= JobGone) {
    leaving = false;
    finish("systemd has dropped the restart; see its journal");
  }
  if (view->load != "loaded")
    setIdle(ProcessState::Failed,
            fmt::format("systemd has no unit {}: {}", Config.unit, view->load));
  else if (leaving || view->job || view->active.ends_with("activating"))
    setIdle(ProcessState::Starting, fmt::format("systemd says {}{}", view->active,
                                                view->job ? ", with more to be done" : ""));
  else if (view->active == "failed")
    setIdle(ProcessState::Failed, fmt::format("systemd says failed: {}", view->result));
  else if (view->active == "inactive")
    setIdle(ProcessState::Stopped, "systemd says inactive");
  else if (view->mainPid <= 0)
    setIdle(ProcessState::Failed, "systemd knows no main process of it; give the unit a Type= "
                                  "that has one");
  else
    return takeMain(view->mainPid);
  lookLater();
}

/// It does not serve now, and why.
void UnitProcess::setIdle(ProcessState state, std::string message) {
  State = state;
  Message = std::move(message);
  // A process that is still there is still looked at; it may be active again in the next moment.
  if (!isAlive(Identity))
    Identity = {};
  ++Generation;
  if (state != ProcessState::Starting)
    finish(Message);
}

void UnitProcess::takeMain(pid_t pid) {
  auto now = identify(pid);
  if (!now)
    return look(); // It has ended in this moment.
  if (*now == Identity && State == ProcessState::Running)
    return lookLater();
  if (*now != Identity) {
    if (Seen && !Expected)
      ++Restarts;
    Seen = true;
    Expected = false;
    Identity = *now;
    Since = Clock::now();
    LateTold = false;
    error_code ignored;
    Watch.close(ignored);
    if (auto fd = watch(Identity)) {
      Watch.assign(fd.release());
      Watch.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](error_code error) {
        if (!error)
          look();
      });
    }
    spdlog::info("{}: its main process is {}", Config.name, pid);
  }
  Leaving = {};
  State = ProcessState::Starting;
  ++Generation;
  checkReady();
}

void UnitProcess::checkReady() {
  if (Config.ready.empty())
    return onReady("");
  probe(Around.loop, Config.ready, ReadyAnswer,
        [this, generation = Generation](const std::string &message) {
          if (generation == Generation)
            onReady(message);
        });
}

void UnitProcess::onReady(const std::string &message) {
  auto missing = message.empty() && Around.mayRun ? Around.mayRun(report()) : message;
  if (missing.empty()) {
    becomeRunning();
  } else {
    Message = "not ready: " + missing;
    if (!LateTold && Clock::now() - Since >= Config.readyTimeout) {
      LateTold = true;
      finish(fmt::format("pid {} is not ready after {}: {}", Identity.pid,
                         model::formatDuration(Config.readyTimeout), missing));
    }
  }
  lookLater();
}

void UnitProcess::becomeRunning() {
  State = ProcessState::Running;
  Message.clear();
  spdlog::info("{}: pid {} is running{}", Config.name, Identity.pid,
               Config.ready.empty() ? "" : " and ready");
  finish("");
}

void UnitProcess::restart(Done done) {
  finish("another restart was asked for");
  Waiting = std::move(done);
  Leaving = Identity;
  Expected = true;
  State = ProcessState::Starting;
  Message = "systemd is asked to restart it";
  ++Generation;
  // Nobody looks before systemd was asked.
  Asking = true;
  Timer.cancel();
  boost::asio::post(Worker, [this, question = ++Question] {
    auto answer = askProgram({Around.systemctl, "restart", "--no-block", "--", Config.unit},
                             {{"LC_ALL", "C.UTF-8"}}, AnswerMax);
    boost::asio::post(Around.loop, [this, question, answer] {
      if (question == Question)
        restartAsked(answer);
    });
  });
}

void UnitProcess::restartAsked(const ProgramAnswer &answer) {
  Asking = false;
  Asked = Clock::now();
  if (!answer.program.succeeded()) {
    Leaving = {};
    Expected = false;
    finish(fmt::format("{} restart {}: {}", Around.systemctl, Config.unit, complaint(answer)));
  }
  look();
}

void UnitProcess::awaitRunning(Done done) {
  finish("another restart was asked for");
  if (State == ProcessState::Running)
    return done("");
  Waiting = std::move(done);
  look();
}

/// Tells whoever waits. "" is success.
void UnitProcess::finish(const std::string &message) {
  if (auto waiting = std::exchange(Waiting, nullptr))
    waiting(message);
}
