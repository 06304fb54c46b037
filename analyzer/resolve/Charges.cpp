//===- Charges.cpp - Who answers for a call of what was given -------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/resolve/Charges.h"

#include "analyzer/resolve/Library.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_map>

namespace ripple::analyzer {
namespace {

/// What a node holds, told apart by whether the callers of one function have given it.
struct Sources {
  bool isKnown = true;
  ValueFlow::Values values;          ///< Not from parameters. Sorted.
  std::vector<NodeIndex> parameters; ///< Of the function asked about. Sorted.
};

class Charger {
public:
  Charger(const std::vector<CallSite> &sites, const Facts &facts, const Targets &targets,
          const ValueFlow &values, const std::vector<bool> &startsThread)
      : sites(sites), facts(facts), targets(targets), values(values), startsThread(startsThread) {
    before.resize(facts.nodes.size());
    for (const Flow &row : facts.flows)
      before[row.to].push_back(row.from);
    findFrames();
    for (const Call &row : facts.calls)
      if (row.passed != none && row.kind != CallKind::Use)
        for (EntityIndex target :
             row.kind == CallKind::Virtual ? targets.ofMethod(row.callee) : std::vector{row.callee})
          callsOf[target].push_back(&row);
  }

  std::vector<Charge> run() {
    for (std::uint32_t i = 0; i < sites.size(); ++i)
      chargeSite(i);
    while (!needs.empty()) {
      Need need = needs.back();
      needs.pop_back();
      chargeCallers(need);
    }
    return std::move(charges);
  }

private:
  /// The call at SITE calls what PARAMETER holds.
  struct Need {
    std::uint32_t site;
    NodeIndex parameter;
    bool isAsync;
    bool isOnly; ///< The call calls nothing else.
    auto operator<=>(const Need &) const = default;
  };
  struct Frame {
    EntityIndex function = none;
    bool isAsync = false; ///< It is another thread that runs it there.
  };

  /// A lambda that is only given to what calls it there and then, or to a thread, runs because the
  /// function around it does. So does a coroutine.
  void findFrames() {
    std::unordered_map<EntityIndex, std::pair<bool, bool>> given; // runs there; on a thread
    for (EntityIndex i = 0; i < facts.entities.size(); ++i)
      if (facts.entities[i].kind == EntityKind::Coroutine)
        given.try_emplace(i, true, true);
    for (const Taken &row : facts.taken) {
      if (facts.entities[row.callable].enclosing == none ||
          facts.entities[row.callable].kind == EntityKind::Coroutine)
        continue;
      auto [place, isNew] = given.try_emplace(row.callable, true, false);
      const bool runsThere =
          row.to != none && (startsThread[row.to] || callsAtOnce(facts.entities[row.to]));
      place->second.first &= runsThere;
      place->second.second |= row.to != none && startsThread[row.to];
    }
    frames.resize(facts.entities.size());
    for (EntityIndex i = 0; i < facts.entities.size(); ++i) {
      frames[i] = {i, false};
      // Lambdas in lambdas; no deeper than people write.
      for (unsigned depth = 0; depth < 16; ++depth) {
        const EntityIndex inner = frames[i].function;
        auto found = given.find(inner);
        if (found == given.end() || !found->second.first)
          break;
        frames[i] = {facts.entities[inner].enclosing, frames[i].isAsync || found->second.second};
      }
    }
  }

  Sources sourcesOf(NodeIndex start, EntityIndex frame) const {
    Sources found;
    std::set<NodeIndex> seen{start};
    std::vector<NodeIndex> work{start};
    while (!work.empty()) {
      const NodeIndex each = work.back();
      work.pop_back();
      const Node &node = facts.nodes[each];
      const bool isOwn = (node.kind == NodeKind::Local || node.kind == NodeKind::Parameter) &&
                         frames[node.entity].function == frame;
      // What a caller gives; the function itself may put something else there.
      const bool isGiven = node.kind == NodeKind::Parameter && node.entity == frame;
      if (isGiven) {
        found.parameters.push_back(each);
      } else if (!isOwn || node.kind == NodeKind::Parameter || values.isFed(each)) {
        found.isKnown &= !values.isUnknown(each);
        add(found.values, values.of(each));
        continue;
      }
      for (NodeIndex from : before[each])
        if (seen.insert(from).second)
          work.push_back(from);
    }
    std::sort(found.parameters.begin(), found.parameters.end());
    return found;
  }

  static void add(ValueFlow::Values &into, const ValueFlow::Values &from) {
    ValueFlow::Values all;
    std::set_union(into.begin(), into.end(), from.begin(), from.end(), std::back_inserter(all));
    into = std::move(all);
  }

  /// All that NODE holds, whoever gave it.
  void chargeAll(Charge charge, NodeIndex node) {
    if (!values.isUnknown(node))
      charge.targets = values.targetsOf(sites[charge.site], values.of(node))
                           .value_or(std::vector<EntityIndex>());
    // An object may have nothing that those to whom it is handed call.
    charge.isKnown =
        !charge.targets.empty() ||
        (sites[charge.site].isHanded && !values.isUnknown(node) && !values.of(node).empty());
    charges.push_back(std::move(charge));
  }

