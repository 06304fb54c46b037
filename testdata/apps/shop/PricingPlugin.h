//===- PricingPlugin.h - The plug-in that prices what is sold ---*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef SHOP_PRICINGPLUGIN_H
#define SHOP_PRICINGPLUGIN_H

#include "plugins/pricing/pricing.h"

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

/// Keeps the pricing plug-in loaded.
class PricingPlugin {
public:
  /// Loads the plug-in in FILE. Throws std::runtime_error.
  explicit PricingPlugin(const std::string &file);
  ~PricingPlugin();
  PricingPlugin(const PricingPlugin &) = delete;
  PricingPlugin &operator=(const PricingPlugin &) = delete;

  /// The plug-in as it is now; to be used within one request.
  StartedPricing current() const { return started; }

private:
  void *object = nullptr;
  StartedPricing started;
};

} // namespace shop

#endif
