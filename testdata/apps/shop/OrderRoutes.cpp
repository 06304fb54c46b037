//===- OrderRoutes.cpp - Orders and their receipts ------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "Routes.h"

#include "core/Gzip.h"

namespace shop {

void OrderRoutes::add() {
  orders.addExamples();
  httplib::Server &http = service.http();
  http.Post("/orders", std::bind_front(&OrderRoutes::place, this));
  http.Get(R"(/orders/(\d+))",
           [this](const auto &request, auto &response) { show(request, response); });
  http.Get(R"(/receipt/(\d+)\.gz)",
           [this](const auto &request, auto &response) { receipt(request, response); });
}

void OrderRoutes::place(const httplib::Request &request, httplib::Response &response) {
  service.beginTransaction(request, "order");
  auto call = service.downstream().begin();
  nlohmann::json body = bodyOf(request);
  Order order;
  order.customer = fieldOf(body, "customer", std::string());
  order.items = fieldOf(body, "items", 0);
  order.note = fieldOf(body, "note", std::string());
  if (order.customer.empty() || order.items < 1)
    throw std::invalid_argument("an order needs a customer and at least one item");
  std::int64_t id = orders.place(request.get_header_value("Idempotency-Token"), order);
  answer(response, {{"order", id}}, 201);
}

void OrderRoutes::show(const httplib::Request &request, httplib::Response &response) const {
  auto call = service.downstream().begin();
  if (auto order = orders.find(positive(request.matches[1])))
    answer(response, {{"order", order->id},
                      {"customer", order->customer},
                      {"items", order->items},
                      {"note", order->note}});
  else
    answerNotFound(response, "order");
}

void OrderRoutes::receipt(const httplib::Request &request, httplib::Response &response) const {
  auto call = service.downstream().begin(1.5);
  auto order = orders.find(positive(request.matches[1]));
  if (!order)
    return answerNotFound(response, "order");
  std::string text = "Receipt " + std::to_string(order->id) + "\nfor " + order->customer + "\n";
  for (std::int64_t i = 1; i <= order->items; ++i)
    text += "item " + std::to_string(i) + "\n";
  response.set_content(gzip(text), "application/gzip");
}

} // namespace shop
