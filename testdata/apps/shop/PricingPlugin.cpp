//===- PricingPlugin.cpp - The plug-in that prices what is sold -----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "PricingPlugin.h"

#include <dlfcn.h>
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

} // namespace

PricingPlugin::PricingPlugin(const std::string &file)
    : object(dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  if (!object)
    throw std::runtime_error(dlerror());
  std::string message;
  started = startPricing(object, message);
  if (!started.plugin) {
    dlclose(object);
    throw std::runtime_error(file + ": " + message);
  }
}

PricingPlugin::~PricingPlugin() {
  started.plugin->stop(started.state);
  dlclose(object);
}

} // namespace shop
