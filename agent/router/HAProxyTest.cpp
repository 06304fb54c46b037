//===- HAProxyTest.cpp - The driver and a real HAProxy --------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/router/Router.h"
#include "agent/router/testing/Peers.h"

#include <gmock/gmock.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace ripple;
using namespace ripple::agent;
using model::Sessions;
using peers::freePort;
using testing::HasSubstr;

namespace {

constexpr const char *Program = "/usr/sbin/haproxy";

/// An application: answers every request with 200, `/slow` only when told to.
class Application {
public:
  explicit Application(std::string path) : Path(std::move(path)) {
    Listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, Path.c_str(), Path.size() + 1);
    EXPECT_EQ(::bind(Listener, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(Listener, 64), 0);
    Thread = std::thread([this] { serve(); });
  }
  ~Application() {
    ::shutdown(Listener, SHUT_RDWR);
    Thread.join();
    ::close(Listener);
    for (int fd : Slow)
      ::close(fd);
  }

private:
  void serve() {
    for (;;) {
      int fd = ::accept(Listener, nullptr, nullptr);
      if (fd < 0)
        return;
      char buffer[2048];
      auto got = ::recv(fd, buffer, sizeof buffer, 0);
      std::string_view text(buffer, got > 0 ? static_cast<std::size_t>(got) : 0);
      if (text.find("/slow") != std::string_view::npos) {
        Slow.push_back(fd);
        continue;
      }
      constexpr std::string_view Answer =
          "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      ::send(fd, Answer.data(), Answer.size(), MSG_NOSIGNAL);
      ::close(fd);
    }
  }

  std::string Path;
  int Listener = -1;
  std::vector<int> Slow;
  std::thread Thread;
};

/// A scratch HAProxy with two servers in a back end for checks and two classes that track it.
class HAProxyTest : public testing::Test {
protected:
  void SetUp() override {
    if (::access(Program, X_OK) != 0)
      GTEST_SKIP() << Program << " is not installed";
    char name[] = "/tmp/ripple-haproxy-XXXXXX";
    Folder = ::mkdtemp(name);
    First = std::make_unique<Application>(Folder + "/app1.sock");
    writeConfiguration();
    start();
  }
  void TearDown() override {
    stop();
    First.reset();
    if (!Folder.empty())
      std::filesystem::remove_all(Folder);
  }

  void writeConfiguration() {
    Port = freePort();
    std::ofstream out(Folder + "/haproxy.cfg");
    out << "global\n  stats socket " << Folder << "/admin.sock mode 600 level admin\n"
        << "  stats socket " << Folder << "/user.sock mode 600 level user\n"
        << "  stats socket ipv4@127.0.0.1:" << Port << " level admin\n"
        << "defaults\n  mode http\n  timeout connect 1s\n  timeout client 60s\n"
        << "  timeout server 60s\n  timeout queue 60s\n"
        << "frontend f\n  bind unix@" << Folder << "/front.sock\n"
        << "  use_backend shop.2 if { path_beg /slow }\n  default_backend shop.1\n"
        << "backend checks\n  option httpchk GET /healthz\n"
        << server("app1", "check inter 50ms rise 1 fall 1")
        << server("app2", "check inter 50ms rise 1 fall 1");
    for (const char *backend : {"shop.1", "shop.2"})
      out << "backend " << backend << "\n"
          << server("app1", "track checks/app1 maxconn 1") << server("app2", "track checks/app2");
  }

  std::string server(const std::string &name, const std::string &options) const {
    return "  server " + name + " unix@" + Folder + "/" + name + ".sock " + options + "\n";
  }

  void start() {
    std::string file = Folder + "/haproxy.cfg";
    const char *argv[] = {Program, "-db", "-q", "-f", file.c_str(), nullptr};
    ASSERT_EQ(::posix_spawn(&Pid, Program, nullptr, nullptr, const_cast<char **>(argv), environ),
              0);
    eventually([&] { return router()->identity().has_value(); });
  }
  void stop() {
    if (Pid <= 0)
      return;
    ::kill(Pid, SIGKILL);
    ::waitpid(Pid, nullptr, 0);
    Pid = -1;
  }

