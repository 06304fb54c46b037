//===- Peers.cpp - Applications and routers of a test's own ---------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/router/testing/Peers.h"

#include "agent/router/RuntimeSocket.h"

#include <csignal>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ripple::agent;

namespace {

int bindLoopback(int &port) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr *>(&address), size), 0);
  ::getsockname(fd, reinterpret_cast<sockaddr *>(&address), &size);
  port = ntohs(address.sin_port);
  return fd;
}

} // namespace

int peers::freePort() {
  int port = 0;
  ::close(bindLoopback(port));
  return port;
}

peers::NamedApplication::NamedApplication(std::string name) : Name(std::move(name)) {
  Listener = bindLoopback(Port);
  EXPECT_EQ(::listen(Listener, 64), 0);
  Thread = std::thread([this] { serve(); });
}

peers::NamedApplication::~NamedApplication() {
  ::shutdown(Listener, SHUT_RDWR);
  Thread.join();
  ::close(Listener);
  finish();
}

void peers::NamedApplication::serve() {
  for (;;) {
    int fd = ::accept4(Listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0)
      return;
    char buffer[4096];
    auto got = ::recv(fd, buffer, sizeof buffer, 0);
    std::string_view text(buffer, got > 0 ? static_cast<std::size_t>(got) : 0);
    if (text.substr(0, text.find('\r')).find("/slow") == text.npos) {
      answer(fd);
      continue;
    }
    std::lock_guard lock(Mutex);
    Slow.push_back(fd);
  }
}

void peers::NamedApplication::answer(int fd) const {
  auto text = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(Name.size()) +
              "\r\nConnection: close\r\n\r\n" + Name;
  ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
  ::close(fd);
}

std::size_t peers::NamedApplication::held() {
  std::lock_guard lock(Mutex);
  return Slow.size();
}

void peers::NamedApplication::finish() {
  std::lock_guard lock(Mutex);
  for (int fd : Slow)
    answer(fd);
  Slow.clear();
}

bool peers::TestProgram::start(const std::vector<std::string> &argv) {
  std::vector<char *> arguments;
  for (const auto &argument : argv)
    arguments.push_back(const_cast<char *>(argument.c_str()));
  arguments.push_back(nullptr);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  int error = ::posix_spawn(&Pid, arguments[0], nullptr, &attributes, arguments.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  if (error)
    Pid = -1;
  return error == 0;
}

void peers::TestProgram::signal(int number) const { ::kill(Pid, number); }

void peers::TestProgram::end() {
  if (Pid <= 0)
    return;
  ::kill(Pid, SIGTERM);
  pid_t pid = Pid;
  for (int i = 0; i < 500 && ::waitpid(pid, nullptr, WNOHANG) == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ::kill(-pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  Pid = -1;
}

std::string peers::get(int port, const std::string &path, const std::string &headers) {
  auto answer = exchange("127.0.0.1:" + std::to_string(port),
                         "GET " + path + " HTTP/1.0\r\nHost: x\r\n" + headers + "\r\n",
                         model::Milliseconds(10'000), "test");
  if (!answer || answer->size() < 12)
    return "no answer";
  if (answer->compare(9, 3, "200") != 0)
    return "status " + answer->substr(9, 3);
  auto body = answer->find("\r\n\r\n");
  return body == std::string::npos ? "no answer" : answer->substr(body + 4);
}

peers::OpenRequest::OpenRequest(int port, const std::string &path) {
  Fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(Fd, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
  auto text = "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
  ::send(Fd, text.data(), text.size(), MSG_NOSIGNAL);
}

peers::OpenRequest::~OpenRequest() { ::close(Fd); }

RouterServer peers::seenBy(Router &router, const RouterTarget &target) {
  auto view = router.observe();
  EXPECT_TRUE(view) << (view ? "" : view.error().message);
  const RouterServer *server = view ? view->server(target) : nullptr;
  EXPECT_TRUE(server);
  return server ? *server : RouterServer{};
}

std::map<std::string, int> peers::spread(int port, const std::string &path, int count,
                                         const std::string &headers) {
  std::map<std::string, int> answers;
  for (int i = 0; i < count; ++i)
    ++answers[get(port, path, headers)];
  return answers;
}
