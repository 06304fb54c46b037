//===- Uses.h - From what is reached to components --------------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_REACH_USES_H
#define RIPPLE_ANALYZER_REACH_USES_H

#include "analyzer/reach/Walk.h"

#include <functional>
#include <set>

namespace ripple::analyzer {

/// What some code uses, and what of it is not known.
struct Uses {
  std::vector<model::ComponentUse> components; ///< Sorted by component.
  std::vector<model::Unresolved> unresolved;
};

class UseFinder {
public:
  UseFinder(const Program &program, const Resolved &resolved, const Owners &owners);

  /// One search with the limits that are given; the result is read from the Walk.
  using Search = std::function<const std::vector<EntityIndex> &(bool provenOnly, bool syncOnly)>;

  /// What a search finds, with the best confidence and, unless WITHOUTPHASE, phase.
  Uses find(const Walk &walk, const Search &search, bool withoutPhase) const;

  /// SITES as the document says them, but for those that a component resolves; that component is
  /// then the result.
  std::uint32_t resolvedBy(const UnresolvedSite &site, EntityIndex &declaration) const;
  model::Unresolved describe(SourceLine at, const std::string &reason) const;

private:
  using Found = std::map<std::uint32_t, model::ComponentUse>; ///< By component.
  void collect(const Walk &walk, const std::vector<EntityIndex> &reached, Found &found) const;
  void addDependencies(std::vector<model::ComponentUse> &uses) const;
  std::vector<model::Unresolved> unresolvedIn(const std::vector<EntityIndex> &reached) const;
  void noteMissingSources();

  const Program &program;
  const Resolved &resolved;
  const Owners &owners;
  std::vector<std::vector<std::uint32_t>> sites; ///< By entity: into allSites.
  std::vector<UnresolvedSite> allSites;
  std::map<std::string, std::uint32_t> byId;
};

/// Components that nobody but USES' own dependencies lead to are added with `via`.
} // namespace ripple::analyzer

#endif
