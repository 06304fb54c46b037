//===- Control.h - Commands to the manager that runs ------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A Unix socket in the state directory (0600 in a directory of 0700). One line of
// JSON in, one line out:
//
//   {"command": "pause" | "resume" | "abort" | "permit" | "status", "server": NAME}
//   {"done": TEXT} | {"error": TEXT} | {"pid", "state", "step", "waitingFor": […]}
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_MANAGER_CONTROL_H
#define RIPPLE_AGENT_MANAGER_CONTROL_H

#include "agent/manager/Execution.h"
#include "model/Status.h"

#include <boost/asio/local/stream_protocol.hpp>

namespace ripple::agent {

class ControlServer {
public:
  /// Takes commands for EXECUTION on its loop.
  static tl::expected<std::unique_ptr<ControlServer>, std::string>
  listen(Execution &execution, const std::string &directory);
  ~ControlServer();

private:
  ControlServer(Execution &execution, std::string path);
  void accept();

  Execution &execution;
  std::string path;
  boost::asio::local::stream_protocol::acceptor acceptor;
};

/// Nothing where no manager runs on DIRECTORY's state.
std::optional<nlohmann::json> askManager(const std::string &directory,
                                         const nlohmann::json &command);

/// The plan's part of ripple.status.
model::PlanStatus planStatus(const core::State &state, core::Millis nowMs);

} // namespace ripple::agent

#endif
