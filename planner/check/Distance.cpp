//===- Distance.cpp -------------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// A version as a list of numbers, one a level: epoch, major, minor.
//
//===----------------------------------------------------------------------===//
#include "planner/check/Distance.h"

#include <array>
#include <cctype>

namespace ripple::check {

namespace {

constexpr std::size_t Levels = 3;
using Version = std::array<std::int64_t, Levels>;

bool isDigit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// False where it does not begin with a number that is one.
bool readVersion(const std::string &text, Version &out) {
  constexpr std::size_t digitsMost = 18;
  out = {};
  const std::size_t start = text.empty() || (text[0] != 'v' && text[0] != 'V') ? 0 : 1;
  const std::size_t epochEnds = text.find_first_not_of("0123456789", start);
  const bool hasEpoch =
      epochEnds != std::string::npos && epochEnds > start && text[epochEnds] == ':';
  std::size_t level = hasEpoch ? 0 : 1;
  for (std::size_t at = start; level < Levels; ++level, ++at) {
    std::size_t end = at;
    while (end < text.size() && isDigit(text[end]))
      ++end;
    if (end - at > digitsMost)
      return false;
    if (end == at)
      return level > 1; // What follows the point is no number: it has no minor one.
    out[level] = std::stoll(text.substr(at, end - at));
    at = end;
    if (at == text.size() || text[at] != (level == 0 ? ':' : '.'))
      return level > 0;
  }
  return true;
}

/// Every version that COMPONENT has, as far as DOCUMENTS know.
std::vector<std::string> versionsOf(const Documents &documents, const std::string &component) {
  if (const model::Upgrade *upgrade = documents.change.upgrade(component))
    return {upgrade->from, upgrade->to};
  const model::Component *present = documents.components.component(component);
  if (present && !present->version.empty())
    return {present->version};
  return {};
}

bool mayMeet(const model::DistanceRule &rule, const Version &one, const Version &other) {
  const std::size_t counted = rule.unit == model::DistanceRule::Unit::Major ? 1 : 2;
  std::size_t level = 0;
  while (level < Levels && one[level] == other[level])
    ++level;
  if (level == Levels)
    return true;
  const std::optional<unsigned> bound = one[level] > other[level] ? rule.newerMost : rule.olderMost;
  // A difference before the level that is counted is more than all, one behind it is none.
  return !bound || level > counted ||
         (level == counted && std::abs(one[level] - other[level]) <= std::int64_t{*bound});
}

} // namespace

std::vector<std::pair<model::ComponentVersion, model::ComponentVersion>>
tooFarApart(const Documents &documents) {
  std::vector<std::pair<model::ComponentVersion, model::ComponentVersion>> pairs;
  for (const model::DistanceRule &rule : documents.change.versionDistance)
    for (const std::string &one : versionsOf(documents, rule.component))
      for (const std::string &other : versionsOf(documents, rule.of)) {
        Version a, b;
        if (!readVersion(one, a) || !readVersion(other, b) || !mayMeet(rule, a, b))
          pairs.push_back({{rule.component, one}, {rule.of, other}});
      }
  return pairs;
}

} // namespace ripple::check
