//===- ProductRoutes.cpp - Products and search ----------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "Routes.h"

#include "core/Ranking.h"

namespace shop {
namespace {

nlohmann::json toJson(const catalog::Product &product) {
  return {{"id", product.id},
          {"name", product.name},
          {"category", product.category},
          {"priceCents", product.priceCents},
          {"stock", product.stock}};
}

nlohmann::json toJson(const std::vector<catalog::Product> &products) {
  nlohmann::json list = nlohmann::json::array();
  for (const catalog::Product &product : products)
    list.push_back(toJson(product));
  return {{"products", std::move(list)}, {"catalog", catalog::version()}};
}

/// What REQUEST asks results to be like.
std::vector<Filter> filtersOf(const httplib::Request &request) {
  std::vector<Filter> filters;
  if (request.has_param("below"))
    filters.push_back([limit = positive(request.get_param_value("below"))](
                          const catalog::Product &product) { return product.priceCents < limit; });
  if (request.has_param("available"))
    filters.emplace_back([](const catalog::Product &product) { return product.stock > 0; });
  return filters;
}

} // namespace

void ProductRoutes::add() {
  using namespace std::placeholders;
  service.http()
      .Get("/products", std::bind(&ProductRoutes::list, this, _1, _2))
      .Get(R"(/products/(\d+))", std::bind(&ProductRoutes::show, this, _1, _2))
      .Get("/search", std::bind_front(&ProductRoutes::search, this));
}

void ProductRoutes::list(const httplib::Request &request, httplib::Response &response) {
  constexpr std::size_t PageSize = 10;
  auto call = service.downstream().begin();
  std::size_t page = request.has_param("page") ? positive(request.get_param_value("page")) : 1;
  answer(response, toJson(products.page((page - 1) * PageSize, PageSize)));
}

void ProductRoutes::show(const httplib::Request &request, httplib::Response &response) {
  auto call = service.downstream().begin();
  if (auto product = products.find(positive(request.matches[1])))
    answer(response, toJson(*product));
  else
    answerNotFound(response, "product");
}

void ProductRoutes::search(const httplib::Request &request, httplib::Response &response) {
  auto call = service.downstream().begin(1.5);
  std::unique_ptr<Ranking> ranking = makeRanking(request.get_param_value("by"));
  answer(response, toJson(rank(products.matching(request.get_param_value("q")), *ranking,
                               filtersOf(request))));
}

} // namespace shop
