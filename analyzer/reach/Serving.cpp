//===- Serving.cpp - What runs before, beside and around requests ---------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/reach/Serving.h"

#include <algorithm>
#include <ranges>
#include <set>
#include <utility>

namespace ripple::analyzer {
namespace {

/// Of ROWS, which are sorted, those in ENTITY: loops and expressions around others come first.
auto rowsOf(const auto &rows, EntityIndex entity) {
  return std::ranges::equal_range(rows, entity, {}, [](const auto &row) { return row.in; });
}

} // namespace

ServingWalk::ServingWalk(const Program &program, const Resolved &resolved,
                         const model::Catalog &catalog)
    : Walk(program, resolved), handlers(program, resolved, catalog, true) {
  const Facts &facts = program.facts;
  std::size_t count = facts.entities.size();
  leads.resize(count);
  servesHere.resize(count);
  isTaken.resize(count);
  makes.resize(count);
  servesInside.resize(facts.loops.size());
  for (const Route &route : program.routes)
    if (route.startup)
      roots.insert(roots.end(), route.handlers.begin(), route.handlers.end());
  for (EntityIndex i = 0; i < count; ++i) {
    servesHere[i] =
        std::any_of(catalog.serving.begin(), catalog.serving.end(), [&](const std::string &glob) {
          return model::matchesGlob(glob, facts.entities[i].name);
        });
    if (facts.entities[i].key == "main") {
      roots.push_back(i);
      mainFunction = i;
    }
  }
  roots.insert(roots.end(), facts.initialisers.begin(), facts.initialisers.end());
  for (const Taken &row : facts.taken) {
    isTaken[row.callable] = true;
    makes[row.in].push_back(row.callable);
  }
  // A virtual function's address stands for its overriders, which have none of their own.
  for (const Override &row : facts.overrides)
    isTaken[row.method] = isTaken[row.overridden] = false;
  findMakers(catalog);
  mainServes = mainFunction != none && !startsServing();
  if (!mainServes)
    findBeside();
}

void ServingWalk::findMakers(const model::Catalog &catalog) {
  const Facts &facts = program.facts;
  std::vector<bool> isCalledHere(facts.entities.size());
  for (const std::vector<Edge> &edges : resolved.edges)
    for (const Edge &edge : edges)
      isCalledHere[edge.to] = true;
  std::vector<bool> isElsewhere(facts.records.size()); // by class: it has constructors unseen
  hasMakers.resize(facts.records.size());
  for (EntityIndex i = 0; i < facts.entities.size(); ++i)
    if (const Entity &entity = facts.entities[i];
        entity.kind == EntityKind::Constructor && entity.record != none) {
      hasMakers[entity.record] = hasMakers[entity.record] || isCalledHere[i];
      isElsewhere[entity.record] = isElsewhere[entity.record] || !entity.hasBody || entity.isSystem;
    }
  auto isOfFramework = [&](auto &self, RecordIndex record) -> bool {
    return std::ranges::any_of(catalog.makes,
                               [&](const std::string &glob) {
                                 return model::matchesGlob(glob, facts.records[record].name);
                               }) ||
           std::ranges::any_of(facts.records[record].bases,
                               [&](RecordIndex base) { return self(self, base); });
  };
  for (RecordIndex i = 0; i < facts.records.size(); ++i)
    hasMakers[i] = hasMakers[i] && !isElsewhere[i] && !isOfFramework(isOfFramework, i);
}

RecordIndex ServingWalk::neededFor(EntityIndex method) const {
  const Entity &entity = program.facts.entities[method];
  return entity.record != none && hasMakers[entity.record] ? entity.record : none;
}

std::vector<EntityIndex> ServingWalk::ofRequests() {
  runBoth(false, true);
  std::vector<EntityIndex> found;
  for (const auto &[unused, calls] : waitForObjects)
    for (const Deferred &call : calls)
      found.push_back(call.to);
  std::ranges::sort(found);
  found.erase(std::ranges::unique(found).begin(), found.end());
  return found;
}

/// What EDGE leads to from ENTITY runs on a thread of its own.
bool ServingWalk::startsThread(EntityIndex entity, const Edge &edge) const {
  return resolved.startsThread[entity] || (edge.kind == EdgeKind::Callback && edge.async);
}

/// FROM may run what EDGE leads to, outside of requests. Where a callable is only put somewhere,
/// that runs nothing: whoever is known to call it does.
bool ServingWalk::mayRun(EntityIndex from, const Edge &edge) const {
  const bool isPut =
      edge.kind == EdgeKind::Escape &&
      (isCalled[edge.to] || program.facts.entities[from].kind == EntityKind::Initialiser);
  return edge.context != EdgeContext::Request && !isPut;
}

/// What reaches a call that starts serving, or an accept loop, outside of handlers.
std::vector<bool> ServingWalk::leadingToServing() const {
  const std::vector<Entity> &entities = program.facts.entities;
  std::vector<std::vector<EntityIndex>> callers(entities.size());
  auto note = [&](EntityIndex caller, const std::vector<Edge> &edges) {
    for (const Edge &edge : edges)
      if (mayRun(caller, edge) && !handlers.contains(caller))
        callers[edge.to].push_back(caller);
  };
  for (EntityIndex i = 0; i < entities.size(); ++i) {
    note(i, resolved.edges[i]);
    if (const std::uint32_t list = resolved.listOf(i); list != none)
      note(i, resolved.shared[list]);
  }
  std::vector<bool> reaches(entities.size());
  std::vector<EntityIndex> found;
  auto add = [&](EntityIndex entity) {
    if (!reaches[entity])
      found.push_back(entity);
    reaches[entity] = true;
  };
  for (EntityIndex i = 0; i < entities.size(); ++i)
    if (servesHere[i] || isLoop(i))
      add(i);
  for (std::size_t i = 0; i < found.size(); ++i)
    for (EntityIndex caller : callers[found[i]])
      add(caller);
  return reaches;
}

/// EDGE, of ENTITY, leads to what starts serving on another thread.
bool ServingWalk::startsBeside(EntityIndex entity, const Edge &edge) const {
  return leads[edge.to] && mayRun(entity, edge) &&
         (startsThread(entity, edge) || besideFrom.count(edge.to) ||
          (servesHere[edge.to] && resolved.startsThread[edge.to]));
}

void ServingWalk::findBeside() {
  isCalled.resize(leads.size());
  for (const auto *lists : {&resolved.edges, &resolved.shared})
    for (const std::vector<Edge> &edges : *lists)
      for (const Edge &edge : edges)
        if (edge.kind != EdgeKind::Escape)
          isCalled[edge.to] = true;
  leads = leadingToServing();
  findLoopsAround();
  bool isChanged = true;
  auto note = [&](EntityIndex entity, EntityIndex callee, SourceLine at) {
    const Beside beside = besideOf(entity, callee, at);
    auto [known, isNew] = besideFrom.try_emplace(entity, beside);
    const Beside before = std::exchange(known->second, both(known->second, beside));
    isChanged |= isNew || before != known->second;
  };
  for (EntityIndex initialiser : program.facts.initialisers)
    if (leads[initialiser] && mainFunction != none) {
      note(mainFunction, none, {0, 0});
      for (EntityIndex other : program.facts.initialisers)
        if (other != initialiser && !isInitialisedBefore(other, initialiser))
          note(other, none, {0, 0});
    }
  // Who knows on which thread a library calls what it keeps.
  for (const Kept &row : resolved.kept)
    if (leads[row.target] && !handlers.contains(row.target) && !handlers.contains(row.maker))
      note(row.maker, row.keeper, row.at);
  while (std::exchange(isChanged, false))
    for (EntityIndex i = 0; i < leads.size(); ++i)
      if (leads[i] && !handlers.contains(i))
        for (const Edge &edge : resolved.edges[i])
          if (startsBeside(i, edge))
            note(i, edge.to, edge.at);
  for (auto &[entity, beside] : besideFrom)
    joinBeside(entity, beside);
}

/// Where several calls within BESIDE start serving, each of them may come after another one.
void ServingWalk::joinBeside(EntityIndex entity, Beside &beside) const {
  std::set<std::pair<SourceLine, EntityIndex>> starts; // of a virtual call all targets as one
  for (const Edge &edge : resolved.edges[entity])
    if (edge.at.file == beside.from.file && beside.from.line <= edge.at.line &&
        edge.at.line <= beside.to && startsBeside(entity, edge))
      starts.emplace(edge.at, edge.kind == EdgeKind::Direct ? edge.to : none);
  if (starts.size() > 1)
    beside.to = beside.from.line - 1;
}

/// Loops around a call that starts serving, or leads there: it may return, and what they do beside
/// it runs between requests.
void ServingWalk::findLoopsAround() {
  const std::vector<Loop> &loops = program.facts.loops;
  for (std::size_t i = 0; i < loops.size(); ++i)
    if (leads[loops[i].in] && !handlers.contains(loops[i].in))
      for (const Edge &edge : resolved.edges[loops[i].in])
        if (leads[edge.to] && mayRun(loops[i].in, edge) && isWithin(loops[i], edge.at))
          servesInside[i] = true;
}

/// EDGE of ENTITY is in such a loop.
bool ServingWalk::isAroundServing(EntityIndex entity, const Edge &edge) const {
  const std::vector<Loop> &loops = program.facts.loops;
  return std::ranges::any_of(rowsOf(loops, entity), [&](const Loop &loop) {
    return servesInside[&loop - loops.data()] && isWithin(loop, edge.at);
  });
}

/// Of one file, the order of its lines; of others, nobody knows.
bool ServingWalk::isInitialisedBefore(EntityIndex first, EntityIndex second) const {
  const SourceLine one = program.facts.entities[first].declared,
                   other = program.facts.entities[second].declared;
  return one.file == other.file && one < other;
}

/// What runs beside requests where ENTITY has a call of CALLEE start serving, AT: what stands
/// behind it, and around it in the same loop or expression.
ServingWalk::Beside ServingWalk::besideOf(EntityIndex entity, EntityIndex callee,
                                          SourceLine at) const {
  for (const Loop &row : rowsOf(program.facts.loops, entity))
    if (isWithin(row, at))
      return {row.from, row.from.line - 1};
  for (const Spread &row : rowsOf(program.facts.spreads, entity))
    if (isWithin(row, at) && (row.last != callee || row.at != at))
      return {row.from, row.to.line};
  return {at, at.line};
}

/// The earlier one; if both have lines in common, all of them.
ServingWalk::Beside ServingWalk::both(const Beside &one, const Beside &other) {
  if (one.from.file != other.from.file) // One is included in the other: nobody knows where.
    return {{std::min(one.from, other.from).file, 0}, 0};
  if (other.from < one.from)
    return both(other, one);
  const bool isApart = one.to < other.from.line;
  // A loop goes over its lines again.
  const bool isLoop = one.to < one.from.line || (!isApart && other.to < other.from.line);
  return {one.from, isLoop ? one.from.line - 1 : isApart ? one.to : std::max(one.to, other.to)};
}

/// Serving has begun on another thread before ENTITY takes EDGE.
bool ServingWalk::isBeside(EntityIndex entity, const Edge &edge) const {
  auto found = besideFrom.find(entity);
  if (found == besideFrom.end())
    return false;
  const auto &[from, to] = found->second;
  return from.file != edge.at.file ||
         (from.line <= edge.at.line && (to < edge.at.line || !leads[edge.to]));
}

/// What EDGE leads to runs when main has left serving to other threads.
bool ServingWalk::isAtEnd(EntityIndex entity, const Edge &edge) const {
  auto row = std::lower_bound(resolved.programEnds.begin(), resolved.programEnds.end(),
                              End{entity, edge.to, {0, 0}});
  return runsBeside() && row != resolved.programEnds.end() && row->in == entity &&
         row->runs == edge.to;
}

void ServingWalk::arriveAtEnds(const std::vector<End> &ends) {
  for (const End &row : ends)
    if (!isLeftOut(row.at))
      arrive(row.runs, row.in, row.at, false, true);
}

/// ENTITY is the body of an accept loop.
bool ServingWalk::isLoop(EntityIndex entity) const {
  return handlers.contains(entity) &&
         program.facts.entities[entity].key.find("#loop") != std::string::npos;
}

/// Whether some call that starts serving is reached, or an accept loop.
bool ServingWalk::startsServing() {
  runBoth(false, true);
  if (meetsLoop)
    return true;
  for (EntityIndex i = 0; i < servesHere.size(); ++i)
    if (servesHere[i] && inServing[i])
      return true;
  return false;
}

const std::vector<EntityIndex> &ServingWalk::serving(bool provenOnly) {
  runBoth(provenOnly, true);
  return order;
}

const std::vector<EntityIndex> &ServingWalk::startup(bool provenOnly) {
  runBoth(provenOnly, false);
  return order;
}

void ServingWalk::runBoth(bool provenOnly, bool wantServing) {
  begin();
  keepServing = wantServing;
  isMade.assign(leads.size(), false);
  isObject.assign(hasMakers.size(), false);
  inStartup.assign(leads.size(), false);
  inServing.assign(leads.size(), false);
  followedStartup.assign(resolved.shared.size(), false);
  followedServing.assign(resolved.shared.size(), false);
  queue.clear();
  deferred.clear();
  waitForObjects.clear();
  // Where main itself is the handler (CGI), each request is a process with all that it starts with.
  const bool isEachRequest = std::any_of(roots.begin(), roots.end(),
                                         [&](EntityIndex root) { return handlers.contains(root); });
  for (EntityIndex root : roots) {
    const bool serves = isEachRequest || (mainServes && root == mainFunction);
    if (handlers.contains(root))
      meet(root);
    else
      arrive(root, none, {}, serves, serves);
  }
  // A thread that has served a request may end beside others, and so may the program.
  if (!provenOnly) {
    arriveAtEnds(resolved.threadEnds);
    if (runsBeside())
      arriveAtEnds(resolved.programEnds);
  }
  for (std::size_t i = 0; i < queue.size(); ++i)
    follow(queue[i].first, queue[i].second, provenOnly);
}

void ServingWalk::meet(EntityIndex handler) {
  meetsLoop = meetsLoop || handler == mainFunction || isLoop(handler);
}

void ServingWalk::arrive(EntityIndex entity, EntityIndex from, SourceLine at, bool fromServing,
                         bool isServing) {
  isServing |= servesHere[entity];
  std::vector<bool> &side = isServing ? inServing : inStartup;
  if (side[entity])
    return;
  side[entity] = true;
  // What a thread runs may start that thread again: then the caller has a way of its own here.
  if (isServing == keepServing)
    visit(entity, from, at, fromServing != isServing);
  queue.emplace_back(entity, isServing);
  markMade(entity);
}

void ServingWalk::arrive(std::vector<Deferred> calls) {
  for (const Deferred &call : calls)
    arrive(call.to, call.from, call.at, call.fromServing, call.isServing);
}

void ServingWalk::markMade(EntityIndex function) {
  for (EntityIndex callable : makes[function]) {
    if (isMade[callable])
      continue;
    isMade[callable] = true;
    if (auto waiting = deferred.extract(callable))
      arrive(std::move(waiting.mapped()));
  }
  const Entity &entity = program.facts.entities[function];
  if (entity.kind == EntityKind::Constructor && entity.record != none)
    markObject(entity.record);
}

/// An object of RECORD was made, and with it one of each of its bases.
void ServingWalk::markObject(RecordIndex record) {
  if (isObject[record])
    return;
  isObject[record] = true;
  if (auto waiting = waitForObjects.extract(record))
    arrive(std::move(waiting.mapped()));
  for (RecordIndex base : program.facts.records[record].bases)
    markObject(base);
}

void ServingWalk::follow(EntityIndex entity, bool isServing, bool provenOnly) {
  follow(entity, resolved.edges[entity], isServing, provenOnly);
  const std::uint32_t list = resolved.listOf(entity);
  if (list == none)
    return;
  // Whoever comes second to the same side finds that all of it was visited.
  std::vector<bool> &followed =
      isServing || resolved.startsThread[entity] ? followedServing : followedStartup;
  if (followed[list])
    return;
  followed[list] = true;
  follow(entity, resolved.shared[list], isServing, provenOnly);
}

void ServingWalk::follow(EntityIndex entity, const std::vector<Edge> &edges, bool isServing,
                         bool provenOnly) {
  for (const Edge &edge : edges) {
    // Where all that may call a callable is seen, that runs it, and not who has put it there.
    if ((provenOnly && !edge.proven) || edge.context == EdgeContext::Request ||
        (edge.kind == EdgeKind::Escape && edge.isKnown) || isLeftOut(edge.at))
      continue;
    if (handlers.serves(entity, edge)) {
      meet(edge.to);
      continue;
    }
    bool toServing = isServing || startsThread(entity, edge) || isBeside(entity, edge) ||
                     isAtEnd(entity, edge) || isAroundServing(entity, edge);
    const RecordIndex object = edge.kind == EdgeKind::Virtual ? neededFor(edge.to) : none;
    if (edge.kind == EdgeKind::Pointer && isTaken[edge.to] && !isMade[edge.to])
      deferred[edge.to].push_back({edge.to, entity, edge.at, isServing, toServing});
    else if (object != none && !isObject[object])
      waitForObjects[object].push_back({edge.to, entity, edge.at, isServing, toServing});
    else
      arrive(edge.to, entity, edge.at, isServing, toServing);
  }
}

} // namespace ripple::analyzer
