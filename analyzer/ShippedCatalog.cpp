//===- ShippedCatalog.cpp - The rules that come with the analyzer ---------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/ShippedCatalog.h"

namespace ripple::analyzer {

model::Result<model::Catalog> readCatalogs(const std::vector<std::string> &files) {
  std::vector<model::Catalog> catalogs;
  model::Mistakes mistakes;
  auto take = [&](model::Result<model::Catalog> catalog) {
    if (catalog)
      catalogs.push_back(std::move(*catalog));
    else
      mistakes.insert(mistakes.end(), catalog.error().begin(), catalog.error().end());
  };
  for (const std::string &file : files)
    take(model::readCatalog(file));
  for (std::size_t index = 0; index < shippedFileCount; ++index)
    take(model::parseCatalog(shippedFiles[index].text,
                             std::string(shippedPrefix) + shippedFiles[index].name));
  if (!mistakes.empty())
    return tl::unexpected(mistakes);
  return model::mergeCatalogs(std::move(catalogs));
}

} // namespace ripple::analyzer
