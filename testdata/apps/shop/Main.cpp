//===- Main.cpp - The shop ------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "Routes.h"

#include <iostream>
#include <spdlog/spdlog.h>

namespace {

constexpr const char *Usage = R"(usage: shop --plugin FILE [OPTION…]

  --plugin FILE       the pricing plug-in
  --database FILE     orders and carts (default: shop.db)
  --rates URL         where exchange rates are (default: file:///etc/shop/rates.txt)
)";

struct Options {
  apps::ServiceOptions service;
  std::string plugin, database, rates;
};

Options readOptions(std::vector<std::string> arguments) {
  Options options;
  options.service = apps::takeServiceOptions(arguments, "shop");
  options.plugin = apps::takeOption(arguments, "plugin", "");
  options.database = apps::takeOption(arguments, "database", "shop.db");
  options.rates = apps::takeOption(arguments, "rates", "file:///etc/shop/rates.txt");
  if (!arguments.empty())
    throw std::invalid_argument("'" + arguments.front() + "' is no option");
  if (options.plugin.empty())
    throw std::invalid_argument("--plugin is missing");
  return options;
}

int serve(const Options &options) {
  apps::Service service(options.service);
  shop::Database database(options.database);
  shop::PricingPlugin pricing(options.plugin, service.gate());
  catalog::Catalog products;
  spdlog::info("catalog {}, pricing {}", catalog::version(), pricing.firstVersion());

  shop::PageRoutes pages(service);
  shop::ProductRoutes productRoutes(service, products);
  shop::CartRoutes carts(service, database);
  shop::OrderRoutes orders(service, database);
  shop::QuoteRoutes quotes(service, pricing);
  shop::CustomerRoutes customers(service, database, options.rates);
  pages.add();
  productRoutes.add();
  carts.add();
  orders.add();
  quotes.add();
  customers.add();
  return service.run();
}

} // namespace

int main(int argc, char **argv) {
  try {
    return serve(readOptions({argv + 1, argv + argc}));
  } catch (const std::invalid_argument &mistake) {
    std::cerr << "shop: " << mistake.what() << "\n" << Usage << apps::ServiceUsage;
    return 64;
  } catch (const std::exception &failure) {
    spdlog::error("{}", failure.what());
    return 1;
  }
}
