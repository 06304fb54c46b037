//===- Resolve.cpp - Every call's targets ---------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "analyzer/Pipeline.h"
#include "analyzer/link/Paths.h"
#include "analyzer/resolve/Library.h"
#include "analyzer/resolve/Targets.h"

#include <algorithm>
#include <unordered_map>

namespace ripple::analyzer {
namespace {

class Resolver {
public:
  explicit Resolver(const Program &program)
      : program(program), facts(program.facts), targets(facts) {}

  Resolved run() {
    result.edges.resize(facts.entities.size());
    result.startsThread.resize(facts.entities.size());
    for (EntityIndex i = 0; i < facts.entities.size(); ++i)
      result.startsThread[i] = startsThread(facts.entities[i]);
    result.unresolved = facts.unresolved;
    for (const Call &call : facts.calls)
      addCall(call);
    for (const IndirectCall &call : facts.indirectCalls)
      addIndirectCall(call);
    for (const Taken &row : facts.taken)
      addTaken(row);
    for (const OwnerEdge &edge : ownerEdges(facts))
      add(edge.from,
          {edge.to, EdgeKind::Pointer, false, false, facts.entities[edge.from].declared});
    addCallsFromLibraries();
    finish();
    return std::move(result);
  }

private:
  void add(EntityIndex from, Edge edge) {
    if (isGate(facts.entities[from]))
      return;
    edge.async |= result.startsThread[from];
    result.edges[from].push_back(edge);
  }

  void addCall(const Call &call) {
    if (call.kind != CallKind::Virtual) {
      add(call.caller, {call.callee, EdgeKind::Direct, true, false, call.at});
      return;
    }
    calledVirtually.push_back(call.callee);
    if (isModelled(facts, call))
      return;
    const std::vector<EntityIndex> &all = targets.ofMethod(call.callee);
    std::size_t codes = std::count_if(
        all.begin(), all.end(), [&](EntityIndex target) { return !facts.entities[target].isPure; });
    if (codes == 0)
      result.unresolved.push_back({call.caller,
                                   call.at,
                                   "virtual call of '" + facts.entities[call.callee].name +
                                       "', which nothing in the program implements",
                                   {call.callee},
                                   ""});
    for (EntityIndex target : all)
      add(call.caller, {target, EdgeKind::Virtual, codes == 1, false, call.at});
  }

  void addIndirectCall(const IndirectCall &call) {
    for (EntityIndex through : call.through)
      add(call.caller, {through, EdgeKind::Pointer,
                        facts.entities[through].kind == EntityKind::Field, false, call.at});
    if (isModelled(facts, call))
      return;
    static const std::vector<EntityIndex> Empty;
    const std::vector<EntityIndex> &all = call.type == none ? Empty : targets.ofType(call.type);
    bool isKnown = !all.empty();
    for (EntityIndex target : all) {
      if (facts.entities[target].kind == EntityKind::Unknown) {
        addUnknown(call, target);
        continue;
      }
      add(call.caller, {target, EdgeKind::Pointer, all.size() == 1, false, call.at, call.slotOf,
                        call.slotParameter});
    }
    if (isKnown)
      return;
    std::vector<EntityIndex> unlessOwned = call.through;
    // Inline code of a library calls what the library's own code has set: what the program gives
    // to it counts for whoever gives it.
    if (isOutside(facts.entities[call.caller]))
      unlessOwned.push_back(call.caller);
    result.unresolved.push_back({call.caller, call.at,
                                 "call through a pointer to '" +
                                     (call.type == none ? "?" : facts.types[call.type]) +
                                     "', to which nothing in the program is known to be assigned",
                                 std::move(unlessOwned), ""});
  }

  void addUnknown(const IndirectCall &call, EntityIndex target) {
    SourceLine at = facts.entities[target].declared;
    std::string place = at.file == none
                            ? ""
                            : " at " + documentPath(facts.files[at.file], program.sourceRoot) +
                                  ":" + std::to_string(at.line);
    result.unresolved.push_back({call.caller, call.at,
                                 "may call " + facts.entities[target].name + place, call.through,
                                 ""});
  }

  /// Who makes a callable into a value answers for its being called: at once by a library, later
  /// by whoever gets hold of it, or on another thread.
  void addTaken(const Taken &row) {
    if (facts.entities[row.callable].kind == EntityKind::Unknown || row.to == row.callable)
      return;
    bool toLibrary = row.to != none && !facts.entities[row.to].hasBody;
    bool toThread = row.to != none && result.startsThread[row.to];
    const std::vector<EntityIndex> &all = targets.ofMethod(row.callable);
    for (EntityIndex callable : all)
      add(row.in, {callable, toLibrary || toThread ? EdgeKind::Callback : EdgeKind::Escape,
                   (toLibrary || toThread) && all.size() == 1, toThread || !toLibrary, row.at});
  }

  /// Code that is not seen may call what overrides its virtual functions on any object made here.
  void addCallsFromLibraries() {
    std::sort(calledVirtually.begin(), calledVirtually.end());
    std::unordered_map<std::string, std::vector<EntityIndex>> methods; // by class
    for (EntityIndex i = 0; i < facts.entities.size(); ++i)
      if (const Entity &entity = facts.entities[i];
          entity.isVirtual && !entity.isPure && mayBeCalledFromOutside(i))
        methods[entity.record].push_back(i);
    for (EntityIndex i = 0; i < facts.entities.size(); ++i) {
      const Entity &entity = facts.entities[i];
      if (entity.kind != EntityKind::Constructor)
        continue;
      if (auto found = methods.find(entity.record); found != methods.end())
        for (EntityIndex method : found->second)
          add(i, {method, EdgeKind::Callback, false, false,
                  entity.defined.file == none ? entity.declared : entity.defined});
    }
  }

  bool mayBeCalledFromOutside(EntityIndex method) const {
    const std::vector<EntityIndex> &bases = targets.overriddenBy(method);
    bool seesCall = std::binary_search(calledVirtually.begin(), calledVirtually.end(), method);
    for (EntityIndex base : bases) {
      if (isOutside(facts.entities[base]))
        return true;
      seesCall |= std::binary_search(calledVirtually.begin(), calledVirtually.end(), base);
    }
    return !bases.empty() && !seesCall;
  }

  bool isOutside(const Entity &entity) const {
    if (entity.isSystem || entity.declared.file == none)
      return true;
    const std::string &file = facts.files[entity.declared.file];
    return !program.sourceRoot.empty() && documentPath(file, program.sourceRoot) == file;
  }

  void finish() {
    for (std::vector<Edge> &list : result.edges) {
      std::sort(list.begin(), list.end());
      list.erase(std::unique(list.begin(), list.end()), list.end());
    }
    auto key = [](const UnresolvedSite &site) { return std::tie(site.in, site.at, site.reason); };
    std::stable_sort(
        result.unresolved.begin(), result.unresolved.end(),
        [&](const UnresolvedSite &a, const UnresolvedSite &b) { return key(a) < key(b); });
    result.unresolved.erase(std::unique(result.unresolved.begin(), result.unresolved.end()),
                            result.unresolved.end());
  }

  const Program &program;
  const Facts &facts;
  Targets targets;
  std::vector<EntityIndex> calledVirtually;
  Resolved result;
};

} // namespace

Resolved resolve(const Program &program) { return Resolver(program).run(); }

} // namespace ripple::analyzer
