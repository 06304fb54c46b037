//===- CommandLine.h - Options that all manager commands share --*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_COMMANDLINE_H
#define RIPPLE_AGENT_MANAGER_COMMANDLINE_H

#include "agent/manager/Commands.h"
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

  CLI::App app;
  std::string state;      ///< The state directory.
  model::TlsIdentity tls; ///< With which agents are asked over https; empty where none is given.

private:
  std::string name, manager, color = "auto";
};

} // namespace ripple::agent

#endif
