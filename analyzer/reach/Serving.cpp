//===- Serving.cpp - What runs before, beside and around requests ---------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/reach/Serving.h"

#include <algorithm>

namespace ripple::analyzer {

ServingWalk::ServingWalk(const Program &program, const Resolved &resolved,
                         const model::Catalog &catalog)
    : Walk(program, resolved) {
  const Facts &facts = program.facts;
  std::size_t count = facts.entities.size();
  isHandler.resize(count);
  servesHere.resize(count);
  isTaken.resize(count);
  makes.resize(count);
  for (const Route &route : program.routes)
    for (EntityIndex handler : route.handlers)
      if (route.startup)
        roots.push_back(handler);
      else
        isHandler[handler] = true;
  for (const Route &route : program.routes)
    for (EntityIndex maker : route.makes)
      isHandler[maker] = true;
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
  mainServes = mainFunction != none && !startsServing();
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
  isMade.assign(isHandler.size(), false);
  inStartup.assign(isHandler.size(), false);
  inServing.assign(isHandler.size(), false);
  followedStartup.assign(resolved.shared.size(), false);
  followedServing.assign(resolved.shared.size(), false);
  queue.clear();
  deferred.clear();
  // Where main itself is the handler (CGI), each request is a process with all that it starts with.
  const bool isEachRequest =
      std::any_of(roots.begin(), roots.end(), [&](EntityIndex root) { return isHandler[root]; });
  for (EntityIndex root : roots) {
    const bool serves = isEachRequest || (mainServes && root == mainFunction);
    arrive(root, none, {}, serves, serves);
  }
  for (std::size_t i = 0; i < queue.size(); ++i)
    follow(queue[i].first, queue[i].second, provenOnly);
}

void ServingWalk::arrive(EntityIndex entity, EntityIndex from, SourceLine at, bool fromServing,
                         bool isServing) {
  if (isHandler[entity]) {
    meetsLoop = meetsLoop || entity == mainFunction ||
                program.facts.entities[entity].key.find("#loop") != std::string::npos;
    return;
  }
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

void ServingWalk::markMade(EntityIndex function) {
  for (EntityIndex callable : makes[function]) {
    if (isMade[callable])
      continue;
    isMade[callable] = true;
    auto waiting = deferred.find(callable);
    if (waiting == deferred.end())
      continue;
    std::vector<Deferred> calls = std::move(waiting->second);
    deferred.erase(waiting);
    for (const Deferred &call : calls)
      arrive(call.to, call.from, call.at, call.fromServing, call.isServing);
  }
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
    if ((provenOnly && !edge.proven) || edge.context == EdgeContext::Request || isLeftOut(edge.at))
      continue;
    bool startsThread =
        resolved.startsThread[entity] || (edge.kind == EdgeKind::Callback && edge.async);
    bool toServing = isServing || startsThread;
    if (edge.kind == EdgeKind::Pointer && isTaken[edge.to] && !isMade[edge.to])
      deferred[edge.to].push_back({edge.to, entity, edge.at, isServing, toServing});
    else
      arrive(edge.to, entity, edge.at, isServing, toServing);
  }
}

} // namespace ripple::analyzer
