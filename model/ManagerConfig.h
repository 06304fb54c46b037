//===- ManagerConfig.h - `ripple.manager` -----------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// How the daemon of the system management server is set up. Written by people.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_MODEL_MANAGERCONFIG_H
#define RIPPLE_MODEL_MANAGERCONFIG_H

#include "model/Document.h"

#include <string>
#include <vector>

namespace ripple::model {

struct ManagerConfig {
  std::vector<std::string> listen; ///< "unix:PATH", one or more.
  std::string state;               ///< Folder of the journal, the lock and the control socket.
  std::string
      servers; ///< The Server List that a status is about while there was no plan; "": none.
};

/// Relative paths in it are made absolute by the folder of FILE.
Result<ManagerConfig> readManagerConfig(const std::string &file);
Result<ManagerConfig> parseManagerConfig(std::string_view text, const std::string &file);

} // namespace ripple::model

#endif
