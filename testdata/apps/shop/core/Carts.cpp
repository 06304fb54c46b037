//===- Carts.cpp - What customers are about to buy ------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "core/Carts.h"

namespace shop {

std::vector<CartItem> Carts::items(const std::string &cart) const {
  Database::Connection connection(database);
  Statement query = connection.prepare(
      "SELECT product, quantity FROM cart_items WHERE cart = ? ORDER BY product LIMIT 100");
  query.bind(1, cart);
  std::vector<CartItem> out;
  while (query.step())
    out.push_back({static_cast<std::uint32_t>(query.integer(0)),
                   static_cast<std::uint32_t>(query.integer(1))});
  return out;
}

std::uint32_t Carts::add(const std::string &cart, std::uint32_t product, std::uint32_t quantity) {
  Transaction transaction(database);
  std::uint32_t now = 0;
  {
    Statement insert =
        transaction->prepare("INSERT INTO cart_items (cart, product, quantity) VALUES (?, ?, ?) "
                             "ON CONFLICT (cart, product) DO UPDATE "
                             "SET quantity = quantity + excluded.quantity RETURNING quantity");
    insert.bind(1, cart).bind(2, std::int64_t{product}).bind(3, std::int64_t{quantity});
    while (insert.step())
      now = static_cast<std::uint32_t>(insert.integer(0));
  }
  transaction.commit();
  return now;
}

void Carts::empty(const std::string &cart) {
  Transaction transaction(database);
  transaction->prepare("DELETE FROM cart_items WHERE cart = ?").bind(1, cart).step();
  transaction.commit();
}

} // namespace shop
