//===- OwnRouters.cpp - The routers on this host --------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/daemon/OwnRouters.h"

#include <algorithm>

using namespace ripple;
using namespace ripple::agent;

std::string OwnRouters::begin() {
  for (const model::Router &router : config.routers) {
    auto driver = makeRouter(router);
    if (!driver)
      return driver.error().message + "; " + driver.error().remedy;
    workers[router.name] = std::make_unique<RouterWorker>(loop, std::move(*driver));
  }
  return {};
}

RouterWorker *OwnRouters::find(const std::string &name) {
  auto at = workers.find(name);
  return at == workers.end() ? nullptr : at->second.get();
}

model::RouterKind OwnRouters::kind(const std::string &name) const {
  return std::ranges::find(config.routers, name, &model::Router::name)->kind;
}
