//===- Conversions.cpp - What std::function does around its target --------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/resolve/Conversions.h"

#include "analyzer/resolve/Library.h"

#include <algorithm>
#include <set>

namespace ripple::analyzer {
namespace {

class Finder {
public:
  Finder(const Facts &facts, const Targets &targets, const std::vector<std::vector<Edge>> &edges,
         const StandardCalls &calls)
      : facts(facts), targets(targets), edges(edges), calls(calls) {}

  std::vector<Conversion> run() {
    for (EntityIndex i = 0; i < facts.entities.size(); ++i)
      if (callsTarget(facts.entities[i]))
        find(i);
    return std::move(found);
  }

private:
  /// What stands between a std::function's target and who calls it.
  struct Between {
    std::set<EntityIndex> callees; ///< Outside of the standard library, or without source.
    std::set<EntityIndex> pointed; ///< What pointers on the way may hold.
  };

  bool isCallOperator(EntityIndex index) const {
    const Entity &entity = facts.entities[index];
    return entity.kind == EntityKind::Function &&
           (entity.name.ends_with("operator()") || entity.name.ends_with("lambda"));
  }

  Between between(EntityIndex start) const {
    Between result;
    std::set<EntityIndex> entered{start};
    std::vector<EntityIndex> work{start};
    auto enter = [&](EntityIndex index) {
      if (entered.insert(index).second)
        work.push_back(index);
    };
    while (!work.empty()) {
      const EntityIndex next = work.back();
      work.pop_back();
      for (const Edge &edge : edges[next]) {
        const Entity &entity = facts.entities[edge.to];
        if (isStandard(entity) && entity.hasBody)
          enter(edge.to);
        else
          result.callees.insert(edge.to);
      }
      if (auto row = calls.find(next); row != calls.end())
        for (const IndirectCall *call : row->second)
          if (call->type != none)
            for (EntityIndex each : targets.ofType(call->type))
              result.pointed.insert(each);
    }
    return result;
  }

  /// The targets of a std::function that FUNCTION may call another std::function's target by.
  void addPointed(const std::set<EntityIndex> &pointed, std::set<EntityIndex> &entered,
                  std::set<EntityIndex> &all) const {
    for (EntityIndex each : pointed) {
      if (!callsTarget(facts.entities[each])) {
        all.insert(each);
        continue;
      }
      if (!entered.insert(each).second)
        continue;
      const Between inner = between(each);
      std::copy_if(inner.callees.begin(), inner.callees.end(), std::inserter(all, all.end()),
                   [&](EntityIndex index) { return isCallOperator(index); });
      addPointed(inner.pointed, entered, all);
    }
  }

  void find(EntityIndex function) {
    const Between here = between(function);
    std::set<EntityIndex> made, called;
    for (EntityIndex each : here.callees)
      (isCallOperator(each) ? called : made).insert(each);
    if (made.empty())
      return;
    std::set<EntityIndex> pointed, entered{function};
    addPointed(here.pointed, entered, pointed);
    for (EntityIndex each : made) {
      for (EntityIndex target : called)
        found.push_back({target, each, true});
      for (EntityIndex target : pointed)
        if (!called.contains(target) && target != each)
          found.push_back({target, each, false});
    }
  }

  const Facts &facts;
  const Targets &targets;
  const std::vector<std::vector<Edge>> &edges;
  const StandardCalls &calls;
  std::vector<Conversion> found;
};

} // namespace

std::vector<Conversion> conversionsOf(const Facts &facts, const Targets &targets,
                                      const std::vector<std::vector<Edge>> &edges,
                                      const StandardCalls &calls) {
  return Finder(facts, targets, edges, calls).run();
}

} // namespace ripple::analyzer
