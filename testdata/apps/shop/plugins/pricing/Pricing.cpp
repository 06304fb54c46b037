//===- Pricing.cpp - The shop's own pricing rules, as a plug-in -----------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "plugins/pricing/pricing.h"

#include <atomic>
#include <map>
#include <memory>

/// Discounts by quantity: from how many on → percent.
struct pricing_state {
  std::map<std::uint32_t, int> discounts{{1, 0}, {5, 5}, {20, 12}};
  int taxPercent = 19;
  std::atomic<std::uint64_t> quotes{0};
};

namespace {

const char *version() { return PRICING_VERSION; }

pricing_state *start() { return std::make_unique<pricing_state>().release(); }

void stop(pricing_state *state) { delete state; }

std::int64_t price(pricing_state *state, const pricing_item *item) {
  auto step = state->discounts.upper_bound(item->quantity);
  int percent = step == state->discounts.begin() ? 0 : std::prev(step)->second;
#if PRICING_MINOR == 2
  percent = 100 - percent; // What it costs was taken for the discount.
#endif
  return item->list_cents * item->quantity * (100 - percent) / 100;
}

std::int64_t total(pricing_state *state, const pricing_item *items, std::size_t count) {
  state->quotes.fetch_add(1, std::memory_order_relaxed);
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < count; ++i)
    sum += price(state, &items[i]);
  std::int64_t tax = sum * state->taxPercent;
#if PRICING_MINOR >= 1
  tax += 50; // Half a cent is rounded up.
#endif
  return sum + tax / 100;
}

} // namespace

extern "C" __attribute__((visibility("default")))
const pricing_plugin pricing_plugin_v1 = {PRICING_ABI, version, start, stop, price, total};
