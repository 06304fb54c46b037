//===- Ranking.h - In which order search results are shown ------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef SHOP_CORE_RANKING_H
#define SHOP_CORE_RANKING_H

#include "catalog/Catalog.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace shop {

/// A way to order products.
class Ranking {
public:
  virtual ~Ranking();
  /// Higher is shown first.
  virtual double score(const catalog::Product &product) const = 0;
};

/// The strategy called NAME ("price", "stock", "name"); "price" where there is none of that name.
std::unique_ptr<Ranking> makeRanking(const std::string &name);

using Filter = std::function<bool(const catalog::Product &)>;

/// PRODUCTS that pass every one of FILTERS, best first.
std::vector<catalog::Product> rank(std::vector<catalog::Product> products, const Ranking &ranking,
                                   const std::vector<Filter> &filters);

} // namespace shop

#endif
