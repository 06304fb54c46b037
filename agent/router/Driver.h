//===- Driver.h - What the routers' drivers share ---------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_ROUTER_DRIVER_H
#define RIPPLE_AGENT_ROUTER_DRIVER_H

#include "agent/router/Router.h"

namespace ripple::agent {

/// A router that knows what it is called: its name in the Server List, and PLACE, where it is
/// reached.
class Driver : public Router {
public:
  std::string name() const override;

protected:
  Driver(const std::string &router, const std::string &place);

  /// "router edge (/run/haproxy/admin.sock): WHAT"
  tl::unexpected<RouterError> fail(RouterError::Kind kind, const std::string &what,
                                   std::string remedy = {}) const;

  std::string Who; ///< "router edge (/run/haproxy/admin.sock)"
};

} // namespace ripple::agent

#endif
