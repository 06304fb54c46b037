//===- PriceHost.h - Holds the test plug-in ----------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_AGENT_SESSION_TESTING_PRICEHOST_H
#define RIPPLE_AGENT_SESSION_TESTING_PRICEHOST_H

#include "agent/gate/RippleGate.hpp"

#include <atomic>
#include <string>

namespace ripple::agent::test {

/// What the plug-in offers once it is started.
struct Price {
  int (*version)() = nullptr;
};

/// How the gate starts and stops the test plug-in; counts both.
struct PriceHost {
  std::atomic<int> starts = 0, stops = 0;

  ripple_gate_plugin plugin(const char *name, const char *path);
};

} // namespace ripple::agent::test

#endif
