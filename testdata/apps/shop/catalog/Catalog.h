//===- Catalog.h - The products that the shop sells -------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Interface of the shared library `catalog`. Stable within libcatalog.so.1.
//
//===----------------------------------------------------------------------===//
#ifndef CATALOG_CATALOG_H
#define CATALOG_CATALOG_H

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace catalog {

struct Product {
  std::uint32_t id = 0;
  std::string name;
  std::string category;
  std::int64_t priceCents = 0;
  std::uint32_t stock = 0;
};

/// Version of the library that is loaded, "1.0.0".
const char *version();

/// A read-only collection of products, safe to use from any thread.
class Catalog {
public:
  /// The products that every shop has.
  Catalog();
  ~Catalog();
  Catalog(const Catalog &) = delete;
  Catalog &operator=(const Catalog &) = delete;

  std::optional<Product> find(std::uint32_t id) const;
  /// Products from number FIRST on, at most COUNT, in order of id.
  std::vector<Product> page(std::size_t first, std::size_t count) const;
  /// Products whose name or category holds WORD, whatever its case.
  std::vector<Product> matching(std::string_view word) const;
  std::size_t size() const;

private:
  struct Index;
  std::unique_ptr<Index> index;
};

} // namespace catalog

#endif
