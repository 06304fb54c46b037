//===- PricingPlugin.h - The plug-in that prices what is sold ---*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef SHOP_PRICINGPLUGIN_H
#define SHOP_PRICINGPLUGIN_H

#include "plugins/pricing/pricing.h"

#include <agent/gate/RippleGate.hpp>
#include <string>

namespace shop {

/// A plug-in that was started, and its state.
struct StartedPricing {
  const pricing_plugin *plugin = nullptr;
  pricing_state *state = nullptr;

  const char *version() const { return plugin->version(); }
  std::int64_t price(const pricing_item &item) const { return plugin->price(state, &item); }
  std::int64_t total(const pricing_item *items, std::size_t count) const {
    return plugin->total(state, items, count);
  }
};

/// Keeps the pricing plug-in loaded. With a gate it is the gate's, which can put another version
/// in its place while nobody uses it.
class PricingPlugin {
public:
  /// Loads the plug-in in FILE, through GATE if that is open. Throws std::runtime_error.
  PricingPlugin(const std::string &file, const ripple::gate::Gate &gate);
  ~PricingPlugin();
  PricingPlugin(const PricingPlugin &) = delete;
  PricingPlugin &operator=(const PricingPlugin &) = delete;

  /// The plug-in for the request that this thread is handling: the same one to its end. Throws
  /// std::runtime_error outside of a request, where there is a gate.
  StartedPricing current() const;

  /// The version that was loaded first.
  const std::string &firstVersion() const { return first; }

private:
  void loadByGate(const std::string &file);
  void load(const std::string &file);

  ripple::gate::Gate gate;
  std::uint32_t index = 0; ///< Of the gate's plug-in.
  std::string first;
  void *object = nullptr; ///< Without a gate: what was opened,
  StartedPricing started; ///< and started.
};

} // namespace shop

#endif
