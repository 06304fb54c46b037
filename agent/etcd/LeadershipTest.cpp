//===- LeadershipTest.cpp -------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// With a real etcd, and managers that are killed and stopped.
//
//===----------------------------------------------------------------------===//
#include "agent/etcd/Leadership.h"

#include "agent/etcd/testing/EtcdServer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ripple::agent;
using namespace ripple::agent::test;
using namespace std::chrono_literals;
using Role = LeadershipView::Role;

namespace {

/// What a manager has heard of its leadership.
class Candidate {
public:
  Candidate(EtcdConfig etcd, const std::string &name, std::chrono::milliseconds ttl = 3s) {
    LeadershipConfig config;
    config.etcd = std::move(etcd);
    config.self.name = name;
    config.self.url = "http://" + name;
    config.ttl = ttl;
    config.poll = 50ms;
    auto made = Leadership::make(config, [this](const LeadershipView &view) {
      std::lock_guard lock(mutex);
      heard.push_back(view);
      changed.notify_all();
    });
    EXPECT_TRUE(made) << made.error();
    leadership = std::move(*made);
  }

  Leadership *operator->() const { return leadership.get(); }

  /// Waits until it has been told ROLE; what it was told then.
  LeadershipView await(Role role) {
    std::unique_lock lock(mutex);
    bool told = changed.wait_for(lock, 30s, [&] { return find(role); });
    EXPECT_TRUE(told) << toString(role);
    if (!told)
      return {};
    LeadershipView view = *find(role);
    heard.clear();
    return view;
  }

private:
  const LeadershipView *find(Role role) const {
    for (const LeadershipView &view : heard)
      if (view.role == role && (role != Role::Standby || view.leader || !view.problem.empty()))
        return &view;
    return nullptr;
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<LeadershipView> heard;
  std::unique_ptr<Leadership> leadership;
};

class LeadershipTest : public testing::Test {
protected:
  void SetUp() override { ASSERT_TRUE(server.awaitReady()) << server.log(); }

  EtcdClient &client() {
    if (!own)
      own = std::move(EtcdClient::make(server.config()).value());
    return *own;
  }

  EtcdServer server;
  std::unique_ptr<EtcdClient> own;
};

/// Another process that leads, and says over a pipe with which term, and what it believes when it
/// is asked.
class OtherManager {
public:
  explicit OtherManager(const EtcdConfig &etcd, std::chrono::milliseconds ttl) {
    int down[2], up[2];
    if (::pipe(down) != 0 || ::pipe(up) != 0)
      throw std::runtime_error("no pipe");
    process = ::fork();
    if (process == 0) {
      ::close(down[1]);
      live(etcd, ttl, down[0], up[1]);
    }
    ::close(down[0]);
    ::close(up[1]);
    toIt = down[1];
    fromIt = up[0];
  }
  ~OtherManager() {
    ::kill(process, SIGKILL);
    ::waitpid(process, nullptr, 0);
    ::close(toIt);
    ::close(fromIt);
  }
  OtherManager(const OtherManager &) = delete;
  OtherManager &operator=(const OtherManager &) = delete;

  /// 0 where there is none.
  std::int64_t read() const {
    std::int64_t number = 0;
    return ::read(fromIt, &number, sizeof number) == sizeof number ? number : 0;
  }
  /// The term under which it believes to lead; -1: none.
  std::int64_t ask() const {
    char byte = 0;
    return ::write(toIt, &byte, 1) == 1 ? read() : 0;
  }
  pid_t pid() const { return process; }

private:
  [[noreturn]] static void live(const EtcdConfig &etcd, std::chrono::milliseconds ttl, int in,
                                int out) {
    Candidate me(etcd, "other", ttl);
    me->campaign();
    std::int64_t term = me.await(Role::Leader).term;
    auto tell = [&](std::int64_t number) { (void)!::write(out, &number, sizeof number); };
    tell(term);
    char byte;
    while (::read(in, &byte, 1) == 1)
      tell(me->leads(term) ? term : -1);
    ::_exit(0);
  }

