//===- VersionDistance.cpp ------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/VersionDistance.h"

#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ripple::planner {

namespace {

struct Numbers {
  std::int64_t epoch = 0, major = 0, minor = 0;
};

/// Takes a number from the front of TEXT.
bool takeNumber(std::string_view &text, std::int64_t &out) {
  if (text.empty() || text.front() < '0' || text.front() > '9')
    return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc();
}

std::optional<Numbers> numbersOf(std::string_view text) {
  Numbers numbers;
  if (text.starts_with('v') || text.starts_with('V'))
    text.remove_prefix(1);
  if (!takeNumber(text, numbers.major))
    return {};
  if (text.starts_with(':')) {
    text.remove_prefix(1);
    numbers.epoch = numbers.major;
    if (!takeNumber(text, numbers.major))
      return {};
  }
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!takeNumber(text, numbers.minor) && !text.empty() && text.front() >= '0' &&
        text.front() <= '9')
      return {}; // More digits than any version has.
  }
  return numbers;
}

/// MORE than a bound that is there; what no number of the unit can say is more than all.
bool isOver(std::optional<std::int64_t> more, std::optional<unsigned> bound) {
  return bound && (!more || *more > *bound);
}

} // namespace

Distance distanceOf(const model::DistanceRule &rule, const std::string &version,
                    const std::string &other) {
  const std::optional<Numbers> one = numbersOf(version), two = numbersOf(other);
  if (!one || !two)
    return Distance::Unreadable;
  const bool byMajor = rule.unit == model::DistanceRule::Unit::Major;
  std::optional<std::int64_t> newer; // Of the unit alone.
  if (one->epoch == two->epoch && (byMajor || one->major == two->major))
    newer = byMajor ? one->major - two->major : one->minor - two->minor;
  const bool isNewer =
      std::tie(one->epoch, one->major, one->minor) > std::tie(two->epoch, two->major, two->minor);
  const bool isOlder =
      std::tie(one->epoch, one->major, one->minor) < std::tie(two->epoch, two->major, two->minor);
  const bool tooFar =
      isNewer ? isOver(newer, rule.newerMost)
              : isOlder && isOver(newer ? std::optional(-*newer) : std::nullopt, rule.olderMost);
  return tooFar ? Distance::TooFar : Distance::Near;
}

std::string textOf(const model::DistanceRule &rule) {
  std::vector<std::string> bounds;
  for (auto [bound, word] : {std::pair(rule.newerMost, "newer"), {rule.olderMost, "older"}})
    if (bound)
      bounds.push_back(fmt::format("{} {} {} {}", *bound, toString(rule.unit),
                                   *bound == 1 ? "version" : "versions", word));
  return fmt::format("{} may be at most {} than {}{}{}", rule.component, fmt::join(bounds, " and "),
                     rule.of == rule.component ? "itself" : rule.of,
                     rule.reason.empty() ? "" : ": ", rule.reason);
}

} // namespace ripple::planner
