//===- Orders.h - What customers have bought --------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef SHOP_CORE_ORDERS_H
#define SHOP_CORE_ORDERS_H

#include "core/Database.h"

#include <optional>

namespace shop {

struct Order {
  std::int64_t id = 0;
  std::string customer;
  std::int64_t items = 0;
  std::string note;
};

class Orders {
public:
  explicit Orders(Database &database) : database(database) {}

  std::optional<Order> find(std::int64_t id) const;
  /// Places an order and returns its id. Not to be run twice for one token: where it is, the
  /// first order's id comes back, and the token's count in `executions` tells.
  std::int64_t place(const std::string &token, const Order &order);
  /// Orders that a new shop shows, where there are none.
  void addExamples();

private:
  Database &database;
};

} // namespace shop

#endif
