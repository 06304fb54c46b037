//===- Jobs.cpp - What a manager does, one thing after another ------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/manager/Jobs.h"

#include "agent/manager/Control.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <random>
#include <spdlog/spdlog.h>

namespace ripple::agent {

namespace {

namespace asio = boost::asio;

/// A plan of 10,000 tasks tells some 60,000 lines.
constexpr std::size_t linesMax = 200'000, answerLinesMax = 2'000;
constexpr std::chrono::seconds waitMax{10};

std::string randomId() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

} // namespace

//===-- JobLog ------------------------------------------------------------===//

JobLog::JobLog(asio::io_context &on, std::string of)
    : id(randomId()), plan(std::move(of)), loop(on) {}

void JobLog::add(const std::string &line) {
  lines.push_back(line);
  if (lines.size() > linesMax) {
    lines.pop_front();
    ++dropped;
  }
  answerAll();
}

void JobLog::end(int with) {
  exit = with;
  answerAll();
}

HttpResponse JobLog::answer(std::size_t from) const {
  nlohmann::json some = nlohmann::json::array();
  std::size_t next = std::max(from, dropped);
  if (next > from)
    some.push_back(fmt::format("({} lines are not kept any more)", next - from));
  for (; next - dropped < lines.size() && some.size() < answerLinesMax; ++next)
    some.push_back(lines[next - dropped]);
  bool over = exit && next - dropped >= lines.size();
  nlohmann::json body = {{"lines", some}, {"next", next}, {"over", over}, {"exit", nullptr}};
  if (over)
    body["exit"] = *exit;
  return answerOf(body);
}

void JobLog::read(std::size_t from, HttpServer::Reply reply) {
  if (exit || from < dropped + lines.size())
    return reply(answer(from));
  auto at = waiters.insert(waiters.end(),
                           Waiter{from, std::move(reply), asio::steady_timer(loop, waitMax)});
  at->timer.async_wait([self = shared_from_this(), at](boost::system::error_code error) {
    if (error)
      return;
    at->reply(self->answer(at->from));
    self->waiters.erase(at);
  });
}

void JobLog::answerAll() {
  // A timer that has expired already will still call its handler: its waiter is left to it.
  for (auto at = waiters.begin(); at != waiters.end();) {
    auto waiter = at++;
    if (waiter->timer.cancel() == 0)
      continue;
    waiter->reply(answer(waiter->from));
    waiters.erase(waiter);
  }
}

//===-- Jobs --------------------------------------------------------------===//

Jobs::~Jobs() {
  if (thread.joinable())
    thread.join();
}

JobLog &Jobs::start(const std::string &plan, std::function<int(const Carrier &)> work) {
  if (thread.joinable())
    thread.join(); // Its last act was to post its end.
  previous = std::move(current);
  current = std::make_shared<JobLog>(loop, plan);
  thread = std::thread([this, log = current, carrier = carrierOf(current), work = std::move(work)] {
    int exit = work(carrier);
    asio::post(loop, [this, log, exit] {
      log->end(exit);
      onEnd();
    });
  });
  return *current;
}

Carrier Jobs::carrierOf(const std::shared_ptr<JobLog> &log) {
  Carrier carrier;
  carrier.tls = tls;
  carrier.keepPlans = keepPlans;
  carrier.leads = leads;
  carrier.signals = false;
  carrier.sink = [this, log](const std::string &line) {
    spdlog::info("{}", line);
    asio::post(loop, [log, line] { log->add(line); });
  };
  carrier.begins = [this](Execution &begun) -> tl::expected<void, std::string> {
    std::lock_guard lock(mutex);
    if (stops)
      return tl::unexpected(std::string("the manager was told to end"));
    execution = &begun;
    return {};
  };
  carrier.ends = [this] {
    Execution *ended = nullptr;
    {
      std::lock_guard lock(mutex);
      ended = std::exchange(execution, nullptr);
    }
    if (!ended)
      return;
    // Whoever asked before this moment is answered.
    ended->loop().restart();
    ended->loop().poll();
  };
  return carrier;
}

JobLog *Jobs::log(const std::string &id) const {
  for (const std::shared_ptr<JobLog> &each : {current, previous})
    if (each && each->id == id)
      return each.get();
  return nullptr;
}

bool Jobs::ask(std::function<HttpResponse(Execution &)> what, HttpServer::Reply reply) {
  std::lock_guard lock(mutex);
  if (!execution)
    return false;
  asio::post(execution->loop(),
             [this, &asked = *execution, what = std::move(what), reply = std::move(reply)] {
               asio::post(loop, [reply, response = what(asked)] { reply(response); });
             });
  return true;
}

void Jobs::abandon(const std::string &why) {
  std::lock_guard lock(mutex);
  if (execution)
    asio::post(execution->loop(), [&asked = *execution, why] { asked.abandon(why); });
}

void Jobs::stopSoon() {
  std::lock_guard lock(mutex);
  stops = true;
  if (execution)
    asio::post(execution->loop(), [&asked = *execution] { asked.stopSoon(); });
}

} // namespace ripple::agent
