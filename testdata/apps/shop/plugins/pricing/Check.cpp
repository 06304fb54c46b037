//===- Check.cpp - `check-pricing FILE VERSION` ---------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "PricingPlugin.h"

#include <iostream>
#include <stdexcept>

namespace {

/// What is wrong with PRICING; "" if nothing.
std::string mistakeOf(const shop::StartedPricing &pricing, const std::string &version) {
  if (pricing.version() != version)
    return std::string("it is version ") + pricing.version() + ", not " + version;
  const struct {
    pricing_item item;
    std::int64_t cents;
  } known[] = {{{1, 1, 1000}, 1000}, {{1, 5, 1000}, 4750}, {{2, 20, 500}, 8800}};
  for (const auto &[item, cents] : known)
    if (std::int64_t price = pricing.price(item); price != cents)
      return std::to_string(item.quantity) + " of " + std::to_string(item.list_cents) +
             " cents cost " + std::to_string(price) + " cents, and should cost " +
             std::to_string(cents);
  return "";
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 3) {
    std::cerr << "usage: check-pricing FILE VERSION\n";
    return 64;
  }
  try {
    shop::PricingPlugin pricing(argv[1], {});
    if (std::string mistake = mistakeOf(pricing.current(), argv[2]); !mistake.empty()) {
      std::cerr << argv[1] << ": " << mistake << "\n";
      return 1;
    }
    return 0;
  } catch (const std::runtime_error &failure) {
    std::cerr << failure.what() << "\n";
    return 1;
  }
}
