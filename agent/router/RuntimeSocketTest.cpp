//===- RuntimeSocketTest.cpp - What can be at the end of a socket ---------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/router/RuntimeSocket.h"

#include <gmock/gmock.h>

#include <cstring>
#include <filesystem>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

using namespace ripple;
using namespace ripple::agent;
using testing::HasSubstr;

namespace {

/// A unix socket that answers one connection with a fixed text, or never.
class Peer {
public:
  explicit Peer(std::string answer, bool hang = false) {
    char name[] = "/tmp/ripple-router-XXXXXX";
    Folder = ::mkdtemp(name);
    Path = Folder + "/s.sock";
    Listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, Path.c_str(), Path.size() + 1);
    EXPECT_EQ(::bind(Listener, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(Listener, 8), 0);
    if (!hang)
      Thread = std::thread([this, answer = std::move(answer)] { serve(answer); });
  }
  ~Peer() {
    ::shutdown(Listener, SHUT_RDWR);
    if (Thread.joinable())
      Thread.join();
    ::close(Listener);
    std::filesystem::remove_all(Folder);
  }
  const std::string &path() const { return Path; }

private:
  void serve(const std::string &answer) const {
    for (;;) {
      int fd = ::accept(Listener, nullptr, nullptr);
      if (fd < 0)
        return;
      char buffer[512];
      [[maybe_unused]] auto got = ::recv(fd, buffer, sizeof buffer, 0);
      ::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL);
      ::close(fd);
    }
  }

  std::string Folder, Path;
  int Listener = -1;
  std::thread Thread;
};

std::unique_ptr<Router> routerAt(const std::string &socket, int timeoutMs = 5'000) {
  model::Router router;
  router.name = "edge";
  router.socket = socket;
  return *makeRouter(router, {model::Milliseconds(timeoutMs)});
}

TEST(RuntimeSocket, AMissingSocketIsNamedWithWhatToDo) {
  auto identity = routerAt("/nonexistent/admin.sock")->identity();
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().kind, RouterError::Kind::Unreachable);
  EXPECT_EQ(identity.error().message,
            "router edge (/nonexistent/admin.sock): there is no such socket");
  EXPECT_THAT(identity.error().remedy, HasSubstr("stats socket"));
}

TEST(RuntimeSocket, ASocketThatNobodyListensOn) {
  // What remains of a router that has ended: the file is there and nobody behind it.
  char name[] = "/tmp/ripple-router-XXXXXX";
  std::string folder = ::mkdtemp(name);
  std::string path = folder + "/dead.sock";
  int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
  ::close(fd);
  auto identity = routerAt(path)->identity();
  ASSERT_FALSE(identity);
  EXPECT_THAT(identity.error().message, HasSubstr("nobody listens there"));
  std::filesystem::remove_all(folder);
}

TEST(RuntimeSocket, APeerThatDoesNotAnswerEndsAtTheDeadline) {
  Peer peer("", true);
  auto begin = std::chrono::steady_clock::now();
  auto identity = routerAt(peer.path(), 100)->identity();
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().kind, RouterError::Kind::Timeout);
  EXPECT_THAT(identity.error().message, HasSubstr("no answer within 100 ms"));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(90));
}

TEST(RuntimeSocket, AnotherProgramBehindTheSocketIsGarbage) {
  Peer peer("HTTP/1.1 400 Bad Request\r\n\r\n");
  auto router = routerAt(peer.path());
  auto view = router->observe();
  ASSERT_FALSE(view);
  EXPECT_EQ(view.error().kind, RouterError::Kind::Garbage);
  EXPECT_THAT(view.error().remedy, HasSubstr("runtime API"));
  auto set = router->setState({"shop.1", "app1"}, RouterState::Forbidden, model::Sessions::Shared);
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().kind, RouterError::Kind::Garbage);
}

TEST(RuntimeSocket, AnEmptyAnswerIsNoView) {
  Peer peer("");
  EXPECT_EQ(routerAt(peer.path())->observe().error().kind, RouterError::Kind::Garbage);
}

TEST(RuntimeSocket, AddressesThatAreNone) {
  EXPECT_THAT(routerAt("admin")->identity().error().message,
              HasSubstr("neither a path nor host:port"));
  EXPECT_THAT(routerAt("/" + std::string(200, 'x'))->identity().error().message,
              HasSubstr("path is too long"));
  EXPECT_FALSE(routerAt("127.0.0.1:1")->identity());
}

TEST(RuntimeSocket, NamesThatWouldBeCommandsAreNeverSent) {
  Peer peer("1\n# be_name srv_name srv_op_state srv_admin_state\n");
  auto router = routerAt(peer.path());
  for (const char *name : {"", "a b", "a;shutdown", "a/b", "a\nb"}) {
    EXPECT_THAT(router->readBack({name, "app1"}).error().message, HasSubstr("no back end")) << name;
    EXPECT_THAT(router->readBack({"shop.1", name}).error().message, HasSubstr("no server")) << name;
  }
}

TEST(MakeRouter, WhatCannotBeReachedSaysSo) {
  model::Router router;
  router.name = "web";
  EXPECT_THAT(makeRouter(router).error().message, HasSubstr("has no socket"));
  router.agent = "unix:/nowhere/edge.sock";
  auto made = makeRouter(router);
  ASSERT_TRUE(made);
  auto view = (*made)->observe();
  ASSERT_FALSE(view);
  EXPECT_EQ(view.error().kind, RouterError::Kind::Unreachable);
  EXPECT_THAT(view.error().message, HasSubstr("/nowhere/edge.sock"));
}

} // namespace
