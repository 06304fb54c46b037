//===- ValueFlow.cpp - What each place of the program may hold ------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/resolve/ValueFlow.h"

#include "analyzer/Sorted.h"
#include "analyzer/resolve/Library.h"

#include <algorithm>
#include <iterator>

namespace ripple::analyzer {

ValueFlow::ValueFlow(const Facts &facts, const Targets &targets, std::vector<bool> open,
                     const std::map<EntityIndex, std::set<EntityIndex>> &named)
    : facts(facts), targets(targets), named(named), isOpen(std::move(open)), givenAway(isOpen) {
  const std::size_t count = facts.nodes.size();
  next.resize(count);
  held.resize(count);
  fresh.resize(count);
  unknown.resize(count);
  queued.resize(count);
  fed.resize(count);
  sitesAt.resize(count);
  for (NodeIndex i = 0; i < count; ++i) {
    const Node &node = facts.nodes[i];
    index.emplace(node, i);
    if (node.kind == NodeKind::Unknown)
      unknownNode = i;
    if (node.kind == NodeKind::Nothing)
      nullNode = i;
    if (node.kind == NodeKind::Parameter)
      parametersOf[node.entity].push_back(i);
  }
  findOutsideCalls();
  for (EntityIndex i = 0; i < facts.entities.size(); ++i)
    if (facts.entities[i].record != none && facts.entities[i].name.ends_with("::operator()"))
      callOperators[facts.entities[i].record].push_back(i);
  solve();
  findLost();
}

void ValueFlow::findLost() {
  isMet.resize(facts.entities.size());
  isLost.resize(facts.entities.size());
  auto mark = [&](const Node &node, std::vector<bool> &which) {
    std::vector<EntityIndex> functions;
    if (node.kind == NodeKind::Callable)
      functions = targets.ofMethod(node.entity);
    else if (node.kind == NodeKind::Object)
      addCallOperators(node.number, functions);
    for (EntityIndex each : functions)
      which[each] = true;
  };
  for (const Node &node : facts.nodes)
    mark(node, isMet);
  if (unknownNode != none)
    for (NodeIndex value : held[unknownNode])
      mark(facts.nodes[value], isLost);
}

bool ValueFlow::isOnlyHere(EntityIndex function) const {
  return isMet[function] && !isLost[function];
}

NodeIndex ValueFlow::nodeOf(NodeKind kind, EntityIndex entity, std::uint32_t number) const {
  auto found = index.find({kind, entity, number});
  return found == index.end() ? none : found->second;
}

void ValueFlow::solve() {
  for (const Flow &row : facts.flows)
    connect(row.from, row.to);
  for (NodeIndex i = 0; i < facts.nodes.size(); ++i) {
    const Node &node = facts.nodes[i];
    switch (node.kind) {
    case NodeKind::Callable:
    case NodeKind::Object:
      arrive(i, {i});
      break;
    case NodeKind::Unknown:
      becomeUnknown(i);
      break;
    default:
      if (isOpenPlace(node))
        openPlace(i);
      break;
    }
  }
  openCallees();
  for (const auto &[each, users] : named)
    if (facts.entities[each].kind != EntityKind::Variable) {
      giveAway(each);
      openFields(each);
    } else {
      openFields(each);
      if (const NodeIndex variable = nodeOf(NodeKind::Variable, each, 0); variable != none)
        openPlace(variable);
    }
  for (const Exposed &row : facts.exposed)
    if (const Entity &entity = facts.entities[row.entity];
        entity.kind == EntityKind::Variable && entity.defined.file == none)
      openFields(row.entity);
  addSites();
  drain();
  // What nothing reaches is not empty: nobody knows. Each may make another one known.
  for (bool changed = true; changed;) {
    changed = false;
    for (std::uint32_t i = 0; i < sites.size(); ++i) {
      const NodeIndex object = facts.passed[sites[i].passed].object;
      if (fellBack[i])
        continue;
      if (auto known = targetsOf(sites[i], held[object]);
          known && (!known->empty() || (sites[i].isHanded && !held[object].empty())))
        continue;
      fallBack(i);
      drain();
      changed = true;
    }
    if (!changed && noteRegistering()) {
      drain();
      changed = true;
    }
  }
}

/// NODE is one of a library whose source is not here, or of a unit that is not in the program.
bool ValueFlow::isOpenPlace(const Node &node) const {
  if (node.entity == none)
    return false;
  const Entity &entity = facts.entities[node.entity];
  switch (node.kind) {
  case NodeKind::Result:
    return !entity.hasBody || entity.isSystem;
  case NodeKind::Variable:
    return entity.isSystem || entity.defined.file == none;
  case NodeKind::Field:
    return entity.isSystem;
  default:
    return false;
  }
}

void ValueFlow::connect(NodeIndex from, NodeIndex to) {
  if (from == none || to == none || from == to)
    return;
  next[from].push_back(to);
  if (unknown[from])
    becomeUnknown(to, unknown[from]);
  if (from != unknownNode && !held[from].empty())
    arrive(to, held[from]);
}

void ValueFlow::arrive(NodeIndex node, const Values &values) {
  Values added;
  std::set_difference(values.begin(), values.end(), held[node].begin(), held[node].end(),
                      std::back_inserter(added));
  if (added.empty())
    return;
  Values all;
  std::merge(held[node].begin(), held[node].end(), added.begin(), added.end(),
             std::back_inserter(all));
  held[node] = std::move(all);
  fresh[node].insert(fresh[node].end(), added.begin(), added.end());
  if (!queued[node]) {
    queued[node] = true;
    queue.push_back(node);
  }
}

void ValueFlow::becomeUnknown(NodeIndex node, Unknown how) {
  // Calls that fall back come here again; chains of them may be long.
  becoming.emplace_back(node, how);
  if (becoming.size() > 1)
    return;
  for (std::size_t i = 0; i < becoming.size(); ++i) {
    const auto [each, level] = becoming[i];
    // Constants are what they are.
    const NodeKind kind = facts.nodes[each].kind;
    if (unknown[each] >= level || kind == NodeKind::Callable || kind == NodeKind::Object)
      continue;
    unknown[each] = level;
    for (std::uint32_t site : sitesAt[each])
      fallBack(site);
    for (NodeIndex to : next[each])
      becoming.emplace_back(to, level);
  }
  becoming.clear();
}

/// Code that is not seen puts into NODE what it likes, and takes from there.
void ValueFlow::openPlace(NodeIndex node) {
  becomeUnknown(node, Elsewhere);
  connect(node, unknownNode);
}

void ValueFlow::drain() {
  while (!queue.empty()) {
    const NodeIndex node = queue.back();
    queue.pop_back();
    queued[node] = false;
    Values values = std::move(fresh[node]);
    fresh[node].clear();
    sortUnique(values);
    if (node == unknownNode) {
      // Whoever calls it does so with what nobody knows.
      for (NodeIndex value : values)
        if (facts.nodes[value].kind == NodeKind::Callable)
          for (EntityIndex target : targets.ofMethod(facts.nodes[value].entity))
            giveAway(target);
      continue;
    }
    for (std::size_t i = 0; i < next[node].size(); ++i)
      arrive(next[node][i], values);
    for (std::size_t i = 0; i < sitesAt[node].size(); ++i)
      follow(sitesAt[node][i], values);
  }
}

/// Code that is not seen calls FUNCTION.
void ValueFlow::giveAway(EntityIndex function) {
  givenAway[function] = true;
  openFunction(function, false);
  const NodeIndex result = nodeOf(NodeKind::Result, function, 0);
  connect(result, unknownNode);
  if (result != none && isPlace(result))
    openPlace(result);
}

/// What functions that nobody can name are given, plug-ins register by; whether there is more.
bool ValueFlow::noteRegistering() {
  std::vector<EntityIndex> found;
  auto add = [&](NodeIndex place) {
    if (place == none || place == unknownNode)
      return;
    for (NodeIndex value : held[place])
      if (const Node &node = facts.nodes[value]; node.kind == NodeKind::Callable) {
        const std::vector<EntityIndex> &all = targets.ofMethod(node.entity);
        found.insert(found.end(), all.begin(), all.end());
      } else if (node.kind == NodeKind::Object && registeringOn.insert(node.number).second) {
        for (EntityIndex i = 0; i < facts.entities.size(); ++i)
          if (const Entity &entity = facts.entities[i];
              entity.isVirtual && entity.record != none && derives(node.number, entity.record))
            found.push_back(i);
      }
  };
  for (PassedIndex row : asked)
    for (const auto *places : {&facts.passed[row].arguments, &facts.passed[row].fields})
      for (NodeIndex place : *places)
        add(place);
  bool isMore = false;
  for (EntityIndex each : found)
    if (registering.insert(each).second) {
      openFields(each);
      isMore = true;
    }
  return isMore;
}

/// Code that is not seen names ENTITY, and so comes to fields.
void ValueFlow::openFields(EntityIndex entity) {
  const Exposed first{entity, 0};
  for (auto row = std::lower_bound(facts.exposed.begin(), facts.exposed.end(), first);
       row != facts.exposed.end() && row->entity == entity; ++row)
    for (NodeIndex field : facts.passed[row->passed].fields)
      if (exposedBy[field].insert(entity).second)
        openPlace(field);
}

void ValueFlow::openFunction(EntityIndex function, bool isThisKnown) {
  isOpen[function] = true;
  auto found = parametersOf.find(function);
  if (found == parametersOf.end())
    return;
  for (NodeIndex parameter : found->second)
    if (!isThisKnown || facts.nodes[parameter].number != thisParameter)
      becomeUnknown(parameter);
}

void ValueFlow::openCallees() {
  for (EntityIndex i = 0; i < isOpen.size(); ++i)
    if (isOpen[i])
      openFunction(i, false);
  for (const Call &row : facts.calls)
    if (row.passed == none && row.kind != CallKind::Use) {
      // Libraries' templates make whole objects of the class that they name.
      const bool isMaking = facts.entities[row.callee].kind == EntityKind::Constructor &&
                            facts.entities[row.caller].isSystem;
      // What std::function calls is what it was given, and what it is called with: both are
      // followed.
      if (facts.entities[row.callee].enclosing != none && isInvoker(facts.entities[row.caller]))
        continue;
      for (EntityIndex target :
           row.kind == CallKind::Virtual ? targets.ofMethod(row.callee) : std::vector{row.callee}) {
        givenAway[target] = givenAway[target] || facts.entities[row.caller].isSystem;
        openFunction(target, isMaking);
      }
    }
  for (const Taken &row : facts.taken)
    for (EntityIndex target : targets.ofMethod(row.callable))
      if (facts.entities[row.in].isSystem) {
        givenAway[target] = true;
        openFunction(target, false);
      } else {
        isOpen[target] = true;
      }
}

void ValueFlow::addSites() {
  auto add = [&](CallSite site) {
    sites.push_back(site);
    fellBack.push_back(false);
    return std::uint32_t(sites.size() - 1);
  };
  for (const Passed &row : facts.passed) {
    if (row.result != none)
      fed[row.result] = true;
    for (NodeIndex each : row.written)
      if (each != none)
        fed[each] = true;
  }
  std::vector<std::pair<std::uint32_t, EntityIndex>> direct;
  for (const Call &row : facts.calls) {
    if (row.passed == none || row.kind == CallKind::Use)
      continue;
    const bool isVirtual = row.kind == CallKind::Virtual;
    CallSite site{row.caller, isVirtual ? row.callee : none, none, row.passed, row.at};
    if (isVirtual && facts.passed[row.passed].object != none)
      add(site);
    else
      // One link for all calls that hand over the same.
      for (EntityIndex target : isVirtual ? targets.ofMethod(row.callee) : std::vector{row.callee})
        direct.emplace_back(row.passed, target);
  }
  for (const IndirectCall &row : facts.indirectCalls)
    if (row.passed != none && !isConditional(row) && !isFollowed(facts, targets, row))
      add({row.caller, none, row.type, row.passed, row.at, row.to != none, row.objectClass});
  const std::uint32_t followed = sites.size();
  sortUnique(direct);
  for (const auto &[passed, target] : direct) {
    sites.push_back({none, none, none, passed, {}});
    link(target, sites.size() - 1, true);
  }
  sites.resize(followed);
  for (std::uint32_t i = 0; i < followed; ++i) {
    const NodeIndex object = facts.passed[sites[i].passed].object;
    sitesAt[object].push_back(i);
    follow(i, held[object]);
    if (unknown[object])
      fallBack(i);
  }
}

std::vector<EntityIndex> ValueFlow::dispatch(RecordIndex record, EntityIndex method) const {
  auto [place, isNew] = dispatched.try_emplace({record, method});
  if (!isNew)
    return place->second;
  std::vector<EntityIndex> found;
  for (EntityIndex each : targets.ofMethod(method))
    if (facts.entities[each].record == record)
      found.push_back(each);
  if (found.empty())
    for (RecordIndex base : facts.records[record].bases) {
      const std::vector<EntityIndex> inherited = dispatch(base, method);
      found.insert(found.end(), inherited.begin(), inherited.end());
    }
  sortUnique(found);
  return dispatched[{record, method}] = found;
}

/// RECORD is BASE, or derives from it.
bool ValueFlow::derives(RecordIndex record, RecordIndex base) const {
  std::vector<RecordIndex> work{record};
  for (std::size_t i = 0; i < work.size(); ++i) {
    if (work[i] == base)
      return true;
    for (RecordIndex each : facts.records[work[i]].bases)
      if (std::find(work.begin(), work.end(), each) == work.end())
        work.push_back(each);
  }
  return false;
}

/// An object of RECORD in a std::function.
void ValueFlow::addCallOperators(RecordIndex record, std::vector<EntityIndex> &found) const {
  auto own = callOperators.find(record);
  if (own != callOperators.end()) {
    found.insert(found.end(), own->second.begin(), own->second.end());
    return;
  }
  for (RecordIndex base : facts.records[record].bases)
    addCallOperators(base, found);
}

void ValueFlow::findOutsideCalls() {
  for (EntityIndex i = 0; i < isOpen.size(); ++i)
    if (isOpen[i] && facts.entities[i].isVirtual && !facts.entities[i].isPure)
      outsideCalls[facts.entities[i].record].push_back(i);
}

/// What code that is not seen may call on an object of RECORD.
void ValueFlow::addOutsideCalls(RecordIndex record, std::vector<EntityIndex> &found) const {
  std::vector<RecordIndex> work{record};
  for (std::size_t i = 0; i < work.size(); ++i) {
    if (auto own = outsideCalls.find(work[i]); own != outsideCalls.end())
      for (EntityIndex method : own->second) {
        const std::vector<EntityIndex> run = dispatch(record, method);
        found.insert(found.end(), run.begin(), run.end());
      }
    for (RecordIndex base : facts.records[work[i]].bases)
      if (std::find(work.begin(), work.end(), base) == work.end())
        work.push_back(base);
  }
}

/// The same of RECORD and all that derive from it.
const std::vector<EntityIndex> &ValueFlow::outsideCallsBelow(RecordIndex record) const {
  auto [place, isNew] = outsideBelow.try_emplace(record);
  if (!isNew)
    return place->second;
  std::vector<EntityIndex> found;
  for (RecordIndex i = 0; i < facts.records.size(); ++i)
    if (derives(i, record))
      addOutsideCalls(i, found);
  sortUnique(found);
  return outsideBelow[record] = std::move(found);
}

bool isConditional(const IndirectCall &call) { return call.to != none && call.to == call.caller; }

bool isFollowed(const Facts &facts, const Targets &targets, const IndirectCall &call) {
  if (call.to == none)
    return false;
  const Entity &to = facts.entities[call.to];
  if (to.kind == EntityKind::Variable)
    return to.defined.file != none && !to.isSystem;
  // What the caller gives back to whom calls it by what it overrides.
  const std::vector<EntityIndex> &overridden = targets.overriddenBy(call.caller);
  if (std::binary_search(overridden.begin(), overridden.end(), call.to))
    return false;
  const std::vector<EntityIndex> &run = targets.ofMethod(call.to);
  return std::any_of(run.begin(), run.end(), [&](EntityIndex index) {
    const Entity &given = facts.entities[index];
    const bool isCode = given.kind == EntityKind::Function ||
                        given.kind == EntityKind::Constructor ||
                        given.kind == EntityKind::Destructor;
    return isCode && given.hasBody && !given.isSystem;
  });
}

std::optional<std::vector<EntityIndex>> ValueFlow::targetsOf(const CallSite &site,
                                                             const Values &values) const {
  std::vector<EntityIndex> found;
  // What is of another kind or class came with what it is kept beside, in a pair or variant.
  for (NodeIndex value : values) {
    const Node &node = facts.nodes[value];
    if (node.kind == NodeKind::Object && site.isHanded) {
      addOutsideCalls(node.number, found);
      addCallOperators(node.number, found);
    } else if (node.kind == NodeKind::Object && site.method == none) {
      addCallOperators(node.number, found);
    } else if (node.kind == NodeKind::Object) {
      std::vector<EntityIndex> all = dispatch(node.number, site.method);
      if (all.empty() && derives(node.number, facts.entities[site.method].record))
        return std::nullopt;
      found.insert(found.end(), all.begin(), all.end());
    } else if (site.method == none && node.kind == NodeKind::Callable) {
      const std::vector<EntityIndex> &all = targets.ofMethod(node.entity);
      found.insert(found.end(), all.begin(), all.end());
    }
  }
  sortUnique(found);
  return found;
}

const std::vector<EntityIndex> &ValueFlow::fallbackOf(const CallSite &site) const {
  static const std::vector<EntityIndex> Empty;
  if (site.method != none)
    return targets.ofMethod(site.method);
  if (site.isHanded && site.objectClass != none)
    return outsideCallsBelow(site.objectClass);
  return site.type == none ? Empty : targets.ofType(site.type);
}

void ValueFlow::follow(std::uint32_t site, const Values &values) {
  auto known = targetsOf(sites[site], values);
  if (!known) {
    fallBack(site);
    return;
  }
  for (EntityIndex target : *known)
    link(target, site, false);
  if (sites[site].method == none)
    return;
  for (NodeIndex value : values)
    if (facts.nodes[value].kind == NodeKind::Object)
      for (EntityIndex target : dispatch(facts.nodes[value].number, sites[site].method))
        if (NodeIndex object = nodeOf(NodeKind::Parameter, target, thisParameter); object != none)
          arrive(object, {value});
}

void ValueFlow::fallBack(std::uint32_t site) {
  if (fellBack[site])
    return;
  fellBack[site] = true;
  const Passed &passed = facts.passed[sites[site].passed];
  bool isSeen = !fallbackOf(sites[site]).empty();
  for (EntityIndex target : fallbackOf(sites[site])) {
    isSeen &= facts.entities[target].kind != EntityKind::Unknown;
    if (facts.entities[target].kind == EntityKind::Unknown) {
      looked.insert(passed.result);
      looked.insert(passed.written.begin(), passed.written.end());
      asked.insert(sites[site].passed);
    }
    link(target, site, false);
    if (NodeIndex object = nodeOf(NodeKind::Parameter, target, thisParameter);
        object != none && sites[site].method != none)
      becomeUnknown(object);
  }
  if (!isSeen)
    handAway(passed);
}

/// To a function that is not seen.
void ValueFlow::handAway(const Passed &passed) {
  for (NodeIndex each : passed.arguments)
    connect(each, unknownNode);
  for (NodeIndex each : passed.written)
    connect(unknownNode, each);
  connect(unknownNode, passed.result);
  for (NodeIndex each : passed.fields) {
    connect(unknownNode, each);
    connect(each, unknownNode);
  }
}

void ValueFlow::link(EntityIndex target, std::uint32_t site, bool isByName) {
  const PassedIndex row = sites[site].passed;
  if (!linked.insert({target, row}).second)
    return;
  const Passed &passed = facts.passed[row];
  const Entity &entity = facts.entities[target];
  const bool isVirtual = sites[site].method != none;
  // std::function and its like may give a method its object as the first argument.
  const bool isShifted = !isByName && !isVirtual && !passed.isMember && entity.isInstance &&
                         entity.enclosing == none && !entity.name.ends_with("::operator()");
  if (!isByName && !isVirtual)
    isOpen[target] = true;
  if (isShifted)
    openFunction(target, false);
  if (!entity.hasBody || entity.isSystem || isShifted) {
    handAway(passed);
    return;
  }
  for (std::uint32_t i = 0; i < passed.arguments.size(); ++i) {
    const NodeIndex parameter = nodeOf(NodeKind::Parameter, target, i);
    if (parameter != none && passed.arguments[i] == none) {
      // Another unit declares it with another type (`void *`).
      isOpen[target] = true;
      becomeUnknown(parameter);
    } else {
      connect(passed.arguments[i], parameter == none ? unknownNode : parameter);
    }
    connect(nodeOf(NodeKind::Written, target, i), passed.written[i]);
  }
  const NodeIndex object = nodeOf(NodeKind::Parameter, target, thisParameter);
  if (isByName && passed.object != none)
    connect(passed.object, object);
  if (passed.isMember)
    connect(passed.receiver == none ? unknownNode : passed.receiver, object);
  const NodeIndex result = nodeOf(NodeKind::Result, target, 0);
  connect(result, passed.result);
  if (passed.resultIsPlace)
    connect(passed.result, result);
}

} // namespace ripple::analyzer
