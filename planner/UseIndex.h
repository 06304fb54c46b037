//===- UseIndex.h - Which set of an application uses what -------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_USEINDEX_H
#define RIPPLE_PLANNER_USEINDEX_H

#include "model/ComponentsList.h"

#include <cassert>
#include <optional>
#include <span>
#include <unordered_map>

namespace ripple::planner {

/// What an impact asks of a million request kinds, by number and close together: their structs are
/// some 300 bytes each, of which it takes ten. Holds for the list that it was made of, and for
/// copies of it, as long as that stays as it is.
class UseIndex {
public:
  UseIndex() = default;
  explicit UseIndex(const model::ComponentsList &list);

  bool empty() const { return applications.empty(); }
  /// Of a component that something interned uses; else nothing.
  std::optional<std::uint32_t> numberOf(std::string_view component) const;
  std::size_t numbers() const { return numberBy.size(); }

  /// Of a request kind whose components are not all that it takes: it has a list of its own, or
  /// something in it is not resolved.
  static constexpr std::uint32_t NotOnlyASet = UINT32_MAX;

  struct OfApplication {
    std::vector<std::uint32_t> setOf; ///< By place in `requests`: its set, or NotOnlyASet.
    std::vector<std::uint32_t> uses;  ///< Numbers of the components of all sets, set by set.
    std::vector<std::size_t> ends;    ///< By set: where its uses end.

    std::span<const std::uint32_t> usesOf(std::size_t set) const {
      const std::size_t start = set ? ends[set - 1] : 0;
      return {uses.data() + start, ends[set] - start};
    }
  };
  /// By place in the list.
  const OfApplication &application(std::size_t place) const {
    assert(place < applications.size());
    return applications[place];
  }

private:
  /// So that what is looked for need not be a string of its own.
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> numberBy;
  std::vector<OfApplication> applications;
};

} // namespace ripple::planner

#endif
