//===- Ranking.cpp - In which order search results are shown --------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "core/Ranking.h"

#include <algorithm>
#include <cmath>

namespace shop {
namespace {

class CheapFirst final : public Ranking {
public:
  double score(const catalog::Product &product) const override {
    return -static_cast<double>(product.priceCents);
  }
};

class InStockFirst final : public Ranking {
public:
  double score(const catalog::Product &product) const override { return std::log1p(product.stock); }
};

class ByName final : public Ranking {
public:
  double score(const catalog::Product &product) const override {
    return product.name.empty() ? 0 : -static_cast<double>(product.name.front());
  }
};

} // namespace

Ranking::~Ranking() = default;

std::unique_ptr<Ranking> makeRanking(const std::string &name) {
  if (name == "stock")
    return std::make_unique<InStockFirst>();
  if (name == "name")
    return std::make_unique<ByName>();
  return std::make_unique<CheapFirst>();
}

std::vector<catalog::Product> rank(std::vector<catalog::Product> products, const Ranking &ranking,
                                   const std::vector<Filter> &filters) {
  products.erase(std::remove_if(products.begin(), products.end(),
                                [&filters](const catalog::Product &product) {
                                  return !std::all_of(
                                      filters.begin(), filters.end(),
                                      [&product](const Filter &filter) { return filter(product); });
                                }),
                 products.end());
  std::stable_sort(products.begin(), products.end(),
                   [&ranking](const catalog::Product &a, const catalog::Product &b) {
                     return ranking.score(a) > ranking.score(b);
                   });
  return products;
}

} // namespace shop
