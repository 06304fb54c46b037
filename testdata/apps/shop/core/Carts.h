//===- Carts.h - What customers are about to buy ----------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef SHOP_CORE_CARTS_H
#define SHOP_CORE_CARTS_H

#include "core/Database.h"

namespace shop {

struct CartItem {
  std::uint32_t product = 0;
  std::uint32_t quantity = 0;
};

class Carts {
public:
  explicit Carts(Database &database) : database(database) {}

  std::vector<CartItem> items(const std::string &cart) const;
  /// Adds QUANTITY of PRODUCT; returns how many of it are in the cart now.
  std::uint32_t add(const std::string &cart, std::uint32_t product, std::uint32_t quantity);
  void empty(const std::string &cart);

private:
  Database &database;
};

} // namespace shop

#endif
