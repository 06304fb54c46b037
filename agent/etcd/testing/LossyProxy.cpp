//===- LossyProxy.cpp - A network that loses answers ----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/etcd/testing/LossyProxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace ripple::agent::test {

namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool sendAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

} // namespace

LossyProxy::LossyProxy(int port) : target(port) {
  listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(listener, reinterpret_cast<sockaddr *>(&address), size) != 0 ||
      ::listen(listener, 16) != 0 ||
      ::getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size) != 0)
    throw std::runtime_error("no listener");
  ownPort = ntohs(address.sin_port);
  acceptor = std::thread([this] { accept(); });
}

LossyProxy::~LossyProxy() {
  ending = true;
  acceptor.join();
  for (std::thread &passer : passers)
    passer.join();
  ::close(listener);
}

std::string LossyProxy::url() const { return "http://127.0.0.1:" + std::to_string(ownPort); }

void LossyProxy::accept() {
  while (!ending) {
    pollfd ready{listener, POLLIN, 0};
    if (::poll(&ready, 1, 50) <= 0)
      continue;
    int client = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0)
      passers.emplace_back([this, client] { pass(client); });
  }
}

void LossyProxy::pass(int client) {
  int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(target);
  if (::connect(server, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0)
    passOn(client, server);
  ::close(server);
  ::close(client);
}

void LossyProxy::passOn(int client, int server) {
  bool losing = false;
  char bytes[1 << 16];
  while (!ending) {
    pollfd ready[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (::poll(ready, 2, 50) <= 0)
      continue;
    if (ready[0].revents) {
      ssize_t got = ::recv(client, bytes, sizeof bytes, 0);
      std::string_view request(bytes, got > 0 ? static_cast<std::size_t>(got) : 0);
      if (request.empty() || !sendAll(server, request))
        return;
      if (request.find("/v3/kv/txn") != request.npos && toLose > 0) {
        --toLose;
        losing = true;
      }
    }
    if (ready[1].revents) {
      ssize_t got = ::recv(server, bytes, sizeof bytes, 0);
      if (losing && got > 0) {
        ++lostSoFar; // It has been carried out.
        return;
      }
      if (got <= 0 || !sendAll(client, {bytes, static_cast<std::size_t>(got)}))
        return;
    }
  }
}

} // namespace ripple::agent::test
