//===- ExchangeRates.h - Exchange rates from elsewhere ----------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef SHOP_CORE_EXCHANGERATES_H
#define SHOP_CORE_EXCHANGERATES_H

#include <string>

namespace shop {

class ExchangeRates {
public:
  /// URL names where the rates are: a text with lines "USD 1.08".
  explicit ExchangeRates(std::string url);
  ~ExchangeRates();

  /// The rate of CURRENCY, fetched anew. Throws std::runtime_error where it cannot be had, and
  /// std::invalid_argument where there is no such currency.
  double rate(const std::string &currency) const;

private:
  std::string url;
};

} // namespace shop

#endif
