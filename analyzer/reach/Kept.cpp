//===- Kept.cpp - What libraries call long after they got it --------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/reach/Kept.h"

#include "analyzer/reach/Serving.h"
#include "analyzer/reach/Uses.h"

#include <algorithm>

namespace ripple::analyzer {
namespace {

using ByComponent = std::map<std::uint32_t, std::set<std::uint32_t>>;

/// By component: those that depend on it, directly or not, itself among them.
ByComponent dependants(const Owners &owners, const std::set<std::uint32_t> &wanted) {
  std::map<std::string, std::uint32_t> byId;
  for (std::uint32_t i = 0; i < owners.components.size(); ++i)
    byId.emplace(owners.components[i].id, i);
  std::vector<std::vector<std::uint32_t>> users(owners.components.size());
  for (std::uint32_t i = 0; i < owners.components.size(); ++i)
    for (const std::string &id : owners.components[i].dependsOn)
      if (auto known = byId.find(id); known != byId.end())
        users[known->second].push_back(i);
  ByComponent found;
  for (std::uint32_t start : wanted) {
    std::vector<std::uint32_t> work{start};
    while (!work.empty()) {
      const std::uint32_t each = work.back();
      work.pop_back();
      if (found[start].insert(each).second)
        work.insert(work.end(), users[each].begin(), users[each].end());
    }
  }
  return found;
}

bool isUnseenCode(const Entity &entity) {
  const bool isCode = entity.kind == EntityKind::Function ||
                      entity.kind == EntityKind::Constructor ||
                      entity.kind == EntityKind::Destructor;
  return (isCode && !entity.hasBody) || entity.kind == EntityKind::Field ||
         entity.kind == EntityKind::Type;
}

struct KeptCalls {
  /// By component that may call it. Empty edges: `to` and `at` only.
  std::map<std::uint32_t, std::set<Edge>> byComponent;
  /// By maker: what a library with threads of its own may call on one of these.
  std::map<EntityIndex, std::set<Edge>> onThreads;
};

/// The components whose code ENTITY may be.
std::set<std::uint32_t> holdersOf(EntityIndex entity, const Owners &owners) {
  std::set<std::uint32_t> out;
  if (owners.ownerOf[entity] != none)
    out.insert(owners.ownerOf[entity]);
  if (auto others = owners.others.find(entity); others != owners.others.end())
    out.insert(others->second.begin(), others->second.end());
  return out;
}

KeptCalls keptBy(const Program &program, const Resolved &resolved, const Owners &owners,
                 const model::Catalog &catalog) {
  std::vector<bool> isHandler(program.facts.entities.size()), isEarly(isHandler.size());
  for (const Route &route : program.routes)
    for (EntityIndex handler : route.handlers)
      isHandler[handler] = true;
  // As a handler may be bound: `route("/x", std::bind(&C::show, this))`.
  for (const Taken &row : program.facts.taken)
    if (program.facts.entities[row.callable].isBound)
      for (const Edge &edge : resolved.edges[row.callable])
        isHandler[row.callable] = isHandler[row.callable] || isHandler[edge.to];
  ServingWalk early(program, resolved, catalog);
  for (EntityIndex entity : early.startup(false))
    isEarly[entity] = true;
  if (early.runsBeside())
    for (EntityIndex entity : early.serving(false))
      isEarly[entity] = true;
  // What one request puts into a structure of the library's another one may give to it.
  auto isPlace = [&](const Kept &row) {
    const EntityKind kind = program.facts.entities[row.keeper].kind;
    return kind == EntityKind::Field || kind == EntityKind::Variable || row.maker == row.keeper;
  };
  std::set<std::uint32_t> frameworks;
  for (const Registration &row : program.facts.registrations)
    if (row.callee != none)
      frameworks.insert(owners.ownerOf[row.callee]);
  // A framework has its handlers for the requests that they are registered for.
  auto isRegistered = [&](const Kept &row) {
    const Entity &keeper = program.facts.entities[row.keeper];
    return isHandler[row.target] && (keeper.kind != EntityKind::Function || keeper.isVirtual ||
                                     frameworks.count(owners.ownerOf[row.keeper]) > 0);
  };
  std::set<std::uint32_t> threaded;
  for (const auto &[unused, users] : dependants(owners, owners.threaded))
    threaded.insert(users.begin(), users.end());
  KeptCalls kept;
  for (const Kept &row : resolved.kept)
    if ((isEarly[row.maker] || isPlace(row)) && !isRegistered(row)) {
      Edge edge{.to = row.target,
                .kind = EdgeKind::Callback,
                .proven = false,
                .at = row.at,
                .isKnown = true};
      const std::set<std::uint32_t> keepers = holdersOf(row.keeper, owners);
      for (std::uint32_t keeper : keepers)
        kept.byComponent[keeper].insert(edge);
      edge.async = true;
      if (isEarly[row.maker] && std::any_of(keepers.begin(), keepers.end(),
                                            [&](auto keeper) { return threaded.contains(keeper); }))
        kept.onThreads[row.maker].insert(edge);
    }
  for (const auto &[owner, targets] : owners.callsBack)
    for (EntityIndex target : targets)
      kept.byComponent[owner].insert({.to = target,
                                      .kind = EdgeKind::Callback,
                                      .proven = false,
                                      .at = program.facts.entities[target].declared,
                                      .isKnown = true});
  return kept;
}

/// Whoever has a callable may copy it and destroy it, and with it what it captured.
void addCopies(const Program &program, Resolved &resolved) {
  const std::vector<Entity> &entities = program.facts.entities;
  std::map<RecordIndex, std::set<EntityIndex>> given; // by class
  auto note = [&](EntityIndex callable) {
    if (entities[callable].enclosing != none && entities[callable].record != none)
      given[entities[callable].record].insert(callable);
  };
  for (const Route &route : program.routes)
    for (EntityIndex handler : route.handlers)
      note(handler);
  for (const Kept &row : resolved.kept)
    note(row.target);
  for (EntityIndex i = 0; i < entities.size(); ++i)
    if (const Entity &entity = entities[i];
        entity.kind == EntityKind::Constructor || entity.kind == EntityKind::Destructor)
      if (auto callables = given.find(entity.record); callables != given.end())
        for (EntityIndex callable : callables->second)
          resolved.edges[callable].push_back({.to = i,
                                              .kind = EdgeKind::Callback,
                                              .proven = false,
                                              .at = entities[callable].defined});
}

} // namespace

Resolved withKept(const Program &program, const Resolved &resolved, const Owners &owners,
                  const model::Catalog &catalog) {
  Resolved all = resolved;
  addCopies(program, all);
  all.sharedBy.assign(all.edges.size(), none);
  if (resolved.kept.empty() && owners.callsBack.empty())
    return all;
  const auto [kept, onThreads] = keptBy(program, resolved, owners, catalog);
  for (const auto &[maker, edges] : onThreads)
    all.edges[maker].insert(all.edges[maker].end(), edges.begin(), edges.end());
  std::set<std::uint32_t> keepers;
  for (const auto &[owner, unused] : kept)
    keepers.insert(owner);
  std::vector<std::vector<Edge>> reached(owners.components.size());
  for (const auto &[keeper, users] : dependants(owners, keepers))
    for (std::uint32_t user : users)
      reached[user].insert(reached[user].end(), kept.at(keeper).begin(), kept.at(keeper).end());
  for (std::vector<Edge> &edges : reached) {
    std::sort(edges.begin(), edges.end());
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  }
  std::map<EntityIndex, std::set<std::uint32_t>> resolving;
  for (const UnresolvedSite &site : resolved.unresolved)
    if (const std::uint32_t owner = resolvedBy(site, program, owners).owner;
        owner != none && site.in != none)
      resolving[site.in].insert(owner);
  // What is called out of a library's variable is that library's.
  std::set<EntityIndex> calledIn;
  for (const std::vector<Edge> &edges : all.edges)
    for (const Edge &edge : edges)
      if (edge.kind == EdgeKind::Pointer &&
          program.facts.entities[edge.to].kind == EntityKind::Variable)
        calledIn.insert(edge.to);
  std::map<std::set<std::uint32_t>, std::uint32_t> lists;
  for (EntityIndex i = 0; i < all.edges.size(); ++i) {
    const std::uint32_t owner = owners.ownerOf[i];
    std::set<std::uint32_t> unseen;
    if (owner != none && (isUnseenCode(program.facts.entities[i]) || calledIn.contains(i)))
      unseen.insert(owner);
    if (auto others = owners.others.find(i); others != owners.others.end())
      unseen.insert(others->second.begin(), others->second.end());
    if (auto sites = resolving.find(i); sites != resolving.end())
      unseen.insert(sites->second.begin(), sites->second.end());
    std::erase_if(unseen, [&](std::uint32_t each) { return reached[each].empty(); });
    if (unseen.empty())
      continue;
    auto [list, isNew] = lists.emplace(unseen, *unseen.begin());
    if (isNew && unseen.size() > 1) {
      list->second = static_cast<std::uint32_t>(reached.size());
      std::set<Edge> edges;
      for (std::uint32_t each : unseen)
        edges.insert(reached[each].begin(), reached[each].end());
      reached.emplace_back(edges.begin(), edges.end());
    }
    all.sharedBy[i] = list->second;
  }
  all.shared = std::move(reached);
  return all;
}

} // namespace ripple::analyzer
