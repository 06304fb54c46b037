//===- Gzip.h - Compressed text ---------------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef SHOP_CORE_GZIP_H
#define SHOP_CORE_GZIP_H

#include <string>
#include <string_view>

namespace shop {

/// TEXT as a gzip file. Throws std::runtime_error.
std::string gzip(std::string_view text);

} // namespace shop

#endif
