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
  std::set<Ignore> ignored; ///< Comments that took a component out.
};

/// What resolves a site: a component, by a declaration that is its; `none` if nothing does, or none
/// does it.
struct ResolvedSite {
  std::uint32_t owner = none;
  EntityIndex declaration = none;
};
ResolvedSite resolvedBy(const UnresolvedSite &site, const Program &program, const Owners &owners);

class UseFinder {
public:
  UseFinder(const Program &program, const Resolved &resolved, const Owners &owners);

  /// One search with the limits that are given; the result is read from the Walk.
  using Search = std::function<const std::vector<EntityIndex> &(bool provenOnly, bool syncOnly)>;

  /// What a search finds, with the best confidence and, unless WITHOUTPHASE, phase.
  Uses find(Walk &walk, const Search &search, bool withoutPhase) const;

  model::Unresolved describe(SourceLine at, const std::string &reason) const;

private:
  struct FoundUse {
    model::ComponentUse use;
    /// Code of it is reached that no unit shows: it may use all that it depends on. Where all is
    /// seen, its calls say better what it uses.
    bool isUnseen = false;
  };
  using Found = std::map<std::uint32_t, FoundUse>; ///< By component.
  void collect(const Walk &walk, const std::vector<EntityIndex> &reached, Found &found) const;
  Found findAll(const Walk &walk, const Search &search, bool withoutPhase,
                std::vector<EntityIndex> *reached) const;
  /// What the comments that name OWNER leave of it, and whether they took anything away.
  void ignore(std::uint32_t owner, Walk &walk, const Search &search, bool withoutPhase,
              const std::vector<EntityIndex> &reached, Found &all, Uses &uses) const;
  bool isBuiltHere(const std::string &id) const;
  void addDependencies(std::vector<FoundUse> &uses) const;
  bool isUnseen(EntityIndex entity) const;
  std::vector<model::Unresolved> unresolvedIn(const std::vector<EntityIndex> &reached) const;
  void noteMissingSources();
  void noteOpening();

  const Program &program;
  const Resolved &resolved;
  const Owners &owners;
  std::vector<std::vector<std::uint32_t>> sites; ///< By entity: into allSites.
  std::vector<UnresolvedSite> allSites;
  std::map<std::string, std::uint32_t> byId;
  std::map<std::uint32_t, std::vector<Ignore>> ignores; ///< With a reason; by component.
};

} // namespace ripple::analyzer

#endif
