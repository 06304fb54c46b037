//===- Purl.h - Package URLs ------------------------------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_ADVISORY_PURL_H
#define RIPPLE_PLANNER_ADVISORY_PURL_H

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ripple::planner::advisory {

/// "pkg:deb/debian/libssl3@3.0.11-1?arch=amd64" (https://github.com/package-url/purl-spec),
/// decoded.
struct Purl {
  std::string type;                              ///< "deb", in lower case.
  std::string space;                             ///< "debian"; "" where there is none.
  std::string name, version;                     ///< The version may be "".
  std::map<std::string, std::string> qualifiers; ///< "arch": "amd64".
};

/// Null where TEXT is no package URL.
std::optional<Purl> parsePurl(std::string_view text);

} // namespace ripple::planner::advisory

#endif
