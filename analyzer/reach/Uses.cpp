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

/// What goes through DECLARATION is its owner's. A type that a package's header names for others to
/// use says nothing of who they are (sighandler_t, GCallback).
static bool isItsOwn(EntityIndex declaration, const Program &program, const Owners &owners) {
  const Entity &entity = program.facts.entities[declaration];
  const std::string &origin = owners.components[owners.ownerOf[declaration]].origin;
  return entity.kind != EntityKind::Type || !entity.isSystem ||
         !(origin.starts_with("package:") || origin == "system");
}

ResolvedSite resolvedBy(const UnresolvedSite &site, const Program &program, const Owners &owners) {
  for (EntityIndex each : site.unlessOwned)
    if (owners.ownerOf[each] != none && isItsOwn(each, program, owners))
      return {owners.ownerOf[each], each};
  if (auto found = owners.ownerOfLibrary.find(site.library);
      !site.library.empty() && found != owners.ownerOfLibrary.end())
    return {found->second, none};
  return {};
}

UseFinder::UseFinder(const Program &program, const Resolved &resolved, const Owners &owners)
    : program(program), resolved(resolved), owners(owners), sites(program.facts.entities.size()),
      allSites(resolved.unresolved) {
  noteMissingSources();
  noteOpening();
  for (std::uint32_t i = 0; i < allSites.size(); ++i)
    if (allSites[i].in != none)
      sites[allSites[i].in].push_back(i);
  for (std::uint32_t i = 0; i < owners.components.size(); ++i)
    byId.emplace(owners.components[i].id, i);
  for (const Ignore &row : program.facts.ignores)
    if (auto known = byId.find(row.component); known != byId.end() && !row.reason.empty())
      ignores[known->second].push_back(row);
}

/// A function of the application's own that no unit defines: its source was not analyzed. But one
/// that calls is known: the linker has its name mean others.
void UseFinder::noteMissingSources() {
  const std::vector<Entity> &entities = program.facts.entities;
  auto isMissing = [&](EntityIndex index) {
    const Entity &entity = entities[index];
    const bool isCode = entity.kind == EntityKind::Function ||
                        entity.kind == EntityKind::Constructor ||
                        entity.kind == EntityKind::Destructor;
    const std::vector<Edge> &edges = resolved.edges[index];
    return isCode && !entity.hasBody && !entity.isPure && owners.ownerOf[index] == none &&
           std::none_of(edges.begin(), edges.end(),
                        [](const Edge &edge) { return edge.kind == EdgeKind::Direct; });
  };
  auto note = [&](EntityIndex in, SourceLine at, EntityIndex callee) {
    allSites.push_back({in,
                        at,
                        "call of '" + entities[callee].name +
                            "', whose source is in none of the units that were analyzed",
                        {},
                        ""});
  };
  for (EntityIndex caller = 0; caller < entities.size(); ++caller)
    for (const Edge &edge : resolved.edges[caller])
      if (isMissing(edge.to))
        note(caller, edge.at, edge.to);
  for (const Route &route : program.routes)
    for (EntityIndex handler : route.handlers)
      if (isMissing(handler))
        note(handler, route.at, handler);
}

