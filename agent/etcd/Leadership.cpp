//===- Leadership.cpp - Which manager leads -------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/etcd/Leadership.h"

#include <algorithm>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace ripple::agent {

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// Runs on while the machine sleeps, as etcd's clock does.
nanoseconds bootClock() {
  timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

std::string hostName() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

std::string readText(const nlohmann::json &json, const char *name) {
  auto at = json.find(name);
  return at != json.end() && at->is_string() ? at->get<std::string>() : std::string();
}

} // namespace

std::string writeLeader(const LeaderInfo &leader) {
  nlohmann::json json = {{"name", leader.name},
                         {"url", leader.url},
                         {"host", leader.host},
                         {"pid", leader.pid},
                         {"since", leader.since}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

LeaderInfo parseLeader(const KeyValue &kv) {
  LeaderInfo leader;
  leader.term = kv.createRevision;
  auto json = nlohmann::json::parse(kv.value, nullptr, false);
  if (!json.is_object())
    return leader;
  leader.name = readText(json, "name");
  leader.url = readText(json, "url");
  leader.host = readText(json, "host");
  leader.since = readText(json, "since");
  if (auto pid = json.find("pid"); pid != json.end() && pid->is_number_integer())
    leader.pid = pid->get<std::int64_t>();
  return leader;
}

std::string describe(const LeaderInfo &leader) {
  return fmt::format("{} ({}pid {} on {}, since {}, term {})",
                     leader.name.empty() ? "a manager without a name" : leader.name,
                     leader.url.empty() ? "" : leader.url + ", ", leader.pid,
                     leader.host.empty() ? "an unknown host" : leader.host,
                     leader.since.empty() ? "unknown" : leader.since, leader.term);
}

std::string_view toString(LeadershipView::Role role) {
  switch (role) {
  case LeadershipView::Role::Idle:
    return "idle";
  case LeadershipView::Role::Standby:
    return "standby";
  case LeadershipView::Role::Leader:
    return "leader";
  case LeadershipView::Role::Lost:
    return "lost";
  }
  return "";
}

tl::expected<std::unique_ptr<Leadership>, std::string> Leadership::make(LeadershipConfig config,
                                                                        Changed changed) {
  if (config.ttl < std::chrono::seconds(1) || config.ttl > std::chrono::hours(1))
    return tl::unexpected(std::string("the time of a leader's lease is a second to an hour"));
  config.etcd.tryTimeout = std::min(config.etcd.tryTimeout, config.ttl / 3);
  config.etcd.timeout = std::min(config.etcd.timeout, config.ttl);
  auto client = EtcdClient::make(config.etcd);
  if (!client)
    return tl::unexpected(client.error());
  return std::unique_ptr<Leadership>(
      new Leadership(std::move(config), std::move(changed), std::move(*client)));
}

Leadership::Leadership(LeadershipConfig wantedConfig, Changed tell,
                       std::unique_ptr<EtcdClient> made)
    : config(std::move(wantedConfig)), key(config.prefix + "/leader"), changed(std::move(tell)),
      client(std::move(made)) {
  client->setGiveUp([this] { return isToStop(); });
  thread = std::thread([this] { run(); });
}

Leadership::~Leadership() {
  {
    std::lock_guard lock(mutex);
    ending = true;
  }
  woken.notify_all();
  thread.join();
}

void Leadership::campaign() {
  {
    std::lock_guard lock(mutex);
    wanted = true;
  }
  woken.notify_all();
}

void Leadership::resign() {
  std::unique_lock lock(mutex);
  resigning = true;
  woken.notify_all();
  woken.wait(lock, [this] { return !resigning; });
}

LeadershipView Leadership::view() {
  std::lock_guard lock(mutex);
  expireLocked();
  return now;
}

tl::expected<void, std::string> Leadership::leads(std::int64_t term) {
  LeadershipView seen = view();
  if (seen.role == Role::Leader && seen.term == term)
    return {};
  std::string why = seen.role == Role::Lost && seen.term == term && !seen.problem.empty()
                        ? seen.problem
                        : fmt::format("its term {} is over", term);
  if (seen.leader && seen.leader->term != term)
    why += "; by what etcd said last, " + describe(*seen.leader) + " leads now";
  return tl::unexpected("this manager does not lead any more: " + why);
}

/// Whoever asks first after the time is over finds it lost, were it before the thread runs again.
void Leadership::expireLocked() {
  if (now.role == Role::Leader && bootClock() >= surelyUntil)
    loseLocked(fmt::format("etcd has not renewed its lease within {} ms{}", granted.count(),
                           now.problem.empty() ? "" : " (" + now.problem + ")"));
}

void Leadership::loseLocked(const std::string &why) {
  now.role = Role::Lost;
  now.leader.reset();
  now.problem = why;
  wanted = false; // Until it is told to campaign again.
  woken.notify_all();
}

/// Sleeps for TIME, or until there is something else to do: true.
bool Leadership::wait(nanoseconds time) {
  std::unique_lock lock(mutex);
  return woken.wait_for(lock, time, [this] { return !wanted || resigning || ending; });
}

bool Leadership::isToStop() {
  std::lock_guard lock(mutex);
  return !wanted || resigning || ending;
}

void Leadership::become(const std::function<void(LeadershipView &)> &change) {
  LeadershipView after;
  {
    std::lock_guard lock(mutex);
    LeadershipView before = now;
    change(now);
    woken.notify_all();
    if (now == before)
      return;
    after = now;
  }
  if (changed)
    changed(after);
}

void Leadership::run() {
  for (;;) {
    {
      std::unique_lock lock(mutex);
      woken.wait(lock, [this] { return wanted || resigning || ending; });
    }
    if (!isToStop()) {
      standBy();
      lead();
    }
    giveBack();
    bool last = false;
    become([&](LeadershipView &view) {
      if (resigning || ending) {
        view = {};
        wanted = false;
      }
      resigning = false;
      last = ending;
    });
    if (last)
      return;
  }
}

/// Until the key is ours, or that is not wanted any more.
void Leadership::standBy() {
  become([](LeadershipView &view) { view = {Role::Standby, 0, std::nullopt, {}}; });
  do {
    client->setDeadline(EtcdClient::Clock::time_point::max());
    auto answer = client->range({key});
    if (!answer) {
      become([&](LeadershipView &view) { view.problem = answer.error().message; });
      continue;
    }
    if (answer->kvs.empty())
      tryToWin();
    else
      become([&](LeadershipView &view) {
        view.leader = parseLeader(answer->kvs.front());
        view.problem.clear();
      });
    if (view().role != Role::Standby)
      return;
  } while (!wait(config.poll));
}

/// Makes the key, with a lease of its own, where nobody else has.
void Leadership::tryToWin() {
  auto ttlSeconds = std::chrono::ceil<std::chrono::seconds>(config.ttl).count();
  auto sentAt = bootClock();
  auto given = client->grantLease(ttlSeconds);
  if (!given || given->ttlSeconds <= 0)
    return become([&](LeadershipView &view) {
      view.problem = given ? "etcd has granted a lease of no time" : given.error().message;
    });
  lease = given->id;
  granted = std::chrono::seconds(given->ttlSeconds);
  LeaderInfo self = config.self;
  self.host = hostName();
  self.pid = ::getpid();
  self.since = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  value = writeLeader(self);
  // Asked twice, it finds the key that it made itself: by its lease.
  auto won = client->txn(
      {{{key, Compare::Target::Create, 0}},
       {{Operation::Kind::Put, key, value, {}, lease}, {Operation::Kind::Get, key, {}, {}, 0}},
       {{Operation::Kind::Get, key, {}, {}, 0}}});
  const KeyValue *there = won && !won->got.empty() && won->got[0] ? &*won->got[0] : nullptr;
  if (!there || there->lease != lease) {
    become([&](LeadershipView &view) {
      view.problem = won ? std::string() : won.error().message;
      view.leader = there ? std::optional(parseLeader(*there)) : std::nullopt;
    });
    return giveBack();
  }
  LeaderInfo leader = parseLeader(*there);
  become([&](LeadershipView &view) {
    surelyUntil = sentAt + granted - granted / 10;
    view = {Role::Leader, leader.term, leader, {}};
  });
}

void Leadership::lead() {
  while (view().role == Role::Leader && !wait(std::min<nanoseconds>(granted / 4, timeLeft())))
    renew();
  LeadershipView end = view();
  if (end.role == Role::Lost && changed)
    changed(end);
}

nanoseconds Leadership::timeLeft() {
  std::lock_guard lock(mutex);
  return std::max(surelyUntil - bootClock(), nanoseconds(0));
}

/// Once; where etcd does not answer, the next time is soon enough, or it is lost.
void Leadership::renew() {
  client->setDeadline(EtcdClient::Clock::now() + timeLeft());
  auto sentAt = bootClock();
  auto renewed = client->keepAlive(lease);
  if (!renewed && renewed.error().kind != EtcdError::Kind::NotFound) {
    std::lock_guard lock(mutex);
    now.problem = renewed.error().message;
    return;
  }
  if (!renewed || renewed->ttlSeconds <= 0)
    return lose("its lease has run out");
  if (!keyIsOurs())
    return lose("somebody has taken its key away from etcd");
  std::lock_guard lock(mutex);
  expireLocked();
  if (now.role != Role::Leader)
    return;
  now.problem.clear();
  granted = std::chrono::seconds(renewed->ttlSeconds);
  surelyUntil = sentAt + granted - granted / 10;
}

/// Where etcd does not say, the lease decides.
bool Leadership::keyIsOurs() {
  auto answer = client->range({key});
  return !answer || (!answer->kvs.empty() && answer->kvs.front().lease == lease);
}

void Leadership::lose(const std::string &why) {
  std::lock_guard lock(mutex);
  if (now.role == Role::Leader)
    loseLocked(why);
}

/// So that nobody has to wait until it runs out; where etcd does not answer, it will.
void Leadership::giveBack() {
  if (lease == 0)
    return;
  client->setGiveUp([] { return false; });
  client->setDeadline(EtcdClient::Clock::now() + std::chrono::seconds(1));
  (void)client->revokeLease(lease);
  client->setGiveUp([this] { return isToStop(); });
  lease = 0;
}

} // namespace ripple::agent
