//===- Uses.cpp - From what is reached to components ----------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/reach/Uses.h"

#include "analyzer/link/Paths.h"

#include <algorithm>
#include <deque>

namespace ripple::analyzer {

using model::Confidence;
using model::Phase;

UseFinder::UseFinder(const Program &program, const Resolved &resolved, const Owners &owners)
    : program(program), resolved(resolved), owners(owners), sites(program.facts.entities.size()),
      allSites(resolved.unresolved) {
  noteMissingSources();
  for (std::uint32_t i = 0; i < allSites.size(); ++i)
    if (allSites[i].in != none)
      sites[allSites[i].in].push_back(i);
  for (std::uint32_t i = 0; i < owners.components.size(); ++i)
    byId.emplace(owners.components[i].id, i);
}

/// A function of the application's own that no unit defines: its source was not analyzed.
void UseFinder::noteMissingSources() {
  const std::vector<Entity> &entities = program.facts.entities;
  for (EntityIndex caller = 0; caller < entities.size(); ++caller)
    for (const Edge &edge : resolved.edges[caller]) {
      const Entity &callee = entities[edge.to];
      bool isCode = callee.kind == EntityKind::Function || callee.kind == EntityKind::Constructor ||
                    callee.kind == EntityKind::Destructor;
      if (isCode && !callee.hasBody && !callee.isPure && owners.ownerOf[edge.to] == none)
        allSites.push_back({caller,
                            edge.at,
                            "call of '" + callee.name +
                                "', whose source is in none of the units that were analyzed",
                            {},
                            ""});
    }
}

std::uint32_t UseFinder::resolvedBy(const UnresolvedSite &site, EntityIndex &declaration) const {
  for (EntityIndex each : site.unlessOwned)
    if (owners.ownerOf[each] != none) {
      declaration = each;
      return owners.ownerOf[each];
    }
  if (auto found = owners.ownerOfLibrary.find(site.library);
      !site.library.empty() && found != owners.ownerOfLibrary.end())
    return found->second;
  return none;
}

model::Unresolved UseFinder::describe(SourceLine at, const std::string &reason) const {
  model::Unresolved row;
  if (at.file != none)
    row.file = documentPath(program.facts.files[at.file], program.sourceRoot);
  row.line = at.line;
  row.reason = reason;
  row.couldReach = {"*"};
  return row;
}

void UseFinder::collect(const Walk &walk, const std::vector<EntityIndex> &reached,
                        Found &found) const {
  for (EntityIndex entity : reached) {
    if (std::uint32_t owner = owners.ownerOf[entity]; owner != none && !found.count(owner)) {
      model::ComponentUse &use = found[owner];
      use.component = owners.components[owner].id;
      use.evidence = walk.evidence(entity);
    }
    for (std::uint32_t index : sites[entity]) {
      EntityIndex declaration = none;
      std::uint32_t owner = resolvedBy(allSites[index], declaration);
      if (owner == none || found.count(owner))
        continue;
      model::ComponentUse &use = found[owner];
      use.component = owners.components[owner].id;
      use.evidence = walk.evidence(entity);
      use.evidence.back() = walk.step(entity, allSites[index].at);
      if (declaration != none)
        use.evidence.push_back(
            walk.step(declaration, program.facts.entities[declaration].declared));
    }
  }
}

Uses UseFinder::find(const Walk &walk, const Search &search, bool withoutPhase) const {
  Found provenSync, proven, sync, all;
  if (!withoutPhase) {
    collect(walk, search(true, true), provenSync);
    collect(walk, search(false, true), sync);
  }
  collect(walk, search(true, false), proven);
  const std::vector<EntityIndex> &reached = search(false, false);
  collect(walk, reached, all);
  Uses uses;
  uses.unresolved = unresolvedIn(reached);
  for (auto &[owner, use] : all) {
    bool isProven = proven.count(owner) > 0, isSync = sync.count(owner) > 0;
    for (const Found *better : {&provenSync, &proven, &sync})
      if (auto found = better->find(owner); found != better->end()) {
        use.evidence = found->second.evidence;
        break;
      }
    use.confidence = isProven ? Confidence::Proven : Confidence::Possible;
    if (!withoutPhase)
      use.phase = isSync ? Phase::Sync : Phase::Async;
    uses.components.push_back(std::move(use));
  }
  addDependencies(uses.components);
  return uses;
}

void UseFinder::addDependencies(std::vector<model::ComponentUse> &uses) const {
  // What the synchronous ones depend on comes first: it is synchronous, too.
  std::stable_sort(uses.begin(), uses.end(),
                   [](const model::ComponentUse &a, const model::ComponentUse &b) {
                     return std::pair(a.phase.value_or(Phase::Sync), a.component) <
                            std::pair(b.phase.value_or(Phase::Sync), b.component);
                   });
  std::set<std::string> present;
  for (const model::ComponentUse &use : uses)
    present.insert(use.component);
  for (std::size_t i = 0; i < uses.size(); ++i) {
    auto known = byId.find(uses[i].component);
    if (known == byId.end())
      continue;
    for (const std::string &id : owners.components[known->second].dependsOn) {
      if (!present.insert(id).second)
        continue;
      model::ComponentUse use;
      use.component = id;
      use.confidence = Confidence::Possible;
      use.phase = uses[i].phase;
      use.via = uses[i].component;
      uses.push_back(std::move(use));
    }
  }
  std::sort(uses.begin(), uses.end(),
            [](const model::ComponentUse &a, const model::ComponentUse &b) {
              return a.component < b.component;
            });
}

std::vector<model::Unresolved>
UseFinder::unresolvedIn(const std::vector<EntityIndex> &reached) const {
  std::vector<model::Unresolved> rows;
  for (EntityIndex entity : reached)
    for (std::uint32_t index : sites[entity]) {
      EntityIndex declaration = none;
      if (resolvedBy(allSites[index], declaration) == none)
        rows.push_back(describe(allSites[index].at, allSites[index].reason));
    }
  std::sort(rows.begin(), rows.end(), [](const model::Unresolved &a, const model::Unresolved &b) {
    return std::tie(a.file, a.line, a.reason) < std::tie(b.file, b.line, b.reason);
  });
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

} // namespace ripple::analyzer