  pid_t process;
  int toIt, fromIt;
};

TEST(LeaderInfo, ComesBackFromItsValue) {
  LeaderInfo info{"m1", "https://m1:7000", "db1", 7, "2026-12-01T00:00:00Z", 9};
  EXPECT_EQ(parseLeader({"k", writeLeader(info), 9, 9, 0}), info);
  EXPECT_EQ(describe(info),
            "m1 (https://m1:7000, pid 7 on db1, since 2026-12-01T00:00:00Z, term 9)");
  for (const char *text : {"", "7", "[]", R"({"name":7,"pid":"x"})"})
    EXPECT_EQ(parseLeader({"k", text, 3, 3, 0}), (LeaderInfo{.term = 3})) << text;
}

TEST(Leadership, RefusesALeaseOfNoTime) {
  LeadershipConfig config;
  config.etcd.endpoints = {"http://127.0.0.1:1"};
  config.ttl = 0ms;
  auto made = Leadership::make(config, nullptr);
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().find("lease is a second to an hour"), std::string::npos);
  config.ttl = 3s;
  config.etcd.endpoints.clear();
  EXPECT_FALSE(Leadership::make(config, nullptr));
}

TEST_F(LeadershipTest, OneLeadsAndTheOthersKnowWho) {
  Candidate first(server.config(), "m1", 6s), second(server.config(), "m2", 6s);
  EXPECT_EQ(first->view().role, Role::Idle);
  first->campaign();
  LeadershipView leader = first.await(Role::Leader);
  EXPECT_GT(leader.term, 0);
  EXPECT_TRUE(first->leads(leader.term));
  EXPECT_FALSE(first->leads(leader.term + 1));

  second->campaign();
  LeadershipView standby = second.await(Role::Standby);
  ASSERT_TRUE(standby.leader);
  EXPECT_EQ(standby.leader->name, "m1");
  EXPECT_EQ(standby.leader->url, "http://m1");
  EXPECT_EQ(standby.leader->pid, ::getpid());
  EXPECT_EQ(standby.leader->term, leader.term);
  EXPECT_FALSE(second->leads(leader.term));

  std::this_thread::sleep_for(7s); // Longer than the lease, were it not kept alive.
  EXPECT_TRUE(first->leads(leader.term));
  EXPECT_EQ(second->view().role, Role::Standby);

  first->resign();
  EXPECT_EQ(first->view().role, Role::Idle);
  EXPECT_FALSE(first->leads(leader.term));
  LeadershipView next = second.await(Role::Leader);
  EXPECT_GT(next.term, leader.term);
  first->campaign();
  EXPECT_EQ(first.await(Role::Standby).leader->name, "m2");
}

TEST_F(LeadershipTest, ADeadLeaderIsSucceededWhenItsLeaseIsOver) {
  OtherManager other(server.config(), 3s);
  std::int64_t term = other.read();
  ASSERT_GT(term, 0);
  Candidate me(server.config(), "me");
  me->campaign();
  EXPECT_EQ(me.await(Role::Standby).leader->pid, other.pid());
  auto begun = std::chrono::steady_clock::now();
  ::kill(other.pid(), SIGKILL);
  EXPECT_GT(me.await(Role::Leader).term, term);
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  fmt::print("failover after kill -9, lease of 3 s: {:.2f} s\n", took.count());
}

TEST_F(LeadershipTest, AStoppedLeaderKnowsAtOnceThatItLeadsNoMore) {
  OtherManager other(server.config(), 5s);
  std::int64_t term = other.read();
  ASSERT_GT(term, 0);
  EXPECT_EQ(other.ask(), term);
  Candidate me(server.config(), "me");
  me->campaign();
  ::kill(other.pid(), SIGSTOP);
  std::int64_t next = me.await(Role::Leader).term;
  EXPECT_GT(next, term);
  ::kill(other.pid(), SIGCONT);
  EXPECT_EQ(other.ask(), -1) << "it may be asked before its own thread has run";
  std::this_thread::sleep_for(500ms);
  EXPECT_EQ(other.ask(), -1) << "and stays so";
  EXPECT_TRUE(me->leads(next));
}

TEST_F(LeadershipTest, IsLostBeforeTheLeaseIsOverWhereEtcdIsGone) {
  Candidate me(server.config(), "me");
  me->campaign();
  std::int64_t term = me.await(Role::Leader).term;
  server.kill();
  LeadershipView lost = me.await(Role::Lost);
  EXPECT_NE(lost.problem.find("has not renewed its lease within 3000 ms"), std::string::npos)
      << lost.problem;
  EXPECT_NE(lost.problem.find("no etcd answers"), std::string::npos) << lost.problem;
  EXPECT_FALSE(me->leads(term));
  std::this_thread::sleep_for(300ms);
  EXPECT_EQ(me->view().role, Role::Lost) << "until it is told to campaign again";

  me->campaign();
  LeadershipView standby = me.await(Role::Standby);
  EXPECT_NE(standby.problem.find("no etcd answers"), std::string::npos) << "it says why it waits";
  server.start();
  EXPECT_GT(me.await(Role::Leader).term, term);
}

TEST_F(LeadershipTest, AShortOutageOfEtcdIsSurvived) {
  Candidate me(server.config(), "me", 20s);
  me->campaign();
  std::int64_t term = me.await(Role::Leader).term;
  server.kill();
  server.start();
  ASSERT_TRUE(server.awaitReady());
  std::this_thread::sleep_for(6s); // A renewal or two.
  EXPECT_TRUE(me->leads(term));
  EXPECT_EQ(client().range({"/ripple/leader"})->kvs.at(0).createRevision, term);
}

TEST_F(LeadershipTest, IsLostWhereItsKeyIsTakenAway) {
  Candidate me(server.config(), "me");
  me->campaign();
  std::int64_t term = me.await(Role::Leader).term;
  ASSERT_TRUE(
      client().txn({{}, {{Operation::Kind::Delete, "/ripple/leader", {}, {}, 0}}, {}})->succeeded);
  LeadershipView lost = me.await(Role::Lost);
  EXPECT_NE(lost.problem.find("taken its key away"), std::string::npos) << lost.problem;
  auto why = me->leads(term);
  ASSERT_FALSE(why);
  EXPECT_NE(why.error().find("does not lead any more"), std::string::npos);
  me->resign();
  EXPECT_EQ(me->view().role, Role::Idle);
}

TEST_F(LeadershipTest, EndsThoughEtcdDoesNotAnswer) {
  auto begun = std::chrono::steady_clock::now();
  {
    Candidate me(server.config(), "me");
    me->campaign();
    me.await(Role::Leader);
    server.stop();
    begun = std::chrono::steady_clock::now();
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 30s);
  server.send(SIGCONT);
}

TEST_F(LeadershipTest, NeverTwoAtATime) {
  // Each claims to lead, and is counted while it surely does; leaders resign at once.
  std::atomic<int> leading{0}, most{0}, terms{0};
  std::vector<std::thread> managers;
  for (int i = 0; i < 3; ++i)
    managers.emplace_back([&, i] {
      Candidate me(server.config(), fmt::format("m{}", i));
      for (int turn = 0; turn < 5; ++turn) {
        me->campaign();
        std::int64_t term = me.await(Role::Leader).term;
        int now = ++leading;
        most = std::max<int>(most, now);
        EXPECT_TRUE(me->leads(term));
        ++terms;
        --leading;
        me->resign();
      }
    });
  for (std::thread &manager : managers)
    manager.join();
  EXPECT_EQ(most, 1);
  EXPECT_EQ(terms, 15);
}

} // namespace