  /// What does not come from parameters.
  void chargeRest(Charge charge, const Sources &sources) {
    auto known = values.targetsOf(sites[charge.site], sources.values);
    charge.isKnown = sources.isKnown && known;
    if (charge.isKnown)
      charge.targets = std::move(*known);
    if (!charge.isKnown || !charge.targets.empty())
      charges.push_back(std::move(charge));
  }

  void chargeSite(std::uint32_t index) {
    const CallSite &site = sites[index];
    const NodeIndex object = facts.passed[site.passed].object;
    const Frame frame = frames[site.caller];
    const Sources sources = sourcesOf(object, frame.function);
    Charge charge{index, site.caller, site.at, EdgeContext::Any, false, true, true, {}};
    if (sources.parameters.empty() || values.hasOtherCallers(frame.function)) {
      chargeAll(charge, object);
      return;
    }
    charge.context = EdgeContext::Serving;
    chargeAll(charge, object);
    const bool isOnly = sources.parameters.size() == 1 && sources.values.empty() && sources.isKnown;
    charge.context = EdgeContext::Request;
    charge.isAll = false;
    chargeRest(charge, sources);
    for (NodeIndex parameter : sources.parameters)
      need({index, parameter, frame.isAsync, isOnly});
  }

  void need(Need wanted) {
    if (needed.insert(wanted).second)
      needs.push_back(wanted);
  }

  void chargeCallers(const Need &wanted) {
    const Node &parameter = facts.nodes[wanted.parameter];
    auto found = callsOf.find(parameter.entity);
    if (found == callsOf.end())
      return;
    for (const Call *row : found->second) {
      const Passed &passed = facts.passed[row->passed];
      NodeIndex given = none;
      if (parameter.number == thisParameter)
        given = passed.object;
      else if (parameter.number < passed.arguments.size())
        given = passed.arguments[parameter.number];
      if (given != none && facts.nodes[given].kind != NodeKind::Nothing)
        chargeCaller(wanted, *row, given);
    }
  }

  /// How many functions ROW may run, FUNCTION among them; 0 if that is not.
  std::size_t countTargets(const Call &row, EntityIndex function) const {
    if (row.kind != CallKind::Virtual)
      return 1;
    const NodeIndex object = facts.passed[row.passed].object;
    if (object != none && !values.isUnknown(object))
      if (auto run = values.targetsOf({none, row.callee, none, none, {}}, values.of(object));
          run && !run->empty())
        return std::binary_search(run->begin(), run->end(), function) ? run->size() : 0;
    return targets.ofMethod(row.callee).size();
  }

  void chargeCaller(const Need &wanted, const Call &row, NodeIndex given) {
    const Node &parameter = facts.nodes[wanted.parameter];
    const std::size_t count = countTargets(row, parameter.entity);
    if (count == 0)
      return;
    const Frame frame = frames[row.caller];
    Sources sources = sourcesOf(given, frame.function);
    const bool isEmpty = sources.isKnown && sources.parameters.empty() && sources.values.empty();
    // The object decides which of the overriders this one is.
    if (row.kind == CallKind::Virtual && parameter.number == thisParameter)
      std::erase_if(sources.values, [&](NodeIndex value) {
        const auto run = values.targetsOf({none, row.callee, none, none, {}}, {value});
        return run && !std::binary_search(run->begin(), run->end(), parameter.entity);
      });
    Charge charge{wanted.site,
                  row.caller,
                  row.at,
                  EdgeContext::Request,
                  wanted.isAsync,
                  true,
                  wanted.isOnly && count == 1 && sources.parameters.empty(),
                  {}};
    const bool isOnly = wanted.isOnly && count == 1 && sources.parameters.size() == 1 &&
                        sources.values.empty() && sources.isKnown;
    const bool isOpen = values.hasOtherCallers(frame.function);
    for (NodeIndex each : sources.parameters)
      if (isOpen)
        chargeAll(charge, each);
      else
        need({wanted.site, each, wanted.isAsync || frame.isAsync, isOnly});
    if (isEmpty)
      // Nothing is known to be there, and yet it is no null pointer.
      sources.isKnown = false;
    chargeRest(charge, sources);
  }

  const std::vector<CallSite> &sites;
  const Facts &facts;
  const Targets &targets;
  const ValueFlow &values;
  const std::vector<bool> &startsThread;
  std::vector<std::vector<NodeIndex>> before;
  std::vector<Frame> frames;
  std::unordered_map<EntityIndex, std::vector<const Call *>> callsOf;
  std::set<Need> needed;
  std::vector<Need> needs;
  std::vector<Charge> charges;
};

} // namespace

std::vector<Charge> chargesOf(const std::vector<CallSite> &sites, const Facts &facts,
                              const Targets &targets, const ValueFlow &values,
                              const std::vector<bool> &startsThread) {
  return Charger(sites, facts, targets, values, startsThread).run();
}

} // namespace ripple::analyzer
