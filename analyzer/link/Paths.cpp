//===- Paths.cpp - How a request kind is written --------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/link/Paths.h"

namespace ripple::analyzer {
namespace {

/// True if PATTERN has an alternative that no group holds.
bool hasBareAlternative(std::string_view pattern) {
  int depth = 0;
  bool inSet = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    char c = pattern[i];
    if (c == '\\')
      ++i;
    else if (inSet)
      inSet = c != ']';
    else if (c == '[')
      inSet = true;
    else if (c == '(')
      ++depth;
    else if (c == ')')
      --depth;
    else if (c == '|' && depth == 0)
      return true;
  }
  return false;
}

std::string regexPath(std::string_view source) {
  if (source.find_first_of("\\^$.|?*+()[]{}") == std::string_view::npos)
    return std::string(source);
  if (hasBareAlternative(source))
    return "~ ^(?:" + std::string(source) + ")$";
  std::string pattern(source);
  if (pattern.front() != '^')
    pattern.insert(0, 1, '^');
  bool isAnchored =
      pattern.back() == '$' && (pattern.size() < 2 || pattern[pattern.size() - 2] != '\\');
  return "~ " + pattern + (isAnchored ? "" : "$");
}

std::string colonPath(std::string_view source) {
  std::string path;
  for (std::size_t i = 0; i < source.size(); ++i) {
    if (source[i] != ':' || (i > 0 && source[i - 1] != '/')) {
      path += source[i];
      continue;
    }
    std::size_t end = source.find('/', i);
    if (end == std::string_view::npos)
      end = source.size();
    path += "{" + std::string(source.substr(i + 1, end - i - 1)) + "}";
    i = end - 1;
  }
  return path;
}

} // namespace

std::string requestPath(std::string_view source, std::string_view syntax) {
  if (syntax == "regex")
    return regexPath(source);
  if (syntax == "colon")
    return colonPath(source);
  if (syntax == "prefix") {
    while (!source.empty() && source.back() == '/')
      source.remove_suffix(1);
    return std::string(source) + "/**";
  }
  return std::string(source);
}

std::string documentPath(const std::string &file, const std::string &root) {
  if (!root.empty() && file.size() > root.size() && file.compare(0, root.size(), root) == 0) {
    if (root.back() == '/')
      return file.substr(root.size());
    if (file[root.size()] == '/')
      return file.substr(root.size() + 1);
  }
  return file;
}

} // namespace ripple::analyzer
