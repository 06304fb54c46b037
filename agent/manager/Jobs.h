//===- Jobs.h - What a manager does, one thing after another ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A job carries out a plan, or gives back what one keeps away. It runs in a thread
// of its own; its lines, its end and every answer reach the loop's thread, which is
// the only one that calls what is declared here.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_JOBS_H
#define RIPPLE_AGENT_MANAGER_JOBS_H

#include "agent/http/HttpServer.h"
#include "agent/manager/Session.h"

#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <list>
#include <mutex>
#include <thread>

namespace ripple::agent {

/// The lines of one job, and those who wait for the next.
class JobLog : public std::enable_shared_from_this<JobLog> {
public:
  JobLog(boost::asio::io_context &loop, std::string plan);

  void add(const std::string &line);
  void end(int exit);
  /// Answers with the lines from the FROMth on: at once where there are some or the job is over,
  /// else as soon as there are, at the latest after 10 s.
  void read(std::size_t from, HttpServer::Reply reply);

  const std::string id;   ///< Random: another life of the manager has other logs.
  const std::string plan; ///< Whose plan it is.
  bool isOver() const { return exit.has_value(); }
  /// It is over, and did not do what it was begun for.
  bool hasFailed() const { return exit && *exit != 0; }

private:
  struct Waiter {
    std::size_t from;
    HttpServer::Reply reply;
    boost::asio::steady_timer timer;
  };
  void answerAll();
  HttpResponse answer(std::size_t from) const;

  boost::asio::io_context &loop;
  std::deque<std::string> lines; ///< The latest ones.
  std::size_t dropped = 0;       ///< How many came before.
  std::optional<int> exit;
  std::list<Waiter> waiters;
};

class Jobs {
public:
  /// KEEP as in Carrier::keepPlans.
  Jobs(boost::asio::io_context &loop, model::TlsIdentity tls, std::size_t keep)
      : loop(loop), tls(std::move(tls)), keepPlans(keep) {}
  /// Waits for the job that runs.
  ~Jobs();

  /// Runs WORK for PLAN in a thread of its own and returns its log. Only while nothing else runs.
  JobLog &start(const std::string &plan, std::function<int(const Carrier &)> work);
  bool isBusy() const { return current && !current->isOver(); }
  /// The latest job's; null before there was one.
  JobLog *log() const { return current.get(); }
  /// That of the latest job or the one before, whose end somebody may not have read yet; else null.
  JobLog *log(const std::string &id) const;

  /// Has WHAT done with the execution on its thread, and REPLY called with the answer on the
  /// loop's. False where nothing is carried out now.
  bool ask(std::function<HttpResponse(Execution &)> what, HttpServer::Reply reply);
  /// See Execution::stopSoon.
  void stopSoon();
  /// See Execution::abandon.
  void abandon(const std::string &why);
  /// Of the jobs that begin from now on: see ExecutionOptions::leads.
  std::function<tl::expected<void, std::string>()> leads = ExecutionOptions().leads;
  /// Called when a job has ended.
  std::function<void()> onEnd = [] {};

private:
  Carrier carrierOf(const std::shared_ptr<JobLog> &log);

  boost::asio::io_context &loop;
  const model::TlsIdentity tls; ///< With which agents are asked over https.
  const std::size_t keepPlans;
  std::shared_ptr<JobLog> current, previous;
  bool stops = false;
  std::thread thread;
  std::mutex mutex;
  Execution *execution = nullptr; ///< Guarded by `mutex`; alive while it is set.
};

} // namespace ripple::agent

#endif
