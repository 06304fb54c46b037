//===- Catalog.cpp - The products that the shop sells ---------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "catalog/Catalog.h"

#include <algorithm>
#include <cctype>
#include <map>

namespace catalog {
namespace {

constexpr const char *Things[] = {"Lamp",  "Chair",  "Desk", "Shelf",
                                  "Clock", "Mirror", "Vase", "Rug"};
constexpr const char *Materials[] = {"Oak", "Brass", "Glass", "Wool", "Steel"};
constexpr const char *Categories[] = {"lighting", "seating", "office", "storage"};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

} // namespace

struct Catalog::Index {
  std::map<std::uint32_t, Product> products;
#if CATALOG_MINOR >= 1
  std::map<std::uint32_t, std::string> words; ///< What is searched, in lower case.
#endif
};

const char *version() { return CATALOG_VERSION; }

Catalog::Catalog() : index(std::make_unique<Index>()) {
  std::uint32_t id = 0;
  for (const char *material : Materials)
    for (const char *thing : Things) {
      Product product;
      product.id = ++id;
      product.name = std::string(material) + " " + thing;
      product.category = Categories[id % std::size(Categories)];
      product.priceCents = 990 + 517 * static_cast<std::int64_t>(id);
      product.stock = (id * 7) % 23;
#if CATALOG_MINOR >= 1
      index->words.emplace(id, lower(product.name + "\n" + product.category));
#endif
      index->products.emplace(id, std::move(product));
    }
}

Catalog::~Catalog() = default;

std::optional<Product> Catalog::find(std::uint32_t id) const {
  auto found = index->products.find(id);
  return found == index->products.end() ? std::nullopt : std::optional(found->second);
}

std::vector<Product> Catalog::page(std::size_t first, std::size_t count) const {
  std::vector<Product> out;
  std::size_t number = 0;
  for (const auto &[id, product] : index->products)
    if (number++ >= first && out.size() < count)
      out.push_back(product);
  return out;
}

std::vector<Product> Catalog::matching(std::string_view word) const {
  const std::string wanted = lower(word);
  std::vector<Product> out;
  for (const auto &[id, product] : index->products) {
#if CATALOG_MINOR >= 1
    bool matches = index->words.at(id).find(wanted) != std::string::npos;
#else
    bool matches = lower(product.name).find(wanted) != std::string::npos ||
                   lower(product.category).find(wanted) != std::string::npos;
#endif
    if (matches)
      out.push_back(product);
  }
  return out;
}

std::size_t Catalog::size() const { return index->products.size(); }

} // namespace catalog
