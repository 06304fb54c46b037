//===- Overlap.h - Request kinds that one request may match -----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Private to the planner's routing classes.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_OVERLAP_H
#define RIPPLE_PLANNER_OVERLAP_H

#include "model/ComponentsList.h"

#include <map>
#include <memory>
#include <regex>

namespace ripple::planner {

/// A pattern of which only the framework knows what it takes: `{1}` may be a number, and of
/// `/static/**` and `/static/logo` some frameworks try the longer one first.
bool isOpen(const model::RequestKind &kind);

/// Longer ones have no rule. std::regex goes as deep as a text is long.
inline constexpr std::size_t pathCharactersMax = 2000;

/// A request kind's path, and what is worked out of it once. Not for several threads.
class PathPattern {
public:
  explicit PathPattern(const model::RequestKind &kind);

  /// May one request match both? Unless that can be excluded, yes. `this` comes before OTHER.
  bool mayOverlap(const PathPattern &other) const;
  bool isSegments() const { return form == Form::Literal || form == Form::Segments; }
  std::string_view path() const { return kind->path; }
  const model::RequestKind &request() const { return *kind; }

private:
  enum class Form { Literal, Segments, Regex, Dynamic };

  bool matches(const std::string &path) const;

  const model::RequestKind *kind;
  Form form;
  std::string prefix; ///< What every path that it matches begins with.
  mutable std::unique_ptr<const std::regex> regex;
  mutable bool isNoRegex = false;
};

/// Many patterns, of which those that overlap another one are found by their segments instead of
/// by looking at each. Only what has none (regular expressions), or very many, is looked at one by
/// one.
class OverlapIndex {
public:
  /// PATTERN has to stay where it is.
  void add(const PathPattern &pattern, std::size_t number);
  /// The numbers of those that may overlap PATTERN, which comes after them all or, with
  /// IS_BEFORE, before them all; ascending.
  std::vector<std::size_t> overlapping(const PathPattern &pattern, bool isBefore = false) const;

private:
  /// All patterns that begin with the same segments, where `{…}` is as good as any other.
  struct Segment {
    std::map<std::string, Segment, std::less<>> next;
    std::unique_ptr<Segment> nextOpen;
    std::vector<std::size_t> ends, anyRest; ///< That end here, that go on with `**`.
  };

  static bool isInTree(const PathPattern &pattern);
  static void collect(const Segment &from, std::string_view path, std::vector<std::size_t> &found);
  static void collectAll(const Segment &from, std::vector<std::size_t> &found);

  std::map<std::size_t, const PathPattern *> all; ///< By number.
  Segment root;
  std::vector<std::size_t> outside; ///< Not in the tree.
};

} // namespace ripple::planner

#endif
