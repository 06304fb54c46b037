//===- VersionSet.h - Which versions of a package are meant -----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_ADVISORY_VERSIONSET_H
#define RIPPLE_PLANNER_ADVISORY_VERSIONSET_H

#include "planner/advisory/DebianVersion.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ripple::planner::advisory {

/// From a version to a version, in the order of compareDebian. An end that is "" is open to all.
struct Interval {
  std::string from;     ///< The first in it.
  std::string to;       ///< Where it ends.
  bool withFrom = true; ///< `from` itself is in it.
  bool withTo = false;  ///< `to` itself is in it.
  bool operator==(const Interval &) const = default;
};

/// Versions that compareDebian holds for equal ("9" and "9-0") are one.
struct DebianOrder {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return compareDebian(a, b) < 0; }
};

struct VersionSet {
  std::vector<Interval> intervals;
  std::set<std::string, DebianOrder> exact; ///< In it, by themselves.

  bool empty() const { return intervals.empty() && exact.empty(); }
  bool contains(std::string_view version) const;
  /// Takes in what OTHER has.
  void add(const VersionSet &other);
  /// The first named version after VERSION, which is in the set, that is out of it again. "" where
  /// none is known.
  std::string firstAfter(std::string_view version) const;
  /// The first version after VERSION that is named as one of the set. "" where none is.
  std::string firstWithin(std::string_view version) const;
};

/// Every version.
VersionSet allVersions();

/// Reads "vers:deb/>=1.2|<1.4-1" (https://github.com/package-url/vers-spec) into OUT; what is wrong
/// with it, "" if nothing. Only Debian's versions are known.
std::string parseVers(std::string_view text, VersionSet &out);

/// TEXT with each "%2B" as the character that it stands for; what is not ASCII stays as it is
/// written. False where one is broken, or stands for a control character.
bool decodePercent(std::string_view text, std::string &out);

} // namespace ripple::planner::advisory

#endif
