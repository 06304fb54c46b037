//===- PriceHost.cpp - Holds the test plug-in -----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "agent/session/testing/PriceHost.h"

#include <cstdio>
#include <dlfcn.h>

using namespace ripple::agent::test;

namespace {

void *startPrice(void *object, void *context, char *message, size_t size) {
  auto start = reinterpret_cast<int (*)()>(dlsym(object, "price_start"));
  auto version = reinterpret_cast<int (*)()>(dlsym(object, "price_version"));
  if (!start || !version) {
    std::snprintf(message, size, "it has no price_start or price_version");
    return nullptr;
  }
  if (start() != 0) {
    std::snprintf(message, size, "price_start failed");
    return nullptr;
  }
  ++static_cast<PriceHost *>(context)->starts;
  return new Price{version};
}

void stopPrice(void *price, void *context) {
  ++static_cast<PriceHost *>(context)->stops;
  delete static_cast<Price *>(price);
}

} // namespace

ripple_gate_plugin PriceHost::plugin(const char *name, const char *path) {
  return {name, path, &startPrice, &stopPrice, this};
}
