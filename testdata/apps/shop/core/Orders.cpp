//===- Orders.cpp - What customers have bought ----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "core/Orders.h"

namespace shop {
namespace {

std::int64_t insert(Database::Connection &connection, const Order &order) {
  connection.prepare("INSERT INTO orders (customer, items, note) VALUES (?, ?, ?)")
      .bind(1, order.customer)
      .bind(2, order.items)
      .bind(3, order.note)
      .step();
  return connection.lastId();
}

/// The order that TOKEN has placed already, counting this attempt; 0 if there is none.
std::int64_t placedBefore(Database::Connection &connection, const std::string &token) {
  Statement update = connection.prepare(
      "UPDATE executions SET count = count + 1 WHERE token = ? RETURNING order_id");
  update.bind(1, token);
  std::int64_t id = 0;
  while (update.step())
    id = update.integer(0);
  return id;
}

} // namespace

std::optional<Order> Orders::find(std::int64_t id) const {
  Database::Connection connection(database);
  Statement query = connection.prepare("SELECT id, customer, items, note FROM orders WHERE id = ?");
  query.bind(1, id);
  if (!query.step())
    return std::nullopt;
  return Order{query.integer(0), query.text(1), query.integer(2), query.text(3)};
}

std::int64_t Orders::place(const std::string &token, const Order &order) {
  Transaction transaction(database);
  std::int64_t id = token.empty() ? 0 : placedBefore(*transaction, token);
  if (id == 0) {
    id = insert(*transaction, order);
    if (!token.empty())
      transaction->prepare("INSERT INTO executions (token, order_id, count) VALUES (?, ?, 1)")
          .bind(1, token)
          .bind(2, id)
          .step();
  }
  transaction.commit();
  return id;
}

void Orders::addExamples() {
  if (find(1))
    return;
  Transaction transaction(database);
  for (int i = 1; i <= 50; ++i)
    insert(*transaction, {0, "customer" + std::to_string(i), i % 5 + 1, "example"});
  transaction.commit();
}

} // namespace shop
