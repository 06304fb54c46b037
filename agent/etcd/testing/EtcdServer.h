//===- EtcdServer.h - A real etcd of a test's own ---------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ETCD_TESTING_ETCDSERVER_H
#define RIPPLE_AGENT_ETCD_TESTING_ETCDSERVER_H

#include "agent/etcd/EtcdClient.h"

#include <csignal>
#include <string>
#include <sys/types.h>
#include <vector>

namespace ripple::agent::test {

/// A port that nobody listened at a moment ago.
int freePort();

/// A directory of its own, taken away at the end.
class TemporaryDirectory {
public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory &) = delete;
  TemporaryDirectory &operator=(const TemporaryDirectory &) = delete;
  const std::string &path() const { return folder; }

private:
  std::string folder;
};

/// Files for TLS, made by openssl: an authority, and certificates for 127.0.0.1 and for a client.
struct TlsFiles {
  std::string ca, serverCertificate, serverKey, clientCertificate, clientKey;
};
TlsFiles makeTlsFiles(const std::string &folder);

struct EtcdOptions {
  std::vector<std::string> more; ///< Arguments.
  TlsFiles tls;                  ///< With `ca`, clients speak https and show a certificate.
};

/// One member, on ports of its own, that ends with this process.
class EtcdServer {
public:
  explicit EtcdServer(EtcdOptions options = {});
  ~EtcdServer();
  EtcdServer(const EtcdServer &) = delete;
  EtcdServer &operator=(const EtcdServer &) = delete;

  /// Members of one cluster, started.
  static std::vector<std::unique_ptr<EtcdServer>> cluster(int size);

  /// Starts it, again with what it knew. `awaitReady` says whether it answers.
  void start();
  /// Until it answers what needs a leader; false after half a minute.
  bool awaitReady() const;
  void send(int signal) const { ::kill(pid, signal); }
  /// Stops it (SIGSTOP), and waits until none of its threads runs any more.
  void stop() const;
  /// As kill -9 would.
  void kill();

  const std::string &url() const { return clientUrl; }
  int port() const { return clientPort; }
  EtcdConfig config() const;
  std::string log() const;

private:
  EtcdServer(std::string name, EtcdOptions options, int clientPort, int peerPort,
             std::string members);

  TemporaryDirectory directory;
  std::string name;
  EtcdOptions options;
  int clientPort, peerPort;
  std::string members, clientUrl;
  pid_t pid = -1;
};

} // namespace ripple::agent::test

#endif
