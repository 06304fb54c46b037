//===- ManagerDaemon.cpp - The system management server's daemon ----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/ManagerDaemon.h"

#include "agent/core/Describe.h"
#include "agent/journal/Store.h"
#include "agent/manager/Admission.h"
#include "agent/manager/Control.h"
#include "agent/manager/HeldTargets.h"
#include "agent/manager/History.h"
#include "agent/manager/Inputs.h"
#include "agent/manager/Jobs.h"
#include "agent/manager/StatusReport.h"
#include "agent/manager/Submission.h"

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <charconv>
#include <csignal>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace ripple::agent {

namespace {

namespace asio = boost::asio;
using nlohmann::json;
using Reply = HttpServer::Reply;

/// A plan for 10,000 servers has 100 MB.
constexpr std::uint64_t bodyBytesMax = std::uint64_t{512} << 20;

/// "id=…&from=…": the value of KEY.
std::string queryValue(const std::string &target, const std::string &key) {
  std::size_t at = target.find('?');
  while (at != std::string::npos) {
    std::size_t end = target.find('&', at + 1);
    std::string pair = target.substr(at + 1, end == std::string::npos ? end : end - at - 1);
    if (pair.starts_with(key + "="))
      return pair.substr(key.size() + 1);
    at = end;
  }
  return {};
}

class ManagerDaemon {
public:
  ManagerDaemon(const model::ManagerConfig &config, std::unique_ptr<Journal> journal)
      : config(config), journal(std::move(journal)),
        server(
            loop, "ripple-manager",
            [this](const HttpRequest &request, const Reply &reply) { handle(request, reply); },
            HttpLimits{.bodyMax = bodyBytesMax}),
        signals(loop, SIGTERM, SIGINT), grace(loop), heldTimer(loop), retryTimer(loop),
        jobs(loop, config.identity(), config.keepPlans) {
    jobs.onEnd = [this] {
      if (lost)
        letGo();
      refreshHeld();
      if (jobs.log()->hasFailed())
        goOnLater();
      if (ending)
        finish();
    };
  }

  /// "" or why it cannot run.
  std::string begin();
  void run() { loop.run(); }

private:
  std::string openEtcd();
  void onRole(const LeadershipView &view);
  void letGo();
  void goOn(bool again = false);
  void goOnLater();
  void conclude(const LastPlan &last);
  void refreshHeld();
  void watchHeld();
  void awaitSignals();
  void finish();
  bool isLeader() const { return journal != nullptr && !lost; }
  HttpResponse standsBy() const;
  JournalResult<std::unique_ptr<Journal>> openReader() const;

  void handle(const HttpRequest &request, const Reply &reply);
  void answerManager(const Reply &reply);
  void answerStatus(const Reply &reply);
  void answerHistory(const std::string &plan, const Reply &reply);
  void answerLog(const std::string &target, const Reply &reply);
  void answerPlan(const std::string &body, const Reply &reply);
  void begin(const std::shared_ptr<Submission> &submission, Admission admission,
             const Reply &reply);
  void answerCommand(const ControlCommand &command, const Reply &reply);
  void doAlone(const ControlCommand &command, const Reply &reply);

  /// Has WHAT done with a journal of its own, away from the loop; it must not write.
  void readJournal(std::function<HttpResponse(Journal &)> what, const Reply &reply);
  void later(std::function<HttpResponse()> what, const Reply &reply);
  json logView() const;

