//===- CommandLine.h - Options that all manager commands share --*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_COMMANDLINE_H
#define RIPPLE_AGENT_MANAGER_COMMANDLINE_H

#include "agent/manager/Commands.h"
#include "agent/manager/ManagerClient.h"
#include "model/Network.h"

#include <CLI/CLI.hpp>

namespace ripple::agent {

class CommandLine {
public:
  CommandLine(const std::string &name, const std::string &about);

  /// Nothing where the command may go on; else its exit code.
  std::optional<int> parse(const Arguments &arguments);
  /// A message in the words of the command; returns CODE.
  int fail(int code, const std::string &message) const;
  /// Whether a manager of its own is meant (--manager).
  bool isRemote() const { return !managers.empty(); }
  /// The managers that are meant; or whoever works with the state directory.
  ManagerClient client() const;

  CLI::App app;
  std::string state;      ///< The state directory.
  model::TlsIdentity tls; ///< With which agents and managers are asked over https; may be empty.

private:
  std::string name, color = "auto";
  std::vector<std::string> managers;
};

} // namespace ripple::agent

#endif
