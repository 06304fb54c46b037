//===- QuoteRoutes.cpp - Prices, by the pricing plug-in -------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "Routes.h"

namespace shop {
namespace {

constexpr std::size_t ItemsMax = 100;

/// The items that BODY lists. Throws std::invalid_argument.
std::vector<pricing_item> itemsOf(const nlohmann::json &body) {
  std::vector<pricing_item> items;
  auto list = body.find("items");
  if (list == body.end() || !list->is_array() || list->empty() || list->size() > ItemsMax)
    throw std::invalid_argument("a quote needs from 1 to 100 items");
  for (const nlohmann::json &item : *list) {
    if (!item.is_object())
      throw std::invalid_argument("each item must be an object");
    items.push_back({fieldOf(item, "product", 0U), fieldOf(item, "quantity", 1U),
                     fieldOf(item, "listCents", std::int64_t{0})});
  }
  return items;
}

/// Quotes for ITEMS: a price for each before the stock has been asked for, all together after.
/// One quote is made by one version of the plug-in.
void quote(const PricingPlugin &pricing, apps::Downstream &stock,
           const std::vector<pricing_item> &items, httplib::Response &response) {
  nlohmann::json prices = nlohmann::json::array();
  std::string version = pricing.current().version();
  {
    auto call = stock.begin();
    for (const pricing_item &item : items)
      prices.push_back(pricing.current().price(item));
  }
  std::int64_t total = pricing.current().total(items.data(), items.size());
  if (version != pricing.current().version())
    throw std::runtime_error("a quote was begun by pricing " + version + " and ended by another");
  answer(response, {{"prices", prices}, {"total", total}, {"pricing", version}});
}

} // namespace

void QuoteRoutes::add() {
  service.http().Get(
      R"(/quote/(\d+))", [this](const httplib::Request &request, httplib::Response &response) {
        std::uint32_t product = positive(request.matches[1]);
        quote(pricing, service.downstream(), {{product, 1, 1000 + product % 1000}}, response);
      });
  service.http().Post("/quote",
                      [this](const httplib::Request &request, httplib::Response &response) {
                        service.beginTransaction(request, "quote");
                        quote(pricing, service.downstream(), itemsOf(bodyOf(request)), response);
                      });
}

} // namespace shop