  const model::ManagerConfig &config;
  asio::io_context loop;
  std::optional<Store> store; ///< Where several managers share a journal.
  /// The job's, while there is one; null while another manager leads.
  std::unique_ptr<Journal> journal;
  std::string leader; ///< Where the one that leads is asked, by what was heard last.
  bool lost = false;  ///< Another one leads, and what was begun here is being let go.
  HttpServer server;
  asio::signal_set signals;
  asio::steady_timer grace;
  asio::steady_timer heldTimer, retryTimer;
  std::shared_ptr<const LastPlan> held; ///< The last plan, where it is over and keeps things away.
  bool ending = false;
  Jobs jobs;
  asio::thread_pool readers{2}; ///< Last: what runs there uses all of the above.
};

//===-- Life --------------------------------------------------------------===//

std::string ManagerDaemon::begin() {
  std::vector<model::Address> addresses = config.listen;
  addresses.push_back({controlSocket(config.state), "", 0});
  for (const model::Address &address : addresses) {
    if (auto listening = server.listen(address, config.tls); !listening)
      return listening.error();
    spdlog::info("listening at {}", address.text());
  }
  if (config.tls && !config.tls->clients)
    spdlog::warn("`tls` has no `clients`: every certificate of its authority may command");
  awaitSignals();
  watchHeld();
  if (config.etcd)
    return openEtcd();
  goOn();
  return {};
}

//===-- Several managers --------------------------------------------------===//

std::string ManagerDaemon::openEtcd() {
  const model::ManagerEtcd &etcd = *config.etcd;
  LeadershipConfig wanted;
  wanted.etcd.endpoints = etcd.endpoints;
  wanted.etcd.caFile = etcd.authority;
  wanted.etcd.certificateFile = etcd.certificate;
  wanted.etcd.keyFile = etcd.key;
  wanted.etcd.user = etcd.user;
  if (!etcd.passwordFile.empty()) {
    auto password = model::readFile(etcd.passwordFile);
    if (!password)
      return model::describe(password.error());
    wanted.etcd.password = password->substr(0, password->find('\n'));
  }
  wanted.prefix = etcd.prefix;
  wanted.ttl = etcd.lease;
  wanted.self.name = etcd.name;
  wanted.self.url = etcd.url;
  auto opened = openStore(wanted, [this](const LeadershipView &view) {
    asio::post(loop, [this, view] { onRole(view); });
  });
  if (!opened)
    return opened.error();
  store = std::move(*opened);
  store->leadership->campaign();
  return {};
}

void ManagerDaemon::onRole(const LeadershipView &view) {
  using Role = LeadershipView::Role;
  if (view.leader && view.leader->url != leader) {
    leader = view.leader->url;
    spdlog::info("{} leads", describe(*view.leader));
  }
  if (!view.problem.empty())
    spdlog::warn("{}", view.problem);
  if (view.role == Role::Leader && !journal && !ending) {
    spdlog::info("leads, with term {}", view.term);
    journal = store->journal(view.term);
    jobs.leads = [this, term = view.term] { return store->leadership->leads(term); };
    goOn();
  }
  if (view.role == Role::Lost && journal && !lost) {
    lost = true;
    spdlog::warn("does not lead any more: {}", view.problem);
    if (!jobs.isBusy())
      return letGo();
    jobs.abandon(view.problem.empty() ? "another one leads" : view.problem);
  }
}

/// What was done as leader has ended: waits for its turn again.
void ManagerDaemon::letGo() {
  lost = false;
  journal.reset();
  if (!ending)
    store->leadership->campaign();
}

HttpResponse ManagerDaemon::standsBy() const {
  constexpr unsigned misdirected = 421;
  json body = {{"error", "this manager stands by for another one"},
               {"role", "standby"},
               {"pid", ::getpid()},
               {"leader", nullptr}};
  if (!leader.empty() && leader != config.etcd->url)
    body["leader"] = leader;
  return answerOf(body, misdirected);
}

JournalResult<std::unique_ptr<Journal>> ManagerDaemon::openReader() const {
  if (store)
    return store->reader();
  return Journal::open(config.state, Journal::Mode::ReadOnly);
}

//===-- Its end, and what was begun before --------------------------------===//

/// Takes up what the manager before this one has left (S4). AGAIN: what this one has left, because
/// its journal could not be written; then a newer manager is not pushed aside.
void ManagerDaemon::goOn(bool again) {
  auto last = lastPlan(*journal);
  if (!last) {
    spdlog::error("{}; trying again", last.error());
    return goOnLater();
  }
  if (!*last || !(*last)->state.record.begun)
    return;
  if (core::isOver((*last)->state.record.phase)) {
    conclude(**last);
    return refreshHeld();
  }
  if (again && (*last)->state.record.superseded)
    return;
  auto row = journal->plan((*last)->at.plan.id);
  std::vector<core::Event::Kind> first = {core::Recovered{}};
  if (row && *row && (*row)->summary == stoppedWithManager)
    first.emplace_back(core::Resume{});
  auto shared = std::make_shared<LastPlan>(std::move(**last));
  jobs.start(shared->at.plan.id, [this, shared, first](const Carrier &carrier) {
    carrier.sink(fmt::format("goes on with plan {}: {}", shortId(shared->at.plan.id),
                             summarize(shared->state)));
    return execute(shared->at, *journal, highestTerm(shared->at.plan, carrier.tls), first, carrier);
  });
}

/// The manager that ended the plan may have died before it could write that down.
void ManagerDaemon::conclude(const LastPlan &last) {
  auto row = journal->plan(last.at.plan.id);
  if (!row || !*row || (*row)->state != "running")
    return;
  std::string ended(core::toString(last.state.record.phase));
  if (auto noted = journal->setPlanState(last.at.plan.id, ended, true, summarize(last.state));
      !noted)
    spdlog::error("{}", noted.error());
}

/// Nothing stays drained because a disk was full for a while (S3).
void ManagerDaemon::goOnLater() {
  constexpr std::chrono::seconds pause(2);
  retryTimer.expires_after(pause);
  retryTimer.async_wait([this](boost::system::error_code error) {
    if (!error && !ending && !jobs.isBusy() && isLeader())
      goOn(true);
  });
}

/// After a job, or when this manager begins to lead.
void ManagerDaemon::refreshHeld() {
  held.reset();
  if (!isLeader() || ending)
    return;
  asio::post(readers, [this] {
    auto own = openReader();
    auto last = own ? lastPlan(**own) : tl::make_unexpected(own.error());
    if (!last || !*last || heldTargets(**last).empty())
      return;
    auto found = std::make_shared<const LastPlan>(std::move(**last));
    asio::post(loop, [this, found] { held = found; });
  });
}

/// Whether routers still know what is held.
void ManagerDaemon::watchHeld() {
  constexpr std::chrono::seconds interval(2);
  heldTimer.expires_after(interval);
  heldTimer.async_wait([this](boost::system::error_code error) {
    if (error || ending)
      return;
    if (!held || jobs.isBusy() || !isLeader())
      return watchHeld();
    asio::post(readers, [this, last = held] {
      auto forgotten = forgottenTargets(*last, config.identity());
      asio::post(loop, [this, last, forgotten] {
        if (!forgotten.empty() && last == held && !jobs.isBusy() && isLeader() && !ending)
          jobs.start(last->at.plan.id, [this, last, forgotten](const Carrier &carrier) {
            return assertHeld(*last, *journal, forgotten, carrier);
          });
        watchHeld();
      });
    });
  });
}

void ManagerDaemon::awaitSignals() {
  signals.async_wait([this](boost::system::error_code error, int) {
    if (error)
      return;
    signals.clear(); // The next one ends the process as usual; the journal has all.
    ending = true;
    if (!jobs.isBusy())
      return finish();
    spdlog::info("ending: nothing new begins, what has begun is finished; one more signal ends at "
                 "once");
    jobs.stopSoon();
  });
}

/// Who follows the last job is still told how it ended.
void ManagerDaemon::finish() {
  grace.expires_after(std::chrono::milliseconds(300));
  grace.async_wait([this](boost::system::error_code) {
    server.stop();
    readers.join();
    if (store)
      store->leadership->resign(); // The next one leads at once.
    loop.stop();
  });
}

//===-- Answers -----------------------------------------------------------===//

void ManagerDaemon::handle(const HttpRequest &request, const Reply &reply) {
  if (!isLeader())
    return reply(standsBy());
  auto command = readControlCommand(request);
  if (command)
    return *command ? answerCommand(**command, reply) : reply(command->error());
  std::string path = request.target.substr(0, request.target.find('?'));
  const std::string history = "/v1/history";
  bool get = request.method == "GET";
  if (path == "/v1/plans" && request.method == "POST")
    return answerPlan(request.body, reply);
  if (path == "/v1/manager" && get)
    return answerManager(reply);
  if (path == "/v1/status" && get)
    return answerStatus(reply);
  if (path == "/v1/log" && get)
    return answerLog(request.target, reply);
  if (path == history && get)
    return answerHistory("", reply);
  if (path.starts_with(history + "/") && get)
    return answerHistory(path.substr(history.size() + 1), reply);
  reply(refusal(404, "there is no " + request.method + " " + path,
                "see docs/formats/manager-api.md"));
}

json ManagerDaemon::logView() const {
  const JobLog *log = jobs.log();
  return log ? json{{"id", log->id}, {"plan", log->plan}, {"over", log->isOver()}} : json();
}

void ManagerDaemon::answerManager(const Reply &reply) {
  auto view = [log = logView()](const Execution *execution) {
    json body = managerView(execution);
    body["role"] = "leader";
    body["log"] = log;
    return answerOf(body);
  };
  if (!jobs.ask([view](Execution &execution) { return view(&execution); }, reply))
    reply(view(nullptr));
}

void ManagerDaemon::later(std::function<HttpResponse()> what, const Reply &reply) {
  asio::post(readers, [this, what = std::move(what), reply] {
    asio::post(loop, [reply, response = what()] { reply(response); });
  });
}

void ManagerDaemon::readJournal(std::function<HttpResponse(Journal &)> what, const Reply &reply) {
  later(
      [this, what = std::move(what)] {
        auto own = openReader();
        return own ? what(**own) : refusal(500, own.error());
      },
      reply);
}

void ManagerDaemon::answerStatus(const Reply &reply) {
  // What the plan waits for is known by whoever carries it out, so that one is asked first.
  auto rest = [this, reply](const json &plan) {
    readJournal(
        [this, plan](Journal &own) {
          json lines = json::array();
          auto sink = [&](const std::string &line) { lines.push_back(line); };
          StatusSubject subject;
          auto last = lastPlan(own);
          if (!last)
            return refusal(500, last.error());
          if (*last)
            subject = subjectOf(std::move(**last));
          addListed(config.servers, subject, sink);
          model::Status status = makeStatus(subject, config.identity(), sink);
          if (status.plan && plan.is_object()) {
            status.plan->step = plan.value("step", status.plan->step);
            status.plan->waitingFor = plan.value("waitingFor", status.plan->waitingFor);
          }
          return answerOf({{"status", json::parse(model::writeStatus(status))}, {"lines", lines}});
        },
        reply);
  };
  bool asked = jobs.ask([](Execution &execution) { return answerOf(managerView(&execution)); },
                        [rest](const HttpResponse &response) {
                          rest(json::parse(response.body, nullptr, false).value("plan", json()));
                        });
  if (!asked)
    rest(json());
}

void ManagerDaemon::answerHistory(const std::string &plan, const Reply &reply) {
  readJournal(
      [plan](Journal &own) {
        auto rows = plan.empty() ? historyOf(own) : historyOf(own, plan);
        if (!rows)
          return refusal(500, rows.error());
        return rows->is_null() ? refusal(404, "there is no plan '" + plan + "'") : answerOf(*rows);
      },
      reply);
}

void ManagerDaemon::answerLog(const std::string &target, const Reply &reply) {
  std::string from = queryValue(target, "from");
  std::size_t number = 0;
  auto [end, error] = std::from_chars(from.data(), from.data() + from.size(), number);
  if (error != std::errc() || end != from.data() + from.size())
    return reply(refusal(400, "'from' is the number of a line"));
  JobLog *log = jobs.log(queryValue(target, "id"));
  if (!log)
    return reply(refusal(404, "there is no such log any more"));
  log->read(number, reply);
}

void ManagerDaemon::answerPlan(const std::string &body, const Reply &reply) {
  asio::post(readers, [this, body, reply] {
    auto read = readSubmission(body);
    auto answer = [this, reply](HttpResponse response) {
      asio::post(loop, [reply, response = std::move(response)] { reply(response); });
    };
    if (!read)
      return answer(read.error());
    auto own = openReader();
    if (!own)
      return answer(refusal(500, own.error()));
    auto submission = std::make_shared<Submission>(std::move(*read));
    const PlanAtHand &at = submission->at;
    Admission admission = admit(at, staleInputs(at.plan, at.file, submission->inputs), **own,
                                config.identity(), false);
    asio::post(loop, [this, submission, admission = std::move(admission), reply]() mutable {
      begin(submission, std::move(admission), reply);
    });
  });
}

/// The plan was looked at; what has begun meanwhile comes first.
void ManagerDaemon::begin(const std::shared_ptr<Submission> &submission, Admission admission,
                          const Reply &reply) {
  const PlanAtHand &at = submission->at;
  json body = describeAdmission(at, admission);
  if (jobs.isBusy() && jobs.log()->plan == at.plan.id && !submission->rehearse) {
    body["exit"] = nullptr;
    body["log"] = jobs.log()->id;
    return reply(answerOf(body, 202));
  }
  if (admission.exit || submission->rehearse)
    return reply(answerOf(body));
  if (!isLeader())
    return reply(standsBy());
  if (ending || jobs.isBusy())
    return reply(refusal(
        409,
        ending ? "this manager is ending"
               : fmt::format("the manager is at work for plan {}", shortId(jobs.log()->plan)),
        "wait until that has ended: `ripple status`"));
  JobLog &log = jobs.start(at.plan.id, [this, submission, state = std::move(admission.state),
                                        termSeen = admission.termSeen](const Carrier &carrier) {
    if (auto added = addRow(submission->at, *journal); !added) {
      carrier.sink("error: " + added.error() + "; nothing was changed");
      return static_cast<int>(model::ExitFailed);
    }
    if (state.record.begun)
      carrier.sink(fmt::format("goes on with plan {}: {}", shortId(submission->at.plan.id),
                               summarize(state)));
    return execute(submission->at, *journal, termSeen, firstEvents(state), carrier);
  });
  body["log"] = log.id;
  reply(answerOf(body, 202));
}

//===-- Commands ----------------------------------------------------------===//

void ManagerDaemon::answerCommand(const ControlCommand &command, const Reply &reply) {
  if (jobs.ask([command](Execution &execution) { return carryOut(execution, command); }, reply))
    return;
  if (jobs.isBusy())
    return reply(refusal(409, "the manager is just beginning or ending with a plan",
                         "say it again in a moment"));
  if (command.name == "abort" || command.name == "permit")
    return doAlone(command, reply);
  reply(
      refusal(409, "no plan is carried out now", "`ripple apply PLAN` begins or goes on with one"));
}

/// Nothing is carried out: the last plan is taken up for this one thing.
void ManagerDaemon::doAlone(const ControlCommand &command, const Reply &reply) {
  if (ending)
    return reply(refusal(409, "this manager is ending", "start it again, and say it then"));
  auto last = lastPlan(*journal);
  if (!last || !*last)
    return reply(refusal(last ? 409 : 500, last ? "no plan was carried out yet" : last.error()));
  auto shared = std::make_shared<LastPlan>(std::move(**last));
  JobLog &log = jobs.start(shared->at.plan.id, [this, shared, command](const Carrier &carrier) {
    return command.name == "abort" ? abortAlone(*shared, *journal, carrier)
                                   : permitAlone(*shared, *journal, command.server, carrier);
  });
  reply(answerOf({{"log", log.id}, {"plan", log.plan}}, 202));
}

} // namespace

int runManager(const model::ManagerConfig &config) {
  ::signal(SIGPIPE, SIG_IGN);
  auto failed = [](const std::string &why) {
    spdlog::error("{}", why);
    return static_cast<int>(model::ExitFailed);
  };
  if (auto made = makeStateDirectory(config.state); !made)
    return failed(made.error());
  auto lock = StateLock::take(config.state);
  if (!lock)
    return failed(lock.error());
  std::unique_ptr<Journal> journal;
  if (!config.etcd) {
    auto opened = Journal::open(config.state, Journal::Mode::Write);
    if (!opened)
      return failed(opened.error());
    journal = std::move(*opened);
  }
  ManagerDaemon daemon(config, std::move(journal));
  if (auto failure = daemon.begin(); !failure.empty())
    return failed(failure);
  daemon.run();
  spdlog::info("ended");
  return model::ExitDone;
}

} // namespace ripple::agent
