//===- Overlap.cpp - Request kinds that one request may match -------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "planner/Overlap.h"

#include <algorithm>

namespace ripple::planner {

namespace {

bool isRegex(const std::string &path) { return path.starts_with("~ "); }

/// What every path that PATH matches begins with.
std::string prefixOf(const std::string &path) {
  if (!isRegex(path))
    return path.substr(0, path.find_first_of("{*<"));
  // One that is not anchored matches anywhere.
  if (!path.starts_with("~ ^") || path.find('|') != std::string::npos)
    return "";
  std::string text = path.substr(3);
  std::size_t end = std::min(text.find_first_of("^$.*+?()[]{}|\\"), text.size());
  // A repetition takes back the character before it.
  if (end < text.size() && end > 0 && std::string_view("*?{").find(text[end]) != std::string::npos)
    --end;
  return text.substr(0, end);
}

/// Takes the first segment off PATH.
std::string_view takeSegment(std::string_view &path) {
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(segment.size() + 1, path.size()));
  return segment;
}

bool isOpenSegment(std::string_view segment) { return segment.find('{') != std::string_view::npos; }

/// May one path match both, which are no regular expressions?
bool segmentsMayOverlap(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const std::string_view one = takeSegment(a), other = takeSegment(b);
    if (one == "**" || other == "**")
      return true;
    if (!isOpenSegment(one) && !isOpenSegment(other) && one != other)
      return false;
  }
  return a.empty() && b.empty();
}

} // namespace

bool isOpen(const model::RequestKind &kind) {
  return !isRegex(kind.path) && kind.path.find_first_of("{*") != std::string::npos;
}

PathPattern::PathPattern(const model::RequestKind &kind)
    : kind(&kind), form(Form::Literal), prefix(prefixOf(kind.path)) {
  if (isRegex(kind.path))
    form = Form::Regex;
  else if (kind.path.starts_with("<dynamic"))
    form = Form::Dynamic;
  else if (kind.path.find_first_of("{*<") != std::string::npos)
    form = Form::Segments;
}

bool PathPattern::mayOverlap(const PathPattern &other) const {
  if (kind->method != other.kind->method && kind->method != "*" && other.kind->method != "*")
    return false;
  if (form == Form::Literal && other.form == Form::Literal)
    return path() == other.path();
  if (form == Form::Dynamic || other.form == Form::Dynamic)
    return true;
  if (isSegments() && other.isSegments())
    return segmentsMayOverlap(path(), other.path());
  const std::size_t shorter = std::min(prefix.size(), other.prefix.size());
  if (prefix.compare(0, shorter, other.prefix, 0, shorter) != 0)
    return false;
  return other.form != Form::Literal || form != Form::Regex || matches(other.kind->path);
}

/// True also where that cannot be found out.
bool PathPattern::matches(const std::string &path) const {
  if (path.size() > pathCharactersMax || kind->path.size() > pathCharactersMax)
    return true;
  if (!regex && !isNoRegex)
    try {
      regex = std::make_unique<const std::regex>(kind->path.substr(2));
    } catch (const std::regex_error &) {
      isNoRegex = true;
    }
  return isNoRegex || std::regex_search(path, *regex);
}

/// The tree is gone through by recursion, and a path may be megabytes long.
bool OverlapIndex::isInTree(const PathPattern &pattern) {
  constexpr std::ptrdiff_t slashesMax = 50;
  return pattern.isSegments() &&
         std::count(pattern.path().begin(), pattern.path().end(), '/') <= slashesMax;
}

void OverlapIndex::add(const PathPattern &pattern, std::size_t number) {
  all.emplace(number, &pattern);
  if (!isInTree(pattern)) {
    outside.push_back(number);
    return;
  }
  Segment *at = &root;
  for (std::string_view path = pattern.path(); !path.empty();) {
    const std::string_view segment = takeSegment(path);
    if (segment == "**") {
      at->anyRest.push_back(number);
      return;
    }
    if (isOpenSegment(segment)) {
      if (!at->nextOpen)
        at->nextOpen = std::make_unique<Segment>();
      at = at->nextOpen.get();
    } else {
      at = &at->next[std::string(segment)];
    }
  }
  at->ends.push_back(number);
}

std::vector<std::size_t> OverlapIndex::overlapping(const PathPattern &pattern,
                                                   bool isBefore) const {
  std::vector<std::size_t> found;
  if (isInTree(pattern)) {
    found = outside;
    collect(root, pattern.path(), found);
    std::sort(found.begin(), found.end());
  } else {
    for (const auto &[number, one] : all)
      found.push_back(number);
  }
  std::erase_if(found, [&](std::size_t number) {
    const PathPattern &one = *all.at(number);
    return !(isBefore ? pattern.mayOverlap(one) : one.mayOverlap(pattern));
  });
  return found;
}

/// What may overlap PATH, the rest of a pattern whose segments before it lead to FROM.
void OverlapIndex::collect(const Segment &from, std::string_view path,
                           std::vector<std::size_t> &found) {
  if (path.empty()) {
    found.insert(found.end(), from.ends.begin(), from.ends.end());
    return;
  }
  found.insert(found.end(), from.anyRest.begin(), from.anyRest.end());
  const std::string_view segment = takeSegment(path);
  const bool isAny = segment == "**", isOpen = isOpenSegment(segment);
  auto goOn = [&](const Segment &next) {
    isAny ? collectAll(next, found) : collect(next, path, found);
  };
  if (from.nextOpen)
    goOn(*from.nextOpen);
  if (isAny || isOpen) {
    for (const auto &[text, next] : from.next)
      goOn(next);
  } else if (auto next = from.next.find(segment); next != from.next.end()) {
    goOn(next->second);
  }
}

void OverlapIndex::collectAll(const Segment &from, std::vector<std::size_t> &found) {
  found.insert(found.end(), from.ends.begin(), from.ends.end());
  found.insert(found.end(), from.anyRest.begin(), from.anyRest.end());
  if (from.nextOpen)
    collectAll(*from.nextOpen, found);
  for (const auto &[text, next] : from.next)
    collectAll(next, found);
}

} // namespace ripple::planner
