//===- CartRoutes.cpp - Carts ---------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "Routes.h"

namespace shop {

void CartRoutes::add() {
  httplib::Server &http = service.http();
  http.Get(R"(/cart/(\w+))", [this](const httplib::Request &request, httplib::Response &response) {
    auto call = service.downstream().begin();
    nlohmann::json items = nlohmann::json::array();
    for (const CartItem &item : carts.items(request.matches[1]))
      items.push_back({{"product", item.product}, {"quantity", item.quantity}});
    answer(response, {{"items", std::move(items)}});
  });
  http.Post(R"(/cart/(\w+)/items)", [this](const httplib::Request &request,
                                           httplib::Response &response) {
    service.beginTransaction(request, "cart");
    auto call = service.downstream().begin();
    nlohmann::json body = bodyOf(request);
    std::uint32_t product = fieldOf(body, "product", 0U), quantity = fieldOf(body, "quantity", 1U);
    if (product == 0 || quantity == 0 || quantity > 1000)
      throw std::invalid_argument("product and quantity must be numbers from 1 on");
    answer(response, {{"quantity", carts.add(request.matches[1], product, quantity)}}, 201);
  });
  http.Delete(R"(/cart/(\w+))",
              [this](const httplib::Request &request, httplib::Response &response) {
                auto call = service.downstream().begin(0.5);
                carts.empty(request.matches[1]);
                response.status = 204;
              });
}

} // namespace shop
