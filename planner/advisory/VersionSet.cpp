//===- VersionSet.cpp - Which versions of a package are meant -------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/advisory/VersionSet.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fmt/format.h>

namespace ripple::planner::advisory {

namespace {

bool holds(const Interval &interval, std::string_view version) {
  if (!interval.from.empty()) {
    auto order = compareDebian(interval.from, version);
    if (order > 0 || (order == 0 && !interval.withFrom))
      return false;
  }
  if (interval.to.empty())
    return true;
  auto order = compareDebian(version, interval.to);
  return order < 0 || (order == 0 && interval.withTo);
}

/// The smaller of BEST and VERSION, where VERSION comes after INSTALLED.
void takeFirst(std::string &best, const std::string &version, std::string_view installed) {
  if (compareDebian(version, installed) > 0 && (best.empty() || compareDebian(version, best) < 0))
    best = version;
}

/// One comparator of a vers and its version.
struct Constraint {
  std::string comparator, version;
};

std::string parseConstraint(std::string_view text, Constraint &out) {
  for (std::string_view comparator : {">=", "<=", "!=", ">", "<", "="})
    if (text.starts_with(comparator)) {
      out.comparator = comparator;
      text.remove_prefix(comparator.size());
      break;
    }
  if (out.comparator.empty())
    out.comparator = "=";
  if (!decodePercent(text, out.version))
    return fmt::format("'{}' has a broken '%'", text);
  if (std::string_view problem = debianVersionProblem(out.version); !problem.empty())
    return fmt::format("'{}' is no version of a Debian package: {}", out.version, problem);
  return "";
}

/// What the comparators but = and != make of the line of versions.
std::string makeIntervals(const std::vector<Constraint> &bounds, VersionSet &out) {
  const Constraint *open = nullptr;
  for (const Constraint &bound : bounds) {
    const bool begins = bound.comparator[0] == '>', with = bound.comparator.size() > 1;
    if (begins && open)
      return fmt::format("'{}{}' and '{}{}' have no end between them", open->comparator,
                         open->version, bound.comparator, bound.version);
    if (begins) {
      open = &bound;
      continue;
    }
    if (!open && !out.intervals.empty())
      return fmt::format("'{}{}' ends what has ended before", bound.comparator, bound.version);
    out.intervals.push_back(
        {open ? open->version : "", bound.version, open && open->comparator.size() > 1, with});
    open = nullptr;
  }
  if (open)
    out.intervals.push_back({open->version, "", open->comparator.size() > 1, false});
  return "";
}

/// Splits the intervals that hold VERSION at it.
void takeOut(const std::string &version, VersionSet &out) {
  std::vector<Interval> split;
  for (const Interval &one : out.intervals) {
    if (!holds(one, version)) {
      split.push_back(one);
      continue;
    }
    if (one.from.empty() || compareDebian(one.from, version) < 0)
      split.push_back({one.from, version, one.withFrom, false});
    if (one.to.empty() || compareDebian(version, one.to) < 0)
      split.push_back({version, one.to, false, one.withTo});
  }
  out.intervals = std::move(split);
  out.exact.erase(version);
}

} // namespace

bool VersionSet::contains(std::string_view version) const {
  return exact.count(version) ||
         std::any_of(intervals.begin(), intervals.end(),
                     [&](const Interval &one) { return holds(one, version); });
}

void VersionSet::add(const VersionSet &other) {
  intervals.insert(intervals.end(), other.intervals.begin(), other.intervals.end());
  exact.insert(other.exact.begin(), other.exact.end());
}

std::string VersionSet::firstAfter(std::string_view version) const {
  // Where the nearest interval ends another may go on, which is one that ends later. So from end to
  // end; an interval that holds VERSION and ends after the nearest end holds that end too.
  for (std::string end(version);;) {
    std::string next;
    for (const Interval &one : intervals)
      if (!one.to.empty() && !one.withTo && holds(one, end))
        takeFirst(next, one.to, end);
    if (next.empty() || !contains(next))
      return next;
    end = std::move(next);
  }
}

std::string VersionSet::firstWithin(std::string_view version) const {
  std::string best;
  for (const Interval &one : intervals)
    if (!one.from.empty() && one.withFrom && contains(one.from))
      takeFirst(best, one.from, version);
  for (const std::string &one : exact)
    takeFirst(best, one, version);
  return best;
}

VersionSet allVersions() { return {{Interval{}}, {}}; }

std::string parseVers(std::string_view text, VersionSet &out) {
  constexpr std::string_view scheme = "vers:deb/";
  if (!text.starts_with(scheme))
    return "it does not begin with 'vers:deb/'";
  text.remove_prefix(scheme.size());
  if (text == "*") {
    out = allVersions();
    return "";
  }
  std::vector<Constraint> bounds;
  std::vector<std::string> except;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('|', at), text.size());
    Constraint one;
    if (std::string problem = parseConstraint(text.substr(at, end - at), one); !problem.empty())
      return problem;
    if (one.comparator == "=")
      out.exact.insert(one.version);
    else if (one.comparator == "!=")
      except.push_back(one.version);
    else
      bounds.push_back(std::move(one));
    at = end + 1;
  }
  std::stable_sort(bounds.begin(), bounds.end(), [](const Constraint &a, const Constraint &b) {
    return compareDebian(a.version, b.version) < 0;
  });
  if (bounds.empty() && out.exact.empty())
    out.intervals.push_back({});
  std::string problem = makeIntervals(bounds, out);
  for (const std::string &version : except)
    takeOut(version, out);
  return problem;
}

bool decodePercent(std::string_view text, std::string &out) {
  constexpr int hexadecimal = 16, firstOutsideAscii = 0x80;
  out.clear();
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += text[at];
      continue;
    }
    unsigned char code = 0;
    const std::string_view digits = text.substr(at + 1, 2);
    const auto *const end = digits.end();
    if (digits.size() < 2 || std::from_chars(digits.begin(), end, code, hexadecimal).ptr != end ||
        std::iscntrl(code))
      return false;
    if (code < firstOutsideAscii)
      out += static_cast<char>(code);
    else
      out += text.substr(at, 3);
    at += 2;
  }
  return true;
}

} // namespace ripple::planner::advisory
