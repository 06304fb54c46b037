//===- OwnRouters.h - The routers on this host -------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// What managers on other hosts say to a router goes through the agent on its host:
// they need no access of their own to it, and a manager whose term is over is
// refused. On the loop's thread; each router has a thread of its own.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_DAEMON_OWNROUTERS_H
#define RIPPLE_AGENT_DAEMON_OWNROUTERS_H

#include "agent/router/RouterWorker.h"
#include "model/AgentConfig.h"

#include <map>

namespace ripple::agent {

class OwnRouters {
public:
  OwnRouters(const model::AgentConfig &config, boost::asio::io_context &loop)
      : config(config), loop(loop) {}

  /// Makes the drivers. "" or which router's configuration cannot be used. Reaches no router.
  std::string begin();

  /// Null where the agent has none of that name.
  RouterWorker *find(const std::string &name);
  /// Of a router that there is.
  model::RouterKind kind(const std::string &name) const;

private:
  const model::AgentConfig &config;
  boost::asio::io_context &loop;
  std::map<std::string, std::unique_ptr<RouterWorker>> workers;
};

} // namespace ripple::agent

#endif
