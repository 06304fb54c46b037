//===- DebianVersion.cpp --------------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/advisory/DebianVersion.h"

#include <algorithm>

namespace ripple::planner::advisory {

namespace {

constexpr std::string_view Digits = "0123456789";

struct Parts {
  std::string_view epoch, upstream, revision;
  bool hasEpoch = false, hasRevision = false;
};

Parts partsOf(std::string_view text) {
  Parts parts;
  if (std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    parts.epoch = text.substr(0, colon);
    parts.hasEpoch = true;
    text.remove_prefix(colon + 1);
  }
  std::size_t dash = text.rfind('-');
  parts.upstream = text.substr(0, dash);
  if (dash != std::string_view::npos) {
    parts.revision = text.substr(dash + 1);
    parts.hasRevision = true;
  }
  return parts;
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool hasOnly(std::string_view text, std::string_view others) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return isDigit(c) || isLetter(c) || others.find(c) != std::string_view::npos;
  });
}

/// The place of the first character of TEXT where no number stands: '~' before the end, the end
/// before letters, letters before the rest.
int placeOf(std::string_view text) {
  constexpr int afterLetters = 256;
  if (text.empty() || isDigit(text.front()))
    return 0;
  const char c = text.front();
  if (c == '~')
    return -1;
  return isLetter(c) ? c : c + afterLetters;
}

/// Takes the number at the front of TEXT, without its leading zeros; "" is 0.
std::string_view takeNumber(std::string_view &text) {
  const std::string_view all =
      text.substr(0, std::min(text.find_first_not_of(Digits), text.size()));
  text.remove_prefix(all.size());
  return all.substr(std::min(all.find_first_not_of('0'), all.size()));
}

std::weak_ordering compareNumbers(std::string_view a, std::string_view b) {
  if (a.size() != b.size())
    return a.size() <=> b.size();
  return a <=> b;
}

/// Of upstream versions, and of revisions: by turns what is no number, then a number.
std::weak_ordering comparePart(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    while ((!a.empty() && !isDigit(a.front())) || (!b.empty() && !isDigit(b.front()))) {
      if (auto order = placeOf(a) <=> placeOf(b); order != 0)
        return order;
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
    const std::string_view numberA = takeNumber(a), numberB = takeNumber(b);
    if (auto order = compareNumbers(numberA, numberB); order != 0)
      return order;
  }
  return std::weak_ordering::equivalent;
}

} // namespace

std::string_view debianVersionProblem(std::string_view text) {
  constexpr std::size_t epochDigitsMax = 9;
  const Parts parts = partsOf(text);
  if (parts.hasEpoch && (parts.epoch.empty() || parts.epoch.size() > epochDigitsMax ||
                         parts.epoch.find_first_not_of(Digits) != std::string_view::npos))
    return "what stands before ':' is no number";
  if (parts.upstream.empty() || !isDigit(parts.upstream.front()))
    return "it does not begin with a digit";
  if (!hasOnly(parts.upstream, ".+-~:"))
    return "it has other characters than letters, digits and .+-~:";
  if (parts.hasRevision && parts.revision.empty())
    return "nothing stands after its last '-'";
  if (!hasOnly(parts.revision, ".+~"))
    return "what stands after its last '-' has other characters than letters, digits and .+~";
  return "";
}

std::weak_ordering compareDebian(std::string_view a, std::string_view b) {
  const Parts first = partsOf(a), second = partsOf(b);
  if (auto order = comparePart(first.epoch, second.epoch); order != 0)
    return order;
  if (auto order = comparePart(first.upstream, second.upstream); order != 0)
    return order;
  return comparePart(first.revision, second.revision);
}

} // namespace ripple::planner::advisory
