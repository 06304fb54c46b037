//===- EtcdClient.h - Asks an etcd ------------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Calls that block, over etcd's JSON gateway: http or https, several endpoints
// tried in turn, a time limit for each try and for the whole call. One connection
// is kept open between calls. A client belongs to one thread.
//
// A call whose answer is lost is asked again, at the next endpoint, although it may
// have been carried out: so whoever sends a txn gives it compares by which its
// second try fails and is recognised (JournalWriter.cpp, Leadership.cpp).
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ETCD_ETCDCLIENT_H
#define RIPPLE_AGENT_ETCD_ETCDCLIENT_H

#include "agent/etcd/EtcdMessages.h"

#include <chrono>
#include <functional>
#include <memory>

namespace ripple::agent {

struct EtcdConfig {
  std::vector<std::string> endpoints; ///< "http://HOST:PORT" or "https://HOST:PORT".
  /// For https: PEM files. Without caFile, the system's authorities.
  std::string caFile, certificateFile, keyFile;
  std::string user, password; ///< Where etcd's own authentication is on.
  /// One try at one endpoint, with connecting to it.
  std::chrono::milliseconds tryTimeout{2'000};
  /// A call, with all its tries.
  std::chrono::milliseconds timeout{6'000};
};

/// "" where URL can be asked, else what is wrong with it.
std::string refusedEndpoint(const std::string &url);

class EtcdClient {
public:
  using Clock = std::chrono::steady_clock;

  /// Talks to nobody yet; fails where CONFIG cannot be used (a URL, a file of TLS).
  static tl::expected<std::unique_ptr<EtcdClient>, std::string> make(EtcdConfig config);
  ~EtcdClient();

  EtcdResult<RangeAnswer> range(const RangeQuery &query);
  EtcdResult<TxnAnswer> txn(const TxnQuery &query);
  EtcdResult<LeaseAnswer> grantLease(std::int64_t ttlSeconds);
  /// TTL 0 where the lease has run out.
  EtcdResult<LeaseAnswer> keepAlive(std::int64_t lease);
  /// Takes the lease's keys away at once; done as well where there is no such lease.
  EtcdResult<void> revokeLease(std::int64_t lease);

  /// Calls end by then, if not sooner for their time limit. For all calls until the next one.
  void setDeadline(Clock::time_point deadline);
  /// Asked between two tries; no more of them are made where it says true.
  void setGiveUp(std::function<bool()> giveUp);
  /// As in messages: "http://a:2379, http://b:2379".
  std::string name() const;

private:
  class Impl;
  explicit EtcdClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

} // namespace ripple::agent

#endif
