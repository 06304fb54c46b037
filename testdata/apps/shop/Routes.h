//===- Routes.h - What the shop serves --------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef SHOP_ROUTES_H
#define SHOP_ROUTES_H

#include "PricingPlugin.h"
#include "catalog/Catalog.h"
#include "common/Service.h"
#include "core/Carts.h"
#include "core/ExchangeRates.h"
#include "core/Newsletter.h"
#include "core/Orders.h"
#include "core/Tickets.h"

#include <nlohmann/json.hpp>

namespace shop {

/// Answers with BODY as JSON.
void answer(httplib::Response &response, const nlohmann::json &body, int status = 200);
/// Answers that there is no such WHAT.
void answerNotFound(httplib::Response &response, const char *what);
/// A number from 1 on in TEXT. Throws std::invalid_argument.
std::uint32_t positive(const std::string &text);
/// The request's body as a JSON object. Throws std::invalid_argument.
nlohmann::json bodyOf(const httplib::Request &request);
/// FIELD of OBJECT; FALLBACK where it has none. Throws std::invalid_argument where that is of
/// another type.
template <typename T> T fieldOf(const nlohmann::json &object, const char *field, T fallback) {
  try {
    return object.value(field, std::move(fallback));
  } catch (const nlohmann::json::type_error &) {
    throw std::invalid_argument(std::string("'") + field + "' is of a wrong type");
  }
}

/// The storefront: its page, and whether it is well.
class PageRoutes {
public:
  explicit PageRoutes(apps::Service &service) : service(service) {}
  void add();

private:
  apps::Service &service;
};

/// Products and search.
class ProductRoutes {
public:
  ProductRoutes(apps::Service &service, const catalog::Catalog &products)
      : service(service), products(products) {}
  void add();

private:
  void list(const httplib::Request &request, httplib::Response &response);
  void show(const httplib::Request &request, httplib::Response &response);
  void search(const httplib::Request &request, httplib::Response &response);

  apps::Service &service;
  const catalog::Catalog &products;
};

class CartRoutes {
public:
  CartRoutes(apps::Service &service, Database &database) : service(service), carts(database) {}
  void add();

private:
  apps::Service &service;
  Carts carts;
};

/// Orders and their receipts.
class OrderRoutes {
public:
  OrderRoutes(apps::Service &service, Database &database) : service(service), orders(database) {}
  void add();

private:
  void place(const httplib::Request &request, httplib::Response &response);
  void show(const httplib::Request &request, httplib::Response &response) const;
  void receipt(const httplib::Request &request, httplib::Response &response) const;

  apps::Service &service;
  Orders orders;
};

/// Prices, by the pricing plug-in.
class QuoteRoutes {
public:
  QuoteRoutes(apps::Service &service, const PricingPlugin &pricing)
      : service(service), pricing(pricing) {}
  void add();

private:
  apps::Service &service;
  const PricingPlugin &pricing;
};

/// Customers: login, newsletter, exchange rates.
class CustomerRoutes {
public:
  CustomerRoutes(apps::Service &service, Database &database, std::string ratesUrl)
      : service(service), tickets("a secret of the shop's"), rates(std::move(ratesUrl)),
        newsletter(database) {}
  void add();

private:
  void login(const httplib::Request &request, httplib::Response &response);
  void subscribe(const httplib::Request &request, httplib::Response &response);
  void exchange(const httplib::Request &request, httplib::Response &response);

  apps::Service &service;
  Tickets tickets;
  ExchangeRates rates;
  Newsletter newsletter;
};

} // namespace shop

#endif
