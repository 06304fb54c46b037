//===- PricingPlugin.cpp - The plug-in that prices what is sold -----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "PricingPlugin.h"

#include <agent/gate/RippleGateHttplib.h>

#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <memory>
#include <stdexcept>

namespace shop {
namespace {

/// Starts the plug-in in OBJECT; MESSAGE says why where it returns none.
StartedPricing startPricing(void *object, std::string &message) {
  auto *plugin = static_cast<const pricing_plugin *>(dlsym(object, PRICING_SYMBOL));
  if (!plugin) {
    message = std::string("it has no ") + PRICING_SYMBOL;
    return {};
  }
  if (plugin->abi != PRICING_ABI) {
    message = "it is made for interface " + std::to_string(plugin->abi);
    return {};
  }
  pricing_state *state = plugin->start();
  if (!state) {
    message = "it does not start";
    return {};
  }
  return {plugin, state};
}

/// The same for the gate, which keeps a StartedPricing for us.
void *startForGate(void *object, void *first, char *message, std::size_t size) {
  std::string why;
  StartedPricing started = startPricing(object, why);
  if (!started.plugin) {
    std::snprintf(message, size, "%s", why.c_str());
    return nullptr;
  }
  if (auto &version = *static_cast<std::string *>(first); version.empty())
    version = started.version();
  return new StartedPricing(started);
}

void stopForGate(void *interface, void *) {
  std::unique_ptr<StartedPricing> started(static_cast<StartedPricing *>(interface));
  started->plugin->stop(started->state);
}

} // namespace

PricingPlugin::PricingPlugin(const std::string &file, const ripple::gate::Gate &through)
    : gate(through) {
  if (gate)
    loadByGate(file);
  else
    load(file);
}

void PricingPlugin::loadByGate(const std::string &file) {
  const ripple_gate_plugin plugin = {"pricing", file.c_str(), startForGate, stopForGate, &first};
  char message[256] = "";
  if (int error = ripple_gate_plugin_add(gate.get(), &plugin, &index, message, sizeof message))
    throw std::runtime_error(file + ": " + (*message ? message : std::strerror(error)));
}

void PricingPlugin::load(const std::string &file) {
  object = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!object)
    throw std::runtime_error(dlerror());
  std::string message;
  started = startPricing(object, message);
  if (!started.plugin) {
    dlclose(object);
    throw std::runtime_error(file + ": " + message);
  }
  first = started.version();
}

PricingPlugin::~PricingPlugin() {
  if (!object)
    return;
  started.plugin->stop(started.state);
  dlclose(object);
}

StartedPricing PricingPlugin::current() const {
  if (!gate)
    return started;
  auto *of = static_cast<StartedPricing *>(ripple::gate::HttplibMiddleware::plugin(index));
  if (!of)
    throw std::runtime_error("pricing is asked for outside of a request");
  return *of;
}

} // namespace shop
