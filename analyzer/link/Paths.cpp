//===- Paths.cpp - How a request kind is written --------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/link/Paths.h"

#include <algorithm>

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

std::string fromRoot(std::string_view source) {
  return (source.empty() || source.front() != '/' ? "/" : "") + std::string(source);
}

/// SOURCE with each of its segments made anew by CHANGE, which counts what has no name.
template <typename Change> std::string eachSegment(const std::string &source, Change change) {
  std::string path;
  int count = 0;
  for (std::size_t i = 1; i <= source.size();) {
    const std::size_t end = std::min(source.find('/', i), source.size());
    path += "/" + change(source.substr(i, end - i), count);
    i = end + 1;
  }
  return path;
}

std::string colonPath(std::string_view source) {
  return eachSegment(fromRoot(source), [](const std::string &segment, int &count) {
    if (segment == "*")
      return "{" + std::to_string(++count) + "}";
    if (!segment.starts_with(':'))
      return segment;
    const bool isOptional = segment.ends_with('?');
    return "{" + segment.substr(1, segment.size() - 1 - (isOptional ? 1 : 0)) + "}";
  });
}

std::string bracesPath(std::string_view source) {
  std::string text = fromRoot(source.substr(0, source.find('?')));
  int count = 0;
  for (std::size_t at = text.find("{}"); at != std::string::npos; at = text.find("{}", at))
    text.replace(at, 2, "{" + std::to_string(++count) + "}");
  return text;
}

std::string anglesPath(std::string_view source) {
  std::string text = fromRoot(source);
  constexpr std::string_view Rest = "/<path>";
  const bool isPrefix = text.ends_with(Rest);
  if (isPrefix)
    text.resize(text.size() - Rest.size());
  int count = 0;
  for (std::size_t at = text.find('<'); at != std::string::npos; at = text.find('<', at)) {
    const std::size_t end = text.find('>', at);
    if (end == std::string::npos)
      break;
    text.replace(at, end - at + 1, "{" + std::to_string(++count) + "}");
  }
  return text + (isPrefix ? "/**" : "");
}

/// "" where the framework may read SOURCE as a pattern.
std::string prefixPath(std::string_view source) {
  if (source.ends_with("/**"))
    source.remove_suffix(2);
  if (source.find_first_of("*?$|") != std::string_view::npos)
    return "";
  while (!source.empty() && source.back() == '/')
    source.remove_suffix(1);
  return (source.empty() ? "" : fromRoot(source)) + "/**";
}

/// What is below the path of an address, "http://0.0.0.0:80/items?x".
std::string urlPath(std::string_view source) {
  if (const std::size_t scheme = source.find("://"); scheme != std::string_view::npos) {
    source.remove_prefix(scheme + 3);
    source.remove_prefix(std::min(source.find('/'), source.size()));
  }
  return prefixPath(source.substr(0, source.find_first_of("?#")));
}

} // namespace

std::string requestPath(std::string_view source, std::string_view syntax) {
  if (syntax == "regex")
    return regexPath(source);
  if (syntax == "colon")
    return colonPath(source);
  if (syntax == "braces")
    return bracesPath(source);
  if (syntax == "angles")
    return anglesPath(source);
  if (syntax == "prefix")
    return prefixPath(source);
  if (syntax == "url")
    return urlPath(source);
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
