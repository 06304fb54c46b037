//===- ShippedCatalog.h - The rules that come with the analyzer -*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_SHIPPEDCATALOG_H
#define RIPPLE_ANALYZER_SHIPPEDCATALOG_H

#include "model/Catalog.h"

#include <cstddef>
#include <string>
#include <vector>

namespace ripple::analyzer {

/// A file of analyzer/catalog, in the program's own text (made by EmbedCatalog.cmake).
struct ShippedFile {
  const char *name;
  const char *text;
};
extern const ShippedFile shippedFiles[];
extern const std::size_t shippedFileCount;

/// The catalogs in FILES, in order, and after them the shipped ones. Every mistake of every file.
model::Result<model::Catalog> readCatalogs(const std::vector<std::string> &files);

/// What names of shipped files begin with, in the places of their rules.
inline constexpr std::string_view shippedPrefix = "shipped:";

/// RULE is a shipped one, not the user's.
inline bool isShipped(const model::HandlerRule &rule) {
  return rule.place.file.starts_with(shippedPrefix);
}

} // namespace ripple::analyzer

#endif
