//===- LossyProxy.h - A network that loses answers --------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ETCD_TESTING_LOSSYPROXY_H
#define RIPPLE_AGENT_ETCD_TESTING_LOSSYPROXY_H

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace ripple::agent::test {

/// Passes connections on to a port of 127.0.0.1, until it is told to lose an answer: then the
/// next one to a transaction is read from there and thrown away, and the connection closed.
class LossyProxy {
public:
  explicit LossyProxy(int port);
  ~LossyProxy();
  LossyProxy(const LossyProxy &) = delete;
  LossyProxy &operator=(const LossyProxy &) = delete;

  std::string url() const;
  void loseAnswers(int count) { toLose = count; }
  int lost() const { return lostSoFar; }

private:
  void accept();
  void pass(int client);
  void passOn(int client, int server);

  int target, listener = -1, ownPort = 0;
  std::atomic<int> toLose{0}, lostSoFar{0};
  std::atomic<bool> ending{false};
  std::thread acceptor;
  std::vector<std::thread> passers;
};

} // namespace ripple::agent::test

#endif
