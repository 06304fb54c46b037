//===- ManagerConfig.h - `ripple.manager` -----------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// How the daemon of the system management server is set up. Written by people.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_MANAGERCONFIG_H
#define RIPPLE_MODEL_MANAGERCONFIG_H

#include "model/Network.h"

#include <string>
#include <vector>

namespace ripple::model {

/// Several managers that stand by for each other, with a journal in etcd.
struct ManagerEtcd {
  std::vector<std::string> endpoints; ///< "http://HOST:PORT" or "https://HOST:PORT".
  std::string prefix = "/ripple";     ///< Of all keys.
  std::string name;                   ///< This manager's.
  std::string url;                    ///< Where those who ask a manager that stands by are sent.
  Milliseconds lease{3'000};          ///< After which another one leads if this one is gone.
  std::string authority, certificate, key; ///< PEM files, for https; "": none.
  std::string user, passwordFile;          ///< Where etcd's own authentication is on; "": not.
};

struct ManagerConfig {
  std::vector<Address> listen; ///< One or more.
  std::string state;           ///< Folder of the journal, the lock and the control socket.
  std::string
      servers; ///< The Server List that a status is about while there was no plan; "": none.
  /// Of so many plans the journal keeps all that was done; of older ones what came of them.
  unsigned keepPlans = 100;
  std::optional<ManagerEtcd> etcd; ///< None: the journal is a file in `state`.
  /// Who it is, to those who ask it over https and to agents that it asks so; `clients` are who may
  /// command it.
  std::optional<TlsServer> tls;

  /// With which it asks agents; empty where there is none.
  TlsIdentity identity() const { return tls ? TlsIdentity(*tls) : TlsIdentity(); }
};

/// Relative paths in it are made absolute by the folder of FILE.
Result<ManagerConfig> readManagerConfig(const std::string &file);
Result<ManagerConfig> parseManagerConfig(std::string_view text, const std::string &file);

} // namespace ripple::model

#endif