  std::unique_ptr<Router> router(const std::string &socket = "admin.sock") const {
    model::Router entry;
    entry.name = "edge";
    entry.socket = socket.find(':') == std::string::npos ? Folder + "/" + socket : socket;
    return *makeRouter(entry, {model::Milliseconds(10'000)});
  }

  /// A request that stays open; returns its descriptor.
  int request(const std::string &path) const {
    int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    auto front = Folder + "/front.sock";
    std::memcpy(address.sun_path, front.c_str(), front.size() + 1);
    EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    auto text = "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
    ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    return fd;
  }

  template <typename Condition> static void eventually(Condition condition) {
    ASSERT_TRUE(peers::comesTrue(condition)) << "not within 15 s";
  }

  RouterServer seen(const RouterTarget &target) const { return peers::seenBy(*router(), target); }

  std::string Folder;
  std::unique_ptr<Application> First;
  int Port = 0;
  pid_t Pid = -1;
};

TEST_F(HAProxyTest, ForbidsAndPermitsOneClassAlone) {
  auto edge = router();
  EXPECT_EQ(*edge->readBack({"shop.1", "app1"}), RouterState::Permitted);
  for (int twice = 0; twice < 2; ++twice) {
    auto set = edge->setState({"shop.1", "app1"}, RouterState::Forbidden, Sessions::Shared);
    ASSERT_TRUE(set) << set.error().message;
    EXPECT_EQ(seen({"shop.1", "app1"}).adminWord, "drain");
  }
  EXPECT_EQ(*edge->readBack({"shop.1", "app1"}), RouterState::Forbidden);
  EXPECT_EQ(*edge->readBack({"shop.2", "app1"}), RouterState::Permitted);
  EXPECT_TRUE(edge->capabilities().forbidsByClass);
  for (int twice = 0; twice < 2; ++twice)
    ASSERT_TRUE(edge->setState({"shop.1", "app1"}, RouterState::Permitted, Sessions::Shared));
  EXPECT_EQ(*edge->readBack({"shop.1", "app1"}), RouterState::Permitted);
}

TEST_F(HAProxyTest, StickyIsMaintAndIsNotWeakened) {
  auto edge = router();
  ASSERT_TRUE(edge->setState({"shop.1", "app1"}, RouterState::Forbidden, Sessions::Shared));
  ASSERT_TRUE(edge->setState({"shop.1", "app1"}, RouterState::Forbidden, Sessions::Sticky));
  EXPECT_EQ(seen({"shop.1", "app1"}).adminWord, "maint");
  ASSERT_TRUE(edge->setState({"shop.1", "app1"}, RouterState::Forbidden, Sessions::Shared));
  EXPECT_EQ(seen({"shop.1", "app1"}).adminWord, "maint");
  EXPECT_FALSE(edge->capabilities().bindsClients);
  ASSERT_TRUE(edge->setState({"shop.1", "app1"}, RouterState::Permitted, Sessions::Sticky));
  EXPECT_EQ(seen({"shop.1", "app1"}).adminWord, "ready");
}

TEST_F(HAProxyTest, MaintOfTheTrackedServerCannotBePermitted) {
  auto edge = router();
  ASSERT_TRUE(edge->setState({"checks", "app1"}, RouterState::Forbidden, Sessions::Sticky));
  EXPECT_EQ(*edge->readBack({"shop.1", "app1"}), RouterState::Forbidden);
  auto set = edge->setState({"shop.1", "app1"}, RouterState::Permitted, Sessions::Shared);
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().kind, RouterError::Kind::NotHeld);
  EXPECT_THAT(set.error().message, HasSubstr("inherited"));
}

TEST_F(HAProxyTest, ChecksOfTheTrackedServerTellUpAndDown) {
  eventually([&] { return seen({"checks", "app1"}).checkStatus == "L7OK"; });
  EXPECT_TRUE(seen({"shop.1", "app1"}).up);
  EXPECT_EQ(seen({"shop.1", "app1"}).checkStatus, "L7OK");
  EXPECT_EQ(seen({"shop.1", "app1"}).tracks, "checks/app1");
  eventually([&] { return !seen({"shop.1", "app2"}).up; });
  EXPECT_TRUE(router()->capabilities().checksServers);
  EXPECT_NE(seen({"shop.1", "app2"}).checkStatus, "L7OK");
  EXPECT_FALSE(seen({"shop.1", "app2"}).serves());
  // Drained and up are two things: a drained server that is healthy stays up.
  ASSERT_TRUE(router()->setState({"shop.1", "app1"}, RouterState::Forbidden, Sessions::Shared));
  EXPECT_TRUE(seen({"shop.1", "app1"}).up);
  EXPECT_FALSE(seen({"shop.1", "app1"}).serves());
}

TEST_F(HAProxyTest, CountsActiveAndQueuedRequests) {
  eventually([&] { return !seen({"shop.2", "app2"}).up; });
  int first = request("/slow/1");
  eventually([&] { return seen({"shop.2", "app1"}).active == 1; });
  EXPECT_TRUE(router()->capabilities().countsActive);
  int second = request("/slow/2"); // maxconn 1: it waits, in the back end's queue or the server's
  eventually([&] {
    auto view = router()->observe();
    if (!view)
      return false;
    return view->backend("shop.2")->queued + view->server({"shop.2", "app1"})->queued == 1;
  });
  EXPECT_EQ(seen({"shop.1", "app1"}).active, 0U);
  // Forbidden: what is active stays counted.
  ASSERT_TRUE(router()->setState({"shop.2", "app1"}, RouterState::Forbidden, Sessions::Shared));
  EXPECT_EQ(seen({"shop.2", "app1"}).active, 1U);
  ::close(first);
  ::close(second);
}

TEST_F(HAProxyTest, ARestartForgetsAndIsNoticed) {
  auto before = router()->identity();
  ASSERT_TRUE(before);
  ASSERT_TRUE(router()->setState({"shop.1", "app1"}, RouterState::Forbidden, Sessions::Shared));
  stop();
  ASSERT_FALSE(router()->identity());
  start();
  auto after = router()->observe();
  ASSERT_TRUE(after);
  EXPECT_NE(*before, after->identity);
  EXPECT_EQ(after->server({"shop.1", "app1"})->admin, RouterState::Permitted);
  EXPECT_FALSE(router()->capabilities().survivesRestart);
}

TEST_F(HAProxyTest, SpeaksToHostAndPort) {
  auto edge = router("127.0.0.1:" + std::to_string(Port));
  ASSERT_TRUE(edge->setState({"shop.1", "app1"}, RouterState::Forbidden, Sessions::Shared));
  EXPECT_EQ(*router()->readBack({"shop.1", "app1"}), RouterState::Forbidden);
}

TEST_F(HAProxyTest, WhatIsNotThereIsNamed) {
  auto edge = router();
  auto set = edge->setState({"shop.9", "app1"}, RouterState::Forbidden, Sessions::Shared);
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().kind, RouterError::Kind::Refused);
  EXPECT_THAT(set.error().message, HasSubstr("it has no back end shop.9"));
  EXPECT_THAT(edge->readBack({"shop.1", "app9"}).error().message,
              HasSubstr("it has no server shop.1/app9"));
}

TEST_F(HAProxyTest, ASocketThatMayOnlyLookRefusesChanges) {
  auto edge = router("user.sock");
  EXPECT_TRUE(edge->observe());
  auto set = edge->setState({"shop.1", "app1"}, RouterState::Forbidden, Sessions::Shared);
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().kind, RouterError::Kind::Refused);
  EXPECT_THAT(set.error().remedy, HasSubstr("level admin"));
  EXPECT_EQ(*router()->readBack({"shop.1", "app1"}), RouterState::Permitted);
}

} // namespace
