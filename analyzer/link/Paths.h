//===- Paths.h - How a request kind is written ------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_LINK_PATHS_H
#define RIPPLE_ANALYZER_LINK_PATHS_H

#include <string>
#include <string_view>

namespace ripple::analyzer {

/// The path of a request kind from what the source says, by the catalog's `pathSyntax`:
///   literal  as it is
///   regex    as it is where it has no pattern in it; else "~ ^…$": the framework matches in full
///   braces   from the root, and without a query: {name}; "{}" becomes {1}, {2}, …
///   colon    from the root: ":name" becomes {name}, "*" {1}, {2}, …
///   angles   "<type>" becomes {1}, {2}, …; "<path>" at the end what lies below
///   prefix   what lies below: "/static" becomes "/static/**"
std::string requestPath(std::string_view source, std::string_view syntax);

/// FILE as documents name it: relative to ROOT where it is below it.
std::string documentPath(const std::string &file, const std::string &root);

} // namespace ripple::analyzer

#endif
