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

struct ManagerConfig {
  std::vector<Address> listen; ///< One or more.
  std::string state;           ///< Folder of the journal, the lock and the control socket.
  std::string
      servers; ///< The Server List that a status is about while there was no plan; "": none.
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
