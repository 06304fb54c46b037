//===- ActionQueue.cpp - Actions, one after the other ---------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/ActionQueue.h"

#include "agent/daemon/ApiMessages.h"
#include "agent/daemon/Installed.h"
#include "agent/daemon/LoadedCheck.h"

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <sys/eventfd.h>

using namespace ripple;
using namespace ripple::agent;
using boost::system::error_code;

namespace {

/// How often an action is begun when the agent dies over it each time.
constexpr unsigned AttemptsMax = 3;
constexpr unsigned ActionsKept = 10'000;
/// Beyond its own limits, for what lies between a process's end and the next one's start.
constexpr model::Milliseconds RestartSlack{5'000};

ActionOutcome failed(std::string message) { return {ActionState::Failed, std::move(message), {}}; }

bool isRun(const ActionRequest &request) {
  return request.action && std::holds_alternative<model::RunAction>(*request.action);
}

} // namespace

ActionQueue::ActionQueue(const model::AgentConfig &config, boost::asio::io_context &loop,
                         AgentJournal &journal, Supervisor &supervisor, Tasks &tasks,
                         ActionContext context)
    : Config(config), Loop(loop), Journal(journal), Processes(supervisor), AllTasks(tasks),
      Context(std::move(context)), Abandon(::eventfd(0, EFD_CLOEXEC)), Timer(loop) {
  Context.abandon = Abandon.get();
}

ActionQueue::~ActionQueue() {
  abandon();
  Worker.join();
  DryRuns.join();
}

void ActionQueue::abandon() {
  Abandoned = true;
  Waiting.clear();
  ::eventfd_write(Abandon.get(), 1);
}

JournalResult<void> ActionQueue::recover() {
  auto rows = Journal.unfinishedActions();
  if (!rows)
    return tl::make_unexpected(rows.error());
  for (auto &row : *rows) {
    auto request = parseActionRequest(row.request);
    if (!request)
      return tl::make_unexpected("the journal's action " + row.id + " cannot be read");
    spdlog::warn("action {}: an earlier agent began it; looking what became of it", row.id);
    push({std::move(row), std::move(*request), true});
  }
  return Journal.pruneActions(ActionsKept);
}

JournalResult<void> ActionQueue::submit(const ActionRequest &request) {
  ActionRow row;
  row.id = request.id;
  row.request = writeActionRequest(request);
  row.message = "waiting for its turn";
  row.attempts = 0;
  if (auto put = Journal.putAction(row); !put)
    return put;
  push({std::move(row), request, false});
  return {};
}

void ActionQueue::dryRun(const ActionRequest &request, std::function<void(std::string)> done) {
  if (request.kind == ActionKind::Restart)
    return done(
        Config.process(request.process)
            ? ""
            : fmt::format("there is no process {} in the agent's configuration", request.process));
  boost::asio::post(DryRuns, [this, request, done = std::move(done)] {
    std::string problems;
    for (const auto &problem : problemsOf(request, Context))
      problems += (problems.empty() ? "" : "\n") + problem;
    boost::asio::post(Loop, [done, problems] { done(problems); });
  });
}

JournalResult<std::optional<ActionRow>> ActionQueue::find(const std::string &id) {
  return Journal.action(id);
}

bool ActionQueue::isAt(const std::string &plan, const std::string &task) const {
  auto isOf = [&](const Shared &entry) {
    return entry && entry->request.plan == plan && entry->request.task == task;
  };
  return isOf(Current) || std::ranges::any_of(Waiting, isOf);
}

void ActionQueue::push(Entry entry) {
  Waiting.push_back(std::make_shared<Entry>(std::move(entry)));
  pump();
}

void ActionQueue::pump() {
  if (Current || Waiting.empty() || Abandoned)
    return;
  auto entry = Current = Waiting.front();
  Waiting.pop_front();
  // What had begun before a crash is looked at first, sealed or not.
  if (!entry->recovered)
    if (auto refused = refusal(*entry))
      return finish(entry, *refused);
  spdlog::info("action {}: {} begins", entry->row.id, toString(entry->request.kind));
  if (entry->request.kind == ActionKind::Restart)
    restart(entry);
  else
    work(entry);
}

/// What becomes of ENTRY where it may not be begun now.
std::optional<ActionOutcome> ActionQueue::refusal(const Entry &entry) {
  if (entry.request.kind == ActionKind::Check || entry.request.unsealed)
    return std::nullopt;
  const bool isNew = entry.row.attempts == 0;
  const char *what = isNew ? "nothing was begun" : "it was not begun again";
  const Task *task = AllTasks.find(entry.request.plan, entry.request.task);
  if (!task || !task->sealed)
    return failed(fmt::format("{}: task {} is not sealed any more", what, entry.request.task));
  auto found = AllTasks.reseal(*task);
  if (!found.unreadable.empty())
    return failed(
        fmt::format("{}: {} is a gate that cannot be read", what, found.unreadable.front()));
  if (!found.active)
    return std::nullopt;
  return ActionOutcome{
      isNew ? ActionState::Busy : ActionState::Failed,
      fmt::format("{}: {} {} active in spite of the seal{}", what,
                  found.active == 1 ? "1 request that uses"
                                    : fmt::format("{} requests that use", found.active),
                  entry.request.component + (found.active == 1 ? " is" : " are"),
                  found.holders.empty() ? "" : ", as " + found.holders.front().request),
      {}};
}

void ActionQueue::work(const Shared &entry) {
  boost::asio::post(Worker, [this, entry, processes = Processes.report()] {
    auto found = entry->recovered ? lookBack(*entry) : std::nullopt;
    if (entry->recovered && !found)
      return boost::asio::post(Loop, [this, entry] { carryOutAgain(entry); });
    auto outcome = found ? *found : carryOut(*entry, processes);
    boost::asio::post(Loop, [this, entry, outcome] { finish(entry, outcome); });
  });
}

/// Requests may have come while no agent was there: a process of another one's, a gate that cannot
/// be read.
void ActionQueue::carryOutAgain(const Shared &entry) {
  entry->recovered = false;
  if (Abandoned)
    return;
  if (auto refused = refusal(*entry))
    return finish(entry, *refused);
  work(entry);
}

/// On the worker's thread.
ActionOutcome ActionQueue::carryOut(Entry &entry, const std::vector<ProcessReport> &processes) {
  if (entry.row.attempts >= AttemptsMax)
    return failed(fmt::format("the agent died over it {} times", entry.row.attempts));
  ++entry.row.attempts;
  std::string note;
  if (entry.request.kind == ActionKind::Check)
    if (auto wrong =
            ownCheck(Config.component(entry.request.component), entry.request, processes, note);
        !wrong.empty())
      return failed(wrong);
  auto context = Context;
  context.record = [&](const ProcessIdentity &child) -> std::string {
    entry.row.child = child;
    auto put = Journal.putAction(entry.row);
    return put ? "" : put.error();
  };
  context.waiting = [&](const std::string &text) {
    entry.row.message = text;
    if (auto put = Journal.putAction(entry.row); !put)
      spdlog::warn("action {}: {}", entry.row.id, put.error()); // Only nobody reads it.
  };
  entry.row.message = "carrying it out";
  entry.row.child = {};
  if (auto put = Journal.putAction(entry.row); !put)
    return failed("nothing was begun: " + put.error());
  auto outcome = perform(entry.request, context);
  if (!note.empty())
    outcome.message += " (" + note + ")";
  return outcome;
}

/// What became of an action that an earlier agent had begun; null: it is to be carried out.
std::optional<ActionOutcome> ActionQueue::lookBack(Entry &entry) {
  const auto &child = entry.row.child;
  if (child.pid > 0) {
    ProgramLimits limits;
    limits.timeout = entry.request.timeout;
    auto end =
        awaitProgram(child, watch(child), logOf(entry.request, Context), limits, Context.abandon);
    if (end.how == ProgramOutcome::How::Abandoned)
      return outcomeOf(entry.request, end);
  }
  if (entry.request.kind == ActionKind::Check || !isRun(entry.request) || child.pid == 0)
    return std::nullopt;
  const auto *component = Config.component(entry.request.component);
  auto installed = component ? installedVersion(*component)
                             : tl::expected<std::string, std::string>(tl::make_unexpected(
                                   std::string("the agent's configuration does not say how to tell "
                                               "which version is installed")));
  if (installed && *installed == entry.request.version)
    return ActionOutcome{ActionState::Done,
                         fmt::format("{} is installed as {}; the agent had ended meanwhile, so "
                                     "how its program ended is not known",
                                     entry.request.component, *installed),
                         {}};
  if (installed && *installed == entry.request.from)
    return std::nullopt;
  return ActionOutcome{
      ActionState::Unknown,
      fmt::format("the agent ended while its program ran, and what is installed does not tell what "
                  "came of it: {}",
                  installed ? entry.request.component + " is installed as " + *installed
                            : installed.error()),
      {}};
}

void ActionQueue::restart(const Shared &entry) {
  const auto &request = entry->request;
  auto *process = Processes.process(request.process);
  if (!process)
    return finish(entry, failed(fmt::format("there is no process {} in the agent's configuration",
                                            request.process)));
  auto report = process->report();
  // Its recorded child is the process that was to end: where another one runs now, it has.
  bool done = entry->recovered && entry->row.child.pid > 0 && entry->row.child != report.identity &&
              report.identity.pid > 0;
  if (!done) {
    if (entry->recovered)
      if (auto refused = refusal(*entry))
        return finish(entry, *refused);
    ++entry->row.attempts;
    entry->row.child = report.identity;
    if (auto put = Journal.putAction(entry->row); !put)
      return finish(entry, failed("nothing was begun: " + put.error()));
  }
  // After it is known which process is to end: the next one starts open, and is not ended.
  if (auto noted = AllTasks.noteRestart(request.plan, request.task, report.application); !noted)
    return finish(entry, failed("nothing was begun: " + noted.error()));
  auto answered = std::make_shared<bool>(false);
  auto answer = [this, entry, answered, process](const std::string &message) {
    if (std::exchange(*answered, true))
      return;
    Timer.cancel();
    if (!message.empty())
      return finish(entry, failed(entry->request.process + ": " + message));
    finish(entry, {ActionState::Done,
                   fmt::format("{} runs as pid {}", entry->request.process,
                               process->report().identity.pid),
                   {}});
  };
  const auto *config = Config.process(request.process);
  auto limit = std::max(request.timeout, config->stopTimeout + config->readyTimeout + RestartSlack);
  Timer.expires_after(limit);
  Timer.async_wait([answer, limit](error_code error) {
    if (!error)
      answer(fmt::format("it does not run again within {}", model::formatDuration(limit)));
  });
  if (done)
    process->awaitRunning(answer);
  else
    process->restart(answer);
}

void ActionQueue::finish(const Shared &entry, const ActionOutcome &outcome) {
  if (outcome.abandoned || Abandoned)
    return; // It stays in the journal as it is: the next agent takes it up.
  auto &row = entry->row;
  row.state = outcome.state;
  row.message = outcome.message;
  row.exit = outcome.exit;
  auto level = outcome.state == ActionState::Done ? spdlog::level::info : spdlog::level::err;
  spdlog::log(level, "action {}: {}: {}", row.id, toString(row.state), row.message);
  store(entry);
}

/// Until the outcome is in the journal, the action counts as running.
void ActionQueue::store(const Shared &entry) {
  if (auto put = Journal.putAction(entry->row); !put) {
    spdlog::error("{}; trying again", put.error());
    Timer.expires_after(std::chrono::seconds(1));
    Timer.async_wait([this, entry](error_code error) {
      if (!error)
        store(entry);
    });
    return;
  }
  Current.reset();
  if (Changed)
    Changed();
  pump();
}