/// What opens files is called, and nobody says which.
void UseFinder::noteOpening() {
  for (EntityIndex caller = 0; caller < resolved.edges.size(); ++caller)
    for (const Edge &edge : resolved.edges[caller])
      if (auto at = owners.opening.find(edge.to); at != owners.opening.end())
        allSites.push_back({caller,
                            edge.at,
                            "call of '" + program.facts.entities[edge.to].name +
                                "', which opens files (" + at->second +
                                "), and no catalog says which",
                            {},
                            ""});
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

bool UseFinder::isUnseen(EntityIndex entity) const {
  const Entity &declared = program.facts.entities[entity];
  return !declared.hasBody || declared.kind == EntityKind::Field ||
         declared.kind == EntityKind::Type ||
         (declared.kind == EntityKind::Variable && declared.defined.file == none);
}

void UseFinder::collect(const Walk &walk, const std::vector<EntityIndex> &reached,
                        Found &found) const {
  for (EntityIndex entity : reached) {
    if (std::uint32_t owner = owners.ownerOf[entity]; owner != none) {
      auto [place, isNew] = found.try_emplace(owner);
      FoundUse &row = place->second;
      row.isUnseen |= isUnseen(entity);
      if (isNew)
        row.use.evidence = walk.evidence(entity);
    }
    for (const auto *others : {&owners.others, &owners.copies})
      if (auto row = others->find(entity); row != others->end())
        for (std::uint32_t other : row->second) {
          auto [place, isNew] = found.try_emplace(other);
          place->second.isUnseen = true;
          if (isNew)
            place->second.use.evidence = walk.evidence(entity);
        }
    for (std::uint32_t index : sites[entity]) {
      const auto [owner, declaration] = resolvedBy(allSites[index], program, owners);
      if (owner == none || walk.isLeftOut(allSites[index].at))
        continue;
      auto [place, isNew] = found.try_emplace(owner);
      FoundUse &row = place->second;
      row.isUnseen = true;
      if (!isNew)
        continue;
      row.use.evidence = walk.evidence(entity);
      row.use.evidence.back() = walk.step(entity, allSites[index].at);
      if (declaration != none)
        row.use.evidence.push_back(
            walk.step(declaration, program.facts.entities[declaration].declared));
    }
  }
}

UseFinder::Found UseFinder::findAll(const Walk &walk, const Search &search, bool withoutPhase,
                                    std::vector<EntityIndex> *reached) const {
  Found provenSync, proven, sync, all;
  if (!withoutPhase) {
    collect(walk, search(true, true), provenSync);
    collect(walk, search(false, true), sync);
  }
  collect(walk, search(true, false), proven);
  const std::vector<EntityIndex> &everything = search(false, false);
  collect(walk, everything, all);
  if (reached)
    *reached = everything;
  for (auto &[owner, row] : all) {
    bool isProven = proven.count(owner) > 0, isSync = sync.count(owner) > 0;
    for (const Found *better : {&provenSync, &proven, &sync})
      if (auto found = better->find(owner); found != better->end()) {
        row.use.evidence = found->second.use.evidence;
        break;
      }
    row.use.component = owners.components[owner].id;
    row.use.confidence = isProven ? Confidence::Proven : Confidence::Possible;
    if (!withoutPhase)
      row.use.phase = isSync ? Phase::Sync : Phase::Async;
  }
  return all;
}

/// Searches once more, without the lines on which a comment names the component: what is still
/// found is found by other lines.
void UseFinder::ignore(std::uint32_t owner, Walk &walk, const Search &search, bool withoutPhase,
                       const std::vector<EntityIndex> &reached, Found &all, Uses &uses) const {
  std::set<SourceLine> lines, met;
  for (const Ignore &row : ignores.at(owner))
    lines.insert(row.at);
  auto meet = [&](const std::vector<Edge> &edges) {
    for (const Edge &edge : edges)
      if (lines.count(edge.at))
        met.insert(edge.at);
  };
  std::set<std::uint32_t> lists;
  for (EntityIndex entity : reached) {
    meet(resolved.edges[entity]);
    if (const std::uint32_t list = resolved.listOf(entity);
        list != none && lists.insert(list).second)
      meet(resolved.shared[list]);
    for (std::uint32_t index : sites[entity])
      if (lines.count(allSites[index].at))
        met.insert(allSites[index].at);
  }
  if (met.empty())
    return;
  walk.leaveOut(&lines);
  Found left = findAll(walk, search, withoutPhase, nullptr);
  walk.leaveOut(nullptr);
  if (auto still = left.find(owner); still != left.end()) {
    all[owner] = std::move(still->second);
    return;
  }
  all.erase(owner);
  for (const Ignore &row : ignores.at(owner))
    if (met.count(row.at))
      uses.ignored.insert(row);
}

Uses UseFinder::find(Walk &walk, const Search &search, bool withoutPhase) const {
  Uses uses;
  std::vector<EntityIndex> reached;
  Found all = findAll(walk, search, withoutPhase, &reached);
  uses.unresolved = unresolvedIn(reached);
  for (const auto &[owner, rows] : ignores)
    if (all.count(owner))
      ignore(owner, walk, search, withoutPhase, reached, all, uses);
  std::vector<FoundUse> rows;
  for (auto &[owner, row] : all)
    rows.push_back(std::move(row));
  addDependencies(rows);
  // It is the application itself that they use.
  std::erase_if(rows, [&](const FoundUse &row) {
    return owners.application != none &&
           row.use.component == owners.components[owners.application].id;
  });
  for (FoundUse &row : rows)
    uses.components.push_back(std::move(row.use));
  return uses;
}

/// A library that this build makes: its code runs from its own file, although its source was seen.
/// What is seen of other libraries is in headers, and runs from the program's.
bool UseFinder::isBuiltHere(const std::string &id) const {
  auto known = byId.find(id);
  return known != byId.end() && owners.components[known->second].origin.starts_with("target:");
}

void UseFinder::addDependencies(std::vector<FoundUse> &rows) const {
  // What the synchronous ones depend on comes first: it is synchronous, too.
  auto key = [](const FoundUse &row) {
    return std::pair(row.use.phase.value_or(Phase::Sync), std::string_view(row.use.component));
  };
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const FoundUse &a, const FoundUse &b) { return key(a) < key(b); });
  std::set<std::string> present;
  for (const FoundUse &row : rows)
    present.insert(row.use.component);
  auto add = [&](const std::string &id, std::size_t through) {
    if (!present.insert(id).second)
      return;
    FoundUse row;
    row.isUnseen = true;
    row.use.component = id;
    row.use.confidence = Confidence::Possible;
    row.use.phase = rows[through].use.phase;
    row.use.via = rows[through].use.component;
    rows.push_back(std::move(row));
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto known = byId.find(rows[i].use.component);
    if (known == byId.end() || (!rows[i].isUnseen && !isBuiltHere(known->first)))
      continue;
    if (auto before = owners.interposed.find(known->first); before != owners.interposed.end())
      for (const std::string &id : before->second)
        add(id, i);
    if (rows[i].isUnseen)
      for (const std::string &id : owners.components[known->second].dependsOn)
        add(id, i);
  }
  const std::size_t own = rows.size(); // What a binding adds binds nothing further.
  for (std::size_t i = 0; i < own; ++i)
    if (auto bound = owners.bindings.find(rows[i].use.component);
        bound != owners.bindings.end() && (rows[i].isUnseen || isBuiltHere(bound->first)))
      for (const std::string &id : bound->second)
        add(id, i);
  std::sort(rows.begin(), rows.end(),
            [](const FoundUse &a, const FoundUse &b) { return a.use.component < b.use.component; });
}

std::vector<model::Unresolved>
UseFinder::unresolvedIn(const std::vector<EntityIndex> &reached) const {
  std::vector<model::Unresolved> rows;
  for (EntityIndex entity : reached)
    for (std::uint32_t index : sites[entity])
      if (resolvedBy(allSites[index], program, owners).owner == none)
        rows.push_back(describe(allSites[index].at, allSites[index].reason));
  std::sort(rows.begin(), rows.end(), [](const model::Unresolved &a, const model::Unresolved &b) {
    return std::tie(a.file, a.line, a.reason) < std::tie(b.file, b.line, b.reason);
  });
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

} // namespace ripple::analyzer
