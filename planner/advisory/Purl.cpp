//===- Purl.cpp - Package URLs --------------------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/advisory/Purl.h"

#include "planner/advisory/VersionSet.h"

#include <algorithm>
#include <cctype>

namespace ripple::planner::advisory {

namespace {

/// Cuts off TEXT what begins with the last C, and returns that without C.
std::string_view cutLast(std::string_view &text, char c) {
  const std::size_t at = text.rfind(c);
  if (at == std::string_view::npos)
    return {};
  std::string_view tail = text.substr(at + 1);
  text = text.substr(0, at);
  return tail;
}

bool readQualifiers(std::string_view text, std::map<std::string, std::string> &out) {
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    const std::size_t equals = one.find('=');
    if (equals == std::string_view::npos ||
        !decodePercent(one.substr(equals + 1), out[std::string(one.substr(0, equals))]))
      return false;
  }
  return true;
}

} // namespace

std::optional<Purl> parsePurl(std::string_view text) {
  constexpr std::string_view scheme = "pkg:";
  if (!text.starts_with(scheme))
    return std::nullopt;
  text.remove_prefix(scheme.size());
  cutLast(text, '#');
  Purl purl;
  const std::string_view qualifiers = cutLast(text, '?');
  const std::string_view version = cutLast(text, '@');
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos)
    return std::nullopt;
  for (char c : text.substr(0, slash))
    purl.type += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  text.remove_prefix(slash + 1);
  std::string_view name = text;
  if (text.find('/') != std::string_view::npos)
    name = cutLast(text, '/');
  else
    text = {};
  if (!decodePercent(text, purl.space) || !decodePercent(name, purl.name) ||
      !decodePercent(version, purl.version) || !readQualifiers(qualifiers, purl.qualifiers) ||
      purl.name.empty() || purl.type.empty())
    return std::nullopt;
  return purl;
}

} // namespace ripple::planner::advisory
